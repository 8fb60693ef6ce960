"""Loads many rows at once, as fast as the engine can.

Checks values as `crud` does, row by row. References and keys are checked by the database, which refuses the whole load.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import chain, islice
from typing import Any

from adops_cli.data.access import plain
from adops_cli.data.access.ids import new_id
from adops_cli.data.access.keys import noun
from adops_cli.errors import BadRequestError
from adops_cli.storage.engines.loading import Loading
from adops_cli.storage.fields import key_of
from adops_cli.storage.handle import db
from adops_cli.storage.table import Table, columns_of, fields_of

_AT_ONCE = 300


def insert(
    model: type[Table], rows: Iterable[Mapping[str, Any]], *, skip_taken: bool = False, replace_by: Sequence[str] = ()
) -> int:
    """Insert rows, given as fields by attribute name, in one transaction. Return how many were inserted or replaced.

    Missing fields get their default, and a missing id is generated. With `skip_taken`, a row is left out if its id or
    unique key is taken; with `replace_by`, the attributes of a unique key, it replaces the row with its key and id,
    and is left out if its key is taken by another. A row keeps its key and references to it.
    Raises as `crud.create` does; then nothing is inserted.
    """
    conflict = ""
    if skip_taken:
        conflict = " ON CONFLICT DO NOTHING"
    if replace_by:
        key = [key_of(fields_of(model)[name]) for name in replace_by]
        updating = _updating([column for column in columns_of(model) if column != "id"], key)
        conflict = f'{updating} WHERE "{model._meta.table_name}"."id" = excluded."id"'
    with db.atomic():
        return insert_stored(model, _parameters(model, rows), conflict)


def write_as_stored(
    model: type[Table], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, key: Sequence[str] = ()
) -> None:
    """Write rows with values in the form in which the database stores them, without checking them again.

    Args:
        model: the table.
        columns: the columns that each row has values for, in order.
        rows: the values; read once, as they are written.
        key: the columns of a unique key; a row with a taken key updates the existing row. Without it, no key is taken.
    """
    insert_stored(model, rows, _updating(columns, key), columns)


def writing_as_stored(
    model: type[Table], columns: Sequence[str], *, key: Sequence[str]
) -> AbstractContextManager[Loading]:
    """Write many such rows, some at a time: each time, the database may still be busy with them afterwards."""
    return db.loading(model._meta.table_name, columns, conflict=_updating(columns, key))


def _updating(columns: Sequence[str], key: Sequence[str]) -> str:
    if not key:
        return ""
    changed = ", ".join(f'"{column}" = excluded."{column}"' for column in columns if column not in key)
    return f" ON CONFLICT ({_listed(key)}) DO UPDATE SET {changed}"


def insert_stored(
    model: type[Table], rows: Iterable[Sequence[Any]], conflict: str = "", columns: Sequence[str] | None = None
) -> int:
    """Insert rows in their stored form, within a transaction. Return how many were inserted or changed.

    Args:
        model: the table.
        rows: the values in the order of the columns; an automatic number that is None is generated.
        conflict: SQL for what to do with a row whose key is taken; empty means an error.
        columns: the columns that the rows have values for; None means all.
    """
    names = list(columns_of(model)) if columns is None else columns
    numbered = names[0] == "id" and fields_of(model)["id"].auto_increment
    return db.load_rows(model._meta.table_name, names, rows, conflict=conflict, numbered=numbered)


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{key}"' for key in columns)


def _parameters(model: type[Table], rows: Iterable[Mapping[str, Any]]) -> Iterator[Sequence[Any]]:
    return chain.from_iterable(_some_at_a_time(model, iter(rows)))


def _some_at_a_time(model: type[Table], rows: Iterator[Mapping[str, Any]]) -> Iterator[Iterable[Sequence[Any]]]:
    while some := list(islice(rows, _AT_ONCE)):
        columns = plain.columns(model, some)
        yield _each(model, some) if columns is None else zip(*columns, strict=True)


def _each(model: type[Table], rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Any]]:
    writers = [(name, field.db_value, *_default(model, field)) for name, field in fields_of(model).items()]
    known = frozenset(fields_of(model))
    for row in rows:
        if not row.keys() <= known:
            raise BadRequestError(f"{noun(model)} has no field {min(row.keys() - known)!r}")
        yield [
            (None if (value := row[name]) is None else write(value))
            if name in row
            else (default if make is None else write(make()))
            for name, write, default, make in writers
        ]


def _default(model: type[Table], field: Any) -> tuple[Any, Callable[[], Any] | None]:
    """The stored value of the column for a row without one, or a function that makes it."""
    if field.primary_key and not field.auto_increment:
        return None, lambda: new_id(model.ID_PREFIX)
    if callable(field.default):
        return None, field.default
    return None if field.default is None else field.db_value(field.default), None
