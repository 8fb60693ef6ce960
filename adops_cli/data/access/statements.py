"""The statements for single rows: to insert one, to change one, to read one by its key, and to lock some.

Peewee takes longer to make such a statement than the engine to run it. So each text is made once, and run again.
"""

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from adops_cli.data.access import reading
from adops_cli.errors import UnreadableRowError
from adops_cli.storage.chunks import among, as_parameter
from adops_cli.storage.fields import key_of, writer_of
from adops_cli.storage.handle import current
from adops_cli.storage.table import Table, fields_of

Row = TypeVar("Row", bound=Table)

_fields_of = functools.cache(fields_of)


def insert(row: Table) -> None:
    """Insert a row with values that were read. One that the database numbers gets its id."""
    engine = current()
    cursor = insert_values(type(row), row.__data__)
    if "id" not in row.__data__:
        row.id = cursor.fetchone()[0] if engine.returning_clause else cursor.lastrowid  # type: ignore[attr-defined]


def insert_values(model: type[Table], values: Mapping[str, Any]) -> Any:
    """Insert a row of these values that were read, by field name. Return the cursor."""
    engine = current()
    sql, writers = _insertion(model, tuple(values), engine.param, returning=engine.returning_clause)
    written = [None if value is None else write(value) for write, value in zip(writers, values.values(), strict=True)]
    return engine.execute_sql(sql, written)


def update(row: Table, names: Collection[str], *, key: Sequence[str] = ("id",)) -> None:
    """Write these attributes of a row, which is found by those of a unique key."""
    known = _fields_of(type(row))
    values = [known[name].db_value(row.__data__[known[name].name]) for name in (*names, *key)]
    engine = current()
    engine.execute_sql(_change(type(row), tuple(names), tuple(key), engine.param), values)


def by_key(model: type[Row], key: Mapping[str, Any]) -> Row | None:
    """The row with these values of a unique key, by attribute name, or None. Raises as `reading.one` does."""
    known = _fields_of(model)
    values = [known[name].db_value(value) for name, value in key.items()]
    engine = current()
    sql = _selection(model, tuple(key), engine.param)
    try:
        found = reading.instances(model, lambda: engine.execute_sql(sql, values))
    except UnreadableRowError:  # which does not name the row yet
        row: Row | None = reading.one(model.select().where(*(known[name] == value for name, value in key.items())))
        return row
    return found[0] if found else None


def lock(model: type[Table], ids: Collection[Any]) -> set[Any]:
    """Lock these rows, and whatever depends on them, until the transaction ends. Return the ids that exist.

    Locks in the order of the ids, so that two processes that lock the same rows cannot deadlock.
    """
    return _there(model, ids, locked=True)


def present(model: type[Table], ids: Collection[str]) -> set[Any]:
    """Those of these ids that exist."""
    return _there(model, ids, locked=False)


def _there(model: type[Table], ids: Collection[Any], *, locked: bool) -> set[Any]:
    engine = current()
    key = _fields_of(model)["id"]
    wanted = [key.db_value(id) for id in ids]
    one = len(wanted) == 1
    sql = _looking_up(model, engine.param, one=one, locked=locked)
    return {id for (id,) in engine.execute_sql(sql, wanted if one else [as_parameter(wanted)]).fetchall()}


@functools.cache
def _insertion(
    model: type[Table], names: tuple[str, ...], param: str, *, returning: bool
) -> tuple[str, Sequence[Callable[[Any], Any]]]:
    fields = [model._meta.fields[name] for name in names]
    columns, marks = _listed(fields), ", ".join([param] * len(fields))
    ending = ' RETURNING "id"' if returning and "id" not in names else ""
    sql = f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES ({marks}){ending}'
    return sql, [writer_of(field) for field in fields]


@functools.cache
def _change(model: type[Table], names: tuple[str, ...], key: tuple[str, ...], param: str) -> str:
    changes, place = ([f'"{key_of(_fields_of(model)[name])}" = {param}' for name in some] for some in (names, key))
    return f'UPDATE "{model._meta.table_name}" SET {", ".join(changes)} WHERE {" AND ".join(place)}'


@functools.cache
def _selection(model: type[Table], names: tuple[str, ...], param: str) -> str:
    known = _fields_of(model)
    wanted = " AND ".join(f'"{key_of(known[name])}" = {param}' for name in names)
    return f'SELECT {_listed(known.values())} FROM "{model._meta.table_name}" WHERE {wanted}'


@functools.cache
def _looking_up(model: type[Table], _param: str, *, one: bool, locked: bool) -> str:
    """Differs between engines, which the mark of a parameter tells apart."""
    key = _fields_of(model)["id"]
    query = model.select(key).where(key == "" if one else among(key, ()))
    return str((current().locked_for_update(query.order_by(key)) if locked else query).sql()[0])


def _listed(fields: Any) -> str:
    return ", ".join(f'"{key_of(field)}"' for field in fields)
