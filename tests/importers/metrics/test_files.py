"""Storing a file that was read: what happens to its days, and to those already stored."""

import contextlib
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adops_cli.data import campaigns, imports, metrics
from adops_cli.database import db
from adops_cli.errors import BadRequestError, DatabaseUnusableError
from adops_cli.exports.export import ReadOptions
from adops_cli.importers.metrics import compare
from adops_cli.importers.metrics.files import import_files
from adops_cli.importers.metrics.outcome import StoreOptions
from adops_cli.importers.metrics.store import store
from adops_cli.storage.choices import ImportMode
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.models import Campaign, Import, Metrics
from tests.importers.metrics.fake_export import REPLACE, campaign, counts, export, put
from tests.importers.tables import snapshot

pytestmark = pytest.mark.usefixtures("bound")

MON, TUE, WED = "2026-02-02", "2026-02-03", "2026-02-04"
DAY = {"impressions": 1000, "clicks": 10, "conversions": "2.96", "spend": "12.5", "revenue": 40}


def figures(campaign_id: str, day: str) -> dict[str, Any]:
    row = Metrics.get(Metrics.campaign == campaign_id, Metrics.date == day)
    return {name: getattr(row, name) for name in (*DAY, "metadata")}


def only() -> Campaign:
    [one] = campaigns.list()
    return one


def names() -> list[str]:
    return sorted(one.name for one in campaigns.list())


def test_new_days_are_inserted_under_new_campaigns() -> None:
    done = put({"Brand": {MON: DAY, TUE: DAY}, campaign("Shop", "77"): {MON: DAY}})

    assert counts(done) == (3, 0, 0, 0)
    assert {(one.name, one.external_id, one.platform) for one in campaigns.list()} == {
        ("Brand", None, "google-ads"),
        ("Shop", "77", "google-ads"),
    }
    assert {one.metadata["currency"] for one in campaigns.list()} == {"EUR"}
    assert all(one.id.startswith("camp-") and len(one.id) == len("camp-") + 18 for one in campaigns.list())


@pytest.mark.parametrize("held", [0, 3, 100])
def test_all_stored_days_are_compared_however_few_are_held(monkeypatch: pytest.MonkeyPatch, held: int) -> None:
    monkeypatch.setattr(compare, "_CHUNK", 2)
    monkeypatch.setattr(compare, "_HELD", held)
    put({name: {MON: DAY, TUE: DAY, WED: DAY} for name in "abcdef"}, REPLACE)

    done = put({name: {MON: DAY, WED: {**DAY, "clicks": 9}} for name in "abcdefg"}, REPLACE)

    assert counts(done) == (2, 6, 6, 6)
    assert [row.clicks for row in metrics.list(sort="date")] == [*[10] * 7, *[9] * 7]


def test_a_stored_row_is_the_very_one_that_recording_its_figures_makes(bound: Sqlite, engine: str) -> None:
    odd: dict[str, Any] = {
        MON: {**DAY, "spend": "8000000000", "revenue": "0.000001", "conversions": "0.3"},
        TUE: {"impressions": 3, "clicks": 1, "conversions": 0, "spend": "-5.1", "revenue": None},
        WED: {"impressions": 0, "clicks": 0, "conversions": "7", "spend": "0", "revenue": "123456789.012345"},
    }
    put({"Brand": odd})
    imported = only().id
    campaigns.create(id="by-hand", name="Brand", platform="google-ads")
    for day, row in odd.items():
        metrics.record_metrics("by-hand", day, **row)

    def rows(id: str) -> list[Any]:
        kept = "impressions, clicks, conversions, spend, revenue, ctr, cpc, cpa, roas, metadata"
        kinds = "".join(f", typeof({name})" for name in kept.split(", ")) if engine == "sqlite" else ""
        query = f'SELECT date, {kept}{kinds} FROM metrics WHERE "campaignId" = {bound.param} ORDER BY date'
        found: list[Any] = bound.execute_sql(query, (id,)).fetchall()
        return found

    assert rows(imported) == rows("by-hand")
    assert len(rows(imported)) == 3


def test_restated_days_are_corrected_and_the_others_not_even_written() -> None:
    put({"Brand": {MON: DAY, TUE: DAY}})
    synced = {row.date.isoformat(): row.synced_at for row in metrics.list()}

    done = put(
        {"Brand": {MON: DAY, TUE: {**DAY, "conversions": 12, "spend": 10}, WED: DAY}}, StoreOptions(show_changes=10)
    )

    assert counts(done) == (1, 1, 1, 0)
    assert figures(only().id, TUE)["conversions"] == 12
    assert Metrics.get(Metrics.date == TUE).cpa == Decimal("0.833333")
    assert {row.date.isoformat(): row.synced_at for row in metrics.list()}[MON] == synced[MON]
    assert [(moved.campaign, moved.day, moved.figure, moved.before, moved.after) for moved in done.changes] == [
        ("Brand", TUE, "conversions", 2.96, 12),
        ("Brand", TUE, "spend", 12.5, 10),
    ]
    assert done.moved == 2


def test_the_largest_restatements_come_first_whatever_their_unit() -> None:
    put({"Brand": {MON: DAY, TUE: DAY, WED: DAY}})

    moved = {**DAY, "impressions": 1001, "revenue": 60}
    done = put({"Brand": {MON: DAY, TUE: moved, WED: {**DAY, "spend": 12}}}, StoreOptions(show_changes=2))

    assert [(one.figure, one.day) for one in done.changes] == [("revenue", TUE), ("spend", WED)]
    assert done.moved == 3


def test_a_figure_that_the_file_has_in_no_row_stays_and_a_blank_cell_of_another_empties_it() -> None:
    put({"Brand": {MON: DAY, TUE: DAY, WED: DAY}})

    put({"Brand": {MON: {"spend": 50, "clicks": 20}}}, columns=("spend", "clicks", "revenue"))
    put({"Brand": {TUE: {**DAY, "conversions": None}, WED: DAY}})

    kept = figures(only().id, MON)
    assert (kept["impressions"], kept["conversions"], kept["spend"]) == (1000, Decimal("2.96"), 50)
    assert Metrics.get(Metrics.date == MON).cpc == Decimal("2.5")
    assert Metrics.get(Metrics.date == MON).roas == Decimal("0.8")
    assert figures(only().id, TUE)["conversions"] is None
    assert Metrics.get(Metrics.date == TUE).cpa is None


def test_further_figures_are_merged_over_the_stored_ones() -> None:
    put({"Brand": {MON: DAY}})
    metrics.record_metrics(only().id, MON, metadata={"note": "checked", "Reach": 5})

    done = put({"Brand": {MON: {**DAY, "metadata": '{"Reach":7,"Views":1}'}}})
    again = put({"Brand": {MON: {**DAY, "metadata": '{"Reach":7}'}}})

    assert figures(only().id, MON)["metadata"] == {"note": "checked", "Reach": 7, "Views": 1}
    assert (counts(done), counts(again)) == ((0, 1, 0, 0), (0, 0, 1, 0))


def test_metadata_that_is_no_object_stays_as_it_is() -> None:
    put({"Brand": {MON: DAY}})
    metrics.record_metrics(only().id, MON, metadata=["a"])

    done = put({"Brand": {MON: {**DAY, "metadata": '{"Reach":7}'}}})

    assert (counts(done), figures(only().id, MON)["metadata"]) == ((0, 0, 1, 0), ["a"])


def test_the_same_file_again_is_recognised_while_its_rows_hold() -> None:
    first = put({"Brand": {MON: DAY}}, file="march.csv")
    again = put({"Brand": {MON: DAY}}, file="copy.csv")

    assert (again.batch_id, counts(again)) == (first.batch_id, (0, 0, 1, 0))
    assert again.notices[0].startswith("the same file as march.csv, imported on 20")
    assert len(imports.list()) == 1

    metrics.record_metrics(only().id, MON, spend=1)
    anew = put({"Brand": {MON: DAY}})

    assert anew.batch_id != first.batch_id
    assert (counts(anew), len(imports.list())) == ((0, 1, 0, 0), 2)


def test_other_bytes_or_options_make_a_batch_of_their_own() -> None:
    first = put({"Brand": {MON: DAY}})

    other = put({"Brand": {MON: DAY}}, bytes_of_file="more")
    optioned = store(export({"Brand": {MON: DAY}}), "file.csv", ReadOptions(conversions="02"), StoreOptions())

    assert len({first.batch_id, other.batch_id, optioned.batch_id}) == 3
    assert counts(optioned) == (0, 0, 1, 0)


def test_a_dry_run_counts_everything_and_writes_nothing(bound: Sqlite) -> None:
    put({"Brand": {MON: DAY, TUE: DAY}})
    before = snapshot(bound), Import.select().count()

    rows = {"Brand": {MON: {**DAY, "spend": 1}, WED: DAY}, "New": {MON: DAY}}
    done = put(rows, StoreOptions(mode=ImportMode.REPLACE_RANGE, dry_run=True))

    assert (counts(done), done.batch_id) == ((2, 1, 0, 1), None)
    assert (snapshot(bound), Import.select().count()) == before


def test_a_file_without_rows_is_a_batch_that_changed_nothing() -> None:
    done = put({}, REPLACE)

    assert counts(done) == (0, 0, 0, 0)
    assert done.batch_id is not None


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_what_is_stopped_midway_leaves_nothing(
    bound: Sqlite, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]
) -> None:
    monkeypatch.setattr("adops_cli.importers.metrics.compare._CHUNK", 1)
    before = snapshot(bound)
    seen = []

    def advance(count: int) -> None:
        seen.append(count)
        if len(seen) == 2:
            raise stop

    with pytest.raises(stop):
        store(export({name: {MON: DAY} for name in "ABC"}), "f", ReadOptions(), StoreOptions(), advance)
    assert (snapshot(bound), Import.select().count()) == (before, 0)


@pytest.mark.parametrize("campaigns_of_file", [1, 2_000])
def test_a_full_disk_is_told_as_such_and_leaves_nothing(bound: Sqlite, db_file: Path, campaigns_of_file: int) -> None:
    before = snapshot(bound)
    days = {f"2026-{month:02d}-{day:02d}": DAY for month in range(1, 13) for day in range(1, 29)}
    bound.execute_sql(f"PRAGMA max_page_count = {db_file.stat().st_size // 4096 + 5}")

    with pytest.raises(DatabaseUnusableError, match="cannot be opened or written: the disk is full"):
        put(
            {
                f"Campaign {number}": days if campaigns_of_file == 1 else {MON: DAY}
                for number in range(campaigns_of_file)
            }
        )

    assert snapshot(bound) == before


def test_many_chunks_come_to_the_same_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {name: {MON: DAY, TUE: DAY, WED: DAY} for name in "ABCDE"}
    monkeypatch.setattr("adops_cli.importers.metrics.compare._CHUNK", 4)

    assert counts(put(rows)) == (15, 0, 0, 0)
    assert counts(put(rows, bytes_of_file="other")) == (0, 0, 15, 0)
    assert len(metrics.list()) == 15


def test_days_are_stored_in_the_order_of_the_indexes_which_takes_half_the_time_of_any_other() -> None:
    put({name: {TUE: DAY, MON: DAY} for name in "ABCDEFGH"})

    stored: list[Any] = list(Metrics.select(Metrics.campaign, Metrics.date).order_by(Metrics.id).tuples())
    assert stored == sorted(stored)


def test_many_renames_are_named_up_to_twenty() -> None:
    put({campaign(f"Old {n}", str(n)): {MON: DAY} for n in range(25)})

    done = put({campaign(f"New {n}", str(n)): {MON: DAY} for n in range(25)})

    assert len(done.notices) == 21
    assert done.notices[-1] == "… and 5 more like this"


def test_where_rows_are_summed_a_rejected_one_is_not_to_be_imported_alone() -> None:
    file = export({"Brand": {MON: DAY}}, rejected=1)
    file.merged = 2

    [words] = store(file, "file.csv", ReadOptions(), StoreOptions()).notices

    assert "fix rejected rows in the file itself" in words


# Replacing the range.


def test_replace_range_removes_what_the_file_no_longer_has_inside_its_span() -> None:
    days = ["2026-01-31", MON, TUE, WED, "2026-02-09"]
    put({"Brand": dict.fromkeys(days, DAY), "Shop": dict.fromkeys(days, DAY)})

    done = put({"Brand": {MON: DAY, WED: DAY}, "Shop": {MON: DAY, TUE: DAY}}, REPLACE)

    assert counts(done) == (0, 0, 4, 2)
    assert {f"removed: Brand {TUE}", f"removed: Shop {WED}"} <= set(done.notices)
    assert len(metrics.list()) == 8


def test_replace_range_removes_the_days_of_a_campaign_that_is_gone() -> None:
    put({"A": {MON: DAY}, "B": {MON: DAY}, "Gone": {MON: {**DAY, "clicks": 3}, "2026-03-01": DAY}})

    done = put({"A": {MON: DAY}, "B": {MON: DAY}}, REPLACE)

    assert (counts(done), done.notices) == ((0, 0, 2, 1), [f"removed: Gone {MON}"])


def test_what_is_told_of_stored_days_stands_by_campaign_and_day_in_whatever_order_they_were_stored() -> None:
    stored = [(name, {day: {**DAY, "spend": 2}}) for day in (WED, MON, TUE) for name in ("Gone", "Z", "A")]
    for place, (name, days) in enumerate(stored):
        put({name: days}, bytes_of_file=str(place))
    db.execute_sql("ANALYZE metrics")  # with so few rows, PostgreSQL does not use the index
    ids = {one.name: one.id for one in campaigns.list()}

    done = put(
        {"Z": {MON: DAY, WED: DAY}, "A": {TUE: DAY}},
        StoreOptions(ImportMode.REPLACE_RANGE, remove_many=True, show_changes=9),
    )

    by_id = sorted(("A", "Z"), key=ids.__getitem__)
    removed = {"A": f"removed: A {MON}, {WED}", "Z": f"removed: Z {TUE}"}
    assert done.notices == [*(removed[name] for name in by_id), f"removed: Gone {MON} to {WED}"]
    restated = {"A": [TUE], "Z": [MON, WED]}
    assert [(moved.campaign, moved.day) for moved in done.changes] == [
        (name, day) for name in by_id for day in restated[name]
    ]


@pytest.mark.parametrize(
    ("stored", "given", "removed"),
    [
        ({"platform": "meta-ads"}, {}, 0),
        ({"account": "One"}, {"account": "Two"}, 0),
        ({"account": "One"}, {}, 0),
        ({}, {"account": "Two"}, 0),
        ({"account": "One"}, {"account": "One"}, 1),
        ({}, {}, 1),
    ],
)
def test_replace_range_keeps_to_the_platform_and_account_of_the_file(
    stored: dict[str, Any], given: dict[str, Any], removed: int
) -> None:
    put({"Gone": {MON: {**DAY, "clicks": 5}}}, **stored)
    put({"Here": {MON: DAY}}, **given)

    assert put({"Here": {MON: DAY}}, REPLACE, bytes_of_file="later", **given).removed == removed


def test_a_file_that_lacks_more_than_half_is_refused_unless_that_is_meant(bound: Sqlite) -> None:
    put({name: {MON: DAY} for name in "ABC"})
    before = snapshot(bound)

    with pytest.raises(BadRequestError, match=r"file.csv lacks 2 of the 3 days stored between .* filtered export"):
        put({"A": {MON: {**DAY, "spend": 1}}}, REPLACE)
    assert snapshot(bound) == before

    done = put({"A": {MON: DAY}}, StoreOptions(mode=ImportMode.REPLACE_RANGE, remove_many=True))
    assert counts(done) == (0, 0, 1, 2)


def test_exactly_half_may_go() -> None:
    put({name: {MON: DAY} for name in "AB"})

    assert counts(put({"A": {MON: DAY}}, REPLACE)) == (0, 0, 1, 1)


def test_beside_rejected_rows_nothing_is_removed_since_it_may_be_one_of_theirs() -> None:
    put({name: {MON: DAY} for name in "AB"})

    careful = put({"A": {MON: DAY}}, REPLACE, rejected=1)
    meant = put({"A": {MON: DAY}}, StoreOptions(mode=ImportMode.REPLACE_RANGE, remove_many=True), rejected=1)

    assert (careful.removed, meant.removed) == (0, 1)
    [lacks] = careful.notices
    assert lacks.startswith("the file lacks 1 stored day within its span, with spend 12.5 (B 2026-02-02): it was kept")
    assert lacks.endswith("because rows were rejected; use --yes to remove such days")


# Renames without an id.


def days_of(*spends: int) -> dict[str, dict[str, Any]]:
    return {f"2026-02-{at:02d}": {**DAY, "impressions": 900 + at, "spend": spend} for at, spend in enumerate(spends, 1)}


def test_a_campaign_that_vanished_and_came_back_under_another_name_looks_renamed() -> None:
    put({"Old": days_of(1, 2, 3, 4), "Same": days_of(5, 6, 7, 8)})

    done = put({"New": days_of(1, 2, 3, 9, 10), "Same": days_of(5, 6, 7, 8)})

    assert [words for words in done.notices if "renamed" in words] == [
        "looks renamed: Old -> New; to keep it as one campaign, undo this import and import with --rename"
    ]
    assert (counts(done), names()) == ((5, 0, 4, 0), ["New", "Old", "Same"])


def test_rename_keeps_the_campaign_with_its_stored_days_and_its_old_name() -> None:
    put({"Old": {"2026-01-01": DAY, **days_of(1, 2, 3, 4)}})
    before = only()

    done = put({"New": days_of(1, 2, 3, 9, 10)}, StoreOptions(rename=True))

    after = only()
    assert (after.id, after.name, after.metadata) == (before.id, "New", {"currency": "EUR", "formerNames": ["Old"]})
    assert (counts(done), done.notices) == ((1, 1, 3, 0), ["renamed: Old -> New"])
    assert len(metrics.list()) == 6


def test_rename_lets_replace_range_remove_nothing_of_the_renamed_campaign() -> None:
    put({"Old": days_of(1, 2, 3, 4)})

    done = put({"New": days_of(1, 2, 3, 4)}, StoreOptions(mode=ImportMode.REPLACE_RANGE, rename=True))

    assert (counts(done), names()) == ((0, 0, 4, 0), ["New"])


def test_a_file_that_still_has_the_old_name_finds_the_renamed_campaign() -> None:
    put({"Old": days_of(1, 2, 3, 4)})
    put({"New": days_of(1, 2, 3, 4)}, StoreOptions(rename=True))

    done = put({"Old": days_of(1, 2, 3, 4)}, bytes_of_file="an older one")

    assert (counts(done), names()) == ((0, 0, 4, 0), ["New"])


def test_a_rename_that_was_stored_twice_is_named_with_the_import_to_undo() -> None:
    put({"Old": days_of(1, 2, 3)})
    doubled = put({"New": days_of(1, 2, 3)})

    words, lacks = put({"New": days_of(1, 2, 3, 4)}, StoreOptions(rename=True)).notices

    assert words.startswith("looks renamed: Old -> New; both are stored; to make them one, ")
    assert words.endswith(f"to make them one, undo import {doubled.batch_id} and import again with --rename")
    assert lacks.startswith("the file lacks 3 stored days within its span, with spend 6 (Old ")
    assert names() == ["New", "Old"]


@pytest.mark.parametrize(
    "rows",
    [
        {"New": days_of(1, 20, 30, 40)},  # a single day is the same
        {"New": days_of(1, 2, 3, 4), "Other": days_of(1, 2, 3, 4)},  # two candidates
        {campaign("New", "77"): days_of(1, 2, 3, 4)},  # an id would show it
        {"Old": days_of(7), "New": days_of(1, 2, 3, 4)},  # it is still there
    ],
)
def test_what_only_resembles_a_rename_is_none(rows: dict[Any, Any]) -> None:
    put({"Old": days_of(1, 2, 3, 4)})

    assert not [words for words in put(rows).notices if "renamed" in words]


@pytest.mark.parametrize(
    "rows",
    [
        {campaign("Rest", account="One"): days_of(5, 6), campaign("New", account="Two"): days_of(1, 2, 3, 4)},
        {
            campaign("Rest", account="One"): days_of(5, 6),
            campaign("New", account="One", platform="ttd"): days_of(1, 2, 3, 4),
        },
    ],
)
@pytest.mark.parametrize("rename", [True, False])
def test_a_campaign_of_another_account_or_platform_is_no_later_name(rows: dict[Any, Any], rename: bool) -> None:
    put({campaign("Old", account="One"): days_of(1, 2, 3, 4), campaign("Rest", account="One"): days_of(5, 6)})

    assert not [words for words in put(rows, StoreOptions(rename=rename)).notices if "renamed" in words]
    assert names() == ["New", "Old", "Rest"]


def test_a_campaign_of_another_currency_is_no_later_name() -> None:
    put({"Old": days_of(1, 2, 3, 4)}, currency="EUR")

    [lacks] = put({"New": days_of(1, 2, 3, 4)}, StoreOptions(rename=True), currency="USD").notices
    assert lacks.startswith("the file lacks 4 stored days")
    assert names() == ["New", "Old"]


def test_days_without_any_figure_do_not_make_a_rename() -> None:
    nothing = {"impressions": 0, "clicks": 0, "conversions": 0, "spend": 0, "revenue": 0}
    put({"Paused": {MON: nothing, TUE: nothing}})

    assert put({"Asleep": {MON: nothing, TUE: nothing}}).notices == []


def test_campaigns_of_the_same_file_are_not_renames_of_each_other() -> None:
    put({"A": {MON: DAY}, "B": {MON: DAY}})

    [lacks] = put({"A": {MON: DAY}}).notices
    assert lacks.startswith("the file lacks 1 stored day")


def test_the_progress_is_told_under_the_files_own_name(tmp_path: Path) -> None:
    file = tmp_path / "days.csv"
    file.write_text("Day,Campaign,Currency code,Impr.,Clicks,Cost\n2026-02-01,A,EUR,10,1,1.50\n", encoding="utf-8")
    told: list[tuple[str, int | None]] = []

    @contextlib.contextmanager
    def progress(words: str, total: int | None) -> Iterator[Callable[[int], None]]:
        told.append((words, total))
        yield lambda _count: None

    list(import_files([str(file)], ReadOptions(), StoreOptions(), progress=progress))

    assert told == [("Reading days.csv", None), ("Storing days.csv", 1)]


def test_two_files_with_parts_of_the_same_days_are_told_since_the_second_restates_the_first(tmp_path: Path) -> None:
    header = "Day,Campaign,Campaign ID,Ad group,Currency code,Impr.,Clicks,Cost"
    files = [tmp_path / f"{name}.csv" for name in "ab"]
    for file, spend in zip(files, ("1.00", "2.00"), strict=True):
        file.write_text(f"{header}\n2026-02-02,Brand,71,{file.stem},EUR,100,5,{spend}\n", encoding="utf-8")

    one, other = import_files(list(map(str, files)), ReadOptions(), StoreOptions())
    again = list(import_files([str(files[0])], ReadOptions(), StoreOptions()))

    assert one.notices == []
    assert other.notices == [
        (
            f"days that {files[0]} has just set were restated; if both files hold parts of the same days, "
            "by 'Ad group', undo both imports and join the files"
        )
    ]
    assert again[0].notices == []


def test_the_mark_of_a_partial_file_comes_and_goes_beside_other_figures_of_any_length(tmp_path: Path) -> None:
    header = "Day,Campaign,Campaign ID,Currency code,Impr.,Clicks,Cost,Relevance,Search term"
    row = "2026-02-02,Brand,71,EUR,100,5,1.00,12345678.123456789"
    terms, whole = tmp_path / "terms.csv", tmp_path / "whole.csv"
    terms.write_text(f"{header}\n{row},a\n{row},b\n", encoding="utf-8")
    whole.write_text(f"{header.removesuffix(',Search term')}\n{row}\n", encoding="utf-8")

    def metadata() -> Any:
        return only(), Metrics.get().metadata

    for file, kept in (
        (terms, {"Relevance": 24691356.246913578, "coverage": "partial: Search term"}),
        (whole, {"Relevance": 12345678.123456789}),
    ):
        [done] = import_files([str(file)], ReadOptions(), StoreOptions())
        assert done.error is None
        assert metadata()[1] == kept


def test_our_own_metadata_with_objects_in_them_are_read_and_merged(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    rows = ['Brand,2026-02-02,1,"{""a"": {""b"": 1.5}, ""n"": 0.5}"', 'Brand,2026-02-02,2,"{""a"": {""b"": 1.5}}"']
    file.write_text("\n".join(["campaign,date,spend,metadata", *rows]), encoding="utf-8")

    [done] = import_files([str(file)], ReadOptions(platform="generic", same_day="sum"), StoreOptions())

    assert done.error is None
    assert Metrics.get().metadata == {"a": {"b": 1.5}, "n": 0.5}


@pytest.mark.parametrize("suffix", ["json", "csv"])
def test_a_listing_of_ours_keeps_the_mark_of_a_partial_day_in_any_format(tmp_path: Path, suffix: str) -> None:
    metadata = {"coverage": "partial: Search term", "Reach": 1.5}
    mark = "{" + ", ".join(f'""{key}"": ""{value}""' if isinstance(value, str) else f'""{key}"": {value}'
                           for key, value in metadata.items()) + "}"  # fmt: skip
    file = tmp_path / f"own.{suffix}"
    row = {"campaignId": "c-1", "date": MON, "spend": 1, "metadata": metadata, "syncedAt": None}
    as_csv = f'campaignId,date,spend,metadata,syncedAt\nc-1,{MON},1,"{mark}",\n'
    file.write_text(json.dumps([row]) if suffix == "json" else as_csv, encoding="utf-8")

    [done] = import_files([str(file)], ReadOptions(platform="generic"), StoreOptions())

    assert done.error is None
    assert Metrics.get().metadata == metadata
