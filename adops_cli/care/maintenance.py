"""The care of a database: back it up, make it small again, describe it, open its shell. Works on the bound database."""

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adops_cli.data import reading
from adops_cli.errors import AdopsError, DatabaseUnusableError
from adops_cli.legacy import json_files
from adops_cli.storage import backup, dump, other_forms, schema
from adops_cli.storage.engines.base import known_migrations
from adops_cli.storage.engines.postgres import Postgres
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.fields import key_of
from adops_cli.storage.handle import db, opened_as_is
from adops_cli.storage.models import LEDGER, TABLES, Table, newest_of
from adops_cli.values import attribute

_BACKUPS: dict[type, Any] = {Sqlite: backup.make, Postgres: dump.make}


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

    database: str
    """A path, or a URL without its password."""
    engine: str
    bytes: int
    """A file and its write-ahead log, or what the server says."""
    journal_mode: str | None
    """None where that is the server's business."""
    schema: str | None
    """The newest migration; None of a database that adops has not migrated."""
    pending: int
    tables: Sequence[TableInfo]


def back_up(target: Path | None = None) -> Path:
    """Copy the database as it is this moment, beside running writers; where the copy is.

    A SQLite file like the first, or a dump of PostgreSQL's. Raises as `backup.make` and `dump.make` do.
    """
    engine = _engine()
    copy: Path = _BACKUPS[type(engine)](engine, target)
    return copy


def optimize() -> Optimized:
    """Renew the statistics that queries are planned by, and give free space back."""
    engine = _engine()
    before = engine.size()
    engine.optimize([model._meta.table_name for model in TABLES])
    return Optimized(before, engine.size())


def info() -> Info:
    """What the bound database is and holds, whatever its schema is."""
    with opened_as_is() as engine:
        found = set(engine.get_tables())
        states = [migration for migration in schema.states(engine) if migration.state != "pending"]
        return Info(
            database=engine.name,
            engine=engine.product(),
            bytes=engine.bytes_on_disk(),
            journal_mode=engine.mode(),
            schema=states[-1].name if states else None,
            pending=len(set(known_migrations()) - {migration.name for migration in states}),
            tables=[_table_info(engine, model) for model in (*TABLES, *LEDGER) if model._meta.table_name in found],
        )


def shell(arguments: Sequence[str]) -> int:
    """Hand the terminal over to the database's own program, `sqlite3` or `psql`; its exit code."""
    engine = _engine()
    if not engine.exists():
        raise DatabaseUnusableError(f"there is no database at {engine.name}", "Create it with `adops db migrate`")
    client = engine.client()
    program = shutil.which(client.program)
    if program is None:
        raise AdopsError(f"the program {client.program} is not on this machine", client.how_to_get)
    ours = signal.signal(signal.SIGINT, lambda _signal, _frame: None)  # Ctrl-C belongs to the shell
    command, environment = [program, client.database, *arguments], {**os.environ, **client.secrets}
    try:
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - the user's own
    finally:
        signal.signal(signal.SIGINT, ours)


def _engine() -> Any:
    engine = db.obj or db.connection()  # the second only raises, saying that nothing is bound
    engine.require_database()
    return engine


def _table_info(engine: Any, model: type[Table]) -> TableInfo:
    table, newest = model._meta.table_name, newest_of(model)
    key, name = key_of(newest), attribute(key_of(newest))
    others = other_forms.present(model, [name])
    ours = "" if others is None else f" FILTER (WHERE {others.sql} IS NOT TRUE)"
    rows, last = engine.execute_sql(f'SELECT count(*), max("{key}"){ours} FROM "{table}"').fetchone()
    found = [last] if last is not None else []
    found += [row[name] for row in reading.in_other_forms(model, [name]) if row[name] is not None]
    return TableInfo(table, rows, max((json_files.value_written(newest, value) for value in found), default=None))
