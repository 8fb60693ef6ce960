"""The JSON files of the Node system: which there are, what shapes they come in, and the copies kept of them.

Reads bytes into elements, one for each record, whatever is wrong with it. What a record means is `legacy`'s business,
whether it goes into the database is `plan`'s; nothing here opens a database.
"""

import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from adops_cli import models
from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.models import Table

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
    """The records with their keys: of a list, of an object that wraps one, or of an object keyed by id."""
    if isinstance(value, list):
        return ((None, raw) for raw in value)
    if not isinstance(value, dict):
        raise BadRequestError(f"{file} is neither a list nor an object, so it holds no {stem}")
    wrapper = _wrapper(value, stem, file)
    if wrapper is None:
        return iter(value.pairs if isinstance(value, RepeatedKeys) else value.items())
    beside = [key for key, part in value.items() if key != wrapper and isinstance(part, dict | list)]
    if beside:
        source.ignored.append(f'{file.name}: not imported, since it stands beside "{wrapper}": {", ".join(beside)}')
    inner = value[wrapper]
    if isinstance(value, RepeatedKeys) and sum(key == wrapper for key, _ in value.pairs) > 1:
        raise BadRequestError(f'{file} holds "{wrapper}" twice', "Make them one list")
    if isinstance(inner, list):
        return ((None, raw) for raw in inner)
    return iter(inner.pairs if isinstance(inner, RepeatedKeys) else inner.items())


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


def default_backup_folder(source: Path) -> Path:
    """`data-backup/<UTC time>` beside the source; a name that is free."""
    folder = source.resolve().parent / "data-backup"
    name = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    names = (name, *(f"{name}-{number}" for number in range(2, 1000)))
    return next(folder / free for free in names if not (folder / free).exists())


def back_up(contents: Mapping[str, bytes], folder: Path) -> None:
    """Write the files into the folder, and read them back.

    Raises `BadRequestError` where a file of that name is there already, `AdopsError` where a copy cannot be made; then
    nothing of it is left.
    """
    taken = [str(folder / name) for name in contents if (folder / name).exists()]
    if taken:
        raise BadRequestError(f"{taken[0]} is there already, and a backup overwrites nothing", "Name another folder")
    folders = [part for part in (folder, *folder.parents) if not part.exists()]
    copies: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            with (folder / name).open("xb") as copy:
                copies.append(folder / name)
                copy.write(content)
            if (folder / name).read_bytes() != content:
                raise OSError(0, "the copy reads back differently")  # noqa: TRY301 - handled like any failed copy
    except OSError as error:
        _undo(copies, folders)
        why = f"the sources cannot be copied to {folder}: {error.strerror}"
        raise AdopsError(why, "Nothing was imported; name another folder with --backup-dir") from error


def _undo(copies: Sequence[Path], folders: Sequence[Path]) -> None:
    for copy in copies:
        with contextlib.suppress(OSError):
            copy.unlink()
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()
