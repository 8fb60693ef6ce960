"""JSON mode: the files of the Node system instead of a database, while the settings have `use_database = false`.

An engine like the others, but with tables in memory: they are filled from the files, and again when the files have
changed. When the outermost transaction commits, the rows that it changed are written to the files. Owns the moments of
reading and writing. `json_rows` maps records to rows, `json_folder` handles the files themselves.
"""

import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import peewee as pw

from adops_cli.errors import BadRequestError, option
from adops_cli.legacy import json_rows
from adops_cli.legacy.json_files import TABLES
from adops_cli.legacy.json_folder import Folder, Stamps
from adops_cli.legacy.json_rows import File, StoredRow
from adops_cli.storage.engines.sqlite import SNAPSHOT, Sqlite
from adops_cli.storage.engines.sqlite_url import MEMORY
from adops_cli.storage.table import columns_of

_READS = re.compile(r"\s*(SELECT|WITH|EXPLAIN)\b", re.IGNORECASE)
_TOUCHED = "touched"
"""An additional table with the rows that a transaction has changed. It is rolled back together with them."""


class JsonFolder(Sqlite):
    """The tables of a folder of JSON files.

    Args:
        folder: need not exist; created by the first transaction that writes.
        busy_timeout: seconds to wait for a lock held by another process.
        read_only: whether to refuse every write.

    Each query outside a transaction sees the current files. Raises `DatabaseUnusableError` for files that cannot be
    read. An invalid record is left out and listed in `unfit`; it is not changed in its file.
    """

    has_ledger = False
    keeps_types = True  # the rows are read from the files, and are in our form

    def __init__(self, folder: Path, *, busy_timeout: float, read_only: bool = False) -> None:
        super().__init__(MEMORY, busy_timeout=busy_timeout, read_only=read_only)
        self._files = Folder(folder, [f"{stem}.json" for stem in TABLES], busy_timeout, read_only=read_only)
        self._loaded = _Loaded()

    @property
    def path(self) -> Path:
        """The folder."""
        return self._files.path

    def exists(self) -> bool:
        """Always true: a missing folder counts as empty."""
        return True

    def require_database(self) -> None:
        """Always raises `BadRequestError`, because there is no database."""
        raise BadRequestError(
            f"there is no database in JSON mode: the data are the files in {self.path}",
            f"Unset USE_DATABASE, or name a database with {option('url')}",
        )

    def require_ledger(self) -> None:
        """Always raises `BadRequestError`, because the files have no ledger."""
        raise BadRequestError(
            f"export files and their journal need a database, but in JSON mode the data are the files in {self.path}",
            f"Unset USE_DATABASE, or name a database with {option('url')}",
        )

    def _initialize_connection(self, conn: sqlite3.Connection) -> None:
        self._loaded.files, self._loaded.stamps = {}, None
        for statement in _schema(self):
            conn.execute(statement)

    def _execute_cursor(self, sql: str, params: Any, **options: Any) -> Any:
        if not self.in_transaction():
            if _READS.match(sql):
                self._refresh()
            elif not sql.startswith("PRAGMA"):
                with self.atomic():
                    return super()._execute_cursor(sql, params, **options)
        return super()._execute_cursor(sql, params, **options)

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        """Run one statement for each row of parameters. Return how many rows were changed."""
        with self.atomic():
            return super().execute_many(sql, rows)

    def begin(self, lock_type: str | None = None) -> None:
        """Begin a transaction on the current files, and exclude all other processes that write."""
        if self.read_only:
            if lock_type != SNAPSHOT:
                self.require_writable()
            self._refresh()
            super().begin(lock_type)
            return
        self._files.acquire()
        try:
            self._refresh()
            super().begin(lock_type)
        except BaseException:
            self._files.release()
            raise

    def commit(self) -> Any:
        """Write the changes to the files. A failure leaves the files unchanged and the transaction open."""
        files, stamps = self._write_back()
        result = super().commit()
        self._loaded.files, self._loaded.stamps = files, stamps
        self._files.release()
        return result

    def rollback(self) -> Any:
        """Discard the changes."""
        try:
            return super().rollback()
        finally:
            self._files.release()

    def _refresh(self) -> None:
        """Read the files again if they have changed."""
        connection = self.connection()
        if self._loaded.stamps is not None and self._files.stamps() == self._loaded.stamps:
            return
        contents, stamps = self._files.read()
        files, rows, self.unfit = json_rows.read(self.path, contents)
        _fill(connection, rows)
        self._loaded.files, self._loaded.stamps = files, stamps

    def _write_back(self) -> tuple[Mapping[str, File], Stamps | None]:
        """Write the changes of the transaction to the disk. Return the changed files and their state."""
        loaded, connection = self._loaded, self.connection()
        touched: dict[str, dict[Any, None]] = {}
        for table, id in connection.execute(f"SELECT name, id FROM {_TOUCHED} ORDER BY rowid"):
            touched.setdefault(table, {})[id] = None
        if not touched or loaded.stamps is None:
            return loaded.files, loaded.stamps
        connection.execute(f"DELETE FROM {_TOUCHED}")
        edited = {table: loaded.files[table].edited(_rows(connection, table, ids)) for table, ids in touched.items()}
        changed = {f"{table}.json": file for table, file in edited.items() if file is not loaded.files[table]}
        if not changed:
            return loaded.files, loaded.stamps
        contents = {name: file.content(self.path / name) for name, file in changed.items()}
        return {**loaded.files, **edited}, self._files.write(contents, loaded.stamps)


class _Loaded(threading.local):
    """The state of the tables in memory. Each thread has its own, like its connection."""

    files: Mapping[str, File]
    stamps: Stamps | None = None


def _schema(engine: Sqlite) -> Iterator[str]:
    """The statements that create the tables, and the triggers that record changed rows."""
    for model in TABLES.values():
        manager: Any = pw.SchemaManager(model, engine)  # its public methods execute at once
        for statement in (manager._create_table(safe=False), *manager._create_indexes(safe=False)):  # noqa: SLF001
            yield statement.query()[0]
    yield f"CREATE TEMP TABLE {_TOUCHED} (name, id)"
    for table in TABLES:
        for event, ids in (("INSERT", ["NEW"]), ("UPDATE", ["OLD", "NEW"]), ("DELETE", ["OLD"])):
            notes = " ".join(f"INSERT INTO {_TOUCHED} VALUES ('{table}', {row}.id);" for row in ids)
            yield f"CREATE TEMP TRIGGER {_TOUCHED}_{table}_{event} AFTER {event} ON main.{table} BEGIN {notes} END"


def _fill(connection: sqlite3.Connection, rows: dict[str, list[StoredRow]]) -> None:
    """Replace the rows of the tables with these, by table, parents first."""
    connection.execute("BEGIN")
    try:
        for table in reversed(rows):
            connection.execute(f"DELETE FROM {table}")
        for table, found in rows.items():
            marks = ", ".join("?" * len(columns_of(TABLES[table])))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", found)
        connection.execute(f"DELETE FROM {_TOUCHED}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _rows(connection: sqlite3.Connection, table: str, ids: Iterable[Any]) -> dict[Any, StoredRow | None]:
    """The rows with these ids in their stored form; None for a deleted row."""
    names = ", ".join(f'"{key}"' for key in columns_of(TABLES[table]))
    query = f"SELECT {names} FROM {table} WHERE id = ?"
    return {id: connection.execute(query, (id,)).fetchone() for id in ids}
