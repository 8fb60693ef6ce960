"""The file of rejected records: NDJSON that people fix and import again.

Owns the format, for reading and writing: one line `{"_file", "_position", "_error", "record"}` per record.
"""

import contextlib
import filecmp
import json
import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adops_cli import files
from adops_cli.errors import AdopsError, BadRequestError, reason
from adops_cli.files import new_file, publish, working_folder
from adops_cli.legacy.json_files import TABLES, Element, RecordFiles, parse, read_bytes

_KIND = "rejects"
"""A word in the names of working folders."""


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


class Aside:
    """Rejected records on their way into their file, or to nowhere if `file` is None.

    They are in a working file until the import is about to commit. An import that was cut short after that has left the
    file, and finds it again: a file with the same records is not in its way.
    """

    def __init__(self, file: Path | None, working: Path | None) -> None:
        self._file = file
        self._working = working

    def write(self, lines: Iterable[bytes]) -> None:
        """Write the records. `BadRequestError` if the file already exists, with anything else."""
        if self._file is not None and self._working is not None:
            with _unwritable(self._file):
                with self._working.open("wb") as out:
                    out.writelines(lines)
                _require_free(self._file, self._working)

    def keep(self) -> None:
        """Give the file its name, synced to the disk. The last step before the import commits, which can be repeated.

        An import without rejected records makes no file. Raises as `write` does, and `AdopsError` if it is not kept.
        """
        if self._file is None or self._working is None or not self._working.exists():
            return  # there is none, or it is kept already
        with _unwritable(self._file):
            if self._working.stat().st_size:
                try:
                    publish(self._working, self._file)
                except FileExistsError:
                    _require_free(self._file, self._working)


@contextlib.contextmanager
def set_aside(file: Path | None) -> Iterator[Aside]:
    """Yield a place for rejected records, in a working file beside theirs.

    Raises `BadRequestError` if the file's folder does not exist.
    """
    if file is None:
        yield Aside(None, None)
        return
    folder = file.absolute().parent
    if not folder.is_dir():
        raise BadRequestError(f"{file} cannot be written: there is no folder {folder}")
    with contextlib.ExitStack() as stack:
        with _unwritable(file):
            working = new_file(stack.enter_context(working_folder(_KIND, folder)) / "content")
        yield Aside(file, working)


def remove_dead(file: Path) -> None:
    """Remove the working files that a killed process has left beside this one."""
    files.remove_dead(_KIND, file.absolute().parent)


def _require_free(file: Path, working: Path) -> None:
    if os.path.lexists(file) and not (file.is_file() and filecmp.cmp(file, working, shallow=False)):
        raise BadRequestError(
            f"{file} already exists and can contain records to fix", "Name another file for --rejects"
        )


@contextlib.contextmanager
def _unwritable(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = f"the rejected records cannot be written to {file.absolute().parent}: {reason(error)}"
        raise AdopsError(why, "Nothing was imported; name another file with --rejects") from error


def lines(rejected: Iterable[RejectedRecord]) -> Iterator[bytes]:
    """The lines of the file."""
    return map(_line, rejected)


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
