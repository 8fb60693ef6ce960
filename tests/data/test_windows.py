"""From Python, windows take the words of the command line, as seen on the day of the bound database."""

from datetime import date, timedelta
from typing import Any

import pytest

from adops_cli import periods
from adops_cli.data import campaigns, events, executions, held, metrics, projects, reports
from adops_cli.database import bound as bound_to
from adops_cli.database import db
from adops_cli.errors import BadRequestError
from adops_cli.storage.models import Metrics

pytestmark = pytest.mark.usefixtures("bound")

TODAY = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periods, "today", lambda _timezone="UTC": TODAY)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def thirty_days(bound: object) -> None:  # noqa: ARG001 - bound first
    campaigns.create(id="c", name="C", platform="ttd")
    metrics.record_many({"campaign_id": "c", "date": ago(age), "spend": 1} for age in range(31))


@pytest.mark.usefixtures("thirty_days")
@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        ({"since": "14d", "until": "7d"}, 14, 7),
        ({"period": "7d"}, 7, 1),
        ({"since": "last-week"}, 13, 7),
        ({"period": "today"}, 0, 0),
        ({"since": ago(3)}, 3, 0),
        ({"since": ago(3), "until": "yesterday"}, 3, 1),
        ({"start_date": ago(3), "end_date": ago(2).isoformat()}, 3, 2),
    ],
)
def test_every_function_of_figures_takes_the_same_window(window: dict[str, Any], first: int, last: int) -> None:
    days = first - last + 1

    assert [row.date for row in metrics.list(**window)] == [ago(age) for age in range(last, first + 1)]
    assert len(metrics.get_metrics("c", **window)) == days
    found: list[Any] = [
        *metrics.aggregate(**window),
        *metrics.aggregate_by_platform(**window),
        *metrics.get_top_performers("spend", **window),
        reports.report("platform", **window).total,
    ]
    assert [row.spend for row in found] == [days] * 4


def test_a_window_is_given_once_and_errors_name_it_as_python_spells_it() -> None:
    with pytest.raises(BadRequestError, match="a window is given twice"):
        metrics.list(start_date="2026-02-01", since="7d")
    with pytest.raises(
        BadRequestError, match=r"^period sets the first and the last day\. Use it without since or until"
    ):
        reports.report("day", since="7d", period="7d")
    with pytest.raises(BadRequestError, match=r"^since must be a day"):
        metrics.aggregate(since="soon")
    with pytest.raises(BadRequestError, match=r"^created_since must be a day"):
        projects.list(created_since="soon")


def test_logs_take_days_and_words_too() -> None:
    for age in (0, 1, 7, 8, 40):
        noon = f"{ago(age)}T12:00:00Z"
        projects.create(id=f"p{age}", name="P", type="t", created_at=noon)
        executions.create(id=f"x{age}", workflow_id="w", created_at=noon)
        events.create(id=f"e{age}", type="t", timestamp=noon)

    for window, ages in (
        ({"since": "7d"}, "0 1 7"),
        ({"since": "8d", "until": "7d"}, "7 8"),
        ({"since": ago(1)}, "0 1"),
        ({"since": "yesterday"}, "1"),
        ({"until": ago(8)}, "8 40"),
        ({"since": f"{ago(7)}T12:00:00Z", "until": "yesterday"}, "1 7"),
    ):
        created: dict[str, Any] = {f"created_{name}": value for name, value in window.items()}
        wanted = ages.split()
        assert [row.id[1:] for row in events.list(**window)] == wanted, window
        assert [row.id[1:] for row in projects.list(**created)] == wanted, window
        assert [row.id[1:] for row in executions.list(**created)] == wanted, window
    assert [row.id for row in events.list(period="7d")] == ["e1", "e7"]


def test_the_day_is_that_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def today(timezone: str) -> date:
        asked.append(timezone)
        return TODAY

    monkeypatch.setattr(periods, "today", today)
    monkeypatch.setenv("ADOPS_TIMEZONE", "Asia/Tokyo")

    with bound_to(":memory:", busy_timeout=5):
        assert db.timezone == "Asia/Tokyo"
    with bound_to(":memory:", timezone="Europe/Berlin"):
        assert db.timezone == "Europe/Berlin"
    metrics.list(since="7d")

    assert asked == ["UTC"]


@pytest.mark.usefixtures("thirty_days")
def test_the_days_that_a_table_holds_are_known() -> None:
    assert held.days("metrics") == (ago(30), TODAY)
    assert held.days("events") is None

    events.create(type="t", timestamp="2026-02-01T23:30:00Z")
    events.create(type="t", timestamp="2026-02-03T00:30:00Z")
    assert held.days("events") == (date(2026, 2, 1), date(2026, 2, 3))


@pytest.mark.usefixtures("db_file")
def test_a_day_that_cannot_be_read_is_passed_over() -> None:
    campaigns.create(id="c", name="C", platform="ttd")
    for day in ("2026-02-01", "2026-02-02", "2026-02-03"):
        metrics.record_metrics("c", day, spend=1)
    db.execute_sql("UPDATE metrics SET date = 'never' WHERE date = '2026-02-03'")
    db.execute_sql("UPDATE metrics SET date = ' 2026-02-01 ' WHERE date = '2026-02-01'")

    assert Metrics.select().count() == 3
    assert held.days("metrics") == (date(2026, 2, 1), date(2026, 2, 2))
