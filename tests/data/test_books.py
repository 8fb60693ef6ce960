"""Closed periods: what they keep, what is refused, what changes since, and that no alteration goes unseen."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from adops_cli.data import books, campaigns, imports, metrics, reports
from adops_cli.errors import AdopsError, BadRequestError, ConflictError, NotFoundError
from adops_cli.storage.closes import Close
from adops_cli.storage.engines.base import Engine
from adops_cli.storage.handle import db

MONTH = [f"2026-03-{day:02d}" for day in range(1, 32)]


@pytest.fixture(autouse=True)
def book(no_json_mode: None, bound: Engine) -> Engine:  # noqa: ARG001 - only a database has books
    for id, platform, currency in (("a", "ttd", "EUR"), ("b", "dv360", "USD")):
        campaigns.create(id=id, name=id.upper(), platform=platform, metadata={"currency": currency, "account": "One"})
        metrics.record_many(
            {"campaign_id": id, "date": day, "spend": "1.5", "clicks": 5, "impressions": 10} for day in MONTH
        )
    return bound


def messages() -> list[str]:
    return [one.message for one in books.verify()]


def test_a_close_has_the_sums_of_each_currency() -> None:
    done = books.close("2026-03")

    none = {"conversions": None, "revenue": None}
    sums = {"rows": 31, "impressions": 310, "clicks": 155, "spend": Decimal("46.5"), **none}
    assert done.totals == [{"currency": "EUR", **sums}, {"currency": "USD", **sums}]
    assert (done.period, done.from_, done.to, done.gaps, done.open_days) == ("2026-03", *_ends(), 0, 0)
    assert books.get("2026-03") == done
    assert messages() == []


def _ends() -> tuple[date, date]:
    return date(2026, 3, 1), date(2026, 3, 31)


def test_what_is_missing_or_not_final_keeps_a_period_open_unless_it_is_closed_anyway() -> None:
    metrics.delete("a", MONTH[10])

    with pytest.raises(AdopsError, match="2026-03 cannot be closed: ttd One: no figures on 2026-03-11"):
        books.close("2026-03")
    assert books.list() == []
    done = books.close("2026-03", anyway=True)
    assert (done.gaps, done.reasons) == (1, ["ttd One: no figures on 2026-03-11"])


def test_a_period_without_figures_and_one_that_is_not_over_are_not_closed() -> None:
    with pytest.raises(AdopsError, match="no figures"):
        books.close("2025-01")
    with pytest.raises(AdopsError, match="not final"):
        books.close("2999-01")


@pytest.mark.parametrize("other", [{}, {"platform": "ttd"}, {"account": "One"}])
def test_scopes_that_overlap_are_refused_and_others_are_not(other: dict[str, Any]) -> None:
    books.close("2026-03", platform="ttd")
    with pytest.raises(ConflictError, match="2026-03 platform ttd"):
        books.close("2026-03", **other)
    with pytest.raises(ConflictError, match="overlaps 2026-03 platform ttd, which is closed"):
        books.close("2026-03-05..2026-03-06", **other)
    assert books.close("2026-03", platform="dv360").totals[0]["currency"] == "USD"


def test_a_close_is_found_by_its_period_and_scope_alone() -> None:
    books.close("2026-03", platform="ttd")
    with pytest.raises(NotFoundError, match="2026-03 is not closed"):
        books.get("2026-03")
    assert books.get("2026-03-01..2026-03-31", platform="ttd").platform == "ttd"
    with pytest.raises(BadRequestError):
        books.get("march")


def test_later_batches_become_adjustments_and_the_close_stays_what_it_was() -> None:
    official = books.close("2026-03")
    metrics.record_metrics("a", MONTH[0], spend=4)
    metrics.record_metrics("a", MONTH[0], spend=2)
    metrics.delete("b", MONTH[1])
    campaigns.create(id="late", name="Late", platform="ttd")
    metrics.record_metrics("late", MONTH[2], revenue=5)

    found = [(one.campaign_id, one.figure, one.official, one.now, one.delta) for one in books.adjustments("2026-03")]
    assert found == [
        ("a", "spend", Decimal("1.5"), 4, Decimal("2.5")),
        ("a", "spend", Decimal("1.5"), 2, -2),
        ("b", "impressions", 10, None, -10),
        ("b", "clicks", 5, None, -5),
        ("b", "spend", Decimal("1.5"), None, Decimal("-1.5")),
        ("late", "revenue", None, 5, 5),
    ]
    now = books.get("2026-03")
    assert (now.adjustments, now.totals, now.hash) == (6, official.totals, official.hash)
    by_currency = {one["currency"]: (one["rows"], one["spend"], one["revenue"]) for one in now.adjusted}
    assert by_currency == {None: (1, 0, 5), "EUR": (0, Decimal("0.5"), 0), "USD": (-1, Decimal("-1.5"), 0)}
    assert messages() == []


def test_official_figures_are_those_of_the_close_in_every_report() -> None:
    windows: list[dict[str, Any]] = [{}, {"start_date": "2026-03-05", "end_date": "2026-04-02"}]
    metrics.record_metrics("a", "2026-04-01", spend=3)
    groups: list[reports.By] = ["platform", "campaign", "day", "total"]
    before = [reports.report(by, **window) for by in groups for window in windows]
    books.close("2026-03")
    metrics.record_metrics("a", MONTH[5], spend=100)
    metrics.record_metrics("a", "2026-03-30", revenue=100)
    campaigns.create(id="late", name="Late", platform="ttd", metadata={"currency": "EUR"})
    metrics.record_metrics("late", MONTH[5], spend=7)

    assert [reports.report(by, **window, as_closed=True) for by in groups for window in windows] == before
    metrics.record_metrics("a", "2026-04-01", spend=4)
    assert reports.report("day", start_date="2026-04-01", as_closed=True).rows[0].spend == 4
    with pytest.raises(BadRequestError, match="ask for different figures"):
        reports.report("day", as_of="2026-04-01", as_closed=True)


def test_a_campaign_that_is_gone_or_has_another_currency_is_official_as_it_was() -> None:
    books.close("2026-03")
    before = reports.report("platform").rows
    campaigns.update("b", currency="JPY", platform="pinterest", account="Two")
    campaigns.delete("a")

    assert reports.report("platform", as_closed=True).rows == before
    days = metrics.list(as_closed=True, limit=1)
    assert [(row.platform, row.currency, row.account) for row in days] == [("ttd", "EUR", "One")]
    assert messages() == []


def test_a_reopened_period_can_be_closed_again_and_the_list_keeps_all() -> None:
    first = books.close("2026-03")
    metrics.record_metrics("a", MONTH[0], spend=4)
    books.reopen("2026-03")
    with pytest.raises(NotFoundError):
        books.get("2026-03")

    second = books.close("2026-03")

    assert second.hash != first.hash
    assert [one.reopened_at is None for one in books.list()] == [True, False]
    assert messages() == []


ALTERATIONS = {
    "a figure before the close": "UPDATE metrics SET spend = 9 WHERE date = '2026-03-07'",
    "a day is taken away": "DELETE FROM metrics WHERE date = '2026-03-07'",
    "a day is put in": "INSERT INTO metrics (\"campaignId\", date, spend) SELECT id, '2026-03-07', 1 FROM campaigns "
    "WHERE id = 'c'",
    "a change since is taken out of the journal": "DELETE FROM import_changes WHERE id = (SELECT max(id) FROM "
    "import_changes)",
    "the hash": "UPDATE closes SET hash = 'x' WHERE hash IS NOT NULL",
    "the sums": "UPDATE closes SET totals = '[]'",
    "the scope": "UPDATE closes SET account = 'One'",
    "the time": "UPDATE closes SET \"closedAt\" = '2026-05-01T00:00:00.000Z'",
    "an entry is taken away": "DELETE FROM closes WHERE id = (SELECT min(id) FROM closes)",
    "a seal": "UPDATE closes SET seal = 'x' WHERE id = (SELECT min(id) FROM closes)",
}


@pytest.mark.parametrize("how", ALTERATIONS)
def test_no_alteration_goes_unseen(how: str) -> None:
    campaigns.create(id="c", name="C", platform="ttd")
    metrics.record_metrics("c", "2026-03-06", spend=1)
    books.close("2026-03-01..2026-03-20", anyway=True)
    books.close("2026-03-21..2026-03-31", anyway=True)
    metrics.record_metrics("a", MONTH[0], spend=4)
    assert messages() == []

    db.execute_sql(ALTERATIONS[how])

    assert messages()


def test_json_mode_and_a_database_without_closes_have_nothing_to_say() -> None:
    assert books.list() == books.adjustments() == books.verify() == []
    assert Close.select().count() == 0
    assert imports.unexplained() == []
