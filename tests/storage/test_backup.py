"""Backups: complete, checked, private, and never in place of another file."""

import sqlite3
import stat
from pathlib import Path

import pytest

from adops_cli import database, files
from adops_cli.data import projects
from adops_cli.database import db
from adops_cli.errors import AdopsError, ConflictError, DatabaseUnusableError
from adops_cli.storage import backup
from adops_cli.storage.engines.sqlite import Sqlite, in_a_file


def names(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    found = [name for (name,) in connection.execute("SELECT name FROM projects ORDER BY id")]
    connection.close()
    return found


@pytest.mark.usefixtures("db_file")
def test_a_backup_holds_the_last_commit_and_is_one_private_file(bound: Sqlite, tmp_path: Path) -> None:
    projects.create(id="a", name="A", type="t")  # still in the write-ahead log: copying the file alone would lose it

    path = backup.make(bound, tmp_path / "copy.db")

    assert names(path) == ["A"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(file.name for file in tmp_path.iterdir() if file.name.startswith("copy")) == ["copy.db"]


@pytest.mark.usefixtures("db_file")
def test_a_backup_without_a_name_gets_a_free_one_beside_the_database(bound: Sqlite) -> None:
    made = {backup.make(bound), backup.make(bound), backup.make(bound)}

    assert len(made) == 3
    assert all(path.parent == bound.path.parent and path.name.startswith("adops-backup-") for path in made)


@pytest.mark.usefixtures("db_file")
def test_a_backup_leaves_out_what_is_not_committed(bound: Sqlite, tmp_path: Path) -> None:
    with db.atomic() as transaction:
        projects.create(id="a", name="A", type="t")
        path = backup.make(bound, tmp_path / "copy.db")
        transaction.rollback()

    assert names(path) == []


@pytest.mark.usefixtures("db_file")
def test_a_backup_overwrites_nothing(bound: Sqlite, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("mine")

    with pytest.raises(ConflictError, match=r"kept\.txt already exists"):
        backup.make(bound, kept)

    assert kept.read_text() == "mine"


@pytest.mark.usefixtures("db_file")
def test_a_backup_that_cannot_be_made_leaves_no_file(bound: Sqlite, tmp_path: Path) -> None:
    with pytest.raises(AdopsError, match=r"the backup .*/none/copy.db could not be made"):
        backup.make(bound, tmp_path / "none" / "copy.db")

    assert not (tmp_path / "none").exists()


@pytest.mark.usefixtures("db_file")
def test_a_backup_that_lacks_rows_is_thrown_away(
    bound: Sqlite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = iter([{"projects": 2}, {"projects": 1}])
    monkeypatch.setattr(backup, "_row_counts", lambda _connection: next(counts))

    with pytest.raises(AdopsError, match="would lack rows"):
        backup.make(bound, tmp_path / "copy.db")

    assert not list(tmp_path.glob("copy*"))


def test_there_is_no_backup_of_nothing(tmp_path: Path) -> None:
    with (
        database.bound(str(tmp_path / "none.db")) as engine,
        pytest.raises(DatabaseUnusableError, match="no database at"),
    ):
        backup.make(in_a_file(engine))


@pytest.mark.usefixtures("db_file")
def test_backups_at_once_leave_each_other_alone(bound: Sqlite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process started earlier and takes the name first."""
    publish = files.publish

    def last_moment(partial: Path, target: Path) -> None:
        target.write_text("another's copy")
        publish(partial, target)

    monkeypatch.setattr(files, "publish", last_moment)

    with files.working_folder("backup", tmp_path) as other:
        (other / "content").write_text("half of another's copy")
        with pytest.raises(ConflictError, match=r"copy\.db already exists"):
            backup.make(bound, tmp_path / "copy.db")
        assert (other / "content").read_text() == "half of another's copy"
        assert [path for path in tmp_path.glob(".adops-*") if path != other.parent] == []

    assert (tmp_path / "copy.db").read_text() == "another's copy"
