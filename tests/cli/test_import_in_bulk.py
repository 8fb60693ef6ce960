"""`adops metrics import` of what has come in: files are moved away, an interruption says what was stored."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from adops_cli.data import imports
from adops_cli.exports.export import ReadOptions
from adops_cli.importers.metrics import files
from adops_cli.importers.metrics.files import import_files
from adops_cli.importers.metrics.outcome import StoreOptions
from adops_cli.importers.metrics.store import store
from tests.conftest import ROOT, Adops

PULLS = [ROOT / "fixtures" / "exports" / "google-ads" / f"pull{n}.csv" for n in (1, 2)]
HEADER = "campaignId,date,impressions,clicks,conversions,spend,revenue"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A folder with two exports, and one file that is none; next to it is the empty folder `done`."""
    folder = tmp_path / "new"
    folder.mkdir()
    (tmp_path / "done").mkdir()
    for pull in PULLS:
        shutil.copy(pull, folder)
    (folder / "z.csv").write_text("nothing\n")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_files_that_were_imported_are_moved_and_refused_ones_stay(adops: Adops, new: Path) -> None:
    done = adops("metrics", "import", "new/*.csv", "--move-to", "done", "--format", "json")

    assert done.code == 2
    assert (names(new), names(new.parent / "done")) == (["z.csv"], ["pull1.csv", "pull2.csv"])
    assert done.json()[0]["notices"] == ["moved to done"]
    assert len(adops("imports", "list", "--format", "json").json()) == 2


def test_a_file_with_rejected_rows_was_imported_so_it_is_moved(adops: Adops, new: Path) -> None:
    adops("campaigns", "create", "--id", "c", "--name", "C", "--platform", "ttd")
    (new / "y.csv").write_text(f"{HEADER}\nc,2026-01-01,1,1,1,1,1\nc,2026-01-02,x,1,1,1,1\n")

    assert adops("metrics", "import", "new/y.csv", "--move-to", "done").code == 3
    assert names(new.parent / "done") == ["y.csv"]


def test_a_name_that_is_taken_loses_nothing(adops: Adops, new: Path) -> None:
    (new.parent / "done" / "pull1.csv").write_text("older")

    done = adops("metrics", "import", "new/pull1.csv", "--move-to", "done", "--format", "json")

    assert done.json()[0]["notices"] == ["moved to done/pull1-2.csv"]
    assert (new.parent / "done" / "pull1.csv").read_text() == "older"
    assert (new.parent / "done" / "pull1-2.csv").read_bytes() == PULLS[0].read_bytes()


def test_a_dry_run_moves_nothing(adops: Adops, new: Path) -> None:
    assert adops("metrics", "import", "new/pull1.csv", "--move-to", "done", "--dry-run").code == 0
    assert (len(names(new)), names(new.parent / "done")) == (3, [])


def test_a_file_that_is_there_already_stays(adops: Adops, new: Path) -> None:
    done = adops("metrics", "import", "new/pull1.csv", "--move-to", "new", "--format", "json")

    assert (done.code, done.json()[0]["notices"], len(names(new))) == (0, [], 3)


def test_the_same_file_again_changes_nothing_and_is_moved(adops: Adops, new: Path) -> None:
    adops("metrics", "import", PULLS[0])

    assert adops("metrics", "import", "new/pull1.csv", "--move-to", "done").code == 0
    assert names(new.parent / "done") == ["pull1.csv"]


def test_what_cannot_be_moved_is_refused_before_it_is_imported(adops: Adops, new: Path) -> None:
    stdin = adops("metrics", "import", "-", "--move-to", "done", stdin=PULLS[0].read_text(encoding="utf-8"))
    nowhere = adops("metrics", "import", "new/pull1.csv", "--move-to", "gone")

    assert (stdin.code, "standard input cannot be moved" in stdin.err) == (2, True)
    assert (nowhere.code, "there is no folder gone" in nowhere.err) == (2, True)
    assert adops("imports", "list", "--format", "json").json() == []
    assert len(names(new)) == 3


def test_a_file_that_is_imported_but_not_moved_is_told(
    adops: Adops, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: Path, _folder: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "move_into", full)
    done = adops("metrics", "import", "new/pull1.csv", "--move-to", "done", "--format", "json")

    assert (done.code, done.json()[0]["inserted"]) == (1, 155)
    assert "was imported, but cannot be moved to done: the disk is full" in done.err
    assert "pull1.csv" in names(new)


def interrupted(database_url: str, *before: Path | str, tmp_path: Path) -> tuple[int, str]:
    """Import these files and then one without an end, and press Ctrl-C."""
    source = tmp_path / "endless.csv"
    os.mkfifo(source)
    command = [sys.executable, "-m", "adops_cli", "--database", database_url, "metrics", "import", *before, source]
    process = subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with source.open("w") as out:  # waits until the import has opened it
        out.write(f"{HEADER}\n" + "x,2026-09-01,9,1,1,1,1\n" * 1000)
        out.flush()
        process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    return process.returncode, err


def test_an_interrupted_import_says_that_nothing_of_the_file_was_stored(
    database_url: str, adops: Adops, tmp_path: Path
) -> None:
    code, err = interrupted(database_url, tmp_path=tmp_path)

    assert (code, err) == (130, f"Interrupted: nothing of {tmp_path / 'endless.csv'} was stored.\n")
    assert adops("imports", "list", "--format", "json").json() == []


def test_and_names_the_files_that_were_imported_before(database_url: str, adops: Adops, new: Path) -> None:
    code, err = interrupted(database_url, new / "pull1.csv", new / "z.csv", "--quiet", tmp_path=new.parent)

    stored = (
        f"Interrupted: nothing of {new.parent / 'endless.csv'} was stored; imported before it: {new / 'pull1.csv'}."
    )
    assert (code, err.splitlines()[-1]) == (130, stored)
    assert [one["file"] for one in adops("imports", "list", "--format", "json").json()] == [str(new / "pull1.csv")]


def test_an_interruption_just_after_the_commit_does_not_say_so(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*args: Any, **options: Any) -> Any:
        store(*args, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "store", late)
    with database.bound(database_url, busy_timeout=5):
        with pytest.raises(KeyboardInterrupt, match=rf"{PULLS[0]} had just been imported, as imp-"):
            list(import_files([str(PULLS[0])], ReadOptions(), StoreOptions()))
        assert len(imports.list()) == 1


def test_the_last_import_is_undone_by_that_word(adops: Adops) -> None:
    for pull in PULLS:
        adops("metrics", "import", pull)
    newest, older = adops("imports", "list", "--format", "json").json()

    asked = adops("imports", "undo", "--last")
    assert (asked.code, f"Undo import {newest['id']} of {PULLS[1]} (days: " in asked.err) == (2, True)
    assert adops("imports", "undo", "--last", "--dry-run", "--format", "json").json()[0]["importId"] == newest["id"]
    assert adops("imports", "undo", "--last", "--yes", "--format", "json").json()[0]["importId"] == newest["id"]
    assert adops("imports", "undo", "--last", "--yes", "--format", "json").json()[0]["importId"] == older["id"]
    nothing = adops("imports", "undo", "--last", "--yes")
    assert (nothing.code, nothing.err.split(".")[0]) == (4, "Error: there is no import to undo")


@pytest.mark.parametrize("words", [[], ["imp-1", "--last"]])
def test_an_undo_needs_an_id_or_that_word(adops: Adops, words: list[str]) -> None:
    assert adops("imports", "undo", *words, "--yes").code == 2
