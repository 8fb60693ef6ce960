"""Verifies a live database: what it is, what it contains, and whether everything works here.

Owns the order of the checks. `structure`, `server` and `stored` only read the bound database; `trial` writes, but only
to a temporary one.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from adops_cli.care.verify import server, stored, structure, trial
from adops_cli.care.verify.check import Check
from adops_cli.care.verify.reading import Reading, through
from adops_cli.errors import AdopsError, DatabaseUnusableError, words_of
from adops_cli.storage.engines.postgres import Postgres
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.engines.sqlite_file import text_or_bytes
from adops_cli.storage.engines.sqlite_url import MEMORY
from adops_cli.storage.handle import current

__all__ = ["OF_VALUES", "Check", "run"]

OF_VALUES = stored.NAMES
"""The names of the checks of stored values."""


def run(*, trials: bool = True) -> Iterator[Check]:
    """Yield each check when it is done. `trials`: whether to do everything once, on a temporary database.

    Raises `DatabaseUnusableError` if the database cannot be opened or has another schema than this adops. Anything else
    that is wrong is a failed check.
    """
    engine = current()
    engine.require_database()
    checks, temporary = _OF[type(engine)]
    yield from checks(engine)
    if trials:
        with temporary(engine) as database:
            yield from trial.checks(database, engine.timeout)


def _of_file(engine: Sqlite) -> Iterator[Check]:
    if engine.database == MEMORY or not engine.exists():
        engine.connection()  # reports what is wrong
        raise DatabaseUnusableError(f"{engine.database} is not a file", "Only a database in a file can be verified")
    with _reader(engine) as connection:
        engine.connection()  # reports a database that is not migrated
        engine.close()
        yield Check("connection", "ok", engine.name)
        for name, work in structure.checks(connection):
            yield _checked(name, work)

        def ask(sql: str, given: Sequence[Any]) -> Sequence[Any]:
            return connection.execute(sql, given).fetchall()

        yield from stored.checks(Reading(ask, "rowid", "?", server=False, errors=(sqlite3.Error,)))


def _of_server(engine: Postgres) -> Iterator[Check]:
    engine.connection()  # reports what is wrong
    server.require_primary(engine)
    yield Check("connection", "ok", engine.name)
    for name, work in server.checks(engine):
        yield _checked(name, work)

    yield from stored.checks(through(engine))


_OF: dict[type, tuple[Callable[[Any], Iterator[Check]], Callable[[Any], AbstractContextManager[str]]]] = {
    Sqlite: (_of_file, trial.file_of),
    Postgres: (_of_server, trial.schema_of),
}
"""The checks of a database, and where its trials are done."""


def _checked(name: str, work: Callable[[], str]) -> Check:
    """Run a check. A damaged database can mislead it, so any error is a failed check."""
    try:
        return Check(name, "ok", work())
    except (AdopsError, sqlite3.Error) as error:
        return Check(name, "failed", str(error))
    except Exception as error:  # noqa: BLE001 - as above
        return Check(name, "failed", words_of(error))


@contextlib.contextmanager
def _reader(engine: Sqlite) -> Iterator[sqlite3.Connection]:
    """The connection that reads the database. It is opened first and closed last, so that no other removes the log."""
    with contextlib.closing(engine.reader()) as connection:
        connection.text_factory = text_or_bytes
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error:
            engine.connection()  # reports what is wrong
            raise
        yield connection
