"""Exports the figures as a folder of Parquet files that other tools read, and rewrites only what has changed."""
