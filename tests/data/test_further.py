"""Further figures of reports: exact sums of what daily rows have in their metadata, on either engine."""

from decimal import Decimal
from typing import Any

import pytest

from adops_cli.data import campaigns, metrics, reports
from adops_cli.errors import BadRequestError
from adops_cli.measures import FURTHER, Further

pytestmark = pytest.mark.usefixtures("bound")

ALL: list[Further] = ["reach", "video_views", "leads", "installs", "view_through_conversions"]


@pytest.fixture
def days(bound: object) -> None:  # noqa: ARG001 - bound first
    for id, platform, currency in (("a", "ttd", "EUR"), ("b", "ttd", "EUR"), ("c", "dv360", "USD")):
        campaigns.create(id=id, name=id.upper(), platform=platform, metadata={"currency": currency})
    rows: list[dict[str, Any]] = [
        {"campaign_id": "a", "date": "2026-02-01", "spend": 5, "metadata": {"leads": 0.1, "reach": 80}},
        {"campaign_id": "a", "date": "2026-02-02", "spend": 5, "metadata": {"leads": 0.2, "reach": 70, "installs": 1}},
        {"campaign_id": "b", "date": "2026-02-02", "spend": 1, "metadata": {"leads": 1234567890.000001}},
        {"campaign_id": "c", "date": "2026-02-02", "spend": 9, "metadata": {"leads": "many", "video_views": 3}},
        {"campaign_id": "c", "date": "2026-02-03", "spend": 9},
    ]
    metrics.record_many(rows)


def found(by: reports.By, *names: Further, **asked: Any) -> dict[Any, list[Any]]:
    key = {"project": "project_id", "campaign": "campaign_id"}.get(by, by)
    rows = reports.report(by, also=names, **asked).rows
    return {str(getattr(row, key, "")): [getattr(row, name) for name in names] for row in rows}


@pytest.mark.usefixtures("days")
def test_sums_are_exact_and_none_where_nobody_reports_a_figure() -> None:
    assert found("campaign", "leads", "installs", "video_views") == {
        "a": [Decimal("0.3"), 1, None],
        "b": [Decimal("1234567890.000001"), None, None],
        "c": [None, None, 3],
    }
    assert found("platform", "leads", "video_views") == {
        "ttd": [Decimal("1234567890.300001"), None],
        "dv360": [None, 3],
    }
    assert found("month", "leads", platform="ttd") == {"2026-02": [Decimal("1234567890.300001")]}
    assert found("week", "installs", platform="ttd") == {"2026-01-26": [None], "2026-02-02": [1]}
    assert found("project", "video_views", platform="dv360") == {"None": [3]}


@pytest.mark.usefixtures("days")
def test_reach_is_known_of_a_single_day_of_a_single_campaign_only() -> None:
    assert found("campaign", "reach") == {"a": [None], "b": [None], "c": [None]}
    assert found("campaign", "reach", start_date="2026-02-01", end_date="2026-02-01") == {"a": [80]}
    assert found("day", "reach", platform="ttd") == {"2026-02-01": [80], "2026-02-02": [None]}


@pytest.mark.usefixtures("days")
def test_the_total_adds_up_but_for_reach() -> None:
    total = reports.report("day", also=ALL).total
    assert total is not None
    assert [getattr(total, name) for name in ALL] == [None, 3, Decimal("1234567890.300001"), 1, None]
    assert reports.report("day", also=["reach"], start_date="2026-02-01", end_date="2026-02-01").total.reach == 80  # type: ignore[union-attr]


@pytest.mark.usefixtures("days")
def test_campaigns_are_ranked_by_them() -> None:
    assert [row.campaign_id for row in metrics.get_top_performers("leads")] == ["b", "a", "c"]
    assert [row.campaign_id for row in metrics.get_top_performers("leads", bottom=True, limit=2)] == ["a", "b"]
    best = metrics.get_top_performers("leads", platform="ttd", min_spend=5)
    assert [(row.rank, row.campaign_id, row.leads, row.spend) for row in best] == [(1, "a", Decimal("0.3"), 10)]


@pytest.mark.usefixtures("days")
def test_without_them_a_report_is_as_it_was() -> None:
    assert {getattr(row, name) for row in reports.report("campaign").rows for name in FURTHER} == {None}
    with pytest.raises(BadRequestError, match="no further figure 'likes'"):
        reports.report("day", also=["likes"])  # type: ignore[list-item]
