"""Restoring never loses the database that it replaces; optimizing gains; info and shell tell what is there."""

import contextlib
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adops_cli import backup, database, maintenance
from adops_cli.data import projects
from adops_cli.errors import AdopsError, BadRequestError, BusyError, DatabaseUnusableError
from tests.conftest import Adops


@contextlib.contextmanager
def opened(path: Path, timeout: float = 5) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, isolation_level=None, timeout=timeout)
    try:
        yield connection
    finally:
        connection.close()


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


def restore(path: Path, file: Path, busy_timeout: float = 5) -> maintenance.Restored:
    with database.bound(str(path), busy_timeout=busy_timeout):
        return maintenance.restore(file)


@pytest.fixture
def copy(db_file: Path, tmp_path: Path) -> Path:
    """A backup with project `old`; the database has `new` besides."""
    add(db_file, "old")
    with database.bound(str(db_file), busy_timeout=5) as engine:
        path = backup.make(engine, tmp_path / "copy.db")
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

    monkeypatch.setattr(maintenance, "_kept", interrupt)
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
        ("noise", DatabaseUnusableError, "no sound SQLite database"),
        ("damaged", DatabaseUnusableError, "damaged"),
        ("newer", DatabaseUnusableError, "newer than this adops, which does not know its migration 999_later"),
        ("other", DatabaseUnusableError, "no database of adops"),
        ("empty", DatabaseUnusableError, "no database of adops"),
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
    known = database.known_migrations()
    monkeypatch.setattr(maintenance, "known_migrations", lambda: [*known, "002_more"])

    done = adops("db", "restore", copy, "--yes", "--format", "json")

    assert done.code == 0
    assert done.json()["pending"] == ["002_more"]
    assert done.err == "The backup is of an older adops: run `adops db migrate` now.\n"
    assert names(db_file) == ["old"]


def test_the_command_asks_and_can_be_tried(adops: Adops, copy: Path, tmp_path: Path) -> None:
    refused = adops("db", "restore", copy)
    assert refused.code == 2
    assert "nobody can be asked here: Replace" in refused.err
    before = contents(tmp_path)
    dry = adops("db", "restore", copy, "--dry-run")
    assert (dry.code, dry.err) == (0, "A dry run: the file is fit, and nothing was written.\n")
    assert contents(tmp_path) == before
    assert adops("db", "restore", tmp_path / "none.db", "--dry-run").code == 2
    assert adops("db", "restore", copy, "--dry-run", on=tmp_path / "x" / "new.db").code == 0
    assert not (tmp_path / "x").exists()

    done = adops("db", "restore", copy, "--yes")
    assert done.code == 0
    [keys, row] = [line.split("\t") for line in done.out.splitlines()]
    assert keys == ["file", "database", "replaced", "pending"]
    assert names(Path(row[2])) == ["new", "old"]


def test_optimize_says_what_it_gained(adops: Adops, db_file: Path) -> None:
    with opened(db_file) as connection:
        connection.execute(
            "INSERT INTO events (id, type, payload) WITH RECURSIVE n(i) AS "
            "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
            "SELECT i, 't', '\"' || hex(zeroblob(200)) || '\"' FROM n"
        )
        connection.execute("DELETE FROM events WHERE id > '1'")
    size = db_file.stat().st_size

    found = adops("db", "optimize", "--format", "json").json()

    assert found["before"] == size
    assert found["after"] == db_file.stat().st_size
    assert found["gained"] == found["before"] - found["after"] > 500_000
    assert adops("db", "optimize").out.startswith("before\tafter\tgained\n")
    with opened(db_file) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_stat1").fetchone()[0]


def test_optimize_beside_a_writer_is_busy(adops: Adops, db_file: Path) -> None:
    with opened(db_file) as writer:
        writer.execute("BEGIN IMMEDIATE")
        busy = adops("--busy-timeout", "0.1", "db", "optimize")

    assert busy.code == 75
    assert "gave up after 0.1 s" in busy.err


def test_info_tells_what_the_database_is_and_holds(adops: Adops, db_file: Path) -> None:
    add(db_file, "first")
    found = adops("db", "info", "--format", "json").json()

    assert list(found) == ["database", "engine", "bytes", "journalMode", "schema", "pending", "tables"]
    assert (found["database"], found["schema"], found["pending"]) == (str(db_file), "001_initial_schema", 0)
    assert (found["journalMode"], found["bytes"]) == ("wal", db_file.stat().st_size)
    assert [table["table"] for table in found["tables"]] == [
        "projects",
        "executions",
        "events",
        "workflows",
        "campaigns",
        "metrics",
    ]
    first, *others = found["tables"]
    assert first["rows"] == 1
    assert first["newest"].endswith("Z")
    assert all((table["rows"], table["newest"]) == (0, None) for table in others)
    assert "\nprojects\t1\t" in adops("db", "info").out


def test_info_of_a_database_without_our_tables(adops: Adops, tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.db").close()

    found = adops("db", "info", "--format", "json", on=tmp_path / "empty.db").json()

    assert (found["schema"], found["pending"], found["tables"]) == (None, 1, [])
    assert adops("db", "info", on=tmp_path / "none.db").code == 6
    assert not (tmp_path / "none.db").exists()


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the `sqlite3` program, which tells how it was called."""
    folder = tmp_path / "bin"
    folder.mkdir()
    file = folder / "sqlite3"
    file.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\ncat\nexit 7\n')
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return file


@pytest.mark.usefixtures("program")
def test_shell_hands_over_the_terminal_and_the_arguments(adops_process: Adops, db_file: Path) -> None:
    done = adops_process("db", "shell", "--", "-header", "SELECT 1", stdin=".quit\n")

    assert (done.code, done.out, done.err) == (7, f"{db_file}\n-header\nSELECT 1\n.quit\n", "")


@pytest.mark.usefixtures("program")
def test_shell_makes_no_file(adops: Adops, tmp_path: Path) -> None:
    assert adops("db", "shell", on=tmp_path / "none.db").code == 6
    assert not (tmp_path / "none.db").exists()


def test_without_the_program_shell_says_how_to_get_it(adops: Adops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    missing = adops("db", "shell")

    assert missing.code == 1
    assert missing.err.count("\n") == 1
    assert "apt install sqlite3" in missing.err


def test_without_a_database_there_is_nothing_to_care_for(copy: Path) -> None:
    for work in (lambda: maintenance.restore(copy), maintenance.optimize, maintenance.info):
        with pytest.raises(AdopsError, match="no database is bound"):
            work()
