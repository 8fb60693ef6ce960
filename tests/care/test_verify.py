"""Verify finds what is wrong with a database, reports where, writes nothing to it, and blocks no other process."""

import hashlib
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database, settings
from adops_cli.care import maintenance, verify
from adops_cli.care.verify import stored, trial
from adops_cli.care.verify.check import Check
from adops_cli.data import imports, projects
from adops_cli.errors import DatabaseUnusableError
from tests.conftest import ROOT, Adops
from tests.sqlite_files import opened
from tests.sqlite_files import run as damage

MANY = 20_000


@pytest.fixture
def seeded(sample_db: Path) -> Path:
    """The sample data, in one closed file."""
    return sample_db


@pytest.fixture
def without_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """The trials on a temporary database are the same every time."""
    monkeypatch.setattr(trial, "checks", lambda _database, _timeout: iter(()))


def verified(path: Path) -> dict[str, Check]:
    with database.bound(str(path), busy_timeout=5):
        return {check.check: check for check in verify.run()}


def failures(path: Path) -> dict[str, str]:
    return {name: check.detail for name, check in verified(path).items() if check.state == "failed"}


def many_metrics(path: Path) -> None:
    with opened(path) as connection:
        connection.execute("BEGIN")
        connection.execute("INSERT INTO campaigns (id, name, platform) VALUES ('c', 'C', 'ttd')")
        connection.execute(
            "INSERT INTO metrics (campaignId, date, impressions, clicks, ctr) "
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "SELECT 'c', date('1970-01-01', i || ' days'), 1000, i % 1000, (i % 1000) / 1000.0 FROM n",
            (MANY - 1,),
        )
        connection.execute("COMMIT")


def test_a_sound_database_passes_every_check_and_its_speeds_are_figures(seeded: Path) -> None:
    found = verified(seeded)

    assert {name: check.detail for name, check in found.items() if check.state == "failed"} == {}
    speeds = {name for name, check in found.items() if check.state == "figure"}
    assert speeds == {"speed: insert", "speed: simple query", "speed: query with joins", "speed: aggregate"}
    assert all((check.figure is not None) == (check.state == "figure") for check in found.values())
    assert {"integrity", "references", "schema", "migrations", "soft delete", "concurrent writes"} < set(found)


@pytest.mark.parametrize(
    ("statement", "check", "words"),
    [
        (
            "UPDATE projects SET metadata = '{\"a\": ' WHERE id = 'proj-spring'",
            "JSON columns",
            "1 row: projects proj-spring (metadata)",
        ),
        ("UPDATE projects SET metadata = x'00' WHERE id = 'proj-spring'", "JSON columns", "1 row: projects"),
        ("UPDATE events SET timestamp = '2026-02-10 08:00:00' WHERE id = ?", "times", "1 row: events {} (timestamp)"),
        ("UPDATE events SET timestamp = '2026-02-31T08:00:00.000Z' WHERE id = ?", "times", "1 row: events {}"),
        ("UPDATE events SET timestamp = '0000-01-01T08:00:00.000Z' WHERE id = ?", "times", "1 row: events {}"),
        ("UPDATE events SET timestamp = 1770710400000 WHERE id = ?", "times", "1 row: events {} (timestamp)"),
        ("UPDATE events SET processed = 2 WHERE id = ?", "counts and flags", "1 row: events {} (processed)"),
        ("UPDATE metrics SET date = '10.02.2026' WHERE id = 7", "days", "1 row: metrics 7 (date)"),
        ("UPDATE metrics SET date = '2026-02-30' WHERE id = 7", "days", "1 row: metrics 7 (date)"),
        ("UPDATE metrics SET roas = roas + 0.000001 WHERE id = 7", "calculated fields", "1 row: metrics 7 (roas)"),
        ("UPDATE metrics SET cpa = NULL, cpc = 0 WHERE id = 7", "calculated fields", "1 row: metrics 7 (cpc, cpa)"),
        ("UPDATE metrics SET clicks = 1.5 WHERE id = 7", "counts and flags", "1 row: metrics 7 (clicks)"),
        ("UPDATE metrics SET spend = 9e999 WHERE id = 7", "money in range", "1 row: metrics 7 (spend)"),
        ("UPDATE metrics SET spend = 'lots' WHERE id = 7", "money in range", "1 row: metrics 7 (spend)"),
        ("UPDATE projects SET budget = 8000000000.5", "money in range", "5 rows: projects proj-"),
        ("UPDATE projects SET budget = 0.0000001", "money in range", "5 rows: projects proj-"),
        ("UPDATE metrics SET conversions = -1 WHERE id = 7", "money in range", "1 row: metrics 7 (conversions)"),
        ("UPDATE projects SET status = 'Active'", "closed sets", "5 rows: projects proj-"),
        ("UPDATE projects SET name = x'ff'", "texts", "5 rows: projects proj-"),
        ("UPDATE projects SET platform = x'ff'", "texts", "5 rows: projects proj-"),
        (
            "UPDATE events SET projectId = 'gone' WHERE id = ?",
            "references",
            "1 row: events {} (no such row in projects)",
        ),
        ("DROP INDEX metrics_date_figures", "schema", "missing or different: index metrics (date, campaignId, "),
        ("ALTER TABLE workflows DROP COLUMN description", "schema", "column workflows.description TEXT"),
        ("UPDATE adops_migration SET sha256 = 'x'", "migrations", "001_initial_schema is changed"),
    ],
)
@pytest.mark.usefixtures("without_trial")
def test_what_is_wrong_is_named(seeded: Path, statement: str, check: str, words: str) -> None:
    with opened(seeded) as connection:
        event = connection.execute("SELECT min(id) FROM events").fetchone()[0]
    damage(seeded, statement.replace("?", f"'{event}'"))

    found = failures(seeded)

    assert words.format(event) in found[check]
    others = {"calculated fields", "journal"}  # which are wrong because of a wrong figure
    assert set(found) - {check} <= others


@pytest.mark.usefixtures("without_trial")
def test_beyond_the_first_rows_they_are_counted(seeded: Path) -> None:
    damage(seeded, "UPDATE metrics SET ctr = 2")

    assert failures(seeded) == {
        "calculated fields": "100 rows: metrics 1 (ctr), metrics 2 (ctr), metrics 3 (ctr), "
        "metrics 4 (ctr), metrics 5 (ctr), …"
    }


@pytest.mark.usefixtures("without_trial")
def test_tables_and_indexes_of_others_are_no_failure(seeded: Path) -> None:
    damage(seeded, "CREATE TABLE notes (id TEXT)", "CREATE INDEX by_cpc ON metrics (cpc)")

    found = verified(seeded)

    assert found["schema"] == Check("schema", "ok", "equal to the models; in addition: index metrics (cpc)")
    assert all(check.state == "ok" for check in found.values())


@pytest.mark.usefixtures("without_trial")
def test_a_ratio_is_right_to_the_last_digit_also_where_doubles_mislead(db_file: Path) -> None:
    damage(
        db_file,
        "INSERT INTO campaigns (id, name, platform) VALUES ('c', 'C', 'ttd')",
        # 1/64 is 0.015625; 0.0000005 and 0.0000015 are halves, and round to the even digit
        "INSERT INTO metrics (campaignId, date, impressions, clicks, ctr) VALUES ('c', '2026-01-01', 64, 1, 0.015625)",
        "INSERT INTO metrics (campaignId, date, impressions, clicks, ctr) VALUES ('c', '2026-01-02', 2000000, 1, 0)",
        "INSERT INTO metrics (campaignId, date, impressions, clicks, ctr) VALUES ('c', '2026-01-03', 2000000, 3, 2e-6)",
        "INSERT INTO metrics (campaignId, date, revenue, spend, roas) "
        "VALUES ('c', '2026-01-04', 1e11, 3, 33333333333.333333)",
        "INSERT INTO metrics (campaignId, date, impressions, clicks) VALUES ('c', '2026-01-05', 0, 0)",
        "INSERT INTO metrics (campaignId, date, clicks, spend) VALUES ('c', '2026-01-06', NULL, 5)",
    )
    with database.bound(str(db_file)):
        imports.adopt()
    assert failures(db_file) == {}

    damage(
        db_file,
        "UPDATE metrics SET ctr = 1e-6 WHERE date = '2026-01-02'",
        "UPDATE metrics SET ctr = 0.0156251 WHERE date = '2026-01-01'",
        "UPDATE metrics SET ctr = 0 WHERE date = '2026-01-05'",
    )
    assert failures(db_file)["calculated fields"].startswith(
        "3 rows: metrics 1 (ctr), metrics 2 (ctr), metrics 5 (ctr)"
    )


@pytest.mark.usefixtures("without_trial")
def test_rows_in_a_damaged_page_are_a_failure_and_no_crash(db_file: Path) -> None:
    many_metrics(db_file)
    with opened(db_file) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    content = bytearray(db_file.read_bytes())
    for page in range(pages // 4, pages // 2):
        content[page * 4096 : page * 4096 + 512] = b"\xff" * 512
    db_file.write_bytes(content)

    found = failures(db_file)

    assert found["integrity"].endswith("Restore a backup with `adops db restore`")
    assert "metrics cannot be read completely" in found["rows"]


def test_what_is_no_database_of_adops_is_refused(tmp_path: Path) -> None:
    (tmp_path / "noise.db").write_bytes(b"noise" * 1000)
    sqlite3.connect(tmp_path / "empty.db").close()

    for name, words in (("noise", "is not a SQLite"), ("empty", "has no adops tables yet"), ("none", "no database at")):
        with pytest.raises(DatabaseUnusableError, match=words):
            verified(tmp_path / f"{name}.db")
    assert not (tmp_path / "none.db").exists()


@pytest.mark.usefixtures("without_trial")
def test_a_migration_that_is_not_applied_is_refused(
    seeded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    for file in (ROOT / "migrations").glob("*.py"):
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "003_more.py").write_text("def migrate(m, d, **k): ...\ndef rollback(m, d, **k): ...\n")
    monkeypatch.setattr(settings, "shipped", lambda _name: folder)

    with pytest.raises(DatabaseUnusableError, match="lacks 1 migration"):
        verified(seeded)


def test_a_defect_of_this_adops_is_found_by_trying(db_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projects, "delete", lambda _id: {"success": True})

    found = failures(db_file)

    assert found == {
        "CRUD projects": "a deleted row is still there",
        "soft delete": "it could be deleted twice",
    }


def fingerprints(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.glob("adops.db*")}


def test_verify_leaves_no_trace(seeded: Path) -> None:
    before = fingerprints(seeded.parent)

    assert failures(seeded) == {}

    assert fingerprints(seeded.parent) == before


def test_the_log_of_a_writer_that_crashed_stays_as_it_is(seeded: Path) -> None:
    crash = "import sqlite3, os, sys; c = sqlite3.connect(sys.argv[1]); c.execute('UPDATE projects SET name = 1'); "
    subprocess.run([sys.executable, "-c", crash + "c.commit(); os._exit(0)", str(seeded)], check=True, timeout=60)
    log = seeded.with_name("adops.db-wal")
    assert log.stat().st_size > 0
    before = {name: sum for name, sum in fingerprints(seeded.parent).items() if not name.endswith("-shm")}

    verified(seeded)

    assert {name: sum for name, sum in fingerprints(seeded.parent).items() if not name.endswith("-shm")} == before


@pytest.mark.usefixtures("without_trial")
def test_a_writer_in_another_process_gets_through_at_every_moment(
    db_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_metrics(db_file)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(db_file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdin
    assert writer.stdout
    answers = []

    def write() -> None:
        assert writer.stdin
        assert writer.stdout
        writer.stdin.write("\n")
        writer.stdin.flush()
        answers.append(writer.stdout.readline().split())

    look = stored.wrong
    damage(db_file, "UPDATE metrics SET ctr = 2 WHERE id % 1000 = 0")

    def write_and_look(*args: Any) -> dict[str, list[str]]:
        write()
        return look(*args)

    monkeypatch.setattr(stored, "wrong", write_and_look)
    with database.bound(str(db_file), busy_timeout=5):
        found = []
        for check in verify.run():
            found.append(check)
            write()
    writer.communicate(timeout=60)

    assert len(answers) == len(found) + MANY // 1000
    # written at once, and the whole log was merged into the database: no reader kept an old state
    assert all(answer[0] == "written" and answer[1] == "0" for answer in answers)


WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
for place, _ in enumerate(sys.stdin):
    connection.execute("INSERT INTO events (id, type) VALUES (?, 'x')", (f"e{place}",))
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    print("written", busy, flush=True)
"""


def test_the_command_prints_rows_and_ends_with_3_when_a_check_failed(adops: Adops, seeded: Path) -> None:
    fine = adops("db", "verify", "--format", "json")
    assert fine.code == 0
    assert list(fine.json()[0]) == ["check", "state", "figure", "unit", "detail"]

    damage(seeded, "UPDATE metrics SET ctr = 2 WHERE id = 7")
    wrong = adops("db", "verify")
    assert wrong.code == 3
    assert wrong.err == (
        "failed: calculated fields: 1 row: metrics 7 (ctr)\n"
        "`adops db repair --dry-run` shows which of these values it can mend.\n"
    )
    assert "calculated fields\tfailed\t\t\t1 row: metrics 7 (ctr)\n" in wrong.out


@pytest.mark.usefixtures("without_trial")
def test_a_sound_backup_passes(seeded: Path, tmp_path: Path) -> None:
    with database.bound(str(seeded)):
        copy = maintenance.back_up(tmp_path / "copy.db")

    found = verified(copy)

    assert {check.state for check in found.values()} == {"ok"}
    assert found["journal mode"].detail.startswith("delete, as in a backup")
    assert [path.name for path in tmp_path.glob("copy.db*")] == ["copy.db"]
