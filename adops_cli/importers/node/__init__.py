"""Takes over the Node system: its database in place, or its JSON files. Reports all problems in its data."""
