"""What a brief gathers: by which ratio campaigns are ranked, how long windows are drawn, and what it leaves alone."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database, periods
from adops_cli.data import campaigns, metrics, projects
from adops_cli.data.brief import brief
from adops_cli.errors import BadRequestError

DAY = date(2026, 2, 3)


@pytest.fixture(autouse=True)
def book(db_file: Path) -> Iterator[None]:
    with database.bound(str(db_file)):
        yield


def campaign(name: str, currency: str | None = "EUR", project_id: str | None = None, **figures: Any) -> str:
    """A campaign with these figures on a day."""
    known = {} if currency is None else {"currency": currency}
    id = campaigns.create(name=name, platform="ttd", project_id=project_id, metadata=known).id
    metrics.record_metrics(id, figures.pop("day", DAY), **figures)
    return str(id)


@pytest.mark.parametrize(
    ("figures", "by", "best"),
    [
        ([{"revenue": 20}, {"revenue": 30}], "roas", "B"),
        ([{"conversions": 2, "revenue": 0}, {"conversions": 1}], "cpa", "A"),
        ([{"clicks": 5}, {"clicks": 4}], "cpc", "A"),
        ([{}, {}], None, None),
    ],
)
def test_campaigns_are_ranked_by_the_first_ratio_that_somebody_reports(
    figures: list[dict[str, Any]], by: str | None, best: str | None
) -> None:
    for name, more in zip("AB", figures, strict=True):
        campaign(name, spend=10, **more)
    [eur] = brief(DAY, DAY).currencies
    assert eur.ranking.by == by
    assert [row.now.name for row in eur.ranking.best] == ([best] if best else [])
    assert [row.now.name for row in eur.ranking.worst] == ([{"A": "B", "B": "A"}[best]] if best else [])


def test_a_campaign_that_spent_next_to_nothing_is_not_the_best() -> None:
    campaign("tiny", spend="0.10", revenue=900)
    campaign("large", spend=100, revenue=200)
    [eur] = brief(DAY, DAY).currencies
    assert eur.ranking.min_spend == Decimal("5.01")
    assert [row.now.name for row in (*eur.ranking.best, *eur.ranking.worst)] == ["large"]


def test_a_campaign_that_is_no_more_is_listed_last_and_has_moved_the_sum() -> None:
    campaign("gone", spend=50, day=DAY - timedelta(7))
    campaign("new", spend=20)
    [eur] = brief(DAY, DAY).currencies
    assert [(row.now.name, row.now.spend, row.before["spend"]) for row in eur.campaigns] == [
        ("new", 20, None),
        ("gone", None, 50),
    ]
    spend = eur.movers[0]
    assert (spend.before, spend.now, spend.difference) == (50, 20, -30)
    assert [(row.name, row.moved.kind, row.moved.contribution) for row in spend.rows] == [
        ("gone", "gone", -50),
        ("new", "new", 20),
    ]


def test_a_project_has_its_own_brief_also_once_it_is_deleted() -> None:
    project = projects.create(name="Spring", type="campaign")
    campaign("mine", project_id=project.id, spend=1)
    campaign("other", spend=2)
    projects.delete(project.id)
    found = brief(DAY, DAY, project_id=project.id)
    assert (found.project, [row.now.name for row in found.currencies[0].campaigns]) == ("Spring", ["mine"])


def test_an_unknown_currency_is_one_of_its_own() -> None:
    campaign("known", spend=1)
    campaign("unknown", currency=None, spend=2)
    assert [(one.currency, one.total.now.spend) for one in brief(DAY, DAY).currencies] == [("EUR", 1), (None, 2)]


@pytest.mark.parametrize(("days", "span"), [(1, "day"), (92, "day"), (93, "week"), (644, "week"), (645, "month")])
def test_long_windows_are_drawn_by_week_and_by_month(days: int, span: str) -> None:
    assert brief(DAY, DAY + timedelta(days - 1)).span == span


def test_a_window_without_an_end_ends_yesterday() -> None:
    yesterday = periods.today() - timedelta(1)
    assert brief(since="2026-02-03").now.last == yesterday
    with pytest.raises(BadRequestError, match="no window to compare"):
        brief()
