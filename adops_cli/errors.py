"""The one tree of errors: each class carries its exit code, each instance one sentence and a hint.

Every floor raises these; only `cli.app` turns them into text and an exit code.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a finished `adops` process means to the script that called it."""

    DONE = 0
    """Done; also when there was nothing to do."""
    FAILED = 1
    """It did not happen, or the user declined."""
    BAD_REQUEST = 2
    """The request is wrong: usage, a bad value, a question that nobody can answer."""
    FINDINGS = 3
    """Done, with findings: rows rejected, migrations pending, a check that failed."""
    NOT_FOUND = 4
    """No such row."""
    CONFLICT = 5
    """A unique key or a foreign key stands in the way."""
    UNUSABLE = 6
    """The database cannot be used: unreachable, not migrated, newer than this adops."""
    BUSY = 75
    """Another process holds the lock; try again (EX_TEMPFAIL of sysexits.h)."""
    INTERRUPTED = 130
    """Ended by Ctrl-C (128 + SIGINT)."""


class AdopsError(Exception):
    """Something did not happen.

    Args:
        message: one sentence, what is wrong and where; no full stop at its end.
        hint: what to do next; None when the message says it.
    """

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        end = "" if self.message.endswith(("?", "!")) else "."
        return f"{self.message}{end} {self.hint}" if self.hint else self.message


class BadRequestError(AdopsError):
    """The caller asked for something that makes no sense: an unknown field, a value that cannot be read."""

    exit_code = ExitCode.BAD_REQUEST


class NotFoundError(AdopsError):
    """No row has this id."""

    exit_code = ExitCode.NOT_FOUND


class ConflictError(AdopsError):
    """A unique key is taken, or a reference names no row."""

    exit_code = ExitCode.CONFLICT


class DatabaseUnusableError(AdopsError):
    """The database is missing, unreachable, not migrated, damaged, or newer than this adops."""

    exit_code = ExitCode.UNUSABLE


class UnreadableRowError(AdopsError):
    """A row holds what no value of ours can be, as another program may have written it.

    Args:
        message: as for any error.
        hint: as for any error.
        what: the column and what it holds; None is the message.
    """

    def __init__(self, message: str, hint: str | None = None, *, what: str | None = None) -> None:
        super().__init__(message, hint)
        self.what = what or message


class UnreadableRowWarning(UserWarning):
    """A row was left out of what was asked for, since it cannot be read.

    Args:
        table: its table.
        id: its id, as text where the database holds something else.
        what: which columns hold what.
    """

    def __init__(self, table: str, id: object, what: str) -> None:
        super().__init__(f"{table} {id} is left out: {what}")
        self.table = table
        self.id = id
        self.what = what


class BusyError(AdopsError):
    """Another process held the write lock for longer than the busy timeout."""

    exit_code = ExitCode.BUSY
