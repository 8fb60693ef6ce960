"""The sections of `make torture`, and what they share: commands to attack, places to run them in, and a judge."""
