"""Many rows at once, checked as one by one: what `create_many` and its kin, and `--from FILE`, have in common.

Rows are taken as they come, some hundred at a time: their values are read, their references and keys looked up with
one query for each, and what fits is written. Knows no entity (each says its `Way`), and never holds all rows.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import peewee as pw

from adops_cli.data import bulk, crud, reading
from adops_cli.errors import AdopsError, BadRequestError, ConflictError
from adops_cli.storage.fields import key_of
from adops_cli.storage.handle import db
from adops_cli.storage.models import Table, fields_of, references_of
from adops_cli.values import attribute, shown

_CHUNK = 300
"""Rows written at a time: enough to spread the cost of the queries, few enough for SQLite's limit of parameters."""

_Key = tuple[tuple[str, ...], tuple[Any, ...]]


@dataclass(frozen=True)
class Way:
    """How the rows of one table are written many at a time."""

    model: type[Table]
    read: Callable[[Mapping[str, Any]], dict[str, Any]]
    """The values of a row from its fields by attribute name; an `AdopsError` when they cannot be one."""
    upsert_by: tuple[str, ...] = ()
    """The key by which a row that is there is changed; empty where that is a conflict."""
    merged: Callable[[Table | None, dict[str, Any]], dict[str, Any]] | None = None
    """The whole row that the values make of the one that is there; None stands for a new one."""
    prepare: Callable[[Iterable[Mapping[str, Any]]], None] = lambda _values: None
    """What is to be done to the rows that are there before the values of some new ones are looked up among them."""


@dataclass(frozen=True)
class Given:
    """A row as it came."""

    position: int
    """Its place; the first one is 1."""
    raw: Any
    error: AdopsError | None = None
    """Why it is no row at all, where its reader says so."""


@dataclass
class Written:
    """What was done."""

    read: int = 0
    created: int = 0
    updated: int = 0
    rejected: int = 0
    ids: list[Any] | None = field(default=None, repr=False)
    """The ids of the rows written, in their order; collected only where it begins as a list."""


@dataclass(frozen=True)
class _Candidate:
    given: Given
    values: dict[str, Any]
    keys: list[_Key]
    error: AdopsError | None = None


def write_all(way: Way, rows: Iterable[Mapping[str, Any]]) -> Written:
    """Write all rows in one transaction, or none: the error of the first that does not fit names its position."""
    done = Written(ids=[])
    with db.atomic():
        for given, error in write(way, (Given(at, raw) for at, raw in enumerate(rows, start=1)), done):
            raise type(error)(f"row {given.position}: {error.message}", error.hint)
    return done


def write(way: Way, rows: Iterable[Given], done: Written) -> Iterator[tuple[Given, AdopsError]]:
    """Write the rows that fit, while the caller goes through those that do not; within the caller's transaction.

    `done` counts along, and is right once the iterator has come to its end.
    """
    chunk: list[_Candidate] = []
    seen: set[Hashable] = set()
    for given in rows:
        done.read += 1
        candidate = _candidate(way, given)
        # A key that comes again is looked up after the row that had it first is written.
        if len(chunk) == _CHUNK or not seen.isdisjoint(candidate.keys):
            yield from _flush(way, chunk, done)
            chunk, seen = [], set()
        chunk.append(candidate)
        seen.update(candidate.keys)
    yield from _flush(way, chunk, done)


def _candidate(way: Way, given: Given) -> _Candidate:
    try:
        if given.error:
            raise given.error
        fields = by_attribute(given.raw)
        values = way.read(fields)
    except AdopsError as error:
        return _Candidate(given, {}, [], error)
    names = [way.upsert_by] if way.upsert_by else crud.unique_keys(way.model)
    if not way.upsert_by and fields.get("id") is None:
        names = names[1:]  # an id that was made just now is free
    keys = [(key, tuple(values.get(name) for name in key)) for key in names]
    return _Candidate(given, values, [key for key in keys if None not in key[1]])


def by_attribute(raw: Any) -> dict[str, Any]:
    """The fields of a row, whose names may be camelCase or snake_case, by attribute name."""
    if not isinstance(raw, Mapping):
        raise BadRequestError(f"must be an object, not {shown(raw)}")
    fields = {attribute(str(key)): value for key, value in raw.items()}
    if len(fields) < len(raw):
        raise BadRequestError("has a field twice, in two spellings", "Keep one of them")
    return fields


def _flush(way: Way, chunk: list[_Candidate], done: Written) -> Iterator[tuple[Given, AdopsError]]:
    way.prepare(candidate.values for candidate in chunk if not candidate.error)
    parents = _parents(way, chunk)
    stored = _stored(way.model, chunk)
    rows = []
    for candidate in chunk:
        try:
            row = _row(way, candidate, parents, stored)
        except AdopsError as error:
            done.rejected += 1
            yield candidate.given, error
            continue
        rows.append(row)
        if way.upsert_by and candidate.keys[0] in stored:
            done.updated += 1
        else:
            done.created += 1
        if done.ids is not None:
            done.ids.append(row["id"])
    bulk.insert(way.model, rows, replace=bool(way.upsert_by))


def _row(
    way: Way, candidate: _Candidate, parents: Mapping[type[Table], set[Any]], stored: Mapping[_Key, Any]
) -> dict[str, Any]:
    """The row to write; raises what keeps it from being one."""
    if candidate.error:
        raise candidate.error
    for name, column in references_of(way.model).items():
        wanted = candidate.values.get(name)
        if wanted is not None and wanted not in parents[column.rel_model]:
            raise ConflictError(f"{key_of(column)} names no {crud.noun(column.rel_model)}: {wanted!r}")
    if way.merged:
        return way.merged(stored.get(candidate.keys[0]), candidate.values)
    for key in candidate.keys:
        if key in stored:
            raise crud.key_taken(way.model, stored[key].id, dict(zip(*key, strict=True)))
    return candidate.values


def _parents(way: Way, chunk: list[_Candidate]) -> dict[type[Table], set[Any]]:
    """The ids that the references of the rows may name; locked where rows that are there are to be changed."""
    found: dict[type[Table], set[Any]] = {}
    for name, column in references_of(way.model).items():
        wanted = {candidate.values.get(name) for candidate in chunk} - {None}
        parent = column.rel_model
        there = crud.lock(parent, wanted) if way.upsert_by else crud.present(parent, wanted)
        found.setdefault(parent, set()).update(there)
    return found


def _stored(model: type[Table], chunk: list[_Candidate]) -> dict[_Key, Any]:
    """The rows that have a key of the chunk's, by that key."""
    wanted: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for candidate in chunk:
        for names, values in candidate.keys:
            wanted.setdefault(names, []).append(values)
    fields = fields_of(model)
    found = {}
    for names, keys in wanted.items():
        columns = [fields[name] for name in names]
        # Written out here: Peewee would make an expression of each part of each key, which takes longer than the query.
        row_of_marks = f"({', '.join(db.param for _ in columns)})"
        parts = [column.db_value(part) for key in keys for column, part in zip(columns, key, strict=True)]
        listed = pw.SQL(f"(VALUES {', '.join(row_of_marks for _ in keys)})", parts)
        for row in reading.every(model.select().where(pw.Tuple(*columns).in_(listed))):
            found[names, tuple(getattr(row, name) for name in names)] = row
    return found
