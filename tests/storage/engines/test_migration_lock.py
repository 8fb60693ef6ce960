"""The lock of migrations leaves no file, and still lets only one process in at a time."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from adops_cli.errors import BusyError
from adops_cli.storage.engines.migration_lock import migration_lock
from tests.conftest import ROOT

PROCESSES = 6
ROUNDS = 15
WORKER = f"""
import os, sys, time
from pathlib import Path
from adops_cli.storage.engines.migration_lock import migration_lock
path = Path(sys.argv[1])
inside = path.with_name("inside")
for _ in range({ROUNDS}):
    with migration_lock(path, 60):
        os.close(os.open(inside, os.O_CREAT | os.O_EXCL))  # fails if another process is inside
        time.sleep(0.002)
        inside.unlink()
"""
LATE = """
import fcntl, sys, time
from pathlib import Path
from adops_cli.storage.engines.migration_lock import migration_lock
lock, calls = fcntl.flock, []
def late(*given):
    if not calls:
        calls.append(print("has opened the file", flush=True))
        sys.stdin.readline()
    return lock(*given)
fcntl.flock = late
with migration_lock(Path(sys.argv[1]), 60):
    print("is inside", flush=True)
    time.sleep(60)
"""
"""A process that opens the lock's file, and takes the lock only when it is told to."""


def start(program: str, path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if file.name != "home")


def test_many_processes_enter_one_after_another_and_leave_nothing(tmp_path: Path) -> None:
    workers = [start(WORKER, tmp_path / "x.db") for _ in range(PROCESSES)]

    assert [worker.communicate(timeout=120)[1] for worker in workers] == [""] * PROCESSES
    assert names(tmp_path) == []


def test_whoever_waited_holds_the_lock_that_newcomers_see(tmp_path: Path) -> None:
    """The trap: the waiter has the file open that is unlinked, and a newcomer makes another one."""
    path = tmp_path / "x.db"
    with migration_lock(path, 5):
        waiter = start(LATE, path)
        assert waiter.stdin is not None
        assert waiter.stdout is not None
        assert waiter.stdout.readline() == "has opened the file\n"
    waiter.stdin.write("\n")
    waiter.stdin.flush()
    assert waiter.stdout.readline() == "is inside\n"

    with pytest.raises(BusyError), migration_lock(path, 0.2):
        pass

    waiter.send_signal(signal.SIGKILL)
    waiter.communicate(timeout=30)
    with migration_lock(path, 5):  # a dead process holds nothing
        assert names(tmp_path) == ["x.db.migrate-lock"]
    assert names(tmp_path) == []


def test_a_lock_that_was_not_given_leaves_the_file_of_its_holder(tmp_path: Path) -> None:
    with migration_lock(tmp_path / "x.db", 5):
        with pytest.raises(BusyError), migration_lock(tmp_path / "x.db", 0.05):
            pass
        assert names(tmp_path) == ["x.db.migrate-lock"]
