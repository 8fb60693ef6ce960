"""Exports the tables as a folder of JSON files in the Node system's form, which `import-json` and JSON mode read.

Creates the whole folder or nothing, and overwrites nothing.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adops_cli.errors import AdopsError, ConflictError
from adops_cli.files import sync_folder
from adops_cli.legacy import json_files
from adops_cli.storage.fields import key_of
from adops_cli.storage.handle import db
from adops_cli.storage.models import Table, columns_of, fields_of, newest_of


@dataclass(frozen=True)
class Exported:
    """The file of one table, and how many records it has."""

    file: str
    records: int


def export_json(folder: Path) -> Sequence[Exported]:
    """Write all rows of all tables, as of one moment, while other processes write. Includes softly deleted projects.

    Each file is a list with one record per line, oldest first. Money is a JSON number, times and days are in our one
    form, JSON columns are values. Raises `ConflictError` if the folder exists and is not empty, and `AdopsError` if it
    cannot be written; then nothing is created.
    """
    folder = folder.absolute()
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ConflictError(f"{folder} is not empty, and an export overwrites nothing", "Name a new folder")
        with db.snapshot():
            folder.parent.mkdir(parents=True, exist_ok=True)
            aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
            try:
                done = [_write(model, aside / f"{name}.json") for name, model in json_files.TABLES.items()]
                sync_folder(aside)
                aside.rename(folder)
                sync_folder(folder.parent)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise AdopsError(f"{folder} cannot be written: {error.strerror}", "Nothing was exported") from error
    return done


def _write(model: type[Table], file: Path) -> Exported:
    # Reads stored values: a model instance for each of ten million rows would only be taken apart again.
    names = ", ".join(f'"{key}"' for key in columns_of(model))
    oldest_first = ", ".join(f'"{key_of(field)}"' for field in (newest_of(model), fields_of(model)["id"]))
    count = 0
    with file.open("w", encoding="utf-8", newline="\n") as out:
        for row in db.stream(f"SELECT {names} FROM {model._meta.table_name} ORDER BY {oldest_first}"):
            line = json.dumps(json_files.record(model, row), ensure_ascii=False, allow_nan=False)
            out.write(f"{',' if count else '['}\n  {line}")
            count += 1
        out.write("\n]\n" if count else "[]\n")
        out.flush()
        os.fsync(out.fileno())
    return Exported(file.name, count)
