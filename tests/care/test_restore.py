"""Restore never loses the database that it replaces, and changes nothing if it fails."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from adops_cli import database
from adops_cli.care import restore as restoring
from adops_cli.data import projects
from adops_cli.errors import BadRequestError, BusyError, DatabaseUnusableError
from adops_cli.storage import backup
from adops_cli.storage.engines.base import known_migrations
from adops_cli.storage.engines.sqlite import in_a_file
from tests.conftest import Adops
from tests.sqlite_files import opened


def add(path: Path, name: str) -> None:
    with database.bound(str(path), busy_timeout=5):
        projects.create(id=name, name=name, type="t")


def names(path: Path) -> list[str]:
    with opened(path) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM projects ORDER BY id")]


def sound(path: Path) -> bool:
    with opened(path) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def restore(path: Path, file: Path, busy_timeout: float = 5) -> restoring.Restored:
    with database.bound(str(path), busy_timeout=busy_timeout):
        return restoring.restore(file)


@pytest.fixture
def copy(db_file: Path, tmp_path: Path) -> Path:
    """A backup with project `old`. The database also has project `new`."""
    add(db_file, "old")
    with database.bound(str(db_file), busy_timeout=5) as engine:
        path = backup.make(in_a_file(engine), tmp_path / "copy.db")
    add(db_file, "new")
    return path


def test_a_backup_takes_the_place_of_the_database_which_is_kept(db_file: Path, copy: Path) -> None:
    before = copy.read_bytes()

    done = restore(db_file, copy)

    assert names(db_file) == ["old"]
    assert done.replaced
    assert done.replaced.name.startswith("adops-backup-")
    assert names(done.replaced) == ["new", "old"]
    assert copy.read_bytes() == before
    with opened(db_file) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_it_makes_a_missing_database_private(tmp_path: Path, copy: Path) -> None:
    done = restore(tmp_path / "new" / "ad-ops.db", copy)

    assert done.replaced is None
    assert names(done.database) == ["old"]
    assert stat.S_IMODE(done.database.stat().st_mode) == 0o600


def test_readers_see_the_old_database_until_they_begin_anew(db_file: Path, copy: Path) -> None:
    with opened(db_file) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM projects").fetchone()[0] == 2
        restore(db_file, copy)
        assert reader.execute("SELECT count(*) FROM projects").fetchone()[0] == 2
        reader.execute("COMMIT")
        assert reader.execute("SELECT count(*) FROM projects").fetchone()[0] == 1
        reader.execute("UPDATE projects SET name = 'changed'")

    assert names(db_file) == ["changed"]
    assert sound(db_file)


WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
print("ready", flush=True)
for place in range(1_000_000):
    connection.execute("INSERT INTO events (id, type) VALUES (?, 'x')", (f"e{place}",))
    if place % 50 == 0:
        print(place, flush=True)
"""


def test_no_committed_row_of_a_busy_writer_is_lost(db_file: Path, copy: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(db_file)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    writer.stdout.readline()
    writer.stdout.readline()
    done = restore(db_file, copy)
    writer.stdout.readline()
    writer.terminate()
    writer.communicate(timeout=60)

    assert done.replaced
    counts = []
    for path in (done.replaced, db_file):
        assert sound(path)
        with opened(path) as connection:
            counts.append([int(id[1:]) for (id,) in connection.execute("SELECT id FROM events")])
    kept, after = sorted(counts[0]), sorted(counts[1])
    assert kept + after == list(range(len(kept) + len(after)))  # each row is in the one or in the other


def test_a_locked_database_is_busy_and_stays_as_it_is(db_file: Path, copy: Path) -> None:
    with opened(db_file) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match=r"gave up after 0\.1 s"):
            restore(db_file, copy, busy_timeout=0.1)
        writer.execute("ROLLBACK")

    assert names(db_file) == ["new", "old"]
    assert list(db_file.parent.glob("*-backup-*")) == []


def test_a_database_that_is_not_in_wal_mode_is_replaced_too(db_file: Path, copy: Path) -> None:
    with opened(db_file) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError):
            restore(db_file, copy, busy_timeout=0.1)
        connection.execute("ROLLBACK")

    done = restore(db_file, copy)

    assert names(db_file) == ["old"]
    assert done.replaced
    assert names(done.replaced) == ["new", "old"]


def test_interrupted_it_leaves_the_database_as_it_was(
    db_file: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_engine: object) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(restoring, "_kept", interrupt)
    with pytest.raises(KeyboardInterrupt):
        restore(db_file, copy)

    assert names(db_file) == ["new", "old"]
    assert sound(db_file)


def test_a_full_disk_leaves_the_database_as_it_was(db_file: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "make", full)
    with pytest.raises(OSError, match="No space"):
        restore(db_file, copy)

    assert names(db_file) == ["new", "old"]


def damaged_in_the_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for start in range(4096 * 3, len(content) - 4096, 4096):
        content[start : start + 64] = b"\xff" * 64
    path.write_bytes(content)


def test_a_file_that_is_unfit_touches_nothing(db_file: Path, copy: Path, tmp_path: Path) -> None:
    (tmp_path / "noise.db").write_bytes(b"noise" * 1000)
    (tmp_path / "damaged.db").write_bytes(copy.read_bytes())
    damaged_in_the_middle(tmp_path / "damaged.db")
    (tmp_path / "newer.db").write_bytes(copy.read_bytes())
    with opened(tmp_path / "newer.db") as connection:
        connection.execute("INSERT INTO migratehistory (name, migrated_at) VALUES ('999_later', '2026-01-01 00:00:00')")
    with opened(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE t (a)")
    (tmp_path / "empty.db").touch()
    before = contents(tmp_path)

    for name, error, words in (
        ("noise", DatabaseUnusableError, "is not a sound SQLite database"),
        ("damaged", DatabaseUnusableError, "damaged"),
        ("newer", DatabaseUnusableError, "newer than this adops, which does not know its migration 999_later"),
        ("other", DatabaseUnusableError, "is not an adops database"),
        ("empty", DatabaseUnusableError, "is not an adops database"),
        ("none", BadRequestError, "there is no file"),
        ("adops", BadRequestError, "is the database itself"),
    ):
        with pytest.raises(error, match=words):
            restore(db_file, tmp_path / f"{name}.db")

    assert contents(tmp_path) == before


def test_a_database_of_the_node_system_is_not_restored_but_taken_over(db_file: Path, tmp_path: Path) -> None:
    with opened(tmp_path / "old.db") as connection:
        connection.execute("CREATE TABLE knex_migrations (id INTEGER)")

    with pytest.raises(DatabaseUnusableError, match=r"Take it over with `adops --database .*old.db db migrate`"):
        restore(db_file, tmp_path / "old.db")


def test_a_damaged_database_can_be_replaced_and_is_kept_as_it_is(db_file: Path, copy: Path) -> None:
    damaged_in_the_middle(db_file)
    before = db_file.read_bytes()

    done = restore(db_file, copy)

    assert names(db_file) == ["old"]
    assert sound(db_file)
    assert done.replaced
    assert done.replaced.read_bytes()[4096:] == before[4096:]


@pytest.mark.parametrize("noise", [b"noise" * 4000, b"n"])
def test_what_is_no_database_any_more_can_be_replaced_too(db_file: Path, copy: Path, noise: bytes) -> None:
    db_file.write_bytes(noise)

    done = restore(db_file, copy)

    assert names(db_file) == ["old"]
    assert done.replaced
    assert done.replaced.read_bytes() == noise


def test_a_damaged_schema_can_be_replaced(db_file: Path, copy: Path) -> None:
    content = bytearray(db_file.read_bytes())
    content[100:300] = b"\xff" * 200
    db_file.write_bytes(content)

    done = restore(db_file, copy)

    assert names(db_file) == ["old"]
    assert done.replaced
    assert done.replaced.read_bytes() == content


def test_a_backup_in_pages_of_another_size_fits(db_file: Path, copy: Path) -> None:
    with opened(copy) as connection:
        connection.execute("PRAGMA page_size = 1024")
        connection.execute("VACUUM")

    restore(db_file, copy)

    assert names(db_file) == ["old"]
    assert sound(db_file)


def test_a_backup_that_was_opened_and_is_in_wal_mode_is_restored_with_its_log(db_file: Path, copy: Path) -> None:
    with opened(copy) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("UPDATE projects SET name = 'in the log'")
        restore(db_file, copy)

    assert names(db_file) == ["in the log"]


def test_an_older_schema_is_restored_and_migrating_is_next(
    adops: Adops, db_file: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = known_migrations()
    monkeypatch.setattr(restoring, "known_migrations", lambda: [*known, "901_more"])

    done = adops("db", "restore", copy, "--yes", "--format", "json")

    assert done.code == 0
    assert done.json()["pending"] == ["901_more"]
    assert done.err == "The backup was made by an older adops. Run `adops db migrate` now.\n"
    assert names(db_file) == ["old"]


def test_the_command_asks_and_can_be_tried(adops: Adops, copy: Path, tmp_path: Path) -> None:
    refused = adops("db", "restore", copy)
    assert refused.code == 2
    assert "cannot ask for confirmation without a terminal: Replace" in refused.err
    before = contents(tmp_path)
    dry = adops("db", "restore", copy, "--dry-run")
    assert (dry.code, dry.err) == (0, "Dry run: the backup is valid; nothing was written.\n")
    assert contents(tmp_path) == before
    assert adops("db", "restore", tmp_path / "none.db", "--dry-run").code == 2
    assert adops("db", "restore", copy, "--dry-run", on=tmp_path / "x" / "new.db").code == 0
    assert not (tmp_path / "x").exists()

    done = adops("db", "restore", copy, "--yes")
    assert done.code == 0
    [keys, row] = [line.split("\t") for line in done.out.splitlines()]
    assert keys == ["file", "database", "replaced", "pending"]
    assert names(Path(row[2])) == ["new", "old"]
