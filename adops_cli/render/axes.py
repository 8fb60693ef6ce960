"""The axes of a drawing: round values and dates, and where they are. Plain arithmetic; draws nothing.

Values are compared as fractions, so that large sums are placed as exactly as small ratios.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import islice, pairwise

from adops_cli.render.columns import Kind

Number = int | Decimal
_ROUND = (Fraction(1), Fraction(2), Fraction(5, 2), Fraction(5))
"""What a step between two values may be, times a power of ten."""
_MOST_ROWS = 6
"""So many rows between two values are still read with ease."""
_UNITS = ((10**12, "T"), (10**9, "B"), (10**6, "M"))
"""What large values are counted in. Below, they are written out."""
_MONTHS_OF_A_QUARTER = 3
_DAYS_OF_A_WEEK = 7


@dataclass(frozen=True)
class Scale:
    """An axis of values: a round value every so many rows, from the bottom row to the top row."""

    low: Fraction
    """The value in the bottom row."""
    step: Fraction
    steps: int
    rows_of_a_step: int

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return self.steps * self.rows_of_a_step + 1

    @property
    def values(self) -> Sequence[Fraction]:
        """The round values from the bottom to the top."""
        return [self.low + self.step * place for place in range(self.steps + 1)]

    def place(self, value: Number, dots: int) -> int:
        """How many dots a value is above the lowest round value, if a row has so many."""
        return round((Fraction(value) - self.low) / self.step * self.rows_of_a_step * dots)

    def labels(self, kind: Kind) -> Sequence[str]:
        """The round values as people see them, all with the same decimals."""
        factor, sign = (100, "%") if kind is Kind.PERCENT else (1, "")
        values, step = [value * factor for value in self.values], self.step * factor
        largest = max(map(abs, values))
        divisor, unit = next((one for one in _UNITS if largest >= one[0]), (1, ""))
        decimals = next(count for count in range(40) if (step / divisor * 10**count).denominator == 1)
        return [
            f"{_rounded(value / divisor, decimals)}{unit}{sign}" if value else f"0{sign}" for value in values
        ]  # fmt: skip


def _rounded(value: Fraction, decimals: int) -> str:
    """A fraction that has no more decimals than these."""
    whole = int(value * 10**decimals)
    digits = f"{abs(whole):0{decimals + 1}}"
    rest = f".{digits[-decimals:]}" if decimals else ""
    return f"{'-' if whole < 0 else ''}{int(digits[: len(digits) - decimals]):,}{rest}"


def scale(values: Iterable[Number], rows: int) -> Scale:
    """An axis of at most so many rows (two or more) on which these values take up as many of them as possible.

    It begins at zero unless all values are far from it.
    """
    found = [Fraction(value) for value in values]
    low, high = min(found), max(found)
    if low == high or 0 < low <= high / 2 or low / 2 <= high < 0:
        low, high = min(low, Fraction(0)), max(high, Fraction(0))
    if low == high:  # all are zero
        high = Fraction(1)
    return max(_candidates(low, high, rows), key=lambda one: ((high - low) / one.step * one.rows_of_a_step, one.steps))


def _candidates(low: Fraction, high: Fraction, rows: int) -> Iterator[Scale]:
    """The axes with all between two values. The finest steps come first."""
    exponent = len(str(int((high - low) * 10**30))) - 32  # two below the power of ten of the range
    steps = (one * Fraction(10) ** (exponent + place) for place in range(4) for one in _ROUND)
    last = None
    for step in steps:
        begins, ends = low // step, -(-high // step)
        last = Scale(begins * step, step, count := int(ends - begins), max(1, (rows - 1) // count))
        if count <= rows - 1 and last.rows_of_a_step <= _MOST_ROWS and (last.rows_of_a_step > 1 or rows < _MOST_ROWS):
            yield last


def days(first: date, last: date, column: Callable[[date], int], columns: int) -> Sequence[tuple[int, str]]:
    """Columns with the dates that begin there: as many as have room, all of one kind (days, Mondays, months, years)."""
    found: list[tuple[int, str]] = []
    for is_marked, written in _KINDS:
        every = (first + timedelta(place) for place in range((last - first).days + 1))
        marked = islice(((column(day), written(day)) for day in every if is_marked(day)), columns + 1)
        found = [one for one in marked if one[0] + len(one[1]) <= columns]
        if found and all(at + len(text) + 2 <= after for (at, text), (after, _) in pairwise(found)):
            return found
    return found[:1]


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"


def _month(day: date) -> str:
    return f"{day:%Y}" if day.month == 1 else f"{day:%b}"


_KINDS: Sequence[tuple[Callable[[date], bool], Callable[[date], str]]] = (
    (lambda _: True, _day),
    (lambda day: day.weekday() == 0, _day),
    (lambda day: day.toordinal() % (2 * _DAYS_OF_A_WEEK) == 1, _day),
    (lambda day: day.day == 1, _month),
    (lambda day: day.day == 1 and day.month % _MONTHS_OF_A_QUARTER == 1, _month),
    (lambda day: day.day == 1 and day.month == 1, _month),
    (lambda day: day.day == 1 and day.month == 1 and not day.year % 10, _month),
)
