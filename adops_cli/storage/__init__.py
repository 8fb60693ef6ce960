"""The database: its engines, its tables as models, its schema and its copies. Says nothing of what they are for."""
