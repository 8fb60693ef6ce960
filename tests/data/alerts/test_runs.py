"""A run: thresholds, models over stored figures, and what stays quiet."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adops_cli import periods
from adops_cli.data import alerts, campaigns, metrics
from adops_cli.data.alerts import Run
from adops_cli.errors import BadRequestError, NotFoundError

pytestmark = pytest.mark.usefixtures("bound", "db_file")
TODAY = date(2026, 3, 20)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """The present day, which a test can set."""
    day = [TODAY]
    monkeypatch.setattr(periods, "today", lambda _timezone="UTC": day[0])
    return day


def campaign(id: str, spends: Sequence[Any], *, until: date = TODAY, **more: Any) -> None:
    """A campaign that spent these amounts on the days up to yesterday, each with ten impressions a unit."""
    known = {"account": more.pop("account", "1"), "currency": more.pop("currency", "EUR")}
    revenue, clicks = more.pop("revenue", None), more.pop("clicks", [1] * len(spends))
    campaigns.create(id=id, name=f"C {id}", platform=more.pop("platform", "ttd"), metadata=known, **more)
    first = until - timedelta(len(spends))
    metrics.record_many(
        {
            "campaign_id": id,
            "date": first + timedelta(place),
            "spend": amount,
            "impressions": int(amount * 10),
            "clicks": clicks[place],
            "revenue": None if revenue is None else amount * revenue,
        }
        for place, amount in enumerate(spends)
    )


def spend(day: date, amount: Any) -> None:
    metrics.record_many([{"campaign_id": "a", "date": day, "spend": amount}])


def run(*rules: str, **more: Any) -> Run:
    return alerts.run(rules or None, **{"alerts": {}, "expect": {}, "final_after": 1, **more})


def scopes(found: Run) -> list[str]:
    return [one.scope for one in found.findings]


class TestThresholds:
    def test_each_campaign_account_platform_project_or_currency_is_asked(self) -> None:
        campaign("a", [100] * 30, revenue=1)
        campaign("b", [100] * 30, account="2", revenue=3)
        campaign("c", [100] * 30, platform="dv360", revenue=1)
        campaign("d", [100] * 30, currency="USD", revenue=Decimal("1.4"))

        rule = "roas < 1.5 over 7d"
        assert sorted(scopes(run(f"{rule} by campaign"))) == ["campaign a", "campaign c", "campaign d"]
        assert sorted(scopes(run(f"{rule} by account"))) == [
            *("account dv360 1 in EUR", "account ttd 1 in EUR", "account ttd 1 in USD"),
        ]
        assert sorted(scopes(run(f"{rule} by platform"))) == ["platform dv360 in EUR", "platform ttd in USD"]
        assert scopes(run(f"{rule} by project")) == scopes(run("roas < 1.5 over 7d by project"))
        assert scopes(run(rule)) == ["all in USD"]

    def test_value_bound_and_money_at_stake_by_hand(self) -> None:
        """700 spent for 700: at 1.5, 1,050 were wanted, which is 350 more."""
        campaign("a", [100] * 30, revenue=1)

        (found,) = run("roas < 1.5 over 7d where spend > 100 by campaign").findings

        assert (found.value, found.expected, found.at_stake) == (1, Decimal("1.5"), 350)
        assert (found.from_, found.to, found.since) == (date(2026, 3, 13), date(2026, 3, 19), date(2026, 3, 19))
        assert found.message == (
            "C a: roas is 1 from 2026-03-13 to 2026-03-19 (the rule: < 1.50), with 700.00 EUR spent"
        )
        assert run("roas < 1.5 over 7d where spend > 700 by campaign").findings == []

    def test_late_figures_are_those_of_final_days(self) -> None:
        campaign("a", [100] * 30, revenue=3)
        metrics.record_many(
            {"campaign_id": "a", "date": TODAY - timedelta(age), "spend": 100, "revenue": 0} for age in range(1, 5)
        )

        assert scopes(run("roas < 2.5 over 7d by campaign", final_after=1)) == ["campaign a"]
        assert scopes(run("roas < 2.5 over 7d by campaign", final_after=5)) == []
        assert [one.to for one in run("roas > 2.5 over 7d", final_after=5).findings] == [TODAY - timedelta(5)]

    def test_where_no_day_is_final_it_is_unknown_and_no_alarm(self) -> None:
        campaign("a", [100] * 30, revenue=0)

        found = run("roas < 2.5 over 7d by campaign", final_after=60)

        assert found.findings == []
        assert found.unknown == ["roas < 2.5 over 7d by campaign of ttd 1: its last 7 days are not final"]

    def test_a_sum_is_not_too_small_because_days_are_missing(self) -> None:
        """Of seven days at 100, two were never imported. A ratio, and what is too much all the same, can be told."""
        campaign("a", [100] * 30, revenue=1)
        for age in (3, 4):
            metrics.delete("a", TODAY - timedelta(age))

        found = run("spend < 600 over 7d", "spend < 600 over 2d", "spend > 400 over 7d", "roas < 2 over 7d")

        assert [one.rule for one in found.findings] == [
            "roas < 2 over 7d",
            "spend < 600 over 2d",
            "spend > 400 over 7d",
        ]
        assert found.unknown == ["spend < 600 over 7d of all in EUR: days are missing in its last 7"]

    def test_paused_and_ended_campaigns_are_silent(self) -> None:
        campaign("a", [100] * 30, status="PAUSED")
        campaign("b", [100] * 30, end_date=TODAY - timedelta(2))
        campaign("c", [100] * 30, status="active")

        assert scopes(run("spend > 1 over 7d by campaign")) == ["campaign c"]
        assert [one.value for one in run("spend > 1 over 7d").findings] == [700]


class TestModels:
    def test_a_shock_of_a_campaign_and_of_its_account(self) -> None:
        """100 every day, and 50 yesterday. Of the platform, that is 150 of 200: too small a change."""
        campaign("a", [100] * 120 + [50])
        campaign("b", [100] * 121, account="2")

        found = run("anomaly").findings

        assert [(one.scope, one.figure, one.value, one.expected, one.at_stake) for one in found] == [
            ("account ttd 1 in EUR", "spend", 50, 100, 50),
            ("campaign a", "spend", 50, 100, 50),
        ]
        assert scopes(run("anomaly", min_spend=51)) == []
        assert scopes(run("anomaly", models_for=0)) == ["account ttd 1 in EUR"]

    def test_who_delivers_half_is_told_once_and_clicks_alone_by_themselves(self) -> None:
        """Impressions fall with the spend. Of clicks, 100 a day at 1 each become 300: no more is at stake than was
        spent."""
        campaign("a", [100] * 120 + [50], clicks=[100] * 121)
        campaign("b", [100] * 121, clicks=[100] * 120 + [300], account="2")
        campaign("c", [100] * 121, clicks=[4] * 120 + [40], account="3")

        found = {(one.scope, one.figure): (one.value, one.expected, one.at_stake) for one in run("anomaly").findings}

        assert found == {
            ("campaign a", "spend"): (50, 100, 50),
            ("account ttd 1 in EUR", "spend"): (50, 100, 50),
            ("campaign b", "clicks"): (300, 100, 100),
            ("account ttd 2 in EUR", "clicks"): (300, 100, 100),
            ("platform ttd in EUR", "clicks"): (440, 204, 250),
        }

    @pytest.mark.parametrize("over", [{"status": "paused"}, {"end_date": TODAY - timedelta(2)}])
    def test_that_a_campaign_was_paused_or_ended_is_no_shock_of_its_account(self, over: dict[str, Any]) -> None:
        campaign("a", [100] * 121)
        campaign("b", [100] * 120, until=TODAY - timedelta(1), **over)
        campaign("c", [100] * 121, account="2")

        assert run("anomaly", "drift").findings == []
        campaigns.update("b", status="active", end_date=None)
        assert scopes(run("anomaly", models_for=0)) == ["account ttd 1 in EUR", "platform ttd in EUR"]

    def test_a_drift_says_since_when(self) -> None:
        campaign("a", [100 + day % 3 for day in range(113)] + [88] * 6)

        (found, *_) = [one for one in run("drift").findings if one.campaign_id]

        assert found.since == TODAY - timedelta(6)
        assert found.message.startswith("C a: spend drifts down since 2026-03-14: 88.00 EUR a day, ")

    def test_too_short_a_history_says_nothing(self) -> None:
        campaign("a", [100] * 50 + [10])

        assert run("anomaly", "drift").findings == []


class TestState:
    @pytest.fixture(autouse=True)
    def _book(self, bound: object) -> None:  # noqa: ARG002
        campaign("a", [100] * 30)

    def told(self, rule: str = "spend > 10 over 7d by campaign", **more: Any) -> Run:
        found = run(rule, **more)
        found.keep(told=True)
        return found

    def test_what_was_told_stays_quiet(self) -> None:
        assert scopes(self.told()) == ["campaign a"]

        again = self.told()
        assert (scopes(again), again.quiet) == ([], 1)
        assert scopes(self.told(again=True)) == ["campaign a"]

    def test_what_was_found_and_not_told_is_told_the_next_time(self) -> None:
        run("spend > 10 over 7d by campaign").keep(told=False)

        (found,) = self.told().findings
        assert found.first_seen is not None
        assert found.told is None

    def test_it_keeps_its_start_and_its_id_as_long_as_it_lasts(self, clock: list[date]) -> None:
        (first,) = self.told().findings
        spend(TODAY, 100)
        clock[0] += timedelta(1)

        (second,) = self.told(again=True).findings
        assert (second.id, second.since, second.to) == (first.id, first.since, TODAY)

    def test_twice_as_much_at_stake_is_a_change(self, clock: list[date]) -> None:
        """690 above the bound, and then 1,390."""
        self.told()
        spend(TODAY, 800)
        clock[0] += timedelta(1)

        assert [one.at_stake for one in self.told().findings] == [1390]
        assert self.told().quiet == 1

    def test_what_has_ended_and_comes_back_is_new(self, clock: list[date]) -> None:
        (first,) = self.told().findings
        metrics.record_many({"campaign_id": "a", "date": TODAY - timedelta(age), "spend": 0} for age in range(1, 8))
        self.told()
        assert [one.state for one in alerts.list()] == ["ended"]

        spend(TODAY, 100)
        clock[0] += timedelta(1)
        (second,) = self.told().findings
        assert second.id != first.id

    def test_a_run_of_other_rules_ends_nothing(self) -> None:
        self.told()
        self.told("ctr_down")

        assert [one.state for one in alerts.list()] == ["open"]

    def test_what_was_acknowledged_stays_quiet_though_it_changes(self, clock: list[date]) -> None:
        (found,) = self.told().findings
        assert [one.state for one in alerts.ack([found.id])] == ["acknowledged"]
        spend(TODAY, 8000)
        clock[0] += timedelta(1)

        assert self.told().quiet == 1
        with pytest.raises(NotFoundError):
            alerts.ack(["find-none"])

    def test_it_is_explained_by_its_numbers_and_formula(self) -> None:
        (found,) = self.told().findings

        known = alerts.explain(found.id)

        assert (known.value, known.expected, known.at_stake) == (700, 10, 690)
        assert known.formula == "spend of the newest 7 days of each campaign"
        assert known.numbers["impressions"] == 7000


def test_a_look_remembers_nothing_and_takes_rules_of_its_own() -> None:
    campaign("a", [100] * 30)
    Path("adops.toml").write_text('[books]\nfinal_after = "60d"\n', encoding="utf-8")

    for _ in range(2):
        found = alerts.look(["spend > 10 over 7d by campaign", "roas < 1 over 7d"])
        assert [(one.scope, one.first_seen, one.told) for one in found.findings] == [("campaign a", None, None)]
        assert found.unknown == ["roas < 1 over 7d of all in EUR: its last 7 days are not final"]
    assert alerts.list() == []


def test_a_rule_that_is_written_twice_is_one() -> None:
    campaign("a", [100] * 30)
    twice = ["spend > 10 over 7d", "SPEND > 10.00 over 7d"]

    for found in (run(*twice), run("spend > 10 over 7d", alerts={"rules": twice}), run(alerts={"rules": twice})):
        assert [one.rule for one in found.findings] == ["spend > 10 over 7d"]
    run(*twice).keep(told=True)
    assert run("spend > 10.0 over 7d").quiet == 1


def test_rules_come_from_the_settings_and_can_be_switched_off() -> None:
    campaign("a", [100] * 30, status="active")
    settings: Mapping[str, Any] = {"rules": ["spend > 10 over 7d"], "off": ["no_spend"]}

    assert [one.rule for one in run(alerts=settings).findings] == ["spend > 10 over 7d"]
    listed = {one.rule: (one.kind, one.on) for one in alerts.rules(settings)}
    assert listed["no_spend"] == ("ready-made", False)
    assert listed["spend > 10 over 7d"] == ("settings", True)
    with pytest.raises(BadRequestError, match="names 'nospend', which is no ready-made rule"):
        run(alerts={"off": ["nospend"]})
    with pytest.raises(BadRequestError, match=r"there is no ready-made rule 'no-spnd'\. Did you mean no_spend"):
        run("no-spnd")
