"""SQLite: a database in one file. Owns its pragmas, its connection and its maintenance."""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from adops_cli.storage.engines.base import HISTORY, Engine, is_knex
from adops_cli.storage.engines.client import Client
from adops_cli.storage.engines.loading import AT_ONCE, Loading, Rows, beside
from adops_cli.storage.engines.migration_lock import migration_lock
from adops_cli.storage.engines.sqlite_dialect import SqliteDialect, inserter, insertion
from adops_cli.storage.engines.sqlite_errors import TranslatedErrors, replaced
from adops_cli.storage.engines.sqlite_file import (
    Connection,
    identity,
    is_there,
    is_wal,
    make_folder,
    nothing_left,
    reader,
    require_file,
    text_or_bytes,
)
from adops_cli.storage.engines.sqlite_url import MEMORY

import peewee as pw  # isort: skip - after the engines' base, which keeps it from loading drivers

SNAPSHOT = "DEFERRED"
"""The type of a transaction that only reads."""
_DANGLING = "PRAGMA main.foreign_key_check"


class Sqlite(SqliteDialect, Engine, pw.SqliteDatabase):
    """A SQLite file that raises our own errors.

    Args:
        path: the file, or `:memory:`.
        busy_timeout: seconds to wait for a lock held by another process.
        read_only: whether to refuse every write.
        immutable: whether nothing else writes to the file either, so that it can be read in a read-only folder.
    """

    keeps_types = False
    field_types = {**pw.SqliteDatabase.field_types, "DAY": "TEXT", "RATIO": "DECIMAL"}  # noqa: RUF012 - as Peewee has it
    in_a_file = True
    _opening: Any = None
    """The file that is just being opened."""
    row_id_ending = "AUTOINCREMENT"
    before_writing: Callable[["Sqlite"], None] | None = None
    """Called once before the first transaction that writes, which it can refuse."""

    def __init__(self, path: str, *, busy_timeout: float, read_only: bool = False, immutable: bool = False) -> None:
        self.read_only = read_only
        self.immutable = immutable
        super().__init__(
            path if path == MEMORY else os.path.abspath(path),  # noqa: PTH100 - `resolve` would follow links
            pragmas={"foreign_keys": 1, "synchronous": "normal", "cache_size": -32_000},
            timeout=busy_timeout,
            lock_type="IMMEDIATE",
            check_same_thread=False,  # for `loading`, where the second thread and this one take turns
            factory=Connection,
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
        return is_there(self.path) and self.path.stat().st_size > 0

    def must_be_made(self) -> bool:
        """Whether the file is missing."""
        return self.database != MEMORY and not is_there(self.path)

    def require_file(self) -> None:
        """Refuse only what `require_database` refuses."""
        self.require_database()

    def _connect(self) -> sqlite3.Connection:
        if self.database != MEMORY:
            require_file(self.path, create=self.create and not self.read_only)
        with self.translated_errors():
            if not self.read_only or self.database == MEMORY:
                self._opening = None if self.database == MEMORY else identity(self.path)  # before it can be another
                opened = cast("Connection", super()._connect())  # type: ignore[misc]
                opened.file, self._opening = self._opening, None
                return opened
            connection = self.reader()
            self._add_conn_hooks(connection)  # type: ignore[attr-defined]  # the stubs do not have it
            return connection

    def replaced(self) -> bool:
        """Whether the name of the open file has been taken away from it, or given to another."""
        opened = self._opening if self.is_closed() else getattr(self.connection(), "file", None)
        return opened is not None and identity(self.path) != opened

    def require_own_file(self) -> None:
        """Refuse to go on with a file that is not the one of its name any more."""
        if self.replaced():
            raise replaced(self.path)

    def reader(self) -> sqlite3.Connection:
        """A connection besides this one that writes nothing and leaves no file behind."""
        return reader(self.path, self.timeout, immutable=self.immutable)

    def _initialize_connection(self, conn: sqlite3.Connection) -> None:
        with self.translated_errors():
            tables = {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not self.any_schema:
                conn.text_factory = text_or_bytes
                applied = [name for (name,) in conn.execute(f"SELECT name FROM {HISTORY}")] if HISTORY in tables else []
                conn.text_factory = str
                self.require_current(list(map(str, applied)), knex=is_knex(tables))

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
        return self.execute_many(insertion(table, columns, 1, conflict), rows)

    @contextlib.contextmanager
    def loading(self, table: str, columns: Sequence[str], *, conflict: str) -> Iterator[Loading]:
        """Insert rows in a second thread. It takes no less time if they are new."""
        insert, count = inserter(self.connection(), table, columns, conflict, AT_ONCE)

        def load(rows: Rows, /, *, new: bool) -> None:  # noqa: ARG001
            insert(rows)

        def load_last(rows: Rows, /, *, new: bool) -> None:  # noqa: ARG001
            self.load_rows(table, columns, rows, conflict=conflict, numbered=False)

        with self.translated_errors(), beside(load, count, load_last) as loading:
            yield loading

    def begin(self, lock_type: str | None = None) -> None:
        """Begin a transaction. Waits for the write lock up to the busy timeout."""
        writes = lock_type != SNAPSHOT
        if self.before_writing is not None and writes and not self.any_schema:
            self.before_writing(self)
            self.before_writing = None
        with self.translated_errors():
            super().begin(lock_type)
        if isinstance(connection := self.connection(), Connection):
            connection.writes = writes

    def commit(self) -> Any:
        """Commit. `DatabaseUnusableError` if the file is not the one of its name any more: nobody would find it."""
        writes = getattr(self.connection(), "writes", False)
        if writes:
            self.require_own_file()
        with self.translated_errors():
            done = super().commit()
        if writes:
            self.require_own_file()
            self.stored = True
        return done

    def rollback(self) -> Any:
        """Roll back, unless SQLite has done so itself, as on a full disk. Then the full disk is the error to report."""
        return super().rollback() if self.connection().in_transaction else None

    def snapshot(self) -> Any:
        """A deferred transaction."""
        return self.atomic(SNAPSHOT)

    @contextlib.contextmanager
    def text_as_it_is(self) -> Iterator[None]:
        """Pass on text that is not UTF-8 as bytes."""
        connection = self.connection()
        connection.text_factory = text_or_bytes
        try:
            yield
        finally:
            connection.text_factory = str

    def stream(self, sql: str, given: Sequence[Any] = ()) -> Iterator[Sequence[Any]]:
        """The rows of the cursor."""
        return iter(self.execute_sql(sql, given))

    def serialise_imports(self) -> None:
        """Nothing to do: the transaction already keeps all other processes from writing."""

    # Migrating.

    @contextlib.contextmanager
    def migrating(self, *, create: bool) -> Iterator[None]:
        """Hold the lock of the file, the same one for all links to it."""
        self.require_writable()
        if self.database == MEMORY:
            yield
            return
        if create:
            make_folder(self.path)
        elif not is_there(self.path):
            self.connection()  # reports that it is missing
        with migration_lock(self.path, self.timeout), nothing_left(self.path, self.close):
            yield

    def before_migrating(self) -> None:
        """Switch foreign keys off, let tables be rebuilt that views read, and sync every commit to the disk.

        They must be off before any transaction: within one, SQLite ignores the switch, and rebuilding a table would
        delete its children.
        """
        self.execute_sql("PRAGMA legacy_alter_table = ON")  # else, a view of a table that is away forbids every rename
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
            with contextlib.closing(self.reader()) as other:
                found = other.execute(_DANGLING).fetchall()
        return [(table, row, parent) for table, row, parent, _ in found]

    # Maintenance.

    def product(self) -> str:
        """The engine and its version."""
        return f"SQLite {sqlite3.sqlite_version}"

    def mode(self) -> str:
        """The journal mode. SQLite does not say it of an immutable file."""
        return "wal" if self.immutable and is_wal(self.path) else str(self.journal_mode)

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

    @contextlib.contextmanager
    def client(self) -> Iterator[Client]:
        """The program `sqlite3`."""
        yield Client(
            "sqlite3",
            "Install it, for example with `apt install sqlite3` or `brew install sqlite`, or get it from sqlite.org",
            f"{self.path.as_uri()}?{'immutable=1' if self.immutable else 'mode=ro'}"
            if self.read_only
            else str(self.path),
            {},
        )

    def translated_errors(self) -> TranslatedErrors:
        """Translate errors by their text, because SQLite gives nothing else."""
        return TranslatedErrors(self)


def in_a_file(engine: Engine) -> Sqlite:
    """The engine as one with a file. Raises what `require_file` raises."""
    engine.require_file()
    return cast("Sqlite", engine)
