"""The small language of threshold rules: `roas < 1.5 over 7d where spend > 100 by campaign`.

A figure or ratio, a comparison, a number and a window; then conditions on the same window, and what it is asked of. An
error names the place of the mistake. Pure: knows no database.
"""

import difflib
import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from adops_cli import measures
from adops_cli.errors import BadRequestError
from adops_cli.measures import FIGURES, RATIOS

BY = ("campaign", "account", "platform", "project")
MOST_DAYS = 366
SIGNS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
_LATE = ("conversions", "revenue")
_TOKEN = re.compile(r"<=|>=|[<>=]|\d+d\b|\d+(?:\.\d+)?%?|[A-Za-z_]+|\S", re.ASCII)
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?", re.ASCII)
_DAYS = re.compile(r"(\d{1,4})d", re.ASCII)


@dataclass(frozen=True)
class Condition:
    """A figure or ratio compared with a number."""

    measure: str
    sign: str
    number: Decimal

    def __str__(self) -> str:
        return f"{self.measure} {self.sign} {self.number.normalize():f}"

    @property
    def figures(self) -> Collection[str]:
        """The figures that it is made of."""
        return measures.PARTS.get(self.measure, (self.measure,))

    def value(self, figures: Mapping[str, measures.Number | None]) -> Decimal | None:
        """The figure or ratio. None if it is not reported, or has no denominator."""
        if self.measure in measures.PARTS:
            above, below = measures.PARTS[self.measure]
            return measures.ratio(figures[above], figures[below])
        found = figures[self.measure]
        return None if found is None else Decimal(found)

    def holds(self, figures: Mapping[str, measures.Number | None]) -> bool:
        """Whether it is so. What is not known, is not."""
        found = self.value(figures)
        return found is not None and SIGNS[self.sign](found, self.number)


@dataclass(frozen=True)
class Rule:
    """A threshold. Written out, it is what it was read from, in our spelling."""

    condition: Condition
    days: int
    where: tuple[Condition, ...] = ()
    by: str | None = None
    """One of `BY`; None for everything in a currency together."""

    def __str__(self) -> str:
        where = f" where {' and '.join(map(str, self.where))}" if self.where else ""
        return f"{self.condition} over {self.days}d{where}{f' by {self.by}' if self.by else ''}"

    @property
    def is_late(self) -> bool:
        """Whether it is about conversions or revenue, which arrive late."""
        return any(name in _LATE for one in (self.condition, *self.where) for name in one.figures)


def parse(text: str) -> Rule:
    """The rule that is written. `BadRequestError` with the place of a mistake."""
    return _Reader(text).rule()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [(found[0], found.start()) for found in _TOKEN.finditer(text)]
        self._at = 0

    def rule(self) -> Rule:
        condition = self._condition()
        self._word("over")
        days = self._days()
        where = list[Condition]()
        if self._is_next("where"):
            where.append(self._condition())
            while self._is_next("and"):
                where.append(self._condition())
        by = self._one_of(BY) if self._is_next("by") else None
        if self._at < len(self._tokens):
            rest = ("and, by" if where else "where, by") if by is None else ""
            self._wrong(f"{rest} or the end" if rest else "the end")
        return Rule(condition, days, tuple(where), by)

    def _next(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        found = self._next()
        self._at += 1
        return found

    def _is_next(self, word: str) -> bool:
        if self._next().lower() != word:
            return False
        self._at += 1
        return True

    def _word(self, word: str) -> None:
        if not self._is_next(word):
            self._wrong(word)

    def _one_of(self, words: Collection[str]) -> str:
        if self._next().lower() not in words:
            self._wrong(f"one of {', '.join(words)}", words)
        return self._take().lower()

    def _condition(self) -> Condition:
        measure = self._one_of((*FIGURES, *RATIOS))
        if self._next() not in SIGNS:
            self._wrong(f"one of {' '.join(SIGNS)}")
        sign = self._take()
        if not _NUMBER.fullmatch(self._next()):
            self._wrong("a number such as 1.5 or 2%")
        written = self._take()
        number = Decimal(written.rstrip("%"))
        return Condition(measure, sign, number / 100 if written.endswith("%") else number)

    def _days(self) -> int:
        found = _DAYS.fullmatch(self._next().lower())
        if not found or not 1 <= int(found[1]) <= MOST_DAYS:
            self._wrong(f"a window of 1d to {MOST_DAYS}d, such as 7d")
        self._at += 1
        return int(found[1])

    def _wrong(self, wanted: str, words: Collection[str] = ()) -> NoReturn:
        if self._at < len(self._tokens):
            token, place = self._tokens[self._at]
            where = f"has {token!r} at character {place + 1}"
        else:
            token, where = "", "ends too early"
        close = difflib.get_close_matches(token.lower(), words, n=1, cutoff=0.6)
        hint = (
            f"Did you mean {close[0]}?"
            if close
            else "A rule is such as: roas < 1.5 over 7d where spend > 100 by campaign"
        )
        raise BadRequestError(f"the rule {self._text!r} {where}, where {wanted} should be", hint)
