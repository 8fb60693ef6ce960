"""Windows of days: they end yesterday, and a word for --since sets both ends."""

from datetime import date, timedelta

import pytest

from adops_cli import periods
from adops_cli.errors import BadRequestError
from adops_cli.periods import Window

NOW = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        (None, None, None, None),
        ("2026-02-01", None, "2026-02-01", None),
        (None, "2026-02-10", None, "2026-02-10"),
        ("2026-02-01", "2026-02-10", "2026-02-01", "2026-02-10"),
        ("7d", None, "2026-02-22", "2026-02-28"),
        ("1d", None, "2026-02-28", "2026-02-28"),
        ("yesterday", None, "2026-02-28", "2026-02-28"),
        ("mtd", None, "2026-02-01", "2026-02-28"),
        ("YTD", None, "2026-01-01", "2026-02-28"),
        ("last-month", None, "2026-02-01", "2026-02-28"),
        ("last-month", "2026-02-10", "2026-02-01", "2026-02-10"),
        ("2026-01-01", "yesterday", "2026-01-01", "2026-02-28"),
        (None, "last-month", None, "2026-02-28"),
    ],
)
def test_words_become_days(since: str | None, until: str | None, first: str | None, last: str | None) -> None:
    def day(text: str | None) -> date | None:
        return date.fromisoformat(text) if text else None

    assert periods.window(since, until, NOW) == Window(day(first), day(last))


@pytest.mark.parametrize("word", ["0d", "soon", "7 days", "2026-02-30", "99999999d", "2026-13-01", "99999d"])
def test_other_words_are_refused_with_those_that_serve(word: str) -> None:
    with pytest.raises(BadRequestError, match="yesterday, last-month"):
        periods.window(word, None, NOW)


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadRequestError, match="the window is empty: it begins on 2026-02-02 and ends on 2026-02-01"):
        periods.window("2026-02-02", "2026-02-01", NOW)


def test_today_is_that_of_the_time_zone() -> None:
    east, west = periods.today("Pacific/Kiritimati"), periods.today("Pacific/Midway")

    assert east - west in (timedelta(days=1), timedelta(days=2))
    with pytest.raises(BadRequestError, match="no time zone is called 'Mars/Olympus'"):
        periods.today("Mars/Olympus")
