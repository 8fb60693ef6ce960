"""How a window is divided into months, weeks and days."""

from collections.abc import Iterator
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from adops_cli.data import report_cover
from adops_cli.data.report_cover import Cover, Whole

DAYS = st.dates(date(2025, 11, 1), date(2026, 6, 30))
MONTHS = ("2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06")
STALE = st.sets(st.sampled_from(MONTHS), max_size=3)


def days_of(whole: Whole) -> Iterator[date]:
    day = date(2025, 10, 1)
    while day < date(2026, 8, 1):
        start = report_cover.start_of(whole.span, str(day))
        skipped = start[:7] if whole.span == "day" else start
        inside = (whole.first is None or start >= whole.first) and (whole.last is None or start <= whole.last)
        if inside and skipped not in whole.without:
            yield day
        day += timedelta(1)


def all_days(cover: Cover) -> list[date]:
    found = [day for whole in cover.whole for day in days_of(whole)]
    for first, last in cover.days:
        assert first is not None
        assert last is not None
        found += window(first, last)
    for days in cover.but:
        for day in report_cover.each(days):
            found.remove(date.fromisoformat(day))
    return sorted(found)


def window(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


@given(first=DAYS, last=DAYS, stale=STALE)
def test_each_day_of_a_window_is_in_one_part(first: date, last: date, stale: set[str]) -> None:
    for cover in (
        report_cover.by_campaign(first, last, stale),
        *(report_cover.by_period(span, first, last, stale) for span in ("day", "week", "month")),
    ):
        assert all_days(cover) == window(first, last)


@given(first=DAYS, last=DAYS, newest=DAYS, stale=STALE)
def test_only_days_that_have_no_rows_can_be_missing_or_too_many(
    first: date, last: date, newest: date, stale: set[str]
) -> None:
    cover = report_cover.by_campaign(first, last, stale, newest)

    assert [day for day in all_days(cover) if day <= newest] == [day for day in window(first, last) if day <= newest]


@given(first=DAYS, last=DAYS, stale=STALE)
def test_no_day_of_a_stale_month_is_in_a_stored_sum(first: date, last: date, stale: set[str]) -> None:
    cover = report_cover.by_campaign(first, last, stale)

    assert stale.isdisjoint(str(day)[:7] for whole in cover.whole for day in days_of(whole))


def test_an_open_end_stays_open() -> None:
    assert report_cover.by_campaign(None, None, ()) == Cover([Whole("month", None, None, [])], [], [])
    cover = report_cover.by_campaign(date(2026, 2, 10), None, ())
    assert cover.whole[0] == Whole("month", "2026-03", None, [])
    assert (cover.days, cover.but) == ([], [(date(2026, 2, 9), date(2026, 2, 9)), (date(2026, 3, 1), date(2026, 3, 1))])


def test_a_month_of_which_the_window_lacks_few_days_with_rows_is_taken_whole() -> None:
    first, last = date(2026, 2, 27), date(2026, 3, 24)
    of_march = Whole("month", "2026-03", "2026-03", ())

    two_days = (date(2026, 2, 27), date(2026, 2, 28))
    assert report_cover.by_campaign(first, last, (), last) == Cover([of_march], [two_days], [])
    of_today = (date(2026, 3, 25), date(2026, 3, 25))
    assert report_cover.by_campaign(first, last, (), of_today[0]) == Cover([of_march], [two_days], [of_today])
    assert of_march not in report_cover.by_campaign(first, last, (), date(2026, 3, 28)).whole
    assert of_march not in report_cover.by_campaign(first, last, ()).whole


def test_what_touches_the_ends_of_the_calendar_is_left_to_the_days() -> None:
    for first, last in ((date.min, date.max), (date(9999, 12, 28), None), (None, date(1, 1, 9))):
        for cover in (
            report_cover.by_campaign(first, last, ()),
            *(report_cover.by_period(span, first, last, ()) for span in ("day", "week", "month")),
        ):
            assert cover == Cover([], [(first, last)])
    assert report_cover.by_period("week", None, None, ["9999-12"]) == Cover([], [(None, None)])
