"""What a total hides: campaigns that report a figure nowhere in the window, and what several platforms claim."""

from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest

from adops_cli.data import campaigns, metrics, reports
from adops_cli.data.report_rows import Report, Unreported
from adops_cli.data.reports import By
from adops_cli.database import db
from adops_cli.measures import Measure
from adops_cli.storage.handle import current
from adops_cli.storage.rollups import build

pytestmark = pytest.mark.usefixtures("bound")

GROUPS: tuple[By, ...] = ("platform", "project", "campaign", "day", "week", "month", "total")


def make(id: str, *days: dict[str, Any], currency: str | None = "EUR", platform: str = "ttd") -> None:
    metadata = None if currency is None else {"currency": currency}
    campaigns.create(id=id, name=id.upper(), platform=platform, metadata=metadata)
    for place, figures in enumerate(days, start=1):
        metrics.record_metrics(id, date(2026, 2, place), **figures)


def every(**window: Any) -> list[Report]:
    """From the daily rows, and the same from stored sums."""
    found = [reports.report(by, **window) for by in GROUPS]
    build.refresh()
    assert [reports.report(by, **window) for by in GROUPS] == found
    return found


def test_campaigns_without_revenue_are_told_with_the_roas_of_the_others() -> None:
    make("a", {"spend": 100, "revenue": 61}, {"spend": 100, "revenue": 65})
    make("b", {"spend": 200}, {"spend": "45.5"}, platform="meta-ads")
    make("c", {"spend": 10}, platform="meta-ads")

    for report in every():
        assert report.total is not None
        assert (report.total.spend, report.total.revenue) == (Decimal("455.5"), 126)
        assert report.total.roas == Decimal("0.276619")
        assert report.unreported == [
            Unreported("revenue", "EUR", 2, Decimal("255.5"), {"roas": Decimal("0.63")}),
        ]


def test_a_blank_day_of_a_campaign_that_reports_elsewhere_in_the_window_is_no_such_thing() -> None:
    make("a", {"spend": 100, "revenue": 61}, {"spend": 100})
    make("b", {"spend": 10, "revenue": 0, "conversions": 0})

    for report in every():
        assert [(one.figure, one.campaigns, one.spend) for one in report.unreported] == [("conversions", 1, 200)]
    for report in every(since="2026-02-02"):
        assert report.unreported == [], "there, nobody reports any"
    for report in every(period="2026-02-01"):
        assert [one.figure for one in report.unreported] == ["conversions"]


def test_a_campaign_without_spend_is_nothing_that_a_ratio_misses() -> None:
    make("a", {"spend": 100, "revenue": 61, "conversions": 2, "clicks": 10})
    make("b", {"spend": 0, "clicks": 5})
    make("c", {"clicks": 5})

    assert all(report.unreported == [] for report in every())


def test_conversions_and_clicks_of_the_others_give_cpa_and_cvr() -> None:
    make("a", {"spend": 100, "revenue": 61, "conversions": 2, "clicks": 40})
    make("b", {"spend": 50, "revenue": 9, "clicks": 60})

    for report in every():
        assert report.unreported == [
            Unreported("conversions", "EUR", 1, Decimal(50), {"cpa": Decimal(50), "cvr": Decimal("0.05")})
        ]


def test_each_currency_is_told_by_itself() -> None:
    make("a", {"spend": 100, "revenue": 50})
    make("b", {"spend": 100})
    make("c", {"spend": 7, "revenue": 70}, currency=None)
    make("d", {"spend": 5}, currency=None)
    make("e", {"spend": 3}, currency="USD")

    for report in every():
        assert [(one.currency, one.campaigns, one.spend, one.ratios["roas"]) for one in report.unreported] == [
            (None, 1, 5, 10),
            ("EUR", 1, 100, Decimal("0.5")),
        ]
        assert report.total is not None
        assert (report.total.spend, report.total.roas, report.total.currency) == (None, None, None)
        assert (report.total.campaigns, report.total.days) == (5, 1)


def test_what_several_platforms_claim_is_counted() -> None:
    make("a", {"spend": 1, "conversions": 2}, platform="google-ads")
    make("b", {"spend": 1, "revenue": 2}, platform="meta-ads")
    make("c", {"spend": 1, "conversions": 0, "revenue": 0}, platform="pinterest")
    make("d", {"spend": 1}, {"conversions": 1}, platform="ttd")

    assert {report.claiming_platforms for report in every()} == {3}
    assert {report.claiming_platforms for report in every(until="2026-02-01")} == {2}
    assert {report.claiming_platforms for report in every(platform="meta-ads")} == {1}
    assert {report.claiming_platforms for report in every(since="2027-01-01")} == {0}


def test_a_total_counts_each_day_and_campaign_once_and_is_exact() -> None:
    make("a", {"spend": "7999999999.999999", "clicks": 2**53}, {"spend": "0.000001"})
    make("b", {"spend": "7999999999.999999", "clicks": 1}, platform="meta-ads")

    for report in every():
        assert report.total is not None
        assert (report.total.days, report.total.campaigns, report.total.clicks) == (2, 2, 2**53 + 1)
        assert report.total.spend == Decimal("15999999999.999999")
        assert report.total.revenue is None


def test_a_ranking_knows_who_has_no_ratio_among_all_that_could_be_ranked() -> None:
    make("a", {"spend": 100, "revenue": 50})
    make("b", {"spend": 60})
    make("c", {"spend": 2})

    best = metrics.get_top_performers("roas", 1)
    assert [row.campaign_id for row in best] == ["a"]
    assert [(one.figure, one.campaigns, one.spend) for one in best.unreported] == [("revenue", 2, 62)]
    assert metrics.get_top_performers("roas", min_spend=50).unreported[0].campaigns == 1


def test_a_short_ranking_is_the_beginning_of_the_whole_one() -> None:
    make("a", {"spend": 100, "revenue": 50, "clicks": 2**53, "impressions": 9, "conversions": "2.5"})
    make("b", {"spend": "60.000001", "clicks": 1, "impressions": 3}, {"spend": 1, "impressions": 1})
    make("c", {"spend": 2, "revenue": 1, "conversions": 0, "clicks": 3}, currency="USD")
    make("d", {"spend": 2, "revenue": 1, "clicks": 3}, currency="USD")
    make("e", {"clicks": 3})

    for by in get_args(Measure):
        for asked in ({}, {"bottom": True}, {"min_spend": "61.000001"}, {"min_conversions": 1}):
            whole = metrics.get_top_performers(by, None, **asked)
            short = metrics.get_top_performers(by, 3, **asked)
            assert [*short] == whole[:3]
            assert short.unreported == whole.unreported


def test_a_report_reads_the_figures_once_and_a_total_costs_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    make("a", {"spend": 100, "revenue": 50})
    make("b", {"spend": 60}, currency="USD")
    statements: list[str] = []
    run = db.execute_sql

    def seen(_engine: object, sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return run(sql, *rest)

    monkeypatch.setattr(type(current()), "execute_sql", seen)

    reports.report("platform")

    assert sum("SUM(" in sql for sql in statements) == 1
    reports.report("campaign")
    assert sum("SUM(" in sql for sql in statements) == 2
