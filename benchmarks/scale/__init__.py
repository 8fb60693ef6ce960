"""What `make bench-scale` measures: ten million daily rows, beside DuckDB and beside adops as it was."""
