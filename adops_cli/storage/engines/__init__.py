"""The two engines behind one face: SQLite files and PostgreSQL servers. Everything above speaks to either alike."""
