"""`adops db wait`: it returns as soon as the database can be used, and gives up with 6."""

import sqlite3
import threading
import time
from pathlib import Path

import pytest

from tests.conftest import Adops
from tests.postgres import Databases, asked, url_of


def test_a_database_that_is_there_is_not_waited_for(adops: Adops) -> None:
    began = time.monotonic()

    done = adops("db", "wait", "--timeout", "60")

    assert (done.code, done.out, done.err) == (0, "", "")
    assert time.monotonic() - began < 5


def test_tables_need_not_be_there_yet(adops_on: Adops, bare_postgres_url: str, tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.db").close()
    (tmp_path / "empty.db").touch()

    assert adops_on("db", "wait", "--timeout", "5", on=bare_postgres_url).code == 0
    assert adops_on("db", "wait", "--timeout", "5", on=tmp_path / "empty.db").code == 0


def test_a_file_is_waited_for(adops_on: Adops, migrated_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "late.db"
    copied = threading.Timer(0.6, lambda: path.write_bytes(migrated_file.read_bytes()))
    copied.start()

    done = adops_on("db", "wait", "--timeout", "30", on=path)

    copied.join()
    assert (done.code, done.err) == (0, "")
    assert path.exists()


def test_a_server_is_waited_for(adops_on: Adops, databases: Databases, postgres_server: str) -> None:
    url = url_of(postgres_server, "adops_late")
    made = threading.Timer(0.6, lambda: asked(postgres_server, "CREATE DATABASE adops_late"))
    made.start()
    try:
        done = adops_on("db", "wait", "--timeout", "30", on=url)
    finally:
        made.join()
        databases.drop(url)

    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("none.db", "gave up after 0.3 s: there is no database at "),
        ("postgresql://127.0.0.1:1/none", "gave up after 0.3 s: postgresql://127.0.0.1:1/none cannot be reached: "),
    ],
)
def test_when_time_is_up_the_last_reason_is_told(adops_on: Adops, url: str, words: str) -> None:
    began = time.monotonic()

    done = adops_on("db", "wait", "--timeout", "0.3", on=url)

    assert (done.code, done.out, done.err.count("\n")) == (6, "", 1)
    assert words in done.err
    assert 0.3 <= time.monotonic() - began < 5
    assert not Path("none.db").exists()


def test_a_file_that_stays_locked_is_given_up_in_time(adops_on: Adops, db_file: Path) -> None:
    holder = sqlite3.connect(db_file, isolation_level=None)
    holder.execute("PRAGMA journal_mode = DELETE")
    holder.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()

    done = adops_on("db", "wait", "--timeout", "0.3", on=db_file)

    holder.close()
    assert done.code == 6
    assert time.monotonic() - began < 3


def test_a_url_that_makes_no_sense_is_not_waited_for(adops_on: Adops) -> None:
    assert adops_on("db", "wait", on="mysql://h/d").code == 2
