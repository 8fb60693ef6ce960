"""The commands: the only floor that knows Typer. A command reads its options, calls one data function, renders."""
