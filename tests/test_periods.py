"""Windows of days: relative ones end yesterday; a word is a first day for since, and a last day for until."""

from datetime import UTC, date, datetime, timedelta

import pytest

from adops_cli import periods
from adops_cli.errors import BadRequestError
from adops_cli.periods import Window
from adops_cli.values import written_instant

NOW = date(2026, 3, 1)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


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
        ("14d", "7d", "2026-02-15", "2026-02-22"),
        (None, "7d", None, "2026-02-22"),
        ("2026-01", "last-week", "2026-01-01", "2026-02-22"),
        ("last-month", "today", "2026-02-01", "2026-03-01"),
        ("2026-W02", "2026-01", "2026-01-05", "2026-01-31"),
    ],
)
def test_words_become_days(since: str | None, until: str | None, first: str | None, last: str | None) -> None:
    assert periods.window(since, until, now=NOW) == Window(day(first), day(last))


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("today", "2026-03-01", "2026-03-01"),
        ("last-week", "2026-02-16", "2026-02-22"),  # 1 March is a Sunday, and so in the week that is not over
        ("2025-10", "2025-10-01", "2025-10-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-03", "2026-03-01", "2026-03-31"),  # as the calendar has it, however much of it is over
        ("2025-W45", "2025-11-03", "2025-11-09"),
        ("2020-w53", "2020-12-28", "2021-01-03"),
        ("q1", "2026-01-01", "2026-03-31"),
        ("Q3", "2025-07-01", "2025-09-30"),
        ("2025-q4", "2025-10-01", "2025-12-31"),
        ("2026-02-10", "2026-02-10", "2026-02-10"),
    ],
)
def test_a_period_is_what_since_alone_means_by_its_word(word: str, first: str, last: str) -> None:
    assert periods.window(period=word, now=NOW) == Window(day(first), day(last))
    if word != "2026-02-10":
        assert periods.window(word, now=NOW) == Window(day(first), day(last))


def test_a_quarter_or_month_to_date_begins_with_its_first_whole_day() -> None:
    first_of_july = date(2026, 7, 1)

    assert periods.window("q3", now=first_of_july).first == date(2025, 7, 1)
    assert periods.window("q3", now=date(2026, 7, 2)).first == date(2026, 7, 1)
    assert periods.window("mtd", now=first_of_july).first == date(2026, 6, 1)


@pytest.mark.parametrize(
    "word",
    [
        "0d",
        "soon",
        "7 days",
        "2026-02-30",
        "99999999d",
        "2026-13-01",
        "99999d",
        "2026-13",
        "2026-W54",
        "q5",
        "",
        "0000-10",
    ],
)
def test_other_words_are_refused_with_those_that_serve(word: str) -> None:
    for name in ("since", "until", "period"):
        with pytest.raises(BadRequestError, match=f"^--{name} .* yesterday, last-week, last-month") as error:
            periods.window(**{name: word}, now=NOW, called="--{}")
        assert str(error.value).count("\n") == 0


def test_a_period_sets_both_ends_and_excludes_the_others() -> None:
    for bound in ("since", "until"):
        with pytest.raises(BadRequestError, match=r"--period sets .* Use it without --since or --until"):
            periods.window(**{bound: "2026-02-01"}, period="7d", now=NOW, called="--{}")


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadRequestError, match="the window is empty: it begins on 2026-02-02 and ends on 2026-02-01"):
        periods.window("2026-02-02", "2026-02-01", now=NOW)
    with pytest.raises(BadRequestError, match="it begins on 2026-02-22 and ends on 2026-02-15"):
        periods.window("7d", "14d", now=NOW)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of these tests stands at noon of the day."""
    monkeypatch.setattr(periods, "today", lambda _timezone="UTC": NOW)


@pytest.mark.usefixtures("noon")
@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        ("2026-02-10", "2026-02-10", "2026-02-10T00:00:00.000Z", "2026-02-10T23:59:59.999Z"),
        ("2026-02-10T08:30:00Z", None, "2026-02-10T08:30:00.000Z", None),
        (None, "2026-02-10T00:00:00Z", None, "2026-02-10T00:00:00.000Z"),  # a moment, not the day
        ("yesterday", None, "2026-02-28T00:00:00.000Z", "2026-02-28T23:59:59.999Z"),
        ("2026-02", "2026-02-10 08:30", "2026-02-01T00:00:00.000Z", "2026-02-10T08:30:00.000Z"),
        ("14d", "7d", "2026-02-15T00:00:00.000Z", "2026-02-22T23:59:59.999Z"),
        ("7d", None, "2026-02-22T00:00:00.000Z", None),  # a log goes on to the present
        ("mtd", None, "2026-02-01T00:00:00.000Z", None),
        (datetime(2026, 2, 1, 5, tzinfo=UTC), date(2026, 2, 2), "2026-02-01T05:00:00.000Z", "2026-02-02T23:59:59.999Z"),
        (None, "9999-12-31", None, None),
    ],
)
def test_in_a_log_days_and_words_are_from_midnight_to_midnight(
    since: object, until: object, first: str | None, last: str | None
) -> None:
    found = periods.moments(since, until)

    assert [None if moment is None else written_instant(moment) for moment in found] == [first, last]


@pytest.mark.usefixtures("noon")
def test_midnight_is_that_of_the_time_zone() -> None:
    start, end = periods.moments("yesterday", timezone="Europe/Berlin")

    assert start is not None
    assert end is not None
    assert (written_instant(start), written_instant(end)) == ("2026-02-27T23:00:00.000Z", "2026-02-28T22:59:59.999Z")
    assert periods.day_of(start, "Europe/Berlin") == periods.day_of(end, "Europe/Berlin") == date(2026, 2, 28)
    assert periods.moments("0001-01-01", "0001-01-01", timezone="Pacific/Kiritimati")[0] is not None


def test_today_is_that_of_the_time_zone() -> None:
    east, west = periods.today("Pacific/Kiritimati"), periods.today("Pacific/Midway")

    assert east - west in (timedelta(days=1), timedelta(days=2))
    with pytest.raises(BadRequestError, match="no time zone is called 'Mars/Olympus'"):
        periods.today("Mars/Olympus")
