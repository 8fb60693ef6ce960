"""Safe migrations with peewee-migrate: one at a time, all or nothing, never without a backup of existing rows.

Owns the lock, the checks before anything is changed, the history (peewee-migrate's `migratehistory`, and our own
`adops_migration` with checksums) and the order of the steps. The migrations themselves are in `migrations/`. Works on
the bound database.
"""

import contextlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adops_cli import __version__, values
from adops_cli.errors import AdopsError, BadRequestError, BusyError, DatabaseUnusableError, option, words_of
from adops_cli.storage import foreign, migration_files
from adops_cli.storage.engines.base import HISTORY, Engine, newer_than_this
from adops_cli.storage.handle import db, opened_as_is
from adops_cli.storage.models import LEDGER, TABLES
from adops_cli.storage.router import router_of
from adops_cli.storage.schema_backup import back_up, needed_if_changed
from adops_cli.storage.table import now

if TYPE_CHECKING:
    from peewee_migrate import Router

_CHECKSUMS = "adops_migration"
_MADE_BY = {
    "001_initial_schema": TABLES,
    "002_import_ledger": LEDGER[:2],
    "011_books": LEDGER[2:3],
    "013_budgets": LEDGER[3:4],
    "014_findings": LEDGER[4:],
}
_VIEWS_OF = {"015_views": ("daily", "monthly", "lifetime")}


@dataclass(frozen=True)
class Migration:
    """A migration and its state: applied, pending, changed (since it was applied) or missing (its file)."""

    name: str
    state: str
    applied_at: datetime | None = None


@dataclass(frozen=True)
class Done:
    """The migrations that were applied or rolled back, in order. `backup` is None if there were no rows to lose."""

    names: Sequence[str]
    backup: Path | None = None


def status() -> Sequence[Migration]:
    """All migrations, oldest first. Only reads, and never creates a file."""
    with opened_as_is() as engine:
        return states(engine)


def plan(to: str | None = None, *, keep_foreign: bool = False) -> Sequence[str]:
    """The migrations that `migrate` would apply. Raises the same errors, and only reads."""
    with opened_as_is() as engine:
        if engine.must_be_made():
            return _pending(_files_only(), to)
        with engine.snapshot():  # another process can be migrating right now
            names = pending(engine, to)
            _require_free_names(engine)
            if not keep_foreign:
                foreign.refuse_in_copy(engine)
            return names


def migrate(to: str | None = None, *, keep_foreign: bool = False) -> Done:
    """Apply the pending migrations, up to and including `to`. Creates the database if it does not exist.

    Each is a transaction of its own. Those that create a new database are one, so that nobody sees it incomplete.
    Raises `BadRequestError` for an unknown name, `DatabaseUnusableError` for a database that a newer adops has
    migrated or, without `keep_foreign`, a copy with triggers that are not ours, and `AdopsError` for files that do not
    match the history; then nothing is changed.
    """
    plan(to, keep_foreign=keep_foreign)  # checks everything before anything is created
    with session(create=True) as engine:
        return apply(engine, to)


def rollback(steps: int = 1) -> Done:
    """Roll back the newest migrations. Each needs a `rollback()` in its file, which is checked before any is run."""
    with session() as engine:
        names = rollback_plan(steps, engine)
        with needed_if_changed(engine, back_up(engine)) as copy:
            router = router_of(engine)
            for name in names:
                _run(engine, router, name, downgrade=True)
        return Done(names, copy)


def rollback_plan(steps: int, engine: Engine | None = None) -> Sequence[str]:
    """The migrations that `rollback` would roll back, newest first. Raises the same errors."""
    if engine is None:
        with opened_as_is() as opened:
            return rollback_plan(steps, opened)
    found = states(engine)
    _require_sound(found)
    applied = [migration.name for migration in found if migration.state == "applied"]
    if not 1 <= steps <= len(applied):
        raise BadRequestError(f"{steps} migrations cannot be rolled back", f"Applied: {', '.join(applied) or 'none'}")
    return applied[::-1][:steps]


@contextlib.contextmanager
def session(*, create: bool = False) -> Iterator[Engine]:
    """The bound database with any schema, locked against other migrations and prepared for migrating."""
    with opened_as_is(create=create) as engine, engine.migrating(create=create):
        engine.before_migrating()
        yield engine


def pending(engine: Engine, to: str | None = None) -> Sequence[str]:
    """The migrations to apply, oldest first. Raises everything that prevents them, apart from existing tables."""
    return _pending(states(engine), to)


def apply(engine: Engine, to: str | None = None, *, in_transaction: bool = False) -> Done:
    """`migrate` within a `session`. Within a transaction of its own, the caller backs up and checks references."""
    names = pending(engine, to)
    _require_free_names(engine)
    with needed_if_changed(engine, None if in_transaction or not names else back_up(engine)) as copy:
        router = router_of(engine)
        is_new = HISTORY not in engine.get_tables()
        with engine.atomic() if is_new else contextlib.nullcontext():
            for name in names:
                _run(engine, router, name, rows_are_aside=in_transaction)
    engine.after_migrating()
    return Done(names, copy)


def states(engine: Engine) -> Sequence[Migration]:
    """The state of each migration, from the database and the files in the folder."""
    files = migration_files.by_name()
    tables = engine.get_tables()
    with engine.text_as_it_is():
        rows = engine.execute_sql(f"SELECT name, migrated_at FROM {HISTORY}").fetchall() if HISTORY in tables else []
        known = engine.execute_sql(f"SELECT name, sha256 FROM {_CHECKSUMS}").fetchall() if _CHECKSUMS in tables else []
    sums, applied = dict(known), {str(name): moment for name, moment in rows}

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
    """When a migration was applied; None if another program wrote something that is not a time."""
    try:
        return None if written is None else values.instant(str(written))
    except ValueError:
        return None


def _files_only() -> Sequence[Migration]:
    return [Migration(name, "pending") for name in migration_files.by_name()]


def _pending(found: Sequence[Migration], to: str | None) -> Sequence[str]:
    """The names of the migrations to apply, after all checks."""
    _require_sound(found)
    pending = [migration.name for migration in found if migration.state == "pending"]
    if to is not None and to not in pending:
        _refuse_target(to, found)
    names = pending if to is None else pending[: pending.index(to) + 1]
    applied = [migration.name for migration in found if migration.state == "applied"]
    if names and applied and names[0] < applied[-1]:
        raise AdopsError(f"{names[0]} was added after {applied[-1]} had been applied", "Give it the next free number")
    for name in names:
        migration_files.require_both_ways(name)
    return names


def _refuse_target(to: str, found: Sequence[Migration]) -> None:
    import difflib  # noqa: PLC0415 - only an error needs it

    names = [migration.name for migration in found]
    if to in names:
        raise BadRequestError(f"{to} is already applied", "Use `adops db rollback` to roll back migrations")
    close = difflib.get_close_matches(to, names, n=3, cutoff=0.4) or names
    raise BadRequestError(f"there is no migration {to!r}", f"Did you mean {', '.join(close)}?")


def _require_sound(found: Sequence[Migration]) -> None:
    """Stop before anything is changed if the history and the files do not match."""
    name = db.name
    if missing := [migration.name for migration in found if migration.state == "missing"]:
        raise newer_than_this(name, missing)
    if changed := [migration.name for migration in found if migration.state == "changed"]:
        raise DatabaseUnusableError(
            f"the file of migration {changed[0]} has been changed since it was applied to {name}",
            "Restore the file, and put the change into a new migration",
        )


def _require_free_names(engine: Engine) -> None:
    """Stop if a foreign table or view has the name of one of ours: peewee-migrate would take it for that."""
    pending = {migration.name for migration in states(engine) if migration.state == "pending"}
    to_make = [model for name, models in _MADE_BY.items() if name in pending for model in models]
    names = {model._meta.table_name for model in to_make}
    names.update(view for name, views in _VIEWS_OF.items() if name in pending for view in views)
    views = {view.name for view in engine.get_views()}
    if taken := sorted(names & {*engine.get_tables(), *views}):
        what = "view" if taken[0] in views else "table"
        raise DatabaseUnusableError(
            f"{engine.name} has a {what} {taken[0]} that belongs neither to adops nor to the Node system",
            f"Rename that {what}, or choose another database with {option('url')}",
        )


def _run(engine: Engine, router: "Router", name: str, *, downgrade: bool = False, rows_are_aside: bool = False) -> None:
    """Run one migration and record it, in one transaction. A dangling reference makes it fail.

    With `rows_are_aside`, the tables are still empty, so the caller must check the references.
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
        what = "rolled back" if downgrade else "applied"
        kind = DatabaseUnusableError if isinstance(error, DatabaseUnusableError) else AdopsError
        raise kind(f"migration {name} could not be {what}: {words_of(error)}", "It left nothing behind") from error


def _require_references(engine: Engine) -> None:
    """Raise an error if a reference leads nowhere now, and did not before.

    Scripts that do not check references leave such rows. The migration is not to blame for them.
    """
    if not (dangling := engine.dangling_references()):
        return
    before = Counter((table, parent) for table, _, parent in engine.dangling_references(committed=True))
    for table, row, parent in dangling:
        before[table, parent] -= 1
        if before[table, parent] < 0:
            raise AdopsError(f"row {row} of {table} would refer to an unknown row of {parent}")


def _record(engine: Engine, name: str, began: float, *, downgrade: bool) -> None:
    if downgrade:
        engine.execute_sql(f"DELETE FROM {_CHECKSUMS} WHERE name = {engine.param}", (name,))
        return
    engine.execute_sql(
        f"CREATE TABLE IF NOT EXISTS {_CHECKSUMS} "
        "(name TEXT NOT NULL PRIMARY KEY, sha256 TEXT NOT NULL, applied_at TEXT NOT NULL, "
        "adops_version TEXT NOT NULL, duration_ms INTEGER NOT NULL)"
    )
    marks = ", ".join([engine.param] * 5)
    engine.execute_sql(
        f"INSERT INTO {_CHECKSUMS} VALUES ({marks})",
        (
            name,
            migration_files.checksum(migration_files.by_name()[name]),
            values.written_instant(now()),
            __version__,
            round((time.monotonic() - began) * 1000),
        ),
    )
