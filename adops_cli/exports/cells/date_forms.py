"""What the days of a whole file show about how they are written: their order, the place of short years, their times."""

import re
from collections.abc import Iterable

from adops_cli.exports.cells.cell import Cell
from adops_cli.exports.cells.dates import LONGEST, Form, form, hour_of, short_parts
from adops_cli.exports.cells.numbers import REMEMBERED

_LAST_MONTH, _LAST_DAY = 12, 31
_NO_DAY = frozenset({Form.PERIOD, Form.NONE})
_MIDNIGHT_ELSEWHERE = re.compile(
    r"T?(?:1[3-9]|2[0-3]):(?:00|15|30|45)(?::00(?:[.,]0+)?)?\s?(?:Z|UTC|GMT|\+00:?(?:00)?)?"
)
"""The UTC time at which a day begins in a zone ahead of it."""
_SEASONS = 2
"""With and without summer time, a zone's midnight is at two times."""


class Forms:
    """How the days of a file are written. Equal cells count once, so that memory stays bounded."""

    def __init__(self) -> None:
        self.said = dict.fromkeys(Form, 0)
        self.short = ShortYears()
        self._times: set[str] = set()
        """The times of day, of which few are enough to show that they are the hours of days."""
        self._seen: set[Cell] = set()

    def add(self, cells: Iterable[Cell]) -> None:
        """Count these cells."""
        for cell in cells:
            if cell not in self._seen:
                found = form(cell)
                self.said[found] += 1
                if found not in _NO_DAY and len(self._times) <= _SEASONS:
                    self._times.add(hour_of(cell))
                if (parts := short_parts(cell)) is not None:
                    self.short.add(*parts)
                if len(self._seen) < REMEMBERED and not (isinstance(cell, str) and len(cell) > LONGEST):
                    self._seen.add(cell)

    @property
    def midnight_elsewhere(self) -> str | None:
        """The time that all days have, if it is one at which days begin in a zone ahead of UTC."""
        found = sorted(self._times)
        return found[0] if 0 < len(found) <= _SEASONS and all(map(_MIDNIGHT_ELSEWHERE.fullmatch, found)) else None


class ShortYears:
    """Where the year stands in days such as `15/02/26`: at the end as a rule, in front in Japan and China."""

    def __init__(self) -> None:
        self._firsts: set[int] = set()
        self._lasts: set[int] = set()
        self._can_be_first = self._can_be_last = True

    def __bool__(self) -> bool:
        return bool(self._firsts)

    def add(self, first: int, second: int, last: int) -> None:
        """Note the numbers of one day."""
        self._firsts.add(first)
        self._lasts.add(last)
        self._can_be_first &= second <= _LAST_MONTH and 0 < last <= _LAST_DAY
        self._can_be_last &= 0 < first <= _LAST_DAY

    @property
    def is_first(self) -> bool | None:
        """Whether the year comes first. None if nothing shows it: a month has many days, and one year."""
        if self._can_be_first and self._can_be_last:
            days, years = len(self._firsts), len(self._lasts)
            return None if days == years else years > days
        return self._can_be_first
