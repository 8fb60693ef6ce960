"""The care of a database file: make it small again, describe it, open its shell. Works on the bound database."""

import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adops_cli import schema
from adops_cli.database import Sqlite, db, known_migrations, opened_as_is
from adops_cli.errors import AdopsError, DatabaseUnusableError
from adops_cli.models import LEDGER, TABLES, Table, fields_of

_NEWEST = ("created_at", "timestamp", "date", "imported_at", "date_to")
"""The fields that say how new a row is; each table has one."""


@dataclass(frozen=True)
class Optimized:
    """The size of a database in bytes, before and after."""

    before: int
    after: int

    @property
    def gained(self) -> int:
        """How much smaller it became; below zero when the new statistics took more than was free."""
        return self.before - self.after


@dataclass(frozen=True)
class TableInfo:
    """One table: its rows, and when the newest of them was made (its day, for daily figures)."""

    table: str
    rows: int
    newest: str | None


@dataclass(frozen=True)
class Info:
    """What a database is."""

    database: Path
    engine: str
    bytes: int
    """The file and its write-ahead log."""
    journal_mode: str
    schema: str | None
    """The newest migration; None of a database that adops has not migrated."""
    pending: int
    tables: Sequence[TableInfo]


def optimize() -> Optimized:
    """Renew the statistics that queries are planned by, and give free space back to the disk."""
    engine = _engine()
    before = _size(engine)
    for statement in ("ANALYZE", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
        engine.execute_sql(statement)
    return Optimized(before, _size(engine))


def info() -> Info:
    """What the bound database is and holds, whatever its schema is."""
    with opened_as_is() as engine:
        found = set(engine.get_tables())
        states = [migration for migration in schema.states(engine) if migration.state != "pending"]
        return Info(
            database=engine.path,
            engine=f"SQLite {sqlite3.sqlite_version}",
            bytes=sum(path.stat().st_size for path in (engine.path, _beside(engine.path, "-wal")) if path.exists()),
            journal_mode=engine.journal_mode,
            schema=states[-1].name if states else None,
            pending=len(set(known_migrations()) - {migration.name for migration in states}),
            tables=[_table_info(engine, model) for model in (*TABLES, *LEDGER) if model._meta.table_name in found],
        )


def shell(arguments: Sequence[str]) -> int:
    """Hand the terminal over to the `sqlite3` program on the bound database; its exit code."""
    path = _engine().path
    if not path.exists():
        raise DatabaseUnusableError(f"there is no database at {path}", "Create it with `adops db migrate`")
    program = shutil.which("sqlite3")
    if program is None:
        raise AdopsError(
            "the program sqlite3 is not on this machine",
            "Install it, as with `apt install sqlite3` or `brew install sqlite`, or get it from sqlite.org",
        )
    ours = signal.signal(signal.SIGINT, lambda _signal, _frame: None)  # Ctrl-C belongs to the shell
    try:
        return subprocess.run([program, str(path), *arguments], check=False).returncode  # noqa: S603 - the user's own
    finally:
        signal.signal(signal.SIGINT, ours)


def _engine() -> Sqlite:
    engine: Sqlite = db.obj or db.connection()  # the second only raises, saying that nothing is bound
    engine.require_file()
    return engine


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _size(engine: Sqlite) -> int:
    return int(engine.execute_sql("PRAGMA page_count").fetchone()[0]) * int(engine.page_size)


def _table_info(engine: Sqlite, model: type[Table]) -> TableInfo:
    fields = fields_of(model)
    column = next(fields[name].column_name for name in _NEWEST if name in fields)
    table = model._meta.table_name
    return TableInfo(
        table,
        engine.execute_sql(f'SELECT count(*) FROM "{table}"').fetchone()[0],
        engine.execute_sql(f'SELECT max("{column}") FROM "{table}"').fetchone()[0],
    )
