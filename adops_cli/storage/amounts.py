"""The column types of amounts: Money, Quantity and Ratio. Stores whole millionths as the engine keeps them exactly."""

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any

import peewee as pw

from adops_cli import measures, values
from adops_cli.errors import UnreadableRowError
from adops_cli.storage.column import Column, Null, Read, unreadable
from adops_cli.storage.handle import current

_SHORT = re.compile(r"-?\d{1,12}\.\d{0,5}[1-9]", re.ASCII).fullmatch
"""What a double in range with at most six decimals is written like, unless it is whole or needs an exponent."""
_SIX = Context(prec=400, rounding=ROUND_HALF_EVEN)


class Money(Read, Column[Decimal, Null]):
    """An amount in currency units: a whole number of millionths, within the range that every engine stores exactly.

    PostgreSQL stores it as NUMERIC(18,6). SQLite's DECIMAL is a double: whole amounts are exact to 2^53, others below
    8 x 10^9, where the shortest text of the double is the stored amount. Sums are calculated by `data.reports`.
    """

    field_type = "DECIMAL"
    reader = staticmethod(values.money)

    def db_value(self, value: Any) -> Any:
        """The number as the engine stores it."""
        amount = self.read(value)
        return None if amount is None else self.written(amount)

    def written(self, value: Decimal) -> Any:
        """The number as the engine stores it."""
        return current().stored_number(value)

    def python_value(self, value: Any) -> Decimal | None:
        """The stored Decimal. One beyond any range could not be added up, and is an error."""
        if type(value) is float and _SHORT(written := repr(value)):
            return Decimal(written)  # the short way, for many rows
        amount = _decimal(self, value)
        if amount is not None and abs(amount) >= values.MONEY_LIMIT:
            raise unreadable(self, value)
        return amount


class Quantity(Money[Null]):
    """A number of conversions: stored like money, but never negative."""

    reader = staticmethod(values.quantity)


class _Calculated(pw.FieldAccessor):
    """The attribute of a row that follows from its figures, whatever is stored."""

    def __get__(self, instance: Any, instance_type: Any = None) -> Any:
        if instance is None:
            return self.field
        above, below = measures.PARTS[self.name]
        return measures.ratio(getattr(instance, above), getattr(instance, below))


class Ratio(Column[Decimal, Null]):
    """A figure calculated from others, to six decimals. Its size is not limited, because it is never added up."""

    field_type = "RATIO"
    accessor_class = _Calculated

    def db_value(self, value: Any) -> Any:
        """The number as the engine stores it."""
        return None if value is None else current().stored_number(value)

    def python_value(self, value: Any) -> Decimal | None:
        """The stored Decimal. None for a value that is not a number, because ratios follow from figures that are."""
        try:
            return _decimal(self, value)
        except UnreadableRowError:
            return None


def _decimal(field: Any, value: Any) -> Decimal | None:
    """A number to six decimals, the noise of binary floating point taken off: what sums are made of, too."""
    if value is None:
        return None
    try:
        exact = _SIX.quantize(Decimal(repr(value)), values.MILLIONTH) if type(value) is float else values.number(value)
        return plain(exact)
    except (InvalidOperation, ValueError) as error:
        raise unreadable(field, value) from error


def plain(amount: Decimal) -> Decimal:
    """The same amount without trailing zeros, and without an exponent if it is whole."""
    return Decimal(int(amount)) if amount == amount.to_integral_value() else amount.normalize()
