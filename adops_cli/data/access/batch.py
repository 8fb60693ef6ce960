"""Writes many rows at once, with the same checks as for single rows: shared by `create_many` and `--from FILE`.

Rows are read a few hundred at a time: their values are read, their references and keys are looked up with one query
each, and the valid rows are written. Knows no entity (each has its `TableWriter`), and never holds all rows.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

import peewee as pw

from adops_cli.data.access import bulk, crud, plain, reading, statements
from adops_cli.data.access.keys import key_taken, noun, unique_keys
from adops_cli.errors import AdopsError, BadRequestError, ConflictError
from adops_cli.storage.engines.base import OvertakenError
from adops_cli.storage.fields import called
from adops_cli.storage.handle import db
from adops_cli.storage.models import references_of
from adops_cli.storage.table import Table, fields_of
from adops_cli.values import attribute, shown

_CHUNK = 300
"""Rows written at a time: enough to spread the cost of the queries, few enough for SQLite's limit on parameters."""

_Key = tuple[tuple[str, ...], tuple[Any, ...]]


Around = Callable[[Sequence[Mapping[str, Any]]], AbstractContextManager[None]]


def _nothing_around() -> AbstractContextManager[Around]:
    return nullcontext(lambda _rows: nullcontext())


@dataclass(frozen=True)
class TableWriter:
    """How to write many rows of one table."""

    model: type[Table]
    read: Callable[[Mapping[str, Any]], dict[str, Any]]
    """The values of a row from its fields by attribute name. Raises an `AdopsError` if they are invalid."""
    upsert_by: tuple[str, ...] = ()
    """The key by which an existing row is updated. Empty if an existing row is a conflict."""
    merged: Callable[[Table | None, dict[str, Any]], dict[str, Any]] | None = None
    """The whole row that results from the existing row (None if it is new) and the values."""
    prepare: Callable[[Iterable[Mapping[str, Any]]], None] = lambda _values: None
    """Prepares the existing rows, before the values of new rows are looked up among them."""
    around: Callable[[], AbstractContextManager[Around]] = _nothing_around
    """What all rows are written within. Gives what some of them are written within."""
    is_plain: bool = False
    """Whether `read` looks at each field by itself, and the id is the only key: then `plain` knows a quicker way."""


class InputRow(NamedTuple):
    """A row as given."""

    position: int
    """Its position, from 1."""
    raw: Any
    error: AdopsError | None = None
    """Why its reader rejects it, if it does."""


@dataclass
class WriteCounts:
    """How many rows were read, and what was done with them."""

    read: int = 0
    created: int = 0
    updated: int = 0
    rejected: int = 0
    ids: list[Any] | None = field(default=None, repr=False)
    """The ids of the rows written, in their order. Collected only if it starts as a list."""


class _Candidate(NamedTuple):
    given: InputRow
    values: dict[str, Any]
    keys: list[_Key]
    error: AdopsError | None = None


def write_all(writer: TableWriter, rows: Iterable[Mapping[str, Any]]) -> WriteCounts:
    """Write all rows in one transaction, or none. The error for the first invalid row names its position."""
    done = WriteCounts(ids=[])
    with db.atomic():
        for given, error in write(writer, (InputRow(at, raw) for at, raw in enumerate(rows, start=1)), done):
            raise type(error)(f"row {given.position}: {error.message}", error.hint)
    return done


def write(writer: TableWriter, rows: Iterable[InputRow], done: WriteCounts) -> Iterator[tuple[InputRow, AdopsError]]:
    """Write the valid rows while the caller iterates over the invalid ones, within the caller's transaction.

    `done` counts along, and is complete when the iterator ends.
    """
    waiting = iter(rows)
    with writer.around() as around:
        while some := list(islice(waiting, _CHUNK)):
            if not (writer.is_plain and _write_plain(writer, some, done)):
                yield from _write_each(writer, some, done, around)


def _write_plain(writer: TableWriter, rows: Sequence[InputRow], done: WriteCounts) -> bool:
    """Write the rows, if all of them are plain and valid. Return whether they are."""
    columns = plain.columns(writer.model, [given.raw for given in rows], attribute)
    if columns is None or any(given.error for given in rows):
        return False
    ids = set(columns[0])
    if len(ids) < len(rows) or statements.present(writer.model, ids):
        return False
    for name, column in zip(fields_of(writer.model), columns, strict=True):
        parent = references_of(writer.model).get(name)
        wanted = set(column) - {None} if parent is not None else ()
        if parent is not None and wanted and statements.present(parent.rel_model, wanted) != wanted:
            return False
    bulk.insert_stored(writer.model, zip(*columns, strict=True))
    done.read += len(rows)
    done.created += len(rows)
    if done.ids is not None:
        done.ids += columns[0]
    return True


def _write_each(
    writer: TableWriter, rows: Iterable[InputRow], done: WriteCounts, around: Around
) -> Iterator[tuple[InputRow, AdopsError]]:
    chunk: list[_Candidate] = []
    seen: set[Hashable] = set()
    for given in rows:
        done.read += 1
        candidate = _candidate(writer, given)
        # A repeated key is looked up after the first row with it has been written.
        if not seen.isdisjoint(candidate.keys):
            yield from _flush(writer, chunk, done, around)
            chunk, seen = [], set()
        chunk.append(candidate)
        seen.update(candidate.keys)
    yield from _flush(writer, chunk, done, around)


def _candidate(writer: TableWriter, given: InputRow) -> _Candidate:
    try:
        if given.error:
            raise given.error
        fields = by_attribute(given.raw)
        values = writer.read(fields)
    except AdopsError as error:
        return _Candidate(given, {}, [], error)
    names = [writer.upsert_by] if writer.upsert_by else unique_keys(writer.model)
    if not writer.upsert_by and fields.get("id") is None:
        names = names[1:]  # an id that was just generated is free
    keys = [(key, tuple(values.get(name) for name in key)) for key in names]
    return _Candidate(given, values, [key for key in keys if None not in key[1]])


def by_attribute(raw: Any) -> dict[str, Any]:
    """The fields of a row by attribute name. They can be given in camelCase or snake_case."""
    if not isinstance(raw, Mapping):
        raise BadRequestError(f"must be an object, not {shown(raw)}")
    fields = {attribute(str(key)): value for key, value in raw.items()}
    if len(fields) < len(raw):
        raise BadRequestError("has the same field in two spellings", "Keep one of them")
    return fields


def _flush(
    writer: TableWriter, chunk: list[_Candidate], done: WriteCounts, around: Around
) -> Iterator[tuple[InputRow, AdopsError]]:
    writer.prepare(candidate.values for candidate in chunk if not candidate.error)
    parents = _parents(writer, chunk)
    stored = _stored(writer.model, chunk)
    rows = []
    for candidate in chunk:
        try:
            row = _row(writer, candidate, parents, stored)
        except AdopsError as error:
            done.rejected += 1
            yield candidate.given, error
            continue
        rows.append(row)
        if writer.upsert_by and candidate.keys[0] in stored:
            done.updated += 1
        else:
            done.created += 1
        if done.ids is not None:
            done.ids.append(row["id"])
    with around(rows):
        if bulk.insert(writer.model, rows, replace_by=writer.upsert_by) < len(rows):
            raise OvertakenError(f"another program has just written one of the same {writer.model._meta.table_name}")


def _row(
    writer: TableWriter, candidate: _Candidate, parents: Mapping[type[Table], set[Any]], stored: Mapping[_Key, Any]
) -> dict[str, Any]:
    """The row to write. Raises an error if it is invalid."""
    if candidate.error:
        raise candidate.error
    for name, column in references_of(writer.model).items():
        wanted = candidate.values.get(name)
        if wanted is not None and wanted not in parents[column.rel_model]:
            raise ConflictError(f"{called(column)} refers to an unknown {noun(column.rel_model)}: {wanted!r}")
    if writer.merged:
        return writer.merged(stored.get(candidate.keys[0]), candidate.values)
    for key in candidate.keys:
        if key in stored:
            raise key_taken(writer.model, stored[key].id, dict(zip(*key, strict=True)))
    return candidate.values


def _parents(writer: TableWriter, chunk: list[_Candidate]) -> dict[type[Table], set[Any]]:
    """The ids that references in the rows can name. They are locked if existing rows are to be updated."""
    found: dict[type[Table], set[Any]] = {}
    for name, column in references_of(writer.model).items():
        wanted = {candidate.values.get(name) for candidate in chunk} - {None}
        parent = column.rel_model
        there = statements.lock(parent, wanted) if writer.upsert_by else crud.present(parent, wanted)
        found.setdefault(parent, set()).update(there)
    return found


def _stored(model: type[Table], chunk: list[_Candidate]) -> dict[_Key, Any]:
    """The stored rows with a key in the chunk, by that key."""
    wanted: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for candidate in chunk:
        for names, values in candidate.keys:
            wanted.setdefault(names, []).append(values)
    fields = fields_of(model)
    found = {}
    for names, keys in wanted.items():
        columns = [fields[name] for name in names]
        # Written as SQL: Peewee would make an expression of each part of each key, which takes longer than the query.
        row_of_marks = f"({', '.join(db.param for _ in columns)})"
        parts = [column.db_value(part) for key in keys for column, part in zip(columns, key, strict=True)]
        listed = pw.SQL(f"(VALUES {', '.join(row_of_marks for _ in keys)})", parts)
        for row in reading.every(model.select().where(pw.Tuple(*columns).in_(listed))):
            found[names, tuple(getattr(row, name) for name in names)] = row
    return found
