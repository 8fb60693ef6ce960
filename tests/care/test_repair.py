"""Repair brings what scripts wrote into the one form, says what it did, and leaves what nobody can read."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from adops_cli.care import repair as repairs
from adops_cli.care import verify
from adops_cli.care.repair import Finding, repair
from adops_cli.care.verify import trial
from adops_cli.cli import app as cli_app
from adops_cli.data import campaigns, events, metrics, projects, reports, workflows
from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.storage import schema_backup
from adops_cli.storage.handle import db
from tests.conftest import Adops
from tests.json_mode import Write
from tests.node_scripts import EPOCH, ISO, READABLE, UNREADABLE, stored, write

Row = tuple[Any, ...]


@pytest.fixture
def of_node(db_file: Path) -> Path:
    write(db_file, READABLE, UNREADABLE)
    return db_file


@pytest.fixture
def without_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """What verify tries on a temporary database is none of this."""
    monkeypatch.setattr(trial, "checks", lambda _database, _timeout: iter(()))


def repaired(path: Path, **asked: Any) -> list[Row]:
    with database.bound(str(path), busy_timeout=5):
        return [_row(finding) for finding in repair(**asked).findings]


def _row(finding: Finding) -> Row:
    return finding.table, finding.id, finding.column, finding.old, finding.new, finding.fate


def mended(found: list[Row]) -> list[Row]:
    return [row[:-1] for row in found if row[-1] == repairs.MENDED]


def left(found: list[Row]) -> set[Row]:
    return {row[:4] for row in found if row[-1] == repairs.LEFT}


def failures(path: Path) -> dict[str, str]:
    with database.bound(str(path), busy_timeout=5):
        return {check.check: check.detail for check in verify.run() if check.state == "failed"}


def test_every_value_that_means_something_is_brought_into_our_form(of_node: Path) -> None:
    [(spaced,)] = stored(of_node, "SELECT createdAt FROM projects WHERE id = 'p-now'")
    [(started,)] = stored(of_node, "SELECT startedAt FROM executions WHERE id = 'x-running'")

    found = repaired(of_node)

    assert mended(found) == [
        ("projects", "p-date", "createdAt", EPOCH, ISO),
        ("projects", "p-date", "updatedAt", EPOCH, ISO),
        ("projects", "p-now", "createdAt", spaced, f"{spaced.replace(' ', 'T')}.000Z"),
        ("projects", "p-now", "updatedAt", spaced, f"{spaced.replace(' ', 'T')}.000Z"),
        ("projects", "p-text", "createdAt", EPOCH, ISO),
        ("projects", "p-text", "updatedAt", EPOCH + 0.25, ISO),
        ("workflows", "w-off", "updatedAt", EPOCH, ISO),
        ("executions", "x-running", "status", "Running", "running"),
        ("executions", "x-running", "startedAt", started, f"{started.replace(' ', 'T')}.000Z"),
        ("executions", "x-running", "completedAt", EPOCH, ISO),
        ("campaigns", "c", "syncedAt", EPOCH, ISO),
        ("events", "e-true", "timestamp", EPOCH, ISO),
        ("events", "e-words", "processed", "true", True),
        ("events", "e-one", "timestamp", EPOCH, ISO),
        ("metrics", 1, "spend", 100 / 3, 33.333333),
        ("metrics", 1, "cpc", 11.111111111111112, 11.111111),
        ("metrics", 1, "cpa", 0, None),
        ("metrics", 1, "roas", 0, None),
        ("metrics", 1, "syncedAt", EPOCH, ISO),
        ("metrics", 2, "date", "2026-11-16T00:00:00.000Z", "2026-11-16"),
    ]
    for table, id, column, _, new in mended(found):
        assert stored(of_node, f"SELECT {column} FROM {table} WHERE id = '{id}'") == [(new,)]


@pytest.mark.usefixtures("without_trial")
def test_what_cannot_be_read_is_named_and_left_as_it_is(of_node: Path) -> None:
    found = repaired(of_node)

    assert left(found) == {
        ("projects", "p-bad-day", "startDate", f"{EPOCH}.0"),
        ("projects", "p-seconds", "createdAt", EPOCH // 1000),
        ("projects", "p-string", "createdAt", "Fri Nov 20 2026 10:11:12 GMT+0000 (Coordinated Universal Time)"),
        ("executions", "x-fraction", "duration", 12.75),
        ("events", "e-array", "payload", "[object Object]"),
        ("events", "e-text", "payload", "just text"),
        ("events", "e-buffer", "payload", "x'7b2261223a317d'"),
        ("events", "e-half", "type", "x'68616c6620eda0bd2070616972'"),
        ("campaigns", "c-infinite", "budget", float("inf")),
        ("metrics", 4, "date", "1794873600000.0"),
        ("metrics", 4, "impressions", "1,234"),
        ("metrics", 5, "clicks", 1.5),
    }
    was, backups = of_node.read_bytes(), len(list(of_node.parent.glob("*backup*")))
    assert repaired(of_node) == [row for row in found if row[-1] == repairs.LEFT]  # the second time nothing is written
    assert (of_node.read_bytes(), len(list(of_node.parent.glob("*backup*")))) == (was, backups)
    assert set(failures(of_node)) == {
        "JSON columns", "times", "days", "texts", "counts and flags", "money in range", "calculated fields", "journal",
    }  # fmt: skip


def test_a_repair_changes_nothing_of_what_is_read(db_file: Path) -> None:
    write(db_file, READABLE)

    def read() -> Any:
        with database.bound(str(db_file)):
            listed: list[Any] = [projects.list(), events.list(), campaigns.list(), workflows.list(), metrics.list()]
            return (
                [rows.to_dicts() for rows in listed],
                reports.report("campaign"),
                reports.report("day"),
            )

    before = read()
    assert repaired(db_file)
    assert read() == before
    assert repaired(db_file) == []


@pytest.mark.usefixtures("without_trial")
def test_with_leave_to_replace_bytes_become_text_again(db_file: Path) -> None:
    projects_of_bytes = """
        INSERT INTO projects (id, name, type, metadata) VALUES
            ('p', CAST(x'436166e9' AS TEXT), 't', CAST(x'7b2261223a22e9227d' AS TEXT)),
            ('q', 'Q', x'68616c66eda0bd', x'5b315d');
        INSERT INTO campaigns (id, name, platform, externalId) VALUES
            ('a', 'A', 'ttd', 'x\ufffd'), ('b', 'B', 'ttd', CAST(x'78e9' AS TEXT)),
            (CAST(x'e9' AS TEXT), 'C', 'ttd', NULL);
    """
    write(db_file, projects_of_bytes)
    assert mended(repaired(db_file)) == []

    found = repaired(db_file, replace_undecodable=True)

    assert mended(found) == [
        ("projects", "p", "name", "x'436166e9'", "Caf\ufffd"),
        ("projects", "p", "metadata", "x'7b2261223a22e9227d'", '{"a":"\ufffd"}'),
        ("projects", "q", "type", "x'68616c66eda0bd'", "half\ufffd\ufffd\ufffd"),
        ("projects", "q", "metadata", "x'5b315d'", "[1]"),
    ]
    # Another campaign has that key, and an id may be known elsewhere.
    assert left(found) == {("campaigns", "b", "externalId", "x'78e9'"), ("campaigns", "x'e9'", "id", "x'e9'")}
    with database.bound(str(db_file)):
        assert projects.find("p").metadata == {"a": "\ufffd"}
    assert set(failures(db_file)) == {"texts", "journal"}


def test_a_day_that_is_there_already_is_left(db_file: Path) -> None:
    with database.bound(str(db_file)):
        campaigns.create(id="c", name="C", platform="ttd")
        metrics.record_metrics("c", "2026-02-01", spend=5, clicks=1)
    write(
        db_file,
        f"""
        INSERT INTO metrics (campaignId, date, spend, syncedAt) VALUES
            ('c', '2026-02-01T00:00:00.000Z', 7, {EPOCH}), ('c', '2026-02-02T00:00:00.000Z', 7, NULL)
        """,
    )

    found = repaired(db_file)

    assert left(found) == {("metrics", 2, "date", "2026-02-01T00:00:00.000Z")}
    assert mended(found) == [
        ("metrics", 2, "syncedAt", EPOCH, ISO),
        ("metrics", 3, "date", "2026-02-02T00:00:00.000Z", "2026-02-02"),
    ]


def test_a_dry_run_says_the_same_and_writes_nothing(of_node: Path) -> None:
    was = of_node.read_bytes()

    planned = repaired(of_node, dry_run=True)

    assert of_node.read_bytes() == was
    assert [file.name for file in of_node.parent.glob("*backup*")] == []
    assert repaired(of_node) == planned


def test_a_backup_of_the_database_as_it_was_comes_first(of_node: Path) -> None:
    was = stored(of_node, "SELECT * FROM projects ORDER BY id")

    with database.bound(str(of_node)):
        done = repair()

    assert done.backup
    assert stored(done.backup, "SELECT * FROM projects ORDER BY id") == was
    assert stored(of_node, "SELECT * FROM projects ORDER BY id") != was


def test_a_repair_that_fails_leaves_no_backup(of_node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise AdopsError("the disk is full")

    monkeypatch.setattr(repairs._Repair, "_write", broken)

    with database.bound(str(of_node)), pytest.raises(AdopsError, match="the disk is full"):
        repair()

    assert list(of_node.parent.glob("*backup*")) == []


def test_where_there_is_nothing_to_do_nothing_is_done(db_file: Path) -> None:
    with database.bound(str(db_file)):
        events.create(type="naïve", payload={"ü": "\U0001f600"}, timestamp="2026-02-10T08:00:00Z")
    was = db_file.read_bytes()

    with database.bound(str(db_file)):
        assert repair() == repairs.Repaired([])

    assert db_file.read_bytes() == was
    assert list(db_file.parent.glob("*backup*")) == []


def test_one_table_alone_may_be_repaired(of_node: Path) -> None:
    assert {row[0] for row in repaired(of_node, table="workflows")} == {"workflows"}
    assert {row[0] for row in repaired(of_node)} == {"projects", "executions", "campaigns", "events", "metrics"}

    with pytest.raises(BadRequestError, match=r"there is no table 'event'\. The tables are projects, workflows"):
        repaired(of_node, table="event")


def test_when_anything_goes_wrong_nothing_is_changed(of_node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = "SELECT * FROM projects ORDER BY id", "SELECT * FROM executions ORDER BY id"
    was = [stored(of_node, sql) for sql in both]
    written: list[Any] = []
    write_row = repairs._Repair._write

    def write_some(*args: Any) -> None:
        written.append(args)
        if len(written) > 8:
            raise AdopsError("the disk is full")
        write_row(*args)

    monkeypatch.setattr(repairs._Repair, "_write", write_some)
    with pytest.raises(AdopsError, match="the disk is full"):
        repaired(of_node)

    assert len(written) > 8
    assert [stored(of_node, sql) for sql in both] == was


def test_what_is_mended_meanwhile_is_no_more_to_do(of_node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def somebody_is_faster(_engine: Any) -> None:
        write(of_node, f"UPDATE projects SET createdAt = '{ISO}' WHERE id = 'p-date'", "DELETE FROM events")

    monkeypatch.setattr(schema_backup, "back_up", somebody_is_faster)

    found = repaired(of_node)

    assert [row[2] for row in found if row[1] == "p-date"] == ["updatedAt"]
    assert not [row for row in found if row[0] == "events"]


def test_more_rows_than_are_looked_at_at_a_time_are_all_mended(db_file: Path) -> None:
    write(
        db_file,
        "INSERT INTO events (id, type, timestamp) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
        f"WHERE i < 12000) SELECT i, 't', {EPOCH} + i FROM n",
    )

    found = repaired(db_file)

    assert len(mended(found)) == len({row[1] for row in found}) == 12000
    assert stored(db_file, "SELECT count(*) FROM events WHERE typeof(timestamp) <> 'text'") == [(0,)]


def test_on_a_server_a_status_and_a_ratio_may_be_wrong_and_are_mended(postgres_url: str) -> None:
    with database.bound(postgres_url) as engine:
        projects.create(id="p", name="P", type="t")
        campaigns.create(id="c", name="C", platform="ttd")
        metrics.record_metrics("c", "2026-02-01", impressions=1000, clicks=10)
        for number in range(3):
            events.create(id=f"e{number}", type="t")
        engine.execute_sql("UPDATE projects SET status = ' Active'")
        engine.execute_sql("UPDATE metrics SET ctr = 0.5")
        engine.execute_sql("UPDATE events SET timestamp = 'infinity' WHERE id = 'e1'")

        found = [_row(finding) for finding in repair().findings]

        assert mended(found) == [
            ("projects", "p", "status", " Active", "active"),
            ("metrics", 1, "ctr", Decimal("0.5"), Decimal("0.01")),
        ]
        assert left(found) == {("events", "e1", "timestamp", "infinity")}
        assert projects.find("p").status == "active"
        assert db.execute_sql("SELECT ctr * 100 FROM metrics").fetchone() == (1,)


# The command.


def test_the_command_prints_each_value_old_and_new(adops: Adops, db_file: Path) -> None:
    write(
        db_file,
        f"INSERT INTO projects (id, name, type, createdAt, startDate, updatedAt) "
        f"VALUES ('p', 'P', 't', {EPOCH}, 'soon', NULL)",
    )

    planned = adops("db", "repair", "--dry-run")
    done = adops("db", "repair")

    assert (planned.code, done.code) == (3, 3)
    assert (
        done.out
        == planned.out
        == (
            "table\tid\tcolumn\tform\told\tnew\tfate\n"
            "projects\tp\tstartDate\tunreadable\tsoon\t\tleft\n"
            f"projects\tp\tcreatedAt\ta time in epoch milliseconds\t{EPOCH}\t{ISO}\tmended\n"
        )
    )
    assert planned.err == "1 would be mended, 1 left.\nDry run: nothing was written.\n"
    [backup] = db_file.parent.glob("*backup*")
    assert done.err == f"1 mended, 1 left.\nThe database was backed up to {backup}.\n"


def test_the_command_as_json(adops: Adops, db_file: Path) -> None:
    write(db_file, f"INSERT INTO events (id, type, processed, timestamp) VALUES ('e', x'e9', 'No', {EPOCH})")

    done = adops("db", "repair", "--format", "json")

    assert (done.code, done.json()) == (
        3,
        [
            {
                "table": "events", "id": "e", "column": "type", "form": "not UTF-8", "old": "x'e9'", "new": None,
                "fate": "left",
            },
            {
                "table": "events", "id": "e", "column": "processed", "form": "a flag in words", "old": "No",
                "new": False, "fate": "mended",
            },
            {
                "table": "events", "id": "e", "column": "timestamp", "form": "a time in epoch milliseconds",
                "old": EPOCH, "new": ISO, "fate": "mended",
            },
        ],
    )  # fmt: skip
    again = adops("db", "repair", "--replace-undecodable", "--format", "json").json()
    assert [(row["old"], row["new"], row["fate"]) for row in again] == [("x'e9'", "\ufffd", "mended")]


def test_where_there_is_nothing_to_do_it_says_so_and_ends_with_0(adops: Adops, database_url: str) -> None:
    assert database_url
    done = adops("db", "repair", "--format", "json")

    assert (done.code, done.out, done.err) == (0, "[]\n", "Nothing to repair.\n")


def test_an_unknown_table_is_refused(adops: Adops) -> None:
    refused = adops("db", "repair", "--table", "nothing")

    assert (refused.code, refused.err[:42]) == (2, "Error: there is no table 'nothing'. The ta")


def test_json_mode_has_nothing_to_repair(write_json: Write) -> None:
    """Its files keep whatever form they have."""
    file = write_json("projects", [{"id": "p", "name": "P", "type": "t", "createdAt": EPOCH}])
    was = file.read_bytes()

    with pytest.raises(BadRequestError, match="there is no database in JSON mode"), database.bound():
        repair()
    assert cli_app.run(["db", "repair"]) == 2
    assert file.read_bytes() == was


@pytest.mark.usefixtures("without_trial")
def test_verify_names_such_rows_with_value_and_form_and_repair_silences_it(adops: Adops, db_file: Path) -> None:
    write(
        db_file,
        f"""
        INSERT INTO events (id, type, processed, timestamp) VALUES ('e', 't', 'yes', {EPOCH});
        INSERT INTO projects (id, name, type, status, updatedAt)
            VALUES ('p', CAST(x'436166e9' AS TEXT), 't', 'PAUSED', '2026-02-10 08:00:00')
        """,
    )

    found = adops("db", "verify", "--format", "json")

    assert found.code == 3
    assert {row["check"]: row["detail"] for row in found.json() if row["state"] == "failed"} == {
        "times": '2 rows: projects p (updatedAt): "2026-02-10 08:00:00" is a time in another spelling, '
        f"events e (timestamp): {EPOCH} is a time in epoch milliseconds",
        "closed sets": '1 row: projects p (status): "PAUSED" is in capitals or with white space',
        "texts": "1 row: projects p (name): \"x'436166e9'\" is not UTF-8",
        "counts and flags": '1 row: events e (processed): "yes" is a flag in words',
    }
    assert found.err.endswith("`adops db repair --dry-run` shows which of these values it can mend.\n")
    assert adops("db", "repair", "--replace-undecodable").code == 3
    assert adops("db", "verify").code == 0
