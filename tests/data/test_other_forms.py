"""What another program wrote in another form counts as what it means: read, listed, compared, cleaned up, added up."""

import contextlib
import json
import sqlite3
import tempfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adops_cli import database
from adops_cli.care import maintenance
from adops_cli.data import campaigns, events, executions, export_json, metrics, projects, reports, workflows
from adops_cli.exports.export import ReadOptions
from adops_cli.importers.metrics.files import import_files
from adops_cli.importers.metrics.outcome import FileOutcome, StoreOptions
from adops_cli.legacy.record import read_record
from adops_cli.storage import other_forms
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.models import TABLES
from adops_cli.storage.table import now
from adops_cli.values import written_instant
from tests.conftest import ROOT
from tests.node_scripts import EPOCH, ISO, READABLE, stored, write

DAY = timedelta(days=1)


@pytest.fixture
def of_node(db_file: Path) -> Path:
    """A database into which scripts of the Node system wrote."""
    write(db_file, READABLE)
    return db_file


def epoch(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


@pytest.mark.usefixtures("bound")
def test_a_platform_in_the_spelling_that_is_asked_for_is_found_among_rows_in_other_forms(db_file: Path) -> None:
    for id, platform in (("old", "Google Ads"), ("new", "google-ads"), ("other", "ttd")):
        columns = "id, name, type, platform, createdAt"
        write(db_file, f"INSERT INTO projects ({columns}) VALUES ('{id}', 'n', 't', '{platform}', {EPOCH})")

    assert {row.id for row in projects.list(platform="Google Ads")} == {"old", "new"}
    assert {row.id for row in projects.list(platform="google-ads")} == {"new"}


@pytest.mark.usefixtures("of_node")
def test_every_command_reads_a_row_as_the_take_over_does(bound: Sqlite) -> None:
    lists: dict[str, Any] = {
        "projects": projects, "workflows": workflows, "executions": executions, "campaigns": campaigns,
        "events": events, "metrics": metrics,
    }  # fmt: skip
    for model in TABLES:
        table = model._meta.table_name
        cursor = bound.execute_sql(f'SELECT * FROM "{table}"')
        names = [column[0] for column in cursor.description]
        raw_rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        assert raw_rows
        found = {row.id: row for row in lists[table].list()}
        assert found.keys() == {raw["id"] for raw in raw_rows}
        for raw in raw_rows:
            if raw.get("spend") == pytest.approx(100 / 3, rel=1e-15):  # which the take-over refuses; sums round it, too
                raw["spend"] = Decimal("33.333333")
            taken = read_record(model, raw, json_columns_are_text=True).values
            assert {name: getattr(found[raw["id"]], name) for name in taken} == taken


@pytest.mark.usefixtures("of_node", "bound")
def test_a_status_in_capitals_and_a_flag_in_words_are_found_by_what_they_mean() -> None:
    assert [run.id for run in executions.list(status="running")] == ["x-running"]
    assert executions.find("x-running").status == "running"
    assert {event.id for event in events.list(processed=True)} == {"e-true", "e-words", "e-two"}
    assert {event.id for event in events.list(processed=False)} == {"e-one", "e-number", "e-integer"}
    assert events.find("e-words").processed is True


@pytest.mark.usefixtures("bound")
def test_stats_count_a_status_in_capitals_as_what_it_is(db_file: Path) -> None:
    write(
        db_file,
        "INSERT INTO projects (id, name, type, status) VALUES ('a', 'A', 't', 'active'), ('b', 'B', 't', ' Active')",
        "INSERT INTO projects (id, name, type, status) VALUES ('c', 'C', 't', 'PAUSED'), ('d', 'D', 't', 'archived')",
    )

    assert projects.get_stats().by_status == {"active": 2, "archived": 1, "paused": 1}
    assert [project.id for project in projects.list(status="active", sort="id")] == ["a", "b"]


def test_a_fresh_epoch_survives_the_clean_up_and_an_old_one_does_not(bound: Sqlite, db_file: Path) -> None:
    fresh, old = epoch(now() - DAY), epoch(now() - 40 * DAY)
    spaced = (now() - 40 * DAY).strftime("%Y-%m-%d %H:%M:%S")
    write(
        db_file,
        f"""
        INSERT INTO events (id, type, processed, timestamp) VALUES ('fresh', 't', 1, {fresh}), ('old', 't', 1, {old}),
            ('waits', 't', 0, {old}), ('ours', 't', 'yes', '{spaced}'),
            ('never', 't', 1, NULL), ('soon', 't', 1, 'soon');
        INSERT INTO events (id, type, processed, timestamp, payload) VALUES ('broken', 't', 1, {old}, '[object Object]')
        """,
    )
    events.create(id="plain", type="t", processed=True, timestamp=now() - 40 * DAY)
    cutoff = events.cutoff(30 * DAY)

    assert events.count_old(cutoff) == 4
    assert events.cleanup_old_events(30, batch_size=1) == 4

    assert {id for (id,) in bound.execute_sql("SELECT id FROM events").fetchall()} == {
        "fresh",
        "waits",
        "never",
        "soon",
    }


def test_an_event_that_is_written_in_another_form_meanwhile_is_not_deleted(
    bound: Sqlite, db_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An epoch is less than any text, so that a comparison of what is stored would take it for old."""
    for number in range(4):
        events.create(id=f"old-{number}", type="t", processed=True, timestamp=now() - 40 * DAY)
    fresh = f"UPDATE events SET timestamp = {epoch(now())} WHERE id IN ('old-2', 'old-3')"

    def write_meanwhile(_worked: float) -> float:
        write(db_file, fresh)
        return 0

    monkeypatch.setattr(events, "_rest", write_meanwhile)

    events.cleanup_old_events(30, batch_size=1)

    assert bound.execute_sql("SELECT id FROM events ORDER BY id").fetchall() == [("old-2",), ("old-3",)]


FORMS = {
    "ours": written_instant,
    "epoch": epoch,
    "epoch as a double": lambda moment: float(epoch(moment)),
    "epoch as text": lambda moment: str(epoch(moment)),
    "CURRENT_TIMESTAMP": lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S"),
    "offset": lambda moment: moment.astimezone(datetime.fromisoformat("2026-01-01T00:00+05:30").tzinfo).isoformat(),
    "short offset": lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S-0000"),
    "no milliseconds": lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "comma": lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S,") + "000",
    "small letters": lambda moment: written_instant(moment).lower(),
    "minutes": lambda moment: moment.strftime("%Y-%m-%d %H:%M"),
    "spaces": lambda moment: f"  {written_instant(moment)} ",
}
FLAGS: dict[bool | None, list[Any]] = {True: [1, "true", "Yes"], False: [0, "false", "no"], None: [None]}
_NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
moments = st.none() | st.integers(-200_000, 200_000).map(lambda minutes: _NOW + timedelta(minutes=minutes))
rows = st.lists(
    st.tuples(moments, st.sampled_from(sorted(FORMS)), st.sampled_from([True, False, None]), st.integers(0, 2)),
    max_size=8,
)
queries = st.fixed_dictionaries(
    {
        "since": moments, "until": moments, "processed": st.sampled_from([None, True, False]),
        "sort": st.sampled_from([None, "timestamp", "-timestamp", "processed", "-processed", "id", "-id"]),
        "limit": st.sampled_from([None, 0, 1, 2, 5]), "offset": st.integers(0, 4),
    }
)  # fmt: skip


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(found=rows, asked=queries)
@example(
    found=[(_NOW, "epoch", True, 0), (_NOW - DAY, "CURRENT_TIMESTAMP", False, 0), (_NOW + DAY, "ours", None, 0)],
    asked={"since": None, "until": None, "processed": None, "sort": None, "limit": 2, "offset": 1},
)
def test_a_list_is_the_same_whatever_the_form(
    found: list[tuple[datetime | None, str, bool | None, int]], asked: dict[str, Any], migrated_file: Path
) -> None:
    with tempfile.TemporaryDirectory() as name:
        ours, others = Path(name) / "ours.db", Path(name) / "others.db"
        for file in (ours, others):
            file.write_bytes(migrated_file.read_bytes())
        with contextlib.closing(sqlite3.connect(others, isolation_level=None)) as connection:
            for number, (moment, form, flag, spelling) in enumerate(found):
                flags = FLAGS[flag]
                values = (f"e{number}", moment and FORMS[form](moment), flags[spelling % len(flags)])
                connection.execute("INSERT INTO events (id, type, timestamp, processed) VALUES (?, 't', ?, ?)", values)
        with database.bound(str(ours)):
            for number, (moment, _, flag, _) in enumerate(found):
                events.create(id=f"e{number}", type="t", timestamp=moment, processed=flag)
            told = _told(asked)
        with database.bound(str(others)):
            assert _told(asked) == told


def _told(asked: dict[str, Any]) -> Any:
    """All that is said of the events of a database, and what is left when it was cleaned up."""
    before = _NOW - DAY
    lists: list[Any] = [[(event.id, event.timestamp, event.processed) for event in events.list(**asked)]]
    lists += [[event.id for event in events.get_unprocessed()], [event.id for event in events.tail(3)]]
    newest = [table.newest for table in maintenance.info().tables if table.table == "events"]
    count = events.count_old(before)
    assert events.delete_old(before, batch_size=2) == count
    return lists, newest, count, sorted(event.id for event in events.list())


@pytest.mark.usefixtures("bound")
def test_windows_of_other_tables_go_by_the_instant(db_file: Path) -> None:
    write(
        db_file,
        f"INSERT INTO projects (id, name, type, createdAt, updatedAt) VALUES ('epoch', 'E', 't', {EPOCH}, {EPOCH})",
        "INSERT INTO projects (id, name, type, createdAt, updatedAt) "
        "VALUES ('spaced', 'S', 't', '2026-11-20 23:00:00', '2026-11-18 23:00:00')",
    )
    projects.create(id="ours", name="O", type="t", created_at="2026-11-20T12:00:00Z", updated_at="2026-11-19T00:00:00Z")
    write(db_file, f"INSERT INTO executions (id, workflowId, createdAt) VALUES ('x', 'w', {EPOCH})")

    assert [project.id for project in projects.list()] == ["spaced", "ours", "epoch"]
    assert [project.id for project in projects.list(created_since=ISO)] == ["spaced", "ours", "epoch"]
    assert [project.id for project in projects.list(created_since="2026-11-20T10:11:12.346Z")] == ["spaced", "ours"]
    assert [project.id for project in projects.list(created_until="2026-11-20T22:00:00Z")] == ["ours", "epoch"]
    assert [project.id for project in projects.list(sort="updated-at")] == ["spaced", "ours", "epoch"]
    assert [run.id for run in executions.list(created_since=ISO, created_until=ISO)] == ["x"]


@pytest.mark.usefixtures("bound")
def test_tail_sees_what_comes_as_an_epoch(db_file: Path) -> None:
    events.create(id="first", type="t", timestamp=now() - timedelta(minutes=1))

    def something_comes() -> None:
        write(db_file, f"INSERT INTO events (id, type, timestamp) VALUES ('epoch', 't', {epoch(now())})")

    assert [event.id for event in islice(events.tail(1, wait=something_comes), 2)] == ["first", "epoch"]


def test_an_export_is_in_our_form_and_in_the_order_of_time(bound: Sqlite, of_node: Path, tmp_path: Path) -> None:
    export_json.export_json(tmp_path / "out")

    found = {name: json.loads((tmp_path / "out" / f"{name}.json").read_text()) for name in ("projects", "events")}
    assert [row["createdAt"] for row in found["projects"]] == sorted(row["createdAt"] for row in found["projects"])
    by_id = {row["id"]: row for rows in found.values() for row in rows}
    assert (by_id["p-date"]["createdAt"], by_id["p-date"]["updatedAt"]) == (ISO, ISO)
    assert by_id["p-noise"]["budget"] == 0.3
    assert by_id["e-words"]["processed"] is True
    assert by_id["e-true"]["payload"] == {"a": 1, "b": [True, None, "ü"]}
    assert of_node.exists()
    assert bound.execute_sql("SELECT updatedAt FROM projects WHERE id = 'p-date'").fetchone() == (EPOCH,)


# Daily figures.


def figures(row: Any) -> tuple[Any, ...]:
    return row.day, row.spend, row.days, row.campaigns


@pytest.mark.usefixtures("of_node", "bound")
def test_a_day_with_a_time_is_the_same_day_in_every_report() -> None:
    report = reports.report("day", start_date="2026-11-16", end_date="2026-11-18")

    assert [(str(row.day), row.spend) for row in report.rows] == [("2026-11-18", 5), ("2026-11-16", 7)]
    assert report.total
    assert (report.total.spend, report.total.days) == (12, 2)
    assert [(row.month, row.days) for row in reports.grouped("month")] == [("2026-11", 3)]
    assert [(str(row.week), row.days) for row in reports.grouped("week")] == [("2026-11-16", 3)]
    assert [str(row.date) for row in metrics.list(end_date="2026-11-16")] == ["2026-11-16"]


@pytest.mark.usefixtures("of_node", "bound")
def test_ratios_follow_from_the_figures_whatever_a_script_calculated() -> None:
    row = next(row for row in metrics.list() if row.ctr is not None)

    assert (row.ctr, row.cpc, row.cpa, row.roas) == (Decimal("0.003"), Decimal("11.111111"), None, None)


def test_a_campaign_whose_id_only_another_program_can_write_is_ranked(db_file: Path) -> None:
    with database.bound(str(db_file)) as bound:
        for id in ("a\x00b", " c "):
            bound.execute_sql("INSERT INTO campaigns (id, name, platform) VALUES (?, 'N', 'ttd')", [id])
            bound.execute_sql("INSERT INTO metrics (campaignId, date, spend) VALUES (?, '2026-02-01', 1)", [id])

        assert [row.campaign_id for row in metrics.get_top_performers("spend", 2)] == [" c ", "a\x00b"]


def test_recording_a_day_with_a_time_changes_that_row(bound: Sqlite, of_node: Path) -> None:
    rows = bound.execute_sql("SELECT count(*) FROM metrics").fetchone()

    metrics.record_metrics("c", "2026-11-16", spend=8)
    write(of_node, "UPDATE metrics SET date = date || 'T00:00:00.000Z' WHERE date = '2026-11-18'")
    metrics.record_many([{"campaignId": "c", "date": "2026-11-18", "clicks": 1}])

    assert bound.execute_sql("SELECT count(*) FROM metrics").fetchone() == rows
    found = bound.execute_sql("SELECT date, spend, clicks FROM metrics WHERE date < '2026-11-19' ORDER BY date")
    assert found.fetchall() == [
        ("2026-11-16", 8, None), ("2026-11-18", 5, 1),
    ]  # fmt: skip


def imported(export: Path, **wishes: Any) -> FileOutcome:
    [done] = import_files([str(export)], ReadOptions(), StoreOptions(**wishes))
    assert done.error is None
    return done


@pytest.mark.usefixtures("bound")
def test_an_import_knows_a_day_with_a_time_again(db_file: Path) -> None:
    export = ROOT / "fixtures" / "exports" / "google-ads" / "pull1.csv"
    first = imported(export)
    write(db_file, "UPDATE metrics SET date = date || 'T00:00:00.000Z' WHERE id % 2 = 0")

    dry = imported(export, dry_run=True)
    again = imported(export)

    assert first.inserted
    assert (dry.inserted, dry.updated, dry.unchanged) == (0, 0, first.inserted)
    assert (again.inserted, again.updated, again.unchanged) == (0, 0, first.inserted)
    assert stored(db_file, "SELECT count(*), max(length(date)) FROM metrics") == [(first.inserted, 10)]


# What keeps it quick.


def plans(engine: Sqlite, work: Any) -> list[str]:
    """How SQLite goes about every query of some work."""
    asked: list[tuple[str, Any]] = []
    engine.query_hooks.append(lambda event: asked.append((event.sql, event.params)))
    work()
    engine.query_hooks.clear()
    return [
        " | ".join(row[3] for row in engine.execute_sql(f"EXPLAIN QUERY PLAN {sql}", params).fetchall())
        for sql, params in asked
        if sql.startswith(("SELECT", "DELETE"))
    ]


@pytest.mark.parametrize("model", list(TABLES), ids=lambda model: str(model._meta.table_name))
@pytest.mark.usefixtures("db_file")
def test_an_index_knows_whether_there_is_another_form_at_all(bound: Sqlite, model: Any) -> None:
    for _ in range(2):
        [plan] = plans(bound, lambda: other_forms.present(model))
        assert plan == f"SCAN t1 USING COVERING INDEX {model._meta.table_name}_other_forms"
        bound.execute_sql("ANALYZE")


@pytest.mark.parametrize("mixed", [False, True], ids=["in our form", "with other forms"])
@pytest.mark.usefixtures("bound")
def test_lists_and_the_clean_up_read_along_their_indexes_either_way(bound: Sqlite, db_file: Path, mixed: bool) -> None:
    for number in range(3):
        events.create(id=f"e{number}", type="t", processed=True, timestamp=now() - 40 * DAY)
    if mixed:
        write(db_file, f"INSERT INTO events (id, type, processed, timestamp) VALUES ('epoch', 't', 1, {epoch(now())})")
    # Whether there are such rows is found along the one index, the rows themselves along the other, and by their ids.
    allowed = ("INDEX events_other_forms", "event_timestamp", "sqlite_autoindex_events_1 (id=?)")

    found = plans(bound, lambda: events.list(limit=50))
    found += plans(bound, lambda: events.list(since=now() - DAY, limit=50))
    found += plans(bound, lambda: events.list(since=now() - DAY))
    found += plans(bound, lambda: events.count_old(events.cutoff(30 * DAY)))
    found += plans(bound, lambda: events.cleanup_old_events(30))

    assert len(found) > 8
    assert not [plan for plan in found if not any(index in plan for index in allowed)], found


@pytest.mark.usefixtures("db_file")
def test_a_database_without_other_forms_is_asked_as_ever(bound: Sqlite) -> None:
    events.create(id="e", type="t")

    [_, plan] = plans(bound, lambda: events.list(limit=50))

    assert plan == "SCAN t1 USING INDEX event_timestamp_id"  # which nothing has to sort


def test_reading_leaves_what_it_reads_as_it_is(of_node: Path, tmp_path: Path) -> None:
    was = of_node.read_bytes()

    with database.bound(str(of_node)):
        for listed in (projects, executions, events, workflows, campaigns, metrics):
            listed.list()
        reports.report("campaign")
        export_json.export_json(tmp_path / "out")
        maintenance.info()

    assert of_node.read_bytes() == was
