"""A primary goes down and its standby is promoted: with both in the URL, the next command works."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.conftest import Adops
from tests.postgres import asked, new_server, programs

_USER = "pgserver" if os.geteuid() == 0 else None
"""PostgreSQL does not run as root. The wheel has created this user."""


def run(program: str, *words: str | Path) -> None:
    subprocess.run(
        [programs() / program, *words], check=True, user=_USER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@pytest.fixture
def primary() -> Iterator[Path]:
    """The folder of a server, which also has its socket."""
    with new_server() as url:
        yield Path(str(conninfo_to_dict(url)["host"]))


@pytest.fixture
def standby(primary: Path) -> Iterator[Path]:
    """The folder of a server that follows the primary."""
    folder = Path(tempfile.mkdtemp(prefix="adops-standby-"))
    if _USER:
        shutil.chown(folder, _USER)
    data = folder / "data"
    run("pg_basebackup", "-h", primary, "-U", "postgres", "-D", data, "-R", "-X", "stream", "--checkpoint=fast")
    run("pg_ctl", "-w", "-D", data, "-l", folder / "log", "-o", f'-h "" -k {folder}', "start")
    yield folder
    run("pg_ctl", "-w", "-m", "immediate", "-D", data, "stop")
    shutil.rmtree(folder, ignore_errors=True)


def wait_until_followed(primary: Path, standby: Path) -> None:
    [(written,)] = asked(f"postgresql://postgres@/postgres?host={primary}", "SELECT pg_current_wal_insert_lsn()::text")
    given_up = time.monotonic() + 20
    replayed = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
    while asked(f"postgresql://postgres@/postgres?host={standby}", replayed, written) != [(True,)]:
        assert time.monotonic() < given_up
        time.sleep(0.05)


def test_the_next_command_carries_on_with_the_promoted_standby(adops_on: Adops, primary: Path, standby: Path) -> None:
    both = f"postgresql://postgres@/postgres?host={standby},{primary}&target_session_attrs=read-write"
    assert adops_on("db", "migrate", on=both).code == 0
    assert adops_on("projects", "create", "--id", "before", "--name", "x", "--type", "y", on=both).code == 0
    wait_until_followed(primary, standby)
    follower = f"postgresql://postgres@/postgres?host={standby}"
    alone = adops_on("projects", "update", "before", "--name", "z", on=follower)
    assert (alone.code, alone.err.count("\n")) == (6, 1)
    assert "it is a standby, or read-only" in alone.err

    run("pg_ctl", "-w", "-m", "immediate", "-D", primary, "stop")
    nobody = adops_on("projects", "list", on=both)
    run("pg_ctl", "-w", "-D", standby / "data", "promote")
    after = adops_on("projects", "create", "--id", "after", "--name", "x", "--type", "y", on=both)

    assert (nobody.code, nobody.err.count("\n")) == (6, 1)
    assert after.code == 0
    assert {row["id"] for row in adops_on("projects", "list", "--format", "json", on=both).json()} == {
        "before",
        "after",
    }
