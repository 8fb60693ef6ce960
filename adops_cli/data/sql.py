"""SQL for those who know it: the answer to one statement, which can only read."""

import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from adops_cli.errors import BadRequestError, option
from adops_cli.storage.amounts import plain
from adops_cli.storage.handle import current
from adops_cli.values import MILLIONTH

__all__ = ["TIMEOUT", "Answer", "query"]

TIMEOUT = 60.0
"""Seconds."""
Value = None | bool | int | Decimal | str | date | datetime
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_SIX = Context(prec=400, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True)
class Answer:
    """The rows of a statement, and the names of their columns, each of them another."""

    columns: Sequence[str]
    rows: Iterator[tuple[Value, ...]]
    """Read from the database as they are needed."""


@contextlib.contextmanager
def query(text: str, params: Mapping[str, str] | None = None, *, timeout: float = TIMEOUT) -> Iterator[Answer]:
    """The answer to one statement, within the block.

    Args:
        text: SELECT, WITH, VALUES or EXPLAIN, in the words of the database; `:since` is the parameter `since`.
        params: the parameters, as text. The server takes it for what its place needs; in a file, a number is a number.
        timeout: the seconds for which the database may work on it; 0 is for ever.

    Numbers are ints and Decimals of at most six decimals; what is neither number nor text nor day nor time is text.
    Raises `BadRequestError` for a statement that does more than read or that the database does not understand, and for
    a missing or unknown parameter; `AdopsError` for one that takes too long.
    """
    engine, given = current(), dict(params or {})
    engine.require_database()
    _require_text("the statement", text)
    for name, value in given.items():
        if not _NAME.fullmatch(name):
            raise BadRequestError(f"{name!r} cannot be a parameter", "A name has letters, digits and _")
        _require_text(f"{option('param')} {name}", value)
    with engine.asked(text, given, timeout) as found:
        yield Answer(_different(found.columns), map(_row, found.rows))


def _require_text(what: str, text: str) -> None:
    """Refuse what no database takes as text."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadRequestError(f"{what} is not UTF-8") from error
    if "\0" in text:
        raise BadRequestError(f"{what} has a character U+0000")


def _different(names: Sequence[str]) -> Sequence[str]:
    """The names of the columns, the second `spend` being `spend_2`."""
    found: list[str] = []
    for name in names:
        number, free = 1, name
        while free in found or (number > 1 and free in names):
            number += 1
            free = f"{name}_{number}"
        found.append(free)
    return found


def _row(row: Sequence[Any]) -> tuple[Value, ...]:
    return tuple([value if type(value) in _AS_IT_IS else _value(value) for value in row])


def _value(value: Any) -> Value:
    """A value of the database: exact, and of a kind that every format has."""
    match value:
        case float():
            return _number(Decimal(repr(value)))
        case Decimal():
            return _number(value)
        case datetime():
            return value if value.tzinfo else value.isoformat(" ")
        case bytes():
            return f"\\x{value.hex()}"
        case list() | dict():
            return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


_AS_IT_IS = frozenset((type(None), bool, int, str, date))


def _number(value: Decimal) -> Decimal | str:
    """To six decimals, half to even, as all of adops has it. What is no number in JSON is text."""
    return plain(_SIX.quantize(value, MILLIONTH)) if value.is_finite() else str(value)
