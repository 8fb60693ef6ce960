"""Conditions on rows, each twice: in SQL for values in our form, in Python for values that are read from another form.

Knows no table, and runs no query.
"""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee as pw

from adops_cli.storage.fields import PlatformName, UtcDateTime, key_of
from adops_cli.storage.table import Table, fields_of
from adops_cli.values import EARLIEST_MILLISECOND, LATEST_MILLISECOND, attribute

_fields_of = functools.cache(fields_of)


@dataclass(frozen=True)
class Condition:
    """A condition on one field of a row."""

    name: str
    """The attribute."""
    sql: Any
    """The Peewee expression, for values in our form."""
    holds: Callable[[Any], bool]
    """The same for a value as it is read, which may be None."""
    may_hold: Any = None
    """An expression that excludes no value in another form that meets the condition. None excludes nothing."""


def equal(field: Any, wanted: Any, given: Any) -> Condition:
    """The condition that a field has this value, which was given like this."""
    name = attribute(key_of(field))
    if isinstance(field, PlatformName):
        spellings = field.spellings(given)
        return Condition(name, field.in_(spellings), lambda value: value in spellings)
    return Condition(name, field == wanted, lambda value: value == wanted)


def between(field: Any, first: Any, last: Any, *, called: tuple[str, str] = ("since", "until")) -> list[Condition]:
    """The conditions for a field between two values, both included. None leaves an end open.

    `called` has the names of the arguments with the values.
    """
    name, conditions = attribute(key_of(field)), []
    if first is not None:
        lowest = field.argument(first, called[0])
        holds, below = _at_least(lowest), _epochs(field, EARLIEST_MILLISECOND, _milliseconds(lowest) - 1)
        conditions.append(Condition(name, field >= lowest, holds, below))
    if last is not None:
        highest = field.argument(last, called[1])
        holds, above = _at_most(highest), _epochs(field, _milliseconds(highest) + 1, LATEST_MILLISECOND)
        conditions.append(Condition(name, field <= highest, holds, above))
    return conditions


def _at_least(lowest: Any) -> Callable[[Any], bool]:
    return lambda value: value is not None and value >= lowest


def _at_most(highest: Any) -> Callable[[Any], bool]:
    return lambda value: value is not None and value <= highest


def _milliseconds(value: Any) -> int:
    return round(value.timestamp() * 1000) if isinstance(value, datetime) else 0


def _epochs(field: Any, first: int, last: int) -> Any:
    """True except for times in epoch milliseconds between these two, including fractions of the last one."""
    if not isinstance(field, UtcDateTime):
        return None
    return pw.SQL(f'NOT ("{key_of(field)}" >= {first} AND "{key_of(field)}" < {last})')


@dataclass(frozen=True)
class Order:
    """The field by which rows are sorted. Nulls come last, and ties are sorted by id."""

    name: str
    descending: bool
    by: Any = None
    """A Peewee expression to sort by instead of the field."""
    key: Callable[[Any], Any] | None = None
    """The same for a value of the field as it is read."""

    def sql(self, model: type[Table]) -> list[Any]:
        """The order for a query.

        Nothing is said of nulls in a column that has none: PostgreSQL reads its plain indexes only with nulls first.
        """
        fields = _fields_of(model)
        field = fields[self.name] if self.by is None else self.by
        nulls = "last" if self.by is not None or field.null else None
        first = pw.Desc(field, nulls=nulls) if self.descending else pw.Asc(field, nulls=nulls)
        return [first] if self.name == "id" else [first, fields["id"].asc()]

    def sorted(self, found: Iterable[Any], value: Callable[[Any], Any], id: Callable[[Any], Any]) -> list[Any]:
        """The same in Python, for anything that has a value and an id."""
        key = self.key or (lambda value: value)
        by_id = [(key(value(one)), one) for one in sorted(found, key=id)]
        known = [pair for pair in by_id if pair[0] is not None]
        known.sort(key=lambda pair: pair[0], reverse=self.descending)
        return [one for _, one in known] + [one for value, one in by_id if value is None]
