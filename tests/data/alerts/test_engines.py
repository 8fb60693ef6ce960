"""A whole run on both engines: its queries, and the table of findings."""

from datetime import date, timedelta
from typing import Any

import pytest

from adops_cli import database, periods
from adops_cli.data import alerts, campaigns, metrics


@pytest.mark.usefixtures("no_json_mode")
def test_a_run_finds_keeps_and_quiets_the_same_on_both_engines(bound: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    today = date(2026, 3, 20)
    monkeypatch.setattr(periods, "today", lambda _timezone="UTC": today)
    for id, last in (("a", {"spend": "40.5"}), ("b", {"spend": 0}), ("c", {"clicks": 1001})):
        known = {"account": id, "currency": "EUR"}
        campaigns.create(id=id, name=id.upper(), platform="ttd", metadata=known, budget=20)
        usual = {"campaign_id": id, "impressions": 1000, "clicks": 10, "spend": 100, "conversions": 1, "revenue": 200}
        days = [today - timedelta(age) for age in range(122, 0, -1)]
        metrics.record_many(usual | {"date": day} | (last if day == days[-1] else {}) for day in days)
    asked: dict[str, Any] = {"alerts": {"rules": ["roas > 1.5 over 7d by platform"]}, "expect": {}, "final_after": 30}

    first = alerts.run(None, **asked)
    first.keep(told=True)

    assert [(one.rule, one.scope, str(one.at_stake)) for one in first.findings] == [
        ("no_spend", "campaign b", "100.00"),
        ("roas > 1.5 over 7d by platform", "platform ttd in EUR", "1050.00"),
        ("anomaly", "platform ttd in EUR", "159.50"),
        ("anomaly", "platform ttd in EUR", "140.50"),
        ("anomaly", "account ttd c in EUR", "100.00"),
        ("anomaly", "campaign c", "100.00"),
        ("impossible_figures", "campaign c", "100.00"),
        ("anomaly", "account ttd a in EUR", "59.50"),
        ("anomaly", "campaign a", "59.50"),
    ]
    assert alerts.run(None, **asked).findings == []
    assert {one.id for one in alerts.list()} == {one.id for one in first.findings}
    assert alerts.explain(first.findings[-1].id).numbers["limit"] == 3.5

    alerts.ack([first.findings[0].id])
    told = alerts.list()
    with database.bound(str(bound.database), busy_timeout=5, read_only=True):
        seen = alerts.look()
    assert {one.id for one in seen.findings} == {one.id for one in first.findings if "roas" not in one.rule}
    assert [one.id for one in seen.findings if one.acknowledged] == [first.findings[0].id]
    assert all(one.told for one in seen.findings)
    assert alerts.list() == told
