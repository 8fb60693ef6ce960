"""Optimize frees space; info and shell show what is there."""

import sqlite3
from pathlib import Path

import pytest

from adops_cli import database
from adops_cli.care import maintenance, restore, verify
from adops_cli.data import projects
from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.storage.models import LEDGER, TABLES
from tests.conftest import MIGRATIONS, Adops
from tests.sqlite_files import opened


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
    with database.bound(str(db_file), busy_timeout=5):
        projects.create(name="first", type="t")
    found = adops("db", "info", "--format", "json").json()

    assert list(found) == ["database", "engine", "bytes", "journalMode", "schema", "pending", "tables"]
    assert (found["database"], found["schema"], found["pending"]) == (str(db_file), MIGRATIONS[-1], 0)
    assert (found["journalMode"], found["bytes"]) == ("wal", db_file.stat().st_size)
    assert [table["table"] for table in found["tables"]] == [model._meta.table_name for model in (*TABLES, *LEDGER)]
    first, *others = found["tables"]
    assert first["rows"] == 1
    assert first["newest"].endswith("Z")
    assert all((table["rows"], table["newest"]) == (0, None) for table in others)
    assert "\nprojects\t1\t" in adops("db", "info").out


def test_info_of_a_database_without_our_tables(adops: Adops, tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.db").close()

    found = adops("db", "info", "--format", "json", on=tmp_path / "empty.db").json()

    assert (found["schema"], found["pending"], found["tables"]) == (None, len(MIGRATIONS), [])
    assert adops("db", "info", on=tmp_path / "none.db").code == 6
    assert not (tmp_path / "none.db").exists()


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the `sqlite3` program that records how it was called."""
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


def test_without_the_program_shell_says_how_to_get_it(
    adops: Adops, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")

    missing = adops("db", "shell")

    assert missing.code == 1
    assert missing.err.count("\n") == 1
    assert f"apt install {'sqlite3' if engine == 'sqlite' else 'postgresql-client'}" in missing.err


def test_without_a_database_there_is_nothing_to_care_for(tmp_path: Path) -> None:
    for work in (lambda: restore.restore(tmp_path), maintenance.optimize, maintenance.info):
        with pytest.raises(AdopsError, match="no database is bound"):
            work()


def test_in_json_mode_there_is_no_database_file_to_care_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADOPS_USE_DATABASE", "false")
    for work in (
        lambda: restore.restore(tmp_path),
        maintenance.optimize,
        maintenance.info,
        lambda: maintenance.shell([]),
        lambda: list(verify.run()),
    ):
        with database.bound(), pytest.raises(BadRequestError, match="there is no database in JSON mode"):
            work()


def test_statistics_that_take_more_space_than_was_free_are_no_loss(adops: Adops) -> None:
    adops("db", "seed")

    found = adops("db", "optimize", "--format", "json").json()

    assert found["gained"] == 0 <= found["after"] - found["before"]
