"""Takes over a database of the Node system: moves its rows into our tables, in the same file, all of them or none.

The tables are read twice within one transaction: first to check that everything is valid, before a byte is written;
then, after a backup, into our schema. The tables of knex's own migrations are kept, and so is any unknown table.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from adops_cli.data.access import bulk
from adops_cli.data.journal import controls
from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.importers import rejects
from adops_cli.importers.node.knex_rows import Reader, TakeOver
from adops_cli.storage import backup, migration_sql, schema, schema_backup
from adops_cli.storage.engines import base
from adops_cli.storage.engines.sqlite import Sqlite, in_a_file
from adops_cli.storage.handle import db, opened_as_is
from adops_cli.storage.models import TABLES


class OnBadRow(StrEnum):
    """What to do with an invalid row. By default, the take-over stops."""

    DETACH = "detach"
    """Clear a reference to an unknown row, and an external id that another campaign has. Any other invalid row stops
    the take-over or, if there is a rejects file, is saved to it."""
    REJECT = "reject"
    """Leave the row out and save it to a file."""


@dataclass(frozen=True)
class Migrated:
    """What `adops db migrate` did or would do: the migrations, the backup, and the take-over, if there was one."""

    applied: Sequence[str]
    backup: Path | None = None
    take_over: TakeOver | None = None

    def require_done(self) -> None:
        """`AdopsError` if invalid rows stopped the take-over."""
        if self.take_over and self.take_over.stops:
            raise AdopsError(
                f"the take-over stopped, and {db.name} was not changed: invalid rows: {self.take_over.stops:,}",
                ADVICE,
            )


ADVICE = "Fix them there, or use --on-bad-row detach to clear unknown references, with --rejects FILE to save the rest"


def is_knex() -> bool:
    """Whether the bound database belongs to the Node system and has not been taken over yet."""
    with opened_as_is() as engine:
        return bool(engine.exists()) and base.is_knex(engine.get_tables())


def plan(
    to: str | None = None,
    *,
    on_bad_row: OnBadRow | None = None,
    rejects_file: Path | None = None,
    keep_foreign: bool = False,
) -> Migrated:
    """What `migrate` would do. Only reads; but SQLite can merge a log that a dead process left into the file."""
    if not is_knex():
        return Migrated(schema.plan(to, keep_foreign=keep_foreign))
    _require_all(to)
    with opened_as_is() as opened:
        engine = in_a_file(opened)
        found = _reader(engine, on_bad_row, rejects_file).read_all()
        return Migrated([] if found.stops else schema.pending(engine), take_over=found)


def statements(to: str | None = None, *, keep_foreign: bool = False) -> Sequence[str]:
    """The statements that `migrate` would run. `BadRequestError` for a take-over, which moves rows besides."""
    if is_knex():
        raise BadRequestError(
            f"{db.name} is a database of the Node system, whose rows are moved one by one", "Leave out --sql"
        )
    return migration_sql.statements(to, keep_foreign=keep_foreign)


def migrate(
    to: str | None = None,
    *,
    on_bad_row: OnBadRow | None = None,
    rejects_file: Path | None = None,
    keep_foreign: bool = False,
) -> Migrated:
    """Bring the bound database to our schema, whether it is new, an older one of ours, or one of the Node system.

    Args:
        to: the last migration to apply; None applies all, as a take-over always does.
        on_bad_row: what to do with invalid rows of the Node system.
        rejects_file: where to save rejected rows; `import-json` imports them once they are fixed. Needed to reject.
        keep_foreign: whether a copy of a database of ours may have triggers that are not ours.

    If invalid rows stop a take-over, they are in the report, and nothing is written. Errors as for `schema.migrate`.
    """
    if on_bad_row is OnBadRow.REJECT and rejects_file is None:
        raise BadRequestError("--on-bad-row reject needs a file for the rejected rows", "Name it with --rejects FILE")
    if on_bad_row is None and rejects_file is not None:
        raise BadRequestError("--rejects needs --on-bad-row", "Add --on-bad-row detach or --on-bad-row reject")
    if not is_knex():
        if rejects_file is not None:
            rejects.remove_dead(rejects_file)  # of a take-over that was killed after its commit
        done = schema.migrate(to, keep_foreign=keep_foreign)
        return Migrated(done.names, done.backup)
    _require_all(to)
    with rejects.set_aside(rejects_file) as aside, schema.session() as opened:
        engine = in_a_file(opened)
        if not base.is_knex(engine.get_tables()):  # another process took it over while this one was waiting
            done = schema.apply(engine)
            return Migrated(done.names, done.backup)
        with contextlib.ExitStack() as copies, engine.atomic():
            reader = _reader(engine, on_bad_row, rejects_file)
            found = reader.read_all()
            if found.stops:
                return Migrated([], take_over=found)
            aside.write(rejects.lines(reader.rejected))
            copy = copies.enter_context(schema_backup.needed_if_changed(engine, backup.make(engine)))
            applied = _rebuild(engine, _reader(engine, on_bad_row, rejects_file, prefix="temp.old_"))
            aside.keep()
        engine.after_migrating()
    return Migrated(applied, copy, found)


def _reader(engine: Sqlite, on_bad_row: OnBadRow | None, rejects_file: Path | None, *, prefix: str = "main.") -> Reader:
    reject = on_bad_row is OnBadRow.REJECT or rejects_file is not None
    return Reader(engine, detach=on_bad_row is OnBadRow.DETACH, reject=reject, prefix=prefix)


def _require_all(to: str | None) -> None:
    if to is not None:
        raise BadRequestError("taking over a database of the Node system applies all migrations", "Leave out --to")


def _rebuild(engine: Sqlite, reader: Reader) -> Sequence[str]:
    """Replace the old tables by ours, within the caller's transaction."""
    triggers, last_id = _triggers(engine), _last_id(engine)
    dangling_elsewhere = {row for row in engine.dangling_references() if row[0] not in _NAMES}
    for name in _old_tables(engine):
        engine.execute_sql(f'CREATE TEMP TABLE "old_{name}" AS SELECT * FROM main."{name}" ORDER BY rowid')
        engine.execute_sql(f'DROP TABLE main."{name}"')
    applied = schema.apply(engine, in_transaction=True).names
    for model in TABLES:
        bulk.insert(model, reader.rows(model))
    controls.begin(file="take-over")
    _never_reuse_ids(engine, last_id)
    for sql in triggers:
        engine.execute_sql(sql)
    if dangling := set(engine.dangling_references()) - dangling_elsewhere:
        table, row, parent = min(dangling, key=str)
        raise AdopsError(f"row {row} of {table} would refer to an unknown row of {parent}", "Nothing was changed")
    return applied


_NAMES = [model._meta.table_name for model in TABLES]


def _last_id(engine: Sqlite) -> int:
    """The highest id that a row of metrics ever had, including deleted rows."""
    if not engine.table_exists("sqlite_sequence"):
        return 0
    return int(engine.execute_sql("SELECT max(seq) FROM sqlite_sequence WHERE name = 'metrics'").fetchone()[0] or 0)


def _never_reuse_ids(engine: Sqlite, last_id: int) -> None:
    engine.execute_sql("DELETE FROM sqlite_sequence WHERE name = 'metrics'")
    engine.execute_sql(
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'metrics', max(?, coalesce(max(id), 0)) FROM metrics",
        (last_id,),
    )


def _old_tables(engine: Sqlite) -> list[str]:
    there = engine.get_tables()
    return [name for name in _NAMES if name in there]


def _triggers(engine: Sqlite) -> list[str]:
    """The SQL of the triggers on the old tables. They are dropped with their tables."""
    marks = ", ".join("?" for _ in _NAMES)
    query = f"SELECT sql FROM main.sqlite_master WHERE type = 'trigger' AND tbl_name IN ({marks}) ORDER BY rowid"
    return [sql for (sql,) in engine.execute_sql(query, _NAMES).fetchall()]
