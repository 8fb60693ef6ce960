"""A statement of the user's own: what both engines refuse of it, and how long it may work.

That it only reads is the engines' business, by means of their own (`sqlite_own_sql`, `postgres_own_sql`). What is read
here from the text makes for a better answer, and is the second line of defence.
"""

import contextlib
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from adops_cli.errors import AdopsError, BadRequestError, option

READS = ("SELECT", "WITH", "VALUES", "EXPLAIN")
_FIRST = re.compile(r"(?:\s|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*(\w*)", re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """What a statement answers."""

    columns: Sequence[str]
    """The names of the columns as the database has them: two can be the same."""
    rows: Iterator[Sequence[Any]]
    """Read as they are needed."""


def refused(what: str) -> BadRequestError:
    """The refusal of a statement, or of a part of it, that does more than read."""
    return BadRequestError(f"{what} is refused", f"A statement can only read: {', '.join(READS[:-1])} or {READS[-1]}")


def two_statements() -> BadRequestError:
    """The refusal of several statements."""
    return BadRequestError("there is more than one statement", "Run them one by one")


def require_read(text: str, others: Sequence[str] = ()) -> str:
    """The first word of a statement, in capitals. `BadRequestError` if it is none that a statement that reads has."""
    found = _FIRST.match(text)
    word = found[1].upper() if found else ""
    if not word and not text[found.end() if found else 0 :].strip("; \t\r\n"):
        raise BadRequestError("there is no statement", "Give one, such as 'SELECT * FROM daily'")
    if word and word not in (*READS, *others):
        raise refused(word)
    return word


def missing(name: str) -> BadRequestError:
    """The error for a parameter of the statement that was not given."""
    return BadRequestError(
        f"the statement has a parameter :{name} that is not given", f"Give {option('param')} {name}=…"
    )


def require_used(given: Sequence[str], used: Sequence[str]) -> None:
    """Refuse what was given and is not in the statement, since it was meant to be."""
    if unused := [name for name in given if name not in used]:
        raise BadRequestError(f"the statement has no parameter :{unused[0]}", "Write it as :name, outside quotes")


class Patience:
    """How long the database may work on a statement, without the time in which its rows are used."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._left = seconds or float("inf")
        self._until = float("inf")

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """The block is the database's work."""
        began = time.monotonic()
        self._until = began + self._left
        try:
            yield
        finally:
            self._left = self._until - time.monotonic()
            self._until = float("inf")

    @property
    def is_over(self) -> bool:
        """Whether the database has worked for too long."""
        return self._left <= 0 or time.monotonic() > self._until

    def error(self) -> AdopsError:
        """The error for a statement that was stopped."""
        return AdopsError(
            f"the statement was stopped, since it took more than {self.seconds:g} s",
            f"Ask for less, or allow more with {option('timeout')}",
        )
