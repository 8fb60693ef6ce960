"""Rejected rows are on the disk before their import commits: whatever ends it, they are not lost."""

import errno
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adops_cli.importers import rejects
from adops_cli.importers.metrics import files
from adops_cli.importers.metrics.store import store
from tests.conftest import ROOT, Adops, Result, run_adops


@dataclass(frozen=True)
class Import:
    """A command that imports some rows and rejects one."""

    args: tuple[str, ...]
    table: str
    database: str = "adops.db"

    def stored(self) -> int:
        with sqlite3.connect(self.database) as connection:
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'migratehistory'").fetchone()
            query = f"SELECT count(*) FROM {self.table} WHERE id <> 'before'"
            found: int = connection.execute(query).fetchone()[0] if known else 0
        connection.close()
        return found

    def run(self) -> Result:
        return run_adops(*self.args, "--rejects", "rejected", on=self.database)


IMPORTS = {
    "an export": Import(("metrics", "import", "rows.csv", "--platform", "generic"), "metrics"),
    "rows from a file": Import(("events", "create", "--from", "events.ndjson"), "events"),
    "JSON files": Import(("db", "import-json", "old"), "events"),
    "a take-over": Import(("db", "migrate", "--on-bad-row", "reject"), "events", "knex.db"),
}


@pytest.fixture(params=IMPORTS, ids=list(IMPORTS))
def command(request: pytest.FixtureRequest, tmp_path: Path, db_file: Path) -> Import:
    """One of the imports, with the files that it reads."""
    assert db_file
    (tmp_path / "rows.csv").write_text("campaign,date,spend\nc,2026-02-01,1\nc,2026-02-02,much\n")
    (tmp_path / "events.ndjson").write_text('{"type": "a.b"}\n{"type": 5}\n')
    shutil.copytree(ROOT / "fixtures" / "legacy", tmp_path / "old")
    shutil.copy(ROOT / "fixtures" / "knex" / "ad-ops.db", tmp_path / "knex.db")
    with sqlite3.connect("knex.db") as connection:
        connection.execute("INSERT INTO projects (id, name, type, createdAt) VALUES ('q', 'Q', 't', 'yesterday')")
    connection.close()
    found: Import = IMPORTS[request.param]
    return found


def whole(file: Path) -> bool:
    """Whether the file has its one rejected row, or more, to the last byte."""
    content = file.read_bytes()
    return content.endswith(b"\n") and len(content.splitlines()) >= 1


def test_they_are_kept_and_private(command: Import, tmp_path: Path) -> None:
    done = command.run()

    assert (done.code, command.stored() > 0, whole(tmp_path / "rejected")) == (3, True, True), done.err
    assert (tmp_path / "rejected").stat().st_mode & 0o777 == 0o600


def test_an_import_whose_rejected_rows_cannot_be_kept_does_not_commit(
    command: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_file: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)
    done = command.run()

    assert (done.code, command.stored(), (tmp_path / "rejected").exists()) == (1, 0, False)
    assert "Input/output error" in done.err


KILLED = """
import os, signal, sqlite3, sys
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.cli import app

moment, *sys.argv[1:] = sys.argv[1:]
commit = Sqlite.commit

def killed(engine):
    if not os.path.exists("rejected") and moment == "before":
        return commit(engine)
    if moment == "after":
        commit(engine)
        with sqlite3.connect(engine.database) as other:
            known = other.execute("SELECT 1 FROM sqlite_master WHERE name = 'migratehistory'").fetchone()
            if not known or not other.execute(f"SELECT 1 FROM {os.environ['TABLE']} WHERE id <> 'before'").fetchone():
                return None  # the commit of something else
    os.kill(os.getpid(), signal.SIGKILL)

Sqlite.commit = killed
app.main()
"""


def killed(command: Import, moment: str) -> None:
    child = subprocess.run(
        [sys.executable, "-c", KILLED, moment, "--database", command.database, *command.args, "--rejects", "rejected"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TABLE": command.table},
        stdout=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL


def test_a_kill_right_after_the_commit_loses_none(command: Import, tmp_path: Path) -> None:
    killed(command, "after")

    assert command.stored() > 0
    assert whole(tmp_path / "rejected")


def test_after_a_kill_right_before_the_commit_the_same_import_works(command: Import, tmp_path: Path) -> None:
    """It finds the file of its forerunner, with the same rows."""
    killed(command, "before")
    assert command.stored() == 0
    left = (tmp_path / "rejected").read_bytes()

    done = command.run()

    assert (done.code, command.stored() > 0) == (3, True), done.err
    assert (tmp_path / "rejected").read_bytes() == left
    assert not list(tmp_path.glob(".adops-*"))


def test_of_two_imports_with_one_file_for_rejected_rows_one_is_refused(
    tmp_path: Path, db_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one is faster, and neither loses a row."""
    (tmp_path / "slow.csv").write_text("campaign,date,spend\nslow,2026-02-01,1\nslow,2026-02-02,much\n")
    (tmp_path / "fast.csv").write_text("campaign,date,spend\nfast,2026-02-01,1\nfast,2026-02-02,more\n")
    command = ("metrics", "import", "--platform", "generic", "--rejects", "rejected", "--format", "json")
    done = []

    def overtaken(*args: Any, **options: Any) -> Any:
        monkeypatch.setattr(files, "store", store)
        done.append(run_adops(*command, tmp_path / "fast.csv", on=db_file))
        return store(*args, **options)

    monkeypatch.setattr(files, "store", overtaken)
    slow = run_adops(*command, tmp_path / "slow.csv", on=db_file)

    assert (done[0].code, slow.code) == (3, 2)
    assert "rejected already exists and can contain records to fix" in slow.err
    assert b"fast,2026-02-02,more" in (tmp_path / "rejected").read_bytes()
    campaigns = json.loads(run_adops("campaigns", "list", "--format", "json", on=db_file).out)
    assert [campaign["name"] for campaign in campaigns] == ["fast"]


def test_both_engines_roll_back_what_cannot_be_kept_and_take_it_the_next_time(
    adops: Adops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rows.csv").write_text("campaign,date,spend\nc,2026-02-01,1\nc,2026-02-02,much\n")
    command = ("metrics", "import", "rows.csv", "--platform", "generic", "--rejects", "rejected")

    def broken(_file: Path, _target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(rejects, "publish", broken)
        refused = adops(*command)
    assert (refused.code, "the disk is full" in refused.err) == (1, True)
    assert adops("imports", "list", "--format", "json").json() == []

    assert adops(*command).code == 3
    assert len(adops("imports", "list", "--format", "json").json()) == 1
    assert whole(tmp_path / "rejected")
