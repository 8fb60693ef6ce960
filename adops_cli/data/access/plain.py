"""The quick way for many new rows: their values are checked and written column by column.

Knows only values that are stored as they come, which most are. Of rows with any other value it says nothing: they are
read one by one, and so are those that must be refused.
"""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import NoneType
from typing import Any

import peewee as pw

from adops_cli import values
from adops_cli.data.access.ids import new_id
from adops_cli.storage.fields import Flag, Json, Text, UtcDateTime, writer_of
from adops_cli.storage.table import Table, fields_of

Column = Sequence[Any]
_INSTANTS = re.compile(r"(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\n)+", re.ASCII)


def columns(model: type[Table], rows: Sequence[Any], named: Callable[[str], str] = str) -> Sequence[Column] | None:
    """All columns of these new rows in their stored form, or None if a row needs a closer look.

    Args:
        model: the table.
        rows: the fields of each row.
        named: the attribute that a field's name means.
    """
    if set(map(type, rows)) != {dict}:
        return None
    keys = set(map(tuple, rows))
    if len(keys) > 1:
        return None
    names = list(map(named, map(str, keys.pop())))
    fields = _fields_of(model)
    if len(set(names)) < len(names) or not fields.keys() >= set(names):
        return None
    given = dict(zip(names, zip(*map(dict.values, rows), strict=True), strict=True))
    found = []
    for name, field in fields.items():
        column = _stored(field, given[name]) if name in given else _absent(model, field, len(rows))
        if column is None:
            return None
        found.append(column)
    return found


_fields_of: Callable[[type[Table]], Mapping[str, Any]] = functools.cache(fields_of)


def _absent(model: type[Table], field: Any, rows: int) -> Column | None:
    """The column of a field that no row has."""
    if field.primary_key:
        return None if field.auto_increment else [new_id(model.ID_PREFIX) for _ in range(rows)]
    if callable(field.default):
        return [writer_of(field)(field.default()) for _ in range(rows)]
    if field.default is not None:
        return [writer_of(field)(field.default)] * rows
    return [None] * rows if field.null else None


def _stored(field: Any, column: Column) -> Column | None:
    """The column in its stored form, if all of its values are plain."""
    kinds = set(map(type, column))
    if NoneType in kinds and not field.null:
        return None
    read = _READERS.get(type(field.rel_field if isinstance(field, pw.ForeignKeyField) else field))
    if read is None or (field.primary_key and "" in column):
        return None
    return read(column, kinds - {NoneType})


def _texts(column: Column, kinds: set[type]) -> Column | None:
    return column if kinds <= {str} and _is_storable("".join(filter(None, column))) else None


def _is_storable(text: str) -> bool:
    """Whether it has neither U+0000 nor half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _json(column: Column, _kinds: set[type]) -> Column | None:
    try:
        return [None if value is None else values.json_text(value) for value in column]
    except ValueError:
        return None


def _flags(column: Column, kinds: set[type]) -> Column | None:
    return column if kinds <= {bool} else None


def _instants(column: Column, kinds: set[type]) -> Column | None:
    if kinds != {str} or None in column or not _INSTANTS.fullmatch("\n".join((*column, ""))):
        return None
    try:
        list(map(datetime.fromisoformat, column))  # some are not in the calendar
    except ValueError:
        return None
    return column


_READERS: Mapping[type, Callable[[Column, set[type]], Column | None]] = {
    Text: _texts,
    Json: _json,
    Flag: _flags,
    UtcDateTime: _instants,
}
