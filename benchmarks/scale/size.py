"""The size of the database: bytes per row, and what it has beside the rows and the indexes of their keys."""

from pathlib import Path

from scale import built
from scale.process import line


def main(folder: Path) -> None:
    """Compare the file with one of the same rows, whose schema has nothing that exists only to make reports fast."""
    rows = built.ROWS
    size, plain = (make(folder, rows).stat().st_size for make in (built.current, built.plain))
    theirs = built.duckdb(folder, rows).stat().st_size
    line("size", f"{size / 1e6:,.0f} MB, {size / rows:.0f} bytes per row (DuckDB: {theirs / rows:.0f})")
    line(f"of it more than at {built.BEFORE}", f"{(size - plain) / 1e6:,.0f} MB, {size / plain:.3f} x")
