"""What all column types have in common: a name, a reader, and the error for what cannot be read.

Knows no type.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import peewee as pw

from adops_cli import values
from adops_cli.errors import BadRequestError, UnreadableRowError

if TYPE_CHECKING:
    # What a row's attribute holds is said by the field's docstring: Peewee's own types cannot tell null from not null.
    Column = pw.Field[Any]
else:
    Column = pw.Field


def key_of(field: Any) -> str:
    """The name that people know a field by: its column, which is its JSON key."""
    return str(field.column_name)


def unreadable(field: Any, value: Any) -> UnreadableRowError:
    """The error for what only another program can have written into the database."""
    what = f"{key_of(field)} holds {values.shown(values.as_sql(value))}, which cannot be read"
    return UnreadableRowError(f"a row's {what}", "`adops db verify` names such rows", what=what)


class Read:
    """A field whose values pass through one reader of `values`; a null is never read."""

    reader: Callable[[Any], Any]

    def meant(self, value: Any) -> Any:
        """The value without what old programs do to it, for `read`: capitals in a status, a time as digits."""
        return value

    def stored(self, value: Any) -> Any:
        """The Python value for what the database holds; an `UnreadableRowError` where it is none."""
        try:
            return None if value is None else self.reader(self.meant(value))
        except ValueError as error:
            raise unreadable(self, value) from error

    def read(self, value: Any) -> Any:
        """The Python value for what came from outside; a `BadRequestError` that names the field when it is none."""
        if value is None:
            return None
        try:
            return self.reader(value)
        except ValueError as error:
            raise BadRequestError(f"{key_of(self)} {error}") from error
