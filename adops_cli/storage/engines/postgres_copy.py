"""Loads rows into PostgreSQL with COPY, which is much faster than any INSERT."""

import functools
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from adops_cli.storage.engines.loading import AT_ONCE, Loading, Rows, beside
from adops_cli.storage.engines.postgres_errors import driver

_PATIENCE = 5
"""Seconds to wait for an answer."""


def load_rows(  # noqa: PLR0913 - the connection and the five parameters of the engine's method
    connection: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, conflict: str, numbered: bool
) -> int:
    """As `Engine.load_rows`, through a temporary table if a key can be taken or a number must be generated.

    Uses psycopg's own connection, so that any thread can call it.
    """
    listed = _listed(columns)
    if not conflict and not numbered:
        return _copy(connection, f'"{table}" ({listed})', rows)
    stage = f'"adops_stage_{table}"'
    connection.execute(f'CREATE TEMP TABLE {stage} AS SELECT * FROM "{table}" WHERE false')
    _copy(connection, f"{stage} ({listed})", rows)
    selected = listed
    if numbered:
        number = f'"{columns[0]}"'
        sequence = f"pg_get_serial_sequence('{table}', '{columns[0]}')"
        selected = listed.replace(number, f"COALESCE({number}, nextval({sequence}))", 1)
        connection.execute(  # a number that was given is never generated again
            f"SELECT setval({sequence}, GREATEST(highest, pg_sequence_last_value(to_regclass({sequence})))) "
            f"FROM (SELECT max({number}) AS highest FROM {stage}) AS given WHERE highest IS NOT NULL"
        )
    written = connection.execute(f'INSERT INTO "{table}" ({listed}) SELECT {selected} FROM {stage}{conflict}').rowcount
    connection.execute(f"DROP TABLE {stage}")  # not ON COMMIT DROP, which CockroachDB does not support
    return int(written)


def loading_beside(
    connection: Any, table: str, columns: Sequence[str], conflict: str
) -> AbstractContextManager[Loading]:
    """The same in a second thread, which waits for the server. New rows take no way through a temporary table."""

    def load(rows: Rows, /, *, new: bool) -> None:
        load_rows(connection, table, columns, rows, conflict="" if new else conflict, numbered=False)

    return beside(load, AT_ONCE, load, cancel=functools.partial(_cancel, connection))


def _cancel(connection: Any) -> None:
    """End the statement that another thread waits for. If the server does not answer, the connection is closed."""
    try:
        connection.cancel_safe(timeout=_PATIENCE)
    except driver().Error:
        connection.close()


def _copy(connection: Any, into: str, rows: Iterable[Sequence[Any]]) -> int:
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return int(cursor.rowcount)


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
