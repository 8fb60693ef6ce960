"""The JSON files of the Node system: which files there are, the shapes they have, and how our rows are written to them.

Reads bytes into elements, one for each record, even an invalid one. `record` reads the meaning of a record, and
`importers.node.decide` decides whether it is imported. Nothing here opens a database or writes a file.
"""

import codecs
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import peewee as pw

from adops_cli.errors import BadRequestError, reason
from adops_cli.legacy.record import unmistakable
from adops_cli.storage import models
from adops_cli.storage.fields import Flag, Json
from adops_cli.storage.models import Metrics
from adops_cli.storage.table import Table, columns_of
from adops_cli.values import DEEPEST, shown, written_instant

TABLES: Mapping[str, type[Table]] = {model._meta.table_name: model for model in models.TABLES}
"""The file's name without `.json` -> its table, parents before children."""

_WRAPPERS = ("data", "items", "records", "rows", "results")
_LONGEST_INTEGER = 4000  # digits; Python refuses longer ones, without the place
_WORD_OR_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b')


@dataclass(frozen=True)
class Element:
    """One record as it is in a file."""

    file: str
    """The name of the file without `.json`."""
    position: int
    """Its position in the file, from 1."""
    key: str | None
    """Its key, if the file is an object keyed by id."""
    raw: Any
    """Its JSON value, of any kind."""


@dataclass
class RecordFiles:
    """The files that were found, and their records."""

    contents: dict[str, bytes] = field(default_factory=dict)
    """File name -> its bytes."""
    elements: dict[str, list[Element]] = field(default_factory=dict)
    """Table -> its elements, parents before children. A table without a file is missing."""
    ignored: list[str] = field(default_factory=list)
    """What was found but not read, one sentence each."""


class RepeatedKeys(dict[str, Any]):
    """A JSON object with a duplicate key. The dict holds its last value."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def read_folder(folder: Path) -> RecordFiles:
    """The known files of a folder.

    Raises `BadRequestError` if the folder does not exist, has none of the files, or one of them cannot be read.
    """
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise BadRequestError(f"{folder} cannot be read: {reason(error)}") from error
    wanted = [stem for stem in TABLES if f"{stem}.json" in names]
    if not wanted:
        raise BadRequestError(
            f"{folder} contains no file to import", f"Known files: {', '.join(f'{t}.json' for t in TABLES)}"
        )
    source = RecordFiles()
    for stem in wanted:
        _read_file(folder / f"{stem}.json", stem, source)
    others = [name for name in names if name.endswith(".json") and name not in source.contents]
    if others:
        source.ignored.append(f"not read, because no table has that name: {', '.join(others)}")
    return source


def read_file(file: Path) -> RecordFiles:
    """A single known file. Errors as for `read_folder`."""
    source = RecordFiles()
    _read_file(file, file.stem, source)
    return source


def read_bytes(file: Path) -> bytes:
    """The bytes of a file. `BadRequestError` if it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadRequestError(f"{file} cannot be read: {reason(error)}") from error


def parse(content: bytes, where: str, *, first_line: int = 1) -> Any:
    """The JSON value of a file with or without BOM. Objects with a duplicate key become `RepeatedKeys`.

    Numbers too large for a double become a Decimal, so that the error can name their record.

    Raises `BadRequestError` with line and column if the content is not JSON.
    """
    try:
        text = content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        raise _no_utf8(where) from error
    if "\x00" in text:
        raise _no_utf8(where)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        what = f"{error.msg[0].lower()}{error.msg[1:]}".removesuffix(" at")
        at = f"line {error.lineno + first_line - 1}, column {error.colno}"
        raise BadRequestError(f"{where} is not JSON: {what} at {at}") from error
    except RecursionError as error:
        raise _too_deep(where) from error
    except _NoNumberError as error:
        raise BadRequestError(f"{where} is not JSON: {_place(text, first_line)}", "Write null instead of it") from error
    if text.count("[") + text.count("{") >= DEEPEST:
        _require_shallow(value, where)
    return value


def _no_utf8(where: str) -> BadRequestError:
    return BadRequestError(f"{where} is not UTF-8 text", "Save it as UTF-8")


def _too_deep(where: str) -> BadRequestError:
    return BadRequestError(f"{where} is nested more than {DEEPEST} levels deep, which is more than a record can have")


class _NoNumberError(Exception):
    """NaN or Infinity, which exist in JavaScript but not in JSON."""


def _refuse(_constant: str) -> None:
    raise _NoNumberError


def _place(text: str, first_line: int) -> str:
    match = next(match for match in _WORD_OR_TEXT.finditer(text) if match[0][0] != '"')
    line = text.count("\n", 0, match.start()) + first_line
    column = match.start() - text.rfind("\n", 0, match.start())
    return f"{match[0]} at line {line}, column {column}"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    return value if len(value) == len(pairs) else RepeatedKeys(pairs)


def _float(written: str) -> float | Decimal:
    value = float(written)
    return Decimal(written) if value in (float("inf"), float("-inf")) else value


def _integer(written: str) -> int | Decimal:
    return int(written) if len(written) < _LONGEST_INTEGER else Decimal(written)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse, parse_float=_float, parse_int=_integer)


def _require_shallow(value: Any, where: str) -> None:
    """Refuse a value that is nested too deeply. So all later code can use recursion."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            child
            for part in level
            if isinstance(part, dict | list)
            for child in (part.values() if isinstance(part, dict) else part)
        ]
        if not level:
            return
    raise _too_deep(where)


def _read_file(file: Path, stem: str, source: RecordFiles) -> None:
    content = read_bytes(file)
    source.contents[file.name] = content
    source.elements[stem] = [
        Element(stem, position, key, raw)
        for position, (key, raw) in enumerate(_elements(parse(content, str(file)), stem, file, source), start=1)
    ]


def _elements(value: Any, stem: str, file: Path, source: RecordFiles) -> Iterator[tuple[str | None, Any]]:
    """The records with their keys, if they have any."""
    wrapper, records = records_in(value, stem, file)
    if wrapper is not None:
        beside = [key for key, part in value.items() if key != wrapper and isinstance(part, dict | list)]
        if beside:
            words = f'{file.name}: not imported, because it is outside "{wrapper}": {", ".join(beside)}'
            source.ignored.append(words)
    if isinstance(records, list):
        return ((None, raw) for raw in records)
    return iter(records.pairs if isinstance(records, RepeatedKeys) else records.items())


def records_in(value: Any, stem: str, file: Path) -> tuple[str | None, list[Any] | dict[str, Any]]:
    """The key above the records of a file, if any, and the records: a list, or an object keyed by id.

    Raises `BadRequestError` for any other shape.
    """
    if isinstance(value, list):
        return None, value
    if not isinstance(value, dict):
        raise BadRequestError(f"{file} is neither a list nor an object, so it contains no {stem}")
    wrapper = _wrapper(value, stem, file)
    if wrapper is None:
        return None, value
    if isinstance(value, RepeatedKeys) and sum(key == wrapper for key, _ in value.pairs) > 1:
        raise BadRequestError(f'{file} has "{wrapper}" twice', "Combine them into one list")
    return wrapper, value[wrapper]


def identified(element: Element, model: type[pw.Model]) -> Any:
    """The record, with its key as the id if it has no id of its own."""
    raw = element.raw
    fits = element.key is not None and (model is not Metrics or element.key.isdecimal())
    if not isinstance(raw, dict) or isinstance(raw, RepeatedKeys) or not fits or raw.get("id") is not None:
        return raw
    return {**raw, "id": element.key}


def require_record(raw: Any, model: type[pw.Model]) -> None:
    """`ValueError` if this cannot be a record of the table: not an object, a duplicate key, or no id."""
    if not isinstance(raw, dict):
        raise ValueError(f"must be an object, not {shown(raw)}")
    if isinstance(raw, RepeatedKeys):
        counts = Counter(key for key, _ in raw.pairs)
        raise ValueError(f"has a duplicate key: {', '.join(shown(key) for key, times in counts.items() if times > 1)}")
    if model is not Metrics and raw.get("id") in (None, ""):
        raise ValueError("id is missing")


def _wrapper(value: dict[str, Any], stem: str, file: Path) -> str | None:
    """The key under which an object has the records; None if its own keys are their ids."""
    lists = [key for key, part in value.items() if isinstance(part, list)]
    objects = [key for key, part in value.items() if isinstance(part, dict)]
    if isinstance(value.get(stem), list | dict):
        return stem
    if "id" in value and not isinstance(value["id"], dict):
        raise BadRequestError(f"{file} is a single record", f"Write it as a list: [{{…}}], or under the key {stem!r}")
    named = [key for key in _WRAPPERS if key in lists]
    if len(named) == 1 or (len(lists) == 1 and not objects):
        return (named or lists)[0]
    if lists and not objects:
        raise BadRequestError(
            f"{file} contains several lists: {', '.join(lists)}", f"Rename the list of records to {stem!r}"
        )
    if value and not objects:
        raise BadRequestError(
            f"{file} contains no records", f"It must be a list, or an object keyed by id or with {stem!r}"
        )
    return None


def record(model: type[pw.Model], row: Sequence[Any]) -> dict[str, Any]:
    """A row in its stored form as a record of such a file, with every key; missing values are null."""
    return {key: written(column, value) for (key, column), value in zip(columns_of(model).items(), row, strict=True)}


def written(column: Any, stored: Any) -> Any:
    """A stored value as a JSON value. `record.read_record` turns it into the same stored value again."""
    if stored is None:
        return None
    if isinstance(column, Json):
        return value_written(column, column.python_value(stored))
    if isinstance(column, Flag):
        return bool(stored)
    return value_written(column, stored)


def value_written(column: Any, value: Any) -> Any:
    """A value, as a field reads it, as a JSON value."""
    if isinstance(column, Json):
        return unmistakable(value)
    return _WRITTEN[type(value)](value) if type(value) in _WRITTEN else value


_WRITTEN: Mapping[type, Callable[[Any], Any]] = {
    Decimal: lambda amount: int(amount) if amount == amount.to_integral_value() else float(amount),
    datetime: written_instant,
    date: date.isoformat,
}
"""Python's own types, which PostgreSQL returns -> the form that the value has on SQLite."""
