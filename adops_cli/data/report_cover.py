"""Divides a window of days into whole weeks and months, whose sums are stored, and the days that are left.

Plain arithmetic of days. Knows no database.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

_FEW = 3
"""So many days at most are taken off a week or month: each is a row to be read, as the sum is."""
_ENDS = ("0001-01", "9999-12")
Span = Literal["day", "week", "month"]
Days = tuple[date | None, date | None]
"""The first and the last day. None is an open end."""


@dataclass(frozen=True)
class Whole:
    """Consecutive days, weeks or months, by the `start` under which their sums are stored."""

    span: Span
    first: str | None
    last: str | None
    without: Collection[str]
    """Those in between whose sums are out of date. For days, their months."""


@dataclass(frozen=True)
class Cover:
    """A window as spans with stored sums, and the days that are left."""

    whole: Sequence[Whole]
    days: Sequence[Days]
    but: Sequence[Days] = ()
    """Days of the whole spans that are not in the window, whose rows must be taken off."""


def by_campaign(first: date | None, last: date | None, stale: Collection[str], newest: date | None = None) -> Cover:
    """Months as far as possible, then weeks. Of one that is mostly in the window, the other days are taken off.

    `newest` is the last day with a row, if it is known: no day after it needs to be taken off.
    """
    if _is_at_an_end(first, last, stale):
        return Cover([], [(first, last)])
    months = by_period("month", first, last, stale)
    rounded = _rounded("month", [part for days in months.days for part in _in_two(days)], stale, newest)
    weeks = [by_period("week", *days, stale) for days in rounded.days]
    parts = [rounded, *weeks, _rounded("week", _merged(days for one in weeks for days in one.days), stale, newest)]
    whole = [*months.whole, *(one for part in parts for one in part.whole)]
    return Cover(whole, parts[-1].days, [days for part in parts for days in part.but])


def _rounded(span: Span, parts: Iterable[Days], stale: Collection[str], newest: date | None) -> Cover:
    """Each part as the week or month that it is most of, without its other days. Else it is left to its days."""
    found, left, but = [], [], list[Days]()
    for days in parts:
        if (start := part_of(span, days, stale)) is None:
            left.append(days)
            continue
        inside = set(each(days))
        others = [day for day in days_of(span, start) if day not in inside and (newest is None or day <= str(newest))]
        if len(others) <= _FEW and len(others) < len(inside):
            found.append(Whole(span, start, start, ()))
            but += _merged((date.fromisoformat(day), date.fromisoformat(day)) for day in others)
        else:
            left.append(days)
    return Cover(found, _merged(left), but)


def _in_two(days: Days) -> Iterator[Days]:
    """The days of the month in which a range begins, and those after it. Both ends must be known."""
    first, last = days
    second = None if first is None else _day(_next_start("month", first.toordinal()))
    if first is None or last is None or second is None or not first < second <= last:
        yield days
    else:
        yield first, _day(second.toordinal() - 1)
        yield second, last


def _is_at_an_end(first: date | None, last: date | None, stale: Collection[str]) -> bool:
    """Whether a week or month that matters may go beyond the days that there are: then all is left to the days."""
    ends = {_ENDS[0], _ENDS[1]}
    return any(day is not None and str(day)[:7] in ends for day in (first, last)) or not ends.isdisjoint(stale)


def part_of(span: Span, days: Days, stale: Collection[str]) -> str | None:
    """The start of the week or month that has all these days. None if there are several, or its sum is out of date."""
    first, last = days
    if first is None or last is None:
        return None
    start = _start_of(span, first.toordinal())
    if _start_of(span, last.toordinal()) != start or start + 6 > date.max.toordinal():
        return None
    ends = (start, start + 6) if span == "week" else (start,)
    return None if any(str(_day(day))[:7] in stale for day in ends) else _name(span, start)


def by_period(span: Span, first: date | None, last: date | None, stale: Collection[str]) -> Cover:
    """Only spans of this kind. A span with a stale month is left to its days."""
    if _is_at_an_end(first, last, stale):
        return Cover([], [(first, last)])
    begin = None if first is None else _next_start(span, first.toordinal())
    end = None if last is None else _start_of(span, last.toordinal() + 1) - 1
    if begin is not None and end is not None and begin > end:
        return Cover([], [(first, last)])
    low, high = begin or 1, end or date.max.toordinal()
    touched = (one for month in stale for one in _touched(span, month))
    if span == "day":  # a part of the month is as good
        touched = ((max(low, start), min(high, stop)) for start, stop in touched if start <= high and low <= stop)
    without = {start: stop for start, stop in touched if low <= start and stop <= high}
    left: list[Days] = []
    if first is not None and begin != first.toordinal():
        left.append((first, _day(low - 1)))
    left += _merged((_day(start), _day(stop)) for start, stop in sorted(without.items()))
    if last is not None and end != last.toordinal():
        left.append((_day(high + 1), last))
    skipped = stale if span == "day" else [_name(span, start) for start in sorted(without)]
    names = [None if day is None else _name(span, day) for day in (begin, end)]
    return Cover([Whole(span, names[0], names[1], skipped)], left)


def start_of(span: Span, day: str) -> str:
    """The start of the span with this day, both as text."""
    if span == "month":
        return day[:7]
    return _name(span, _start_of(span, date.fromisoformat(day).toordinal()))


def _start_of(span: Span, day: int) -> int:
    """The first day of the span with this day. Days are numbers here, because a span can end after the last date."""
    if span == "month" and day <= date.max.toordinal():
        return date.fromordinal(day).replace(day=1).toordinal()
    return day if span != "week" else max(1, day - (day - 1) % 7)


def _next_start(span: Span, day: int) -> int:
    """The first start of a span on this day or after it."""
    start = _start_of(span, day)
    if start == day:
        return day
    return start + 7 if span == "week" else _start_of(span, start + 31)


def _touched(span: Span, month: str) -> Iterator[tuple[int, int]]:
    """The first and the last day of each span with a day of the month. For days, all of them as one."""
    first = date.fromisoformat(f"{month}-01").toordinal()
    last = _start_of("month", first + 31) - 1
    if span != "week":
        yield first, last
        return
    for start in range(_start_of("week", first), last + 1, 7):
        yield start, start + 6


def days_of(span: Span, start: str) -> Iterator[str]:
    """The days of a week or month, by its start."""
    first = date.fromisoformat(start if span == "week" else f"{start}-01").toordinal()
    last = first + 6 if span == "week" else _start_of("month", first + 31) - 1
    return (str(_day(day)) for day in range(first, last + 1))


def each(days: Days) -> Iterator[str]:
    """The days of a range with two ends, as text."""
    first, last = (day.toordinal() for day in days if day is not None)
    return (str(date.fromordinal(day)) for day in range(first, last + 1))


def _merged(ranges: Iterable[Days]) -> list[Days]:
    """The same days as few ranges, given in their order."""
    found: list[Days] = []
    for first, last in ranges:
        before = found[-1][1] if found else None
        if before is not None and first is not None and before.toordinal() + 1 == first.toordinal():
            found[-1] = found[-1][0], last
        else:
            found.append((first, last))
    return found


def _day(number: int) -> date:
    return date.fromordinal(min(number, date.max.toordinal()))


def _name(span: Span, day: int) -> str:
    """The `start` of the span that begins on this day."""
    written = _day(day).isoformat()
    return written[:7] if span == "month" else written
