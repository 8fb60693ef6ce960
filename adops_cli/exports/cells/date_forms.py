"""What the days of a whole file show about how they are written: their order, and where a year of two digits stands."""

from collections.abc import Iterable

from adops_cli.exports.cells.cell import Cell
from adops_cli.exports.cells.dates import LONGEST, Form, form, short_parts
from adops_cli.exports.cells.numbers import REMEMBERED

_LAST_MONTH, _LAST_DAY = 12, 31


class Forms:
    """How the days of a file are written. Equal cells count once, so that memory stays bounded."""

    def __init__(self) -> None:
        self.said = dict.fromkeys(Form, 0)
        self.short = ShortYears()
        self._seen: set[Cell] = set()

    def add(self, cells: Iterable[Cell]) -> None:
        """Count these cells."""
        for cell in cells:
            if cell not in self._seen:
                self.said[form(cell)] += 1
                if (parts := short_parts(cell)) is not None:
                    self.short.add(*parts)
                if len(self._seen) < REMEMBERED and not (isinstance(cell, str) and len(cell) > LONGEST):
                    self._seen.add(cell)


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
