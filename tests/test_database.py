"""The handle: binding, pragmas, and a database that is missing, foreign, damaged or busy."""

import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from adops_cli import database
from adops_cli.data import projects
from adops_cli.errors import AdopsError, BadRequestError, BusyError, DatabaseUnusableError
from adops_cli.storage import schema
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.engines.sqlite_url import Address, address
from adops_cli.storage.models import Project


@pytest.mark.usefixtures("db_file")
def test_connections_have_the_pragmas_they_need(bound: Sqlite) -> None:
    found = {name: bound.pragma(name) for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")}

    assert found == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1, "busy_timeout": 5000}


def test_a_new_file_is_readable_by_its_owner_alone(migrated_file: Path) -> None:
    assert stat.S_IMODE(migrated_file.stat().st_mode) == 0o600


def test_blocks_nest_and_close_what_they_opened(db_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with database.bound(str(db_file)) as outer:
        projects.create(id="outer", name="x", type="y")
        with database.bound(str(other)):
            schema.migrate()
            assert projects.list() == []
        assert [row.id for row in projects.list()] == ["outer"]
    assert outer.is_closed()


def test_without_a_bound_database_the_error_says_how() -> None:
    with pytest.raises(AdopsError, match=r"no database is bound. Use `with database.bound\(\):`"):
        projects.list()


def test_what_no_engine_has_is_an_error_to_the_type_checker_too(db_file: Path) -> None:
    with database.bound(str(db_file)) as engine:
        for unknown in (lambda: database.db.not_there, lambda: engine.not_there):  # type: ignore[attr-defined]
            with pytest.raises(AttributeError):
                unknown()


def test_the_settings_name_the_database(db_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADOPS_DATABASE_URL", f"sqlite:///{db_file}")

    with database.bound() as engine:
        assert engine.name == str(db_file)


def test_a_missing_file_is_named_by_its_absolute_path_and_not_made(tmp_path: Path) -> None:
    with database.bound("deep/missing.db"), pytest.raises(DatabaseUnusableError) as caught:
        projects.list()

    assert str(caught.value) == f"there is no database at {tmp_path}/deep/missing.db. Create it with `adops db migrate`"
    assert not (tmp_path / "deep").exists()


def test_binding_alone_touches_nothing(tmp_path: Path) -> None:
    with database.bound("missing.db"):
        pass

    assert not (tmp_path / "missing.db").exists()


def make(path: Path, *statements: str) -> Path:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


def test_what_is_no_database_of_this_adops_is_refused_with_what_to_do(tmp_path: Path, db_file: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("this is no database, whatever its name may be; " * 20)
    empty = make(tmp_path / "empty.db", "CREATE TABLE t (a)")
    knex = make(tmp_path / "knex.db", "CREATE TABLE knex_migrations (id, name)")
    newer = make(db_file, "INSERT INTO migratehistory (name, migrated_at) VALUES ('999_later', '2030-01-01')")

    for path, words in (
        (tmp_path, "is a folder, not a database"),
        (text, "is not a SQLite database"),
        (empty, "has no adops tables yet. Create them with `adops db migrate`"),
        (knex, "is a database of the old Node system. Take it over with `adops db migrate`"),
        (newer, "is newer than this adops, which does not know its migration 999_later. Upgrade adops"),
    ):
        before = path.read_bytes() if path.is_file() else b""
        with database.bound(str(path)), pytest.raises(DatabaseUnusableError) as caught:
            projects.list()
        assert str(path) in str(caught.value)
        assert words in str(caught.value)
        assert not path.is_file() or path.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("a.db", "a.db"),
        ("sqlite:///a.db", "a.db"),
        ("sqlite:////srv/a%20b.db", "/srv/a b.db"),
        (":memory:", ":memory:"),
        ("sqlite:///:memory:", ":memory:"),
    ],
)
def test_a_path_or_url_names_a_file(url: str, path: str) -> None:
    assert address(url) == Address(path)


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite://host/a.db", "sqlite://", "sqlite:///"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(BadRequestError, match="is not a database URL"):
        address(url)


def test_a_lock_is_waited_for_and_then_given_up(db_file: Path) -> None:
    holder = sqlite3.connect(db_file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with database.bound(str(db_file), busy_timeout=0.05), pytest.raises(BusyError, match=r"gave up after 0.05 s"):
            projects.create(name="x", type="y")
    finally:
        holder.execute("ROLLBACK")
        holder.close()


def test_a_reader_turned_writer_waits_like_any_writer(db_file: Path) -> None:
    """With a deferred transaction, SQLite would refuse immediately, without waiting for the timeout."""
    started = threading.Event()

    def other_process() -> None:
        connection = sqlite3.connect(db_file, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        started.set()
        connection.execute("UPDATE projects SET name = 'theirs'")
        connection.execute("COMMIT")
        connection.close()

    with database.bound(str(db_file)):
        projects.create(id="p", name="ours", type="y")
        thread = threading.Thread(target=other_process)
        thread.start()
        started.wait()
        with database.db.atomic():
            name = Project.get_by_id("p").name
            projects.update("p", owner=name)
        thread.join()
        assert projects.find("p").owner == "theirs"


def test_an_error_of_the_database_is_ours_and_rolls_back(bound: Sqlite) -> None:
    def broken() -> None:
        with database.db.atomic():
            projects.create(id="p", name="x", type="y")
            bound.execute_sql("SELECT * FROM nowhere")

    with pytest.raises(DatabaseUnusableError, match="lacks a table"):
        broken()

    assert projects.list() == []
