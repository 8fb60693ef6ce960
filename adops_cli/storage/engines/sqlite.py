"""SQLite: a database in one file. Owns its pragmas, its dialect, and the meaning of its errors."""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from adops_cli.storage.engines.base import HISTORY, Client, Engine, is_knex
from adops_cli.storage.engines.migration_lock import migration_lock
from adops_cli.storage.engines.sqlite_errors import translated
from adops_cli.storage.engines.sqlite_file import make_folder, reader, require_file
from adops_cli.storage.engines.sums import MILLION, together
from adops_cli.values import EXACT

import peewee as pw  # isort: skip - after the engines' base, which keeps it from loading drivers

MEMORY = ":memory:"
_DANGLING = "PRAGMA main.foreign_key_check"


class Sqlite(Engine, pw.SqliteDatabase):
    """A SQLite file that raises our own errors.

    Args:
        path: the file, or `:memory:`.
        busy_timeout: seconds to wait for a lock held by another process.
    """

    keeps_types = False
    field_types = {**pw.SqliteDatabase.field_types, "DAY": "TEXT", "RATIO": "DECIMAL"}  # noqa: RUF012 - as Peewee has it
    in_a_file = True
    row_id_ending = "AUTOINCREMENT"

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
        """Whether there is something to open. An empty file is a database that another process is about to create."""
        path = Path(self.database)
        return path.exists() and path.stat().st_size > 0

    def must_be_made(self) -> bool:
        """Whether the file is missing."""
        return self.database != MEMORY and not self.path.exists()

    def require_file(self) -> None:
        """Refuse only what `require_database` refuses."""
        self.require_database()

    def _connect(self) -> sqlite3.Connection:
        if self.database != MEMORY:
            require_file(self.path, create=self.create)
        with self.translated_errors():
            connection: sqlite3.Connection = super()._connect()  # type: ignore[misc]
            return connection

    def _initialize_connection(self, conn: sqlite3.Connection) -> None:
        with self.translated_errors():
            tables = {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not self.any_schema:
                applied = [name for (name,) in conn.execute(f"SELECT name FROM {HISTORY}")] if HISTORY in tables else []
                self.require_current(applied, knex=is_knex(tables))

    def _execute_cursor(self, sql: str, params: Any, **options: Any) -> Any:
        with self.translated_errors():
            return super()._execute_cursor(sql, params, **options)  # type: ignore[misc]

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Run a statement. As with `rollback`, a savepoint is skipped if SQLite has already rolled back."""
        if sql.startswith("ROLLBACK TO") and not self.connection().in_transaction:
            return None
        return super().execute_sql(sql, params)

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        """Run one statement for each row of parameters. Return how many rows were changed."""
        with self.translated_errors():
            return int(self.connection().executemany(sql, rows).rowcount)

    def load_rows(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        conflict: str,
        numbered: bool,  # noqa: ARG002 - SQLite generates a number for a null by itself
    ) -> int:
        """Insert rows with one prepared statement."""
        listed = ", ".join(f'"{column}"' for column in columns)
        marks = ", ".join("?" for _ in columns)
        return self.execute_many(f'INSERT INTO "{table}" ({listed}) VALUES ({marks}){conflict}', rows)

    def begin(self, lock_type: str | None = None) -> None:
        """Begin a transaction. Waits for the write lock up to the busy timeout."""
        with self.translated_errors():
            super().begin(lock_type)

    def commit(self) -> Any:
        """Commit."""
        with self.translated_errors():
            return super().commit()

    def rollback(self) -> Any:
        """Roll back, unless SQLite has done so itself, as on a full disk. Then the full disk is the error to report."""
        return super().rollback() if self.connection().in_transaction else None

    def snapshot(self) -> Any:
        """A deferred transaction."""
        return self.atomic("DEFERRED")

    @contextlib.contextmanager
    def text_as_it_is(self) -> Iterator[None]:
        """Pass on text that is not UTF-8 as bytes."""
        connection = self.connection()
        connection.text_factory = text_or_bytes
        try:
            yield
        finally:
            connection.text_factory = str

    def stream(self, sql: str) -> Iterator[Sequence[Any]]:
        """The rows of the cursor."""
        return iter(self.execute_sql(sql))

    # Migrating.

    @contextlib.contextmanager
    def migrating(self, *, create: bool) -> Iterator[None]:
        """Hold the lock of the file, the same one for all links to it."""
        if self.database == MEMORY:
            yield
            return
        if create:
            make_folder(self.path)
        elif not self.path.exists():
            self.connection()  # reports that it is missing
        with migration_lock(self.path, self.timeout):
            yield

    def before_migrating(self) -> None:
        """Switch foreign keys off, and sync every commit to the disk.

        They must be off before any transaction: within one, SQLite ignores the switch, and rebuilding a table would
        delete its children.
        """
        self.foreign_keys = 0
        self.synchronous = 2  # full, because the schema rarely changes

    def after_migrating(self) -> None:
        """Set WAL mode, in which readers and writers do not wait for each other."""
        if not self.in_transaction():
            self.journal_mode = "wal"

    def dangling_references(self, *, committed: bool = False) -> Sequence[tuple[str, Any, str]]:
        """The rows that foreign keys would have refused if they had been on."""
        if not committed:
            found = self.execute_sql(_DANGLING).fetchall()
        elif self.database == MEMORY:
            return ()  # there is nothing outside the only connection
        else:
            with contextlib.closing(reader(self.path, self.timeout)) as other:
                found = other.execute(_DANGLING).fetchall()
        return [(table, row, parent) for table, row, parent, _ in found]

    # Maintenance.

    def product(self) -> str:
        """The engine and its version."""
        return f"SQLite {sqlite3.sqlite_version}"

    def mode(self) -> str:
        """The journal mode."""
        return str(self.journal_mode)

    def size(self) -> int:
        """Size of the database itself in bytes."""
        return int(self.execute_sql("PRAGMA page_count").fetchone()[0]) * int(self.page_size)

    def bytes_on_disk(self) -> int:
        """Bytes of the file and its write-ahead log."""
        files = (self.path, self.path.with_name(f"{self.path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def optimize(self, _tables: Sequence[str]) -> None:
        """Update the statistics, and return free space to the disk."""
        for statement in ("ANALYZE", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            self.execute_sql(statement)

    def client(self) -> Client:
        """The program `sqlite3`."""
        return Client(
            "sqlite3",
            "Install it, for example with `apt install sqlite3` or `brew install sqlite`, or get it from sqlite.org",
            str(self.path),
            {},
        )

    @contextlib.contextmanager
    def translated_errors(self) -> Iterator[None]:
        """Translate errors by their text, because SQLite gives nothing else."""
        try:
            yield
        except (pw.PeeweeException, sqlite3.Error) as error:
            raise translated(error, self.path, self.timeout) from error

    # The dialect.

    def stored_number(self, amount: Decimal) -> int | float:
        """An amount as a DECIMAL column stores it: an int if it is whole, otherwise the nearest double."""
        whole = amount == amount.to_integral_value() and abs(amount) < EXACT
        return int(amount) if whole else float(amount)

    def stored_day(self, day: date) -> str:
        """A day as its column stores it."""
        return day.isoformat()

    def as_sqlite_form(self, field: Any) -> Any:
        """A column in the form of a SQLite file: numbers as int or float, days, times and JSON as text."""
        return field

    def serialise_imports(self) -> None:
        """Nothing to do: the transaction already keeps all other processes from writing."""

    def locked_for_update(self, query: Any) -> Any:
        """A query for rows to be changed. The transaction locks the whole file anyway."""
        return query

    def week_start(self, day: Any) -> Any:
        """The Monday of a day's week."""
        return pw.fn.date(day, "weekday 0", "-6 days", python_value=date.fromisoformat)

    def month(self, day: Any) -> Any:
        """The month of a day as YYYY-MM."""
        return pw.fn.substr(day, 1, 7, python_value=str)

    def text_under(self, field: Any, key: str) -> Any:
        """The text under a key of a JSON object; null if it is not text."""
        path = f"$.{key}"
        return pw.Case(None, [(pw.fn.json_type(field, path) == "text", pw.fn.json_extract(field, path))])

    def exact_sum(self, field: Any) -> tuple[list[Any], Callable[..., int | None]]:
        """A sum of integers that cannot overflow, and how to combine them: counts in units, money in millionths.

        Amounts are split into whole units and millionths, counts into millions and the rest. Exact for every amount
        below 8.5 x 10^9, and for whole amounts up to 2^53; `fields.Money` accepts no others.
        """
        if field.field_type != "DECIMAL":
            large = field / MILLION
            small = field - large * MILLION
        else:
            large = pw.Cast(field, "INTEGER")
            small = pw.Cast(pw.fn.ROUND((field - large) * MILLION), "INTEGER")
        return [pw.fn.SUM(part).python_value(lambda value: value) for part in (large, small)], together


def in_a_file(engine: Engine) -> Sqlite:
    """The engine as one with a file. Raises what `require_file` raises."""
    engine.require_file()
    return cast("Sqlite", engine)


def text_or_bytes(stored: bytes) -> str | bytes:
    """Text, or bytes if it is not UTF-8. No column of text accepts bytes."""
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored
