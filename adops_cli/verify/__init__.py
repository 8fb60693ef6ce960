"""The test suite against a live database: what it is, what it holds, and whether everything works here.

Owns the order of the checks and what a check is. `structure` and `stored` only read the bound database, on a
connection of their own; `trial` writes, and only into a temporary one.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator

from adops_cli import backup
from adops_cli.database import db
from adops_cli.engines.sqlite import Sqlite
from adops_cli.errors import AdopsError, DatabaseUnusableError
from adops_cli.verify import stored, structure, trial
from adops_cli.verify.check import Check

__all__ = ["Check", "run"]


def run() -> Iterator[Check]:
    """Every check, one after another, as they are done.

    Raises `DatabaseUnusableError` when the database cannot be opened or is not of this adops's schema; everything
    else that is wrong is a check that failed.
    """
    engine: Sqlite = db.obj or db.connection()  # the second only raises, saying that nothing is bound
    engine.require_file()
    if not engine.path.is_file():
        engine.connection()  # says what is wrong
        raise DatabaseUnusableError(f"{engine.database} is no file", "Only a database in a file can be verified")
    with _reader(engine) as connection:
        engine.connection()  # says when it is not migrated
        engine.close()
        yield Check("connection", "ok", str(engine.path))
        for name, work in structure.checks(connection):
            yield _checked(name, work)
        yield from stored.checks(connection)
    yield from trial.checks(engine.timeout)


def _checked(name: str, work: Callable[[], str]) -> Check:
    try:
        return Check(name, "ok", work())
    except (AdopsError, sqlite3.Error) as error:
        return Check(name, "failed", str(error))


@contextlib.contextmanager
def _reader(engine: Sqlite) -> Iterator[sqlite3.Connection]:
    """The one connection that reads the database; being open first and closed last, it keeps others from tidying up."""
    with contextlib.closing(backup.reader(engine.path, engine.timeout)) as connection:
        connection.text_factory = lambda text: text.decode(errors="replace")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error:
            engine.connection()  # says what is wrong
            raise
        yield connection
