"""Copies all rows of one database into another, empty one on either engine, in one transaction, and compares both."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import peewee as pw

from adops_cli import database
from adops_cli.data.access import bulk, reading
from adops_cli.errors import AdopsError, BadRequestError, ConflictError, UnreadableRowError
from adops_cli.storage import schema
from adops_cli.storage.fields import Count, plain
from adops_cli.storage.handle import current
from adops_cli.storage.models import LEDGER, TABLES
from adops_cli.storage.rollups import build
from adops_cli.storage.table import Table, columns_of

_TOLD = 5_000
"""Rows between two reports of progress."""
_TABLES = (*TABLES, *LEDGER)


@dataclass(frozen=True)
class Compared:
    """A figure of one table on both sides: the number of its rows, or the exact sum of one of its columns."""

    table: str
    figure: str
    """`rows`, or the column."""
    source: int | Decimal | None
    target: int | Decimal | None


def count_rows() -> int:
    """How many rows the bound database has. `BadRequestError` in JSON mode, which has no database."""
    _source()
    return sum(model.select().count() for model in _TABLES)


def copy(target: str, *, progress: Callable[[int], None] | None = None) -> Sequence[Compared]:
    """Copy the bound database, as of one moment, into the one that a path or URL names.

    The target is first created or migrated, and must not have rows; softly deleted projects are copied, too. `progress`
    is called with the number of rows copied since its last call. Raises `ConflictError` for a target with rows,
    `BadRequestError` for the same database and in JSON mode, and `AdopsError` if the two sides differ; then no row is
    copied.
    """
    source = _source()
    with database.bound(target, busy_timeout=source.timeout, read_only=False) as engine:
        if engine.name == source.name:
            raise BadRequestError(f"{engine.name} is the database itself", "Name another database with --to")
        schema.migrate()
        with source.snapshot(), engine.atomic():
            _require_empty(engine)
            for model in _TABLES:
                bulk.insert_stored(model, _rows(source, model, progress))
            compared = [one for model in _TABLES for one in _compared(source, engine, model)]
        build.refresh()
        source.stored = True  # the command has stored rows, though in another database
        return compared


def _source() -> Any:
    """The bound database. Checked before a target is created."""
    source = current()
    source.require_database()
    source.connection()
    return source


def _require_empty(engine: Any) -> None:
    for model in _TABLES:
        if model.select().exists():
            raise ConflictError(
                f"{engine.name} already has rows: its table {model._meta.table_name} is not empty",
                "Copy into an empty database",
            )


def _rows(source: Any, model: type[Table], progress: Callable[[int], None] | None) -> Iterator[list[Any]]:
    """The rows of the source, in the form in which the bound database stores them."""
    columns = columns_of(model)
    listed = ", ".join(f'"{key}"' for key in columns)
    forms = [(column.python_value, column.db_value) for column in columns.values()]
    count = 0
    with source.text_as_it_is():
        for row in source.stream(f'SELECT {listed} FROM "{model._meta.table_name}" ORDER BY "id"'):
            try:
                yield [
                    None if value is None else write(read(value))
                    for (read, write), value in zip(forms, row, strict=True)
                ]
            except (UnreadableRowError, BadRequestError) as error:  # a copy that lacks a row would be none
                what = error.what if isinstance(error, UnreadableRowError) else error.message
                raise reading.Unread(model._meta.table_name, row[0], what).error() from error
            count += 1
            if progress and count % _TOLD == 0:
                progress(_TOLD)
    if progress:
        progress(count % _TOLD)


def _compared(source: Any, target: Any, model: type[Table]) -> Sequence[Compared]:
    """The counts and sums of a table, which must be equal on both sides."""
    table, there, here = model._meta.table_name, figures(source, model), figures(target, model)
    if wrong := [f"{name} {there[name]} and {here[name]}" for name in there if there[name] != here[name]]:
        raise AdopsError(
            f"{table} would differ between {source.name} and {target.name}: {', '.join(wrong)}", "Nothing was copied"
        )
    return [Compared(table, name, there[name], here[name]) for name in there if there[name] is not None]


def figures(engine: Any, model: type[Table]) -> dict[str, int | Decimal | None]:
    """The number of rows, and the exact sum of each numeric column."""
    numbers = {
        key: column
        for key, column in columns_of(model).items()
        if isinstance(column, Count) or column.field_type == "DECIMAL"
    }
    sums = [engine.exact_sum(column) for column in numbers.values()]
    columns = [pw.fn.COUNT(columns_of(model)["id"]), *(part for parts, _ in sums for part in parts)]
    query: Any = model.select(*columns).tuples()
    cells = iter(query.bind(engine).get())
    found: dict[str, int | Decimal | None] = {"rows": next(cells)}
    for (key, column), (parts, together) in zip(numbers.items(), sums, strict=True):
        total = together(*(next(cells) for _ in parts))
        found[key] = total if total is None or isinstance(column, Count) else plain(Decimal(total).scaleb(-6))
    return found
