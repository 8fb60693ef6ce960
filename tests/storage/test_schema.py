"""Migrations: one at a time, all or nothing, no row lost, never without a backup, and a clear error for each trap."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from adops_cli import database, settings
from adops_cli.errors import AdopsError, BadRequestError, BusyError, DatabaseUnusableError
from adops_cli.storage import schema
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.models import Campaign, Execution, Metrics, Project
from tests.conftest import ROOT

Write = Callable[[str, str], Path]

SHIPPED = [
    "001_initial_schema",
    "002_import_ledger",
    "003_json_search",
    "004_old_scripts",
    "005_meanings_and_confirmations",
    "006_event_order",
    "007_rollups",
    "008_list_order",
    "009_journal",
    "010_further_figures",
    "011_books",
    "012_partial_days",
    "013_budgets",
    "014_findings",
    "015_views",
]
APPLIED = dict.fromkeys(SHIPPED, "applied")

ADD_TABLE = """
def migrate(migrator, database, fake=False, **kwargs):
    migrator.sql("CREATE TABLE extra (a TEXT)")

def rollback(migrator, database, fake=False, **kwargs):
    migrator.sql("DROP TABLE extra")
"""
NOT_NULL_WITH_DEFAULT = """
import peewee as pw

def migrate(migrator, database, fake=False, **kwargs):
    migrator.add_fields("campaigns", channel=pw.TextField(default="search"))

def rollback(migrator, database, fake=False, **kwargs):
    migrator.remove_fields("campaigns", "channel")
"""
FAILS_HALFWAY = """
def migrate(migrator, database, fake=False, **kwargs):
    migrator.sql("CREATE TABLE extra (a TEXT)")
    migrator.sql("INSERT INTO nowhere VALUES (1)")

def rollback(migrator, database, fake=False, **kwargs):
    pass
"""
CUTS_PARENTS = """
def migrate(migrator, database, fake=False, **kwargs):
    migrator.sql("DELETE FROM campaigns")

def rollback(migrator, database, fake=False, **kwargs):
    pass
"""
NO_ROLLBACK = """
def migrate(migrator, database, fake=False, **kwargs):
    migrator.sql("CREATE TABLE extra (a TEXT)")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A migrations folder of the test's own, which starts with the shipped ones."""
    copies = tmp_path / "migrations"
    copies.mkdir()
    for file in settings.shipped("migrations").glob("*.py"):
        (copies / file.name).write_bytes(file.read_bytes())
    shipped = settings.shipped
    monkeypatch.setattr(settings, "shipped", lambda name: copies if name == "migrations" else shipped(name))
    return copies


@pytest.fixture
def write(folder: Path) -> Write:
    def file(name: str, text: str) -> Path:
        path = folder / name
        path.write_text(text, encoding="utf-8")
        return path

    return file


@pytest.fixture
def filled(bound: Sqlite) -> Sqlite:
    """A database with one row in each table of a chain of references."""
    Project.create(id="p", name="P", type="campaign")
    Execution.create(id="e", workflow_id="w", project_id="p")
    Campaign.create(id="c", name="C", platform="ttd", project_id="p")
    Metrics.create(campaign_id="c", date="2026-02-01", spend=1)
    bound.close()
    return bound


def tables(engine: Sqlite) -> set[str]:
    with database.opened_as_is():
        return set(engine.get_tables())


def count(engine: Sqlite, table: str) -> int:
    with database.opened_as_is():
        return int(engine.execute_sql(f"SELECT count(*) FROM {table}").fetchone()[0])


def states() -> dict[str, str]:
    return {migration.name: migration.state for migration in schema.status()}


def test_a_new_database_is_made_by_all_migrations_without_a_backup(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "new.db"
    with database.bound(str(path)) as engine:
        assert schema.plan() == SHIPPED
        assert not path.parent.exists()

        done = schema.migrate()

        assert (done.names, done.backup) == (SHIPPED, None)
        assert schema.migrate().names == []
        assert states() == APPLIED
        ledger = engine.execute_sql("SELECT name, sha256, adops_version FROM adops_migration").fetchall()
        assert [(name, len(sha)) for name, sha, _ in ledger] == [(name, 64) for name in SHIPPED]
    assert sorted(file.name for file in path.parent.iterdir()) == ["new.db"]


@pytest.mark.usefixtures("db_file")
def test_a_pending_migration_is_backed_up_and_applied(filled: Sqlite, write: Write) -> None:
    write("901_extra.py", ADD_TABLE)
    assert states()["901_extra"] == "pending"

    done = schema.migrate()

    assert done.names == ["901_extra"]
    assert done.backup is not None
    copy = sqlite3.connect(done.backup)
    assert copy.execute("SELECT count(*) FROM metrics").fetchone() == (1,)
    assert copy.execute("SELECT name FROM sqlite_master WHERE name = 'extra'").fetchone() is None
    copy.close()
    assert "extra" in tables(filled)


def test_a_rebuilt_parent_keeps_its_children(filled: Sqlite, write: Write, engine: str) -> None:
    """The most common migration of all, which would cascade with peewee-migrate alone."""
    write("901_channel.py", NOT_NULL_WITH_DEFAULT)

    schema.migrate()

    assert filled.execute_sql("SELECT id, channel FROM campaigns").fetchall() == [("c", "search")]
    assert count(filled, "metrics") == 1
    if engine == "sqlite":
        assert filled.foreign_keys == 1
    schema.rollback()
    assert count(filled, "metrics") == 1


def test_a_failing_migration_leaves_nothing_behind(filled: Sqlite, write: Write) -> None:
    write("901_extra.py", ADD_TABLE.replace("extra", "kept"))
    write("902_fails.py", FAILS_HALFWAY)

    with pytest.raises(
        AdopsError, match=r"migration 902_fails could not be applied: .*nowhere.*It left nothing behind"
    ):
        schema.migrate()

    assert states() == {**APPLIED, "901_extra": "applied", "902_fails": "pending"}
    assert "extra" not in tables(filled)


def test_a_new_database_is_made_whole_or_not_at_all(tmp_path: Path, write: Write) -> None:
    write("902_fails.py", FAILS_HALFWAY)

    with (
        database.bound(str(tmp_path / "new.db")),
        pytest.raises(AdopsError, match="902_fails could not be applied"),
    ):
        schema.migrate()

    assert list(tmp_path.glob("new.db*")) == []


@pytest.mark.usefixtures("db_file")
def test_what_fails_again_and_again_leaves_no_backup_each_time(
    filled: Sqlite, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def again_and_again(act: Callable[[], object]) -> None:
        for _ in range(3):
            with pytest.raises(AdopsError, match="could not be"):
                act()

    def broken(*_args: object, **_options: object) -> None:
        raise AdopsError("the disk is full")

    file = write("901_fails.py", FAILS_HALFWAY)
    again_and_again(schema.migrate)
    file.unlink()
    monkeypatch.setattr(schema, "_record", broken)
    again_and_again(schema.rollback)

    assert list(filled.path.parent.glob("*-backup-*")) == []


@pytest.mark.usefixtures("db_file")
def test_a_backup_stays_if_a_part_was_changed(filled: Sqlite, write: Write) -> None:
    write("901_extra.py", ADD_TABLE)
    write("902_fails.py", FAILS_HALFWAY)

    with pytest.raises(AdopsError, match="902_fails could not be applied"):
        schema.migrate()

    assert len(list(filled.path.parent.glob("*-backup-*"))) == 1


@pytest.mark.usefixtures("db_file")
def test_a_migration_that_would_leave_references_to_nothing_is_taken_back(filled: Sqlite, write: Write) -> None:
    write("901_cuts.py", CUTS_PARENTS)

    with pytest.raises(AdopsError, match="row 1 of metrics would refer to an unknown row of campaigns"):
        schema.migrate()

    assert count(filled, "campaigns") == count(filled, "metrics") == 1


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("901_extr", "there is no migration '901_extr'. Did you mean 901_extra"),
        (
            "001_initial_schema",
            "001_initial_schema is already applied. Use `adops db rollback` to roll back migrations",
        ),
    ],
)
@pytest.mark.usefixtures("filled")
def test_an_unknown_target_applies_nothing(write: Write, to: str, words: str) -> None:
    write("901_extra.py", ADD_TABLE)

    for question in (schema.migrate, schema.plan):
        with pytest.raises(BadRequestError) as caught:
            question(to)
        assert words in str(caught.value)

    assert states()["901_extra"] == "pending"


def test_a_wrong_target_makes_no_file(tmp_path: Path) -> None:
    with (
        database.bound(str(tmp_path / "deep" / "new.db")),
        pytest.raises(BadRequestError, match="there is no migration"),
    ):
        schema.migrate("nope")

    assert not (tmp_path / "deep").exists()


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    wanted = r"new\.db cannot be created: .*\. Choose another place"
    with database.bound(str(tmp_path / "file" / "new.db")), pytest.raises(DatabaseUnusableError, match=wanted):
        schema.migrate()


def test_a_target_is_the_last_one_applied(filled: Sqlite, write: Write) -> None:
    write("901_extra.py", ADD_TABLE)
    write("902_more.py", ADD_TABLE.replace("extra", "more"))

    assert schema.migrate("901_extra").names == ["901_extra"]
    assert "more" not in tables(filled)


@pytest.mark.usefixtures("filled")
def test_an_edited_file_is_noticed_but_not_new_line_ends(folder: Path) -> None:
    file = folder / "001_initial_schema.py"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert states() == APPLIED

    file.write_bytes(file.read_bytes() + b"# more\n")

    assert states() == {**APPLIED, "001_initial_schema": "changed"}
    for act in (schema.migrate, schema.plan, schema.rollback):
        with pytest.raises(
            DatabaseUnusableError,
            match="the file of migration 001_initial_schema has been changed since it was applied to",
        ):
            act()


def test_a_database_newer_than_this_adops_is_never_touched(filled: Sqlite, write: Write) -> None:
    write("901_extra.py", ADD_TABLE).unlink()
    with database.opened_as_is():
        filled.execute_sql("INSERT INTO migratehistory (name, migrated_at) VALUES ('901_later', '2030-01-01 00:00:00')")
    write("902_more.py", ADD_TABLE)
    before = tables(filled)

    assert states()["901_later"] == "missing"
    for act in (schema.migrate, schema.plan, schema.rollback):
        with pytest.raises(DatabaseUnusableError, match="is newer than this adops, which does not know its migration"):
            act()
    assert tables(filled) == before


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("0003_extra.py", ADD_TABLE, "0003_extra.py would be ignored. Name it with three digits"),
        ("20260101_extra.py", ADD_TABLE, "would be ignored"),
        ("901_a.b.py", ADD_TABLE, "would be ignored"),
        ("extra.py", ADD_TABLE, "would be ignored"),
        ("001_again.py", ADD_TABLE, "has the same number as"),
        ("901_extra.py", NO_ROLLBACK, "901_extra.py has no rollback(). Write it"),
        ("901_extra.py", "def rollback():\n    pass\n", "901_extra.py has no migrate()"),
        ("901_extra.py", "def migrate(:\n", "901_extra.py, line 1: invalid syntax"),
        ("000_late.py", ADD_TABLE, f"000_late was added after {SHIPPED[-1]} had been applied"),
    ],
)
def test_a_file_that_cannot_work_is_told_before_anything_is_run(
    filled: Sqlite, write: Write, name: str, text: str, words: str
) -> None:
    write(name, text)

    for act in (schema.migrate, schema.plan):
        with pytest.raises(AdopsError) as caught:
            act()
        assert words in str(caught.value)

    assert "extra" not in tables(filled)


def test_other_files_of_a_folder_are_no_matter(filled: Sqlite, write: Write) -> None:
    write("__init__.py", "")
    write("README.md", "notes")

    assert count(filled, "campaigns") == 1
    assert states() == APPLIED


def test_rollback_takes_back_the_newest_first(filled: Sqlite, write: Write, engine: str) -> None:
    write("901_extra.py", ADD_TABLE)
    write("902_more.py", ADD_TABLE.replace("extra", "more"))
    schema.migrate()

    assert schema.rollback_plan(2) == ["902_more", "901_extra"]
    done = schema.rollback(2)

    assert done.names == ["902_more", "901_extra"]
    assert (done.backup is not None) == (engine == "sqlite")
    assert not {"extra", "more"} & tables(filled)
    assert states() == {**APPLIED, "901_extra": "pending", "902_more": "pending"}
    assert schema.migrate().names == ["901_extra", "902_more"]


def test_all_migrations_roll_back_and_come_again(filled: Sqlite) -> None:
    schema.rollback(len(SHIPPED))
    assert not {"projects", "metrics"} & tables(filled)

    schema.migrate()
    assert Project.select().count() == 0


@pytest.mark.parametrize("steps", [0, len(SHIPPED) + 1, -1])
@pytest.mark.usefixtures("filled")
def test_more_steps_than_there_are_take_nothing_back(steps: int) -> None:
    with pytest.raises(BadRequestError, match=rf"migrations cannot be rolled back\. Applied: {', '.join(SHIPPED)}"):
        schema.rollback(steps)

    assert states() == APPLIED


def test_status_and_plan_leave_a_foreign_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE mine (a)")
    connection.commit()
    connection.close()
    before = path.read_bytes()

    with database.bound(str(path)):
        assert states() == dict.fromkeys(SHIPPED, "pending")
        assert schema.plan() == SHIPPED

    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["home", "other.db"]


def test_a_second_process_waits_for_the_lock_and_then_gives_up(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with (
        FileLock(f"{path}.migrate-lock"),
        database.bound(str(path), busy_timeout=0.05),
        pytest.raises(BusyError, match="another process is migrating"),
    ):
        schema.migrate()

    assert not path.exists()


def process(path: Path, script: str) -> "subprocess.Popen[str]":
    """A Python process that has `path` bound."""
    imports = "from adops_cli import database, settings\nfrom adops_cli.storage import schema\n"
    code = f"{imports}with database.bound({str(path)!r}):\n    {script}\n"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_processes_that_migrate_at_once_apply_each_migration_once(tmp_path: Path) -> None:
    path = tmp_path / "new.db"

    started = [process(path, "print(len(schema.migrate().names))") for _ in range(3)]
    counts = [worker.communicate(timeout=60) for worker in started]

    assert sorted(out.strip() for out, _ in counts) == ["0", "0", str(len(SHIPPED))], counts
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM migratehistory").fetchall() == [(name,) for name in SHIPPED]
    connection.close()


def test_a_process_that_dies_leaves_neither_a_lock_nor_half_a_migration(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    stuck = (
        "schema._record = lambda *a, **k: (print('here', flush=True), __import__('time').sleep(60)); schema.migrate()"
    )
    worker = process(path, stuck)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "here\n"

    worker.send_signal(signal.SIGKILL)
    worker.communicate(timeout=60)

    with database.bound(str(path), busy_timeout=30):
        assert schema.migrate().names == SHIPPED
        assert Project.select().count() == 0


def test_a_file_that_has_tables_of_our_names_from_elsewhere_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE workflows (id, name, category, enabled, mine)")
    connection.close()
    before = path.read_bytes()

    with database.bound(str(path)):
        for act in (schema.plan, schema.migrate):
            with pytest.raises(DatabaseUnusableError, match="has a table workflows that belongs neither to adops nor"):
                act()

    assert path.read_bytes() == before


def test_a_view_of_our_name_from_elsewhere_is_not_touched(db_file: Path) -> None:
    with database.bound(str(db_file)) as engine:
        schema.rollback()
        with database.opened_as_is():
            engine.execute_sql("CREATE VIEW daily AS SELECT 1")
        with pytest.raises(DatabaseUnusableError, match="has a view daily that belongs neither to adops nor"):
            schema.migrate()


def test_a_link_to_the_file_has_the_same_lock(tmp_path: Path) -> None:
    path, link = tmp_path / "new.db", tmp_path / "link.db"
    link.symlink_to(path)
    path.touch()
    with (
        FileLock(f"{path}.migrate-lock"),
        database.bound(str(link), busy_timeout=0.05),
        pytest.raises(BusyError, match="another process is migrating"),
    ):
        schema.migrate()


def test_somebody_elses_table_is_not_taken_for_the_ledger(filled: Sqlite) -> None:
    since_the_ledger = SHIPPED[SHIPPED.index("002_import_ledger") :]
    schema.rollback(len(since_the_ledger))
    with database.opened_as_is():
        filled.execute_sql("CREATE TABLE imports (mine TEXT)")

    with pytest.raises(DatabaseUnusableError, match="has a table imports that belongs neither to adops nor"):
        schema.migrate()
    assert states() == {**APPLIED, **dict.fromkeys(since_the_ledger, "pending")}
