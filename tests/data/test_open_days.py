"""What an import keeps of the days that it knows, and what that says of the rows of a report."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from adops_cli.data import imports, open_days, reports, runoff
from adops_cli.data.runoff import Account
from adops_cli.storage.models import Import
from tests import late_conversions
from tests.importers.metrics.fake_export import put
from tests.late_conversions import pulls

TODAY = date(2026, 6, 1)
ONE = Account("google-ads", "One")
DAY = {"impressions": 100, "clicks": 10, "conversions": 40, "spend": 20, "revenue": 80}


@pytest.fixture(autouse=True)
def today(no_json_mode: None, bound: object) -> Iterator[None]:  # noqa: ARG001 - only a database has a ledger
    with late_conversions.on(TODAY):
        yield


def before(days: int) -> date:
    return TODAY - timedelta(days)


def test_an_import_keeps_what_is_known_of_its_accounts_days() -> None:
    put({"A": {"2026-05-30": DAY, "2026-05-31": DAY}}, account="One")
    put({"B": {"2026-05-31": {**DAY, "conversions": "2.96"}, "2026-04-01": DAY}}, account="One")
    done = put({"C": {"2026-05-31": {"spend": 5, "conversions": 1}}}, account="Two")

    [two, b, a] = [one.known for one in imports.list()]
    assert a == {"One": {"2026-05-30": [1, 0, 40000000, 80000000], "2026-05-31": [1, 0, 40000000, 80000000]}}
    assert b == {"One": {"2026-05-31": [1, 1, 42960000, 160000000]}}
    assert two == {"Two": {"2026-05-31": [1, 0, 1000000, None]}}
    imports.undo(str(done.batch_id))
    assert list(runoff.read()) == [ONE]


def test_a_file_of_one_campaign_among_many_knows_nothing_of_the_account() -> None:
    put({f"C{place}": {"2026-05-31": DAY} for place in range(12)}, account="One")
    for figures in ({"conversions": 41}, {"conversions": 42}):
        put({"C1": {"2026-05-31": {**DAY, **figures}}}, account="One")
    put({f"C{place}": {"2026-05-31": DAY} for place in range(2)}, account="One")

    found = [one.known for one in imports.list()]
    assert found[1] is found[2] is None
    assert found[0] == {"One": {"2026-05-31": [2, 10, 480000000, 960000000]}}


def test_rows_get_their_open_days_and_what_they_will_come_to() -> None:
    put({name: {str(before(age)): DAY for age in range(40)} for name in "AB"}, account="One")
    Import.update(known=None).execute()
    pulls(TODAY)

    asked: Any = {"start_date": before(9), "end_date": TODAY}
    rows = reports.report("campaign", **asked)
    found = open_days.of_rows(rows.rows, "campaign", total=rows.total, estimate=True, **asked)

    assert [(row.open_days, row.conversions, row.conversions_est) for row in found.rows] == [(2, 400, 480)] * 2
    assert found.total is not None
    assert (found.total.open_days, found.total.conversions_est) == (2, 960)
    one = found.rows[0]
    assert (one.cpa_est, one.roas_est) == (Decimal("0.416667"), Decimal("4.8"))
    assert (one.conversions_est_low, one.cpa_est_high, one.roas_est_low) == (480, one.cpa_est, one.roas_est)
    assert open_days.of_rows(rows.rows, "campaign", estimate=True, as_of=TODAY, **asked).rows == found.rows
    assert (found.until, found.figures) == (TODAY + timedelta(2), {"conversions", "revenue"})
    for further in ({}, {"as_of": TODAY}, {"platform": "google-ads"}, {"campaign_ids": [one.campaign_id]}):
        marks = open_days.marks(**asked, **further)
        assert (marks.until, marks.figures) == (found.until, found.figures), further
    assert open_days.marks(**asked, platform="ttd").until is open_days.marks(end_date=before(2)).until is None
    each: Any = {"platform": [2], "project": [2], "day": [1, 1, *[0] * 8], "week": [1, 1, 0], "month": [1, 1]}
    for by, days in each.items():
        grouped = open_days.of_rows(reports.report(by, **asked).rows, by, **asked).rows
        assert [row.open_days for row in grouped] == days, by


def test_without_a_known_lag_there_is_no_estimate_but_a_reason() -> None:
    put({"A": {str(before(age)): DAY for age in range(40)}}, account="One")

    windows: Any = {"start_date": before(39)}, {"end_date": before(35)}
    recent, past = (
        open_days.of_rows(reports.report("platform", **asked).rows, "platform", estimate=True, **asked)
        for asked in windows
    )

    assert (recent.rows[0].open_days, recent.rows[0].conversions_est) == (30, None)
    assert recent.unknown == ["conversions and revenue of google-ads One: fewer than 14 days are known at two ages"]
    assert (past.rows[0].open_days, past.rows[0].conversions_est, past.unknown) == (0, 200, [])
