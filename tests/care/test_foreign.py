"""Triggers of somebody else are found by what they do, whatever their name, before they act on a restored database."""

import shutil
from pathlib import Path

import pytest

from adops_cli import database, settings
from adops_cli.care import verify
from adops_cli.care.verify import trial
from adops_cli.care.verify.check import Check
from adops_cli.data import projects
from adops_cli.storage import schema
from tests.conftest import Adops
from tests.postgres import asked
from tests.sqlite_files import opened, run

EVIL = "CREATE TRIGGER noted AFTER UPDATE ON projects BEGIN UPDATE projects SET budget = 0; END"
OURS = """
def migrate(migrator, database, fake=False, **kwargs):
    if type(database).__name__ == "Postgres":
        migrator.sql("CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
        migrator.sql("CREATE TRIGGER noted AFTER UPDATE ON projects FOR EACH ROW EXECUTE FUNCTION noted()")
    else:
        migrator.sql("CREATE TRIGGER IF NOT EXISTS noted\\n AFTER UPDATE ON projects\\n BEGIN SELECT 1; END")


def rollback(migrator, database, fake=False, **kwargs):
    migrator.sql("DROP TRIGGER noted")
"""


@pytest.fixture
def _without_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "checks", lambda _database, _timeout: iter(()))


pytestmark = pytest.mark.usefixtures("_without_trial")


@pytest.fixture
def with_trigger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An adops whose newest migration creates a trigger."""
    folder, shipped = tmp_path / "migrations", settings.shipped
    shutil.copytree(shipped("migrations"), folder)
    (folder / "900_noted.py").write_text(OURS, encoding="utf-8")
    monkeypatch.setattr(settings, "shipped", lambda name: folder if name == "migrations" else shipped(name))


def verified(url: Path | str) -> dict[str, Check]:
    with database.bound(str(url), busy_timeout=5):
        return {check.check: check for check in verify.run()}


def migrate(url: Path | str) -> None:
    with database.bound(str(url), busy_timeout=5):
        schema.migrate()


def test_a_foreign_trigger_is_a_finding_and_a_view_and_an_index_are_told(db_file: Path, adops_on: Adops) -> None:
    run(db_file, "CREATE VIEW busy AS SELECT * FROM projects", "CREATE INDEX by_cpc ON metrics (cpc)")
    told = verified(db_file)["schema"]
    assert told == Check("schema", "ok", "equal to the models; in addition: index metrics (cpc); view busy")
    assert adops_on("db", "verify", on=db_file).code == 0

    run(db_file, "DROP VIEW monthly", "CREATE VIEW monthly AS SELECT * FROM lifetime")
    assert verified(db_file)["schema"].detail == "missing or different: view monthly"

    run(db_file, EVIL)

    assert adops_on("db", "verify", on=db_file).code == 3
    assert verified(db_file)["triggers"] == Check(
        "triggers",
        "failed",
        "triggers that are not adops's own, and run at every write: noted on projects. If you do not know them, drop "
        "them with `adops db shell`",
    )


@pytest.mark.usefixtures("with_trigger")
def test_a_trigger_of_a_migration_is_ours_by_its_text_alone(db_file: Path) -> None:
    migrate(db_file)
    assert verified(db_file)["triggers"] == Check("triggers", "ok", "none but adops's own")

    run(db_file, "DROP TRIGGER noted", EVIL)
    assert verified(db_file)["triggers"].state == "failed"


ON_SERVER = "CREATE TRIGGER noted AFTER UPDATE ON projects FOR EACH ROW EXECUTE FUNCTION noted()"


def function(body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $f$ {body} $f$"


@pytest.mark.usefixtures("with_trigger")
def test_a_server_has_ours_and_those_of_others(bare_postgres_url: str) -> None:
    migrate(bare_postgres_url)
    asked(bare_postgres_url, "CREATE VIEW busy AS SELECT id FROM projects")
    found = verified(bare_postgres_url)
    assert found["triggers"] == Check("triggers", "ok", "none but adops's own")
    assert found["schema"] == Check("schema", "ok", "equal to the models; in addition: view busy")

    asked(bare_postgres_url, function("BEGIN NEW.budget = 0; RETURN NEW; END"))
    asked(bare_postgres_url, "CREATE RULE lost AS ON DELETE TO events DO INSTEAD NOTHING")

    wrong = verified(bare_postgres_url)["triggers"]
    assert wrong.state == "failed"
    assert "at every write: noted on projects, rule lost on events" in wrong.detail


def test_a_server_where_we_have_no_trigger_names_any(bare_postgres_url: str) -> None:
    migrate(bare_postgres_url)
    asked(bare_postgres_url, function("BEGIN RETURN NEW; END"))
    asked(bare_postgres_url, ON_SERVER)

    assert "noted on projects" in verified(bare_postgres_url)["triggers"].detail


@pytest.fixture
def evil_copy(db_file: Path, tmp_path: Path, adops_on: Adops) -> Path:
    """A backup of a database with somebody else's trigger, and of a project with a budget."""
    with database.bound(str(db_file), busy_timeout=5):
        projects.create(id="a", name="A", type="t", budget=5)
    run(db_file, EVIL)
    assert adops_on("db", "backup", tmp_path / "copy.db", on=db_file).code == 0
    run(db_file, "DROP TRIGGER noted")
    return tmp_path / "copy.db"


def test_a_backup_with_a_foreign_trigger_is_not_restored(evil_copy: Path, db_file: Path, adops_on: Adops) -> None:
    before = db_file.read_bytes()
    for further in (["--dry-run"], ["--yes"]):
        refused = adops_on("db", "restore", evil_copy, *further, on=db_file)
        assert refused.code == 6
        assert refused.err == (
            f"Error: {evil_copy} has triggers that are not adops's own, and run at every write: noted on projects. If "
            "you know them, restore it with --keep-foreign\n"
        )
    assert db_file.read_bytes() == before

    assert adops_on("db", "restore", evil_copy, "--yes", "--keep-foreign", on=db_file).code == 0
    with opened(db_file) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'noted'").fetchone()[0] == 1


def test_a_copy_that_was_put_in_place_is_not_written_to(evil_copy: Path, adops_on: Adops, tmp_path: Path) -> None:
    rename = ("projects", "update", "a", "--name", "B")
    copy = evil_copy.rename(tmp_path / "ad-ops.db")

    refused = adops_on(*rename, on=copy)

    assert refused.code == 6
    assert refused.err == (
        f"Error: {copy} is a copy that adops has not opened before, and has triggers that are not adops's own, and run "
        "at every write: noted on projects. If you know them, keep them with --keep-foreign of `adops db migrate`\n"
    )
    assert adops_on("db", "migrate", on=copy).code == 6
    shown = adops_on("projects", "get", "a", "--format", "json", on=copy).json()
    assert (shown["name"], shown["budget"]) == ("A", 5)
    assert adops_on("db", "backup", tmp_path / "again.db", on=copy).code == 0
    assert adops_on("db", "verify", on=copy).code == 3

    for words in (["--plan"], ["--plan", "--sql"]):
        assert adops_on("db", "migrate", *words, on=copy).code == 6
        assert adops_on("db", "migrate", *words, "--keep-foreign", on=copy).code == 0
    assert adops_on("db", "migrate", "--keep-foreign", on=copy).code == 0
    assert adops_on(*rename, on=copy).code == 0


def test_a_copy_without_one_is_written_to_at_once(db_file: Path, adops_on: Adops, tmp_path: Path) -> None:
    adops_on("db", "backup", tmp_path / "copy.db", on=db_file)

    assert adops_on("projects", "create", "--name", "A", "--type", "t", on=tmp_path / "copy.db").code == 0


@pytest.mark.usefixtures("with_trigger")
def test_so_is_one_with_triggers_of_ours(tmp_path: Path, adops_on: Adops) -> None:
    migrate(tmp_path / "ad-ops.db")
    adops_on("db", "backup", tmp_path / "copy.db", on=tmp_path / "ad-ops.db")

    assert adops_on("projects", "create", "--name", "A", "--type", "t", on=tmp_path / "copy.db").code == 0
    assert adops_on("db", "restore", tmp_path / "copy.db", "--yes", on=tmp_path / "ad-ops.db").code == 0
