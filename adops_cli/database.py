"""The handle `db` that every model hangs on, and `bound(url)`, which says what database it is.

Owns engines, pragmas, connection errors and the check that a database is of this adops. Knows no table of ours
beyond the one that peewee-migrate keeps its history in.
"""

import contextlib
import importlib
import os
import re
import sqlite3
import stat
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import peewee as pw

from adops_cli import settings
from adops_cli.errors import AdopsError, BadRequestError, BusyError, ConflictError, DatabaseUnusableError

MIGRATION_FILE = re.compile(r"\d{3}_[^.]+\.py")
"""The file names that peewee-migrate sees."""
HISTORY = "migratehistory"
KNEX_HISTORY = "knex_migrations"
MEMORY = ":memory:"


class _Handle(pw.DatabaseProxy):
    """A proxy that says what to do when nothing is bound, instead of `Cannot use uninitialized Proxy`."""

    __slots__ = ("_Model", "_callbacks", "obj")  # the proxy sets only what the class lists

    def __getattr__(self, name: str) -> Any:
        if self.obj is None:
            raise AdopsError("no database is bound", "Use `with database.bound():` around calls of the data API")
        return getattr(self.obj, name)


db = _Handle()
"""The database in use; bound process-wide, one at a time (each thread has its own connection to it)."""


class Sqlite(pw.SqliteDatabase):
    """A SQLite file whose errors are ours.

    Args:
        path: the file, or `:memory:`.
        busy_timeout: seconds to wait for another process's lock.

    A missing file is an error, and so is a database that is not of this adops's schema, except inside `opened_as_is`.
    """

    unfit: Sequence[str] = ()
    """What is wrong with data that could not be read at all: nothing, but for the files of JSON mode."""

    def __init__(self, path: str, *, busy_timeout: float) -> None:
        self.any_schema = self.create = False
        super().__init__(
            path if path == MEMORY else os.path.abspath(path),  # noqa: PTH100 - `resolve` would follow links
            pragmas={"foreign_keys": 1, "synchronous": "normal", "cache_size": -32_000},
            timeout=busy_timeout,
            lock_type="IMMEDIATE",
        )

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.database)

    def exists(self) -> bool:
        """Whether there is something to open; an empty file is a database that another process is about to make."""
        path = Path(self.database)
        return path.exists() and path.stat().st_size > 0

    def require_file(self) -> None:
        """Refuse what can only be done to a database in a file; said where there can be none."""

    def _connect(self) -> sqlite3.Connection:
        if self.database != MEMORY:
            self._require_file()
        with _ours(self):
            connection: sqlite3.Connection = super()._connect()  # type: ignore[misc]
            return connection

    def _require_file(self) -> None:
        try:
            mode = self.path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            mode = None
        except OSError as error:
            raise DatabaseUnusableError(f"{self.path} cannot be opened: {error.strerror}") from error
        if mode is not None and stat.S_ISDIR(mode):
            raise DatabaseUnusableError(f"{self.path} is a folder, not a database", "Give the path of a file")
        if mode is not None:
            return
        if not self.create:
            raise DatabaseUnusableError(f"there is no database at {self.path}", "Create it with `adops db migrate`")
        self.make_folder()
        try:
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise self._not_created(error) from error

    def make_folder(self) -> None:
        """Make the folder that the file is to stand in, where it is missing."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._not_created(error) from error

    def _not_created(self, error: OSError) -> DatabaseUnusableError:
        return DatabaseUnusableError(
            f"{self.path} cannot be created: {error.strerror}", "Choose another place with --database"
        )

    def _initialize_connection(self, conn: sqlite3.Connection) -> None:
        with _ours(self):
            tables = {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not self.any_schema:
                applied = [name for (name,) in conn.execute(f"SELECT name FROM {HISTORY}")] if HISTORY in tables else []
                _require_current(self.path, applied, knex=is_knex(tables))

    def _execute_cursor(self, sql: str, params: Any, **options: Any) -> Any:
        with _ours(self):
            return super()._execute_cursor(sql, params, **options)  # type: ignore[misc]

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        """Run one statement for each row of parameters; how many rows it changed."""
        with _ours(self):
            return int(self.connection().executemany(sql, rows).rowcount)

    def begin(self, lock_type: str | None = None) -> None:
        """Begin a transaction; waits for the write lock up to the busy timeout."""
        with _ours(self):
            super().begin(lock_type)

    def commit(self) -> Any:
        """Commit."""
        with _ours(self):
            return super().commit()


def is_knex(tables: Collection[str]) -> bool:
    """Whether a database with these tables is one of the Node system that was not taken over yet."""
    return KNEX_HISTORY in tables and HISTORY not in tables


def known_migrations() -> list[str]:
    """The migrations of this adops, oldest first, without importing the machinery that runs them."""
    return sorted(file.stem for file in settings.shipped("migrations").iterdir() if MIGRATION_FILE.fullmatch(file.name))


def unknown_migrations(applied: list[str]) -> list[str]:
    """The applied migrations that this adops does not have: what makes a database newer than it."""
    return sorted(set(applied) - set(known_migrations()))


def _require_current(path: Path, applied: list[str], *, knex: bool) -> None:
    if unknown := unknown_migrations(applied):
        raise newer_than_this(path, unknown)
    pending = len(set(known_migrations()) - set(applied))
    if not pending:
        return
    if knex:
        what, hint = (
            "is a database of the old Node system",
            "Take it over with `adops db migrate`; it backs it up first",
        )
    elif not applied:
        what, hint = "has no adops tables yet", "Create them with `adops db migrate`"
    else:
        what = f"lacks {pending} migration{'s' if pending > 1 else ''} of this adops"
        hint = "Run `adops db migrate`; it backs the database up first"
    raise DatabaseUnusableError(f"{path} {what}", hint)


def newer_than_this(path: Path, unknown: list[str]) -> DatabaseUnusableError:
    """The refusal to touch a database that a newer adops has migrated."""
    return DatabaseUnusableError(
        f"{path} is newer than this adops, which does not know its migration {unknown[-1]}", "Upgrade adops"
    )


@contextlib.contextmanager
def _ours(database: Sqlite) -> Iterator[None]:
    """Turn what the driver and Peewee raise into errors that say what is wrong and what to do next."""
    try:
        yield
    except (pw.PeeweeException, sqlite3.Error) as error:
        raise _translated(error, database) from error


_UNUSABLE = {
    "unable to open database file": "cannot be opened; check the folder and its permissions",
    "file is not a database": "is not a SQLite database",
    "malformed": "is damaged; restore a backup",
    "readonly database": "cannot be written; check the permissions of the file and its folder",
    "disk i/o error": "cannot be read or written: the disk reports an error",
    "database or disk is full": "cannot grow: the disk is full",
    "no such table": "lacks a table; run `adops db status`",
    "no such column": "lacks a column; run `adops db status`",
}


def _translated(error: Exception, database: Sqlite) -> AdopsError:
    words = str(error)
    lower = words.lower()
    if "locked" in lower or "busy" in lower:
        waited = f"{database.timeout:g} s"
        return BusyError(
            f"another process is writing to {database.path}; gave up after {waited}",
            "Try again, or wait longer with --busy-timeout",
        )
    if "constraint failed" in lower:
        return ConflictError(words.replace("constraint failed", "constraint refused the row"))
    if "malformed json" in lower:
        return AdopsError("a JSON column holds text that is not JSON", "`adops db verify` names such rows")
    for sign, meaning in _UNUSABLE.items():
        if sign in lower:
            return DatabaseUnusableError(f"{database.path} {meaning} ({words})")
    return AdopsError(f"the database refused: {words}")


@contextlib.contextmanager
def opened_as_is(*, create: bool = False) -> Iterator[Sqlite]:
    """Let the bound database be opened whatever its schema is, and made (readable by its owner alone) on `create`.

    For what works on the schema itself: migrate, status, restore. The connection is closed before and after; a block
    inside another changes nothing.
    """
    engine: Sqlite = db.obj or db.connection()  # the second only raises, saying that nothing is bound
    if engine.any_schema:
        yield engine
        return
    engine.require_file()
    engine.close()
    engine.any_schema, engine.create = True, create
    try:
        yield engine
    finally:
        engine.close()
        engine.any_schema = engine.create = False


def sqlite_path(url: str) -> str:
    """The file that a path, `sqlite:///relative.db` or `sqlite:////absolute.db` names."""
    if "://" not in url:
        return MEMORY if url == MEMORY else os.path.expanduser(url)  # noqa: PTH111 - it is handed on as text
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadRequestError(f"{settings.without_password(url)} is no database URL: {error}") from error
    if parts.scheme in ("postgres", "postgresql"):
        raise BadRequestError(
            "this adops works on SQLite; PostgreSQL is not supported yet", "Give a path or sqlite:///FILE"
        )
    if parts.scheme != "sqlite" or parts.netloc or len(parts.path) <= 1:
        raise BadRequestError(
            f"{settings.without_password(url)} is no database URL",
            "Give a path, sqlite:///relative.db or sqlite:////absolute.db",
        )
    return unquote(parts.path[1:])


@contextlib.contextmanager
def bound(url: str | None = None, *, busy_timeout: float | None = None) -> Iterator[Sqlite]:
    """Let `db`, and with it every model, mean this database inside the block; the first query connects.

    Args:
        url: a path or URL; None is the database of the settings, or the folder of JSON files where they say
            `use_database = false`.
        busy_timeout: seconds to wait for a lock; None is the setting.

    Blocks nest; the connection closes on every way out.
    """
    inner, outer = _engine(url, busy_timeout), db.obj
    db.initialize(inner)
    try:
        with _ours(inner):
            yield inner
    finally:
        inner.close()
        db.initialize(outer)


def _engine(url: str | None, busy_timeout: float | None) -> Sqlite:
    if url is not None and busy_timeout is not None:
        return Sqlite(sqlite_path(url), busy_timeout=busy_timeout)
    configured = settings.load()
    wait = configured.busy_timeout if busy_timeout is None else busy_timeout
    if url is None and configured.json_mode:
        # Its tables hang on this module, so that it cannot be imported here by name.
        store = importlib.import_module("adops_cli.jsonstore")
        folder: Sqlite = store.JsonFolder(Path(configured.json_dir).expanduser().absolute(), busy_timeout=wait)
        return folder
    return Sqlite(sqlite_path(configured.database_url if url is None else url), busy_timeout=wait)
