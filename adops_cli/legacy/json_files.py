"""The JSON files of the Node system: which there are, what shapes they come in, and how our rows are written as such.

Reads bytes into elements, one for each record, whatever is wrong with it. What a record means is `record`'s business,
whether it goes into the database is `importers.node.decide`'s; nothing here opens a database or writes a file.
"""

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

from adops_cli.errors import BadRequestError
from adops_cli.legacy.record import unmistakable
from adops_cli.storage import models
from adops_cli.storage.fields import Flag, Json
from adops_cli.storage.models import Metrics, Table, columns_of
from adops_cli.values import shown, written_instant

TABLES: Mapping[str, type[Table]] = {model._meta.table_name: model for model in models.TABLES}
"""The table of each file, by the file's name without `.json`; parents before children."""

_WRAPPERS = ("data", "items", "records", "rows", "results")
_DEEPEST = 200
_LONGEST_INTEGER = 4000  # digits; Python itself refuses longer ones without saying where
_WORD_OR_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b')


@dataclass(frozen=True)
class Element:
    """One record as it stands in a file."""

    file: str
    """The name of the file without `.json`."""
    position: int
    """Its place in the file; the first one is 1."""
    key: str | None
    """Its key, when the file is an object keyed by id."""
    raw: Any
    """Whatever JSON value stands there."""


@dataclass
class Source:
    """What was found."""

    contents: dict[str, bytes] = field(default_factory=dict)
    """The files by name, byte for byte."""
    elements: dict[str, list[Element]] = field(default_factory=dict)
    """The elements by table, parents before children; a table without a file is not there."""
    ignored: list[str] = field(default_factory=list)
    """What was found and not read, a sentence each."""


class RepeatedKeys(dict[str, Any]):
    """A JSON object in which a key stands twice; the dict holds the last of them."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def read_folder(folder: Path) -> Source:
    """The known files of a folder.

    Raises `BadRequestError` when there is no such folder, none of the files, or one of them cannot be read.
    """
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise BadRequestError(f"{folder} cannot be read: {error.strerror}") from error
    wanted = [stem for stem in TABLES if f"{stem}.json" in names]
    if not wanted:
        raise BadRequestError(
            f"{folder} holds no file to import", f"Known are {', '.join(f'{t}.json' for t in TABLES)}"
        )
    source = Source()
    for stem in wanted:
        _read_file(folder / f"{stem}.json", stem, source)
    others = [name for name in names if name.endswith(".json") and name not in source.contents]
    if others:
        source.ignored.append(f"not read, since no table has that name: {', '.join(others)}")
    return source


def read_file(file: Path) -> Source:
    """One known file by itself; errors as for `read_folder`."""
    source = Source()
    _read_file(file, file.stem, source)
    return source


def read_bytes(file: Path) -> bytes:
    """The bytes of a file; `BadRequestError` when they cannot be had."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadRequestError(f"{file} cannot be read: {error.strerror}") from error


def parse(content: bytes, where: str, *, first_line: int = 1) -> Any:
    """The JSON value, with or without BOM; objects in which a key stands twice are `RepeatedKeys`.

    Numbers too large for a double become a Decimal, so that the record that holds one can be named.

    Raises `BadRequestError` with line and column for what is no JSON.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_utf8(where) from error
    if "\x00" in text:
        raise _no_utf8(where)
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse, parse_float=_float, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        what = f"{error.msg[0].lower()}{error.msg[1:]}".removesuffix(" at")
        at = f"line {error.lineno + first_line - 1}, column {error.colno}"
        raise BadRequestError(f"{where} is not JSON: {what} at {at}") from error
    except RecursionError as error:
        raise _too_deep(where) from error
    except _NoNumberError as error:
        raise BadRequestError(
            f"{where} is not JSON: {_place(text, first_line)}", "Write null where there is no number"
        ) from error
    _require_shallow(value, where)
    return value


def _no_utf8(where: str) -> BadRequestError:
    return BadRequestError(f"{where} is not UTF-8 text", "Save it as UTF-8")


def _too_deep(where: str) -> BadRequestError:
    return BadRequestError(f"{where} is nested more than {_DEEPEST} levels deep, which no record of ours is")


class _NoNumberError(Exception):
    """NaN or Infinity, which JavaScript has and JSON has not."""


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


def _require_shallow(value: Any, where: str) -> None:
    """Everything that is done with a record later may recurse into it, since this was asked first."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            child
            for part in level
            if isinstance(part, dict | list)
            for child in (part.values() if isinstance(part, dict) else part)
        ]
        if not level:
            return
    raise _too_deep(where)


def _read_file(file: Path, stem: str, source: Source) -> None:
    content = read_bytes(file)
    source.contents[file.name] = content
    source.elements[stem] = [
        Element(stem, position, key, raw)
        for position, (key, raw) in enumerate(_elements(parse(content, str(file)), stem, file, source), start=1)
    ]


def _elements(value: Any, stem: str, file: Path, source: Source) -> Iterator[tuple[str | None, Any]]:
    """The records with their keys, where they have any."""
    wrapper, records = records_in(value, stem, file)
    if wrapper is not None:
        beside = [key for key, part in value.items() if key != wrapper and isinstance(part, dict | list)]
        if beside:
            words = f'{file.name}: not imported, since it stands beside "{wrapper}": {", ".join(beside)}'
            source.ignored.append(words)
    if isinstance(records, list):
        return ((None, raw) for raw in records)
    return iter(records.pairs if isinstance(records, RepeatedKeys) else records.items())


def records_in(value: Any, stem: str, file: Path) -> tuple[str | None, list[Any] | dict[str, Any]]:
    """What holds the records of a file: a list, or an object keyed by id; and the key it stands under, if any.

    Raises `BadRequestError` for any other shape.
    """
    if isinstance(value, list):
        return None, value
    if not isinstance(value, dict):
        raise BadRequestError(f"{file} is neither a list nor an object, so it holds no {stem}")
    wrapper = _wrapper(value, stem, file)
    if wrapper is None:
        return None, value
    if isinstance(value, RepeatedKeys) and sum(key == wrapper for key, _ in value.pairs) > 1:
        raise BadRequestError(f'{file} holds "{wrapper}" twice', "Make them one list")
    return wrapper, value[wrapper]


def identified(element: Element, model: type[pw.Model]) -> Any:
    """The record, with its key for an id where it has none of its own."""
    raw = element.raw
    fits = element.key is not None and (model is not Metrics or element.key.isdecimal())
    if not isinstance(raw, dict) or isinstance(raw, RepeatedKeys) or not fits or raw.get("id") is not None:
        return raw
    return {**raw, "id": element.key}


def require_record(raw: Any, model: type[pw.Model]) -> None:
    """`ValueError` for what can be no record of the table: no object, one with a key twice, one without an id."""
    if not isinstance(raw, dict):
        raise ValueError(f"must be an object, not {shown(raw)}")
    if isinstance(raw, RepeatedKeys):
        counts = Counter(key for key, _ in raw.pairs)
        raise ValueError(f"has a key twice: {', '.join(shown(key) for key, times in counts.items() if times > 1)}")
    if model is not Metrics and raw.get("id") in (None, ""):
        raise ValueError("id is missing")


def _wrapper(value: dict[str, Any], stem: str, file: Path) -> str | None:
    """The key under which an object holds the records; None when its own keys are their ids."""
    lists = [key for key, part in value.items() if isinstance(part, list)]
    objects = [key for key, part in value.items() if isinstance(part, dict)]
    if isinstance(value.get(stem), list | dict):
        return stem
    if "id" in value and not isinstance(value["id"], dict):
        raise BadRequestError(f"{file} is one single record", f"Write it as a list: [{{…}}], or under the key {stem!r}")
    named = [key for key in _WRAPPERS if key in lists]
    if len(named) == 1 or (len(lists) == 1 and not objects):
        return (named or lists)[0]
    if lists and not objects:
        raise BadRequestError(
            f"{file} holds several lists: {', '.join(lists)}", f"Name the one with the records {stem!r}"
        )
    if value and not objects:
        raise BadRequestError(
            f"{file} holds no records", f"It may be a list, or an object keyed by id or with {stem!r}"
        )
    return None


def record(model: type[pw.Model], row: Sequence[Any]) -> dict[str, Any]:
    """A row, its columns as they are stored, as a record of such a file: every key, null where there is nothing."""
    return {key: written(column, value) for (key, column), value in zip(columns_of(model).items(), row, strict=True)}


def written(column: Any, stored: Any) -> Any:
    """A stored value as JSON has it; `record.read_record` makes the same stored value of it again."""
    if stored is None:
        return None
    if isinstance(column, Json):
        return value_written(column, column.python_value(stored))
    if isinstance(column, Flag):
        return bool(stored)
    return value_written(column, stored)


def value_written(column: Any, value: Any) -> Any:
    """A value as it is read, as JSON has it."""
    if isinstance(column, Json):
        return unmistakable(value)
    return _WRITTEN[type(value)](value) if type(value) in _WRITTEN else value


_WRITTEN: Mapping[type, Callable[[Any], Any]] = {
    Decimal: lambda amount: int(amount) if amount == amount.to_integral_value() else float(amount),
    datetime: written_instant,
    date: date.isoformat,
}
"""For what has a type of its own in Python, as PostgreSQL gives it: the form that it has on SQLite."""
