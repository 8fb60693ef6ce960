"""The commands: the only layer that knows Typer. A command reads its options, calls one data function and renders."""
