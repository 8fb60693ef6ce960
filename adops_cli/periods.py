"""Days and windows of days: `7d`, `mtd`, `last-month`, `2026-W45` and plain dates become a first and a last day.

Relative windows end yesterday, the last complete day, because the platforms' figures for today still change. Only
`today` reads the clock; all other functions are given the day.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from adops_cli.errors import BadRequestError
from adops_cli.values import day as read_day
from adops_cli.values import instant, shown

Given = date | str | None
"""A day, or a word for a window of days."""

ONE_DAY = timedelta(days=1)
WORDS = (
    "a day as YYYY-MM-DD, or 7d (any number of days), mtd, ytd, today, yesterday, last-week, last-month, "
    "2026-10, 2026-W45, q3, 2026-q3"
)
_DAYS = re.compile(r"(\d{1,5})d", re.ASCII)
_TO_DATE = re.compile(r"\d{1,5}d|mtd|ytd", re.ASCII)
"""Windows that end yesterday only because today is not over."""
_MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
_WEEK = re.compile(r"(\d{4})-w(\d\d)", re.ASCII)
_QUARTER = re.compile(r"(?:(\d{4})-?)?q([1-4])", re.ASCII)


@dataclass(frozen=True)
class Window:
    """An inclusive range of days. None leaves an end open."""

    first: date | None = None
    last: date | None = None


def today(timezone: str = "UTC") -> date:
    """The current calendar day in a time zone of the IANA database."""
    return datetime.now(zone(timezone)).date()


def day_of(moment: datetime, timezone: str = "UTC") -> date:
    """The calendar day of a moment in a time zone."""
    return moment.astimezone(zone(timezone)).date()


def zone(timezone: str) -> tzinfo:
    """The time zone with this name in the IANA database. Raises `BadRequestError` if there is none."""
    if timezone == "UTC":
        return UTC
    # Imported here, because most commands do not need the database of time zones.
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415

    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadRequestError(
            f"no time zone is called {timezone!r}", "Give an IANA name such as Europe/Berlin"
        ) from error


def age(words: str) -> timedelta:
    """The length of `30d` or `12h`, with days of 24 hours."""
    match = re.fullmatch(r"(\d{1,6})([dh])", words.strip().lower(), re.ASCII)
    if not match:
        raise BadRequestError(f"{words!r} is not an age", "Give days or hours such as 30d or 12h")
    return timedelta(days=int(match[1])) if match[2] == "d" else timedelta(hours=int(match[1]))


def whole_days(given: object) -> int:
    """The number of days of `2d` or 2. `ValueError` for anything else."""
    match = re.fullmatch(r"(\d{1,5})d?", str(given).strip().lower(), re.ASCII)
    if not match or isinstance(given, bool):
        raise ValueError(f"must be a number of days such as 2d, not {shown(given)}")
    return int(match[1])


def window(since: Given = None, until: Given = None, period: Given = None, *, now: date, called: str = "{}") -> Window:
    """The days from `since` to `until`, or those of `period`, as seen on the day `now`.

    A word for `since` is the first day of its window, and a word for `until` the last one; `7d` for `until` is the day
    seven days ago. Without `until`, a word for `since` also sets the last day. `mtd` and `ytd` start on the first day
    of yesterday's month or year; `q3` is the newest one that had begun by yesterday. `called` makes a caller's name for
    an argument out of ours.
    """
    if period is not None:
        if since is not None or until is not None:
            since_or_until = " or ".join(map(called.format, ("since", "until")))
            raise BadRequestError(
                f"{called.format('period')} sets the first and the last day", f"Use it without {since_or_until}"
            )
        return _named(period, called.format("period"), now)
    first = last = None
    if since is not None:
        whole = _named(since, called.format("since"), now)
        first, last = whole.first, None if _is_day(since) else whole.last
    if until is not None:
        whole = _named(until, called.format("until"), now)
        last = whole.first if _DAYS.fullmatch(_word(until)) else whole.last
    if first and last and first > last:
        raise BadRequestError(
            f"the window is empty: it begins on {first} and ends on {last}",
            f"Use a {called.format('since')} that is not after {called.format('until')}",
        )
    return Window(first, last)


def moments(
    since: object = None, until: object = None, period: Given = None, *, timezone: str = "UTC", called: str = "{}"
) -> tuple[datetime | None, datetime | None]:
    """The first and the last moment of a window of a log: each a time, or a day or word as for `window`.

    Days begin at midnight in the time zone. A log needs no whole days: after `7d`, `mtd` or `ytd` for `since` alone, it
    goes on to the present.
    """
    start, end = _instant(since, called.format("since")), _instant(until, called.format("until"))
    first: Any = None if start else since
    last: Any = None if end else until
    days = window(first, last, period, now=today(timezone), called=called)
    to_date = period is None and until is None and _TO_DATE.fullmatch(_word(since))
    if start is None and days.first:
        start = _midnight(days.first, timezone)
    if end is None and days.last and not to_date:
        end = None if days.last == date.max else _midnight(days.last + ONE_DAY, timezone) - timedelta(milliseconds=1)
    return start, end


def _instant(given: object, name: str) -> datetime | None:
    """The time, or None for a day, a word or nothing."""
    if given is None:
        return None
    try:
        return instant(given)
    except ValueError as error:
        if isinstance(given, date) or (isinstance(given, str) and ":" not in given):
            return None
        raise BadRequestError(f"{name} {error}", f"Give a time as YYYY-MM-DDTHH:MM:SSZ, {WORDS}") from error


def _midnight(day: date, timezone: str) -> datetime:
    try:
        return datetime.combine(day, time.min, zone(timezone)).astimezone(UTC)
    except OverflowError:
        return datetime.combine(day, time.min, UTC)


def _word(given: object) -> str:
    return given.strip().lower() if isinstance(given, str) else ""


def _is_day(given: object) -> bool:
    try:
        return bool(read_day(given))
    except ValueError:
        return False


def _named(given: Given, name: str, now: date) -> Window:
    """The whole window that a word or a day names."""
    word = _word(given)
    yesterday = now - ONE_DAY
    if match := _DAYS.fullmatch(word):
        length = int(match[1])
        if not 1 <= length <= (yesterday - date(1900, 1, 1)).days:
            raise BadRequestError(f"{name} {given} is not a window", f"Give {WORDS}")
        return Window(yesterday - (length - 1) * ONE_DAY, yesterday)
    if relative := _RELATIVE.get(word):
        return relative(now, yesterday)
    try:
        calendar = _calendar(word, yesterday)
        day = None if calendar else read_day(given)
    except (ValueError, OverflowError) as error:
        reason = f"{shown(given)} is not in the calendar" if _is_period(word) else str(error)
        raise BadRequestError(f"{name} {reason}", f"Give {WORDS}") from error
    return calendar or Window(day, day)


def _month_before(first: date) -> Window:
    last = first - ONE_DAY
    return Window(last.replace(day=1), last)


def _week_before(now: date) -> Window:
    monday = now - (now.weekday() + 7) * ONE_DAY
    return Window(monday, monday + 6 * ONE_DAY)


_RELATIVE: Mapping[str, Callable[[date, date], Window]] = {
    "today": lambda now, _: Window(now, now),
    "yesterday": lambda _, yesterday: Window(yesterday, yesterday),
    "mtd": lambda _, yesterday: Window(yesterday.replace(day=1), yesterday),
    "ytd": lambda _, yesterday: Window(yesterday.replace(month=1, day=1), yesterday),
    "last-week": lambda now, _: _week_before(now),
    "last-month": lambda now, _: _month_before(now.replace(day=1)),
}


def _is_period(word: str) -> bool:
    return any(form.fullmatch(word) for form in (_MONTH, _WEEK, _QUARTER))


def _calendar(word: str, yesterday: date) -> Window | None:
    """A month, ISO week or quarter, complete however much of it is over. `ValueError` if there is no such one."""
    if match := _WEEK.fullmatch(word):
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return Window(monday, monday + 6 * ONE_DAY)
    if match := _MONTH.fullmatch(word):
        return _months(int(match[1]), int(match[2]), 1)
    if match := _QUARTER.fullmatch(word):
        month = int(match[2]) * 3 - 2
        year = int(match[1]) if match[1] else yesterday.year - (yesterday.month < month)
        return _months(year, month, 3)
    return None


def _months(year: int, month: int, count: int) -> Window:
    """So many months from the first day of this one."""
    first, last = date(year, month, 1), date(year, month + count - 1, 28)
    last += 4 * ONE_DAY  # in the next month, whatever the length of this one
    return Window(first, last - last.day * ONE_DAY)
