"""What each import did, and how it is undone."""
