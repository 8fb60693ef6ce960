"""The file of rejected records: NDJSON that people mend and import again.

Owns the format, one line `{"_file", "_position", "_error", "record"}` for each record, both ways.
"""

import contextlib
import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.files import published
from adops_cli.legacy.json_files import TABLES, Element, RecordFiles, parse, read_bytes


@dataclass(frozen=True)
class RejectedRecord:
    """A record that was not imported."""

    file: str
    """The name of its file."""
    position: int
    """Its place in the file; the first one is 1."""
    id: Any
    """The id it gave, or its key; None when it had neither."""
    error: str
    """The reason, a sentence that names the key and the value."""
    record: Any
    """The record as it came."""

    def told(self, where: str | None = None) -> str:
        """Where it stands (its file, unless said otherwise), what it is called, and what is wrong with it."""
        name = "no id" if self.id in (None, "") else self.id
        return f"{where or self.file}, position {self.position}, {name}: {self.error}"


def read(file: Path) -> RecordFiles:
    """The records of a rejects file, each for the table that its `_file` names.

    Raises `BadRequestError`, with the line, for what is no such file.
    """
    content = read_bytes(file)
    source = RecordFiles({file.name: content})
    found = [_element(line, file, number) for number, line in enumerate(content.split(b"\n"), start=1) if line.strip()]
    if not found:
        raise BadRequestError(f"{file} holds no rejected records")
    for table in TABLES:
        elements = [element for element in found if element.file == table]
        if elements:
            source.elements[table] = elements
    return source


def _element(line: bytes, file: Path, number: int) -> Element:
    value = parse(line, str(file), first_line=number)
    named = value.get("_file") if isinstance(value, dict) else None
    table = named.removesuffix(".json") if isinstance(named, str) else ""
    if table not in TABLES or "record" not in value:
        raise BadRequestError(
            f'{file} has no rejected record in line {number}: it needs "record", and "_file" with a known name',
            "Give a folder of JSON files, one of them, or a file that --rejects wrote",
        )
    position = value.get("_position")
    return Element(table, position if isinstance(position, int) else number, None, value["record"])


@contextlib.contextmanager
def kept_in(file: Path | None) -> Iterator[Callable[[Iterable[RejectedRecord]], None]]:
    """Gives a function that writes the rejected records aside; errors and the file's name are as of `set_aside`."""
    with set_aside(file) as keep:
        yield lambda rejected: keep(_line(record) for record in rejected)


@contextlib.contextmanager
def set_aside(file: Path | None) -> Iterator[Callable[[Iterable[bytes]], None]]:
    """Gives a function that writes lines aside; they get their name when the block ends well.

    So the file is there when, and only when, the import is. None writes nothing, and so do no lines.

    Raises `BadRequestError` when the file is there already or has no folder.
    """
    if file is None:
        yield lambda _lines: None
        return
    if file.exists():
        raise BadRequestError(
            f"{file} is there already, and may hold records to mend", "Name another file for --rejects"
        )
    if not file.absolute().parent.is_dir():
        raise BadRequestError(f"{file} cannot be written: there is no folder {file.absolute().parent}")
    with contextlib.ExitStack() as stack:
        with _unwritable(file):
            partial = stack.enter_context(published(file, unless_empty=True))
        yield lambda lines: _write(partial, lines)


def _write(partial: Path, lines: Iterable[bytes]) -> None:
    with _unwritable(partial), partial.open("wb") as out:
        out.writelines(lines)


@contextlib.contextmanager
def _unwritable(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = f"the rejected records cannot be written to {file.absolute().parent}: {error.strerror}"
        raise AdopsError(why, "Nothing was imported; name another file with --rejects") from error


def _line(rejected: RejectedRecord) -> bytes:
    line = {
        "_file": rejected.file,
        "_position": rejected.position,
        "_error": rejected.error,
        "record": rejected.record,
    }
    # Half a surrogate pair has no UTF-8; the escape that stands for it is also how JSON writes it.
    return f"{json.dumps(_writable(line), ensure_ascii=False, default=str)}\n".encode("utf-8", "backslashreplace")


def _writable(value: Any) -> Any:
    """The value with what JSON has no number for (a database may hold infinity) as text."""
    if isinstance(value, dict):
        return {key: _writable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_writable(part) for part in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
