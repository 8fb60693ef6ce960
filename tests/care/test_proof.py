"""`db backup --prove`: the copy is restored to a temporary file and verified, and nothing else changes."""

import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from adops_cli.care import maintenance, restore
from adops_cli.data import seed
from adops_cli.errors import AdopsError
from adops_cli.storage import dump
from adops_cli.storage.engines.postgres import Postgres
from tests.conftest import MIGRATIONS, Adops
from tests.postgres import asked, programs
from tests.sqlite_files import run as damage


@pytest.fixture
def seeded(sample_db: Path) -> Path:
    return sample_db


def beside(file: Path) -> list[str]:
    return sorted(path.name for path in file.parent.iterdir() if not path.name.startswith(("home", "adops.db")))


def test_a_sound_backup_is_proved_and_nothing_else_stays(seeded: Path, adops: Adops) -> None:
    before = seeded.read_bytes()

    done = adops("db", "backup", "copy.db", "--prove")

    assert (done.code, Path(done.out.strip()).name) == (0, "copy.db")
    assert done.err.startswith("copy.db was restored to be verified, and passed ")
    assert (beside(seeded), seeded.read_bytes()) == (["copy.db"], before)
    assert adops("db", "verify", on=seeded.parent / "copy.db").code == 0
    quiet = adops("db", "backup", "other.db", "--prove", "--quiet")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")


def test_what_is_wrong_in_the_database_is_found_in_its_copy_and_no_older_one_is_removed(
    seeded: Path, adops: Adops
) -> None:
    (seeded.parent / "adops-backup-20200101T000000Z.db").write_text("older")
    damage(seeded, "UPDATE metrics SET clicks = -5 WHERE id = 7")

    done = adops("db", "backup", "--prove", "--keep", "1", "--quiet")

    assert done.code == 3
    assert "metrics 7 (clicks)" in done.err
    assert "checks failed" in done.err
    assert len(beside(seeded)) == 2


def test_a_backup_that_cannot_be_restored_is_told(seeded: Path, adops: Adops, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_file: Path) -> None:
        raise AdopsError("the disk is full")

    monkeypatch.setattr(restore, "restore", broken)
    done = adops("db", "backup", "copy.db", "--prove")

    assert (done.code, done.err) == (1, "Error: the disk is full\n")
    assert beside(seeded) == ["copy.db"]


def test_the_database_of_an_older_adops_is_proved_as_it_would_be_used(seeded: Path, adops: Adops) -> None:
    assert adops("db", "rollback", "--yes").code == 0

    assert adops("db", "backup", "copy.db", "--prove").code == 0
    with sqlite3.connect(seeded.parent / "copy.db") as connection:
        assert connection.execute("SELECT count(*) FROM migratehistory").fetchone() == (len(MIGRATIONS) - 1,)
    connection.close()


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's client programs are installed."""
    monkeypatch.setenv("PATH", f"{programs()}{os.pathsep}{os.environ['PATH']}")


def databases(url: str) -> list[Any]:
    return asked(url, "SELECT datname FROM pg_database WHERE datname LIKE 'adops_proof%%'")


@pytest.mark.usefixtures("installed")
def test_a_dump_is_proved_in_a_database_of_its_own(postgres_url: str, adops: Adops) -> None:
    with database.bound(postgres_url):
        seed.seed()

    done = adops("db", "backup", "--prove", on=postgres_url)
    asked(postgres_url, "UPDATE metrics SET clicks = -5 WHERE id = 7")
    found = adops("db", "backup", "--prove", "--quiet", on=postgres_url)

    assert done.code == 0, done.err
    assert "was restored to be verified, and passed" in done.err
    assert (found.code, "metrics 7 (clicks)" in found.err) == (3, True)
    assert databases(postgres_url) == []


@pytest.mark.usefixtures("installed")
def test_a_dump_that_cannot_be_restored_whole_is_told(
    postgres_url: str, adops: Adops, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = dump.make

    def cut_short(*args: Any) -> Path:
        copy = make(*args)
        os.truncate(copy, copy.stat().st_size - 2_000)
        return copy

    with database.bound(postgres_url):
        seed.seed()
    monkeypatch.setitem(maintenance._BACKUPS, Postgres, cut_short)
    done = adops("db", "backup", "--prove", on=postgres_url)

    assert (done.code, databases(postgres_url)) == (1, [])
    assert "could not be restored" in done.err


@pytest.mark.parametrize("on", ["empty.db", "foreign.db", "peewee.db", "garbage.db", "folder", "none.db"])
def test_what_is_no_database_of_ours_is_not_backed_up(adops: Adops, db_file: Path, on: str) -> None:
    (db_file.parent / "empty.db").touch()
    (db_file.parent / "garbage.db").write_text("no database at all" * 100)
    (db_file.parent / "folder").mkdir()
    damage(db_file.parent / "foreign.db", "CREATE TABLE notes (id TEXT)")
    damage(
        db_file.parent / "peewee.db",
        "CREATE TABLE migratehistory (id INTEGER, name TEXT, migrated_at TEXT)",
        "INSERT INTO migratehistory VALUES (1, '001_of_another_program', '2026-01-01')",
    )

    done = adops("db", "backup", "copy.db", on=on)

    assert (done.code, (db_file.parent / "copy.db").exists()) == (6, False), done.err
    assert on in done.err


def test_a_database_of_the_node_system_is_backed_up(adops: Adops, tmp_path: Path) -> None:
    root = Path(__file__).parent.parent.parent
    (tmp_path / "knex.db").write_bytes((root / "fixtures" / "knex" / "ad-ops.db").read_bytes())

    assert adops("db", "backup", "copy.db", on="knex.db").code == 0
