"""Pacing from the book: which campaigns, which days, which currency, and how new the figures are."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from adops_cli import periods
from adops_cli.data import campaigns, metrics, projects
from adops_cli.data.acting import budgets, pacing
from adops_cli.data.acting.pacing import Paced
from adops_cli.errors import BadRequestError

pytestmark = pytest.mark.usefixtures("bound")
TODAY = date(2026, 11, 16)
NOVEMBER: Any = {"start_date": "2026-11-01", "end_date": "2026-11-30"}


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periods, "today", lambda _timezone="UTC": TODAY)


def campaign(id: str, spend: Any = 10, days: Iterable[int] = range(1, 16), **more: Any) -> None:
    """A campaign with as much spend on each of these days of November."""
    known = {"account": more.pop("account", "1"), "currency": more.pop("currency", "EUR")}
    metadata = {key: value for key, value in known.items() if value}
    campaigns.create(id=id, name=f"C {id}", platform=more.pop("platform", "ttd"), metadata=metadata, **more)
    first = date(2026, 10, 31)
    metrics.record_many({"campaign_id": id, "date": first + timedelta(n), "spend": spend} for n in days)


def only(rows: list[Paced]) -> Paced:
    [row] = rows
    return row


@pytest.mark.usefixtures("db_file")
def test_what_may_be_spent_each_day_is_no_budget_of_a_flight() -> None:
    dates: Any = {"budget": 50, "start_date": date(2026, 11, 1), "end_date": date(2026, 11, 30)}
    for id, kind in (("a", "daily"), ("b", "lifetime"), ("c", "monthly")):
        campaign(id, **dates)
        campaigns.update(id, metadata={"account": "1", "currency": "EUR", "budgetKind": kind})

    assert {row.name: (row.state, row.budget) for row in pacing.pacing("campaign")} == {
        "C a": ("no-budget", None),
        "C b": ("over", 50),
        "C c": ("no-budget", None),
    }


@pytest.mark.usefixtures("no_json_mode")
def test_a_row_has_all_that_is_known_of_a_flight() -> None:
    projects.create(id="p", name="P", type="campaign")
    campaign("a", project_id="p", days=[*range(-100, 0), *range(1, 16)])
    budgets.set_budget("A", campaign_ids=["a"], amount=300, **NOVEMBER)
    scopes: list[Any] = [{"project_id": "p"}, {"platform": "ttd"}]
    for scope in scopes:
        budgets.set_budget("A", **scope)
        assert (only(pacing.pacing()).spent, only(pacing.pacing()).projected_end) == (150, 300)
    set_ = budgets.set_budget("A", campaign_ids=["a"])
    assert only(pacing.pacing()).to_dict() == {
        "budget_id": set_.id,
        "campaign_id": "a",
        "project_id": "p",
        "name": "A",
        "platform": "ttd",
        "currency": "EUR",
        "budget": 300,
        "flight_start": date(2026, 11, 1),
        "flight_end": date(2026, 11, 30),
        "days_total": 30,
        "days_elapsed": 15,
        "spent": 150,
        "expected": 150,
        "pace_index": 1,
        "per_day_now": 10,
        "per_day_needed": 10,
        "projected_end": 300,
        "state": "on-track",
        "confidence": "normal",
        "data_until": date(2026, 11, 15),
        "runs_out": date(2026, 11, 30),
        "is_off": False,
    }


@pytest.mark.usefixtures("db_file")
class TestWhatIsListed:
    def test_budgets_and_campaigns_that_no_budget_is_for(self) -> None:
        campaign("a")
        campaign("own", budget=100, start_date="2026-11-01", end_date="2026-11-30", account="2")
        campaign("none", account="2")
        campaign("silent", days=[])
        campaign("of set", platform="dv360")
        budgets.set_budget("A", campaign_ids=["a"], amount=300, **NOVEMBER)
        budgets.set_budget("All of DV360", platform="dv360", amount=150, monthly=True, start_date="2026-01-01")

        def states(by: Any = None, **asked: Any) -> list[tuple[str, str]]:
            return [(row.name, row.state) for row in pacing.pacing(by, **asked)]

        assert states() == [
            *(("All of DV360", "over"), ("C own", "over"), ("A", "on-track"), ("C none", "no-budget")),
        ]
        assert states("budget") == [("All of DV360", "over"), ("A", "on-track")]
        assert states("campaign") == [
            *(("C own", "over"), ("A", "on-track"), ("C none", "no-budget"), ("C of set", "no-budget")),
        ]
        assert states(platform="dv360") == [("All of DV360", "over")]

    def test_projects(self) -> None:
        projects.create(id="p", name="P", type="campaign", budget=400, start_date="2026-11-01", end_date="2026-11-30")
        projects.create(id="q", name="Q", type="campaign")
        projects.create(id="r", name="R", type="campaign", budget=400)
        campaign("a", project_id="p")
        campaign("b", project_id="p", spend=3)
        campaign("c", project_id="q")
        budgets.set_budget("for Q", project_id="q", amount=200, **NOVEMBER)

        found = pacing.pacing("project")

        assert [(row.name, row.project_id, row.state, row.spent) for row in found] == [
            ("for Q", "q", "over", 150),
            ("R", "r", "no-dates", None),
            ("P", "p", "on-track", 195),
        ]
        assert [row.name for row in pacing.pacing(project_id="p")] == ["C a", "C b"]

    def test_a_month(self) -> None:
        campaign("a", days=range(-30, 16))
        budgets.set_budget("monthly", campaign_ids=["a"], amount=310, monthly=True, start_date="2026-10-01")
        budgets.set_budget("flight", campaign_ids=["a"], amount=300, **NOVEMBER)

        october = only(pacing.pacing(month="2026-10"))
        assert (october.name, october.state, october.spent, october.budget) == ("monthly", "ended", 310, 310)
        assert [row.name for row in pacing.pacing(month="2026-11")] == ["flight", "monthly"]
        assert [(row.state, row.flight_start) for row in pacing.pacing(month="2026-12")] == [
            ("not-started", date(2026, 12, 1))
        ]
        with pytest.raises(BadRequestError, match="7d is no month"):
            pacing.pacing(month="7d")


@pytest.mark.usefixtures("db_file")
class TestWhatIsKnown:
    def test_a_day_that_the_account_has_and_the_campaign_lacks_is_0(self) -> None:
        campaign("a", days=[1, 2, 3])
        campaign("b")
        budgets.set_budget("A", campaign_ids=["a"], amount=300, **NOVEMBER)

        row = only(pacing.pacing("budget"))
        assert (row.state, row.spent, row.per_day_now, row.projected_end) == ("under", 30, 0, 30)

    def test_a_campaign_is_stale_when_its_account_has_no_newer_day(self) -> None:
        campaign("a", days=range(1, 15))
        campaign("b", account="2")
        budgets.set_budget("A", campaign_ids=["a"], amount=300, **NOVEMBER)

        row = only(pacing.pacing("budget"))
        assert (row.state, row.data_until, row.spent, row.confidence) == ("unknown", date(2026, 11, 14), 140, None)

    def test_what_is_there_of_today_does_not_stand_for_yesterday(self) -> None:
        campaign("a", days=[*range(1, 15), 16])
        budgets.set_budget("A", campaign_ids=["a"], amount=300, **NOVEMBER)

        row = only(pacing.pacing("budget"))
        assert (row.state, row.data_until, row.spent) == ("unknown", date(2026, 11, 14), 140)

    def test_an_account_that_rests_at_weekends_spends_nothing_then(self) -> None:
        """Of 21 workdays in November, 10 are over. The 15th, which is yesterday, is a Sunday."""
        weekdays = [n for n in range(-40, 16) if (date(2026, 10, 31) + timedelta(n)).weekday() < 5]
        campaign("a", days=weekdays)
        budgets.set_budget("A", campaign_ids=["a"], amount=210, **NOVEMBER)

        row = only(pacing.pacing("budget"))
        assert (row.state, row.spent, row.projected_end, row.confidence) == ("on-track", 100, 210, "normal")
        assert (row.data_until, row.per_day_now) == (date(2026, 11, 13), Decimal("7.142857"))

    def test_a_weekday_that_was_missing_for_less_than_four_weeks_is_unknown(self) -> None:
        campaign("a", days=[n for n in range(-40, 16) if n < -10 or (date(2026, 10, 31) + timedelta(n)).weekday() < 5])
        budgets.set_budget("A", campaign_ids=["a"], amount=210, **NOVEMBER)

        assert only(pacing.pacing("budget")).state == "unknown"

    def test_an_account_that_had_nothing_in_the_flight_does_not_make_a_set_stale(self) -> None:
        projects.create(id="p", name="P", type="campaign")
        campaign("old", account="old", days=range(-300, -200), project_id="p")
        campaign("a", project_id="p")
        budgets.set_budget("P", project_id="p", amount=300, **NOVEMBER)

        assert only(pacing.pacing("budget")).state == "on-track"

    def test_what_is_not_reported_is_not_0(self) -> None:
        campaign("a", spend=None)
        budgets.set_budget("A", campaign_ids=["a"], amount=300, **NOVEMBER)

        assert only(pacing.pacing("budget")).state == "unknown"

    def test_a_long_flight_is_added_up_from_its_beginning(self) -> None:
        campaign("a", days=range(-200, 16), spend="0.1")
        budgets.set_budget("A", campaign_ids=["a"], amount=30, start_date="2026-05-01", end_date="2026-12-31")

        row = only(pacing.pacing("budget"))
        assert row.spent == Decimal("0.1") * (date(2026, 11, 16) - date(2026, 5, 1)).days

    def test_a_flight_of_the_past_is_final_whatever_has_come_since(self) -> None:
        campaign("a", days=range(-300, -100))
        budgets.set_budget("A", campaign_ids=["a"], amount=310, start_date="2026-05-01", end_date="2026-05-31")

        row = only(pacing.pacing("budget"))
        assert (row.state, row.spent, row.pace_index) == ("ended", 310, 1)

    def test_currencies_are_kept_apart(self) -> None:
        campaign("eur")
        campaign("usd", currency="USD")
        campaign("unknown", currency=None)
        budgets.set_budget("both", platform="ttd", amount=300, **NOVEMBER)
        assert only(pacing.pacing("budget")).state == "unknown"

        budgets.set_budget("both", currency="usd")
        row = only(pacing.pacing("budget"))
        assert (row.state, row.currency, row.spent) == ("over", "USD", 300)

    @pytest.mark.parametrize(
        "whole", [{"platform": "ttd"}, {"project_id": "p"}, {"platform": "ttd", "project_id": "p"}], ids=str
    )
    @pytest.mark.parametrize("start_date", ["2026-11-01", "2026-06-10"])
    def test_the_pace_of_a_set_is_the_pace_of_its_sum(self, whole: Any, start_date: str) -> None:
        projects.create(id="p", name="P", type="campaign")
        campaign("other", platform="dv360", currency="USD")
        flight: Any = {**NOVEMBER, "start_date": start_date}
        for number, spend in enumerate(("1.25", "0.01", "7")):
            campaign(f"c{number}", spend=spend, days=range(-150, 16, number + 1), project_id="p")
            budgets.set_budget(f"c{number}", campaign_ids=[f"c{number}"], amount=100, **flight)
        budgets.set_budget("all", **whole, amount=300, **flight)
        budgets.set_budget("named", campaign_ids=["c0", "c1", "c2"], amount=300, **flight)

        found = {row.name: row for row in pacing.pacing("budget")}
        for name in ("budget", "spent", "expected", "per_day_now"):
            wanted = sum(getattr(found[f"c{number}"], name) for number in range(3))
            assert abs(getattr(found["all"], name) - wanted) < Decimal("0.00001")
            assert getattr(found["named"], name) == getattr(found["all"], name)
        assert found["named"].projected_end == found["all"].projected_end

    @pytest.mark.parametrize(
        ("statuses", "state"), [(["Paused", "ended"], "paused"), (["ended"], "ended"), (["paused", None], "under")]
    )
    def test_what_its_campaigns_say(self, statuses: list[str | None], state: str) -> None:
        for number, status in enumerate(statuses):
            campaign(f"c{number}", spend=1, status=status)
        budgets.set_budget("all", platform="ttd", amount=300, **NOVEMBER)

        assert only(pacing.pacing("budget")).state == state


@pytest.mark.usefixtures("db_file")
@pytest.mark.parametrize("given", ["lots", "100%", "-1", 1, "1/0"])
def test_a_tolerance_is_a_share(given: Any) -> None:
    with pytest.raises(BadRequestError, match="tolerance must be"):
        pacing.pacing(tolerance=given)
    assert list(pacing.pacing(tolerance="5%")) == list(pacing.pacing(tolerance=Fraction(1, 20))) == []
