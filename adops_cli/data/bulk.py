"""Many rows at once: prepared statements over plain values, as fast as the driver allows.

Checks values as `crud` does, row by row; references and keys are left to the database, which refuses the whole load.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from adops_cli.data.crud import new_id, noun
from adops_cli.database import db
from adops_cli.errors import BadRequestError
from adops_cli.models import Table, columns_of, fields_of


def insert(
    model: type[Table], rows: Iterable[Mapping[str, Any]], *, skip_taken: bool = False, replace: bool = False
) -> int:
    """Insert rows, given as fields by attribute name, in one transaction; how many were inserted.

    Fields that a row lacks get their default, a missing id is made. With `skip_taken`, a row whose id or unique key is
    taken is left out; with `replace`, a row whose id is taken takes the place of the one there, whose references hold.
    Raises as `crud.create` does; then nothing is inserted.
    """
    columns = ", ".join(f'"{key}"' for key in columns_of(model))
    marks = ", ".join("?" for _ in columns_of(model))
    sql = f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES ({marks})'
    if skip_taken:
        sql += " ON CONFLICT DO NOTHING"
    if replace:
        changed = ", ".join(f'"{key}" = excluded."{key}"' for key in columns_of(model) if key != "id")
        sql += f' ON CONFLICT ("id") DO UPDATE SET {changed}'
    with db.atomic():
        return int(db.execute_many(sql, _parameters(model, rows)))


def write_as_stored(
    model: type[Table], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, key: Sequence[str] = ()
) -> None:
    """Write rows whose values are in the form that the database keeps, which nobody checks again.

    Args:
        model: the table.
        columns: the columns that each row has values for, in their order.
        rows: the values; read once, as they are written.
        key: the columns of a unique key; a row whose key is taken changes the one there. None is taken without it.
    """
    marks = ", ".join("?" for _ in columns)
    sql = f'INSERT INTO "{model._meta.table_name}" ({_quoted(columns)}) VALUES ({marks})'
    if key:
        changed = ", ".join(f'"{column}" = excluded."{column}"' for column in columns if column not in key)
        sql += f" ON CONFLICT ({_quoted(key)}) DO UPDATE SET {changed}"
    db.execute_many(sql, rows)


def _quoted(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _parameters(model: type[Table], rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Any]]:
    writers = [(name, field.db_value, _default(model, field)) for name, field in fields_of(model).items()]
    known = frozenset(fields_of(model))
    for row in rows:
        if not row.keys() <= known:
            raise BadRequestError(f"{noun(model)} has no field {min(row.keys() - known)!r}")
        yield [
            None if (value := row[name] if name in row else default()) is None else write(value)
            for name, write, default in writers
        ]


def _default(model: type[Table], field: Any) -> Callable[[], Any]:
    if field.primary_key and not field.auto_increment:
        return lambda: new_id(model.ID_PREFIX)
    return field.default if callable(field.default) else lambda: field.default
