"""The windows that the data API's functions take, as days or times: words are those of `periods`.

Windows are as seen now, in the time zone of the bound database. Knows no table.
"""

from datetime import date, datetime
from typing import Any, TypedDict

from adops_cli import periods, values
from adops_cli.errors import BadRequestError
from adops_cli.periods import Given
from adops_cli.storage.handle import db

Day = date | str | None


class Words(TypedDict, total=False):
    """A window as on the command line: `since` and `until`, or `period`. Each is a day or a word such as `7d`."""

    since: Given
    until: Given
    period: Given


def day(given: date | str) -> date:
    """A single day. Raises `BadRequestError` for anything else."""
    try:
        return values.day(given)
    except ValueError as error:
        raise BadRequestError(f"the day {error}") from error


def days(
    start_date: Day,
    end_date: Day,
    *,
    since: Given = None,
    until: Given = None,
    period: Given = None,
) -> tuple[Day, Day]:
    """The first and the last day: as they are given, or those that the words mean. None leaves an end open."""
    if since is until is period is None:
        return start_date, end_date
    if start_date is not None or end_date is not None:
        raise BadRequestError("a window is given twice", "Use start_date and end_date, or since, until and period")
    found = periods.window(since, until, period, now=periods.today(db.timezone))
    return found.first, found.last


def moments(
    since: Any, until: Any, period: Given = None, *, called: str = "{}"
) -> tuple[datetime | None, datetime | None]:
    """The first and the last moment, from times, days or words. None leaves an end open."""
    return periods.moments(since, until, period, timezone=db.timezone, called=called)
