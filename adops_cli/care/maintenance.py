"""Maintains a database: backs it up, makes it smaller, describes it, opens its shell. Works on the bound database."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adops_cli.data.access import reading
from adops_cli.data.journal import controls
from adops_cli.errors import AdopsError, BusyError, DatabaseUnusableError, option, reason
from adops_cli.legacy import json_files
from adops_cli.storage import backup, dump, other_forms, schema
from adops_cli.storage.engines import citus
from adops_cli.storage.engines.base import HISTORY, Engine, is_knex, known_migrations, no_database
from adops_cli.storage.engines.postgres import Postgres
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.fields import key_of
from adops_cli.storage.handle import current, opened_as_is
from adops_cli.storage.models import LEDGER, TABLES, newest_of
from adops_cli.storage.rollups import build, state
from adops_cli.storage.table import Table
from adops_cli.values import attribute

_PAUSE = 0.2
"""Seconds between two tries to open a database."""
_BACKUPS: dict[type, Any] = {Sqlite: backup.make, Postgres: dump.make}


@dataclass(frozen=True)
class Optimized:
    """The size of a database in bytes, before and after."""

    before: int
    after: int

    @property
    def gained(self) -> int:
        """How many bytes were saved: 0 if the new statistics take more space than was free."""
        return max(0, self.before - self.after)


@dataclass(frozen=True)
class TableInfo:
    """One table: the number of its rows, and when the newest was created (for daily figures, its day)."""

    table: str
    rows: int
    newest: str | None


@dataclass(frozen=True)
class Info:
    """The description of a database."""

    database: str
    """A path, or a URL without its password."""
    engine: str
    bytes: int
    """Of a file and its write-ahead log, or as reported by the server."""
    journal_mode: str | None
    """None if it is left to the server."""
    schema: str | None
    """The newest migration; None if adops has not migrated the database."""
    pending: int
    tables: Sequence[TableInfo]
    lacks: str | None
    """What a cluster of servers lacks, and what to do about it."""
    distributed: str
    """How the rows are spread over such a cluster. Empty if they are not."""


def back_up(target: Path | None = None) -> Path:
    """Copy the database as of this moment, while other processes write. Return the path of the copy.

    The copy is a SQLite file, or a PostgreSQL dump. Raises `DatabaseUnusableError` for a database that has none of our
    tables, and as `backup.make` and `dump.make` do.
    """
    engine = _engine()
    _require_ours(engine)
    copy: Path = _BACKUPS[type(engine)](engine, target)
    return copy


def _require_ours(engine: Engine) -> None:
    """Refuse a database without tables of adops or of the Node system: its copy would only look like a backup."""
    if not engine.exists():
        raise no_database(engine.name)
    with opened_as_is():
        tables = set(engine.get_tables())
        applied = engine.execute_sql(f"SELECT name FROM {HISTORY}").fetchall() if HISTORY in tables else []
    if not is_knex(tables) and not {name for (name,) in applied} & set(known_migrations()):
        what = "has tables, but none of adops" if tables else "is empty"
        raise DatabaseUnusableError(
            f"{engine.name} {what}: there is nothing to back up", f"Name the database of adops with {option('url')}"
        )


def remove_older_backups(copy: Path, *, keep: int) -> Sequence[Path]:
    """Remove older copies of the same database that have names of our own. Return which.

    Args:
        copy: the newest copy, which is complete.
        keep: how many to keep, this one among them.
    """
    removed = []
    for old in backup.older_than(copy)[keep - 1 :]:
        try:
            old.unlink(missing_ok=True)
        except OSError as error:
            raise AdopsError(
                f"the backup {copy} was made, but the older {old} cannot be removed: {reason(error)}",
                "Check the permissions of the folder",
            ) from error
        removed.append(old)
    return removed


def optimize() -> Optimized:
    """Add up what other programs have changed, update the statistics of the query planner, and release free space."""
    engine = _engine()
    engine.require_writable()
    before = engine.size()
    build.refresh()
    controls.complete()
    engine.optimize([*(model._meta.table_name for model in TABLES), *state.TABLES])
    return Optimized(before, engine.size())


def stale_months() -> int:
    """How many months of figures are still to be added up. 0 before the database has the tables for it."""
    with opened_as_is() as engine:
        return len(state.marked_months()) if not state.missing_triggers() and engine.exists() else 0


def add_up(progress: Callable[[int], None]) -> None:
    """Add up the figures of all months that are not up to date, one after another. `progress` is called with 1 each.

    Gives up where another process is busy. Whatever is left is done by `optimize`; reports are right meanwhile.
    """
    with opened_as_is(), contextlib.suppress(BusyError):
        try:
            build.refresh(advance=lambda _month: progress(1))
        except KeyboardInterrupt as error:
            raise KeyboardInterrupt(
                "the database is migrated, and reports are right; `adops db optimize` adds up the other months"
            ) from error


def uncontrolled() -> int:
    """How many campaigns are still to be controlled: what their days were when the book began."""
    with opened_as_is() as engine:
        has_controls = engine.exists() and any(one.name == "controls" for one in engine.get_columns("import_changes"))
        return controls.missing() if has_controls else 0  # an older schema has the table without them


def control(progress: Callable[[int], None]) -> None:
    """Write down what the days of each campaign were when the book began. `optimize` does what is left."""
    with opened_as_is(), contextlib.suppress(BusyError):
        controls.complete(progress)


def wait(timeout: float) -> None:
    """Return as soon as the bound database can be opened, with any schema: a server answers, a file is there.

    Raises `DatabaseUnusableError` with the last reason after `timeout` seconds.
    """
    engine = _engine()
    until = time.monotonic() + timeout
    while True:
        left = max(0.0, until - time.monotonic())
        engine.timeout, engine.connect_seconds = min(engine.timeout, left), min(engine.connect_seconds, left)
        try:
            with opened_as_is():
                engine.get_tables()
        except (DatabaseUnusableError, BusyError) as error:
            if left <= 0:
                raise DatabaseUnusableError(f"gave up after {timeout:g} s: {error.message}", error.hint) from error
            time.sleep(min(_PAUSE, left))
        else:
            return


def info() -> Info:
    """Describe the bound database and its content, with any schema."""
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
            lacks=citus.missing_settings(engine) if isinstance(engine, Postgres) else None,
            distributed=engine.distributed,
        )


def shell(arguments: Sequence[str]) -> int:
    """Run the database's own terminal program, `sqlite3` or `psql`. Return its exit code."""
    engine = _engine()
    if not engine.exists():
        raise no_database(engine.name)
    with engine.client() as client:
        program = shutil.which(client.program)
        if program is None:
            raise AdopsError(f"the program {client.program} is not installed", client.how_to_get)
        ours = signal.signal(signal.SIGINT, lambda _signal, _frame: None)  # Ctrl-C belongs to the shell
        command, environment = [program, client.database, *arguments], {**os.environ, **client.variables}
        try:
            return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - the user's own
        finally:
            signal.signal(signal.SIGINT, ours)


def _engine() -> Engine:
    engine = current()
    engine.require_database()
    return engine


def _table_info(engine: Engine, model: type[Table]) -> TableInfo:
    table, newest = model._meta.table_name, newest_of(model)
    key, name = key_of(newest), attribute(key_of(newest))
    others = other_forms.present(model, [name])
    ours = "" if others is None else f" FILTER (WHERE {others.sql} IS NOT TRUE)"
    rows, last = engine.execute_sql(f'SELECT count(*), max("{key}"){ours} FROM "{table}"').fetchone()
    found = [last] if last is not None else []
    found += [row[name] for row in reading.in_other_forms(model, [name]) if row[name] is not None]
    return TableInfo(table, rows, max((json_files.value_written(newest, value) for value in found), default=None))
