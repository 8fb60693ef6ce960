"""Maps the JSON files of the Node system to rows of our tables, and changed rows to changes of those files.

A record that cannot be a row is reported, and not changed in its file. Edits only what was changed: unknown keys, other
records, their order and the shape of the file are kept. Touches neither disk nor database.
"""

import functools
import itertools
import json
import re
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import peewee as pw

from adops_cli.errors import BadRequestError, ConflictError, DatabaseUnusableError
from adops_cli.legacy import json_files
from adops_cli.legacy.json_files import TABLES, Element, RepeatedKeys
from adops_cli.legacy.record import read_record, spellings
from adops_cli.storage.fields import key_of
from adops_cli.storage.table import Table, columns_of
from adops_cli.values import attribute, shown

StoredRow = Sequence[Any]
"""The columns of a row in their stored form, with the id first."""
_INDENTED = re.compile(rb"\n([ \t]+)")


@dataclass(frozen=True)
class File:
    """A file as last read or written. A missing file is an empty list."""

    table: str
    value: Any = field(default_factory=list)
    """The whole content."""
    wrapper: str | None = None
    """The key above the records, if any."""
    ids: Sequence[Any] = ()
    """The id of each record's row, in the order of the file. An `Unfit` for a record that cannot be a row."""
    unfit: frozenset[str] = frozenset()
    """The ids and keys of records that cannot be rows."""
    bom: bool = False
    indent: str | None = "  "
    end: str = "\n"

    def edited(self, rows: Mapping[Any, StoredRow | None]) -> "File":
        """The file with these rows by id, None for a deleted row. The same object if nothing changes."""
        model = TABLES[self.table]
        old = self.value if self.wrapper is None else self.value[self.wrapper]
        new: list[tuple[Any, str, Any]] = []
        for id, (key, raw) in zip(self.ids, _keyed(old), strict=True):
            row = rows.get(id)
            if row is not None:
                new.append((id, key, _merged(model, Element(self.table, 0, key, raw), row)))
            elif id not in rows:
                new.append((id, key, raw))
        known = set(self.ids)
        for id in (id for id, row in rows.items() if row and str(id) in self.unfit and id not in known):
            raise ConflictError(
                f"{self.table}.json has a record {id!r} that cannot be read", "Fix it, or use another id"
            )
        new += [(id, str(id), json_files.record(model, row)) for id, row in rows.items() if row and id not in known]
        if len(new) == len(known) and all(raw is was for (_, _, raw), (_, was) in zip(new, _keyed(old), strict=True)):
            return self
        records = {key: raw for _, key, raw in new} if isinstance(old, dict) else [raw for _, _, raw in new]
        value = records if self.wrapper is None else {**self.value, self.wrapper: records}
        return replace(self, value=value, ids=[id for id, _, _ in new])

    def content(self, path: Path) -> bytes:
        """The content of the file, in its former style."""
        separators = None if self.indent else (",", ":")
        try:
            text = json.dumps(self.value, ensure_ascii=False, indent=self.indent, separators=separators) + self.end
        except TypeError as error:
            raise DatabaseUnusableError(
                f"{path} contains a number that is too large to be written again", "Fix the file; nothing was written"
            ) from error
        try:
            content = text.encode()
        except UnicodeEncodeError:  # half of a surrogate pair, which can be written only as an escape
            content = json.dumps(self.value, indent=self.indent, separators=separators).encode() + self.end.encode()
        return BOM_UTF8 + content if self.bom else content


def read(
    folder: Path, contents: Mapping[str, bytes]
) -> tuple[dict[str, File], dict[str, list[StoredRow]], Sequence[str]]:
    """The files and their rows by table, parents before children, and what is wrong with the other records.

    Raises `DatabaseUnusableError` for a file that cannot be read.
    """
    reader = _Reader()
    files = {
        table: _file(table, content, folder / f"{table}.json", reader)
        if (content := contents.get(f"{table}.json")) is not None
        else File(table)
        for table in TABLES
    }
    return files, reader.rows, reader.problems


def _file(table: str, content: bytes, path: Path, reader: "_Reader") -> File:
    try:
        value = json_files.parse(content, str(path))
        wrapper, records = json_files.records_in(value, table, path)
    except BadRequestError as error:
        raise DatabaseUnusableError(error.message, error.hint) from error
    if isinstance(records, RepeatedKeys):
        raise DatabaseUnusableError(f"{path} has a duplicate key", "Fix the file; nothing was written")
    ids = reader.read(
        TABLES[table], [Element(table, at, *pair) for at, pair in enumerate(_keyed(records), start=1)], path
    )
    found = _INDENTED.search(content)
    end = content[len(content.rstrip()) :].decode("ascii", "replace")
    unfit = frozenset(
        itertools.chain.from_iterable(map(_names, itertools.compress(_keyed(records), map(_is_unfit, ids))))
    )
    return File(
        table, value, wrapper, ids, unfit, content.startswith(BOM_UTF8), found[1].decode() if found else None, end
    )


class Unfit:
    """Takes the place of an id: there is no row for this record."""


def _is_unfit(id: Any) -> bool:
    return isinstance(id, Unfit)


def _names(record: tuple[Any, Any]) -> list[str]:
    """The names of an unfit record: its key and its own id."""
    key, raw = record
    return [str(name) for name in (key, raw.get("id") if isinstance(raw, dict) else None) if name is not None]


class _Reader:
    """Reads records into rows, and collects what is wrong with invalid ones."""

    def __init__(self) -> None:
        self.rows: dict[str, list[StoredRow]] = {table: [] for table in TABLES}
        self.problems: list[str] = []
        self._ids: dict[type[pw.Model], set[Any]] = {model: set() for model in TABLES.values()}

    def read(self, model: type[Table], elements: Sequence[Element], path: Path) -> list[Any]:
        """The ids of the records. A record of metrics without one gets the first free number.

        A record that cannot be a row has an `Unfit` instead of its id.
        """
        found: list[tuple[Element, list[Any]]] = []
        taken: dict[Any, int] = {}
        problems: dict[int, str] = {}
        for element in elements:
            try:
                found.append((element, _stored(model, element)))
            except ValueError as error:
                problems[element.position] = str(error)
        given = {row[0] for _, row in found}
        numbers = (number for number in itertools.count(1) if number not in given)
        for element, row in found:
            if row[0] is None:
                row[0] = next(numbers)
            try:
                self._require_fit(model, row, taken, element.position)
            except ValueError as error:
                problems[element.position] = str(error)
                continue
            self._ids[model].add(row[0])
            self.rows[element.file].append(row)
        self.problems += [f"{path}, position {at}: {problems[at]}" for at in sorted(problems)]
        ids = {element.position: row[0] for element, row in found}
        return [Unfit() if at in problems else ids[at] for at in (element.position for element in elements)]

    def _require_fit(self, model: type[Table], row: StoredRow, taken: dict[Any, int], position: int) -> None:
        """`ValueError` for a reference to an unknown row, and for a key that an earlier record has."""
        for at, key, parent in _references(model):
            if row[at] is not None and row[at] not in self._ids[parent]:
                raise ValueError(f"{key} refers to an unknown {parent.__name__.lower()}: {shown(row[at])}")
        for names, places in _unique_keys(model):
            value = (names, *(row[at] for at in places))
            if None not in value and taken.setdefault(value, position) != position:
                raise ValueError(f"has the same {names} as position {taken[value]}")


def _keyed(records: Any) -> Any:
    """The records with their keys, if they have any."""
    return records.items() if isinstance(records, dict) else ((None, raw) for raw in records)


@functools.cache
def _references(model: type[Table]) -> Sequence[tuple[int, str, type[pw.Model]]]:
    columns = enumerate(columns_of(model).items())
    return [(at, key, column.rel_model) for at, (key, column) in columns if isinstance(column, pw.ForeignKeyField)]


@functools.cache
def _unique_keys(model: type[Table]) -> Sequence[tuple[str, Sequence[int]]]:
    """The unique keys, each with its name in errors and its places in a row."""
    places = {key: at for at, key in enumerate(columns_of(model))}
    unique = [[key_of(model._meta.fields[part]) for part in parts] for parts, unique in model._meta.indexes if unique]
    return [(" and ".join(keys), [places[key] for key in keys]) for keys in (["id"], *unique)]


def _stored(model: type[Table], element: Element) -> list[Any]:
    """The row of a record. A missing value is null, or the column's default if that is a constant."""
    raw = json_files.identified(element, model)
    json_files.require_record(raw, model)
    given = read_record(model, {name: raw[name] for name in spellings(model, raw).values()}).values
    defaults = {name: None if callable(column.default) else column.default for name, column in _columns(model)}
    return [column.db_value(given.get(name, defaults[name])) for name, column in _columns(model)]


@functools.cache
def _columns(model: type[Table]) -> Sequence[tuple[str, Any]]:
    return [(attribute(key), column) for key, column in columns_of(model).items()]


def _merged(model: type[Table], element: Element, row: StoredRow) -> Any:
    """The record with the values in which the row differs. The same object if there are none."""
    changed = {
        key: json_files.written(column, new)
        for (key, column), old, new in zip(columns_of(model).items(), _stored(model, element), row, strict=True)
        if old != new
    }
    if not changed:
        return element.raw
    spelled = spellings(model, element.raw)
    return {**element.raw, **{spelled.get(key, key): value for key, value in changed.items()}}
