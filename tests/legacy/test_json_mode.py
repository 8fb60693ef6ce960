"""JSON mode: transactions on files, like on a database."""

import stat
from pathlib import Path

import pytest

from adops_cli import database
from adops_cli.data import campaigns, events, metrics, projects
from adops_cli.errors import BadRequestError, ConflictError
from adops_cli.importers.node.import_json import import_json
from adops_cli.storage import backup, schema
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.models import Project
from tests.conftest import ROOT, Adops
from tests.json_mode import PROJECT, Write, contents, read


@pytest.mark.usefixtures("json_store")
def test_a_missing_folder_is_empty_until_the_first_write(json_dir: Path) -> None:
    assert projects.list() == []
    assert not json_dir.exists()

    projects.create(**PROJECT)

    assert sorted(contents(json_dir)) == ["projects.json"]
    [record] = read(json_dir, "projects")
    assert (record["id"], record["startDate"], record["createdAt"][-1]) == ("p", None, "Z")
    assert stat.S_IMODE((json_dir / "projects.json").stat().st_mode) == 0o600


@pytest.mark.usefixtures("json_store")
def test_only_files_whose_records_changed_are_written(write_json: Write, json_dir: Path) -> None:
    write_json("projects", [PROJECT])
    write_json("events", '[ {"id":"e", "type":"t"} ]')
    before = (json_dir / "events.json").stat()

    projects.create(name="Q", type="t")
    with database.db.atomic():
        events.get("e")

    assert (json_dir / "events.json").stat() == before


@pytest.mark.usefixtures("json_store")
def test_what_a_delete_does_to_other_tables_is_in_their_files(write_json: Write, json_dir: Path) -> None:
    write_json("campaigns", [{"id": "c", "name": "C", "platform": "ttd"}])
    metrics.record_metrics("c", "2026-01-01", spend="1.10")
    assert read(json_dir, "metrics")[0]["spend"] == 1.1

    campaigns.delete("c")

    assert (read(json_dir, "campaigns"), read(json_dir, "metrics")) == ([], [])


@pytest.mark.usefixtures("json_store")
def test_a_softly_deleted_project_stays_in_the_file(write_json: Write, json_dir: Path) -> None:
    write_json("projects", [PROJECT])

    assert projects.delete("p") == {"success": True}

    [record] = read(json_dir, "projects")
    assert record["deletedAt"].endswith("Z")
    assert projects.list() == []


@pytest.mark.usefixtures("json_store")
def test_an_error_rolls_back_memory_and_files_alike(write_json: Write, json_dir: Path) -> None:
    write_json("projects", [PROJECT])
    before = contents(json_dir)

    def fails() -> None:
        with database.db.atomic():
            projects.create(id="q", name="Q", type="t")
            with database.db.atomic():
                projects.update("p", name="new")
            raise ConflictError("stop")

    with pytest.raises(ConflictError, match="stop"):
        fails()

    assert contents(json_dir) == before
    assert [row.name for row in projects.list()] == ["P"]
    projects.create(id="r", name="R", type="t")
    assert [record["id"] for record in read(json_dir, "projects")] == ["p", "r"]


@pytest.mark.usefixtures("json_store")
def test_a_savepoint_rolled_back_leaves_no_trace(write_json: Write, json_dir: Path) -> None:
    write_json("projects", [PROJECT])
    with database.db.atomic():
        projects.create(id="q", name="Q", type="t")
        with database.db.atomic() as inner:
            projects.update("p", name="new")
            inner.rollback()
    assert [record["name"] for record in read(json_dir, "projects")] == ["P", "Q"]


@pytest.mark.usefixtures("json_store")
def test_a_write_outside_any_transaction_is_one_of_its_own(write_json: Write, json_dir: Path) -> None:
    write_json("projects", [PROJECT])
    Project.update(name="new").where(Project.id == "p").execute()
    assert read(json_dir, "projects")[0]["name"] == "new"


@pytest.mark.usefixtures("json_store")
def test_a_query_sees_what_others_wrote_since(write_json: Write) -> None:
    write_json("projects", [PROJECT])
    assert projects.find("p").name == "P"
    write_json("projects", [{**PROJECT, "name": "theirs"}])
    assert projects.find("p").name == "theirs"


def test_an_explicit_database_wins(json_dir: Path, db_file: Path, adops: Adops) -> None:
    assert adops("projects", "create", "--name", "x", "--type", "t").code == 0
    with database.bound(str(db_file)):
        assert len(projects.list()) == 1
    assert not json_dir.exists()


@pytest.mark.usefixtures("json_store")
def test_an_import_goes_into_the_files_too(json_dir: Path, tmp_path: Path) -> None:
    done = import_json(ROOT / "fixtures" / "legacy", backup_dir=tmp_path / "copies")

    assert len(done.rejected) == 7
    assert [len(read(json_dir, name)) for name in ("projects", "executions", "events")] == [25, 60, 402]
    with database.bound():
        assert len(projects.list()) == len([record for record in read(json_dir, "projects") if not record["deletedAt"]])


def test_what_only_a_database_can_do_is_refused(json_store: Sqlite) -> None:
    for use in (schema.status, schema.migrate, schema.rollback, lambda: backup.make(json_store)):
        with pytest.raises(BadRequestError, match="there is no database in JSON mode"):
            use()
