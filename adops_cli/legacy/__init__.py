"""What the Node system left: its records, its JSON files, and JSON mode, which works on them as they are."""
