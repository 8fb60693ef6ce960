"""Daily figures as series: exact sums and ratios of sums, currencies apart, and nothing where nothing was reported."""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from adops_cli import measures
from adops_cli.data import campaigns, metrics, projects, reports, trends
from adops_cli.errors import BadRequestError
from adops_cli.storage.handle import db

pytestmark = pytest.mark.usefixtures("bound")


def campaign(name: str, platform: str = "google-ads", currency: str = "EUR", **more: Any) -> str:
    return str(
        campaigns.create(name=name, platform=platform, status="active", metadata={"currency": currency}, **more).id
    )


@pytest.fixture
def book(bound: Any) -> dict[str, str]:  # noqa: ARG001 - for its database
    """Three campaigns in euros, of which one reports no revenue, and one in dollars."""
    project = projects.create(name="Spring", type="campaign").id
    ids = {
        "brand": campaign("Brand", project_id=project),
        "generic": campaign("Generic"),
        "video": campaign("Video", "ttd"),
        "us": campaign("US", currency="USD", project_id=project),
    }
    for name, day, spend, revenue in (
        ("brand", 1, "0.1", "1"), ("brand", 2, "0.2", "2"), ("brand", 4, "10", "0"),
        ("generic", 1, "0.2", "2.5"), ("generic", 2, "3", None),
        ("video", 1, "7", None), ("video", 3, "0", None),
        ("us", 2, "5", "5"),
    ):  # fmt: skip
        metrics.record_metrics(ids[name], f"2026-03-0{day}", spend=spend, revenue=revenue)
    return ids


def shown(found: trends.Trend) -> dict[tuple[str | None, ...], list[tuple[int, Any]]]:
    values: dict[tuple[str | None, ...], list[tuple[int, Any]]] = defaultdict(list)
    for row in found.rows:
        values[row.figure, row.series, row.currency].append((row.day.day, row.value))
    return values


@pytest.mark.usefixtures("book")
def test_a_day_is_the_exact_sum_and_the_ratio_of_sums_and_what_nobody_reports_is_none() -> None:
    found = shown(trends.trend("platform", ["spend", "roas"]))
    assert list(found) == [
        (figure, *key)
        for figure in ("spend", "roas")
        for key in (("google-ads", "EUR"), ("ttd", "EUR"), ("google-ads", "USD"))
    ]
    assert found["spend", "google-ads", "EUR"] == [(1, Decimal("0.3")), (2, Decimal("3.2")), (4, 10)]
    assert found["roas", "google-ads", "EUR"] == [(1, Decimal("11.666667")), (2, Decimal("0.625")), (4, 0)]
    assert found["spend", "ttd", "EUR"] == [(1, 7), (3, 0)]
    assert found["roas", "ttd", "EUR"] == [(1, None), (3, None)]


def test_series_have_the_names_of_what_they_are(book: dict[str, str]) -> None:
    whole = trends.trend().rows
    assert {(row.series, row.name, row.currency) for row in whole} == {("all", None, "EUR"), ("all", None, "USD")}
    of_projects = trends.trend("project").rows
    assert {(row.name, row.currency, row.series is None) for row in of_projects} == {
        (None, "EUR", True), ("Spring", "EUR", False), ("Spring", "USD", False),
    }  # fmt: skip
    assert {(row.series, row.name) for row in trends.trend("campaign", platform="ttd").rows} == {
        (book["video"], "Video")
    }


def test_of_each_currency_the_largest_are_read_by_a_figure_or_a_denominator(book: dict[str, str]) -> None:
    found = trends.trend("campaign", ["spend"], 2)
    assert list(dict.fromkeys(row.name for row in found.rows)) == ["Brand", "Video", "US"]
    assert (found.series, found.left_out, found.size) == (3, 1, "spend")
    by_ratio = trends.trend("campaign", ["roas", "revenue"], 1)
    assert list(dict.fromkeys(row.name for row in by_ratio.rows)) == ["Brand", "US"]
    assert (by_ratio.left_out, by_ratio.size) == (2, "spend")
    assert {row.name for row in trends.trend("campaign", ["revenue"], 1).rows} == {"Brand", "US"}
    assert trends.trend("campaign", limit=0).series == 4
    assert {row.series for row in trends.trend("campaign", campaign_ids=[book["us"]]).rows} == {book["us"]}


def test_it_knows_which_campaigns_make_a_ratio_of_a_series_misleading(book: dict[str, str]) -> None:
    [silent] = trends.trend("none", ["roas"]).unreported
    assert (silent.figure, silent.currency, silent.campaigns, silent.spend) == ("revenue", "EUR", 1, 7)
    assert silent.ratios == {"roas": Decimal("0.407407")}
    assert trends.trend("none", ["spend", "cpa"]).unreported == []
    assert trends.trend("none", ["spend"]).unreported == ()
    assert trends.trend("platform", ["roas"]).unreported == []  # it has a curve of its own
    metrics.record_metrics(campaign("Display"), "2026-03-01", spend=2)
    for by in ("platform", "project"):
        found = trends.trend(by, ["roas"]).unreported
        assert [one.spend for one in found] == [2 if by == "platform" else 9]
    assert trends.trend("campaign", ["roas"], campaign_ids=[*book.values()]).unreported == ()


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("touched", [False, True], ids=["stored", "touched"])
def test_all_ways_add_up_to_the_report_by_day(touched: bool) -> None:
    """Also where another program has written into one of two months, whose stored sums are then out of date."""
    metrics.record_metrics(campaigns.list()[0].id, "2026-04-09", spend=1)
    if touched:
        db.execute_sql("""UPDATE "metrics" SET "clicks" = 5 WHERE "date" = '2026-03-02'""")
    window = {"start_date": "2026-03-02", "end_date": "2026-03-31"}
    every: Sequence[dict[str, Any]] = ({}, window, {"platform": "google-ads"}, {"status": "active"})
    ways: Sequence[trends.By] = ("none", "platform", "project", "campaign")
    for asked, by in itertools.product(every, ways):
        days = {(row.day, row.currency): (row.spend, row.clicks) for row in reports.grouped("day", **asked)}
        sums: dict[Any, dict[str, Any]] = defaultdict(lambda: {"spend": None, "clicks": None})
        for row in trends.trend(by, ["spend", "clicks"], 0, **asked).rows:
            here = sums[row.day, row.currency]
            here[row.figure] = measures.total([here[row.figure], row.value])
        assert days
        assert {key: (value["spend"], value["clicks"]) for key, value in sums.items()} == days


@pytest.mark.parametrize(
    ("by", "figures", "said"),
    [
        ("none", ["leads"], "there is no trend of 'leads'"),
        ("none", [], "there is no trend of ''"),
        ("week", ["spend"], "figures cannot be grouped by 'week'"),
    ],
)
def test_what_has_no_trend_is_refused(by: Any, figures: Sequence[Any], said: str) -> None:
    with pytest.raises(BadRequestError, match=said):
        trends.trend(by, figures)


@pytest.mark.usefixtures("book")
def test_a_course_has_sums_and_ratios_of_equal_parts_up_to_the_last_day(book: dict[str, str]) -> None:
    every = trends.courses("platform", "spend")
    assert every is not None
    assert (every.days, str(every.last)) == (1, "2026-03-04")
    assert every.parts == {
        ("google-ads", "EUR"): [Decimal("0.3"), Decimal("3.2"), None, 10],
        ("google-ads", "USD"): [None, 5, None, None],
        ("ttd", "EUR"): [7, None, 0, None],
    }
    metrics.record_metrics(book["brand"], "2026-03-21", spend=1, revenue=4)
    halves = trends.courses("campaign", "roas", campaign_ids=[book["brand"], book["video"]])
    assert halves is not None
    assert halves.days == 2  # of 21 days, the first one is in no part
    assert halves.parts[book["brand"], "EUR"] == [10, 0, *[None] * 7, 4]
    assert halves.parts[book["video"], "EUR"] == [None, *[None] * 9]
    assert trends.courses("none", "clicks", start_date=date(2027, 1, 1)) is None


def test_a_long_course_is_of_the_last_weeks(book: dict[str, str]) -> None:
    for month in range(1, 13):
        metrics.record_metrics(book["us"], f"2027-{month:02}-28", spend=month)
    found = trends.courses("project", "spend", end_date=date(2027, 11, 30), campaign_ids=[book["us"]])
    assert found is not None
    assert (found.days, str(found.last), len(found.parts)) == (7, "2027-11-30", 1)
    [parts] = found.parts.values()
    assert [part for part in parts if part is not None] == [8, 9, 10, 11]
    assert (len(parts), parts[-1]) == (14, 11)


def test_a_book_without_days_has_no_course() -> None:
    assert trends.courses("platform", "spend") is None
