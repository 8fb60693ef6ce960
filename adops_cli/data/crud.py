"""The shared body of the five verbs: create, get, list, update, delete, for every entity alike.

Owns what holds for all of them: how fields and filters are read, how ids are made, that references and unique keys
are checked before the database is, and the order of lists. Knows no entity.
"""

import functools
import os
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import peewee as pw

from adops_cli.errors import BadRequestError, ConflictError, NotFoundError
from adops_cli.storage.chunks import chunked_in
from adops_cli.storage.fields import Json, PlatformName, key_of
from adops_cli.storage.handle import atomically, db
from adops_cli.storage.models import Table, fields_of, now, references_of
from adops_cli.values import SLUG, attribute, shown

TableRow = TypeVar("TableRow", bound=Table)

_ALPHABET = (
    "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: sorts like the numbers, no letter looks like another
)
_NEARBY = 500
_ALL = 2**62
_fields_of = functools.cache(fields_of)
"""For what is done once for each row of many."""


def new_id(prefix: str) -> str:
    """A new id such as `proj-01jdc5k2m8x4w7q0zr`: 48 bits of milliseconds, which sort, and 40 random bits."""
    number = (time.time_ns() // 1_000_000) << 40 | int.from_bytes(os.urandom(5), "big")
    return id_from(prefix, number)


def id_from(prefix: str, number: int) -> str:
    """The id that the last 90 bits of a number spell."""
    return f"{prefix}-" + "".join(_ALPHABET[number >> shift & 31] for shift in range(85, -1, -5))


def create(model: type[TableRow], fields: Mapping[str, Any]) -> TableRow:
    """Insert one row, under a new id when none is given.

    Raises `BadRequestError` for an unknown field, a value that cannot be read, or a missing one; `ConflictError` for a
    taken id or key and for a reference that names no row.
    """
    return _insert(model, new_values(model, fields))


@atomically
def _insert(model: type[TableRow], values: Mapping[str, Any]) -> TableRow:
    require_references(model, values)
    _require_free(model, values, None)
    row = model(**values)
    row.save(force_insert=True)
    return row


def new_values(model: type[Table], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a new row as the table keeps them, under a new id when none is given; errors as for `create`."""
    values = read_fields(model, fields)
    if values.get("id") is None:
        values["id"] = new_id(model.ID_PREFIX)
    moment = now()  # one for all: a row is not updated before it is created, nor after
    for name, field in _fields_of(model).items():
        if field.default is now:
            values.setdefault(name, moment)
        if field.null or values.get(name) is not None:
            continue
        if field.default is None:
            raise BadRequestError(f"{key_of(field)} is missing", f"A new {noun(model)} needs it")
        values.pop(name, None)
    _require_sensible(model, values)
    return values


def find(model: type[TableRow], id: str) -> TableRow:
    """The row with this id, or `NotFoundError` with the nearest ids.

    Inside a transaction it is about to be changed: nobody else changes it before that ends.
    """
    query = model.select().where(model.id == id)  # type: ignore[attr-defined]
    row = (db.locked_for_update(query) if db.in_transaction() else query).first()
    if row is None:
        raise NotFoundError(f"there is no {noun(model)} {id!r}", _nearest(model, id))
    found: TableRow = row
    return found


def select(
    model: type[TableRow],
    filters: Mapping[str, Any],
    conditions: Iterable[Any] = (),
    *,
    sort: str | None = None,
    newest: str = "created_at",
    limit: int | None = None,
    offset: int = 0,
) -> Sequence[TableRow]:
    """The rows whose fields equal the filters (None filters nothing) and that meet the conditions.

    Args:
        model: the table.
        filters: value by attribute name.
        conditions: further Peewee expressions.
        sort: a field, `-field` for the largest first; None is newest first. Ends with the id; nulls come last.
        newest: the field that says how new a row is.
        limit: at most so many; None or 0 is all.
        offset: leave out so many first.
    """
    fields = fields_of(model)
    wanted = read_fields(model, {name: value for name, value in filters.items() if value is not None})
    expressions = [*(_equals(fields[name], filters[name], value) for name, value in wanted.items()), *conditions]
    query = model.select().where(*expressions) if expressions else model.select()
    query = query.order_by(*_order(model, sort or f"-{newest}"))
    if limit or offset:
        query = query.limit(min(limit or _ALL, _ALL)).offset(min(offset, _ALL))
    return list(query)


def _equals(field: Any, given: Any, value: Any) -> Any:
    return field.matches(given) if isinstance(field, PlatformName) else field == value


def between(field: Any, first: Any, last: Any) -> list[Any]:
    """The conditions that a field lies between two values, both included; None leaves an end open."""
    conditions = []
    if first is not None:
        conditions.append(field >= field.read(first))
    if last is not None:
        conditions.append(field <= field.read(last))
    return conditions


def update(model: type[TableRow], id: str, fields: Mapping[str, Any]) -> TableRow:
    """Change fields of one row and its `updatedAt`; the whole row as it is now."""
    values = read_fields(model, fields)
    if "id" in values:
        raise BadRequestError("id cannot be changed", f"Create another {noun(model)} instead")
    if not values:
        raise BadRequestError(f"nothing is given to change in {noun(model)} {id!r}", "Give at least one field")
    require_not_emptied(model, values)
    _require_sensible(model, values)
    return _change(model, id, values)


@atomically
def _change(model: type[TableRow], id: str, values: dict[str, Any]) -> TableRow:
    columns = fields_of(model)
    row = find(model, id)
    require_references(model, values)
    _require_free(model, values, row)
    if "updated_at" in columns:
        values.setdefault("updated_at", now())
    for name, value in values.items():
        setattr(row, name, value)
    row.save(only=[columns[name] for name in values])
    return row


@atomically
def delete(model: type[TableRow], id: str) -> dict[str, bool]:
    """Delete one row for good; whether there was one."""
    return {"success": bool(model.delete().where(model.id == id).execute())}  # type: ignore[attr-defined]


def read_fields(model: type[pw.Model], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the table keeps them; `BadRequestError` for a field it does not have and a value it cannot read."""
    known = _fields_of(model)
    for name in fields:
        if name not in known:
            raise BadRequestError(f"{noun(model)} has no field {name!r}", _choices(name, known))
    values = {name: _reader(known[name])(value) for name, value in fields.items()}
    if values.get("id") == "":
        raise BadRequestError("id is empty", "Leave it out to get a new one")
    return values


def require_not_emptied(model: type[pw.Model], values: Mapping[str, Any]) -> None:
    """`BadRequestError` for a null among the values that the table does not take."""
    columns = fields_of(model)
    for name, value in values.items():
        if value is None and not columns[name].null:
            raise BadRequestError(f"{key_of(columns[name])} cannot be empty")


def _require_sensible(model: type[pw.Model], values: Mapping[str, Any]) -> None:
    """Refuse what old databases may hold, but nobody should write any more: no name, a platform that is no slug."""
    if values.get("name", "x").strip() == "":
        raise BadRequestError("name is empty", f"A {noun(model)} is known by it")
    platform = values.get("platform")
    if platform is not None and not SLUG.fullmatch(platform):
        raise BadRequestError(
            f"platform must be a slug such as meta-ads, not {shown(platform)}", "Use small letters, digits and dashes"
        )


def require_references(model: type[pw.Model], values: Mapping[str, Any]) -> None:
    """`ConflictError` for the first reference among the values that names no row."""
    for name, field in references_of(model).items():
        if values.get(name) is not None:
            parent = field.rel_model
            if not parent.select(parent.id).where(parent.id == values[name]).exists():
                raise ConflictError(
                    f"{key_of(field)} names no {noun(parent)}: {values[name]!r}", _nearest(parent, values[name])
                )


def present(model: type[Table], ids: Collection[Any]) -> set[Any]:
    """Which of these ids there are."""
    key: Any = fields_of(model)["id"]
    return {id for query in chunked_in(model.select(key), key, ids) for (id,) in query.tuples()}


def lock(model: type[Table], ids: Collection[Any]) -> set[Any]:
    """Keep others from changing these rows, or what hangs on them, until the transaction ends; the ids that there are.

    In the order of the ids, so that of two who lock some of the same rows neither waits for the other for ever.
    """
    key: Any = fields_of(model)["id"]
    rows = db.locked_for_update(model.select(key).order_by(key))
    return {id for query in chunked_in(rows, key, sorted(ids)) for (id,) in query.tuples()}


def noun(model: type[pw.Model]) -> str:
    """What a row of the table is called in a sentence."""
    return model.__name__.lower()


def _reader(field: Any) -> Any:
    return (
        field.rel_field.read if isinstance(field, pw.ForeignKeyField) else getattr(field, "read", lambda value: value)
    )


def _require_free(model: type[Table], values: Mapping[str, Any], row: Table | None) -> None:
    """`ConflictError` when another row has the id or a unique key that the values (over `row`) would have."""
    fields = fields_of(model)
    for key in unique_keys(model) if row is None else unique_keys(model)[1:]:
        if row is not None and not set(key) & set(values):
            continue
        wanted = {name: values[name] if name in values else getattr(row, name, None) for name in key}
        if None in wanted.values():
            continue
        others = model.select(model.id).where(*[fields[name] == value for name, value in wanted.items()])  # type: ignore[attr-defined]
        taken = others.where(model.id != row.id).first() if row is not None else others.first()  # type: ignore[attr-defined]
        if taken is not None:
            raise key_taken(model, taken.id, wanted)


def unique_keys(model: type[Table]) -> list[tuple[str, ...]]:
    """What no two rows may have alike, as attribute names: the id first, then each unique index."""
    indexes = [parts for parts, unique in model._meta.indexes if unique]
    return [
        ("id",),
        *(tuple(attribute(key_of(model._meta.fields[part])) for part in parts) for parts in indexes),
    ]


def key_taken(model: type[Table], id: Any, key: Mapping[str, Any]) -> ConflictError:
    """The error that the row with this id has the key already."""
    fields = fields_of(model)
    if key.keys() == {"id"}:
        return ConflictError(f"{noun(model)} {id!r} is there already")
    what = " and ".join(f"{key_of(fields[name])} {value!r}" for name, value in key.items())
    return ConflictError(f"{noun(model)} {id!r} has {what} already")


def _order(model: type[Table], sort: str) -> list[Any]:
    fields = {name: field for name, field in fields_of(model).items() if not isinstance(field, Json)}
    name = attribute(sort.removeprefix("-").replace("-", "_"))
    if name not in fields:
        raise BadRequestError(f"{noun(model)} cannot be sorted by {sort.removeprefix('-')!r}", _choices(name, fields))
    field = fields[name]
    first = field.desc(nulls="last") if sort.startswith("-") else field.asc(nulls="last")
    return [first] if name == "id" else [first, fields["id"].asc()]


def _choices(name: str, known: Mapping[str, Any]) -> str:
    import difflib  # noqa: PLC0415 - only an error needs it

    close = difflib.get_close_matches(attribute(name), known, n=1)
    return f"Did you mean {close[0]}?" if close else f"The fields are {', '.join(known)}"


def _nearest(model: type[pw.Model], id: str) -> str:
    """A hint with the ids most like this one, among its neighbours in order and the first rows of the table."""
    import difflib  # noqa: PLC0415 - only an error needs it

    key: Any = model.id  # type: ignore[attr-defined]
    after = model.select(key).where(key >= id).order_by(key).limit(_NEARBY)
    before = model.select(key).where(key < id).order_by(key.desc()).limit(_NEARBY)
    close = difflib.get_close_matches(id, [row.id for row in (*after, *before)], n=3, cutoff=0.5)
    return f"The nearest are {', '.join(close)}" if close else f"`adops {model._meta.table_name} list` shows them"
