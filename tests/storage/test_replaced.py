"""A database that is removed or replaced under a command: the command says so, and does not end as if it were done."""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adops_cli import database
from adops_cli.data import events, projects
from adops_cli.database import db
from adops_cli.errors import DatabaseUnusableError
from tests.conftest import ROOT
from tests.sqlite_files import opened

Exchange = Callable[[Path], None]


def removed(path: Path) -> None:
    path.unlink()


def replaced(path: Path) -> None:
    new = path.with_name("new.db")
    shutil.copy(path, new)
    new.replace(path)


def moved_away(path: Path) -> None:
    path.rename(path.with_name("elsewhere.db"))


EXCHANGES = pytest.mark.parametrize("exchange", [removed, replaced, moved_away])


@contextlib.contextmanager
def started(*words: str) -> Iterator["subprocess.Popen[str]"]:
    """A command of adops, which is ended with the block if it has not ended by itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "adops_cli", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    late = threading.Timer(60, process.kill)
    late.start()
    try:
        yield process
    finally:
        late.cancel()
        process.kill()
        process.communicate()


def wait_until_opened(process: "subprocess.Popen[str]", path: Path) -> None:
    """Until the process has the file open, which the system shows."""
    handles = Path(f"/proc/{process.pid}/fd")
    while process.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            if path in [handle.readlink() for handle in handles.iterdir()]:
                return


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the system does not show which files are open")
@EXCHANGES
def test_a_command_that_writes_into_it_ends_with_6(db_file: Path, exchange: Exchange) -> None:
    with opened(db_file) as holder:
        holder.execute("BEGIN IMMEDIATE")  # the command waits for this lock with the file open
        words = ("projects", "create", "--name", "A", "--type", "t")
        with started("--database", str(db_file), "--busy-timeout", "50", *words) as process:
            wait_until_opened(process, db_file)
            exchange(db_file)
            holder.execute("ROLLBACK")
            out, err = process.communicate(timeout=60)

    assert (process.returncode, out) == (6, "")
    assert err == (
        f"Error: {db_file} was removed or replaced while adops was working. What this command has written is not in "
        "it; run it again\n"
    )


def write_and(exchange: Exchange, path: Path) -> None:
    with db.atomic():
        projects.create(id="after", name="A", type="t")
        exchange(path)


@EXCHANGES
def test_a_transaction_does_not_commit_into_it(db_file: Path, exchange: Exchange) -> None:
    with database.bound(str(db_file), busy_timeout=5):
        projects.create(id="before", name="B", type="t")
        db.execute_sql("PRAGMA wal_checkpoint")
        with pytest.raises(DatabaseUnusableError, match="was removed or replaced"):
            write_and(exchange, db_file)

    if exchange is moved_away:
        with opened(db_file.with_name("elsewhere.db")) as connection:
            assert connection.execute("SELECT id FROM projects").fetchall() == [("before",)]


def test_an_import_of_several_files_does_not_go_on_in_another_database(db_file: Path) -> None:
    with database.bound(str(db_file), busy_timeout=5):
        projects.create(name="A", type="t")
        replaced(db_file)
        with pytest.raises(DatabaseUnusableError, match="was removed or replaced"):
            projects.create(name="B", type="t")
        assert projects.list()  # what only reads can go on


def test_what_follows_the_events_opens_the_new_one(db_file: Path) -> None:
    new = db_file.with_name("new.db")
    shutil.copy(db_file, new)
    for path, type in ((db_file, "old.one"), (new, "new.one")):
        with database.bound(str(path), busy_timeout=5):
            events.create(type=type)
        with opened(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    command = ("events", "tail", "--follow", "--interval", "0.05", "--format", "ndjson")
    with started("--database", str(db_file), *command) as process:
        assert process.stdout
        assert "old.one" in process.stdout.readline()
        new.replace(db_file)
        assert "new.one" in process.stdout.readline()

        db_file.unlink()
        _, err = process.communicate(timeout=60)

    assert process.returncode == 6
    assert f"there is no database at {db_file}" in err
