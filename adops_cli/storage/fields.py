"""The column types that the schema needs beyond Peewee's: Money, Ratio, Day, UtcDateTime, Json, Choice and others.

A field reads the caller's values through `values`, so that an invalid value is refused before it reaches the database,
and writes the one form that the column stores. Declared types are those of the guide.
"""

import functools
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import peewee as pw

from adops_cli import values
from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.storage.handle import current

if TYPE_CHECKING:
    # A field's docstring gives the type of a row's attribute: Peewee's own types do not tell null from not null.
    Column = pw.Field[Any]
else:
    Column = pw.Field


def key_of(field: Any) -> str:
    """The public name of a field: its column, which is also its JSON key."""
    return str(field.column_name)


def unreadable(field: Any, value: Any) -> AdopsError:
    """The error for a value that only another program can have written to the database."""
    return AdopsError(
        f"a row's {key_of(field)} holds {values.shown(value)}, which cannot be read",
        "Use `adops db verify` to find such rows",
    )


class _Read:
    """A field with values that pass through one reader of `values`. Null is never read."""

    reader: Callable[[Any], Any]

    def read(self, value: Any) -> Any:
        """The Python value for a value from outside. A `BadRequestError` with the field if it is invalid."""
        if value is None:
            return None
        try:
            return self.reader(value)
        except ValueError as error:
            raise BadRequestError(f"{key_of(self)} {error}") from error


class Text(_Read, Column):
    """Text of any length. Empty text is not null."""

    field_type = "TEXT"
    reader = staticmethod(values.text)
    db_value = _Read.read


class PlatformName(Text):
    """A platform; a known one gets its slug, however it is spelled. A search also finds the spelling that it names."""

    def reader(self, value: Any) -> str:
        """The slug of a known platform; else the text as it came."""
        return values.platform(values.text(value))

    def db_value(self, value: Any) -> Any:
        """The text as it is: old databases hold other spellings, and must be found by them."""
        self.read(value)  # refuses what no database can keep
        return value

    def matches(self, value: str) -> Any:
        """The condition that a row is of this platform."""
        return self.in_(sorted({value, self.read(value)}))


class Choice(_Read, Column):
    """Text from a closed set."""

    field_type = "TEXT"
    db_value = _Read.read

    def __init__(self, members: type[StrEnum] | None = None, **options: Any) -> None:
        self.members = members
        super().__init__(**options)

    def reader(self, value: Any) -> Any:
        """The member's spelling. In a migration, which does not know the set, any text."""
        return values.choice(value, self.members) if self.members else values.text(value)


class Count(_Read, Column):
    """A whole number from 0 to 2^53; BIGINT if the engine distinguishes sizes."""

    field_type = "BIGINT"
    reader = staticmethod(values.count)
    db_value = _Read.read


class Flag(_Read, Column):
    """True or false; SQLite stores it as 0 or 1."""

    field_type = "BOOLEAN"
    reader = staticmethod(values.flag)
    db_value = _Read.read

    def python_value(self, value: Any) -> bool | None:
        """The stored value as a bool."""
        return None if value is None else bool(value)


class Money(_Read, Column):
    """An amount in currency units: a whole number of millionths, within the range that every engine stores exactly.

    PostgreSQL stores it as NUMERIC(18,6). SQLite's DECIMAL is a double: whole amounts are exact to 2^53, others below
    8 x 10^9, where the shortest text of the double is the stored amount. Sums are calculated by `data.reports`.
    """

    field_type = "DECIMAL"
    reader = staticmethod(values.money)

    def db_value(self, value: Any) -> Any:
        """The number as the engine stores it."""
        amount = self.read(value)
        return None if amount is None else current().stored_number(amount)

    def python_value(self, value: Any) -> Decimal | None:
        """The stored Decimal."""
        return _decimal(self, value)


class Quantity(Money):
    """A number of conversions: stored like money, but never negative."""

    reader = staticmethod(values.quantity)


class Ratio(Column):
    """A figure calculated from others, to six decimals. Its size is not limited, because it is never added up."""

    field_type = "RATIO"

    def db_value(self, value: Any) -> Any:
        """The number as the engine stores it."""
        return None if value is None else current().stored_number(value)

    def python_value(self, value: Any) -> Decimal | None:
        """The stored Decimal."""
        return _decimal(self, value)


def _decimal(field: Any, value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        amount = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        return plain(amount)
    except (InvalidOperation, TypeError, ValueError, OverflowError) as error:
        raise unreadable(field, value) from error


def plain(amount: Decimal) -> Decimal:
    """The same amount without trailing zeros, and without an exponent if it is whole."""
    return Decimal(int(amount)) if amount == amount.to_integral_value() else amount.normalize()


class Day(_Read, Column):
    """A calendar day, written YYYY-MM-DD on SQLite."""

    field_type = "DAY"
    reader = staticmethod(values.day)

    def db_value(self, value: Any) -> Any:
        """The day as the engine stores it."""
        given = self.read(value)
        return None if given is None else current().stored_day(given)

    def python_value(self, value: Any) -> date | None:
        """A `date`."""
        try:
            return value if value is None or isinstance(value, date) else date.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise unreadable(self, value) from error


class UtcDateTime(_Read, Column):
    """A point in time in UTC, to the millisecond, written YYYY-MM-DDTHH:MM:SS.mmmZ; `timestamptz` on PostgreSQL."""

    field_type = "TIMESTAMP"
    reader = staticmethod(values.instant)

    def db_value(self, value: Any) -> Any:
        """The written time."""
        moment = self.read(value)
        if moment is None:
            return None
        return value if values.is_written_instant(value) else values.written_instant(moment)

    def python_value(self, value: Any) -> datetime | None:
        """An aware `datetime` in UTC."""
        try:
            return value if value is None or isinstance(value, datetime) else datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise unreadable(self, value) from error


class Json(_Read, pw.JSONField):
    """Semi-structured data: any JSON value, in its original order. Null is SQL's NULL."""

    reader = staticmethod(values.json_value)
    parse: Callable[[str], Any] = staticmethod(json.loads)
    """Parses the text when it is read back."""

    def db_value(self, value: Any) -> Any:
        """Compact JSON text."""
        return value if isinstance(value, pw.Node) else self._written(value)

    def _written(self, value: Any) -> str | None:
        try:
            return None if value is None else values.json_text(value)
        except ValueError as error:
            raise BadRequestError(f"{key_of(self)} {error}") from error

    def to_value(self, value: Any) -> pw.Value:
        """The same as for any other column."""
        return pw.Value(value, self.db_value, unpack=False)

    def python_value(self, value: Any) -> Any:
        """The stored value. Text that is not JSON is an error, and never passed on as if it were data."""
        if not isinstance(value, str):
            return value
        try:
            return self.parse(value)
        except ValueError as error:
            raise unreadable(self, value) from error


class Sums(Json):
    """A JSON object of exact numbers: int, Decimal or None by name. They are read with all their digits."""

    parse = staticmethod(functools.partial(json.loads, parse_float=Decimal))

    def _written(self, value: Any) -> str | None:
        if value is None:
            return None
        numbers = (
            f'"{name}":{"null" if number is None else f"{plain(Decimal(number)):f}"}' for name, number in value.items()
        )
        return f"{{{','.join(numbers)}}}"


class RowId(pw.AutoField):
    """An automatic number, never used twice, even after its row is deleted: AUTOINCREMENT, or an identity column."""

    def ddl(self, ctx: Any) -> Any:
        """The column, with the engine's DDL after PRIMARY KEY."""
        return pw.NodeList((super().ddl(ctx), pw.SQL(current().row_id_ending)))
