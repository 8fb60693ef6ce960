"""A command that is ended leaves nothing behind: at once if the signal can be caught, otherwise the next one cleans up.

Each command is real and stops in the middle of its work, where its working files are on the disk.
"""

import contextlib
import gzip
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adops_cli.cli import interruption
from adops_cli.data import projects
from tests.conftest import ROOT, run_adops

STOPPED = """
import contextlib, importlib, sys, time
from adops_cli.cli import app

name, how, *sys.argv[1:] = sys.argv[1:]
module, function = name.rsplit(".", 1)
module = importlib.import_module(module)
original = getattr(module, function)

def here():
    print("here", flush=True)
    time.sleep(60)

def stopped(*args, **options):
    here()
    return original(*args, **options)

@contextlib.contextmanager
def stopped_within(*args, **options):
    with original(*args, **options) as found:
        here()
        yield found

setattr(module, function, stopped_within if how == "within" else stopped)
app.main()
"""
"""Runs a command that stops when it calls a function, or within the block of one."""


@dataclass(frozen=True)
class Work:
    """A command, and where it is stopped."""

    at: str
    args: tuple[str, ...]
    how: str = "before"


WORKS = {
    "an import of a packed file": Work(
        "adops_cli.exports.read.recognise", ("metrics", "import", "rows.csv.gz", "--platform", "generic")
    ),
    "an import with rejected rows": Work(
        "adops_cli.importers.metrics.files.store",
        ("metrics", "import", "rows.csv", "--platform", "generic", "--rejects", "rejected.csv"),
    ),
    "a backup": Work("adops_cli.storage.backup._check", ("db", "backup", "copy.db")),
    "a restore": Work("adops_cli.care.restore._repaged", ("db", "restore", "small-pages.db", "--yes"), "within"),
    "a check": Work("adops_cli.care.verify.trial._speeds", ("db", "verify")),
    "an export": Work("adops_cli.data.export_json.sync_folder", ("db", "export-json", "files")),
    "an import of JSON": Work(
        "adops_cli.importers.node.import_json._write", ("db", "import-json", "old", "--rejects", "rejected.ndjson")
    ),
}
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]


@pytest.fixture(params=WORKS, ids=list(WORKS))
def work(request: pytest.FixtureRequest, tmp_path: Path, db_file: Path) -> Work:
    """One of the commands, with the files that it reads."""
    rows = "campaign,date,spend\n" + "".join(f"c,2026-02-{day:02},1\n" for day in range(1, 20))
    (tmp_path / "rows.csv").write_text(f"{rows}c,2026-02-20,much\n")
    (tmp_path / "rows.csv.gz").write_bytes(gzip.compress(rows.encode()))
    shutil.copytree(ROOT / "fixtures" / "legacy", tmp_path / "old")
    with contextlib.closing(sqlite3.connect(db_file)) as source:
        source.execute("PRAGMA page_size = 1024")
        source.execute("VACUUM INTO 'small-pages.db'")
    with contextlib.closing(sqlite3.connect("small-pages.db")) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("PRAGMA page_size = 1024")
        copy.execute("VACUUM")
    (tmp_path / "tmp").mkdir()
    found: Work = WORKS[request.param]
    return found


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path, db_file: Path) -> Iterator[Start]:
    """`start(work)` starts it and waits until it has stopped; `start(work, stops=False)` only starts it."""
    started = []

    def run(work: Work, *, stops: bool = True) -> "subprocess.Popen[str]":
        prefix = ["-c", STOPPED, work.at, work.how] if stops else ["-m", "adops_cli"]
        process = subprocess.Popen(
            [sys.executable, *prefix, "--database", str(db_file), *work.args],
            env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path / "tmp")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        if stops:
            assert process.stdout is not None
            assert process.stdout.readline() == "here\n"
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def files(folder: Path) -> set[str]:
    """Everything below, apart from what SQLite keeps beside a database that is open."""
    found = {str(path.relative_to(folder)) for path in folder.rglob("*")}
    return {name for name in found if not name.startswith(("adops.db-", "home"))}


def test_a_signal_leaves_nothing(work: Work, start: Start, tmp_path: Path) -> None:
    before = files(tmp_path)
    process = start(work)
    assert files(tmp_path) > before

    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)

    assert (process.returncode, "Traceback" in err) == (128 + signal.SIGTERM, False)
    assert files(tmp_path) == before


@pytest.mark.parametrize("sent", SIGNALS, ids=lambda sent: sent.name)
@pytest.mark.parametrize("work", ["a backup"], indirect=True)
def test_each_signal_does_so_and_has_its_exit_code(
    work: Work, start: Start, tmp_path: Path, sent: signal.Signals
) -> None:
    before = files(tmp_path)
    process = start(work)

    process.send_signal(sent)
    _, err = process.communicate(timeout=60)

    assert (process.returncode, err) == (128 + sent, "")
    assert files(tmp_path) == before


@pytest.mark.parametrize("work", ["a backup"], indirect=True)
def test_signals_that_follow_do_not_end_the_cleaning_up(work: Work, start: Start, tmp_path: Path) -> None:
    """A terminal that is closed sends one, and so does its shell."""
    before = files(tmp_path)
    process = start(work)

    for sent in (signal.SIGHUP, signal.SIGHUP, signal.SIGTERM):
        process.send_signal(sent)
    process.communicate(timeout=60)

    assert process.returncode in (128 + signal.SIGHUP, 128 + signal.SIGTERM)
    assert files(tmp_path) == before


def test_what_a_kill_leaves_is_removed_by_the_next_command_of_its_kind(
    work: Work, start: Start, tmp_path: Path
) -> None:
    before = files(tmp_path)
    process = start(work)
    process.kill()
    process.communicate()
    left = files(tmp_path) - before - {"data-backup"}
    assert left

    process = start(work, stops=False)
    _, err = process.communicate(timeout=120)

    assert process.returncode in (0, 3), err
    assert not left & files(tmp_path)
    assert not [name for name in files(tmp_path) if ".adops-" in name]


def test_what_a_living_process_works_on_stays(work: Work, start: Start, tmp_path: Path) -> None:
    before = files(tmp_path)
    first = start(work)
    working = files(tmp_path) - before
    second = start(work, stops=False)
    if "db" in work.args and work.args[1] in ("restore", "import-json"):
        second.kill()  # it waits for the first one, and has looked for dead ones already
    second.communicate(timeout=120)

    assert working <= files(tmp_path)
    first.send_signal(signal.SIGTERM)
    first.communicate(timeout=60)
    assert not [name for name in files(tmp_path) if ".adops-" in name]


@pytest.mark.parametrize(
    ("kind", "place", "command"),
    [
        ("backup", ".", "db migrate"),
        ("copies", "data-backup", "db import-json old"),
        ("rejects", ".", "metrics import rows.csv --platform generic --rejects rejected.csv"),
        ("rejects", ".", "db migrate --on-bad-row reject --rejects rejected.ndjson"),
        ("input", "tmp", "metrics import rows.csv --platform generic"),
        ("move", "in/done", "metrics import rows.csv --platform generic --move-to in/done"),
        ("report", "in/done", "watch in --once --interval 0.05"),
        ("export", ".", "db export-json old"),
        ("parquet", "out", "export parquet out"),
        ("output", ".", "metrics top --output top.xlsx"),
    ],
)
@pytest.mark.parametrize("work", ["a backup"], indirect=True)
def test_the_next_command_looks_for_what_was_left_also_if_it_has_no_such_file_to_make(  # noqa: PLR0913, PLR0917 - fixtures
    work: Work, tmp_path: Path, db_file: Path, monkeypatch: pytest.MonkeyPatch, kind: str, place: str, command: str
) -> None:
    assert work
    assert run_adops("db", "import-json", "old", on=db_file).code == 3
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    for one in (kind, "other"):
        (tmp_path / place / f".adops-{one}-0123456789abcdef.working" / "files").mkdir(parents=True)

    assert run_adops(*command.split(), on=db_file).code in (0, 3, 5)  # 5: the folder for the export is taken

    assert [path.name for path in tmp_path.rglob(".adops-*")] == [".adops-other-0123456789abcdef.working"]


DROPPED = """
import os, signal, time
from adops_cli.cli import interruption

class Removed:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)

class Fails:
    def __del__(self):
        raise ValueError(f"{self.when} the signal")

interruption.prepare()
half_done, other = Fails(), Fails()
half_done.when, other.when = "after", "before"
del other
try:
    Removed()
    time.sleep(60)
except KeyboardInterrupt:
    del half_done
    os._exit(interruption.code())
"""
"""A process that gets a signal where Python prints an exception, and drops it."""


def test_a_signal_that_comes_where_exceptions_are_dropped_ends_the_process_all_the_same() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DROPPED],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 128 + signal.SIGTERM
    assert [line for line in done.stderr.splitlines() if "Error" in line or "Interrupt" in line] == [
        "ValueError: before the signal"
    ]


@pytest.mark.parametrize(("received", "code", "words"), [([signal.SIGTERM], 143, ""), ([], 1, "This is a bug")])
def test_what_fails_once_a_signal_has_come_fails_for_that(
    db_file: Path, monkeypatch: pytest.MonkeyPatch, received: list[int], code: int, words: str
) -> None:
    """A signal can come between two steps of a library, which then finds a transaction open that it has to close."""

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("a transaction is open")

    monkeypatch.setattr(projects, "list", fails)
    monkeypatch.setattr(interruption, "_received", received)
    done = run_adops("projects", "list", on=db_file)
    assert (done.code, words in done.err, bool(done.err)) == (code, True, bool(words))
