"""What all column types have in common: a name, a reader, and the error for a value that cannot be read.

Knows no type.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import peewee as pw

from adops_cli import values
from adops_cli.errors import BadRequestError, UnreadableRowError

if TYPE_CHECKING:
    # A field's docstring gives the type of a row's attribute: Peewee's own types do not tell null from not null.
    Column = pw.Field[Any]
else:
    Column = pw.Field


def key_of(field: Any) -> str:
    """The public name of a field: its column, which is also its JSON key."""
    return str(field.column_name)


def unreadable(field: Any, value: Any) -> UnreadableRowError:
    """The error for a value that only another program can have written to the database."""
    what = f"{key_of(field)} holds {values.shown(values.as_sql(value))}, which cannot be read"
    return UnreadableRowError(f"a row's {what}", "Use `adops db verify` to find such rows", what=what)


class Read:
    """A field with values that pass through one reader of `values`. Null is never read."""

    reader: Callable[[Any], Any]

    def meant(self, value: Any) -> Any:
        """The value for `read`, without the quirks of other programs: capitals in a status, a time as digits."""
        return value

    def stored(self, value: Any) -> Any:
        """The Python value for a stored one. An `UnreadableRowError` if it is invalid."""
        try:
            return None if value is None else self.reader(self.meant(value))
        except ValueError as error:
            raise unreadable(self, value) from error

    def read(self, value: Any) -> Any:
        """The Python value for a value from outside. A `BadRequestError` with the field if it is invalid."""
        if value is None:
            return None
        try:
            return self.reader(value)
        except ValueError as error:
            raise BadRequestError(f"{key_of(self)} {error}") from error
