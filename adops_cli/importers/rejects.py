"""The file of rejected records: NDJSON that people fix and import again.

Owns the format, for reading and writing: one line `{"_file", "_position", "_error", "record"}` per record.
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
    """Its position in the file, from 1."""
    id: Any
    """Its id or its key; None if it has neither."""
    error: str
    """The reason, a sentence that names the key and the value."""
    record: Any
    """The original record."""

    def told(self, where: str | None = None) -> str:
        """Its place (in its file, unless `where` is given), its id, and what is wrong with it."""
        name = "no id" if self.id in (None, "") else self.id
        return f"{where or self.file}, position {self.position}, {name}: {self.error}"


def read(file: Path) -> RecordFiles:
    """The records of a rejects file, each for the table named in its `_file`.

    Raises `BadRequestError` with the line if it is not a rejects file.
    """
    content = read_bytes(file)
    source = RecordFiles({file.name: content})
    found = [_element(line, file, number) for number, line in enumerate(content.split(b"\n"), start=1) if line.strip()]
    if not found:
        raise BadRequestError(f"{file} contains no rejected records")
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
            f'{file} is not a rejects file: line {number} needs "record", and "_file" with a known name',
            "Give a folder of JSON files, one of them, or a file that --rejects wrote",
        )
    position = value.get("_position")
    return Element(table, position if isinstance(position, int) else number, None, value["record"])


@contextlib.contextmanager
def kept_in(file: Path | None) -> Iterator[Callable[[Iterable[RejectedRecord]], None]]:
    """Yield a function that saves rejected records, with the same rules and errors as `set_aside`."""
    with set_aside(file) as keep:
        yield lambda rejected: keep(_line(record) for record in rejected)


@contextlib.contextmanager
def set_aside(file: Path | None) -> Iterator[Callable[[Iterable[bytes]], None]]:
    """Yield a function that writes lines to a temporary file, which gets its name when the block succeeds.

    So the file exists if, and only if, the import succeeded. If `file` is None or there are no lines, no file is made.

    Raises `BadRequestError` if the file already exists or its folder does not.
    """
    if file is None:
        yield lambda _lines: None
        return
    if file.exists():
        raise BadRequestError(
            f"{file} already exists and can contain records to fix", "Name another file for --rejects"
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
    # Half of a surrogate pair has no UTF-8 form. Its backslash escape is also valid JSON.
    return f"{json.dumps(_writable(line), ensure_ascii=False, default=str)}\n".encode("utf-8", "backslashreplace")


def _writable(value: Any) -> Any:
    """The value, with text instead of numbers that JSON does not have (a database can contain infinity)."""
    if isinstance(value, dict):
        return {key: _writable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_writable(part) for part in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
