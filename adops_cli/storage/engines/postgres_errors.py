"""Translates PostgreSQL's errors, from psycopg and Peewee, into our own, which state what to do next."""

import contextlib
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

from adops_cli.errors import AdopsError, BadRequestError, BusyError, DatabaseUnusableError, UnreadableRowError, option
from adops_cli.storage.engines import citus
from adops_cli.storage.engines.base import CollisionError, OvertakenError, opened_read_only


def driver() -> Any:
    """Import psycopg 3, which only the PostgreSQL engine needs."""
    try:
        import psycopg.types.string  # noqa: PLC0415 - not needed to work on a file
    except ImportError as error:
        raise BadRequestError(
            "PostgreSQL needs the driver psycopg 3, which is not installed",
            "Install it with `pip install 'adops-cli[postgres]'`",
        ) from error
    return psycopg


def of_driver(error: Exception) -> Any:
    """The error that psycopg raised, if any: the error itself, or the one that Peewee wrapped in its own."""
    inner = getattr(error, "orig", error)  # the error that Peewee wrapped in its own
    return inner if isinstance(inner, driver().Error) else None


@contextlib.contextmanager
def errors_of(engine: Any, is_lost: Callable[[], bool]) -> Iterator[None]:
    """Translate the driver's errors within the block. All others pass."""
    try:
        yield
    except AdopsError:
        raise
    except Exception as error:
        original = of_driver(error)
        if original is None:
            raise
        if engine.read_only and original.sqlstate == READ_ONLY:
            raise opened_read_only(engine.name) from error
        raise translated(original, engine.name, engine.timeout, lost=is_lost()) from error


def one_line(error: Exception) -> str:
    """The text of an error with several lines on one line, without its full stop, because ours get one anyway."""
    return "; ".join(line.strip() for line in str(error).splitlines() if line.strip()).removesuffix(".")


# Errors are raised and reported once. Without a handler, Python would also print psycopg's warnings.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

_BUSY = {
    "55P03": "another session held a lock for more than {timeout:g} s",
    "57014": "the server stopped the statement ({words})",
    "25P03": "the server ended an idle transaction",
    "25P04": "the server ended a transaction that took too long",
    "53300": "the server accepts no more connections",
}
_COLLISIONS = {"40001", "40P01"}
READ_ONLY = "25006"
_UNUSABLE = {
    "42P01": "lacks a table; run `adops db status` ({words})",
    "42703": "lacks a column; run `adops db status` ({words})",
    "42501": "does not allow this user to do that ({words})",
    READ_ONLY: "cannot be written: it is a standby, or read-only ({words})",
    "53100": "cannot grow: the server's disk is full",
}


def translated(error: Any, name: str, timeout: float, *, lost: bool) -> AdopsError:
    """Our own error for one of psycopg's. `lost`: whether the connection was lost with it."""
    state, words = error.sqlstate or "", one_line(error)
    told = {"timeout": timeout, "words": words}
    if state in _COLLISIONS:
        return CollisionError(f"{name}: conflict with another transaction", "Try again")
    if state in _BUSY:
        return BusyError(
            f"{name}: {_BUSY[state].format(**told)}", f"Try again, or wait longer with {option('busy_timeout')}"
        )
    if lost or state.startswith(("08", "57P")) or citus.LOST.search(words):
        return DatabaseUnusableError(
            f"the connection to {name} was lost: {words}", "Unfinished changes were rolled back; try again"
        )
    if state.startswith("23"):
        return OvertakenError(_refused_row(error))
    if state in _UNUSABLE:
        return DatabaseUnusableError(f"{name} {_UNUSABLE[state].format(**told)}")
    kind = AdopsError
    if not state and isinstance(error, driver().DataError):  # of its own, where it was to make a value of one it got
        kind = UnreadableRowError
    if state == "54000":
        kind, words = BadRequestError, f"a text is too long for an index, which is limited to 2,600 bytes ({words})"
    return kind(f"the database reported an error: {words}")


_CONSTRAINTS = {"23505": "UNIQUE", "23503": "FOREIGN KEY", "23502": "NOT NULL", "23514": "CHECK"}
_KEY_COLUMNS = re.compile(r"\((.*?)\)=\(")


def _refused_row(error: Any) -> str:
    """The message, in SQLite's words."""
    kind = _CONSTRAINTS.get(error.sqlstate, "a")
    words = f"{kind} constraint refused the row"
    if kind == "NOT NULL":
        return f"{words}: {error.diag.table_name}.{error.diag.column_name}"
    found = _KEY_COLUMNS.search(error.diag.message_detail or "")
    if kind != "UNIQUE" or not found:
        return words
    columns = [column.strip().strip('"') for column in found[1].split(",")]
    return f"{words}: {', '.join(f'{error.diag.table_name}.{column}' for column in columns)}"
