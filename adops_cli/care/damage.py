"""Finds out whether an unexpected error comes from a damaged database file. Only reads."""

import contextlib
import sqlite3

from adops_cli.errors import AdopsError, DatabaseUnusableError, words_of
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.engines.sqlite_url import MEMORY
from adops_cli.storage.handle import current


def found() -> DatabaseUnusableError | None:
    """The error for the bound database if it is a file whose structure is damaged.

    An index that has other rows than its table, for example, is not noticed by a query, and misleads whoever asks.
    """
    engine = current()
    if not isinstance(engine, Sqlite) or engine.database == MEMORY:
        return None
    try:
        with contextlib.closing(engine.reader()) as connection:
            words = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except (AdopsError, sqlite3.Error) as error:
        words = words_of(error)
    if words == "ok":
        return None
    return DatabaseUnusableError(f"{engine.name} is damaged: {words}", "Restore a backup with `adops db restore`")
