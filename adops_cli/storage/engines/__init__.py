"""The two engines behind one interface: SQLite files and PostgreSQL servers. All layers above treat both the same."""
