"""The column types that the schema needs beyond Peewee's: Money, Ratio, Day, UtcDateTime, Json, Choice and kin.

A field reads what the caller gives through `values`, so that a bad value is refused before it reaches the database,
and writes the one form that the column holds. Declared types are the guide's.
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
    # What a row's attribute holds is said by the field's docstring: Peewee's own types cannot tell null from not null.
    Column = pw.Field[Any]
else:
    Column = pw.Field


def key_of(field: Any) -> str:
    """The name that people know a field by: its column, which is its JSON key."""
    return str(field.column_name)


def unreadable(field: Any, value: Any) -> AdopsError:
    """The error for what only another program can have written into the database."""
    return AdopsError(
        f"a row's {key_of(field)} holds {values.shown(value)}, which cannot be read",
        "`adops db verify` names such rows",
    )


class _Read:
    """A field whose values pass through one reader of `values`; a null is never read."""

    reader: Callable[[Any], Any]

    def read(self, value: Any) -> Any:
        """The Python value for what came from outside; a `BadRequestError` that names the field when it is none."""
        if value is None:
            return None
        try:
            return self.reader(value)
        except ValueError as error:
            raise BadRequestError(f"{key_of(self)} {error}") from error


class Text(_Read, Column):
    """Text of any length; empty is not null."""

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
    """Text out of a closed set."""

    field_type = "TEXT"
    db_value = _Read.read

    def __init__(self, members: type[StrEnum] | None = None, **options: Any) -> None:
        self.members = members
        super().__init__(**options)

    def reader(self, value: Any) -> Any:
        """The member's spelling; any text in a migration, which does not know the set."""
        return values.choice(value, self.members) if self.members else values.text(value)


class Count(_Read, Column):
    """A whole number from 0 to 2^53; BIGINT where the engine tells sizes apart."""

    field_type = "BIGINT"
    reader = staticmethod(values.count)
    db_value = _Read.read


class Flag(_Read, Column):
    """Yes or no; SQLite keeps it as 0 or 1."""

    field_type = "BOOLEAN"
    reader = staticmethod(values.flag)
    db_value = _Read.read

    def python_value(self, value: Any) -> bool | None:
        """A bool again."""
        return None if value is None else bool(value)


class Money(_Read, Column):
    """An amount in currency units, a whole number of millionths, within the range that every engine keeps exactly.

    PostgreSQL keeps it as NUMERIC(18,6). SQLite's DECIMAL is a double: whole amounts are exact to 2^53, others below
    8 x 10^9, where the shortest text of the double is the amount that was stored. Sums are made by `data.reports`.
    """

    field_type = "DECIMAL"
    reader = staticmethod(values.money)

    def db_value(self, value: Any) -> Any:
        """The number as the engine keeps it."""
        amount = self.read(value)
        return None if amount is None else current().stored_number(amount)

    def python_value(self, value: Any) -> Decimal | None:
        """The Decimal that was stored."""
        return _decimal(self, value)


class Quantity(Money):
    """A number of conversions: kept like money, never negative."""

    reader = staticmethod(values.quantity)


class Ratio(Column):
    """A figure calculated from others, to six decimals; of any size, since nobody adds it up."""

    field_type = "RATIO"

    def db_value(self, value: Any) -> Any:
        """The number as the engine keeps it."""
        return None if value is None else current().stored_number(value)

    def python_value(self, value: Any) -> Decimal | None:
        """The Decimal that was stored."""
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
    """The same amount without zeros at its end, and without an exponent when it is whole."""
    return Decimal(int(amount)) if amount == amount.to_integral_value() else amount.normalize()


class Day(_Read, Column):
    """A calendar day, written YYYY-MM-DD on SQLite."""

    field_type = "DAY"
    reader = staticmethod(values.day)

    def db_value(self, value: Any) -> Any:
        """The day as the engine keeps it."""
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
    """Semi-structured data: any JSON value, in the order it came; null is SQL's NULL."""

    reader = staticmethod(values.json_value)
    parse: Callable[[str], Any] = staticmethod(json.loads)
    """What the text is, once it is read back."""

    def db_value(self, value: Any) -> Any:
        """Compact JSON text."""
        return value if isinstance(value, pw.Node) else self._written(value)

    def _written(self, value: Any) -> str | None:
        try:
            return None if value is None else values.json_text(value)
        except ValueError as error:
            raise BadRequestError(f"{key_of(self)} {error}") from error

    def to_value(self, value: Any) -> pw.Value:
        """As for any other column."""
        return pw.Value(value, self.db_value, unpack=False)

    def python_value(self, value: Any) -> Any:
        """The value again; text that is no JSON is an error, never handed on as if it were data."""
        if not isinstance(value, str):
            return value
        try:
            return self.parse(value)
        except ValueError as error:
            raise unreadable(self, value) from error


class Sums(Json):
    """A JSON object of exact numbers: int, Decimal or None by name, read as they were written, digit by digit."""

    parse = staticmethod(functools.partial(json.loads, parse_float=Decimal))

    def _written(self, value: Any) -> str | None:
        if value is None:
            return None
        numbers = (
            f'"{name}":{"null" if number is None else f"{plain(Decimal(number)):f}"}' for name, number in value.items()
        )
        return f"{{{','.join(numbers)}}}"


class RowId(pw.AutoField):
    """A running number that is never used twice, even after its row is gone: AUTOINCREMENT, or an identity column."""

    def ddl(self, ctx: Any) -> Any:
        """The column, with what the engine wants behind PRIMARY KEY."""
        return pw.NodeList((super().ddl(ctx), pw.SQL(current().row_id_ending)))
