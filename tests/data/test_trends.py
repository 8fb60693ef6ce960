"""Daily figures as series: exact sums and ratios of sums, currencies apart, and nothing where nothing was reported."""

import itertools
from collections import defaultdict
from collections.abc import Sequence
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
