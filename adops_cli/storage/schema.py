"""Migrations by peewee-migrate, made safe: one at a time, all or nothing, never without a backup of what is there.

Owns the lock, the checks before anything is touched, the history (`migratehistory` of peewee-migrate, and beside it
`adops_migration` with checksums), the order of things. What a migration does stands in `migrations/`. Works on the
bound database.
"""

import contextlib
import logging
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adops_cli import __version__, settings, values
from adops_cli.errors import AdopsError, BadRequestError, BusyError, DatabaseUnusableError
from adops_cli.storage import backup, migration_files
from adops_cli.storage.engines.base import HISTORY, newer_than_this
from adops_cli.storage.engines.sqlite import MEMORY, Sqlite
from adops_cli.storage.handle import db, opened_as_is
from adops_cli.storage.models import LEDGER, TABLES, now

if TYPE_CHECKING:
    from peewee_migrate import Router

_LEDGER = "adops_migration"
_MADE_BY = {"001_initial_schema": TABLES, "002_import_ledger": LEDGER}
_BOOKKEEPING = (HISTORY, _LEDGER, "sqlite_sequence")
Database = Any
"""An engine, opened as it is."""


@dataclass(frozen=True)
class Migration:
    """A migration and where it stands: applied, pending, changed (since it was applied) or missing (its file is)."""

    name: str
    state: str
    applied_at: datetime | None = None


@dataclass(frozen=True)
class Done:
    """What migrating or rolling back did, in this order; `backup` is None where there were no rows to lose."""

    names: Sequence[str]
    backup: Path | None = None


def status() -> Sequence[Migration]:
    """All migrations, oldest first. Reads only, and never makes a file."""
    with opened_as_is() as engine:
        return states(engine)


def plan(to: str | None = None) -> Sequence[str]:
    """The migrations that `migrate` would apply; raises what it would raise. Reads only."""
    with opened_as_is() as engine:
        if isinstance(engine, Sqlite) and engine.database != MEMORY and not engine.path.exists():
            return _pending(_files_only(), to)
        with engine.snapshot():  # somebody else may just be migrating
            names = pending(engine, to)
            _require_free_names(engine)
            return names


def migrate(to: str | None = None) -> Done:
    """Apply the pending migrations, up to and including `to`; makes the database where there is none.

    Each is a transaction of its own. Raises `BadRequestError` for an unknown name, `DatabaseUnusableError` for a
    database that a newer adops has migrated, `AdopsError` for files that do not fit the history; nothing is touched
    then.
    """
    plan(to)  # asked before anything is made
    with session(create=True) as engine:
        return apply(engine, to)


def rollback(steps: int = 1) -> Done:
    """Take back the newest migrations; each needs a `rollback()` in its file, which is asked before any is run."""
    with session() as engine:
        names = rollback_plan(steps, engine)
        copy = back_up(engine)
        router = _router(engine)
        for name in names:
            _run(engine, router, name, downgrade=True)
        return Done(names, copy)


def rollback_plan(steps: int, engine: Database | None = None) -> Sequence[str]:
    """The migrations that `rollback` would take back, newest first; raises what it would raise."""
    if engine is None:
        with opened_as_is() as opened:
            return rollback_plan(steps, opened)
    found = states(engine)
    _require_sound(found)
    applied = [migration.name for migration in found if migration.state == "applied"]
    if not 1 <= steps <= len(applied):
        raise BadRequestError(f"{steps} migrations cannot be taken back", f"Applied: {', '.join(applied) or 'none'}")
    return applied[::-1][:steps]


@contextlib.contextmanager
def session(*, create: bool = False) -> Iterator[Database]:
    """The bound database as it is, alone among all that migrate it; on SQLite with foreign keys off.

    Off before any transaction: inside one SQLite ignores the switch, and a rebuilt table would take its children along.
    """
    with opened_as_is(create=create) as engine, locked(engine, create=create):
        if isinstance(engine, Sqlite):
            engine.foreign_keys = 0
            engine.synchronous = 2  # full: a schema is not changed often
        yield engine


def pending(engine: Database, to: str | None = None) -> Sequence[str]:
    """The migrations to apply, oldest first; raises what stands in the way of them all, whatever tables there are."""
    return _pending(states(engine), to)


def apply(engine: Database, to: str | None = None, *, part_of_take_over: bool = False) -> Done:
    """`migrate` inside a `session`; as a part of a take-over, which sees to the backup and the references itself."""
    names = pending(engine, to)
    _require_free_names(engine)
    copy = None if part_of_take_over or not names else back_up(engine)
    router = _router(engine)
    for name in names:
        _run(engine, router, name, rows_are_aside=part_of_take_over)
    if isinstance(engine, Sqlite) and not engine.in_transaction():
        engine.journal_mode = "wal"
    return Done(names, copy)


def back_up(engine: Database) -> Path | None:
    """A checked copy of a database file that holds rows; None of one that holds none.

    None of a server's, too: there each migration is a transaction that leaves nothing behind when it fails, and where
    its backups are kept is the server's business (`adops db backup` makes one).
    """
    if not isinstance(engine, Sqlite):
        return None
    tables = [name for name in engine.get_tables() if name not in _BOOKKEEPING]
    if any(engine.execute_sql(f'SELECT EXISTS (SELECT 1 FROM "{name}")').fetchone()[0] for name in tables):
        return backup.make(engine)
    return None


def states(engine: Database) -> Sequence[Migration]:
    """Where each migration stands, by what the database says of it and what the folder holds."""
    files = migration_files.by_name()
    tables = engine.get_tables()
    rows = engine.execute_sql(f"SELECT name, migrated_at FROM {HISTORY}").fetchall() if HISTORY in tables else []
    known = engine.execute_sql(f"SELECT name, sha256 FROM {_LEDGER}").fetchall() if _LEDGER in tables else []
    sums, applied = dict(known), dict(rows)

    def state(name: str) -> str:
        if name not in applied:
            return "pending"
        if name not in files:
            return "missing"
        sound = name not in sums or migration_files.is_applied_text(name, files[name], sums[name])
        return "applied" if sound else "changed"

    names = sorted({*files, *applied})
    return [Migration(name, state(name), _time(applied.get(name))) for name in names]


def _time(written: Any) -> datetime | None:
    """When a migration was applied; None where somebody else wrote what is no time."""
    try:
        return None if written is None else values.instant(str(written))
    except ValueError:
        return None


def _files_only() -> Sequence[Migration]:
    return [Migration(name, "pending") for name in migration_files.by_name()]


def _pending(found: Sequence[Migration], to: str | None) -> Sequence[str]:
    """The names to apply, after all that could be wrong was asked."""
    _require_sound(found)
    pending = [migration.name for migration in found if migration.state == "pending"]
    if to is not None and to not in pending:
        _refuse_target(to, found)
    names = pending if to is None else pending[: pending.index(to) + 1]
    applied = [migration.name for migration in found if migration.state == "applied"]
    if names and applied and names[0] < applied[-1]:
        raise AdopsError(f"{names[0]} came after {applied[-1]} had been applied", "Give it the next free number")
    for name in names:
        migration_files.require_both_ways(name)
    return names


def _refuse_target(to: str, found: Sequence[Migration]) -> None:
    import difflib  # noqa: PLC0415 - only an error needs it

    names = [migration.name for migration in found]
    if to in names:
        raise BadRequestError(f"{to} is applied already", "`adops db rollback` takes migrations back")
    close = difflib.get_close_matches(to, names, n=3, cutoff=0.4) or names
    raise BadRequestError(f"there is no migration {to!r}", f"The nearest are {', '.join(close)}")


def _require_sound(found: Sequence[Migration]) -> None:
    """Stop before anything is touched when the history and the files do not fit."""
    name = db.obj.name
    if missing := [migration.name for migration in found if migration.state == "missing"]:
        raise newer_than_this(name, missing)
    if changed := [migration.name for migration in found if migration.state == "changed"]:
        raise DatabaseUnusableError(
            f"the file of migration {changed[0]} was changed after {name} had been migrated with it",
            "Restore the file; put the change into a new migration",
        )


def _require_free_names(engine: Database) -> None:
    """Stop where somebody else's table has the name of ours: peewee-migrate would take it for the one it is to make."""
    pending = {migration.name for migration in states(engine) if migration.state == "pending"}
    to_make = [model for name, models in _MADE_BY.items() if name in pending for model in models]
    if taken := sorted({model._meta.table_name for model in to_make} & set(engine.get_tables())):
        raise DatabaseUnusableError(
            f"{engine.name} holds a table {taken[0]} that is neither of adops nor of the Node system",
            "Rename that table, or choose another database with --database",
        )


def _run(
    engine: Database, router: "Router", name: str, *, downgrade: bool = False, rows_are_aside: bool = False
) -> None:
    """One migration and its records in one transaction, which no dangling reference survives.

    With `rows_are_aside` the tables are still empty, and so their references are for the caller to check.
    """
    began = time.monotonic()
    try:
        with engine.atomic():
            router.run_one(name, router.migrator, fake=False, downgrade=downgrade)
            _record(engine, name, began, downgrade=downgrade)
            if not rows_are_aside:
                _require_references(engine)
    except BusyError:
        raise
    except Exception as error:
        what = "taken back" if downgrade else "applied"
        kind = DatabaseUnusableError if isinstance(error, DatabaseUnusableError) else AdopsError
        raise kind(f"migration {name} could not be {what}: {error}", "It left nothing behind") from error


def _require_references(engine: Database) -> None:
    """PostgreSQL watches over them itself; on SQLite they are not watched while it migrates.

    Those that referred to nothing before, as scripts that do not watch over them leave them, are no fault of it.
    """
    if not isinstance(engine, Sqlite) or not (dangling := engine.execute_sql(_DANGLING).fetchall()):
        return
    before = Counter[tuple[str, str]]()
    if engine.database != MEMORY:
        with contextlib.closing(backup.reader(engine.path, engine.timeout)) as committed:
            before.update((row[0], row[2]) for row in committed.execute(_DANGLING))
    for table, row, parent, _ in dangling:
        before[table, parent] -= 1
        if before[table, parent] < 0:
            raise AdopsError(f"row {row} of {table} would refer to nothing in {parent}")


_DANGLING = "PRAGMA foreign_key_check"


def _record(engine: Database, name: str, began: float, *, downgrade: bool) -> None:
    if downgrade:
        engine.execute_sql(f"DELETE FROM {_LEDGER} WHERE name = {engine.param}", (name,))
        return
    engine.execute_sql(
        f"CREATE TABLE IF NOT EXISTS {_LEDGER} "
        "(name TEXT NOT NULL PRIMARY KEY, sha256 TEXT NOT NULL, applied_at TEXT NOT NULL, "
        "adops_version TEXT NOT NULL, duration_ms INTEGER NOT NULL)"
    )
    marks = ", ".join([engine.param] * 5)
    engine.execute_sql(
        f"INSERT INTO {_LEDGER} VALUES ({marks})",
        (
            name,
            migration_files.checksum(migration_files.by_name()[name]),
            values.written_instant(now()),
            __version__,
            round((time.monotonic() - began) * 1000),
        ),
    )


def _router(engine: Database) -> "Router":
    """peewee-migrate's router, which reads files as UTF-8, names them in tracebacks, and keeps quiet."""
    from peewee_migrate import Router  # noqa: PLC0415 - slow, and few commands need it

    class OurRouter(Router):
        def read(self, name: str) -> tuple[Any, Any]:
            file = self.migrate_dir / f"{name}.py"
            scope: dict[str, Any] = {}
            with _importable(self.migrate_dir):
                exec(compile(file.read_bytes(), str(file), "exec"), scope)  # noqa: S102 - a migration of ours
            return scope["migrate"], scope["rollback"]

    logger = logging.getLogger("adops_cli.migrations")
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)  # what goes wrong is raised, and told once
    return OurRouter(engine, migrate_dir=settings.shipped("migrations"), logger=logger)


@contextlib.contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let a migration import what lies beside it, in a checkout and in an installed package alike."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


@contextlib.contextmanager
def locked(engine: Database, *, create: bool) -> Iterator[None]:
    """Keep other processes from migrating the same database; the lock is freed when its process dies."""
    if isinstance(engine, Sqlite):
        with _file_locked(engine, create=create):
            yield
    else:
        with engine.migrating():
            yield


@contextlib.contextmanager
def _file_locked(engine: Sqlite, *, create: bool) -> Iterator[None]:
    from filelock import FileLock, Timeout  # noqa: PLC0415 - few commands need it

    if engine.database == MEMORY:
        yield
        return
    if create:
        engine.make_folder()
    elif not engine.path.exists():
        engine.connection()  # says that there is none
    # One lock for the file, whichever link leads to it.
    lock = FileLock(f"{engine.path.resolve()}.migrate-lock", timeout=engine.timeout, mode=0o600)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError(
            f"another process is migrating {engine.path}; gave up after {engine.timeout:g} s", "Try again"
        ) from error
    except OSError as error:
        raise DatabaseUnusableError(
            f"{engine.path} cannot be migrated: its lock {lock.lock_file}: {error.strerror}",
            "Check the permissions of the folder",
        ) from error
    try:
        yield
    finally:
        lock.release()
