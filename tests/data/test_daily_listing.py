"""Daily figures some days at a time: the rows of `metrics.list` in its order, however many are read at once."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from adops_cli.data import daily_listing, metrics
from adops_cli.errors import UnreadableRowWarning
from adops_cli.storage.handle import db


@pytest.fixture
def sampled(sample_url: str) -> Iterator[Any]:
    with database.bound(sample_url, busy_timeout=5) as engine:
        yield engine


OF: Sequence[dict[str, Any]] = (
    {},
    {"platform": "google-ads"},
    {"campaign_ids": ["camp-02", "camp-07"]},
    {"campaign_ids": []},
    {"start_date": "2026-02-05"},
    {"end_date": "2026-02-05", "platform": "ttd"},
    {"start_date": "2025-01-01", "end_date": "2025-12-31"},
)


@pytest.mark.usefixtures("sampled")
@pytest.mark.parametrize("at_once", [1, 30])
def test_the_rows_and_their_order_are_those_of_the_list(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily_listing, "_AT_ONCE", at_once)
    for of in OF:
        assert [row.to_dict() for row in daily_listing.each(**of)] == metrics.list(**of).to_dicts(), of


def test_days_in_other_forms_and_rows_that_cannot_be_read_are_treated_alike(
    sample_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily_listing, "_AT_ONCE", 1)
    with sqlite3.connect(sample_db) as raw:
        raw.execute("UPDATE metrics SET date = date || 'T00:00:00.000Z' WHERE id % 3 = 0")
        raw.execute("UPDATE metrics SET date = 'soon' WHERE id = 5")
        raw.execute("UPDATE metrics SET spend = 'much' WHERE id = 7")
    raw.close()
    with database.bound(str(sample_db)):
        with pytest.warns(UnreadableRowWarning) as listed:
            expected = metrics.list()
        with pytest.warns(UnreadableRowWarning) as told:
            found = list(daily_listing.each())
    assert [row.id for row in found] == [row.id for row in expected]
    assert {str(one.message) for one in told} == {str(one.message) for one in listed}


def test_whoever_stops_early_leaves_the_database_free(sampled: Any) -> None:
    rows = daily_listing.each()
    next(rows)
    assert sampled.in_transaction()
    rows.close()
    assert not db.in_transaction()
    assert metrics.delete("camp-02", "2026-02-10") == {"success": True}


def test_what_is_recorded_meanwhile_is_not_among_the_rows(
    sampled: Any, sample_url: str, monkeypatch: pytest.MonkeyPatch, adops_process: Any
) -> None:
    monkeypatch.setattr(daily_listing, "_AT_ONCE", 1)
    rows = daily_listing.each()
    first = next(rows)
    recorded = adops_process("metrics", "record", "camp-02", "2026-02-03", "--spend", "77.5", on=sample_url)
    assert recorded.code == 0
    assert 77.5 not in [row.spend for row in (first, *rows)]
    assert sampled
    assert metrics.find("camp-02", "2026-02-03").spend == 77.5
