"""The database: its engines, its tables as models, its schema and its copies. Knows nothing of their purpose."""
