"""The column types that the schema needs beyond Peewee's: Day, UtcDateTime, Json, Choice and others, with `amounts`.

A field reads the caller's values through `values`, so that an invalid value is refused before it reaches the database,
and writes the one form that the column stores. It reads a stored value in whatever form another program wrote it, as
the take-over does, which uses the same `meant` and `read`. Declared types are those of the guide.
"""

import json
import re
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

import peewee as pw

from adops_cli import values
from adops_cli.errors import BadRequestError
from adops_cli.storage.amounts import Money, Quantity, Ratio, plain
from adops_cli.storage.column import Column, Null, Read, called, key_of, unreadable, writer_of
from adops_cli.storage.handle import current
from adops_cli.storage.stored_json import JSON_DECODER, parsed_json, refuse_constant

__all__ = [
    "Choice",
    "Count",
    "Day",
    "Flag",
    "Json",
    "Money",
    "PlatformName",
    "Quantity",
    "Ratio",
    "RowId",
    "Sums",
    "Text",
    "UtcDateTime",
    "called",
    "key_of",
    "plain",
    "unreadable",
    "writer_of",
]

_EPOCH_AS_TEXT = re.compile(r"\d{12,15}", re.ASCII)


class Text(Read, Column[str, Null]):
    """Text of any length. Empty text is not null."""

    field_type = "TEXT"
    reader = staticmethod(values.text)
    db_value = Read.read

    def meant(self, value: Any) -> Any:
        """The text of a number, such as an id."""
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    def python_value(self, value: Any) -> str | None:
        """The text, with any characters."""
        known: str | None = value if type(value) is str else self.stored(value)
        return known


class PlatformName(Text[Null]):
    """A platform; a known one gets its slug, however it is spelled. A search also finds the spelling that it names."""

    def reader(self, value: Any) -> str:
        """The slug of a known platform; else the text as it came."""
        return values.platform(values.text(value))

    def db_value(self, value: Any) -> Any:
        """The text as it is: old databases hold other spellings, and must be found by them."""
        self.read(value)  # refuses what no database can keep
        return value

    def spellings(self, value: str) -> list[str]:
        """What a row of this platform may hold."""
        return sorted({value, self.read(value)})

    def matches(self, value: str) -> Any:
        """The condition that a row is of this platform."""
        return self.in_(self.spellings(value))


class Choice(Read, Column[str, Null]):
    """Text from a closed set."""

    field_type = "TEXT"
    db_value = Read.read

    def __init__(self, members: type[StrEnum] | None = None, **options: Any) -> None:
        self.members = members
        self._spellings = frozenset(map(str, members or ()))
        super().__init__(**options)

    def reader(self, value: Any) -> Any:
        """The member's spelling. In a migration, which does not know the set, any text."""
        return values.choice(value, self.members) if self.members else values.text(value)

    def meant(self, value: Any) -> Any:
        """The member, without capitals and white space around it."""
        return value.strip().lower() if isinstance(value, str) else value

    def python_value(self, value: Any) -> str | None:
        """The member. Any other text stays as it is, because text can be read."""
        if value is None:
            return None
        if not isinstance(value, str):
            raise unreadable(self, value)
        member = value if value in self._spellings else self.meant(value)
        return member if member in self._spellings else value


class Count(Read, Column[int, Null]):
    """A whole number from 0 to 2^53; BIGINT if the engine distinguishes sizes."""

    field_type = "BIGINT"
    reader = staticmethod(values.count)
    db_value = Read.read

    def python_value(self, value: Any) -> int | None:
        """The number, even if it is out of range. It can be read, and `adops db verify` reports it."""
        return value if value is None or type(value) is int else self.stored(value)


class Flag(Read, Column[bool, Null]):
    """True or false; SQLite stores it as 0 or 1."""

    field_type = "BOOLEAN"
    reader = staticmethod(values.flag)
    db_value = Read.read

    def python_value(self, value: Any) -> bool | None:
        """The stored value as a bool."""
        if type(value) is int and 0 <= value <= 1:
            return value == 1  # the short way, for many rows
        known: bool | None = self.stored(value)
        return known


_DAY = len("2026-02-10")
_TIME = len("2026-02-10T08:00:00.000Z")
_TIME_MARKS = ("-", "T", ".", "Z")
_Moment = TypeVar("_Moment", date, datetime)


def _from_iso(field: Any, kind: type[_Moment], value: str) -> _Moment:
    try:
        return kind.fromisoformat(value)
    except ValueError as error:
        raise unreadable(field, value) from error


class Day(Read, Column[date, Null]):
    """A calendar day, written YYYY-MM-DD on SQLite."""

    field_type = "DAY"
    reader = staticmethod(values.day)

    def db_value(self, value: Any) -> Any:
        """The day as the engine stores it."""
        given = self.read(value)
        return None if given is None else self.written(given)

    def written(self, value: date) -> Any:
        """The day as the engine stores it."""
        return current().stored_day(value)

    def python_value(self, value: Any) -> date | None:
        """A `date`."""
        if type(value) is str and len(value) == _DAY and value[4] == value[7] == "-":
            return _from_iso(self, date, value)  # the short way, for many rows
        known: date | None = self.stored(value)
        return known


class UtcDateTime(Read, Column[datetime, Null]):
    """A point in time in UTC, to the millisecond, written YYYY-MM-DDTHH:MM:SS.mmmZ; `timestamptz` on PostgreSQL."""

    field_type = "TIMESTAMP"
    reader = staticmethod(values.instant)

    def db_value(self, value: Any) -> Any:
        """The written time."""
        moment = self.read(value)
        if moment is None:
            return None
        return value if values.is_written_instant(value) else self.written(moment)

    def written(self, value: datetime) -> str:
        """The written time."""
        return values.written_instant(value)

    def meant(self, value: Any) -> Any:
        """Epoch milliseconds that are written as text."""
        return int(value) if isinstance(value, str) and _EPOCH_AS_TEXT.fullmatch(value.strip()) else value

    def python_value(self, value: Any) -> datetime | None:
        """An aware `datetime` in UTC."""
        if isinstance(value, datetime):
            return value
        if type(value) is str and len(value) == _TIME and (value[4], value[10], value[19], value[23]) == _TIME_MARKS:
            return _from_iso(self, datetime, value)  # the short way, for many rows
        moment: datetime | None = self.stored(value)
        return moment


class Json(Read, pw.JSONField):
    """Semi-structured data: any JSON value, in its original order. Null is SQL's NULL."""

    reader = staticmethod(values.json_value)
    decoder: ClassVar[json.JSONDecoder] = JSON_DECODER
    """Parses the text when it is read back."""

    def db_value(self, value: Any) -> Any:
        """Compact JSON text."""
        return value if isinstance(value, pw.Node) else self.written(value)

    def written(self, value: Any) -> str | None:
        """Compact JSON text."""
        try:
            return None if value is None else values.json_text(value)
        except ValueError as error:
            raise BadRequestError(f"{called(self)} {error}") from error

    def to_value(self, value: Any) -> pw.Value:
        """The same as for any other column."""
        return pw.Value(value, self.db_value, unpack=False)

    def python_value(self, value: Any) -> Any:
        """The stored value. Text that is not JSON is an error, and never passed on as if it were data."""
        if not isinstance(value, str | bytes):
            return value
        try:
            return self.meant(value)
        except ValueError as error:
            raise unreadable(self, value) from error

    def meant(self, value: Any) -> Any:
        """The value of JSON text."""
        if not isinstance(value, str):
            raise ValueError("is not text")
        return parsed_json(value, self.decoder)


class Sums(Json):
    """A JSON object of exact numbers: int, Decimal or None by name. They are read with all their digits."""

    decoder = json.JSONDecoder(parse_constant=refuse_constant, parse_float=Decimal)

    def written(self, value: Any) -> str | None:
        """Compact JSON text with all digits."""
        if value is None:
            return None
        numbers = (
            f'"{name}":{"null" if number is None else f"{plain(Decimal(number)):f}"}' for name, number in value.items()
        )
        return f"{{{','.join(numbers)}}}"


class RowId(Column[int, Null], pw.AutoField):
    """An automatic number, never used twice, even after its row is deleted: AUTOINCREMENT, or an identity column."""

    def ddl(self, ctx: Any) -> Any:
        """The column, with the engine's DDL after PRIMARY KEY."""
        return pw.NodeList((super().ddl(ctx), pw.SQL(current().row_id_ending)))
