"""What another program does with a database file: opens it, and runs SQL, without adops."""

import sqlite3
from contextlib import closing
from pathlib import Path


def opened(path: Path) -> closing[sqlite3.Connection]:
    """A connection that commits each statement, for a `with` block that closes it."""
    return closing(sqlite3.connect(path, isolation_level=None, timeout=5))


def run(path: Path, *statements: str) -> None:
    """Run statements."""
    with opened(path) as connection:
        for statement in statements:
            connection.execute(statement)
