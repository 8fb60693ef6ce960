"""The ledger of imports: what it shows of a batch and of a day, and undo, which restores everything."""

import re
from decimal import Decimal
from typing import Any

import pytest

from adops_cli.data import campaigns, imports, metrics
from adops_cli.errors import BadRequestError, ConflictError, NotFoundError
from adops_cli.exports.export import ReadOptions
from adops_cli.importers.metrics.files import import_files
from adops_cli.importers.metrics.outcome import StoreOptions
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.models import ImportChange, Metrics
from tests.importers.metrics.fake_export import REPLACE, campaign, put
from tests.importers.tables import Snapshot, snapshot

MON, TUE, WED = "2026-02-02", "2026-02-03", "2026-02-04"
DAY = {"impressions": 1000, "clicks": 10, "conversions": "2.96", "spend": "12.5", "revenue": 40}


@pytest.fixture(autouse=True)
def handle(no_json_mode: None, bound: Sqlite) -> Sqlite:  # noqa: ARG001 - only a database has a ledger
    return bound


def batch(*args: Any, **about: Any) -> str:
    return str(put(*args, **about).batch_id)


def id_of(name: str) -> str:
    return next(str(one.id) for one in campaigns.list() if one.name == name)


def by_id() -> str:
    return str(campaigns.list()[0].id)


def state(handle: Sqlite) -> Snapshot:
    return {name: rows for name, rows in snapshot(handle).items() if name in ("campaigns", "metrics")}


def test_a_batch_says_what_the_file_was_and_came_to() -> None:
    id = batch({"Brand": {MON: DAY, TUE: DAY}}, file="exports/march.csv", account="One")

    found = imports.find(id)

    assert re.fullmatch("imp-[0-9a-z]{18}", id)
    assert (found.file, found.platform, found.account, found.currency) == (
        "exports/march.csv",
        "google-ads",
        "One",
        "EUR",
    )
    assert (found.inserted, found.updated, found.unchanged, found.removed) == (2, 0, 0, 0)
    assert (str(found.date_from), str(found.date_to)) == (MON, TUE)
    assert found.totals == {
        "impressions": 2000, "clicks": 20, "conversions": Decimal("5.92"), "spend": 25, "revenue": 80,
    }  # fmt: skip
    assert (found.status, found.mode, found.options) == ("imported", "upsert", {"mode": "upsert"})
    assert len(found.sha256) == 64
    assert found.imported_by


def test_the_totals_of_a_batch_keep_every_digit() -> None:
    day = DAY | {"impressions": 2**53, "spend": "7999999999.999999", "revenue": None}
    id = batch({"Brand": {MON: day, TUE: day, WED: day}})

    totals = imports.find(id).totals

    assert (totals["spend"], totals["impressions"], totals["revenue"]) == (
        Decimal("23999999999.999997"),
        3 * 2**53,
        None,
    )


def test_a_batch_may_be_asked_for_and_not_be_there() -> None:
    id = batch({"Brand": {MON: DAY}})

    assert imports.get(id) == imports.find(id)
    assert imports.get("imp-x") is None


def test_a_user_whose_name_the_system_does_not_know_can_import(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("no such user")

    monkeypatch.setattr("getpass.getuser", nobody)

    assert imports.find(batch({"Brand": {MON: DAY}})).imported_by is None


def test_batches_are_listed_newest_first_even_within_one_millisecond() -> None:
    made = [batch({"Brand": {MON: {**DAY, "clicks": n}}}) for n in range(5)]

    assert [one.id for one in imports.list()] == made[::-1]
    assert len({one.imported_at for one in imports.list()}) == 5
    assert [one.id for one in imports.list(platform="ttd")] == []


def test_undo_deletes_what_was_inserted_and_the_campaign_that_was_made(handle: Sqlite) -> None:
    before = state(handle)
    id = batch({"Brand": {MON: DAY, TUE: DAY}})

    [done] = imports.undo(id)

    assert (done.deleted, done.restored, done.campaigns_deleted) == (2, 0, 1)
    assert state(handle) == before
    assert imports.find(id).status == "undone"
    assert imports.find(id).undone_at is not None


def test_undo_puts_back_what_was_restated_and_removed_to_the_last_bit(handle: Sqlite) -> None:
    put({"Brand": {MON: {**DAY, "metadata": '{"Reach":5}'}, TUE: DAY}, campaign("Shop", "7"): {MON: DAY, TUE: DAY}})
    before = state(handle)
    rows = {"Brand": {MON: {**DAY, "spend": 1, "metadata": '{"Reach":6}'}, WED: DAY}, campaign("New", "7"): {MON: DAY}}
    id = batch(rows, REPLACE)
    assert state(handle) != before

    [done] = imports.undo(id)

    assert (done.deleted, done.restored, done.campaigns_deleted) == (1, 3, 0)
    assert state(handle) == before


def test_undo_takes_back_a_rename_and_what_was_filled_in(handle: Sqlite) -> None:
    campaigns.create(id="c", name="Brand", platform="google-ads")
    campaigns.create(id="d", name="Old", platform="google-ads", external_id="7", metadata={"goal": "sales"})
    before = state(handle)
    id = batch({campaign("Brand", "5", account="One"): {MON: DAY}, campaign("New", "7"): {MON: DAY}})

    imports.undo(id)

    assert state(handle) == before


def test_undo_leaves_what_somebody_changed_of_a_campaign_since() -> None:
    campaigns.create(id="d", name="Old", platform="google-ads", external_id="7")
    id = batch({campaign("New", "7", account="One"): {MON: DAY}})
    changed = {**campaigns.find("d").metadata, "goal": "sales"}
    campaigns.update("d", name="By hand", metadata=changed)

    imports.undo(id)

    assert (campaigns.find("d").name, campaigns.find("d").metadata) == ("By hand", {"goal": "sales"})


def test_a_campaign_that_was_changed_since_or_has_other_days_stays() -> None:
    id = batch({"Brand": {MON: DAY}, "Shop": {MON: DAY}, "Gone": {MON: DAY}})
    ids = {one.name: one.id for one in campaigns.list()}
    campaigns.update(ids["Brand"], budget=100)
    metrics.record_metrics(ids["Shop"], TUE, spend=1)

    [done] = imports.undo(id)

    assert ({one.name for one in campaigns.list()}, done.campaigns_deleted) == ({"Brand", "Shop"}, 1)


def test_a_campaign_goes_with_the_last_of_its_imports(handle: Sqlite) -> None:
    before = state(handle)
    first, second = batch({"Brand": {MON: DAY}}), batch({"Brand": {TUE: DAY}})

    imports.undo(first)
    assert len(campaigns.list()) == 1
    imports.undo(second)

    assert state(handle) == before


def test_undo_is_refused_when_a_later_import_changed_the_same_day(handle: Sqlite) -> None:
    first = batch({"Brand": {MON: DAY, TUE: DAY}})
    other = batch({"Brand": {WED: DAY}})
    second = batch({"Brand": {TUE: {**DAY, "spend": 1}}})
    before = state(handle)

    with pytest.raises(ConflictError, match=f"{first} cannot be undone alone: a later import changed .*: {second}"):
        imports.undo(first)
    assert state(handle) == before
    assert imports.undo(other)[0].deleted == 1


def test_cascade_undoes_the_later_ones_first_and_what_hangs_on_them() -> None:
    first = batch({"Brand": {MON: DAY}})
    second = batch({"Brand": {MON: {**DAY, "spend": 1}, TUE: DAY}})
    third = batch({"Brand": {TUE: {**DAY, "spend": 1}}})
    apart = batch({"Shop": {MON: DAY}})

    done = imports.undo(first, cascade=True)

    assert [one.import_id for one in done] == [third, second, first]
    assert [one.name for one in campaigns.list()] == ["Shop"]
    assert imports.find(apart).status == "imported"


def test_days_that_a_later_import_has_confirmed_stay_and_are_undone_with_it(handle: Sqlite) -> None:
    first = batch({"Brand": {MON: DAY, TUE: DAY, WED: DAY}})
    second = batch({"Brand": {TUE: DAY, WED: DAY}}, bytes_of_file="the next pull")
    later = batch({"Shop": {TUE: DAY}})

    [done] = imports.undo(first)

    assert (done.deleted, done.kept, done.campaigns_deleted) == (1, 2, 0)
    assert sorted(str(row.date) for row in metrics.list(campaign_id=id_of("Brand"))) == [TUE, WED]
    [held] = imports.undo(second)
    assert (held.deleted, held.kept, held.campaigns_deleted) == (2, 0, 1)
    imports.undo(later)
    assert all(rows == [] for rows in state(handle).values())


def test_a_restated_day_that_was_confirmed_goes_back_to_what_stood_before_both(handle: Sqlite) -> None:
    first = batch({"Brand": {MON: DAY}})
    before = state(handle)
    second = batch({"Brand": {MON: {**DAY, "spend": 1}}})
    third = batch({"Brand": {MON: {**DAY, "spend": 1}}}, bytes_of_file="the next pull")
    was = state(handle)

    assert (imports.undo(second)[0].kept, state(handle)) == (1, was)
    assert next(change.after["spend"] for change in imports.history(by_id(), MON) if change.after) == 1
    imports.undo(third)

    assert state(handle) == before
    assert imports.find(first).status == "imported"


def test_a_day_that_a_later_import_lacks_or_had_confirmed_before_it_was_undone_is_taken_back() -> None:
    first = batch({"Brand": {MON: DAY, TUE: DAY}})
    second = batch({"Brand": {MON: DAY}}, bytes_of_file="the next pull")
    imports.undo(second)

    assert (imports.undo(first)[0].deleted, metrics.list()) == (2, [])


def test_what_an_import_did_to_a_campaign_stays_with_the_days_that_were_confirmed() -> None:
    batch({campaign("Old", "7"): {MON: DAY}})
    second = batch({campaign("New", "7"): {TUE: DAY}})
    third = batch({campaign("New", "7"): {TUE: DAY}}, bytes_of_file="the next pull")

    imports.undo(second)
    assert [one.name for one in campaigns.list()] == ["New"]
    imports.undo(third)
    assert [one.name for one in campaigns.list()] == ["Old"]


def test_the_ledger_keeps_confirmed_days_as_spans_and_the_same_file_keeps_none() -> None:
    days = [f"2026-02-{day:02}" for day in (1, 2, 3, 10, 11, 28)]
    batch({"Brand": dict.fromkeys(days, DAY)})
    again = batch({"Brand": dict.fromkeys(days, DAY)}, bytes_of_file="the next pull")
    rows = ImportChange.select().where(ImportChange.batch == again)

    assert [(row.days, row.confirmed) for row in rows] == [
        ({}, [["2026-02-01", "2026-02-03"], ["2026-02-10", "2026-02-11"], ["2026-02-28", "2026-02-28"]])
    ]
    assert batch({"Brand": dict.fromkeys(days, DAY)}, bytes_of_file="the next pull") == again
    assert len(imports.list()) == 2


def test_after_the_later_one_is_undone_the_first_can_be() -> None:
    first, second = batch({"Brand": {MON: DAY}}), batch({"Brand": {MON: {**DAY, "spend": 1}}})

    imports.undo(second)
    imports.undo(first)

    assert metrics.list() == []


def test_a_later_rename_of_the_same_campaign_stands_in_the_way() -> None:
    put({campaign("A", "7"): {MON: DAY}})
    first = batch({campaign("B", "7"): {TUE: DAY}})
    second = batch({campaign("C", "7"): {WED: DAY}})

    with pytest.raises(ConflictError, match=second):
        imports.undo(first)


def test_undoing_imports_that_changed_a_campaign_one_after_another_leaves_nothing_behind(handle: Sqlite) -> None:
    before = state(handle)
    first = batch({"A": {MON: DAY}}, currency=None)
    filled_in = batch({"A": {TUE: DAY}}, currency="EUR")
    with_id = batch({campaign("A", "7"): {WED: DAY}}, currency="EUR")

    with pytest.raises(ConflictError, match=with_id):
        imports.undo(filled_in)
    imports.undo(filled_in, cascade=True)
    imports.undo(first)

    assert state(handle) == before


def test_what_was_recorded_by_hand_since_is_not_overwritten_unless_cascade_says_so() -> None:
    id = batch({"Brand": {MON: DAY, TUE: DAY}})
    metrics.record_metrics(by_id(), TUE, spend=99)

    with pytest.raises(
        ConflictError, match=f"{TUE} of campaign {by_id()} has been changed since import {id}, but not by"
    ):
        imports.undo(id)
    assert len(metrics.list()) == 2

    assert imports.undo(id, cascade=True)[0].deleted == 2


def test_a_day_that_somebody_put_back_by_hand_is_no_conflict() -> None:
    put({"Brand": {MON: DAY}})
    id = batch({"Brand": {MON: {**DAY, "spend": 1}}})
    metrics.record_metrics(by_id(), MON, spend="12.5")

    assert imports.undo(id)[0].restored == 1


def test_days_of_a_campaign_that_was_deleted_since_are_lost_and_counted() -> None:
    put({"Brand": {MON: DAY}})
    id = batch({"Brand": {MON: {**DAY, "spend": 1}, TUE: DAY}})
    campaigns.delete(by_id())

    with pytest.raises(ConflictError, match="has been changed since"):
        imports.undo(id)
    [done] = imports.undo(id, cascade=True)

    assert (done.lost, done.restored, done.deleted) == (1, 0, 0)


def test_a_row_that_comes_back_has_its_old_id() -> None:
    put({"A": {MON: DAY}, "B": {MON: {**DAY, "clicks": 3}}})
    ids = sorted(row.id for row in metrics.list())
    id = batch({"A": {MON: DAY}}, REPLACE)
    metrics.record_metrics(campaigns.list()[0].id, WED, spend=1)

    imports.undo(id)

    assert sorted(row.id for row in Metrics.select().where(Metrics.date == MON)) == ids


def test_a_dry_run_says_what_undoing_would_do(handle: Sqlite) -> None:
    id = batch({"Brand": {MON: DAY}})
    before = state(handle)

    [done] = imports.undo(id, dry_run=True)

    assert (done.deleted, done.campaigns_deleted) == (1, 1)
    assert state(handle) == before
    assert imports.find(id).status == "imported"


def test_an_import_is_undone_once() -> None:
    id = batch({"Brand": {MON: DAY}})
    imports.undo(id)

    with pytest.raises(ConflictError, match=f"import {id} was already undone on 20"):
        imports.undo(id)
    with pytest.raises(NotFoundError, match="there is no import 'imp-x'"):
        imports.undo("imp-x")


def test_what_was_undone_is_imported_anew() -> None:
    id = batch({"Brand": {MON: DAY}})
    imports.undo(id)

    again = put({"Brand": {MON: DAY}})

    assert (again.inserted, again.batch_id != id) == (1, True)


def test_an_import_of_many_campaigns_is_undone_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adops_cli.data.journal.ledger._AT_ONCE", 2)
    id = batch({name: {MON: DAY, TUE: DAY} for name in "ABCDE"})

    [done] = imports.undo(id)

    assert (done.deleted, done.campaigns_deleted, metrics.list()) == (10, 5, [])


def test_the_history_of_a_day_names_each_import_that_set_it_newest_first() -> None:
    first = batch({"Brand": {MON: DAY, TUE: DAY}})
    second = batch({"Brand": {MON: {**DAY, "conversions": 12}, TUE: DAY}, "Shop": {MON: {**DAY, "clicks": 7}}})
    third = batch({"Shop": {MON: {**DAY, "clicks": 7}}, "Brand": {TUE: DAY}}, REPLACE)
    id = next(one.id for one in campaigns.list() if one.name == "Brand")

    found = imports.history(id, MON)

    assert [one.import_id for one in found] == [third, second, first]
    assert found[0].after is None
    assert found[1].before["conversions"] == found[2].after["conversions"] != 12  # type: ignore[index]
    assert found[1].after["conversions"] == 12  # type: ignore[index]
    assert found[2].before is None


def test_the_history_of_a_day_that_no_import_set_is_empty_and_of_no_campaign_an_error() -> None:
    campaigns.create(id="c", name="C", platform="ttd")

    assert imports.history("c", MON) == []
    with pytest.raises(NotFoundError, match="there is no campaign 'nobody'"):
        imports.history("nobody", MON)
    with pytest.raises(BadRequestError, match="the day must be a day as YYYY-MM-DD"):
        imports.history("c", "soon")


def test_the_history_of_a_deleted_campaign_can_still_be_asked() -> None:
    put({"Brand": {MON: DAY}})
    id = by_id()
    campaigns.delete(id)

    assert [(one.kind, one.before is None, one.after is None) for one in imports.history(id, MON)] == [
        ("delete", False, True),
        ("import", True, False),
    ]


def test_a_million_days_would_cost_one_ledger_row_for_each_campaign(handle: Sqlite) -> None:
    put({"A": {f"2026-01-{day:02d}": DAY for day in range(1, 31)}, "B": {MON: DAY}})

    assert handle.execute_sql("SELECT count(*) FROM import_changes").fetchone() == (2,)


def test_json_mode_keeps_no_ledger_and_says_so(json_store: Sqlite) -> None:
    for ask in (imports.list, lambda: imports.undo("x"), lambda: imports.history("c", MON), lambda: imports.get("x")):
        with pytest.raises(
            BadRequestError,
            match="export files and their journal need a database, but in JSON mode the data are the files in",
        ):
            ask()
    assert json_store.path.name == "json"


def test_importing_in_json_mode_is_refused(json_store: Sqlite) -> None:
    with pytest.raises(BadRequestError, match="in JSON mode"):
        list(import_files(["any.csv"], ReadOptions(), StoreOptions()))
    assert not json_store.path.exists()


def test_undoing_says_how_many_days_it_has_done() -> None:
    first = batch({"Brand": {MON: DAY}})
    batch({"Brand": {MON: DAY | {"clicks": 11}, TUE: DAY}, "Other": {WED: DAY}})
    heard: list[int] = []

    imports.undo(first, cascade=True, progress=heard.append)

    assert heard == [3, 1]
