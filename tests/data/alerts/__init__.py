"""Tests of what is wrong: rules, models, findings."""
