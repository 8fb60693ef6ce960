"""A row that cannot be read is left out and named, on both engines; it takes no other row along."""

import functools
import warnings
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from adops_cli.data import (
    campaigns,
    database_copy,
    events,
    executions,
    export_json,
    imports,
    metrics,
    projects,
    reports,
)
from adops_cli.data.marks import mark_of
from adops_cli.errors import ConflictError, ExitCode, NotFoundError, UnreadableRowError, UnreadableRowWarning
from adops_cli.exports.export import ReadOptions
from adops_cli.importers.metrics.files import import_files
from adops_cli.importers.metrics.outcome import StoreOptions
from adops_cli.storage.engines.sqlite import Sqlite
from tests.conftest import ROOT
from tests.node_scripts import READABLE, UNREADABLE, write

LATIN_1 = "CAST(x'436166e9' AS TEXT)"
"""Café, as a program that knows no UTF-8 writes it."""
SAID = '"Fri Nov 20 2026 10:11:12 GMT+0000 (Coordinated Universal T…'
NONSENSE = (
    'metrics 4 is left out: date holds "1794873600000.0", which cannot be read; '
    'impressions holds "1,234", which cannot be read'
)


def told(work: Callable[[], Any]) -> tuple[Any, list[str]]:
    """What some work gives, and what it warns of."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        result = work()
    assert all(isinstance(one.message, UnreadableRowWarning) for one in found)
    return result, [str(one.message) for one in found]


@pytest.fixture
def of_node(bound: Sqlite, db_file: Path) -> Sqlite:
    """A database into which scripts of the Node system wrote, some of it nonsense."""
    write(db_file, READABLE, UNREADABLE)
    return bound


def ids(found: Any) -> set[Any]:
    return {row.id for row in found}


@pytest.mark.usefixtures("of_node")
@pytest.mark.parametrize(
    ("listed", "there", "lines"),
    [
        (
            projects.list,
            {"p-defaults", "p-date", "p-now", "p-text", "p-noise"},
            [
                'projects p-bad-day is left out: startDate holds "1795169472345.0", which cannot be read',
                "projects p-seconds is left out: createdAt holds 1795169472, which cannot be read",
                f"projects p-string is left out: createdAt holds {SAID}, which cannot be read",
            ],
        ),
        (
            events.list,
            {"e-true", "e-words", "e-one", "e-two", "e-number", "e-integer"},
            [
                'events e-array is left out: payload holds "[object Object]", which cannot be read',
                'events e-text is left out: payload holds "just text", which cannot be read',
                "events e-buffer is left out: payload holds \"x'7b2261223a317d'\", which cannot be read",
                "events e-half is left out: type holds \"x'68616c6620eda0bd2070616972'\", which cannot be read",
            ],
        ),
        (
            executions.list,
            {"x-running"},
            ["executions x-fraction is left out: duration holds 12.75, which cannot be read"],
        ),
        (campaigns.list, {"c"}, ["campaigns c-infinite is left out: budget holds Infinity, which cannot be read"]),
        (
            metrics.list,
            {1, 2, 3},
            [
                NONSENSE,
                "metrics 5 is left out: clicks holds 1.5, which cannot be read",
            ],
        ),
    ],
    ids=["projects", "events", "executions", "campaigns", "metrics"],
)
def test_the_rows_that_can_be_read_are_listed_and_the_others_named(
    listed: Callable[[], Any], there: set[Any], lines: list[str]
) -> None:
    found, warned = told(listed)

    assert ids(found) == there
    assert sorted(warned) == sorted(lines)


def test_a_limit_counts_what_can_be_read(of_node: Sqlite) -> None:
    for number in range(6):
        events.create(id=f"new-{number}", type="t", timestamp=f"2030-01-0{number + 1}T00:00:00Z")
    of_node.execute_sql("UPDATE events SET payload = '{' WHERE id IN ('new-5', 'new-4', 'new-2')")

    found, warned = told(lambda: events.list(limit=3, since="2029-01-01T00:00:00Z"))

    assert [event.id for event in found] == ["new-3", "new-1", "new-0"]
    assert [line.split()[1] for line in warned] == ["new-5", "new-4", "new-2"]


@pytest.mark.usefixtures("bound")
def test_of_rows_in_other_forms_those_beyond_the_limit_are_not_named(db_file: Path) -> None:
    write(
        db_file,
        """
        INSERT INTO events (id, type, timestamp, payload) VALUES
            ('old', 't', 1770710400000, '{'), ('new', 't', 1780710400000, '{'), ('newer', 't', 1780710400001, '{}'),
            ('who knows when', 't', 'soon', '{}'), (x'ff', 't', 1780710400002, '{}')
        """,
    )
    events.create(id="between", type="t", timestamp="2026-05-01T00:00:00Z")

    found, warned = told(lambda: events.list(limit=2))

    assert [event.id for event in found] == ["newer", "between"]
    assert sorted(line.split(" is ")[0] for line in warned) == ["events new", "events who knows when", "events x'ff'"]


@pytest.mark.usefixtures("of_node")
def test_a_row_is_named_unless_what_can_be_read_of_it_keeps_it_out() -> None:
    _, warned = told(lambda: projects.list(created_since="2027-01-01T00:00:00Z"))
    assert [line.split()[1] for line in warned] == ["p-seconds", "p-string"]  # who knows when that was?

    assert told(lambda: projects.list(created_since="2027-01-01T00:00:00Z", status="paused"))[1] == []
    assert told(lambda: events.list(type="other")) == ([], [])
    assert told(lambda: metrics.list(start_date="2026-11-16", campaign_id="c"))[1][0].startswith("metrics 4 is left")
    assert told(lambda: metrics.list(start_date="2026-11-16", campaign_id="other")) == ([], [])


@pytest.mark.usefixtures("of_node")
def test_a_single_row_is_an_error_that_names_it() -> None:
    for get in (projects.get, projects.find):
        with pytest.raises(UnreadableRowError, match="projects p-seconds: createdAt holds 1795169472"):
            get("p-seconds")
    with pytest.raises(UnreadableRowError) as looked:
        events.find("e-half")
    with pytest.raises(UnreadableRowError, match="events e-half: type holds") as changed:
        events.mark_processed("e-half")

    assert (looked.value.exit_code, changed.value.exit_code) == (ExitCode.FINDINGS, ExitCode.FAILED)


@pytest.mark.usefixtures("of_node")
def test_a_row_that_is_to_be_changed_is_named() -> None:
    with pytest.raises(UnreadableRowError, match="metrics 5: clicks holds 1"):
        metrics.record_many([{"campaign_id": "c", "date": "2026-11-15", "spend": 1}])


@pytest.mark.usefixtures("bound", "db_file")
def test_text_that_is_not_utf8_is_named_in_whatever_column_it_stands(bound: Sqlite) -> None:
    for table, column in (
        ("projects", "id"), ("projects", "name"), ("projects", "metadata"), ("projects", "startDate"),
        ("projects", "createdAt"), ("projects", "status"), ("projects", "budget"),
    ):  # fmt: skip
        projects.create(id="good", name="Good", type="t")
        projects.create(id="bad", name="Bad", type="t")
        bound.execute_sql(f"UPDATE {table} SET {column} = {LATIN_1} WHERE id = 'bad'")

        found, [line] = told(projects.list)

        assert ids(found) == {"good"}
        assert f"{column} holds \"x'436166e9'\", which cannot be read" in line
        assert line.startswith("projects x'436166e9'" if column == "id" else "projects bad is left out")
        bound.execute_sql("DELETE FROM projects")


@pytest.mark.usefixtures("bound")
def test_stats_leave_out_and_name_what_cannot_be_read(bound: Sqlite, db_file: Path) -> None:
    assert db_file
    for id, owner in (("a", "me"), ("b", "you"), ("c", "me")):
        projects.create(id=id, name=id, type="t", owner=owner)
    bound.execute_sql(f"UPDATE projects SET owner = {LATIN_1} WHERE id = 'b'")

    found, warned = told(projects.get_stats)

    assert (found.by_owner, found.by_type) == ({"me": 2}, {"t": 3})
    assert warned == ["projects b is left out: owner holds \"x'436166e9'\", which cannot be read"]


@pytest.mark.usefixtures("bound")
def test_an_unknown_id_is_told_whatever_its_neighbours_are(bound: Sqlite, db_file: Path) -> None:
    assert db_file
    for id in ("project-1", "project-2"):
        projects.create(id=id, name="P", type="t")
    bound.execute_sql(f"UPDATE projects SET id = {LATIN_1} WHERE id = 'project-2'")

    with pytest.raises(NotFoundError, match=r"there is no project 'project-3'\. Did you mean project-1"):
        projects.find("project-3")


def test_times_that_no_calendar_has_are_named_on_a_server(postgres_url: str) -> None:
    with database.bound(postgres_url) as engine:
        for id in ("good", "bad"):
            events.create(id=id, type="t")
        engine.execute_sql("UPDATE events SET timestamp = 'infinity' WHERE id = 'bad'")

        found, warned = told(lambda: events.list(since="2020-01-01T00:00:00Z"))

        assert ids(found) == {"good"}
        assert warned == ['events bad is left out: timestamp holds "infinity", which cannot be read']
        with pytest.raises(UnreadableRowError, match="events bad: timestamp"):
            events.find("bad")


# Sums.


def sums(by: Any = "total", **asked: Any) -> Any:
    return [(row.spend, row.impressions, row.days) for row in reports.grouped(by, **asked)]


@pytest.mark.usefixtures("of_node")
def test_a_row_that_cannot_be_added_up_is_left_out_of_a_report_and_named() -> None:
    found, warned = told(lambda: reports.report("day"))

    assert [(str(row.day), row.spend) for row in found.rows] == [
        ("2026-11-19", Decimal("33.333333")), ("2026-11-18", 5), ("2026-11-16", 7),
    ]  # fmt: skip
    assert [line.split(":")[0] for line in warned] == ["metrics 4 is left out", "metrics 5 is left out"]
    assert len(told(lambda: reports.get_top_performers("spend"))[1]) == 2


@pytest.mark.usefixtures("of_node")
def test_rows_that_a_report_does_not_ask_for_are_none_of_its_business() -> None:
    assert told(lambda: sums(start_date="2026-11-18", campaign_ids=["c"]))[1] == [NONSENSE]
    assert told(lambda: sums(platform="google-ads")) == ([], [])
    assert told(lambda: sums(campaign_ids=["other"])) == ([], [])


@pytest.mark.usefixtures("bound")
@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("spend", "'lots'"), ("spend", "9e999"), ("spend", "-9e999"), ("spend", "1e15"), ("spend", "x'00'"),
        ("spend", LATIN_1), ("revenue", "''"), ("conversions", "'1,5'"), ("clicks", "1.5"), ("clicks", "'many'"),
        ("impressions", "9e999"), ("impressions", "x'31'"), ("impressions", "1e300"),
    ],
)  # fmt: skip
def test_no_figure_gets_into_a_sum_that_is_none(bound: Sqlite, db_file: Path, figure: str, value: str) -> None:
    assert db_file
    campaigns.create(id="c", name="C", platform="ttd")
    whole = dict.fromkeys(("impressions", "clicks", "conversions", "spend", "revenue"), 1000)
    for day in ("2026-02-01", "2026-02-02"):
        metrics.record_metrics("c", day, **whole)
    bound.execute_sql(f"UPDATE metrics SET {figure} = {value} WHERE id = 2")

    [row], [line] = told(lambda: reports.grouped("total"))

    assert {name: getattr(row, name) for name in whole} == whole
    assert line.startswith(f"metrics 2 is left out: {figure} holds ")


@pytest.mark.usefixtures("bound")
def test_figures_out_of_range_are_added_up_exactly_all_the_same(bound: Sqlite, db_file: Path) -> None:
    """Wrong they may be, and verify says so; but they are numbers, and so is their sum."""
    assert db_file
    campaigns.create(id="c", name="C", platform="ttd")
    for day in ("2026-02-01", "2026-02-02"):
        metrics.record_metrics("c", day, spend="0.1", clicks=5)
    bound.execute_sql("UPDATE metrics SET spend = 0.30000000000000004, clicks = -2 WHERE id = 2")

    [row], warned = told(lambda: reports.grouped("total"))

    assert (str(row.spend), row.clicks, warned) == ("0.400000", 3, [])


@pytest.mark.usefixtures("bound")
def test_a_day_that_is_stored_twice_is_counted_once(bound: Sqlite, db_file: Path) -> None:
    assert db_file
    campaigns.create(id="c", name="C", platform="ttd")
    metrics.record_metrics("c", "2026-02-01", spend=5)
    for date in ("2026-02-01T00:00:00.000Z", "2026-02-02T00:00:00.000Z", "2026-02-02 00:00:00Z"):
        bound.execute_sql("INSERT INTO metrics (campaignId, date, spend) VALUES ('c', ?, 7)", (date,))

    found, warned = told(sums)

    assert found == [(12, None, 2)]
    assert warned == [
        "metrics 2 is left out: campaign c has 2026-02-01 twice",
        "metrics 4 is left out: campaign c has 2026-02-02 twice",
    ]


@pytest.mark.usefixtures("bound")
def test_a_campaign_that_cannot_be_read_is_left_out_of_every_report(bound: Sqlite, db_file: Path) -> None:
    assert db_file
    for id in ("good", "bad"):
        campaigns.create(id=id, name=id, platform="ttd", metadata={"currency": "EUR"})
        metrics.record_metrics(id, "2026-02-01", spend=5)
    bound.execute_sql("UPDATE campaigns SET metadata = '[object Object]' WHERE id = 'bad'")

    for by in ("total", "platform", "campaign", "day", "project"):
        found, warned = told(functools.partial(sums, by))
        assert (found, warned) == (
            [(5, None, 1)],
            ['campaigns bad is left out: metadata holds "[object Object]", which cannot be read'],
        )
    assert told(lambda: sums(campaign_ids=["good"])) == ([(5, None, 1)], [])


@pytest.mark.usefixtures("bound")
def test_names_that_are_not_utf8_are_left_out_where_they_are_shown(bound: Sqlite, db_file: Path) -> None:
    assert db_file
    for id in ("good", "bad"):
        projects.create(id=id, name=id, type="t")
        campaigns.create(id=id, name=id, platform="ttd", project_id=id)
        metrics.record_metrics(id, "2026-02-01", spend=5)
    campaigns.create(id="none", name="none", platform="ttd")
    metrics.record_metrics("none", "2026-02-01", spend=1)
    bound.execute_sql(f"UPDATE projects SET name = {LATIN_1} WHERE id = 'bad'")

    assert told(lambda: sums("total")) == ([(11, None, 1)], [])  # no name is shown
    found, warned = told(lambda: sums("project"))
    assert found == [(5, None, 1), (1, None, 1)]
    assert [line.split(":")[0] for line in warned] == ["projects bad is left out"]

    bound.execute_sql(f"UPDATE campaigns SET name = {LATIN_1} WHERE id = 'bad'")
    found, warned = told(lambda: sums("campaign"))
    assert (found, [line.split(":")[0] for line in warned]) == (
        [(5, None, 1), (1, None, 1)], ["campaigns bad is left out"],
    )  # fmt: skip


def test_what_is_no_number_on_a_server_is_left_out_there(postgres_url: str) -> None:
    with database.bound(postgres_url) as engine:
        campaigns.create(id="c", name="C", platform="ttd")
        for day in ("2026-02-01", "2026-02-02", "2026-02-03"):
            metrics.record_metrics("c", day, spend=5, clicks=1)
        engine.execute_sql("UPDATE metrics SET spend = 'NaN' WHERE date = '2026-02-02'")
        engine.execute_sql("UPDATE metrics SET date = 'infinity' WHERE date = '2026-02-03'")

        found, warned = told(lambda: [(str(row.day), row.spend, row.clicks) for row in reports.grouped("day")])

    assert found == [("2026-02-01", 5, 1)]
    assert [line.partition(": ")[2] for line in warned] == [
        'spend holds "NaN", which cannot be read', 'date holds "infinity", which cannot be read',
    ]  # fmt: skip


# What copies everything.


@pytest.mark.usefixtures("of_node")
def test_an_export_leaves_out_what_cannot_be_read_and_names_it(tmp_path: Path) -> None:
    done, warned = told(lambda: export_json.export_json(tmp_path / "out"))

    assert {one.file: one.records for one in done} == {
        "projects.json": 5, "workflows.json": 1, "executions.json": 1, "campaigns.json": 1, "events.json": 6,
        "metrics.json": 3,
    }  # fmt: skip
    assert len(warned) == 11


def test_a_copy_that_would_lack_a_row_is_none(of_node: Sqlite, tmp_path: Path) -> None:
    assert of_node
    with pytest.raises(UnreadableRowError, match="projects p-bad-day: startDate holds"):
        database_copy.copy(str(tmp_path / "copy.db"))

    with database.bound(str(tmp_path / "copy.db")):
        assert not projects.list()


# Imports, which compare what is stored.


@pytest.mark.usefixtures("bound")
def test_an_import_names_what_it_cannot_compare(bound: Sqlite, db_file: Path) -> None:
    assert db_file
    export = ROOT / "fixtures" / "exports" / "google-ads" / "pull1.csv"
    [first] = import_files([str(export)], ReadOptions(), StoreOptions())
    assert first.error is None
    [id] = [id for (id,) in bound.execute_sql("SELECT id FROM campaigns LIMIT 1").fetchall()]
    bound.execute_sql("UPDATE campaigns SET metadata = '{' WHERE id = ?", (id,))

    with pytest.raises(UnreadableRowError, match=f'campaigns {id}: metadata holds "{{", which cannot be read'):
        list(import_files([str(export)], ReadOptions(), StoreOptions()))


@pytest.mark.usefixtures("bound")
def test_an_undo_does_not_overwrite_what_it_cannot_read(bound: Sqlite, db_file: Path) -> None:
    assert db_file
    export = ROOT / "fixtures" / "exports" / "google-ads" / "pull1.csv"
    [first] = import_files([str(export)], ReadOptions(), StoreOptions())
    assert first.batch_id
    bound.execute_sql("UPDATE metrics SET metadata = '{' WHERE id = 3")

    with pytest.raises(ConflictError, match="has been changed since import"):
        imports.undo(first.batch_id)
    assert imports.undo(first.batch_id, cascade=True)[0].deleted == first.inserted


@pytest.mark.usefixtures("bound")
def test_a_stored_day_that_a_file_lacks_counts_for_its_amount_only_if_that_can_be_read(
    bound: Sqlite, db_file: Path, tmp_path: Path
) -> None:
    assert db_file
    export = ROOT / "fixtures" / "exports" / "google-ads" / "pull1.csv"
    list(import_files([str(export)], ReadOptions(), StoreOptions()))
    lines = export.read_text("utf-8").splitlines(keepends=True)
    lacks = tmp_path / "lacks.csv"
    lacks.write_text("".join(lines[:3] + lines[5:]), "utf-8")  # two campaigns lack the first day
    bound.execute_sql("UPDATE metrics SET spend = 'lots' WHERE date = '2026-05-01' AND spend = 14.93")

    [second], [warned] = told(lambda: list(import_files([str(lacks)], ReadOptions(), StoreOptions())))

    assert second.error is None
    assert any("lacks 2 stored days" in notice and "spend 38.16 " in notice for notice in second.notices)
    assert warned.endswith('is left out: spend holds "lots", which cannot be read')


def test_metadata_of_another_program_has_no_mark_of_a_partial_file() -> None:
    assert mark_of('{"coverage": "search-terms"}') == "search-terms"
    assert mark_of('{"coverage"') is None
