"""The Node system taken over: its database in place, or its JSON files. What went wrong there is told, not hidden."""
