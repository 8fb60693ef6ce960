"""The arithmetic of comparing two windows: which days stand beside which, differences, changes, and chance.

Pure functions of days and numbers. Everything is calculated from exact sums, and rounded half to even to six decimals.
Knows no database.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from adops_cli.errors import BadRequestError
from adops_cli.measures import FIGURES, PARTS, RATIOS, divided, rounded, scaled, to_millionths
from adops_cli.periods import ONE_DAY, Window

Figures = Mapping[str, Any]
"""The five figures by name; None if one is not reported."""
Span = Literal["day", "week", "month"]

WEEK = 7
YEAR = 52 * WEEK
"""Days in a year of whole weeks, so that the same weekdays stand beside each other, as retail counts (4-5-4)."""
NOT_CHANCE = Fraction(196, 100)
"""A rate that differs by more standard errors differs by chance in 1 of 20 cases (two-proportion test, as Looker)."""
FEW_PARTS = 5
"""Below so many, fractional conversions are not taken for a count."""
RATES = ("ctr", "cvr")
"""The ratios that are shares of a count."""
HOW = "previous, weeks, year, last-month, auto, or two days as 2026-10-01..2026-10-31"
_MILLION = 10**6
_COUNTS = ("impressions", "clicks")


def window_before(how: str, first: date, last: date) -> Window:
    """The window that one is compared with, by a word.

    `previous`: as many days just before it. `weeks`: the same weekdays, so many whole weeks before that the two do not
    overlap. `year`: the same weekdays, 364 days before or a multiple of them. `last-month`: the same day numbers, or
    the last day of a month that is too short. `auto`: `previous` for whole weeks, or else `weeks`.
    """
    length = (last - first).days + 1
    if how == "auto":
        how = "weeks" if length % WEEK else "previous"
    try:
        if how == "last-month":
            return Window(_a_month_before(first), _a_month_before(last))
        back = {"previous": length, "weeks": _multiple(WEEK, length), "year": _multiple(YEAR, length)}[how] * ONE_DAY
        return Window(first - back, last - back)
    except KeyError as error:
        raise BadRequestError(f"{how!r} is nothing to compare with", f"Use {HOW}") from error
    except (OverflowError, ValueError) as error:
        raise BadRequestError(f"there is no window before {first}", "Use a later one") from error


def _multiple(of: int, length: int) -> int:
    return -(-length // of) * of


def _a_month_before(day: date) -> date:
    end = day.replace(day=1) - ONE_DAY
    return end.replace(day=min(day.day, end.day))


def beside(span: Span, key: Any, before: date, now: date) -> Any:
    """The day, week or month of a window that stands beside one of the window before: the first beside the first.

    Args:
        span: what the keys are: days, the Mondays of weeks, or months as 2026-10.
        key: one of the window before.
        before: the first day of the window before.
        now: the first day of the window.
    """
    if span == "month":
        months = _months(now) - _months(before) + _months(date.fromisoformat(f"{key}-01"))
        return f"{months // 12:04}-{months % 12 + 1:02}"
    if span == "week":
        before, now = (day - day.weekday() * ONE_DAY for day in (before, now))
    return now + (key - before)


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1


def compared(before: Figures | None, now: Figures | None) -> "Compared":
    """What has changed between two sides. None is a side without any row."""
    if before is now is None:
        return _NOTHING
    was, new = in_millionths(before), in_millionths(now)
    difference: dict[str, Decimal | int | None] = dict.fromkeys(_NAMES)
    change: dict[str, Decimal | None] = dict.fromkeys(_NAMES)
    for name, one in was.items():
        other = new[name]
        if one is not None and other is not None:
            gap = other - one
            difference[name] = gap // _MILLION if name in _COUNTS else scaled(gap)
            change[name] = divided(100 * gap, one) if one else None
    for name, (above, below) in PARTS.items():
        one, other, size_was, size = was[above], new[above], was[below], new[below]
        if one is not None and other is not None and size_was and size:
            base = one * size
            gap = other * size_was - base
            difference[name] = divided(gap, size * size_was)
            change[name] = divided(100 * gap, base) if base else None
    counts, counts_now = _counts(was), _counts(new)
    return Compared(difference, change, {name: _is_significant(name, counts, counts_now) for name in RATES})


class Compared(NamedTuple):
    """What has changed, by the name of the figure or the ratio."""

    difference: Mapping[str, Decimal | int | None]
    """Now - before. None if a side does not report it. A side without rows is 0 for figures, and has no ratios."""
    change_percent: Mapping[str, Decimal | None]
    """The difference in percent of what was before: 25 is a quarter more. None if that was 0 or is unknown."""
    significant: Mapping[str, bool | None]
    """Whether a rate has changed by more than chance explains. None if the counts do not allow to say so."""


_SQUARED = NOT_CHANCE**2
_NAMES = (*FIGURES, *RATIOS)
_NO_FIGURES: Mapping[str, int | None] = dict.fromkeys(FIGURES, 0)
_NOTHING = Compared(dict.fromkeys(_NAMES), dict.fromkeys(_NAMES), dict.fromkeys(RATES))


def in_millionths(side: Figures | None) -> Mapping[str, int | None]:
    """The figures of a side in millionths, so that all is done in whole numbers. A side without rows has 0."""
    if side is None:
        return _NO_FIGURES
    return {name: None if value is None else to_millionths(value) for name, value in side.items()}


def _counts(millionths: Mapping[str, int | None]) -> Mapping[str, int | None]:
    return {name: _count(millionths[name]) for name in _COUNTED}


_COUNTED = tuple({name: None for rate in RATES for name in PARTS[rate]})


def _is_significant(name: str, was: Mapping[str, int | None], now: Mapping[str, int | None]) -> bool | None:
    """By the two-proportion test: z = (p1 - p0) / sqrt(p (1 - p) (1 / n1 + 1 / n0)), p of both sides together."""
    above, below = PARTS[name]
    hits_was, hits, size_was, size = was[above], now[above], was[below], now[below]
    if hits_was is None or hits is None or not size_was or not size or hits_was > size_was or hits > size:
        return None
    both, every = hits_was + hits, size_was + size
    if not 0 < both < every:
        return None
    gap = hits * size_was - hits_was * size  # of p1 - p0 over n1 n0
    return gap**2 * every * _SQUARED.denominator > _SQUARED.numerator * both * (every - both) * size * size_was


def _count(millionths: int | None) -> int | None:
    """A figure as a count. Fractional conversions are rounded half to even, but a few of them are no count."""
    if millionths is None or millionths < 0:
        return None
    whole, rest = divmod(millionths, _MILLION)
    if not rest:
        return whole
    return None if whole < FEW_PARTS else rounded(millionths, _MILLION)
