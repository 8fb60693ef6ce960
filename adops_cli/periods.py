"""Days and windows of days: `7d`, `mtd`, `last-month` and plain dates become a first and a last day.

Windows end yesterday, the last complete day, because the platforms' figures for today still change. Only `today` reads
the clock; all other functions are given the day.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from adops_cli.errors import BadRequestError
from adops_cli.values import day as read_day

ONE_DAY = timedelta(days=1)
WORDS = "a day as YYYY-MM-DD, or 7d (any number of days), mtd, ytd, yesterday, last-month"
_DAYS = re.compile(r"(\d{1,5})d", re.ASCII)


@dataclass(frozen=True)
class Window:
    """An inclusive range of days. None leaves an end open."""

    first: date | None = None
    last: date | None = None


def today(timezone: str = "UTC") -> date:
    """The current calendar day in a time zone of the IANA database."""
    zone: tzinfo = UTC
    if timezone != "UTC":
        # Imported here, because most commands do not need the database of time zones.
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415

        try:
            zone = ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise BadRequestError(
                f"no time zone is called {timezone!r}", "Give an IANA name such as Europe/Berlin"
            ) from error
    return datetime.now(zone).date()


def age(words: str) -> timedelta:
    """The length of `30d` or `12h`, with days of 24 hours."""
    match = re.fullmatch(r"(\d{1,6})([dh])", words.strip().lower(), re.ASCII)
    if not match:
        raise BadRequestError(f"{words!r} is not an age", "Give days or hours such as 30d or 12h")
    return timedelta(days=int(match[1])) if match[2] == "d" else timedelta(hours=int(match[1]))


def window(since: str | None, until: str | None, now: date) -> Window:
    """The days that `--since` and `--until` mean on the day `now`.

    A word for `since` sets both ends, unless `until` is also given. A word for `until` sets the last day. `mtd` and
    `ytd` start on the first day of yesterday's month or year.
    """
    start = _named(since, "--since", now) if since else Window()
    end = _named(until, "--until", now) if until else None
    result = Window(start.first, end.last) if end else start
    if result.first and result.last and result.first > result.last:
        raise BadRequestError(
            f"the window is empty: it begins on {result.first} and ends on {result.last}",
            "Use a --since that is not after --until",
        )
    return result


def _named(words: str, option: str, now: date) -> Window:
    word = words.strip().lower()
    yesterday = now - ONE_DAY
    if match := _DAYS.fullmatch(word):
        length = int(match[1])
        if not 1 <= length <= (yesterday - date(1900, 1, 1)).days:
            raise BadRequestError(f"{option} {words} is not a window", f"Give {WORDS}")
        return Window(yesterday - (length - 1) * ONE_DAY, yesterday)
    if word == "yesterday":
        return Window(yesterday, yesterday)
    if word == "mtd":
        return Window(yesterday.replace(day=1), yesterday)
    if word == "ytd":
        return Window(yesterday.replace(month=1, day=1), yesterday)
    if word == "last-month":
        last = now.replace(day=1) - ONE_DAY
        return Window(last.replace(day=1), last)
    try:
        given = read_day(word)
    except ValueError as error:
        raise BadRequestError(f"{option} {error}", f"Give {WORDS}") from error
    return Window(given, None) if option == "--since" else Window(None, given)
