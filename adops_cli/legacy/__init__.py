"""The legacy of the Node system: its records, its JSON files, and JSON mode, which works directly on these files."""
