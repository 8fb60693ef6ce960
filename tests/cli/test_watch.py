"""`adops watch`: real processes on a real folder, ended by real signals.

What depends on the folder alone is tried with a file; `--once` ends by itself, in this process.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adops_cli.importers.metrics import watch as watching
from tests.conftest import ROOT, Adops, Result
from tests.postgres import asked

PULLS = [ROOT / "fixtures" / "exports" / "google-ads" / f"pull{n}.csv" for n in (1, 2)]
HEADER = "campaignId,date,impressions,clicks,conversions,spend,revenue"
Watch = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where files arrive."""
    path = tmp_path / "in"
    path.mkdir()
    return path


@pytest.fixture
def watch(database_url: str, folder: Path) -> Iterator[Watch]:
    """Starts a watch that has begun to look when it is returned. It ends with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "adops_cli", "--database", database_url, "--busy-timeout", "0.2", "watch"]
        process = subprocess.Popen(
            [*command, folder, "--interval", "0.1", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        )
        started.append(process)
        if "--once" not in words:
            until(lambda: (folder / ".adops-watch.lock").exists() or process.poll() is not None)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def until(condition: Callable[[], object]) -> None:
    """Wait for it. Fails after a time that no machine needs."""
    end = time.monotonic() + 40
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def ended(process: "subprocess.Popen[str]", by: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
    """The exit code and stderr of a watch that is ended by a signal."""
    process.send_signal(by)
    out, err = process.communicate(timeout=60)
    assert out == ""
    return process.returncode, err


def is_reading(process: "subprocess.Popen[str]", file: Path) -> bool:
    """Whether a process has a file open."""
    for opened in Path(f"/proc/{process.pid}/fd").iterdir():
        with contextlib.suppress(OSError):  # it has just closed that one
            if opened.readlink() == file:
                return True
    return False


def names(folder: Path) -> list[str]:
    """The files in the folder, without those that are being written."""
    while True:
        with contextlib.suppress(FileNotFoundError):  # a working folder of the watch went while it was listed
            found = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
            return sorted(name for name in found if ".working/" not in name)


def arrive(source: Path, folder: Path, name: str | None = None) -> Path:
    """Copy a file into a folder at once, as a good sender does."""
    target = folder / (name or source.name)
    shutil.copy(source, folder / ".arriving")
    return (folder / ".arriving").rename(target)


def once(adops: Adops, folder: Path, *words: str) -> Result:
    """What a watch says that ends when the folder is empty, in this process."""
    return adops("watch", folder, "--once", "--interval", "0.1", *words)


def batches(adops: Adops) -> list[Any]:
    return list(adops("imports", "list", "--format", "json").json())


def test_what_arrives_is_imported_and_moved_with_a_report(watch: Watch, folder: Path, adops: Adops) -> None:
    process = watch()
    arrive(PULLS[0], folder)
    (folder / "none.csv").write_text("nothing\n")
    until(lambda: (folder / "done" / "pull1.csv").exists() and (folder / "refused" / "none.csv").exists())

    code, err = ended(process)

    assert code == 0
    assert names(folder) == ["done/pull1.csv", "done/pull1.csv.json", "refused/none.csv", "refused/none.csv.json"]
    report = json.loads((folder / "done" / "pull1.csv.json").read_text(encoding="utf-8"))
    [again] = adops("metrics", "import", folder / "done" / "pull1.csv", "--dry-run", "--format", "json").json()
    assert list(report) == list(again)
    assert (report["file"], report["inserted"]) == (str(folder / "pull1.csv"), 155)
    assert [one["id"] for one in batches(adops)] == [report["batchId"]]
    refused = json.loads((folder / "refused" / "none.csv.json").read_text(encoding="utf-8"))
    assert (refused["batchId"], len(refused["notices"])) == (None, 1)
    first, *others = err.splitlines()
    assert first == f"Watching {folder}. Ctrl-C ends it."
    assert {line.split(": ")[0] for line in others} == {"Error", str(folder / "pull1.csv")}
    [refusal] = [line for line in others if line.startswith("Error: ")]
    assert refusal.startswith(f"Error: {folder / 'none.csv'}: no row of the file is the header ")
    assert refusal.endswith(f". It was moved to {folder / 'refused' / 'none.csv'}.")


@pytest.mark.usefixtures("db_file")
def test_a_file_is_taken_only_when_it_no_longer_grows(watch: Watch, folder: Path, adops: Adops) -> None:
    adops("campaigns", "create", "--id", "c", "--name", "C", "--platform", "ttd")
    process = watch("--interval", "0.5")
    with (folder / "slow.csv").open("w") as out:
        out.write(f"{HEADER}\n")
        for day in range(1, 13):
            out.write(f"c,2026-01-{day:02},1,1,1,1,1\n")
            out.flush()
            assert (folder / "slow.csv").exists()
            time.sleep(0.1)
    until((folder / "done" / "slow.csv").exists)

    assert ended(process)[0] == 0
    assert [one["inserted"] for one in batches(adops)] == [12]


@pytest.mark.usefixtures("db_file")
def test_what_is_not_for_it_is_left_alone(watch: Watch, folder: Path) -> None:
    others = [
        *(".hidden.csv", ".~lock.report.ods#", "~$report.xlsx", "a.csv.part", "b.csv.crdownload", "c.CSV.TMP"),
        *("d.csv.filepart", "e.csv.partial", "later/x.csv", "done/old.csv", "refused/old.csv"),
        *("f.csv", "f.csv.part"),  # a browser makes both
    ]
    for name in others:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(PULLS[0], folder / name)
    process = watch()
    arrive(PULLS[1], folder, "last.csv")
    until((folder / "done" / "last.csv").exists)

    assert ended(process)[0] == 0
    assert names(folder) == sorted([*others, "done/last.csv", "done/last.csv.json"])


@pytest.mark.usefixtures("db_file")
def test_a_name_that_comes_again_loses_nothing(watch: Watch, folder: Path) -> None:
    process = watch()
    for pull, name in zip((*PULLS, PULLS[0]), ("a.csv", "a-2.csv", "a-3.csv"), strict=True):
        arrive(pull, folder, "a.csv")
        until((folder / "done" / name).exists)

    assert ended(process)[0] == 0
    done = folder / "done"
    assert [(done / name).read_bytes() for name in ("a.csv", "a-2.csv")] == [pull.read_bytes() for pull in PULLS]
    assert names(done) == sorted(f"{name}{end}" for name in ("a.csv", "a-2.csv", "a-3.csv") for end in ("", ".json"))


def test_files_are_imported_in_the_order_of_their_age(folder: Path, adops: Adops) -> None:
    for age, name in ((30, "c.csv"), (20, "a.csv"), (10, "b.csv")):
        (folder / name).write_text(f"{HEADER},name\n,2026-01-01,1,1,1,{age},1,N\n")
        os.utime(folder / name, (time.time() - age,) * 2)

    once(adops, folder, "--platform", "ttd")

    assert [Path(one["file"]).name for one in reversed(batches(adops))] == ["c.csv", "a.csv", "b.csv"]


def test_one_that_was_imported_but_not_moved_is_moved_after_a_restart(watch: Watch, folder: Path, adops: Adops) -> None:
    adops("metrics", "import", arrive(PULLS[0], folder))
    process = watch()
    until((folder / "done" / "pull1.csv").exists)

    assert ended(process)[0] == 0
    report = json.loads((folder / "done" / "pull1.csv.json").read_text(encoding="utf-8"))
    assert (report["inserted"], report["unchanged"]) == (0, 155)
    assert [one["id"] for one in batches(adops)] == [report["batchId"]]


def test_killed_at_any_moment_it_ends_as_if_it_had_not_been(watch: Watch, folder: Path, adops: Adops) -> None:
    for number in range(6):
        arrive(PULLS[number % 2], folder, f"{number:02}.csv")
    for pause in (0.0, 0.05):
        process = watch()
        before = len(names(folder / "done"))
        until(lambda before=before: len(names(folder / "done")) > before)  # type: ignore[misc]
        time.sleep(pause)
        process.kill()
        process.communicate()
    process = watch()
    until(lambda: not [name for name in names(folder) if "/" not in name and name.endswith(".csv")])

    assert ended(process)[0] == 0
    done = [name for name in names(folder / "done") if name.endswith(".csv")]
    moved = [(folder / "done" / name).read_bytes() for name in done]
    assert sorted(filter(None, moved)) == sorted([pull.read_bytes() for pull in PULLS] * 3)
    assert all((folder / "done" / f"{name}.json").exists() for name in done)
    assert len(json.loads(adops("metrics", "list", "--format", "json").out)) > 155


WAITS = """
import signal, time
from adops_cli.importers.metrics.watch import Stop
signal.signal(signal.SIGALRM, lambda _number, _frame: stop.set())
end = time.monotonic() + 2
while time.monotonic() < end:
    stop = Stop()
    signal.setitimer(signal.ITIMER_REAL, 0.0005)
    while not stop.wait(0.00001):
        pass
print("ended")
"""


def test_a_signal_ends_the_waiting_wherever_it_comes() -> None:
    """It may come while the wait itself is at work, which with an Event was a wait for ever."""
    done = subprocess.run([sys.executable, "-c", WAITS], capture_output=True, text=True, timeout=60, check=False)

    assert done.stdout == "ended\n"


def test_a_signal_lets_the_current_file_end(watch: Watch, folder: Path, adops: Adops) -> None:
    with (folder / "large.csv").open("w") as out:
        out.write("campaign,platform,date,impressions,clicks,spend\n")
        for number in range(1000):
            out.writelines(f"C{number},ttd,2026-01-{day:02},1,1,1\n" for day in range(1, 21))
    arrive(PULLS[0], folder, "next.csv")
    os.utime(folder / "next.csv")
    process = watch("--platform", "generic")
    time.sleep(0.6)  # it is reading or storing the large one

    code, _ = ended(process)

    assert code == 0
    left = [name for name in names(folder) if "/" not in name]
    assert left in (["large.csv", "next.csv"], ["next.csv"], [])
    assert len(batches(adops)) == 2 - len(left)


def test_a_second_signal_ends_it_at_once_and_nothing_of_the_file_is_stored(
    watch: Watch, folder: Path, adops: Adops
) -> None:
    with (folder / "large.csv").open("w") as out:
        out.write("campaign,platform,date,impressions,clicks,spend\n")
        for number in range(8_000):
            out.writelines(f"C{number},ttd,2026-01-{day:02},1,1,1\n" for day in range(1, 11))
    process = watch("--platform", "generic")
    until(lambda: is_reading(process, folder / "large.csv"))
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)

    code, err = ended(process, signal.SIGINT)

    assert code == 130
    assert f"Interrupted: nothing of {folder / 'large.csv'} was stored." in err
    assert (names(folder), batches(adops)) == (["large.csv"], [])


@pytest.mark.usefixtures("db_file")
def test_two_watches_of_one_folder_exclude_each_other(watch: Watch, folder: Path) -> None:
    first = watch()
    second = watch("--once")
    _, err = second.communicate(timeout=60)

    assert (second.returncode, err.startswith(f"Error: another adops already watches {folder}.")) == (75, True)
    assert ended(first, signal.SIGINT)[0] == 0
    assert names(folder) == []  # the lock is gone, too


@contextlib.contextmanager
def unusable(database_url: str, adops: Adops) -> Iterator[None]:
    """The database is gone for a while."""
    if not database_url.startswith("postgresql://"):
        Path(database_url).rename(f"{database_url}.away")
        yield
        Path(f"{database_url}.away").rename(database_url)
        return
    assert adops("db", "info").code == 0
    asked(database_url, "ALTER TABLE adops_migration RENAME TO away")
    asked(database_url, "ALTER TABLE migratehistory RENAME TO migratehistory_away")
    yield
    asked(database_url, "ALTER TABLE away RENAME TO adops_migration")
    asked(database_url, "ALTER TABLE migratehistory_away RENAME TO migratehistory")


def test_a_database_that_is_gone_is_told_once_and_tried_again(
    watch: Watch, folder: Path, adops: Adops, database_url: str
) -> None:
    process = watch("--quiet")
    with unusable(database_url, adops):
        arrive(PULLS[0], folder)
        arrive(PULLS[1], folder)
        time.sleep(1.5)
        assert names(folder) == [".adops-watch.lock", "pull1.csv", "pull2.csv"]
    until(lambda: len(names(folder)) == 5)

    code, err = ended(process)

    assert (code, err.count("\n")) == (0, 1)
    assert err.startswith("Error: ")
    assert err.endswith(". It is tried again.\n")
    assert len(batches(adops)) == 2


def test_once_tells_by_its_exit_code(folder: Path, adops: Adops, database_url: str) -> None:
    adops("campaigns", "create", "--id", "c", "--name", "C", "--platform", "ttd")
    assert once(adops, folder).code == 0
    (folder / "some.csv").write_text(f"{HEADER}\nc,2026-01-01,1,1,1,1,1\nc,2026-01-02,x,1,1,1,1\n")
    assert once(adops, folder).code == 3
    (folder / "none.csv").write_text("nothing\n")
    assert once(adops, folder).code == 2
    with unusable(database_url, adops):
        arrive(PULLS[0], folder)
        assert once(adops, folder).code == 6
    assert names(folder / "done") == ["some.csv", "some.csv.json"]


def test_quiet_tells_only_what_is_wrong(folder: Path, adops: Adops) -> None:
    adops("campaigns", "create", "--id", "c", "--name", "C", "--platform", "ttd")
    arrive(PULLS[0], folder)
    (folder / "some.csv").write_text(f"{HEADER}\nc,2026-01-01,1,1,1,1,1\nc,2026-01-02,x,1,1,1,1\n")

    done = once(adops, folder, "--quiet")

    line = "1 inserted, 0 updated, 0 unchanged, 0 removed, 1 rejected"
    assert done.err == f"{folder / 'some.csv'}: {line}; see {folder / 'done' / 'some.csv.json'}.\n"


def test_options_are_those_of_an_import(folder: Path, adops: Adops) -> None:
    (folder / "a.csv").write_text("campaign,date,spend\nC,2026-01-01,1\n")
    words = ["--platform", "tiktok", "--currency", "EUR", "--account", "Acme", "--mode", "replace-range"]

    assert once(adops, folder, *words).err.startswith(str(folder / "a.csv"))

    [batch] = batches(adops)
    found = (batch["platform"], batch["currency"], batch["account"], batch["mode"])
    assert found == ("tiktok-ads", "EUR", "Acme", "replace-range")


def test_a_folder_that_cannot_be_watched_is_refused(adops: Adops, folder: Path) -> None:
    nowhere = adops("watch", "nowhere", "--once")
    assert (nowhere.code, nowhere.err) == (2, "Error: there is no folder nowhere. Create it, or name another one\n")
    (folder / "done").touch()
    in_use = adops("watch", folder, "--once")
    assert (in_use.code, in_use.err) == (1, f"Error: the folder cannot be used: {folder / 'done'}: File exists\n")


def test_a_file_that_cannot_be_moved_stays_without_a_report(
    adops: Adops, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(_file: Path, _target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    arrive(PULLS[0], folder)
    monkeypatch.setattr(watching, "move", refusing)
    done = adops("watch", folder, "--once", "--interval", "0.1")

    why = f"Error: {folder / 'pull1.csv'} was read, but cannot be moved away: Permission denied\n"
    assert (done.code, done.err) == (1, why)
    assert names(folder) == ["pull1.csv"]
