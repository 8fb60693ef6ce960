"""Loads rows into a table while the caller makes the next ones.

SQLite writes without Python's lock, but a statement that inserts one row gives it back after each. So many rows are one
statement, which a second thread runs.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Rows = Iterable[Sequence[Any]]
_AT_ONCE = 2_000
"""Rows of one statement: so many that the threads rarely wait for each other, and few enough for the memory."""


class Loading:
    """Loads rows as they come."""

    def __init__(self, load: Callable[[Rows], object]) -> None:
        self._load = load

    def add(self, rows: Rows) -> None:
        """Load these rows. They may be written later, but before the block ends."""
        self._load(rows)

    def wait(self) -> None:
        """Wait until the database can be used otherwise. From `add` to here, nothing else may use it."""


class LoadingBeside(Loading):
    """Loads rows in a second thread.

    Args:
        connection: the connection, which may be used by several threads, one at a time.
        sql: makes the statement that inserts this many rows.
        width: how many values a row has.
        load: loads the last rows.
    """

    def __init__(
        self, connection: sqlite3.Connection, sql: Callable[[int], str], width: int, load: Callable[[Rows], object]
    ) -> None:
        super().__init__(load)
        self._connection = connection
        self._at_once = min(_AT_ONCE, connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // width)
        self._sql = sql(self._at_once)
        self._left: list[Sequence[Any]] = []
        self._thread: ThreadPoolExecutor | None = None
        self._running: Future[None] | None = None

    def add(self, rows: Rows) -> None:
        """Begin to write these rows, but for the last ones, which are too few for a statement."""
        self.wait()
        self._left += rows
        count = len(self._left) // self._at_once * self._at_once
        if count:
            self._begin(self._left[:count])
            del self._left[:count]

    def _begin(self, rows: Sequence[Sequence[Any]]) -> None:
        if self._thread is None:
            from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only a large load needs it

            self._thread = ThreadPoolExecutor(1)
        self._running = self._thread.submit(self._write, rows)

    def _write(self, rows: Sequence[Sequence[Any]]) -> None:
        for start in range(0, len(rows), self._at_once):
            self._connection.execute(self._sql, [*chain.from_iterable(rows[start : start + self._at_once])])

    def wait(self) -> None:
        """Wait for the thread. Raises what has failed in it."""
        running, self._running = self._running, None
        if running is not None:
            running.result()

    def finish(self) -> None:
        """Load the last rows."""
        self.wait()
        self._load(self._left)
        self._left = []

    def stop(self) -> None:
        """End the thread, once its statement has ended."""
        if self._thread is not None:
            self._thread.shutdown()


@contextlib.contextmanager
def beside(
    connection: sqlite3.Connection, sql: Callable[[int], str], width: int, load: Callable[[Rows], object]
) -> Iterator[LoadingBeside]:
    """Load rows in a second thread, which has ended after the block. The parameters are those of `LoadingBeside`."""
    loading = LoadingBeside(connection, sql, width, load)
    try:
        yield loading
        loading.finish()
    finally:
        loading.stop()
