"""Files written together: all or none, even after a crash, and no write of another process is lost."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from adops_cli.data import events, projects
from adops_cli.errors import AdopsError, BusyError, DatabaseUnusableError
from adops_cli.legacy import json_folder
from tests.conftest import ROOT
from tests.json_mode import PROJECT, Write, contents, read


@pytest.mark.usefixtures("json_store")
def test_a_link_stays_a_link(write_json: Write, json_dir: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.json"
    write_json("projects", [PROJECT]).rename(target)
    (json_dir / "projects.json").symlink_to(target)

    projects.update("p", name="new")

    assert (json_dir / "projects.json").is_symlink()
    assert json.loads(target.read_text())[0]["name"] == "new"


@pytest.mark.usefixtures("json_store")
def test_a_file_that_cannot_be_replaced_stays_and_nothing_is_left_aside(
    write_json: Write, json_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_json("projects", [PROJECT])
    before = contents(json_dir)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device", "projects.json")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(AdopsError, match=r"cannot be written: the disk is full. Nothing was written"):
            projects.update("p", name="new")

    assert contents(json_dir) == before
    assert projects.find("p").name == "P"
    assert sorted(entry.name for entry in json_dir.iterdir()) == [".adops-lock", "projects.json"]


@pytest.mark.usefixtures("json_store")
def test_a_commit_that_cannot_be_finished_now_is_finished_by_the_next_look(
    write_json: Write, json_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_json("projects", [PROJECT])
    replace = Path.replace

    def only_the_journal(self: Path, target: Path) -> Path:
        if target.name != json_folder.JOURNAL:
            raise OSError(13, "Permission denied")
        return replace(self, target)

    def both() -> None:
        with database.db.atomic():
            projects.update("p", name="new")
            events.create(id="e", type="t", project_id="p")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", only_the_journal)
        with pytest.raises(AdopsError, match=r"could not be completed: Permission denied. Nothing is lost"):
            both()

    assert (projects.find("p").name, len(events.list())) == ("new", 1)
    assert read(json_dir, "projects")[0]["name"] == "new"


@pytest.mark.usefixtures("json_store")
def test_a_path_that_is_no_folder_is_named(json_dir: Path) -> None:
    json_dir.write_text("")
    with pytest.raises(DatabaseUnusableError, match=r"json is not a folder. Set ADOPS_JSON_DIR to a folder"):
        projects.list()
    with pytest.raises(DatabaseUnusableError, match="json cannot be written"):
        projects.create(name="x", type="t")


def test_a_transaction_inside_another_engine_on_the_same_folder_is_busy(json_dir: Path) -> None:
    assert json_dir
    with database.bound(), database.db.atomic(), database.bound(busy_timeout=0.05), pytest.raises(BusyError):
        projects.create(name="x", type="t")


CRASH = """
import os, signal, sys
from pathlib import Path
from adops_cli import database
from adops_cli.data import projects, events

left = int(sys.argv[1])
replace = Path.replace

def dying(self, target):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(self, target)

Path.replace = dying
with database.bound(), database.db.atomic():
    projects.update("p", name="new")
    events.create(id="e", type="t", project_id="p")
"""


@pytest.mark.parametrize("replaced", [0, 1, 2])
def test_a_crash_at_any_moment_leaves_all_files_old_or_all_new(
    write_json: Write, json_dir: Path, replaced: int
) -> None:
    """The first replacement is the commit. A crash before it leaves the old state, one after it is completed later."""
    write_json("projects", [PROJECT])
    child = subprocess.run(
        [sys.executable, "-c", CRASH, str(replaced)], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert child.returncode == -signal.SIGKILL

    with database.bound():
        found = (projects.find("p").name, [row.id for row in events.list()])
        assert found == (("P", []) if replaced == 0 else ("new", ["e"]))
        projects.update("p", owner="o")
    assert read(json_dir, "projects")[0]["name"] == found[0]
    names = {entry.name for entry in json_dir.iterdir()}
    assert names == {".adops-lock", "projects.json"} | ({"events.json"} if replaced else set())


def test_two_processes_lose_no_write_of_each_other(json_dir: Path) -> None:
    program = (
        "import sys; from adops_cli import database; from adops_cli.data import projects\n"
        "with database.bound(busy_timeout=60):\n"
        "    for n in range(15): projects.create(id=f'{sys.argv[1]}-{n}', name='x', type='t')\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    children = [subprocess.Popen([sys.executable, "-c", program, name], env=env) for name in "abc"]

    assert [child.wait(timeout=60) for child in children] == [0, 0, 0]
    assert len({record["id"] for record in read(json_dir, "projects")}) == 45


def test_threads_lose_no_write_of_each_other(json_dir: Path) -> None:
    with database.bound(busy_timeout=60):

        def work(name: str) -> None:
            for number in range(10):
                projects.create(id=f"{name}-{number}", name="x", type="t")
            database.db.close()

        threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(projects.list()) == len(read(json_dir, "projects")) == 20


def test_a_writer_waits_for_the_lock_and_gives_up_but_a_reader_does_not_wait(write_json: Write, json_dir: Path) -> None:
    write_json("projects", [PROJECT])
    other = json_folder.Folder(json_dir, [], 0)
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:
        with other.locked():
            taken.set()
            done.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait(30)
    try:
        with database.bound(busy_timeout=0.05):
            assert projects.find("p").name == "P"
            with pytest.raises(BusyError, match=r"gave up after 0.05 s"):
                projects.update("p", name="new")
    finally:
        done.set()
        holder.join()
    assert read(json_dir, "projects") == [PROJECT]


@pytest.mark.usefixtures("json_store")
def test_a_program_without_a_lock_that_writes_meanwhile_is_not_overwritten(write_json: Write, json_dir: Path) -> None:
    write_json("projects", [PROJECT])

    def both() -> None:
        with database.db.atomic():
            projects.update("p", name="ours")
            write_json("projects", [{**PROJECT, "name": "theirs"}])

    with pytest.raises(BusyError, match="another program has just changed the files"):
        both()

    assert read(json_dir, "projects")[0]["name"] == "theirs"
    assert projects.find("p").name == "theirs"
