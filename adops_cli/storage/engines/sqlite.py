"""SQLite: a database in one file. Owns its pragmas, its dialect, and what its errors mean."""

import contextlib
import os
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from adops_cli.errors import AdopsError, BusyError, ConflictError, DatabaseUnusableError, UnreadableRowError
from adops_cli.storage.engines.base import HISTORY, Client, Engine, is_knex
from adops_cli.values import COUNT_LIMIT

import peewee as pw  # isort: skip - after the engines' base, which keeps it from loading drivers

MEMORY = ":memory:"
_MILLION = 1_000_000


class Sqlite(Engine, pw.SqliteDatabase):
    """A SQLite file whose errors are ours.

    Args:
        path: the file, or `:memory:`.
        busy_timeout: seconds to wait for another process's lock.
    """

    keeps_types = False
    field_types = {**pw.SqliteDatabase.field_types, "DAY": "TEXT", "RATIO": "DECIMAL"}  # noqa: RUF012 - as Peewee has it
    row_id_ending = "AUTOINCREMENT"
    """What makes a running number one that is never used twice."""

    def __init__(self, path: str, *, busy_timeout: float) -> None:
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

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self.path)

    def exists(self) -> bool:
        """Whether there is something to open; an empty file is a database that another process is about to make."""
        path = Path(self.database)
        return path.exists() and path.stat().st_size > 0

    def require_file(self) -> None:
        """Refuse what can only be done to a database in a file."""
        self.require_database()

    def _connect(self) -> sqlite3.Connection:
        if self.database != MEMORY:
            self._require_file()
        with self.ours():
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
        with self.ours():
            tables = {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not self.any_schema:
                applied = [name for (name,) in conn.execute(f"SELECT name FROM {HISTORY}")] if HISTORY in tables else []
                self.require_current(applied, knex=is_knex(tables))

    def _execute_cursor(self, sql: str, params: Any, **options: Any) -> Any:
        with self.ours():
            return super()._execute_cursor(sql, params, **options)  # type: ignore[misc]

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Run a statement; what `rollback` says holds for a part of a transaction, too."""
        if sql.startswith("ROLLBACK TO") and not self.connection().in_transaction:
            return None
        return super().execute_sql(sql, params)

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        """Run one statement for each row of parameters; how many rows it changed."""
        with self.ours():
            return int(self.connection().executemany(sql, rows).rowcount)

    def begin(self, lock_type: str | None = None) -> None:
        """Begin a transaction; waits for the write lock up to the busy timeout."""
        with self.ours():
            super().begin(lock_type)

    def commit(self) -> Any:
        """Commit."""
        with self.ours():
            return super().commit()

    def rollback(self) -> Any:
        """Roll back, unless SQLite has done so itself, as it does when the disk is full: that is the error to tell."""
        return super().rollback() if self.connection().in_transaction else None

    def snapshot(self) -> Any:
        """A transaction that only reads, as of one moment, and keeps nobody from writing."""
        return self.atomic("DEFERRED")

    @contextlib.contextmanager
    def text_as_it_is(self) -> Iterator[None]:
        """Let text that is not UTF-8 come as bytes, instead of failing the query."""
        connection = self.connection()
        connection.text_factory = text_or_bytes
        try:
            yield
        finally:
            connection.text_factory = str

    def stream(self, sql: str) -> Iterator[Sequence[Any]]:
        """The rows of a query, as they are asked for."""
        return iter(self.execute_sql(sql))

    # Its care.

    def product(self) -> str:
        """The engine and its version."""
        return f"SQLite {sqlite3.sqlite_version}"

    def mode(self) -> str:
        """How it keeps its journal."""
        return str(self.journal_mode)

    def size(self) -> int:
        """Bytes of the database itself."""
        return int(self.execute_sql("PRAGMA page_count").fetchone()[0]) * int(self.page_size)

    def bytes_on_disk(self) -> int:
        """Bytes of the file and its write-ahead log."""
        files = (self.path, self.path.with_name(f"{self.path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def optimize(self, _tables: Sequence[str]) -> None:
        """Renew the statistics, and give free space back to the disk."""
        for statement in ("ANALYZE", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            self.execute_sql(statement)

    def client(self) -> Client:
        """The program `sqlite3`."""
        return Client(
            "sqlite3",
            "Install it, as with `apt install sqlite3` or `brew install sqlite`, or get it from sqlite.org",
            str(self.path),
            {},
        )

    @contextlib.contextmanager
    def ours(self) -> Iterator[None]:
        """Turn what the driver and Peewee raise into errors that say what is wrong and what to do next."""
        try:
            yield
        except (pw.PeeweeException, sqlite3.Error) as error:
            raise _translated(error, self) from error

    # The dialect.

    def number(self, amount: Decimal) -> int | float:
        """An amount as a DECIMAL column keeps it: an int when whole, else the nearest double."""
        whole = amount == amount.to_integral_value() and abs(amount) < COUNT_LIMIT
        return int(amount) if whole else float(amount)

    def day(self, day: date) -> str:
        """A day as its column keeps it."""
        return day.isoformat()

    def plain(self, field: Any) -> Any:
        """A column in the form that a file of ours keeps: numbers as int or float, days, times and JSON as text."""
        return field

    def alone(self) -> None:
        """Keep other imports from beginning before this transaction ends, as it keeps everybody from writing."""

    def for_change(self, query: Any) -> Any:
        """A query for rows that are about to be changed: the transaction has the whole file anyway."""
        return query

    def monday(self, day: Any) -> Any:
        """The Monday of the week of a day."""
        return pw.fn.date(day, "weekday 0", "-6 days", python_value=date.fromisoformat)

    def month(self, day: Any) -> Any:
        """The month of a day, as YYYY-MM."""
        return pw.fn.substr(day, 1, 7, python_value=str)

    def text_under(self, field: Any, key: str) -> Any:
        """What stands under a key of a JSON object; null where that is no text."""
        path = f"$.{key}"
        return pw.Case(None, [(pw.fn.json_type(field, path) == "text", pw.fn.json_extract(field, path))])

    def exact_sum(self, field: Any) -> tuple[list[Any], Callable[..., int | None]]:
        """A sum in integers that cannot overflow, and how to put them together: in units, or in millionths of money.

        Of amounts, whole units and millionths; of counts, millions and the rest. Exact for every amount below
        8.5 x 10^9, and for whole ones to 2^53; `fields.Money` lets no other in.
        """
        if field.field_type != "DECIMAL":
            large = field / _MILLION
            small = field - large * _MILLION
        else:
            large = pw.Cast(field, "INTEGER")
            small = pw.Cast(pw.fn.ROUND((field - large) * _MILLION), "INTEGER")
        return [pw.fn.SUM(part).python_value(lambda value: value) for part in (large, small)], _together


def text_or_bytes(stored: bytes) -> str | bytes:
    """Text; what is not UTF-8 stays bytes, which no column of text takes."""
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored


def _together(large: int | None, small: int | None) -> int | None:
    return None if large is None or small is None else large * _MILLION + small


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
        return UnreadableRowError("a JSON column holds text that is not JSON", "`adops db verify` names such rows")
    if "could not decode to utf-8" in lower:
        return UnreadableRowError("a column holds text that is not UTF-8", "`adops db verify` names such rows")
    for sign, meaning in _UNUSABLE.items():
        if sign in lower:
            return DatabaseUnusableError(f"{database.path} {meaning} ({words})")
    return AdopsError(f"the database refused: {words}")
