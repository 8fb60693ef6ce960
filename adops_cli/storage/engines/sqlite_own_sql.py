"""A statement of the user's own on a SQLite file. SQLite itself keeps it from doing anything but reading.

The connection is a separate one that cannot write. While SQLite prepares a statement, it asks for leave to do each
thing in it, also in views and triggers of others: only reading, functions that SQLite calls harmless, and a few pragmas
have it. The statement is interrupted when it takes too long.

SQLite adds up amounts as floats. SUM is therefore a function of ours, which adds up millionths as whole numbers.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from adops_cli.errors import BadRequestError
from adops_cli.storage.engines.own_sql import (
    Answer,
    Patience,
    missing,
    refused,
    require_read,
    require_used,
    two_statements,
)
from adops_cli.storage.engines.sqlite_errors import translated
from adops_cli.storage.engines.sqlite_file import text_or_bytes
from adops_cli.storage.engines.sums import MILLION

_AT_ONCE = 1_000
"""Rows."""
_STEPS = 10_000
"""Of SQLite's machine, after which it asks whether to go on."""
_MOST = 100_000_000
"""Bytes of a value."""
_ALLOWED = frozenset((sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE))
_PRAGMAS = frozenset(
    ("table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list")
)
"""Those that tell of the schema and change nothing."""
_TABLES_OF_JSON = ("json_each('[]')", "json_tree('[]')")
_HARMLESS = 0x200000
"""SQLITE_INNOCUOUS."""
_OF_JSON = ("json", "->")
"""How names of further harmless functions begin, which not every version of SQLite marks."""
_WRONG = frozenset(
    (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_MISUSE)
)
"""The errors of a statement, not of the database."""
_PRIMARY = 0xFF


@contextlib.contextmanager
def asked(engine: Any, text: str, given: Mapping[str, str], seconds: float) -> Iterator[Answer]:
    """The answer to one statement. See `Engine.asked`."""
    require_read(text, ("PRAGMA",))
    engine.connection()  # checks the schema
    guard = _Guard(seconds)
    with contextlib.closing(engine.reader()) as connection, guard.errors(engine):
        guard.prepare(connection)
        parameters = _Parameters(given)
        with guard.patience.working():
            cursor = connection.execute(text, parameters)
        require_used(list(given), parameters.used)
        if cursor.description is None:
            raise refused("the statement")
        yield Answer([column[0] for column in cursor.description], guard.rows(cursor))


class _Guard:
    """What lets a statement do what it may, for as long as it may."""

    def __init__(self, seconds: float) -> None:
        self.patience = Patience(seconds)
        self.denied = ""
        self._functions: set[str] = set()

    def prepare(self, connection: sqlite3.Connection) -> None:
        """Guard a connection."""
        for table in (*_TABLES_OF_JSON, *(f"pragma_{name}('')" for name in sorted(_PRAGMAS - {"table_list"}))):
            connection.execute(f"SELECT 1 FROM {table}")  # SQLite makes such a table when it is first used
        connection.execute("SELECT 1 FROM pragma_table_list")
        functions = connection.execute("SELECT name, flags FROM pragma_function_list")
        self._functions = {name for name, flags in functions if flags & _HARMLESS or name.startswith(_OF_JSON)}
        connection.text_factory = text_or_bytes
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST)
        connection.create_window_function("sum", 1, ExactSum)
        connection.set_progress_handler(lambda: self.patience.is_over, _STEPS)
        connection.set_authorizer(self._authorize)

    def _authorize(self, action: int, first: str | None, second: str | None, *_where: str | None) -> int:
        if action in _ALLOWED:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION:
            what, allowed = f"the function {second}", str(second).lower() in self._functions
        elif action == sqlite3.SQLITE_PRAGMA:
            what, allowed = f"PRAGMA {first}", str(first).lower() in _PRAGMAS
        else:
            what, allowed = "the statement", False
        self.denied = self.denied if allowed else what
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    def rows(self, cursor: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
        """The rows of the cursor."""
        while True:
            with self.patience.working():
                some = cursor.fetchmany(_AT_ONCE)
            if not some:
                return
            yield from some

    @contextlib.contextmanager
    def errors(self, engine: Any) -> Iterator[None]:
        """Translate the errors of a statement."""
        try:
            yield
        except sqlite3.Warning as error:  # as Python 3.11 has it
            raise two_statements() from error
        except sqlite3.Error as error:
            raise self._error(error, engine) from error

    def _error(self, error: sqlite3.Error, engine: Any) -> BaseException:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & _PRIMARY
        words = str(error)
        if self.denied or code in (sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY):
            return refused(self.denied or "the statement")
        if self.patience.is_over:
            return self.patience.error()
        if code == sqlite3.SQLITE_INTERRUPT or words.startswith("user-defined"):
            return KeyboardInterrupt()  # it came while SQLite called a function of ours, and it reports it like this
        if code not in _WRONG:
            return translated(error, engine.path, engine.timeout, read_only=engine.read_only)
        return two_statements() if "one statement" in words else _wrong(words)


def _wrong(words: str) -> BadRequestError:
    if "has no name" in words:
        return BadRequestError("a parameter has no name", "Write it as :name")
    hint = "PRAGMA table_list lists what is there" if words.startswith("no such table") else None
    return BadRequestError(f"the statement fails: {words}", hint)


class _Parameters(dict[str, Any]):
    """The values of the parameters, which remember what SQLite has asked for."""

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__({name: number_or_text(text) for name, text in given.items()})
        self.used: list[str] = []

    def __getitem__(self, name: str) -> Any:
        self.used.append(name)
        return super().__getitem__(name)

    def __missing__(self, name: str) -> Any:
        raise missing(name)


def number_or_text(text: str) -> int | float | str:
    """A number as one. SQLite finds every text greater than every number where a column does not tell the type."""
    digits = text.removeprefix("-")
    whole, point, decimals = digits.partition(".")
    if not whole.isdecimal() or not text.isascii() or (whole[0] == "0" and whole != "0") or len(digits) > _DIGITS:
        return text
    if point:
        return float(text) if decimals.isdecimal() else text
    return int(text)


_DIGITS = 16
"""What every number holds."""
_EXACT = 1e10
"""Above it, floats hold no millionths."""


class ExactSum:
    """SUM: exact where the values are whole numbers, or whole millionths as all amounts are."""

    def __init__(self) -> None:
        self._whole = 0
        self._millionths = 0
        self._rest = 0.0
        self._floats = 0
        self._count = 0

    def step(self, value: Any) -> None:
        """Add a value."""
        self._add(value, 1)

    def inverse(self, value: Any) -> None:
        """Take a value away that a window has left behind."""
        self._add(value, -1)

    def value(self) -> int | float | None:
        """The sum, as SQLite has it: null of nothing, and a whole number of whole numbers."""
        if not self._count:
            return None
        if not self._floats and abs(self._whole) < 1 << 63:
            return self._whole
        return (self._whole * MILLION + self._millionths) / MILLION + self._rest

    finalize = value

    def _add(self, value: Any, sign: int) -> None:
        if value is None:
            return
        self._count += sign
        if type(value) is int:
            self._whole += sign * value
            return
        self._floats += sign
        try:
            amount = float(value)
        except ValueError:  # a text that is no number is nothing for SQLite, too
            return
        millionths = round(amount * MILLION) if abs(amount) < _EXACT else 0
        if millionths / MILLION == amount:
            self._millionths += sign * millionths
        else:
            self._rest += sign * amount
