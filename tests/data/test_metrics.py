"""Daily figures: recording, reading, and reports with exact sums."""

import sys
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adops_cli import measures
from adops_cli.data import campaigns, metrics, projects, reports
from adops_cli.database import db
from adops_cli.errors import BadRequestError, ConflictError, NotFoundError
from adops_cli.storage.models import Campaign, Metrics

pytestmark = pytest.mark.usefixtures("bound")


@pytest.fixture
def camp() -> str:
    return make("camp-123")


def make(id: str, currency: str | None = "USD", **fields: Any) -> str:
    metadata = {"currency": currency} if currency else None
    return str(campaigns.create(**{"id": id, "name": id.upper(), "platform": "ttd", "metadata": metadata, **fields}).id)


def test_figures_of_a_day_come_with_their_ratios(camp: str) -> None:
    row = metrics.record_metrics(
        camp, "2026-02-10", impressions=10000, clicks=250, conversions=10, spend=500, revenue=1000
    )

    assert (row.ctr, row.cpc, row.cpa, row.roas) == (Decimal("0.025"), 2, 50, 2)
    assert metrics.get_metrics(camp)[0].roas == 2
    assert metrics.get_metrics(camp)[0].date == date(2026, 2, 10)


def test_recording_again_replaces_what_is_given_and_leaves_the_rest(camp: str) -> None:
    metrics.record_metrics(camp, "2026-02-10", clicks=250, spend=500, metadata={"videoViews": 3})
    metrics.record_metrics(camp, date(2026, 2, 10), spend="250.5", clicks=None)

    [row] = metrics.get_metrics(camp)

    assert (row.clicks, row.spend, row.cpc, row.metadata) == (None, Decimal("250.5"), None, {"videoViews": 3})


def test_zero_is_a_figure_and_null_is_none(camp: str) -> None:
    row = metrics.record_metrics(camp, "2026-02-10", impressions=0, clicks=0, spend=0)

    assert (row.impressions, row.clicks, row.spend, row.conversions, row.revenue) == (0, 0, 0, None, None)
    assert (row.ctr, row.cpc, row.cpa, row.roas) == (None, None, None, None)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({}, "no figure is given"),
        ({"ctr": 0.5}, "'ctr' is not a figure that can be recorded"),
        ({"clicks": 1.5}, "clicks must be a whole number"),
        ({"clicks": -1}, "clicks is out of range"),
        ({"conversions": -1}, "conversions cannot be negative"),
        ({"spend": "1e13"}, "spend is out of range"),
        ({"spend": "0.0000001"}, "spend has more than 6 decimals"),
    ],
)
def test_a_figure_that_makes_no_sense_is_refused(camp: str, figures: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequestError, match=words):
        metrics.record_metrics(camp, "2026-02-10", **figures)

    assert Metrics.select().count() == 0


def test_figures_need_a_campaign_and_a_day(camp: str) -> None:
    with pytest.raises(
        ConflictError, match=r"campaign_id refers to an unknown campaign: 'camp-124'. Did you mean camp-123\?"
    ):
        metrics.record_metrics("camp-124", "2026-02-10", spend=1)
    with pytest.raises(BadRequestError, match="date is not a day in the calendar"):
        metrics.record_metrics(camp, "2026-02-30", spend=1)


def test_days_are_read_by_range_and_by_age(camp: str) -> None:
    for day in range(1, 6):
        metrics.record_metrics(camp, f"2026-02-0{day}", spend=day)

    assert [row.spend for row in metrics.get_metrics(camp, "2026-02-02", "2026-02-04")] == [4, 3, 2]
    assert [row.spend for row in metrics.get_latest(camp, 2)] == [5, 4]
    assert metrics.get_metrics(camp, start_date="2027-01-01") == []


def test_an_unknown_campaign_is_told_from_one_without_figures(camp: str) -> None:
    assert metrics.get_latest(camp, 2) == []
    for question in (metrics.get_latest, metrics.get_metrics):
        with pytest.raises(NotFoundError, match="there is no campaign 'camp-12'"):
            question("camp-12")


def test_an_aggregate_is_a_ratio_of_sums_not_a_mean_of_ratios() -> None:
    a, b = make("a"), make("b")
    metrics.record_metrics(a, "2026-02-01", impressions=100, clicks=50, spend=10, revenue=20, conversions="0.5")
    metrics.record_metrics(b, "2026-02-02", impressions=900, clicks=50, spend=30, revenue=20, conversions="2.5")
    metrics.record_metrics(b, "2026-02-03", impressions=5, spend=1)

    [row] = metrics.aggregate(campaign_ids=[a, b], start_date="2026-02-01", end_date="2026-02-02")

    assert (row.impressions, row.clicks, row.spend, row.revenue, row.conversions) == (1000, 100, 40, 40, 3)
    assert (row.ctr, row.roas, row.cpc) == (Decimal("0.1"), 1, Decimal("0.4"))
    assert (row.cpa, row.cvr) == (Decimal("13.333333"), Decimal("0.03"))
    assert (row.days, row.campaigns, row.currency) == (2, 2, "USD")
    assert metrics.aggregate(campaign_ids=[]) == metrics.aggregate(start_date="2030-01-01") == []


def test_currencies_are_never_added() -> None:
    for id, currency in (("a", "USD"), ("b", "EUR"), ("c", None)):
        metrics.record_metrics(make(id, currency), "2026-02-01", spend=10, clicks=1)

    assert {(row.currency, row.spend) for row in metrics.aggregate()} == {("USD", 10), ("EUR", 10), (None, 10)}
    report = reports.report("platform")
    assert [row.platform for row in report.rows] == ["ttd"] * 3
    assert report.total is not None
    assert (report.total.clicks, report.total.spend, report.total.cpc, report.total.campaigns) == (3, None, None, 3)


@pytest.mark.parametrize("odd", [840, True, ["USD"], None, {"code": "USD"}])
def test_a_currency_that_is_no_text_is_unknown(odd: object) -> None:
    metrics.record_metrics(make("a"), "2026-02-01", spend=1)
    metrics.record_metrics(make("b", None), "2026-02-01", spend=2)
    campaigns.update("b", metadata={"currency": odd})

    for by in ("day", "week", "month", "platform"):
        assert {(row.currency, row.spend) for row in reports.report(by).rows} == {("USD", 1), (None, 2)}


def test_the_largest_counts_add_up() -> None:
    camp = make("a")
    with db.atomic():  # JSON mode writes its files once for each transaction
        for day in range(1, 29):
            for month in range(1, 13):
                for year in range(2020, 2024):
                    Metrics.create(campaign_id=camp, date=f"{year}-{month:02}-{day:02}", impressions=2**53)

    assert metrics.aggregate()[0].impressions == 2**53 * 28 * 12 * 4 > 2**63


def test_the_total_of_one_currency_is_the_sum_of_the_rows() -> None:
    metrics.record_metrics(make("a"), "2026-02-01", spend="0.1", revenue=1)
    metrics.record_metrics(make("b"), "2026-02-01", spend="0.2", revenue=1)

    total = reports.report("campaign").total

    assert total is not None
    assert (total.spend, total.roas, total.days, total.campaigns) == (Decimal("0.3"), Decimal("6.666667"), 1, 2)


def test_reports_group_by_what_is_asked() -> None:
    project = projects.create(id="p", name="Spring", type="campaign")
    a, b = make("a", project_id=project.id, external_id="x1"), make("b", platform="dv360")
    metrics.record_metrics(a, "2026-02-01", spend=5)  # a Sunday
    metrics.record_metrics(a, "2026-02-02", spend=1)  # the Monday after
    metrics.record_metrics(b, "2026-01-31", spend=2)
    projects.delete("p")

    def rows(by: reports.By, *names: str) -> list[tuple[Any, ...]]:
        return [tuple(getattr(row, name) for name in (*names, "spend")) for row in reports.report(by).rows]

    assert rows("platform", "platform") == [("ttd", 6), ("dv360", 2)]
    assert rows("project", "project_id", "name") == [("p", "Spring", 6), (None, None, 2)]
    assert rows("campaign", "campaign_id", "external_id", "name") == [("a", "x1", "A", 6), ("b", None, "B", 2)]
    assert rows("day", "day") == [(date(2026, 2, 2), 1), (date(2026, 2, 1), 5), (date(2026, 1, 31), 2)]
    assert rows("week", "week") == [(date(2026, 2, 2), 1), (date(2026, 1, 26), 7)]
    assert rows("month", "month") == [("2026-02", 6), ("2026-01", 2)]
    assert [row.platform for row in metrics.aggregate_by_platform(start_date="2026-02-01")] == ["ttd"]
    with pytest.raises(BadRequestError, match="cannot be grouped by 'hour'"):
        reports.report("hour")  # type: ignore[arg-type]


def test_reports_narrow_down_to_a_platform_a_project_or_campaigns() -> None:
    projects.create(id="p", name="Spring", type="campaign")
    a, b = make("a", project_id="p"), make("b", platform="dv360")
    for id in (a, b):
        metrics.record_metrics(id, "2026-02-01", spend=5)

    for wanted in ({"platform": "ttd"}, {"project_id": "p"}, {"campaign_ids": ["a"]}):
        assert [row.campaign_id for row in reports.report("campaign", **wanted).rows] == ["a"], wanted


@pytest.fixture
def ranked(bound: object) -> None:  # noqa: ARG001 - bound first
    for id, spend, revenue, clicks in (
        ("a", 10, 20, 10),
        ("b", 10, 50, 2),
        ("c", 10, 20, 5),
        ("d", 0, 5, 0),
        ("e", 40, None, None),
    ):
        metrics.record_metrics(make(id), "2026-02-01", spend=spend, revenue=revenue, clicks=clicks, impressions=100)


@pytest.mark.usefixtures("ranked")
def test_top_performers_are_ranked_with_the_undefined_last() -> None:
    top = metrics.get_top_performers("roas", 10, "2026-02-01", "2026-02-10")

    assert [(row.rank, row.campaign_id, row.roas) for row in top] == [
        (1, "b", 5), (2, "a", 2), (3, "c", 2), (4, "d", None), (5, "e", None),
    ]  # fmt: skip
    assert [row.campaign_id for row in metrics.get_top_performers("roas", bottom=True)] == ["a", "c", "b", "d", "e"]
    assert [row.campaign_id for row in metrics.get_top_performers("roas", 1)] == ["b"]
    assert len(metrics.get_top_performers("roas", 0)) == 5


@pytest.mark.usefixtures("ranked")
def test_the_lowest_cost_is_the_best() -> None:
    assert [row.campaign_id for row in metrics.get_top_performers("cpc")] == ["a", "c", "b", "d", "e"]
    assert [row.campaign_id for row in metrics.get_top_performers("cpc", bottom=True)] == ["b", "c", "a", "d", "e"]


@pytest.mark.usefixtures("ranked")
def test_small_campaigns_can_be_left_out() -> None:
    assert [row.campaign_id for row in metrics.get_top_performers("revenue", min_spend="0.5")] == ["b", "a", "c", "e"]
    assert metrics.get_top_performers("revenue", min_impressions=101) == []
    assert metrics.get_top_performers("revenue", min_conversions=1) == []
    assert (
        metrics.get_top_performers("roas", platform="dv360") == metrics.get_top_performers("roas", project_id="p") == []
    )
    with pytest.raises(BadRequestError, match="cannot be ranked by 'profit'"):
        metrics.get_top_performers("profit")  # type: ignore[arg-type]


millionths = st.integers(-8 * 10**15 + 1, 8 * 10**15 - 1).map(lambda value: Decimal(value).scaleb(-6))
whole = st.integers(-(10**12) + 1, 10**12 - 1).map(Decimal)


@given(spends=st.lists(st.one_of(st.none(), millionths, whole), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sums_are_exact_to_the_last_digit(spends: list[Decimal | None]) -> None:
    with db.atomic() as transaction:
        Metrics.delete().execute()
        Campaign.delete().execute()
        for place, spend in enumerate(spends):
            id = make(f"camp-{place}")
            metrics.record_metrics(id, "2026-02-01", spend=spend)
            assert metrics.get_metrics(id)[0].spend == spend
        [row] = metrics.aggregate()
        transaction.rollback()

    known = [spend for spend in spends if spend is not None]
    assert row.spend == (sum(known) if known else None)


@given(st.integers(0, 2**53), st.integers(0, 2**53))
def test_a_ratio_is_the_nearest_millionth(above: int, below: int) -> None:
    result = measures.ratio(above, below)

    if below == 0:
        assert result is None
    else:
        assert result is not None
        assert abs(result * below - above) * 2_000_000 <= below


def calls_of(work: Any) -> int:
    """The number of Python functions that run."""
    calls = 0

    def count(_frame: Any, event: str, _function: Any) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def test_a_long_list_takes_few_steps_for_each_row() -> None:
    """So that 12,000 rows take about as long as plain sqlite3 does; `make bench` shows the time."""
    campaigns.create(id="long", name="L", platform="ttd")
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(200)]
    figures = {"impressions": 1000, "clicks": 7, "conversions": 2.96, "spend": 12.34, "revenue": 56.78}
    metrics.record_many({"campaign_id": "long", "date": day, **figures, "metadata": {"reach": 1}} for day in days)

    few, many = (calls_of(lambda limit=limit: metrics.list(limit=limit)) for limit in (100, 200))

    assert (many - few) / 100 < 45


def test_a_single_day_takes_few_steps_to_record(camp: str) -> None:
    """So that a thousand of them take about three times as long as in plain sqlite3; `make bench` shows the time."""

    def record(day: int) -> None:
        metrics.record_metrics(camp, date(2026, 1, day), impressions=1000, clicks=7, conversions=2.96, spend=12.34)

    for day in (1, 1):
        record(day)  # which makes the statements

    assert calls_of(lambda: record(2)) < 2100  # Peewee alone would need twice as many to make them again
    assert calls_of(lambda: record(2)) < 2100
