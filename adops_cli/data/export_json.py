"""Exports the tables as a folder of JSON files in the Node system's form, which `import-json` and JSON mode read.

Creates the whole folder or nothing, and overwrites nothing.
"""

import heapq
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adops_cli import values
from adops_cli.data.access import reading
from adops_cli.errors import AdopsError, ConflictError, UnreadableRowError, reason
from adops_cli.files import make_folder, new_file, remove_dead, sync_folder, working_folder
from adops_cli.legacy import json_files
from adops_cli.storage import other_forms
from adops_cli.storage.column import as_sql
from adops_cli.storage.fields import key_of
from adops_cli.storage.handle import db
from adops_cli.storage.models import newest_of
from adops_cli.storage.table import Table, columns_of, fields_of
from adops_cli.values import attribute

_WORKING = "export"
"""The kind of the folders in which exports are made."""


@dataclass(frozen=True)
class Exported:
    """The file of one table, and how many records it has."""

    file: str
    records: int


def export_json(folder: Path) -> Sequence[Exported]:
    """Write all rows of all tables, as of one moment, while other processes write. Includes softly deleted projects.

    Each file is a list with one record per line, oldest first. Money is a JSON number, times and days are in our one
    form, JSON columns are values. A row that cannot be read is left out, with an `UnreadableRowWarning` that names it.
    Raises `ConflictError` if the folder exists and is not empty, and `AdopsError` if it cannot be written; then nothing
    is created.
    """
    folder = folder.absolute()
    remove_dead(_WORKING, folder.parent)  # what a kill has left goes also when the name is taken
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ConflictError(f"{folder} is not empty, and an export overwrites nothing", "Name a new folder")
        with db.snapshot():
            make_folder(folder.parent)
            with working_folder(_WORKING, folder.parent) as working:
                make_folder(aside := working / "content")
                done = [_write(model, new_file(aside / f"{name}.json")) for name, model in json_files.TABLES.items()]
                sync_folder(aside)
                aside.rename(folder)
                sync_folder(folder.parent)
    except OSError as error:
        raise AdopsError(f"{folder} cannot be written: {reason(error)}", "Nothing was exported") from error
    return done


def _write(model: type[Table], file: Path) -> Exported:
    """Write the rows in their stored form, which is fast, unless one is in another form or cannot be read."""
    everything = fields_of(model)
    try:
        if other_forms.present(model, everything.keys()) is None:
            with db.translated_errors():
                return _written(file, (json_files.record(model, row) for row in db.stream(_query(model))))
    except UnreadableRowError:
        pass  # reported below
    return _written(file, _as_read(model))


def _written(file: Path, records: Iterable[Mapping[str, Any]]) -> Exported:
    count = 0
    with file.open("w", encoding="utf-8", newline="\n") as out:
        for record in records:
            line = json.dumps(record, ensure_ascii=False, allow_nan=False, default=_unreadable)
            out.write(f"{',' if count else '['}\n  {line}")
            count += 1
        out.write("\n]\n" if count else "[]\n")
        out.flush()
        os.fsync(out.fileno())
    return Exported(file.name, count)


def _unreadable(value: Any) -> Any:
    """For bytes, which another program has stored."""
    raise UnreadableRowError(f"a column holds {values.shown(as_sql(value))}, which cannot be read")


def _query(model: type[Table], condition: str = "") -> str:
    names = ", ".join(f'"{key}"' for key in columns_of(model))
    oldest_first = ", ".join(f'"{key_of(field)}"' for field in (newest_of(model), fields_of(model)["id"]))
    return f'SELECT {names} FROM "{model._meta.table_name}" {condition} ORDER BY {oldest_first}'


def _as_read(model: type[Table]) -> Iterator[Mapping[str, Any]]:
    """The records with each value in our form, oldest first. Those that cannot be read are left out, with a warning."""
    fields = fields_of(model)
    newest = attribute(key_of(newest_of(model)))

    def age(cells: Mapping[str, Any]) -> tuple[Any, ...]:
        return cells[newest] is not None, cells[newest] or 0, cells["id"]

    others = other_forms.present(model, [newest])
    with db.text_as_it_is(), db.translated_errors():
        ours = _readable(model, _query(model, f"WHERE {others.sql} IS NOT TRUE" if others else ""))
        rest = sorted(_readable(model, _query(model, f"WHERE {others.sql}")), key=age) if others else []
        for cells in heapq.merge(ours, rest, key=age) if rest else ours:
            yield {key_of(fields[name]): json_files.value_written(fields[name], cells[name]) for name in cells}


def _readable(model: type[Table], sql: str) -> Iterator[dict[str, Any]]:
    for raw in db.stream(sql):
        cells, wrong = reading.read_cells(list(fields_of(model).values()), raw)
        if wrong:
            reading.Unread(model._meta.table_name, raw[0], "; ".join(wrong.values())).tell()
        else:
            yield cells
