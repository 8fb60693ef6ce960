"""Whole tables, for tests that compare them."""

from pathlib import Path
from typing import Any

from adops_cli.storage.engines.base import Engine
from adops_cli.storage.models import TABLES

Snapshot = dict[str, list[Any]]


def snapshot(engine: Engine) -> Snapshot:
    """Every row of every table in its stored form."""
    names = [model._meta.table_name for model in TABLES]
    return {name: sorted(engine.execute_sql(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}


def names(folder: Path) -> list[str]:
    """The content of a folder, except the files that SQLite keeps next to an open database."""
    return sorted(entry.name for entry in folder.iterdir() if not entry.name.endswith(("-shm", "-wal")))
