"""What all column types have in common: a name, a reader, and the error for a value that cannot be read.

Knows no type.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeVar, overload

import peewee as pw

from adops_cli import errors, values
from adops_cli.errors import BadRequestError, UnreadableRowError

if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVarWithDefault

    Value = TypeVar("Value")
    Null = TypeVarWithDefault("Null", bound=bool, default=Literal[False])

    class Column(pw.Field[Any], Generic[Value, Null]):
        """What a type checker knows of a field: `Text()` is a `str` in a row, `Text(null=True)` is a `str | None`.

        Peewee's own types of a subclass do not tell the two apart.
        """

        def __init__(self, *args: Any, null: Null = ..., **options: Any) -> None: ...
        @overload
        def __get__(self, instance: None, owner: Any) -> Self: ...
        @overload
        def __get__(self: "Column[Value, Literal[False]]", instance: object, owner: Any) -> Value: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> Value | None: ...
        def __get__(self, instance: Any, owner: Any) -> Any: ...
else:
    Null = TypeVar("Null")

    class Column(pw.Field):
        """Peewee's field. What it is of matters only to a type checker."""

        def __class_getitem__(cls, _types: Any) -> type:
            return cls


def key_of(field: Any) -> str:
    """The public name of a field: its column, which is also its JSON key."""
    return str(field.column_name)


def called(field: Any) -> str:
    """The name of a field in an error: its attribute, or as the caller spells it."""
    return errors.field(values.attribute(key_of(field)))


def writer_of(field: Any) -> Callable[[Any], Any]:
    """What gives the stored form of a value that was read: as `db_value`, which reads it once more."""
    target = field.rel_field if isinstance(field, pw.ForeignKeyField) else field
    writer: Callable[[Any], Any] = getattr(target, "written", target.db_value)
    return writer


def unreadable(field: Any, value: Any) -> UnreadableRowError:
    """The error for a value that only another program can have written to the database."""
    what = f"{key_of(field)} holds {values.shown(as_sql(value))}, which cannot be read"
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
            raise BadRequestError(f"{called(self)} {error}") from error

    def written(self, value: Any) -> Any:
        """The stored form of a value that `read` has returned. Not for null."""
        return value

    def argument(self, value: Any, name: str) -> Any:
        """The same for an argument with another name than the field."""
        try:
            return None if value is None else self.reader(value)
        except ValueError as error:
            raise BadRequestError(f"{errors.option(name)} {error}") from error


def as_sql(value: Any) -> Any:
    """A stored value in a form for reports: bytes as a literal that finds them again in SQL."""
    return f"x'{value.hex()}'" if isinstance(value, bytes) else value
