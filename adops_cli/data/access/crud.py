"""The shared implementation of create, get, list, update and delete for all entities.

Owns what they have in common: how fields and filters are read, what is said of a reference or a key that the database
refuses, and the order of lists. Knows no entity.
"""

import functools
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

import peewee as pw

from adops_cli.data.access import reading, statements
from adops_cli.data.access.conditions import Condition, Order, equal
from adops_cli.data.access.ids import new_id
from adops_cli.data.access.keys import nearest, noun, require_free, require_references
from adops_cli.errors import BadRequestError, ConflictError, ExitCode, NotFoundError, UnreadableRowError
from adops_cli.storage.chunks import chunked_in
from adops_cli.storage.fields import Json, called
from adops_cli.storage.handle import atomically, db
from adops_cli.storage.rows import Rows
from adops_cli.storage.table import Table, fields_of, now
from adops_cli.values import SLUG, attribute, shown

TableRow = TypeVar("TableRow", bound=Table)

_fields_of = functools.cache(fields_of)  # for work that is repeated for each of many rows


def create(model: type[TableRow], fields: Mapping[str, Any]) -> TableRow:
    """Insert one row, with a new id if none is given.

    Raises `BadRequestError` for an unknown field and for an invalid or missing value, `ConflictError` for an id or key
    that is taken and for a reference to an unknown row.
    """
    values = new_values(model, fields)
    try:
        return _insert(model, values)
    except ConflictError:
        _require_accepted(model, values)  # says what is wrong in more words than the database has
        raise


@atomically
def _insert(model: type[TableRow], values: Mapping[str, Any]) -> TableRow:
    row = model(**values)
    statements.insert(row)
    return row


@atomically
def _require_accepted(model: type[Table], values: Mapping[str, Any]) -> None:
    """`ConflictError` for a reference to an unknown row, and for a key that another row has."""
    require_references(model, values)
    require_free(model, values, None)


def new_values(model: type[Table], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a new row as the table stores them, with a new id if none is given. Errors as for `create`."""
    values = read_fields(model, fields)
    if values.get("id") is None:
        values["id"] = new_id(model.ID_PREFIX)
    moment = now()  # the same for all fields, so that a new row has equal times of creation and update
    for name, field in _fields_of(model).items():
        if field.default is now:
            values.setdefault(name, moment)
        if field.null or values.get(name) is not None:
            continue
        if field.default is None:
            raise BadRequestError(f"{called(field)} is missing", f"A new {noun(model)} needs it")
        values.pop(name, None)
    _require_sensible(model, values)
    return values


def find(model: type[TableRow], id: str) -> TableRow:
    """The row with this id, `NotFoundError` with similar ids, or `UnreadableRowError` if it cannot be read.

    Within a transaction the row is locked, because it is about to be changed.
    """
    query = model.select().where(model.id == id)  # type: ignore[attr-defined]
    changing = db.in_transaction()
    try:
        row = reading.one(db.locked_for_update(query) if changing else query)
    except UnreadableRowError as error:
        if not changing:
            error.exit_code = ExitCode.FINDINGS  # as for a list, because the row is only shown
        raise
    if row is None:
        raise NotFoundError(f"there is no {noun(model)} {id!r}", nearest(model, id))
    found: TableRow = row
    return found


def get(model: type[TableRow], *conditions: Any) -> TableRow | None:
    """The row that meets the conditions, or None. `UnreadableRowError` if it cannot be read."""
    row: TableRow | None = reading.one(model.select().where(*conditions))
    return row


def select(
    model: type[TableRow],
    filters: Mapping[str, Any],
    conditions: Iterable[Condition] = (),
    *,
    sort: str | Order | None = None,
    newest: str = "created_at",
    limit: int | None = None,
    offset: int = 0,
) -> Rows[TableRow]:
    """The rows with fields equal to the filters (None is ignored) that also meet the conditions.

    Args:
        model: the table.
        filters: value by attribute name.
        conditions: further conditions.
        sort: a field, `-field` for the largest first, or an order; None is newest first. Ties are sorted by id; nulls
            come last.
        newest: the field with the time by which rows are newest first.
        limit: at most this many rows; None or 0 means all.
        offset: skip this many rows.

    A row that cannot be read is left out. An `UnreadableRowWarning` names it, with the reason.
    """
    known = _fields_of(model)
    wanted = read_fields(model, {name: value for name, value in filters.items() if value is not None})
    asked = [*(equal(known[name], value, filters[name]) for name, value in wanted.items()), *conditions]
    order = sort if isinstance(sort, Order) else _order(model, sort or f"-{newest}")
    return Rows(reading.listed(model, asked, order, limit=limit, offset=offset))


def update(model: type[TableRow], id: str, fields: Mapping[str, Any]) -> TableRow:
    """Change fields of one row, and its `updatedAt`. Return the whole changed row."""
    values = read_fields(model, fields)
    if "id" in values:
        raise BadRequestError("id cannot be changed", f"Create another {noun(model)} instead")
    if not values:
        raise BadRequestError(f"there is nothing to change in {noun(model)} {id!r}", "Give at least one field")
    require_not_emptied(model, values)
    _require_sensible(model, values)
    return _change(model, id, values)


@atomically
def _change(model: type[TableRow], id: str, values: dict[str, Any]) -> TableRow:
    columns = fields_of(model)
    row = find(model, id)
    require_references(model, values)
    require_free(model, values, row)
    if "updated_at" in columns:
        values.setdefault("updated_at", now())
    for name, value in values.items():
        setattr(row, name, value)
    statements.update(row, values)
    return row


@atomically
def delete(model: type[TableRow], id: str) -> dict[str, bool]:
    """Delete one row permanently. Return whether it existed."""
    return {"success": bool(model.delete().where(model.id == id).execute())}  # type: ignore[attr-defined]


def read_fields(model: type[pw.Model], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the table stores them. `BadRequestError` for an unknown field or an invalid value."""
    readers = _readers(model)
    if not fields.keys() <= readers.keys():
        name = next(name for name in fields if name not in readers)
        raise BadRequestError(f"{noun(model)} has no field {name!r}", _choices(name, _fields_of(model)))
    values = {name: readers[name](value) for name, value in fields.items()}
    if values.get("id") == "":
        raise BadRequestError("id is empty", "Leave it out to get a new one")
    return values


def require_not_emptied(model: type[pw.Model], values: Mapping[str, Any]) -> None:
    """`BadRequestError` if a value is None and its column does not allow null."""
    columns = fields_of(model)
    for name, value in values.items():
        if value is None and not columns[name].null:
            raise BadRequestError(f"{called(columns[name])} cannot be empty")


def _require_sensible(model: type[pw.Model], values: Mapping[str, Any]) -> None:
    """Refuse what old databases can contain but new rows must not: an empty name, a platform that is not a slug."""
    if values.get("name", "x").strip() == "":
        raise BadRequestError("name is empty", f"A {noun(model)} needs a name")
    platform = values.get("platform")
    if platform is not None and not SLUG.fullmatch(platform):
        raise BadRequestError(
            f"platform must be a slug such as meta-ads, not {shown(platform)}", "Use lowercase letters, digits, dashes"
        )


def present(model: type[Table], ids: Collection[Any]) -> set[Any]:
    """Those of these ids that exist."""
    key: Any = fields_of(model)["id"]
    return {id for query in chunked_in(model.select(key), key, ids) for (id,) in query.tuples()}


@functools.cache
def _readers(model: type[pw.Model]) -> Mapping[str, Any]:
    """How to read each field of a table, by attribute name."""
    return {name: _reader(field) for name, field in fields_of(model).items()}


def _reader(field: Any) -> Any:
    target = field.rel_field if isinstance(field, pw.ForeignKeyField) else field
    return getattr(target, "read", lambda value: value)


def _order(model: type[Table], sort: str) -> Order:
    fields = {name: field for name, field in fields_of(model).items() if not isinstance(field, Json)}
    name = attribute(sort.removeprefix("-").replace("-", "_"))
    if name not in fields:
        raise BadRequestError(f"{noun(model)} cannot be sorted by {sort.removeprefix('-')!r}", _choices(name, fields))
    return Order(name, sort.startswith("-"))


def _choices(name: str, known: Mapping[str, Any]) -> str:
    import difflib  # noqa: PLC0415 - only an error needs it

    close = difflib.get_close_matches(attribute(name), known, n=1)
    return f"Did you mean {close[0]}?" if close else f"The fields are {', '.join(known)}"
