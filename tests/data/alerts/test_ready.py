"""Each ready-made rule by hand: what it tells, and what it does not."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from adops_cli import periods
from adops_cli.data import alerts, campaigns, metrics
from adops_cli.data.alerts import Finding, Look
from adops_cli.storage.models import Import

pytestmark = pytest.mark.usefixtures("bound", "db_file")
TODAY = date(2026, 3, 20)
"""A Friday, so that yesterday is a Thursday."""


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periods, "today", lambda _timezone="UTC": TODAY)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


USUAL = {"impressions": 2000, "clicks": 100, "conversions": 5, "spend": 50, "revenue": 150}


def campaign(
    id: str,
    ages: Sequence[int] = range(1, 61),
    *,
    at: Mapping[int, Mapping[str, Any] | None] | None = None,
    account: str = "1",
    metadata: Mapping[str, Any] | None = None,
    **more: Any,
) -> None:
    """A campaign with usual days of so many days ago, but for those that differ, or have no row."""
    known = {"account": account, "currency": "EUR", **(metadata or {})}
    campaigns.create(id=id, name=f"C {id}", platform=more.pop("platform", "ttd"), metadata=known, **more)
    given = at or {}
    days = [age for age in ages if given.get(age, {}) is not None]
    metrics.record_many({"campaign_id": id, "date": ago(age), **USUAL, **(given.get(age) or {})} for age in days)


def run(*rules: str, **more: Any) -> list[Finding]:
    settings = {"alerts": {}, "expect": {}, "final_after": 30}
    return list(alerts.run(rules or None, **{**settings, **more}).findings)


def look(*rules: str) -> Look:
    return alerts.look(rules)


def told(*rules: str, **more: Any) -> list[tuple[str, str, Any, Any, Any, date]]:
    return [(one.severity, one.scope, one.value, one.expected, one.at_stake, one.since) for one in run(*rules, **more)]


def test_a_book_as_usual_has_nothing_wrong_and_neither_has_an_empty_one() -> None:
    assert run() == []
    campaign("a")
    assert run() == []


class TestNoSpend:
    def test_spend_of_nothing_for_three_days_while_it_is_active(self) -> None:
        """Three days at 50 each are 150 that were not spent."""
        campaign("other")
        campaign("a", at={1: {"spend": 0}, 2: {"spend": 0}, 3: {"spend": 0}}, status="active")

        assert told("no_spend") == [("critical", "campaign a", 0, 50, 150, ago(3))]

    def test_a_day_that_the_account_has_and_the_campaign_lacks_is_spend_0(self) -> None:
        campaign("other")
        campaign("a", at={1: None, 2: None})

        assert told("no_spend") == [("critical", "campaign a", 0, 50, 100, ago(2))]

    def test_the_paused_the_ended_the_stale_and_whoever_rests_on_this_weekday_are_silent(self) -> None:
        campaign("other")
        zero = {1: {"spend": 0}}
        campaign("a", at=zero, status="paused")
        campaign("b", at=zero, end_date=ago(2))
        campaign("c", at={age: {"spend": 0} for age in range(1, 60, 7)})
        campaign("d", at=zero | {1: {"spend": None}})
        campaign("e", range(4, 61), account="2")

        assert [(one.rule, one.scope) for one in run("no_spend")] == [("stale", "account ttd 2")]


class TestDelivery:
    def test_a_tenth_of_the_usual_impressions_is_a_collapse(self) -> None:
        campaign("a", at={1: {"impressions": 200, "spend": 5}})
        campaign("b", at={1: {"impressions": 201, "spend": 5}})

        assert told("delivery_collapse") == [("critical", "campaign a", 200, 2000, 45, ago(1))]

    def test_few_impressions_few_days_or_no_spend_at_all_are_no_collapse(self) -> None:
        campaign("small", at={age: {"impressions": 999} for age in range(2, 61)} | {1: {"impressions": 1}})
        campaign("new", [1, *range(8, 30, 7), 2, 3], at={1: {"impressions": 1}})
        campaign("none", at={1: {"impressions": 0, "clicks": 0, "spend": 0}})

        assert told("delivery_collapse") == []

    def test_more_than_twice_a_daily_budget(self) -> None:
        daily = {"budgetKind": "daily"}
        campaign("a", at={1: {"spend": 91}}, budget=45, metadata=daily)
        campaign("b", at={1: {"spend": 90}}, budget=45, metadata=daily)
        campaign("c", at={1: {"spend": 91}}, budget=45, metadata={"budgetKind": "lifetime"})
        campaign("d", at={1: {"spend": 91}}, budget=45)

        assert told("overspend") == [("warning", "campaign a", 91, 90, 1, ago(1))]

    def test_figures_that_cannot_be(self) -> None:
        campaign("a", at={2: {"clicks": 2001}, 5: {"clicks": 2001}})
        campaign("b", at={1: {"impressions": 0, "clicks": 0}})
        campaign("c", at={1: {"impressions": None, "clicks": None}, 8: {"clicks": 2001}})

        assert told("impossible_figures") == [
            ("warning", "campaign a", 2001, 2000, 100, ago(5)),
            ("warning", "campaign b", 0, None, 50, ago(1)),
        ]


class TestRates:
    def test_cost_per_action_of_final_days_beside_the_four_weeks_before(self) -> None:
        """Seven days of 50 for 3 conversions, after 28 of 50 for 5: 16.67 beside 10; 350 - 21 x 10 are too dear."""
        campaign("a", range(1, 80), at={age: {"conversions": 3} for age in range(1, 8)})
        campaign("b", range(1, 80), at={age: {"conversions": 4} for age in range(1, 8)}, account="2")

        assert told("cpa_up", final_after=1) == [("warning", "campaign a", Decimal("16.666667"), 10, 140, ago(1))]
        assert [(one.from_, one.to) for one in run("cpa_up", final_after=1)] == [(ago(7), ago(1))]

    def test_cost_per_action_needs_30_conversions_on_a_side(self) -> None:
        """28 in four weeks, and 0.7 since."""
        few = {age: {"conversions": 1} for age in range(1, 80)}
        campaign("a", range(1, 80), at=few | {age: {"conversions": Decimal("0.1")} for age in range(1, 8)})

        assert told("cpa_up", final_after=1) == []

    def test_what_chance_explains_is_neither_dear_nor_down(self) -> None:
        """31 conversions in four weeks, and 4.9 in this one: 7.8 were to be expected. And 7 clicks in place of 14."""
        one = {"conversions": Decimal("1.1"), "impressions": 700, "clicks": 2}
        less = {"conversions": Decimal("0.7"), "impressions": 700, "clicks": 1}
        campaign("a", range(1, 40), at={age: less if age < 8 else one for age in range(1, 40)})
        campaign("b", range(1, 40), at={age: {"conversions": 2 if age < 8 else 5} for age in range(1, 40)}, account="2")

        assert told("ctr_down", "cpa_up", final_after=1) == [("critical", "campaign b", 25, 10, 210, ago(1))]

    def test_half_the_click_rate_is_down_and_a_third_is_critical(self) -> None:
        """100 of 2,000 before, 50 and 30 since: 5 %, 2.5 % and 1.5 %; of 350 spent, half and 70 % had no clicks."""
        campaign("a", at={age: {"clicks": 50} for age in range(1, 8)})
        campaign("b", at={age: {"clicks": 30} for age in range(1, 8)})
        campaign("c", at={age: {"clicks": 51} for age in range(1, 8)})
        small = {age: {"impressions": 142, "clicks": 7 if age > 7 else 1} for age in range(1, 61)}
        campaign("d", at=small)

        assert told("ctr_down") == [
            ("critical", "campaign b", Decimal("0.015"), Decimal("0.05"), 245, ago(1)),
            ("warning", "campaign a", Decimal("0.025"), Decimal("0.05"), 175, ago(1)),
        ]

    def test_tracking_is_silent_once_10_conversions_were_to_be_expected(self) -> None:
        """5 of 100 clicks convert: two days of 100 clicks make 10 conversions, one day makes 5."""
        campaign("a", at={1: {"conversions": 0}, 2: {"conversions": 0}})
        campaign("b", at={1: {"conversions": 0}})
        campaign("c", at={1: {"conversions": 0}, 2: {"conversions": 0}, 3: {"conversions": 1}, 4: {"conversions": 0}})

        assert told("tracking_silent", final_after=1) == [("critical", "campaign a", 0, 10, 100, ago(2))]

    def test_days_that_are_not_final_and_of_an_unknown_lag_say_nothing_of_tracking(self) -> None:
        campaign("a", at={age: {"conversions": 0} for age in range(1, 20)})

        assert told("tracking_silent", final_after=30) == []
        assert look("tracking_silent").unknown == [
            "tracking_silent of ttd 1: nobody knows how many conversions are late"
        ]
        assert [one[-1] for one in told("tracking_silent", final_after=5)] == [ago(19)]

    def test_a_silence_of_too_few_clicks_is_not_unknown(self) -> None:
        campaign("a", at={1: {"conversions": 0}})

        assert look("tracking_silent").unknown == []


class TestReporting:
    def test_a_newest_day_of_a_partial_file_is_no_alarm_but_unknown(self) -> None:
        campaign("a", at={1: {"spend": 1, "impressions": 9, "metadata": {"coverage": "partial: by Country"}}})
        campaign("b", at={2: {"spend": 1, "impressions": 9, "metadata": {"coverage": "partial: by Country"}}})
        campaign("c", at={1: {"spend": 1, "impressions": 9}})

        found = look("no_spend", "delivery_collapse")
        assert [one.scope for one in found.findings] == ["campaign c"]
        assert found.unknown == ["ttd 1: campaigns whose newest day is of a partial file"]

    def test_missing_days_and_a_stale_account(self) -> None:
        campaign("a", [age for age in range(1, 61) if age not in (10, 11)])
        campaign("b", range(5, 61), account="2")

        found = run("missing_day", "stale")
        assert [(one.rule, one.scope, one.value, one.since) for one in found] == [
            ("stale", "account ttd 2", 4, ago(4)),
            ("missing_day", "account ttd 1", 2, ago(11)),
        ]

    def test_an_account_whose_campaigns_are_paused_or_over_is_not_stale(self) -> None:
        """One that ended after its account's last day is: the days until then are missing."""
        campaign("a", range(10, 61), status="paused")
        campaign("b", range(10, 61), end_date=ago(10))
        campaign("c", range(10, 61), account="2", end_date=ago(9))

        assert [(one.scope, one.since) for one in run("stale")] == [("account ttd 2", ago(9))]

    def test_a_stale_account_is_one_finding_and_no_other_rule_looks_at_it(self) -> None:
        campaign("a", range(5, 61), at={5: {"spend": 0, "impressions": 0, "clicks": 900}})

        assert [one.rule for one in run()] == ["stale"]
        assert [one.rule for one in run("spend > 0 over 7d")] == ["stale"]
        assert run("spend > 0 over 7d", alerts={"off": ["stale"]}) == []


class TestLateRestatement:
    def test_a_final_day_that_has_changed_in_the_last_days(self) -> None:
        campaign("a")
        Import.update(imported_at=datetime(2026, 3, 1, tzinfo=UTC)).execute()
        changed = [{"campaign_id": "a", **USUAL, "date": ago(age), "spend": 20} for age in (5, 50, 51)]
        metrics.record_many([*changed, {"campaign_id": "a", **USUAL, "date": ago(70)}])

        assert told("late_restatement") == [("note", "campaign a", 40, 100, 60, ago(1))]
        assert run("late_restatement")[0].message == (
            "C a: spend of days that had been final went from 100.00 EUR to 40.00 EUR"
        )
