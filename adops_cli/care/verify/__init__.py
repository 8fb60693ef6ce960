"""The test suite against a live database: what it is, what it holds, and whether everything works here.

Owns the order of the checks and what a check is. `structure`, `server` and `stored` only read the bound database;
`trial` writes, and only into a temporary one.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from adops_cli.care.verify import server, stored, structure, trial
from adops_cli.care.verify.check import Check
from adops_cli.errors import AdopsError, DatabaseUnusableError
from adops_cli.storage import backup
from adops_cli.storage.engines.postgres import Postgres
from adops_cli.storage.engines.sqlite import Sqlite, text_or_bytes
from adops_cli.storage.handle import db

__all__ = ["Check", "run"]


def run() -> Iterator[Check]:
    """Every check, one after another, as they are done.

    Raises `DatabaseUnusableError` when the database cannot be opened or is not of this adops's schema; everything
    else that is wrong is a check that failed.
    """
    engine = db.obj or db.connection()  # the second only raises, saying that nothing is bound
    engine.require_database()
    yield from _CHECKS[type(engine)](engine)


def _of_file(engine: Sqlite) -> Iterator[Check]:
    if not engine.path.is_file():
        engine.connection()  # says what is wrong
        raise DatabaseUnusableError(f"{engine.database} is no file", "Only a database in a file can be verified")
    with _reader(engine) as connection:
        engine.connection()  # says when it is not migrated
        engine.close()
        yield Check("connection", "ok", engine.name)
        for name, work in structure.checks(connection):
            yield _checked(name, work)

        def ask(sql: str, given: Sequence[Any]) -> Sequence[Any]:
            return connection.execute(sql, given).fetchall()

        yield from stored.checks(stored.Reading(ask, "rowid", "?", server=False, errors=(sqlite3.Error,)))
    with trial.file() as database:
        yield from trial.checks(database, engine.timeout)


def _of_server(engine: Postgres) -> Iterator[Check]:
    engine.connection()  # says what is wrong
    yield Check("connection", "ok", engine.name)
    for name, work in server.checks(engine):
        yield _checked(name, work)

    def ask(sql: str, given: Sequence[Any]) -> Sequence[Any]:
        found: Sequence[Any] = engine.execute_sql(sql, given).fetchall()
        return found

    yield from stored.checks(stored.Reading(ask, '"id"', "%s", server=True, errors=(AdopsError,)))
    with trial.schema_of(engine) as database:
        yield from trial.checks(database, engine.timeout)


_CHECKS: dict[type, Callable[[Any], Iterator[Check]]] = {Sqlite: _of_file, Postgres: _of_server}


def _checked(name: str, work: Callable[[], str]) -> Check:
    try:
        return Check(name, "ok", work())
    except (AdopsError, sqlite3.Error) as error:
        return Check(name, "failed", str(error))


@contextlib.contextmanager
def _reader(engine: Sqlite) -> Iterator[sqlite3.Connection]:
    """The one connection that reads the database; being open first and closed last, it keeps others from tidying up."""
    with contextlib.closing(backup.reader(engine.path, engine.timeout)) as connection:
        connection.text_factory = text_or_bytes
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error:
            engine.connection()  # says what is wrong
            raise
        yield connection
