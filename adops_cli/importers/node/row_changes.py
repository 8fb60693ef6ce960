"""Turns a record's values into a new row or into changes to a row, and decides whether two records are the same.

Compares values in the form in which they are stored. Reads no database.
"""

import functools
import json
from collections.abc import Mapping
from typing import Any

from adops_cli.legacy.record import Record
from adops_cli.measures import stored_ratios
from adops_cli.storage.fields import Json
from adops_cli.storage.models import Metrics
from adops_cli.storage.table import Table, fields_of, now

_fields_of = functools.cache(fields_of)


def new_row(model: type[Table], values: Mapping[str, Any]) -> dict[str, Any]:
    """Every column by attribute name: the record's value or the column's default. A missing id is None."""
    return {name: _value_or_default(column, name, values) for name, column in _fields_of(model).items()}


def same(model: type[Table], one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two records would be stored in the same way.

    An automatic number, the order of JSON keys, and a time that one of them lacks make no difference.
    """
    compared = {
        name: column
        for name, column in _fields_of(model).items()
        if not column.auto_increment and (column.default is not now or (name in one and name in other))
    }
    return all(
        _stored_form(column, _value_or_default(column, name, one))
        == _stored_form(column, _value_or_default(column, name, other))
        for name, column in compared.items()
    )


def changes(row: Table, record: Record, raw: Mapping[str, Any]) -> dict[str, Any]:
    """What the record changes in the row, by attribute name. Fields that it does not give are not changed."""
    fields = _fields_of(type(row))
    given = {name: value for name, value in record.values.items() if name != "id" and name not in record.defaulted}
    if (
        record.kept_in_metadata
        and raw.get("metadata") is None
        and isinstance(stored := getattr(row, "metadata", None), dict)
    ):
        given["metadata"] = stored | given["metadata"]
    if isinstance(row, Metrics):
        given |= stored_ratios({name: given.get(name, getattr(row, name)) for name in fields})
    changed = {
        name: value
        for name, value in given.items()
        if _stored_form(fields[name], value) != _stored_form(fields[name], getattr(row, name))
    }
    if changed and "updated_at" in fields and "updated_at" not in given:
        changed["updated_at"] = now()
    return changed


def _value_or_default(column: Any, name: str, values: Mapping[str, Any]) -> Any:
    if name in values or column.auto_increment:
        return values.get(name)
    return column.default() if callable(column.default) else column.default


def _stored_form(column: Any, value: Any) -> Any:
    if isinstance(column, Json):
        return None if value is None else json.dumps(column.read(value), sort_keys=True)
    return column.db_value(value)
