"""PostgreSQL's dialect: how it stores amounts and days, and its SQL for weeks, months, JSON and exact sums."""

import functools
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

from adops_cli.storage.engines.own_sql import Answer
from adops_cli.storage.engines.sums import in_units

import peewee as pw  # isort: skip - after the engines' base, which keeps it from loading drivers


class PostgresDialect:
    """The methods of an `Engine` that speak PostgreSQL's dialect."""

    def asked(self, text: str, given: Mapping[str, str], seconds: float) -> AbstractContextManager[Answer]:
        """The answer to one statement of the user's own."""
        from adops_cli.storage.engines.postgres_own_sql import asked  # noqa: PLC0415 - few commands need it

        return asked(self, text, given, seconds)

    def stored_number(self, amount: Decimal) -> Decimal:
        """An amount as a NUMERIC column stores it."""
        return amount

    def stored_day(self, day: date) -> date:
        """A day as its column stores it."""
        return day

    def as_sqlite_form(self, field: Any) -> Any:
        """A column in the form of a SQLite file: numbers as int or float, days, times and JSON as text.

        A double can hold every amount that is accepted, and its shortest text is that amount. Days and times are the
        same text under any settings: those of a connection are not those of a cluster's other nodes.
        """
        match field.field_type:
            case "DECIMAL" | "RATIO":
                return pw.Cast(field, "DOUBLE PRECISION")
            case "TIMESTAMP":
                return pw.fn.to_char(pw.fn.timezone("UTC", field), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
            case "DAY":
                return pw.fn.to_char(field, "YYYY-MM-DD")
            case "JSON":
                return pw.Cast(field, "TEXT")
        return field

    def locked_for_update(self, query: Any) -> Any:
        """A query for rows to be changed, which locks them until this transaction ends."""
        return query.for_update("FOR NO KEY UPDATE")

    def week_start(self, day: Any) -> Any:
        """The Monday of a day's week."""
        return pw.Cast(pw.fn.date_trunc("week", day), "DATE")

    def month(self, day: Any) -> Any:
        """The month of a day as YYYY-MM."""
        return pw.fn.to_char(day, "YYYY-MM").python_value(str)

    def text_under(self, field: Any, key: str) -> Any:
        """The text under a key of a JSON object; null if it is not text."""
        return pw.Case(None, [(pw.fn.jsonb_typeof(_under(field, "->", key)) == "string", _under(field, "->>", key))])

    def exact_sum(self, field: Any) -> tuple[list[Any], Callable[..., int | None]]:
        """A sum, which is exact in NUMERIC, and how to read it: counts in units, money in millionths."""
        scale = 6 if field.field_type == "DECIMAL" else 0
        return [pw.fn.SUM(field).python_value(lambda value: value)], functools.partial(in_units, scale)


def _under(field: Any, operator: str, key: str) -> Any:
    return pw.NodeList((pw.SQL("("), field, pw.SQL(f"{operator} '{key}')")))
