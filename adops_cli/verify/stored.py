"""Whether every stored value has the form that its column has. Reads only, some thousand rows at a time.

The database itself looks for rows that may be wrong, which is fast and errs on the side of suspicion; only those are
brought here and judged, by the readers that every new value passes. Between two reads nothing is held: ten million
rows take little memory, and no transaction stays open.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from adops_cli import measures, values
from adops_cli.errors import AdopsError
from adops_cli.fields import Choice, Count, Day, Flag, Json, Money, Quantity, Text, UtcDateTime
from adops_cli.models import LEDGER, TABLES, Metrics, Table, columns_of, fields_of
from adops_cli.verify.check import Check, findings

_BATCH = 5_000
_FIRST = 5
_NUMBER = "typeof({0}) NOT IN ('integer', 'real')"


@dataclass(frozen=True)
class _Kind:
    """A kind of column: in which check it counts, what SQL suspects, what is wrong for certain."""

    name: str
    suspect: str
    """SQL over the column {0}, which is not null; true of every wrong value, and of few others."""
    is_right: Callable[[Any, Any], bool]
    """Of the field and the stored value; any error means no."""


@dataclass
class _Found:
    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, row: str) -> None:
        self.count += 1
        if len(self.first) < _FIRST:
            self.first.append(row)


def _reads_number(column: Any, value: Any) -> bool:
    column.read(column.python_value(value))
    return isinstance(value, int | float)


def _reads_json(_column: Any, value: Any) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and json.loads(value) is not ...)


_KINDS = {
    Json: _Kind(
        "JSON columns",  # a JSON number is kept as a number
        "(typeof({0}) = 'blob' OR (typeof({0}) = 'text' AND NOT json_valid({0})))",
        _reads_json,
    ),
    UtcDateTime: _Kind(
        "times",  # adding no days makes SQLite reckon, and the 31st of February another day
        "(strftime('%Y-%m-%dT%H:%M:%fZ', {0}, '+0 days') IS NOT {0} OR substr({0}, 1, 4) = '0000')",
        lambda _column, value: values.written_instant(values.instant(value)) == value,
    ),
    Day: _Kind(
        "days",
        "(strftime('%Y-%m-%d', {0}, '+0 days') IS NOT {0} OR substr({0}, 1, 4) = '0000')",
        lambda _column, value: values.day(value).isoformat() == value,
    ),
    Choice: _Kind("closed sets", "{0} NOT IN ({1})", lambda column, value: bool(column.read(value))),
    Text: _Kind("texts", "typeof({0}) <> 'text'", lambda _column, value: isinstance(value, str)),
    Flag: _Kind("counts and flags", "{0} NOT IN (0, 1)", lambda _column, value: value in (0, 1)),
    Count: _Kind(
        "counts and flags",
        f"(typeof({{0}}) <> 'integer' OR {{0}} NOT BETWEEN 0 AND {values.COUNT_LIMIT})",
        lambda column, value: isinstance(value, int) and column.read(value) == value,
    ),
    Money: _Kind(
        "money in range",
        f"({_NUMBER} OR abs({{0}}) >= {values.FRACTION_LIMIT} OR {{0}} <> round({{0}}, 6))",
        _reads_number,
    ),
    Quantity: _Kind(
        "money in range",
        f"({_NUMBER} OR {{0}} < 0 OR {{0}} >= {values.FRACTION_LIMIT} OR {{0}} <> round({{0}}, 6))",
        _reads_number,
    ),
}
_RATIOS = "calculated fields"
_RIGHT = {
    "JSON columns": "all parse",
    "times": "all YYYY-MM-DDTHH:MM:SS.mmmZ",
    "days": "all YYYY-MM-DD",
    "closed sets": "only members",
    "texts": "all text",
    "counts and flags": "whole numbers in range, 0 or 1",
    "money in range": "at most 6 decimals, within the range that is kept exactly",
    _RATIOS: "ctr, cpc, cpa and roas follow from the figures",
}


def checks(connection: sqlite3.Connection) -> Iterator[Check]:
    """One check for each kind of value, over all tables."""
    found = {name: _Found() for name in _RIGHT}
    unread: list[str] = []
    for model in (*TABLES, *LEDGER):
        try:
            _look_through(connection, model, found)
        except sqlite3.Error as error:
            unread.append(f"{model._meta.table_name} cannot be read to its end: {error}")
    if unread:
        yield Check("rows", "failed", "; ".join(unread))
    for name, wrong in found.items():
        if wrong.count:
            yield Check(name, "failed", findings(wrong.count, wrong.first))
        elif not unread:
            yield Check(name, "ok", _RIGHT[name])


def _look_through(connection: sqlite3.Connection, model: type[Table], found: dict[str, _Found]) -> None:
    table, columns = model._meta.table_name, list(columns_of(model))
    listed = ", ".join(f'"{key}"' for key in columns)
    query = f'SELECT {listed} FROM "{table}" WHERE rowid > ? AND rowid <= ? AND ({_suspicion(model)})'
    last = -(2**63)
    while True:
        end = connection.execute(
            f'SELECT max(rowid) FROM (SELECT rowid FROM "{table}" WHERE rowid > ? ORDER BY rowid LIMIT {_BATCH})',
            (last,),
        ).fetchone()[0]
        if end is None:
            return
        for row in connection.execute(query, (last, end)).fetchall():
            _judge(model, dict(zip(columns, row, strict=True)), found)
        last = end


def _suspicion(model: type[Table]) -> str:
    parts = [
        f'("{key}" IS NOT NULL AND {_suspect(kind, key, column)})'
        for key, column in columns_of(model).items()
        if (kind := _kind(column))
    ]
    if model is Metrics:
        parts += [_ratio_suspicion(name) for name in measures.STORED_RATIOS]
    return " OR ".join(parts)


def _suspect(kind: _Kind, key: str, column: Any) -> str:
    members = ", ".join(f"'{member}'" for member in getattr(column, "members", None) or ())
    return kind.suspect.format(f'"{key}"', members)


def _kind(column: Any) -> _Kind | None:
    return _KINDS.get(type(getattr(column, "rel_field", column)))


def _ratio_suspicion(name: str) -> str:
    """Not certainly right: far enough from where a double could mislead, or not rounded to six decimals."""
    above, below = measures.PARTS[name]
    exact = f'("{above}" * 1.0 / nullif("{below}", 0))'
    return (
        f'CASE WHEN "{name}" IS NULL THEN {exact} IS NOT NULL ELSE NOT coalesce('
        f'abs("{name}" - {exact}) < 4.9e-7 AND abs("{name}") < 1e6 AND "{name}" = round("{name}", 6), 0) END'
    )


def _judge(model: type[Table], row: dict[str, Any], found: dict[str, _Found]) -> None:
    """Count what is wrong with a suspect."""
    wrong: dict[str, list[str]] = {}
    for key, column in columns_of(model).items():
        kind = _kind(column)
        if (
            kind
            and row[key] is not None
            and not _certain(kind.is_right, getattr(column, "rel_field", column), row[key])
        ):
            wrong.setdefault(kind.name, []).append(key)
    if model is Metrics and not _certain(_follows, model, row):
        wrong[_RATIOS] = [name for name in measures.STORED_RATIOS if not _certain(_follows, model, row, name)]
    for name, keys in wrong.items():
        found[name].add(f"{model._meta.table_name} {row['id']} ({', '.join(keys)})")


def _certain(is_right: Callable[..., bool], *what: Any) -> bool:
    try:
        return is_right(*what)
    except (AdopsError, ValueError, TypeError, ArithmeticError, RecursionError):
        return False


def _follows(model: type[Table], row: dict[str, Any], *names: str) -> bool:
    """Whether the stored ratios are those of the stored figures."""
    fields = fields_of(model)
    figures = {name: fields[name].python_value(row[name]) for name in measures.FIGURES}
    right = measures.stored_ratios(figures)
    return all(fields[name].db_value(right[name]) == row[name] for name in names or right)
