"""Restores a backup in place of the bound database, and keeps a copy of that.

Owns what makes this safe: the file is checked before anything is changed, and nothing can be committed between the copy
of the old database and the first page that replaces it. Reads no row of ours.
"""

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from adops_cli.errors import AdopsError, BadRequestError, BusyError, DatabaseUnusableError, option
from adops_cli.files import working_folder
from adops_cli.storage import backup, foreign
from adops_cli.storage.engines.base import HISTORY, known_migrations, newer_than_this, unknown_migrations
from adops_cli.storage.engines.sqlite import Sqlite, in_a_file
from adops_cli.storage.engines.sqlite_errors import damage_in, is_full, words_about
from adops_cli.storage.engines.sqlite_file import is_there, reader
from adops_cli.storage.handle import current, opened_as_is

_RETRY_SECONDS = 0.02
_SMALLEST = 512
"""Bytes of the smallest possible database."""


@dataclass(frozen=True)
class Restored:
    """A restore that was done or planned."""

    file: Path
    database: Path
    replaced: Path | None
    """Where the old database is kept; None if there was none, and in a plan."""
    pending: Sequence[str]
    """The migrations that the restored database lacks."""


def check(file: Path, *, keep_foreign: bool = False) -> Restored:
    """What `restore` would do, after checking the file. Raises the same errors, and writes nothing."""
    engine = _engine()
    with contextlib.closing(_candidate(file, engine)) as source:
        return Restored(file, engine.path, None, _fitness(file, source, keep_foreign=keep_foreign))


def restore(file: Path, *, keep_foreign: bool = False) -> Restored:
    """Replace the bound database by a backup, and keep the old one next to it. Creates the database if it is missing.

    SQLite's own backup writes it in one transaction: readers see the old database or the new one, never a mixture, and
    writers wait. Raises `BadRequestError` if the file does not exist, `DatabaseUnusableError` if it is not a sound
    database of this adops or an older one, or has triggers that are not ours and `keep_foreign` is not set, and
    `BusyError` if the database stays locked; then nothing is changed.
    """
    engine = _engine()
    with contextlib.closing(_candidate(file, engine)) as source:
        pending = _fitness(file, source, keep_foreign=keep_foreign)
        with opened_as_is(create=True), engine.migrating(create=True):
            replaced = _replace(engine, file, source)
    return Restored(file, engine.path, replaced, pending)


def _engine() -> Sqlite:
    return in_a_file(current())


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _candidate(file: Path, engine: Sqlite) -> sqlite3.Connection:
    """The file to restore, opened only for reading."""
    file = file.absolute()
    if not file.is_file():
        raise BadRequestError(f"there is no file {file}", "Use `adops db backup` to make one")
    if is_there(engine.path) and file.samefile(engine.path):
        raise BadRequestError(f"{file} is the database itself", "Name a backup of it")
    try:
        return reader(file, engine.timeout)
    except sqlite3.Error as error:
        raise DatabaseUnusableError(
            f"{file} cannot be read: {words_about(error, file)}", "Nothing was changed"
        ) from error


def _fitness(file: Path, source: sqlite3.Connection, *, keep_foreign: bool) -> Sequence[str]:
    """The migrations that the file lacks. An error unless it is sound, and from this adops or an older one, alone.

    Leaves the connection in a read transaction, so that exactly what was checked will be restored.
    """
    try:
        source.execute("BEGIN")
        problem = source.execute("PRAGMA integrity_check(1)").fetchone()[0]
        tables = {name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        applied = [name for (name,) in source.execute(f"SELECT name FROM {HISTORY}")] if HISTORY in tables else []
    except UnicodeDecodeError as error:
        what = f"is not a sound SQLite database: {damage_in(error)}"
        raise DatabaseUnusableError(f"{file} {what}", "Nothing was changed") from error
    except sqlite3.Error as error:
        what = "cannot be read" if is_full(error, file) else "is not a sound SQLite database"
        raise DatabaseUnusableError(f"{file} {what}: {words_about(error, file)}", "Nothing was changed") from error
    if problem != "ok":
        raise DatabaseUnusableError(f"{file} is damaged: {' '.join(problem.split())}", "Nothing was changed")
    if unknown := unknown_migrations(applied):
        raise newer_than_this(file, unknown)
    if not applied:
        hint = f"Take it over with `adops --database {file} db migrate`" if "knex_migrations" in tables else None
        raise DatabaseUnusableError(f"{file} is not an adops database", hint or "Nothing was changed")
    if not keep_foreign and (triggers := foreign.in_file(lambda sql: source.execute(sql).fetchall())):
        raise DatabaseUnusableError(
            f"{file} has {foreign.what(triggers)}",
            f"If you know them, restore it with {option('keep_foreign')}",
        )
    return sorted(set(known_migrations()) - set(applied))


def _replace(engine: Sqlite, file: Path, source: sqlite3.Connection) -> Path | None:
    path = engine.path
    existed = path.exists() and path.stat().st_size > 0
    aside = _move_aside(path) if existed and not _opens(engine) else None
    if not path.exists():
        engine.connection()  # creates the file, readable only by its owner
        engine.close()
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as live:
            kept = _overwritten(engine, source, live, keep=existed and not aside)
            live.execute(f"PRAGMA busy_timeout = {int(engine.timeout * 1000)}")
            live.execute("PRAGMA journal_mode = WAL")
    except sqlite3.Error as error:
        why = words_about(error, path)
        raise DatabaseUnusableError(
            f"{file} could not be restored: {why}", f"{aside or path} was not changed"
        ) from error
    finally:
        if path.stat().st_size == 0:
            path.unlink()
    return aside or kept


def _overwritten(engine: Sqlite, source: sqlite3.Connection, live: sqlite3.Connection, *, keep: bool) -> Path | None:
    """Overwrite the database. Return where the old one is kept."""
    try:
        return _written(engine, source, live, keep=keep)
    except sqlite3.OperationalError as error:
        if "readonly" not in str(error):  # also the error for pages of another size
            raise
    with _repaged(source, live) as fitting:
        return _written(engine, fitting, live, keep=keep)


def _written(engine: Sqlite, source: sqlite3.Connection, live: sqlite3.Connection, *, keep: bool) -> Path | None:
    """Overwrite the database in one transaction. Return where the old one is kept.

    Works page by page, because the first page takes the write lock: the copy made then has everything that was ever
    committed, and an error anywhere rolls everything back.
    """
    kept: list[Path] = []
    given_up = time.monotonic() + engine.timeout

    def after_step(status: int, _remaining: int, _total: int) -> None:
        nonlocal given_up
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            if time.monotonic() > given_up:
                raise _in_use(engine)
            return
        if keep and not kept:
            kept.append(_kept(engine))
        given_up = time.monotonic() + engine.timeout

    try:
        source.backup(live, pages=1, progress=after_step, sleep=_RETRY_SECONDS)
    except BaseException:
        for copy in kept:
            copy.unlink(missing_ok=True)
        raise
    return kept[0] if kept else None


def _kept(engine: Sqlite) -> Path:
    """A copy of the current database, including any damage."""
    try:
        return backup.make(engine)
    except AdopsError:
        return backup.make(engine, checked=False)


def _opens(engine: Sqlite) -> bool:
    """Whether SQLite can open the database at all. Damage further on does not matter.

    Sets WAL mode, as adops always does: in any other mode, it could not be read while it is locked for writing.
    """
    if engine.path.stat().st_size < _SMALLEST:
        return False  # SQLite treats it as an empty database
    with contextlib.closing(sqlite3.connect(engine.path, timeout=engine.timeout, isolation_level=None)) as live:
        try:
            mode = live.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise _in_use(engine) from error
            why = words_about(error, engine.path)
            raise DatabaseUnusableError(f"{engine.path} cannot be written: {why}", "Nothing was changed") from error
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            return False
    if mode != "wal":
        raise DatabaseUnusableError(f"{engine.path} cannot be set to WAL mode", "Move it away, then restore again")
    return True


def _in_use(engine: Sqlite) -> BusyError:
    return BusyError(
        f"another process is using {engine.path}; gave up after {engine.timeout:g} s",
        "Try again, or wait longer with --busy-timeout",
    )


def _move_aside(path: Path) -> Path:
    """Rename a file that is not a database, with its extra files. No process can be writing to it."""
    aside = backup.free_name(path)
    for ending in ("-wal", "-shm", "-journal", ""):
        if _beside(path, ending).exists():
            _beside(path, ending).rename(_beside(aside, ending))
    return aside


@contextlib.contextmanager
def _repaged(source: sqlite3.Connection, live: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """The source with the page size of the database, which cannot change while other processes have it open."""
    page = live.execute("PRAGMA page_size").fetchone()[0]
    if source.execute("PRAGMA page_size").fetchone()[0] == page:
        yield source
        return
    with working_folder("restore") as folder:
        source.execute("COMMIT")
        source.execute("PRAGMA query_only = 0")  # only the copy is written
        source.execute(f"PRAGMA page_size = {page}")
        source.execute("VACUUM INTO ?", (f"{folder}/repaged.db",))
        with contextlib.closing(sqlite3.connect(f"{folder}/repaged.db", isolation_level=None)) as copy:
            yield copy
