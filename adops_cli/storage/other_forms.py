"""Rows with a value in another form than ours, as SQL finds them: an epoch where a time is written, a flag in words.

Other programs may write them into a file, whose columns keep anything. The predicates here are true of every such value
and of few others; a field tells what the value means. Where values are compared, ordered or added up, migration 004 has
made a partial index of such rows, so that a database that has none sees it at once, and one that has some finds them.
"""

from collections.abc import Collection, Mapping, Sequence

import peewee as pw

from adops_cli.storage.fields import Choice, Count, Day, Flag, Money, Quantity, UtcDateTime
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Event, Execution, Metrics, Project, Table, Workflow, columns_of
from adops_cli.values import attribute

_DAY = "[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]"
_TIME = f"{_DAY}T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9]Z"
_AMOUNT = '"{0}" NOT BETWEEN -1000000000000 AND 1000000000000'
# Comparisons alone: a function that reckons might differ between two versions of SQLite, and damage an index so.
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
    """A condition that is true of the rows with another form in a column that counts; None where there are none.

    Args:
        model: the table.
        names: the attributes that are compared or ordered by, beside those that always count.

    Asked of a file alone: a server lets in nothing but what a column's type can be.
    """
    if db.keeps_types:
        return None
    suspects = suspicious(model, names)
    if suspects is None:
        return None
    query = f'SELECT 1 FROM "{model._meta.table_name}" AS "t1" WHERE {suspects.sql} LIMIT 1'
    return suspects if db.execute_sql(query).fetchone() else None


def suspicious(model: type[Table], names: Collection[str] = ()) -> pw.SQL | None:
    """That condition, whether there are such rows or not; None where no column can hold another form."""
    predicates = _ON_SERVER if isinstance(db.obj, pw.PostgresqlDatabase) else _IN_FILE
    columns = columns_of(model)
    indexed = _INDEXED.get(model, ())
    asked = [*indexed, *(key for key in columns if attribute(key) in names and key not in indexed)]
    parts = [predicates[kind].format(key) for key in asked if (kind := type(columns[key])) in predicates]
    return pw.SQL(f"({' OR '.join(parts)})") if parts else None


def indexes() -> Mapping[str, str]:
    """The statements that make the indexes of such rows in a file, by the name of the index."""
    return {f"{model._meta.table_name}_other_forms": _index(model) for model in _INDEXED}


def _index(model: type[Table]) -> str:
    table, columns = model._meta.table_name, columns_of(model)
    listed = ", ".join(f'"{key}"' for key in _INDEXED[model])
    where = " OR ".join(_IN_FILE[type(columns[key])].format(key) for key in _INDEXED[model])
    return f'CREATE INDEX "{table}_other_forms" ON "{table}" ({listed}) WHERE {where}'
