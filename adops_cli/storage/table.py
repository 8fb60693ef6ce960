"""What all tables have in common: their database, their keys in camelCase, and the clock of their times."""

from datetime import UTC, datetime
from typing import Any, ClassVar

import peewee as pw

from adops_cli.storage.fields import key_of
from adops_cli.storage.handle import db
from adops_cli.storage.rows import Row
from adops_cli.values import attribute, instant


def now() -> datetime:
    """The current time in UTC, to the millisecond like every stored time."""
    return instant(datetime.now(UTC))


def reference(model: type[pw.Model], key: str, **options: Any) -> Any:
    """A reference to a row of another table. By default it can be null, and becomes null when that row is deleted."""
    options = {"null": True, "on_delete": "SET NULL", "backref": "+", **options}
    return pw.ForeignKeyField(model, column_name=key, object_id_name=attribute(key), **options)


class Table(Row, pw.Model):
    """What the tables have in common: their database, and keys in camelCase."""

    ID_PREFIX: ClassVar[str] = ""
    """The prefix of new ids; empty if the database numbers the rows."""
    LISTED_IN: ClassVar[str] = ""
    """The group of commands that lists the rows; empty if it has the name of the table."""

    class Meta:
        """Bound through `database.bound`."""

        database = db
        legacy_table_names = False

        @staticmethod
        def table_function(model: type[pw.Model]) -> str:
            """The table is the plural of the class: projects, executions, …."""
            return f"{model.__name__.lower()}s"

    def to_dict(self) -> dict[str, Any]:
        """The values by attribute name, in column order."""
        return {name: getattr(self, name) for name in fields_of(type(self))}


def fields_of(model: type[pw.Model]) -> dict[str, Any]:
    """The fields of a table by attribute name (`project_id`), in column order."""
    return {attribute(key): field for key, field in columns_of(model).items()}


def columns_of(model: type[pw.Model]) -> dict[str, Any]:
    """The fields of a table by column name, which is the JSON key, in column order."""
    return {key_of(field): field for field in model._meta.sorted_fields}
