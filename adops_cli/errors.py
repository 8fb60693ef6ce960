"""The single tree of errors: each class has its exit code, and each instance one sentence and a hint.

Every layer raises these. Only `cli.app` turns them into text and an exit code. What an error names is spelled as the
caller spells it: in Python, unless the command line says otherwise.
"""

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum


@dataclass(frozen=True)
class Spelling:
    """How a caller spells names that are known here as Python spells them."""

    field: Callable[[str], str]
    """A field of a row: `start_date`."""
    option: Callable[[str], str]
    """Any other argument: `busy_timeout`."""


_PYTHON = Spelling(str, str)
_SPELLING = ContextVar("spelling", default=_PYTHON)


def field(name: str) -> str:
    """The name of a field for an error."""
    return _SPELLING.get().field(name)


def option(name: str) -> str:
    """The name of another argument for an error."""
    return _SPELLING.get().option(name)


@contextlib.contextmanager
def spelled(spelling: Spelling) -> Iterator[None]:
    """Spell the names in errors like this within the block."""
    token = _SPELLING.set(spelling)
    try:
        yield
    finally:
        _SPELLING.reset(token)


class ExitCode(IntEnum):
    """What the result of an `adops` process means to the script that called it."""

    DONE = 0
    """Done, or there was nothing to do."""
    FAILED = 1
    """It failed, or the user declined."""
    BAD_REQUEST = 2
    """The request is wrong: usage, an invalid value, or a question without a terminal to answer it."""
    FINDINGS = 3
    """Done, with findings: rejected rows, pending migrations, a failed check."""
    NOT_FOUND = 4
    """The row does not exist."""
    CONFLICT = 5
    """A conflict with a unique key or a foreign key."""
    UNUSABLE = 6
    """The database cannot be used: unreachable, not migrated, newer than this adops."""
    BUSY = 75
    """Another process holds the lock; try again (EX_TEMPFAIL of sysexits.h)."""
    INTERRUPTED = 130
    """Interrupted with Ctrl-C (128 + SIGINT)."""


class AdopsError(Exception):
    """The request failed.

    Args:
        message: what is wrong and where, in one sentence without a full stop.
        hint: what to do next, without a full stop; None if the message already shows it.
    """

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        end = "" if self.message.endswith(("?", "!")) else "."
        return f"{self.message}{end} {self.hint}" if self.hint else self.message


def reason(error: OSError) -> str:
    """What the system says, without its number and without a name; of a full disk in plain words."""
    return "the disk is full" if error.errno == errno.ENOSPC else str(error.strerror)


def words_of(error: BaseException) -> str:
    """What any error says, for a message of ours: one of the system without its number (`[Errno 28]`), on one line."""
    if isinstance(error, OSError) and error.strerror:
        where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        return f"{where}{reason(error)}"
    return " ".join(str(error).split()) or type(error).__name__


class BadRequestError(AdopsError):
    """The request makes no sense: an unknown field, a value that cannot be read."""

    exit_code = ExitCode.BAD_REQUEST


class NotFoundError(AdopsError):
    """No row has this id, or nothing has the name in a filter."""

    exit_code = ExitCode.NOT_FOUND


class ConflictError(AdopsError):
    """A unique key is taken, or a reference is to an unknown row."""

    exit_code = ExitCode.CONFLICT


class DatabaseUnusableError(AdopsError):
    """The database is missing, unreachable, not migrated, damaged, or newer than this adops."""

    exit_code = ExitCode.UNUSABLE


class UnreadableRowError(AdopsError):
    """A row has a value that cannot be read. Another program may have written it.

    Args:
        message: as for any error.
        hint: as for any error.
        what: the column and its value; None means the message.
    """

    def __init__(self, message: str, hint: str | None = None, *, what: str | None = None) -> None:
        super().__init__(message, hint)
        self.what = what or message


class UnreadableRowWarning(UserWarning):
    """A row was left out of a result because it cannot be read.

    Args:
        table: its table.
        id: its id, or a SQL literal if it is not text.
        what: the columns and their values.
    """

    def __init__(self, table: str, id: object, what: str) -> None:
        super().__init__(f"{table} {id} is left out: {what}")
        self.table = table
        self.id = id
        self.what = what


class BusyError(AdopsError):
    """Another process held the write lock longer than the busy timeout."""

    exit_code = ExitCode.BUSY
