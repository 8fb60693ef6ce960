"""SQLite's dialect: how it stores amounts and days, and its SQL for weeks, months, JSON and exact sums."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

from adops_cli.storage.engines.own_sql import Answer
from adops_cli.storage.engines.sums import MILLION, together
from adops_cli.values import EXACT

import peewee as pw  # isort: skip - after the engines' base, which keeps it from loading drivers


class SqliteDialect:
    """The methods of an `Engine` that speak SQLite's dialect."""

    def asked(self, text: str, given: Mapping[str, str], seconds: float) -> AbstractContextManager[Answer]:
        """The answer to one statement of the user's own."""
        from adops_cli.storage.engines.sqlite_own_sql import asked  # noqa: PLC0415 - few commands need it

        return asked(self, text, given, seconds)

    def stored_number(self, amount: Decimal) -> int | float:
        """An amount as a DECIMAL column stores it: an int if it is whole, otherwise the nearest double."""
        whole = amount == amount.to_integral_value() and abs(amount) < EXACT
        return int(amount) if whole else float(amount)

    def stored_day(self, day: date) -> str:
        """A day as its column stores it."""
        return day.isoformat()

    def as_sqlite_form(self, field: Any) -> Any:
        """A column in the form of a SQLite file: numbers as int or float, days, times and JSON as text."""
        return field

    def locked_for_update(self, query: Any) -> Any:
        """A query for rows to be changed. The transaction locks the whole file anyway."""
        return query

    def week_start(self, day: Any) -> Any:
        """The Monday of a day's week."""
        return pw.fn.date(day, "weekday 0", "-6 days", python_value=date.fromisoformat)

    def month(self, day: Any) -> Any:
        """The month of a day as YYYY-MM."""
        return pw.fn.substr(day, 1, 7, python_value=str)

    def text_under(self, field: Any, key: str) -> Any:
        """The text under a key of a JSON object; null if it is not text."""
        path = f"$.{key}"
        return pw.Case(None, [(pw.fn.json_type(field, path) == "text", pw.fn.json_extract(field, path))])

    def exact_sum(self, field: Any) -> tuple[list[Any], Callable[..., int | None]]:
        """A sum of integers that cannot overflow, and how to combine them: counts in units, money in millionths.

        Amounts are split into whole units and millionths, counts into millions and the rest. Exact for every amount
        below 8.5 x 10^9, and for whole amounts up to 2^53; `fields.Money` accepts no others.
        """
        if field.field_type != "DECIMAL":
            large = field / MILLION
            small = field - large * MILLION
        else:
            large = pw.Cast(field, "INTEGER")
            small = pw.Cast(pw.fn.ROUND((field - large) * MILLION), "INTEGER")
        return [pw.fn.SUM(part).python_value(lambda value: value) for part in (large, small)], together


def quoted(name: str) -> str:
    """A name in SQL, whatever is in it."""
    return '"{}"'.format(name.replace('"', '""'))


def insertion(table: str, columns: Sequence[str], rows: int, conflict: str) -> str:
    """The statement that inserts this many rows."""
    listed = ", ".join(f'"{column}"' for column in columns)
    row = f"({', '.join('?' for _ in columns)})"
    return f'INSERT INTO "{table}" ({listed}) VALUES {", ".join([row] * rows)}{conflict}'


def inserter(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], conflict: str, most: int
) -> tuple[Callable[[Sequence[Sequence[Any]]], object], int]:
    """What inserts many rows, and how many it takes, at most so many.

    SQLite writes without Python's lock, but a statement that inserts one row gives it back after each. So all of the
    rows are one statement.
    """
    count = min(most, connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // len(columns))
    sql = insertion(table, columns, count, conflict)
    return lambda rows: connection.execute(sql, [*chain.from_iterable(rows)]), count
