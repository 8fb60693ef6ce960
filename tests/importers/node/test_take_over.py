"""Taking over a database of the Node system: every row and value, or nothing at all."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from adops_cli.data import campaigns, executions, metrics, projects
from adops_cli.errors import AdopsError, BadRequestError, DatabaseUnusableError
from adops_cli.importers.node import take_over
from adops_cli.importers.node.import_json import import_json
from adops_cli.importers.node.take_over import Migrated, OnBadRow
from adops_cli.storage import schema
from adops_cli.storage.engines.base import Engine, known_migrations
from adops_cli.storage.models import Event, Metrics, Project
from tests.conftest import ROOT
from tests.importers.tables import names

SAMPLE = ROOT / "fixtures" / "knex" / "ad-ops.db"
Make = Callable[..., Path]


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A database as the Node system left it."""
    path = tmp_path / "ad-ops.db"
    path.write_bytes(SAMPLE.read_bytes())
    return path


@pytest.fixture
def make(sample: Path) -> Make:
    """The same without rows, except those that the statements insert."""

    def prepared(*statements: str) -> Path:
        connection = sqlite3.connect(sample)
        for table in ("metrics", "campaigns", "workflows", "events", "executions", "projects"):
            connection.execute(f"DELETE FROM {table}")
        for statement in (
            "INSERT INTO projects (id, name, type) VALUES ('p', 'P', 't')",
            "INSERT INTO campaigns (id, name, platform, projectId, externalId) VALUES ('c', 'C', 'ttd', 'p', 'x1')",
            *statements,
        ):
            connection.execute(statement)
        connection.commit()
        connection.close()
        return sample

    return prepared


def taken_over(path: Path, **wishes: Any) -> Migrated:
    with database.bound(str(path)):
        return take_over.migrate(**wishes)


def raw(path: Path, query: str) -> list[Any]:
    connection = sqlite3.connect(path)
    found = connection.execute(query).fetchall()
    connection.close()
    return found


def test_the_sample_comes_over_whole(sample: Path) -> None:
    before = {
        table: raw(sample, f"SELECT count(*) FROM {table}")
        for table in ("projects", "executions", "events", "workflows")
    }

    done = taken_over(sample)

    assert done.take_over is not None
    assert (done.take_over.knex_state, done.take_over.bad) == ("20260210000001_initial_schema.js", [])
    assert {table.table: table.read for table in done.take_over.tables} == {
        "projects": 8, "executions": 20, "events": 120, "workflows": 4, "campaigns": 15, "metrics": 542,
    }  # fmt: skip
    assert before == {table: raw(sample, f"SELECT count(*) FROM {table}") for table in before}
    with database.bound(str(sample)) as engine:
        [total] = metrics.aggregate()
        assert (total.spend, total.revenue, total.conversions) == (Decimal("551628.86"), Decimal("1684630.23"), 38012)
        assert Metrics.select().count() == 542
        top = metrics.get_top_performers("roas", 5)
        assert [row.campaign_id for row in top] == ["camp-004", "camp-003", "camp-007", "camp-008", "camp-010"]
        assert engine.mode() == "wal"


def test_every_value_stays_what_it_is(sample: Path) -> None:
    tables = ("projects", "executions", "events", "workflows", "campaigns", "metrics")
    old = {table: rows_of(sample, table) for table in tables}

    taken_over(sample)

    for table in tables:
        for before, after in zip(old[table], rows_of(sample, table), strict=True):
            for key, value in before.items():
                assert comparable(key, after[key]) == comparable(key, value), (table, key)


def rows_of(path: Path, table: str) -> list[dict[str, Any]]:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    found = [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY rowid")]
    connection.close()
    return found


def comparable(key: str, value: Any) -> Any:
    """The value apart from its written form: times in milliseconds, JSON as a value, ratios if they exist."""
    if key.endswith("At") or key == "timestamp":
        if isinstance(value, str):
            moment = datetime.fromisoformat(value.replace(" ", "T"))
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
            return round(moment.timestamp() * 1000)
        return value
    if isinstance(value, str) and value[:1] in "[{":
        return json.loads(value)
    if key in ("ctr", "cpc", "cpa", "roas"):
        return pytest.approx(value or 0, abs=0.000_000_51)
    return value


def test_all_times_end_in_one_form_and_undefined_ratios_in_null(sample: Path) -> None:
    taken_over(sample)

    for table, columns in {
        "projects": ("createdAt", "updatedAt", "deletedAt"),
        "executions": ("startedAt", "completedAt", "createdAt"),
        "events": ("timestamp",),
        "metrics": ("syncedAt",),
    }.items():
        for column in columns:
            odd = f"{column} NOT GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T??:??:??.[0-9][0-9][0-9]Z'"
            assert raw(sample, f"SELECT count(*) FROM {table} WHERE {odd}") == [(0,)], (table, column)
    assert raw(sample, "SELECT count(*) FROM metrics WHERE impressions = 0 AND ctr IS NOT NULL") == [(0,)]
    assert raw(sample, "SELECT count(*) FROM metrics WHERE impressions = 0 AND spend = 0 AND clicks = 0")[0][0] > 0
    with database.bound(str(sample)):
        assert len(projects.list()) == 7
        assert len(projects.list(include_deleted=True)) == 8


def test_the_original_is_kept_as_a_backup_and_a_second_run_does_nothing(sample: Path) -> None:
    done = taken_over(sample)

    assert done.backup is not None
    assert raw(done.backup, "SELECT count(*) FROM knex_migrations") == [(1,)]
    assert raw(done.backup, "SELECT sql FROM sqlite_master") == raw(SAMPLE, "SELECT sql FROM sqlite_master")
    again = taken_over(sample)
    assert (again.applied, again.backup, again.take_over) == ([], None, None)


def test_a_plan_says_the_same_and_leaves_every_byte(sample: Path, tmp_path: Path) -> None:
    with database.bound(str(sample)):
        planned = take_over.plan()

    assert sample.read_bytes() == SAMPLE.read_bytes()
    assert names(tmp_path) == ["ad-ops.db", "home"]
    assert planned.applied == known_migrations()
    done = taken_over(sample)
    assert planned.take_over == done.take_over


def test_until_it_is_taken_over_nothing_else_works_on_it(sample: Path) -> None:
    with (
        database.bound(str(sample)),
        pytest.raises(DatabaseUnusableError, match="is a database of the old Node system"),
    ):
        projects.list()

    assert sample.read_bytes() == SAMPLE.read_bytes()


MISFITS = [
    (
        "INSERT INTO events (id, type, executionId) VALUES ('e', 't', 'gone')",
        "events",
        "e",
        "executionId refers to an unknown execution: 'gone'",
    ),
    (
        "INSERT INTO executions (id, workflowId, projectId) VALUES ('x', 'w', 'gone')",
        "executions",
        "x",
        "projectId refers to an unknown project",
    ),
    (
        "INSERT INTO metrics (campaignId, date) VALUES ('gone', '2026-01-01')",
        "metrics",
        543,
        "campaignId refers to an unknown campaign",
    ),
    ("UPDATE projects SET createdAt = 'yesterday'", "projects", "p", "createdAt must be a time"),
    ("UPDATE projects SET createdAt = 1767607", "projects", "p", "createdAt must be a time"),
    ("UPDATE projects SET startDate = 'soon'", "projects", "p", "startDate must be a day"),
    ("UPDATE projects SET metadata = '{broken'", "projects", "p", "metadata is not JSON"),
    ("UPDATE projects SET status = 'unheard'", "projects", "p", "status must be one of"),
    ("UPDATE projects SET budget = 'a lot'", "projects", "p", "budget must be a number"),
    ("UPDATE projects SET budget = 1.23456789", "projects", "p", "budget has more than 6 decimals"),
    ("INSERT INTO projects (id, name, type) VALUES (NULL, 'N', 't')", "projects", None, "id is missing"),
    (
        "INSERT INTO campaigns (id, name, platform, externalId) VALUES ('d', 'D', 'ttd', 'x1')",
        "campaigns",
        "d",
        "externalId 'x1' occurs twice on ttd",
    ),
    (
        "INSERT INTO metrics (campaignId, date, clicks) VALUES ('c', '2026-01-01', -1)",
        "metrics",
        543,
        "clicks is out of range",
    ),
    ("ALTER TABLE executions ADD COLUMN region TEXT DEFAULT 'eu'", "executions", "x0", "column region is unknown"),
]


@pytest.mark.parametrize(("statement", "table", "id", "reason"), MISFITS)
def test_what_does_not_fit_is_reported_and_stops_with_the_original_untouched(
    make: Make, statement: str, table: str, id: Any, reason: str
) -> None:
    path = make("INSERT INTO executions (id, workflowId) VALUES ('x0', 'w')", statement)
    before = path.read_bytes()

    done = taken_over(path)

    assert path.read_bytes() == before
    assert names(path.parent) == ["ad-ops.db", "home"]
    assert done.take_over is not None
    [row] = done.take_over.bad
    assert (row.table, row.id, row.fate) == (table, id, "stops")
    assert reason in row.reason
    with database.bound(str(path)), pytest.raises(AdopsError, match="was not changed: invalid rows: 1"):
        done.require_done()


def test_all_rows_that_do_not_fit_are_reported_not_only_the_first(make: Make) -> None:
    path = make(*(statement for statement, *_ in MISFITS[:2]), "UPDATE projects SET createdAt = 'yesterday'")

    done = taken_over(path)

    assert done.take_over is not None
    assert [row.table for row in done.take_over.bad] == ["projects", "executions", "events"]


def test_rejected_rows_are_kept_in_a_file_that_imports_again_once_mended(make: Make, tmp_path: Path) -> None:
    path = make(
        "UPDATE campaigns SET startDate = 'soon'",
        "INSERT INTO metrics (campaignId, date, spend, metadata) VALUES ('c', '2026-01-01', 2.5, '{\"a\": 1}')",
        "INSERT INTO events (id, type, executionId) VALUES ('e', 't', 'gone')",
    )
    file = tmp_path / "rejects.ndjson"

    done = taken_over(path, on_bad_row=OnBadRow.REJECT, rejects_file=file)

    assert done.take_over is not None
    assert [(row.table, row.fate) for row in done.take_over.bad] == [
        ("campaigns", "rejected"), ("events", "rejected"), ("metrics", "rejected"),
    ]  # fmt: skip
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(line["_file"], line["_position"]) for line in lines] == [
        ("campaigns.json", 1), ("events.json", 1), ("metrics.json", 1),
    ]  # fmt: skip
    for line in lines:
        line["record"] |= {"startDate": None} if line["_file"] == "campaigns.json" else {}
        line["record"] |= {"executionId": None} if line["_file"] == "events.json" else {}
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with database.bound(str(path)):
        assert import_json(file).rejected == []
        assert campaigns.find("c").external_id == "x1"
        assert (metrics.get_latest("c")[0].spend, metrics.get_latest("c")[0].metadata) == (Decimal("2.5"), {"a": 1})


def test_detaching_empties_a_reference_and_keeps_its_value(make: Make) -> None:
    path = make(
        "INSERT INTO events (id, type, executionId) VALUES ('e', 't', 'gone')",
        "INSERT INTO campaigns (id, name, platform, externalId, projectId, metadata) "
        "VALUES ('d', 'D', 'ttd', 'x1', 'gone', '{\"currency\": \"EUR\"}')",
    )

    done = taken_over(path, on_bad_row=OnBadRow.DETACH)

    assert done.take_over is not None
    assert [(row.table, row.id, row.column, row.value, row.fate) for row in done.take_over.bad] == [
        ("campaigns", "d", "projectId", "gone", "detached"),
        ("campaigns", "d", "externalId", "x1", "detached"),
        ("events", "e", "executionId", "gone", "detached"),
    ]
    with database.bound(str(path)):
        row = campaigns.find("d")
        assert (row.project_id, row.external_id) == (None, None)
        assert row.metadata == {"currency": "EUR", "detached": {"projectId": "gone", "externalId": "x1"}}
        assert Event.get_by_id("e").execution_id is None


def test_an_external_id_that_knex_gave_as_a_number_is_that_number_or_none(make: Make) -> None:
    path = make(
        "INSERT INTO campaigns (id, name, platform, externalId) VALUES ('d', 'D', 'google-ads', 20123456789.0)",
        "INSERT INTO campaigns (id, name, platform, externalId) VALUES ('e', 'E', 'meta-ads', 120210000000000003.0)",
    )
    assert raw(path, "SELECT typeof(externalId), externalId FROM campaigns WHERE id != 'c' ORDER BY id") == [
        ("text", "20123456789.0"),
        ("text", "1.2021e+17"),
    ]

    done = taken_over(path)

    assert done.take_over is not None
    assert [(row.id, row.column, row.value, row.fate) for row in done.take_over.bad] == [
        ("e", "externalId", "1.2021e+17", "detached")
    ]
    with database.bound(str(path)):
        assert campaigns.find("d").external_id == "20123456789"
        assert (campaigns.find("e").external_id, campaigns.find("e").metadata) == (None, {"externalId": "1.2021e+17"})


def test_what_cannot_be_detached_is_rejected_where_there_is_a_file_for_it(make: Make, tmp_path: Path) -> None:
    path = make(
        "INSERT INTO executions (id, workflowId, projectId) VALUES ('x', 'w', 'gone')",
        "INSERT INTO metrics (campaignId, date) VALUES ('gone', '2026-01-01')",
    )

    done = taken_over(path, on_bad_row=OnBadRow.DETACH, rejects_file=tmp_path / "r.ndjson")

    assert done.take_over is not None
    assert [(row.table, row.fate) for row in done.take_over.bad] == [
        ("executions", "detached"),
        ("metrics", "rejected"),
    ]
    assert (tmp_path / "r.ndjson").read_text().count("\n") == 1
    with database.bound(str(path)):
        assert executions.find("x").project_id is None


def test_all_that_is_wrong_with_a_row_is_reported(make: Make) -> None:
    path = make(
        "UPDATE campaigns SET projectId = 'gone'",
        "INSERT INTO campaigns (id, name, platform, projectId, externalId) VALUES ('d', 'D', 'ttd', 'gone', 'x1')",
    )

    done = taken_over(path)

    assert done.take_over is not None
    assert [(row.id, row.column) for row in done.take_over.bad] == [
        ("c", "projectId"), ("d", "projectId"), ("d", "externalId"),
    ]  # fmt: skip
    assert done.take_over.stops == 2


def test_a_database_whose_migrations_were_taken_back_is_ours_still(sample: Path) -> None:
    taken_over(sample)

    with database.bound(str(sample)):
        schema.rollback()
        assert not take_over.is_knex()
    assert taken_over(sample).take_over is None


def test_what_cannot_be_detached_still_stops(make: Make) -> None:
    path = make(
        "INSERT INTO metrics (campaignId, date) VALUES ('gone', '2026-01-01')", "UPDATE projects SET createdAt = 'x'"
    )
    before = path.read_bytes()

    done = taken_over(path, on_bad_row=OnBadRow.DETACH)

    assert path.read_bytes() == before
    assert done.take_over is not None
    assert {(row.table, row.fate) for row in done.take_over.bad} >= {("metrics", "stops"), ("projects", "stops")}


def test_rejecting_needs_a_file_that_is_not_there_yet(make: Make, tmp_path: Path) -> None:
    path = make()
    before = path.read_bytes()
    kept = tmp_path / "kept.ndjson"
    kept.write_text("mine")

    for wishes in (
        {"on_bad_row": OnBadRow.REJECT},
        {"rejects_file": tmp_path / "new.ndjson"},
        {"rejects_file": kept},
        {"on_bad_row": OnBadRow.REJECT, "rejects_file": kept},
        {"to": "001_initial_schema"},
    ):
        with pytest.raises(BadRequestError):
            taken_over(path, **wishes)

    assert (path.read_bytes(), kept.read_text()) == (before, "mine")


def test_odd_but_readable_values_come_over(make: Make) -> None:
    path = make(
        "UPDATE projects SET status = 'ACTIVE ', budget = 0.1 + 0.2, owner = '', createdAt = NULL, milestones = '[]'",
        "INSERT INTO metrics (campaignId, date, spend, conversions, clicks, ctr) "
        "VALUES ('c', '2026-01-01', 10, 2.96, 0, 0)",
        "INSERT INTO executions (id, workflowId, result) VALUES ('x', 'w', '\"done\"')",
        "INSERT INTO events (id, type, processed, payload) "
        "VALUES ('e', 't', NULL, '{\"big\": 12345678901234567890, \"b\": 1, \"a\": 2}')",
        "ALTER TABLE projects ADD COLUMN region TEXT DEFAULT 'eu'",
    )

    done = taken_over(path)

    assert done.take_over is not None
    assert done.take_over.bad == []
    with database.bound(str(path)):
        project = projects.find("p")
        assert (project.status, project.budget, project.owner, project.created_at) == (
            "active",
            Decimal("0.3"),
            "",
            None,
        )
        assert (project.milestones, project.metadata) == ([], {"region": "eu"})
        [row] = metrics.get_latest("c")
        assert (row.conversions, row.clicks, row.ctr, row.cpa) == (Decimal("2.96"), 0, None, Decimal("3.378378"))
        assert executions.find("x").result == "done"
        event = Event.get_by_id("e")
        assert (event.processed, list(event.payload)) == (None, ["big", "b", "a"])
        assert event.payload["big"] == 12345678901234567890


def test_a_known_platform_gets_its_slug_and_is_counted(make: Make) -> None:
    path = make(
        "INSERT INTO campaigns (id, name, platform, externalId) VALUES ('g', 'G', 'google_ads', '1')",
        "INSERT INTO campaigns (id, name, platform, externalId) VALUES ('f', 'F', 'Facebook', '1')",
        "INSERT INTO campaigns (id, name, platform) VALUES ('o', 'O', 'My DSP')",
    )

    done = taken_over(path)

    assert done.take_over is not None
    assert {one.table: one.normalised for one in done.take_over.tables}["campaigns"] == 2
    with database.bound(str(path)):
        kept = {one.id: one.platform for one in campaigns.list()}
    assert kept == {"c": "ttd", "g": "google-ads", "f": "meta-ads", "o": "My DSP"}


def test_two_spellings_of_a_platform_do_not_hide_an_id_that_is_there_twice(make: Make) -> None:
    path = make(
        "INSERT INTO campaigns (id, name, platform, externalId) VALUES ('g', 'G', 'google_ads', '1')",
        "INSERT INTO campaigns (id, name, platform, externalId) VALUES ('h', 'H', 'google-ads', '1')",
    )

    with database.bound(str(path)):
        planned = take_over.plan().take_over

    assert planned is not None
    assert [(bad.id, bad.column) for bad in planned.bad] == [("h", "externalId")]


def test_what_stands_beside_the_six_tables_stays(make: Make) -> None:
    path = make(
        "CREATE TABLE agent_memory (id TEXT, note TEXT)",
        "INSERT INTO agent_memory VALUES ('a', 'kept')",
        "CREATE VIEW spend AS SELECT sum(spend) AS total FROM metrics",
        "CREATE TRIGGER noticed AFTER INSERT ON projects BEGIN INSERT INTO agent_memory VALUES (new.id, 'new'); END",
    )

    taken_over(path)

    assert raw(path, "SELECT * FROM agent_memory") == [("a", "kept")]
    assert raw(path, "SELECT * FROM spend") == [(None,)]
    assert len(raw(path, "SELECT * FROM knex_migrations")) == 1
    with database.bound(str(path)):
        Project.create(id="q", name="Q", type="t")
    assert raw(path, "SELECT note FROM agent_memory WHERE id = 'q'") == [("new",)]


def test_an_older_state_of_the_schema_comes_over_too(sample: Path) -> None:
    connection = sqlite3.connect(sample)
    connection.executescript(
        "DROP TABLE metrics; ALTER TABLE projects DROP COLUMN artifacts; DELETE FROM knex_migrations;"
    )
    connection.close()

    done = taken_over(sample)

    assert done.take_over is not None
    assert done.take_over.knex_state == "no migration"
    with database.bound(str(sample)):
        assert len(projects.list(include_deleted=True)) == 8
        assert Metrics.select().count() == 0


def test_an_error_in_the_middle_leaves_the_original(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise AdopsError("the disk is full")

    monkeypatch.setattr(schema, "apply", broken)

    with pytest.raises(AdopsError, match="the disk is full"):
        taken_over(sample)

    assert raw(sample, "SELECT * FROM metrics") == raw(SAMPLE, "SELECT * FROM metrics")
    assert raw(sample, "SELECT sql FROM sqlite_master") == raw(SAMPLE, "SELECT sql FROM sqlite_master")
    assert list(sample.parent.glob("*-backup-*")) == []  # or else one would be left by each try


def test_a_process_that_dies_in_the_middle_leaves_the_original(sample: Path) -> None:
    code = (
        "from adops_cli import database\nfrom adops_cli.data.access import bulk\n"
        "from adops_cli.importers.node import take_over\n"
        "insert = bulk.insert\n"
        "def stuck(model, rows):\n    insert(model, rows)\n    print('here', flush=True)\n"
        "    __import__('time').sleep(60)\n"
        f"take_over.bulk.insert = stuck\nwith database.bound({str(sample)!r}):\n    take_over.migrate()\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    worker = subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "here\n"

    worker.send_signal(signal.SIGKILL)
    worker.communicate(timeout=60)

    assert raw(sample, "SELECT * FROM metrics") == raw(SAMPLE, "SELECT * FROM metrics")
    assert taken_over(sample).applied == known_migrations()


def test_a_table_beside_the_six_may_refer_to_them(make: Make) -> None:
    path = make(
        "CREATE TABLE agent_memory (id TEXT, projectId TEXT REFERENCES projects(id))",
        "INSERT INTO agent_memory VALUES ('a', 'p'), ('b', 'gone long ago')",
    )

    assert taken_over(path).applied == known_migrations()

    assert raw(path, "SELECT id, projectId FROM agent_memory") == [("a", "p"), ("b", "gone long ago")]


def test_a_rejected_row_that_such_a_table_refers_to_stops_the_take_over(make: Make, tmp_path: Path) -> None:
    path = make(
        "CREATE TABLE agent_memory (id TEXT, projectId TEXT REFERENCES projects(id))",
        "INSERT INTO projects (id, name, type, createdAt) VALUES ('q', 'Q', 't', 'yesterday')",
        "INSERT INTO agent_memory VALUES ('a', 'q')",
    )
    before = path.read_bytes()

    with pytest.raises(AdopsError, match="row 1 of agent_memory would refer to an unknown row of projects"):
        taken_over(path, on_bad_row=OnBadRow.REJECT, rejects_file=tmp_path / "rejects.ndjson")

    assert path.read_bytes() == before
    assert not (tmp_path / "rejects.ndjson").exists()


def test_text_that_is_not_utf_8_is_a_row_that_does_not_fit(make: Make) -> None:
    path = make(
        "UPDATE projects SET name = CAST(x'ff41' AS TEXT)",
        "INSERT INTO workflows (id, name) VALUES (x'ff00', 'w')",
        "UPDATE campaigns SET startDate = 'soon'",
    )

    done = taken_over(path)

    assert done.take_over is not None
    assert [(row.table, row.id) for row in done.take_over.bad] == [
        ("projects", "p"), ("workflows", "x'ff00'"), ("campaigns", "c"),
    ]  # fmt: skip
    assert "name must be text" in done.take_over.bad[0].reason


def test_an_id_that_stands_twice_is_a_row_that_does_not_fit(make: Make) -> None:
    path = make(
        "DROP TABLE workflows",
        "CREATE TABLE workflows (id TEXT, name TEXT)",
        "INSERT INTO workflows VALUES ('w', 'one'), ('w', 'two')",
    )

    done = taken_over(path)

    assert done.take_over is not None
    [row] = done.take_over.bad
    assert (row.table, row.id, row.value, row.reason, row.fate) == (
        "workflows",
        "w",
        "w",
        "id 'w' occurs twice",
        "stops",
    )


def test_ids_of_figures_that_were_deleted_are_not_used_again(make: Make) -> None:
    path = make()  # the 542 rows of the sample have been deleted

    taken_over(path)

    with database.bound(str(path)):
        metrics.record_metrics("c", "2026-01-01", spend=1)
        assert metrics.get_latest("c")[0].id == 543


def test_of_two_take_overs_at_once_the_second_finds_nothing_to_do(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = schema.session

    @contextlib.contextmanager
    def after_another(**options: Any) -> Iterator[Engine]:
        monkeypatch.setattr(schema, "session", locked)
        worker = subprocess.run(
            [sys.executable, "-m", "adops_cli", "--database", str(sample), "db", "migrate"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
            timeout=60,
        )
        assert worker.returncode == 0
        with locked(**options) as engine:
            yield engine

    monkeypatch.setattr(schema, "session", after_another)

    done = taken_over(sample)

    assert (done.applied, done.backup, done.take_over) == ([], None, None)
    assert raw(sample, "SELECT count(*) FROM metrics") == [(542,)]
