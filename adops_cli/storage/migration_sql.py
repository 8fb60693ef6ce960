"""The statements of pending migrations, for people who read or approve them before they are run."""

import contextlib
import logging
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from adops_cli.storage import schema
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.engines.sqlite_url import MEMORY
from adops_cli.storage.handle import bound_to, current, opened_as_is

_CHANGES_NOTHING = re.compile(
    r"\s*(SELECT|WITH|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|SHOW|PRAGMA [^=]*$)", re.IGNORECASE
)
_MARK = re.compile(r"%s|\?")


def statements(to: str | None = None, *, keep_foreign: bool = False) -> Sequence[str]:
    """The statements that `schema.migrate` would run, in order, each with its values and without a semicolon.

    Runs them in one transaction and rolls that back, so it takes the locks and the time of the migrations. Those of a
    missing file are run on a database in memory. Raises what `schema.migrate` raises.
    """
    schema.plan(to, keep_foreign=keep_foreign)
    with opened_as_is() as engine:
        missing = engine.must_be_made()
    if not missing:
        return _rolled_back(to)
    with bound_to(Sqlite(MEMORY, busy_timeout=current().timeout)):
        return _rolled_back(to)


def _rolled_back(to: str | None) -> Sequence[str]:
    with schema.session() as engine, engine.atomic() as transaction, _logged() as said:
        schema.apply(engine, to, in_transaction=True)
        transaction.rollback()
    return [_written(sql, values or ()) for sql, values in said if not _CHANGES_NOTHING.match(sql)]


@contextlib.contextmanager
def _logged() -> Iterator[list[tuple[str, Sequence[Any]]]]:
    """The statements that Peewee runs within the block."""
    said: list[tuple[str, Sequence[Any]]] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(cast("Any", record.msg))  # a pair, as Peewee logs it

    handler = Keeper()
    logger = logging.getLogger("peewee")
    level, propagate = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield said
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate


def _written(sql: str, values: Sequence[Any]) -> str:
    """A statement with its values in it. Only the records of migrations have values, and no mark in their text."""
    given = iter(values)
    whole = _MARK.sub(lambda _mark: _literal(next(given)), sql) if values else sql
    return whole.strip().removesuffix(";")


def _literal(value: Any) -> str:
    if value is None or isinstance(value, int | float):
        return "NULL" if value is None else str(value)
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return "'{}'".format(text.replace("'", "''"))
