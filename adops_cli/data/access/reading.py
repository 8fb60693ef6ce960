"""Reads rows, whatever another program has written into them.

Owns two rules. A row that cannot be read does not affect any other: it is left out, with an `UnreadableRowWarning`. A
value in another form than ours (`storage.other_forms`) counts as what it means: the database compares and sorts rows in
our form along its indexes, and the few others are compared and merged here. Knows no table.
"""

import functools
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import peewee as pw

from adops_cli.data.access.conditions import Condition, Order
from adops_cli.errors import UnreadableRowError, UnreadableRowWarning
from adops_cli.storage import other_forms
from adops_cli.storage.chunks import as_stored, chunked_in
from adops_cli.storage.column import as_sql
from adops_cli.storage.fields import Ratio, key_of, unreadable
from adops_cli.storage.handle import db
from adops_cli.storage.table import Table, fields_of
from adops_cli.values import attribute

Row = TypeVar("Row", bound=Table)

_ALL = 2**62
_AT_ONCE = 300
_fields_of = functools.cache(fields_of)


def listed(
    model: type[Row], conditions: Sequence[Condition], order: Order, *, limit: int | None = None, offset: int = 0
) -> Sequence[Row]:
    """The rows that meet all conditions, in order. A limit of None or 0 means all."""
    query = model.select()
    if conditions:
        query = query.where(*(condition.sql for condition in conditions))
    query = query.order_by(*order.sql(model))
    others = other_forms.present(model, {order.name, *(condition.name for condition in conditions)})
    limit = min(limit or _ALL, _ALL)
    offset = min(offset, _ALL)
    if others is None:
        return _readable(query if limit == _ALL and not offset else query.offset(offset), limit)
    last = min(limit + offset, _ALL)
    ours = _readable(query.where(pw.SQL(f"{others.sql} IS NOT TRUE")), last)
    rest = _others(model, others, conditions, order, last)
    found = order.sorted([*ours, *rest], lambda row: _value(row, order.name), lambda row: (str(type(row.id)), row.id))
    return _told(found, order, last)[offset:]


def _others(
    model: type[Row], others: pw.SQL, conditions: Sequence[Condition], order: Order, wanted: int
) -> list["Row | Unread"]:
    """The first rows in other forms that meet the conditions, until enough of them can be read.

    For all of them, reads only what the conditions and the order need, and then reads the wanted rows completely.
    """
    names = list(dict.fromkeys(["id", order.name, *(condition.name for condition in conditions)]))
    fields = [_fields_of(model)[name] for name in names]
    may_hold = [condition.may_hold for condition in conditions if condition.may_hold is not None]
    places, found = [], list[Any]()
    for raw in raw_rows(model.select(*fields).where(others, *may_hold)):
        cells, wrong = read_cells(fields, raw)
        if not _meets(cells, wrong, conditions):
            continue
        if "id" in wrong:
            found.append(Unread(model._meta.table_name, raw[0], wrong["id"], {}))
        elif order.name in wrong:
            found += _sorted_out(_with_ids(model, [cells["id"]]))[1]
        else:
            places.append((cells["id"], cells[order.name]))
    for some in pw.chunked(order.sorted(places, lambda place: place[1], lambda place: place[0]), _AT_ONCE):
        readable, unread = _sorted_out(_with_ids(model, [id for id, _ in some]))
        found += [*readable, *unread]
        wanted -= len(readable)
        if wanted <= 0:
            break
    return found


def _value(row: "Row | Unread", name: str) -> Any:
    return row.cells.get(name) if isinstance(row, Unread) else getattr(row, name)


def _with_ids(model: type[Table], ids: Sequence[Any]) -> Any:
    return model.select().where(_fields_of(model)["id"].in_([as_stored(id) for id in ids]))


def _told(found: Iterable["Row | Unread"], order: Order, last: int) -> list[Row]:
    """The rows that can be read, as many as wanted. Warns about the others, unless they come after all of these."""
    readable: list[Row] = []
    for row in found:
        if not isinstance(row, Unread):
            readable.append(row)
        elif len(readable) < last or order.name not in row.cells:
            row.tell()
    return readable[:last]


def in_other_forms(
    model: type[Table], names: Sequence[str], column: Any = None, ids: Collection[str] = ()
) -> list[dict[str, Any]]:
    """These attributes of the rows with a value in another form where it counts, if they can be read.

    With a column, only of the rows that have one of the ids in it.
    """
    others = other_forms.present(model, names)
    if others is None:
        return []
    fields = [_fields_of(model)[name] for name in names]
    query = model.select(*fields).where(others)
    queries = [query] if column is None else chunked_in(query, column, map(as_stored, ids))
    found = (read_cells(fields, raw) for some in queries for raw in raw_rows(some))
    return [cells for cells, wrong in found if not wrong]


def one(query: Any) -> Any:
    """The first row of a query, or None. An `UnreadableRowError` that names it if it cannot be read."""
    return next(iter(every(query.limit(1))), None)


def every(query: Any) -> Sequence[Any]:
    """All rows of a query. An `UnreadableRowError` that names the first one that cannot be read."""
    try:
        return _fetched(query)
    except UnreadableRowError as error:
        for unread in _sorted_out(query)[1]:
            raise unread.error() from error
        raise


def values(query: Any, fields: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query for some fields of a table, the id first. Raises as `every` does."""
    for raw in raw_rows(query):
        cells, wrong = read_cells(fields, raw)
        if wrong:
            raise Unread(query.model._meta.table_name, raw[0], "; ".join(wrong.values())).error()
        yield tuple(cells.values())


def unread_in(query: Any) -> Sequence["Unread"]:
    """The rows of a query that cannot be read, without a warning."""
    return _sorted_out(query)[1]


@dataclass(frozen=True)
class Unread:
    """A row that cannot be read."""

    table: str
    id: Any
    """In its stored form; bytes if it is not text."""
    what: str
    cells: Mapping[str, Any] = field(default_factory=dict)
    """The values that can be read."""

    def tell(self) -> None:
        """Warn that it is left out."""
        warnings.warn(UnreadableRowWarning(self.table, as_sql(self.id), self.what), stacklevel=2)

    def error(self) -> UnreadableRowError:
        """The error for an operation that is impossible without it."""
        return UnreadableRowError(
            f"{self.table} {as_sql(self.id)}: {self.what}",
            "Mend it with `adops db shell`, or with `adops db repair --replace-undecodable` if it is not UTF-8",
        )


def _readable(query: Any, limit: int) -> list[Any]:
    """The rows of a query, as many as wanted if there are enough. Warns about those that cannot be read."""
    try:
        return _fetched(query.limit(limit) if limit < _ALL else query)
    except UnreadableRowError:
        return _read_on(query, limit)


def _fetched(query: Any) -> list[Any]:
    return instances(query.model, lambda: db.execute(query))


def instances(model: type[Row], execute: Callable[[], Iterable[Sequence[Any]]]) -> list[Row]:
    """The rows with all columns that a query yields. An `UnreadableRowError` if one cannot be read."""
    readers = _readers(model)
    with db.translated_errors():
        return [_instance(model, {name: read(raw[at]) for at, name, read in readers}) for raw in execute()]


@functools.cache
def _readers(model: type[Table]) -> Sequence[tuple[int, str, Callable[[Any], Any]]]:
    """The place, the name and the reader of each column but the ratios, which are calculated."""
    fields = enumerate(_fields_of(model).values())
    return [(at, field.name, field.python_value) for at, field in fields if not isinstance(field, Ratio)]


def _read_on(query: Any, limit: int) -> list[Any]:
    """Read row by row. A row that cannot be read does not count towards the limit.

    Asks for twice as many rows each time, so that none is read more than a few times, however many cannot be.
    """
    asked = limit
    while True:
        rows = list(_judged(query.limit(asked) if asked < _ALL else query))
        found = [row for row in rows if not isinstance(row, Unread)][:limit]
        if len(found) == limit or len(rows) < asked:
            break
        asked = min(asked * 2, _ALL)
    last = rows.index(found[-1]) if len(found) == limit else len(rows)
    for row in rows[:last]:
        if isinstance(row, Unread):
            row.tell()
    return found


def _sorted_out(query: Any) -> tuple[list[Any], list[Unread]]:
    """The rows of a query that can be read, and those that cannot."""
    found, unread = list[Any](), list[Unread]()
    for row in _judged(query):
        (unread if isinstance(row, Unread) else found).append(row)
    return found, unread


def _judged(query: Any) -> Iterator[Any]:
    """The rows of a query, each as one of the table or, if it cannot be read, as an `Unread`."""
    model = query.model
    fields = list(_fields_of(model).values())
    for raw in raw_rows(query):
        cells, wrong = read_cells(fields, raw)
        if wrong:
            yield Unread(model._meta.table_name, raw[0], "; ".join(wrong.values()), cells)
        else:
            yield _instance(model, {fields[at].name: value for at, value in enumerate(cells.values())})


def _meets(cells: Mapping[str, Any], wrong: Collection[str], conditions: Iterable[Condition]) -> bool:
    """Whether the conditions are met, as far as their fields can be read."""
    return all(condition.name in wrong or condition.holds(cells[condition.name]) for condition in conditions)


def raw_rows(query: Any) -> Sequence[Sequence[Any]]:
    """The rows of a query in their stored form; bytes for text that cannot be read."""
    with db.text_as_it_is(), db.translated_errors():
        found: Sequence[Sequence[Any]] = db.execute(query).fetchall()
        return found


def read_cells(fields: Sequence[Any], raw: Sequence[Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of a row by attribute name, and what is wrong with those that cannot be read."""
    cells: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for column, stored in zip(fields, raw, strict=True):
        name = attribute(key_of(column))
        try:
            cells[name] = column.python_value(stored)
        except UnreadableRowError:  # which has the name of the referenced column
            wrong[name] = unreadable(column, stored).what
    return cells, wrong


def _instance(model: type[Table], data: dict[str, Any]) -> Any:
    """The row with these values by field name. As Peewee makes it, without its detour over each attribute."""
    row: Any = model.__new__(model)
    row.__data__, row.__rel__, row._dirty = data, {}, set()  # noqa: SLF001 - what a model's __init__ sets
    return row
