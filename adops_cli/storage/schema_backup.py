"""Copies a database before its schema or its values are changed, and keeps the copy only if they were."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from adops_cli.errors import AdopsError
from adops_cli.storage import backup
from adops_cli.storage.engines.base import HISTORY, Engine
from adops_cli.storage.engines.sqlite import in_a_file
from adops_cli.storage.engines.sqlite_dialect import quoted

_BOOKKEEPING = (HISTORY, "adops_migration", "sqlite_sequence")


@contextlib.contextmanager
def needed_if_changed(engine: Engine, copy: Path | None) -> Iterator[Path | None]:
    """Remove a copy of the database if the block fails without any change to the schema.

    So copies do not pile up while something is tried again and again, on a full disk for example.
    """
    before = _applied(engine) if copy else []
    try:
        yield copy
    except BaseException:
        with contextlib.suppress(AdopsError):  # then nobody knows
            if copy and _applied(engine) == before:
                copy.unlink(missing_ok=True)
        raise


def _applied(engine: Engine) -> Sequence[str]:
    if HISTORY not in engine.get_tables():
        return []
    return [name for (name,) in engine.execute_sql(f"SELECT name FROM {HISTORY}").fetchall()]


def back_up(engine: Engine) -> Path | None:
    """A checked copy of a database file that has rows; None if it has none.

    Also None for a server: there, each migration is a transaction that leaves nothing behind if it fails, and backups
    are left to the server (`adops db backup` makes one).
    """
    if not engine.in_a_file:
        return None
    tables = [name for name in engine.get_tables() if name not in _BOOKKEEPING]
    if any(engine.execute_sql(f"SELECT EXISTS (SELECT 1 FROM {quoted(name)})").fetchone()[0] for name in tables):
        return backup.make(in_a_file(engine))
    return None
