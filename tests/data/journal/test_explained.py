"""What another program does to figures is found, and can be written down."""

from datetime import date
from decimal import Decimal

import pytest

from adops_cli.data import books, campaigns, imports, metrics, reports
from adops_cli.data.journal import controls
from adops_cli.errors import AdopsError, BadRequestError, ConflictError
from adops_cli.storage.engines.base import Engine
from adops_cli.storage.handle import db
from adops_cli.storage.models import Import
from adops_cli.storage.table import now

DAYS = ["2026-02-01", "2026-02-02", "2026-03-01"]


@pytest.fixture(autouse=True)
def book(no_json_mode: None, bound: Engine) -> Engine:  # noqa: ARG001 - only a database has a journal
    for id in "ab":
        campaigns.create(id=id, name=id.upper(), platform="ttd", metadata={"currency": "EUR"})
        metrics.record_many({"campaign_id": id, "date": day, "spend": 1, "clicks": 5} for day in DAYS)
    return bound


def begin_anew() -> None:
    """As after `db migrate` of a database from before the journal."""
    Import.delete().execute()
    controls.begin()
    controls.complete()


def found() -> list[tuple[str, str | None, str]]:
    every = imports.unexplained()
    return [(one.campaign_id, None if one.date is None else str(one.date), one.month) for one in every]


def test_a_changed_a_new_and_a_missing_day_are_named_with_their_figures() -> None:
    db.execute_sql("UPDATE metrics SET spend = 2.5 WHERE \"campaignId\" = 'a' AND date = '2026-02-01'")
    db.execute_sql("DELETE FROM metrics WHERE \"campaignId\" = 'a' AND date = '2026-02-02'")
    db.execute_sql("INSERT INTO metrics (\"campaignId\", date, spend) VALUES ('b', '2026-04-01', 7)")

    changed, missing, new = imports.unexplained()

    assert (changed.campaign_id, changed.name, changed.date) == ("a", "A", date(2026, 2, 1))
    assert changed.journal is not None
    assert changed.now is not None
    assert (changed.journal["spend"], changed.now["spend"]) == (1, Decimal("2.5"))
    assert (missing.date, missing.now) == (date(2026, 2, 2), None)
    assert (new.campaign_id, new.date, new.journal) == ("b", date(2026, 4, 1), None)


def test_what_was_adopted_is_explained_and_the_journal_tells_what_it_was_before() -> None:
    before = imports.list(kind=None)[0].id
    db.execute_sql("UPDATE metrics SET spend = 2.5 WHERE date = '2026-02-01'")

    assert len(imports.adopt()) == 2
    assert imports.unexplained() == imports.adopt() == []
    assert reports.report("total", as_of=before).rows[0].spend == 6
    assert reports.report("total").rows[0].spend == 9


def test_a_book_that_begins_with_figures_knows_the_month_of_a_change_and_not_its_day() -> None:
    begin_anew()
    assert found() == []
    metrics.record_metrics("a", DAYS[0], spend=4)
    db.execute_sql("UPDATE metrics SET spend = 9 WHERE date IN ('2026-02-02', '2026-03-01') AND \"campaignId\" = 'a'")

    assert found() == [("a", None, "2026-02"), ("a", None, "2026-03")]

    imports.adopt()
    assert found() == []
    db.execute_sql("UPDATE metrics SET spend = 9 WHERE date = '2026-02-01'")
    assert found() == [("a", None, "2026-02"), ("b", None, "2026-02")]


def test_a_swap_between_two_days_does_not_hide_behind_equal_sums() -> None:
    metrics.record_metrics("a", DAYS[0], spend=3)
    begin_anew()
    db.execute_sql("UPDATE metrics SET spend = 4 - spend WHERE \"campaignId\" = 'a' AND date < '2026-03-01'")

    assert found() == [("a", None, "2026-02")]


def test_days_that_were_changed_since_are_taken_off_the_controls_they_began_with() -> None:
    begin_anew()
    metrics.record_metrics("a", DAYS[0], spend=4)
    metrics.delete("a", DAYS[1])
    metrics.record_metrics("a", "2026-02-20", spend=4)
    campaigns.create(id="new", name="New", platform="ttd")
    metrics.record_metrics("new", DAYS[0], spend=4)
    campaigns.delete("b")

    assert found() == []


def test_controls_that_were_interrupted_are_made_of_what_was_there_when_the_book_began() -> None:
    Import.delete().execute()
    controls.begin()
    metrics.record_metrics("a", DAYS[0], spend=4)
    campaigns.delete("b")
    assert (controls.missing(), found()) == (1, [])

    controls.complete()
    db.execute_sql("UPDATE metrics SET spend = 9 WHERE date = '2026-02-02'")

    assert found() == [("a", None, "2026-02")]


def test_nothing_before_the_book_began_can_be_asked() -> None:
    first = imports.list(kind=None)[-1].imported_at
    begin_anew()

    with pytest.raises(BadRequestError, match="but the book begins on"):
        reports.report("total", as_of=first)
    assert reports.report("total", as_of=now()).rows == reports.report("total").rows


def test_folded_batches_are_gone_and_the_figures_still_explained() -> None:
    middle = imports.list(kind=None)[0]
    metrics.record_metrics("a", DAYS[0], spend=4)

    done = imports.prune(middle.imported_at.replace(year=middle.imported_at.year + 1))
    assert (done.batches, imports.list(kind="record")) == (3, [])

    metrics.record_metrics("a", DAYS[0], spend=5)
    assert imports.unexplained() == []
    assert reports.report("total", as_of=done.begins).rows[0].spend == 9
    assert reports.report("total").rows[0].spend == 10


def test_folding_leaves_what_a_close_needs() -> None:
    books.close("2026-02", anyway=True)
    metrics.record_metrics("a", DAYS[0], spend=4)
    newest = imports.list(kind=None)[0].imported_at

    with pytest.raises(ConflictError, match="needs what was known then"):
        imports.prune(newest.replace(year=newest.year + 1))


@pytest.mark.parametrize(
    "change", ["date = '2026-02-30'", "date = '10.02.2026'", "spend = 'lots'", "clicks = 1.5", "spend = 9e999"]
)
def test_what_nobody_can_read_is_told_like_any_other_change(book: Engine, change: str) -> None:
    if not book.in_a_file:
        pytest.skip("a server takes no such value")
    db.execute_sql(f"UPDATE metrics SET {change} WHERE \"campaignId\" = 'a' AND date = '2026-02-01'")

    assert {one.campaign_id for one in imports.unexplained()} == {"a"}
    with pytest.raises(AdopsError, match=r"cannot be read|cannot be closed"):
        books.close("2026-02")
