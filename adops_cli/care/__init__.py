"""Looking after a database that is there: verify, restore, optimize. Knows no command."""
