"""Looks after an existing database: verify, restore, optimize. Knows no command."""
