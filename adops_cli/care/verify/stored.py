"""Checks that every stored value has the form of its column. Only reads, a few thousand rows at a time.

The database itself finds rows that could be wrong, which is fast and prefers false alarms to misses. Only these are
fetched and judged, by the readers that check every new value. Nothing is held between two reads: ten million rows take
little memory, and no transaction stays open. `care.repair` also uses this to find what to repair.
"""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from adops_cli import measures, values
from adops_cli.care.verify.check import Check, findings
from adops_cli.care.verify.form import told
from adops_cli.care.verify.reading import Reading
from adops_cli.errors import AdopsError
from adops_cli.storage.column import as_sql
from adops_cli.storage.fields import (
    Choice,
    Count,
    Day,
    Flag,
    Json,
    Money,
    PlatformName,
    Quantity,
    Sums,
    Text,
    UtcDateTime,
)
from adops_cli.storage.models import LEDGER, TABLES, Metrics
from adops_cli.storage.table import Table, columns_of, fields_of

_columns_of = functools.cache(columns_of)
"""Cached for work that is repeated for each of many rows."""
_BATCH = 5_000
_FIRST = 5
_NUMBER = "typeof({0}) NOT IN ('integer', 'real')"


@dataclass(frozen=True)
class _Kind:
    """A kind of column: the check it belongs to, the SQL that finds suspects, and the test that decides."""

    name: str
    suspect: str
    """SQLite's SQL on the column {0}, which is not null. True for every wrong value, and for few others."""
    is_right: Callable[[Any, Any], bool]
    """Takes the field and the stored value. Any error means false."""
    on_server: str | None = None
    """The same in PostgreSQL's SQL. None if its types exclude all wrong values."""


@dataclass
class _Found:
    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, row: str) -> None:
        self.count += 1
        if len(self.first) < _FIRST:
            self.first.append(row)


def _reads_number(column: Any, value: Any) -> bool:
    column.read(value)
    return isinstance(value, int | float | Decimal)


def _reads_json(column: Any, value: Any) -> bool:
    return column.python_value(value) is not ...


_MAY_BE_NO_UTF8 = "({0} GLOB '*[^ -~]*' OR instr({0}, char(0)))"
"""Text beyond ASCII, or with a control character. SQLite does not check text for UTF-8, and GLOB ends at U+0000."""
_LONG = 1_800
"""Characters of JSON that can be nested too deeply for Python."""
_DIGITS = 309
"""Those of the smallest number that can be infinite for Python; with an exponent, fewer are enough."""
_JSON = _Kind(
    "JSON columns",  # a JSON number is stored as a number
    f"(typeof({{0}}) = 'blob' OR (typeof({{0}}) = 'text' AND NOT json_valid({{0}})) OR {_MAY_BE_NO_UTF8}"
    f" OR length({{0}}) > {_LONG} OR {{0}} GLOB '*[0-9.][eE][+0-9]*' OR {{0}} GLOB '*{'[0-9]' * _DIGITS}*')",
    _reads_json,
    f"(length(CAST({{0}} AS TEXT)) > {_LONG} OR CAST({{0}} AS TEXT) ~ '{'[0-9]' * _DIGITS}')",
)
_TEXT = _Kind(
    "texts",
    f"(typeof({{0}}) <> 'text' OR {_MAY_BE_NO_UTF8})",
    lambda _column, value: isinstance(value, str) and "\0" not in value,
)
_KINDS = {
    Json: _JSON,
    Sums: _JSON,
    UtcDateTime: _Kind(
        "times",  # adding 0 days makes SQLite calculate, which turns 31 February into another day
        "(strftime('%Y-%m-%dT%H:%M:%fZ', {0}, '+0 days') IS NOT {0} OR substr({0}, 1, 4) = '0000')",
        lambda _column, value: values.written_instant(values.instant(value)) == value,
        "{0} NOT BETWEEN '0001-01-01 00:00:00Z' AND '9999-12-31 23:59:59.999Z'",
    ),
    Day: _Kind(
        "days",
        "(strftime('%Y-%m-%d', {0}, '+0 days') IS NOT {0} OR substr({0}, 1, 4) = '0000')",
        lambda _column, value: values.day(value).isoformat() == value,
        "{0} NOT BETWEEN '0001-01-01' AND '9999-12-31'",
    ),
    Choice: _Kind(
        "closed sets", "{0} NOT IN ({1})", lambda column, value: bool(column.read(value)), "{0} NOT IN ({1})"
    ),
    Text: _TEXT,
    PlatformName: _TEXT,
    Flag: _Kind("counts and flags", "{0} NOT IN (0, 1)", lambda _column, value: value in (0, 1)),
    Count: _Kind(
        "counts and flags",
        f"(typeof({{0}}) <> 'integer' OR {{0}} NOT BETWEEN 0 AND {values.EXACT})",
        lambda column, value: isinstance(value, int) and column.read(value) == value,
        f"{{0}} NOT BETWEEN 0 AND {values.EXACT}",
    ),
    Money: _Kind(
        "money in range",
        f"({_NUMBER} OR abs({{0}}) >= {values.FRACTION_LIMIT} OR {{0}} <> round({{0}}, 6))",
        _reads_number,
        f"abs({{0}}) >= {values.FRACTION_LIMIT}",
    ),
    Quantity: _Kind(
        "money in range",
        f"({_NUMBER} OR {{0}} < 0 OR {{0}} >= {values.FRACTION_LIMIT} OR {{0}} <> round({{0}}, 6))",
        _reads_number,
        f"({{0}} < 0 OR {{0}} >= {values.FRACTION_LIMIT})",
    ),
}
_WRITTEN: Mapping[type, str] = {
    UtcDateTime: """to_char(timezone('UTC', "{0}"), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')""",
    Day: """to_char("{0}", 'YYYY-MM-DD')""",
}
"""PostgreSQL's SQL for a value in SQLite's form, whatever the settings of the connection or a cluster's nodes are."""
RATIOS = "calculated fields"
_RIGHT = {
    "JSON columns": "all parse",
    "times": "all YYYY-MM-DDTHH:MM:SS.mmmZ",
    "days": "all YYYY-MM-DD",
    "closed sets": "only members",
    "texts": "all text",
    "counts and flags": "whole numbers in range, 0 or 1",
    "money in range": "at most 6 decimals, within the range that is stored exactly",
    RATIOS: "ctr, cpc, cpa and roas match the figures",
}
NAMES = frozenset(_RIGHT)
"""The checks of stored values, of which `care.repair` can mend many."""


def checks(reading: Reading) -> Iterator[Check]:
    """One check for each kind of value, over all tables."""
    found = {name: _Found() for name in _RIGHT}
    unread: list[str] = []
    for model in (*TABLES, *LEDGER):
        try:
            _look_through(reading, model, found)
        except reading.errors as error:
            unread.append(f"{model._meta.table_name} cannot be read completely: {error}")
    if unread:
        yield Check("rows", "failed", "; ".join(unread))
    for name, wrong in found.items():
        if wrong.count:
            yield Check(name, "failed", findings(wrong.count, wrong.first))
        elif not unread:
            yield Check(name, "ok", _RIGHT[name])


def _look_through(reading: Reading, model: type[Table], found: dict[str, _Found]) -> None:
    """Count what is wrong with the suspect rows of a table."""
    for _, row in suspects(reading, model):
        for name, keys in wrong(model, row).items():
            what = "" if name == RATIOS else f": {', '.join(told(field_of(model, key), row[key]) for key in keys)}"
            found[name].add(f"{model._meta.table_name} {as_sql(row['id'])} ({', '.join(keys)}){what}")


def suspects(reading: Reading, model: type[Table]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The rows that may have a wrong value: the place of each, and its columns in their stored form."""
    table, place, mark = f'"{model._meta.table_name}"', reading.key, reading.mark
    after = ""
    last: tuple[Any, ...] = ()
    while True:
        batch = f"SELECT {place} AS place FROM {table} {after} ORDER BY {place} LIMIT {_BATCH}"
        end = reading.ask(f"SELECT max(place) FROM ({batch}) AS batch", last)[0][0]
        if end is None:
            return
        here = f"{after} AND" if after else "WHERE"
        where = f"{here} {place} <= {mark} AND ({_suspicion(reading, model)})"
        yield from _rows(reading, model, where, (*last, end))
        after, last = f"WHERE {place} > {mark}", (end,)


def rows_at(reading: Reading, model: type[Table], places: Sequence[Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The rows at these places that still exist. For at most a few hundred places."""
    marks = ", ".join(reading.mark for _ in places)
    return _rows(reading, model, f"WHERE {reading.key} IN ({marks}) ORDER BY {reading.key}", places)


def _rows(
    reading: Reading, model: type[Table], where: str, given: Sequence[Any]
) -> Iterator[tuple[Any, dict[str, Any]]]:
    columns = columns_of(model)
    listed = ", ".join(_selected(key, column) if reading.server else f'"{key}"' for key, column in columns.items())
    query = f'SELECT {reading.key} AS place, {listed} FROM "{model._meta.table_name}" {where}'
    for place, *row in reading.ask(query, given):
        yield place, dict(zip(columns, row, strict=True))


def _selected(key: str, column: Any) -> str:
    """A column in SQLite's form, because PostgreSQL has times and days that Python does not have."""
    kind = next((kind for kind in _WRITTEN if isinstance(column, kind)), None)
    if kind is None:
        return f'"{key}"'
    unlike = (_KINDS[kind].on_server or "").format(f'"{key}"')
    return f'CASE WHEN {unlike} THEN CAST("{key}" AS TEXT) ELSE {_WRITTEN[kind].format(key)} END'


def _suspicion(reading: Reading, model: type[Table]) -> str:
    parts = [
        f'("{key}" IS NOT NULL AND {_suspect(kind.on_server if reading.server else kind.suspect, key, column)})'
        for key, column in columns_of(model).items()
        if (kind := _kind(column)) and (kind.on_server or not reading.server)
    ]
    if model is Metrics:
        suspicion = _ratio_differs if reading.server else _ratio_suspicion
        parts += [suspicion(name) for name in measures.STORED_RATIOS]
    return " OR ".join(parts) or "FALSE"


def _suspect(sql: str | None, key: str, column: Any) -> str:
    members = ", ".join(f"'{member}'" for member in getattr(column, "members", None) or ())
    return (sql or "FALSE").format(f'"{key}"', members)


def _kind(column: Any) -> _Kind | None:
    return _KINDS.get(type(getattr(column, "rel_field", column)))


def _ratio_suspicion(name: str) -> str:
    """Possibly wrong: too far from the quotient, too large for a double to be sure, or not rounded to six decimals."""
    above, below = measures.PARTS[name]
    exact = f'("{above}" * 1.0 / nullif("{below}", 0))'
    return (
        f'CASE WHEN "{name}" IS NULL THEN {exact} IS NOT NULL ELSE NOT coalesce('
        f'abs("{name}" - {exact}) < 4.9e-7 AND abs("{name}") < 1e6 AND "{name}" = round("{name}", 6), 0) END'
    )


def _ratio_differs(name: str) -> str:
    """Not the exact rounded quotient. PostgreSQL rounds a half differently, so the value is then judged here."""
    above, below = measures.PARTS[name]
    return f'"{name}" IS DISTINCT FROM round(CAST("{above}" AS NUMERIC) / nullif("{below}", 0), 6)'


def wrong(model: type[Table], row: Mapping[str, Any]) -> dict[str, list[str]]:
    """The check that counts them -> the columns with a wrong value."""
    found: dict[str, list[str]] = {}
    for key in _columns_of(model):
        field, value = field_of(model, key), row[key]
        kind = _KINDS.get(type(field))
        if kind and value is not None and not _certain(kind.is_right, field, value):
            found.setdefault(kind.name, []).append(key)
    if model is Metrics and not _certain(_follows, model, row):
        found[RATIOS] = [name for name in measures.STORED_RATIOS if not _certain(_follows, model, row, name)]
    return found


def field_of(model: type[Table], key: str) -> Any:
    """The field that judges a column's values: for a reference, the field it refers to."""
    column = _columns_of(model)[key]
    return getattr(column, "rel_field", column)


def _certain(is_right: Callable[..., bool], *what: Any) -> bool:
    try:
        return is_right(*what)
    except (AdopsError, ValueError, TypeError, ArithmeticError, RecursionError):
        return False


def _follows(model: type[Table], row: Mapping[str, Any], *names: str) -> bool:
    """Whether the stored ratios are those of the stored figures."""
    fields = fields_of(model)
    figures = {name: fields[name].python_value(row[name]) for name in measures.FIGURES}
    right = measures.stored_ratios(figures)
    return all(fields[name].db_value(right[name]) == row[name] for name in names or right)
