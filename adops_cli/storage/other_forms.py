"""Finds rows with a value in another form than ours in SQL: epoch milliseconds instead of a time, a flag in words.

Other programs can write them into a file, where a column accepts any value. The predicates here are true for each such
value and for few others; a field knows what the value means. For columns that are compared, sorted or added up,
migration 004 has created a partial index of such rows. So it is quick to find them, and to see that there are none.
"""

import functools
from collections.abc import Collection, Mapping, Sequence

import peewee as pw

from adops_cli.storage.fields import Choice, Count, Day, Flag, Money, Quantity, UtcDateTime
from adops_cli.storage.handle import current
from adops_cli.storage.models import Campaign, Event, Execution, Metrics, Project, Workflow
from adops_cli.storage.table import Table, columns_of
from adops_cli.values import attribute

_DAY = "[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]"
_TIME = f"{_DAY}T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9]Z"
_AMOUNT = '"{0}" NOT BETWEEN -1000000000000 AND 1000000000000'
# Only comparisons: a function can differ between versions of SQLite, which would damage an index.
_IN_FILE: Mapping[type, str] = {
    Choice: "\"{0}\" GLOB '*[^a-z]*'",
    Count: "typeof(\"{0}\") NOT IN ('integer', 'null')",
    Day: f"\"{{0}}\" NOT GLOB '{_DAY}'",
    Flag: '"{0}" NOT IN (0, 1)',
    Money: _AMOUNT,
    Quantity: _AMOUNT,
    UtcDateTime: f"\"{{0}}\" NOT GLOB '{_TIME}'",
}
_ON_SERVER: Mapping[type, str] = {
    Day: 'NOT isfinite("{0}")',
    Money: "\"{0}\" = 'NaN'",
    Quantity: "\"{0}\" = 'NaN'",
    UtcDateTime: 'NOT isfinite("{0}")',
}
_INDEXED: Mapping[type[Table], Sequence[str]] = {
    Project: ("status", "createdAt"),
    Execution: ("status", "createdAt"),
    Event: ("processed", "timestamp"),
    Workflow: ("enabled",),
    Campaign: ("createdAt",),
    Metrics: ("date", "impressions", "clicks", "conversions", "spend", "revenue"),
}


def present(model: type[Table], names: Collection[str] = ()) -> pw.SQL | None:
    """A condition for the rows with another form in a column that counts. None if there are none.

    Args:
        model: the table.
        names: the attributes that are compared or sorted by, in addition to those that always count.

    Only checks a file, because a server accepts only values of a column's type.
    """
    engine = current()
    if engine.keeps_types:
        return None
    suspects = suspicious(model, names)
    if suspects is None:
        return None
    query = f'SELECT 1 FROM "{model._meta.table_name}" AS "t1" WHERE {suspects.sql} LIMIT 1'
    return suspects if engine.execute_sql(query).fetchone() else None


def suspicious(model: type[Table], names: Collection[str] = ()) -> pw.SQL | None:
    """The same condition, whether there are such rows or not. None if no column can have another form."""
    sql = _any_suspicious(model, frozenset(names), on_server=isinstance(current(), pw.PostgresqlDatabase))
    return pw.SQL(sql) if sql else None


@functools.cache  # asked before each write of a row
def _any_suspicious(model: type[Table], names: frozenset[str], *, on_server: bool) -> str | None:
    predicates = _ON_SERVER if on_server else _IN_FILE
    columns = columns_of(model)
    indexed = _INDEXED.get(model, ())
    asked = [*indexed, *(key for key in columns if attribute(key) in names and key not in indexed)]
    parts = [predicates[kind].format(key) for key in asked if (kind := type(columns[key])) in predicates]
    return f"({' OR '.join(parts)})" if parts else None


def indexes() -> Mapping[str, str]:
    """The name of each index of such rows in a file -> the statement that creates it."""
    return {f"{model._meta.table_name}_other_forms": _index(model) for model in _INDEXED}


def _index(model: type[Table]) -> str:
    table, columns = model._meta.table_name, columns_of(model)
    listed = ", ".join(f'"{key}"' for key in _INDEXED[model])
    where = " OR ".join(_IN_FILE[type(columns[key])].format(key) for key in _INDEXED[model])
    return f'CREATE INDEX "{table}_other_forms" ON "{table}" ({listed}) WHERE {where}'
