"""How the rows of an engine are read in their stored form, for the checks of values and for repairs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from adops_cli.errors import AdopsError
from adops_cli.storage.engines.base import Engine
from adops_cli.storage.engines.postgres import Postgres


@dataclass(frozen=True)
class Reading:
    """How to read all rows of an engine."""

    ask: Callable[[str, Sequence[Any]], Sequence[Sequence[Any]]]
    """Runs a query and returns all of its rows."""
    key: str
    """The SQL by which the rows of every table are ordered."""
    mark: str
    """The placeholder of a parameter."""
    server: bool
    """Whether it is PostgreSQL, with typed columns."""
    errors: tuple[type[Exception], ...]
    """The driver's errors for rows that cannot be read."""


def through(engine: Engine) -> Reading:
    """How to read the rows through the engine's own connection."""

    def ask(sql: str, given: Sequence[Any]) -> Sequence[Any]:
        found: Sequence[Any] = engine.execute_sql(sql, given).fetchall()
        return found

    if isinstance(engine, Postgres):
        return Reading(ask, '"id"', "%s", server=True, errors=(AdopsError,))
    return Reading(ask, "rowid", "?", server=False, errors=(AdopsError,))
