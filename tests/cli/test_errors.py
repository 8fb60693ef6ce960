"""Every error is one line on stderr with what to do next, and has the exit code of its kind."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adops_cli.data import projects
from adops_cli.storage.engines.base import DEMO
from tests.conftest import ROOT, Adops

MISSING = "missing.db"


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        (["projcts", "list"], 2, "No such command 'projcts'. Did you mean 'projects'?"),
        (["projects", "lst"], 2, "No such command 'lst'"),
        (["projects", "list", "--stauts", "x"], 2, "No such option: --stauts. Did you mean --status?\n"),
        (["metrics", "top", "--form", "csv"], 2, "No such option: --form. Did you mean --format?\n"),
        (["metrics", "top", "--unt", "7d"], 2, "No such option: --unt. Did you mean --until?\n"),
        (["metrics", "report", "--be", "day"], 2, "No such option: --be. See `adops metrics report --help`.\n"),
        (["metrics", "top", "--ab", "roas"], 2, "No such option: --ab. See `adops metrics top --help`.\n"),
        (["help", "nosuch"], 2, "No such command 'nosuch'. See `adops --help`.\n"),
        (["help", "metrics", "tpo"], 2, "No such command 'tpo'. Did you mean 'top'?"),
        (
            ["db", "migrate", "--database", "x.db"],
            2,
            "No such option: --database. Put it before the command: `adops --database … db migrate`.",
        ),
        (["projects", "get"], 2, "Missing argument 'ID'. See `adops projects get --help`."),
        (["projects", "list", "--format", "xml"], 2, "Invalid value for '--format'"),
        (["projects", "list", "--limit", "-1"], 2, "Invalid value for '--limit'"),
        (["projects", "list", "--sort", "bugdet"], 2, "project cannot be sorted by 'bugdet'. Did you mean budget?"),
        (["projects", "list", "--status", "actve"], 2, "must be one of planning, active, paused, completed, cancelled"),
        (
            ["projects", "create", "--name", "x", "--type", "y", "--budget", "lots"],
            2,
            'budget must be a number, not "lots"',
        ),
        (["projects", "create", "--name", "x", "--type", "y", "--metadata", "{a"], 2, "at line 1, column 2"),
        (["projects", "update-metrics", "p", "{'a': 1}"], 2, "not JSON: Expecting property name"),
        (["metrics", "top", "--by", "profit"], 2, "Invalid value for '--by'"),
        (
            ["projects", "create", "--name", "x", "--type", "y", "--start-date", "soon"],
            2,
            'startDate must be a day as YYYY-MM-DD, not "soon"',
        ),
        (["metrics", "top", "--min-spend", "lots"], 2, '--min-spend must be a number, not "lots"'),
        (["metrics", "top", "--since", "soon"], 2, "--since must be a day as YYYY-MM-DD"),
        (["metrics", "top", "--since", "2026-02-02", "--until", "2026-02-01"], 2, "the window is empty"),
        (["metrics", "gaps", "--max-age", "2h"], 2, '--max-age must be a number of days such as 2d, not "2h"'),
        (["metrics", "pacing", "--tolerance", "much"], 2, "--tolerance must be a share, not 'much'. Give 10% or 0.1"),
        (["metrics", "pacing", "--month", "7d"], 2, "7d is no month. Give one as 2026-10"),
        (["budgets", "set", "x"], 2, "the budget has no campaigns. Give campaigns, a project or a platform"),
        (["budgets", "set", "x", "--platform", "gogle-ads"], 4, "there is no platform 'gogle-ads'. Did you mean"),
        (["budgets", "get", "x"], 4, "there is no budget 'x'. Use `adops budgets list` to see all"),
        (["budgets", "import", "x.csv"], 2, "x.csv"),
        (["metrics", "gaps", "--account", "7"], 4, "there is no account '7'"),
        (["metrics", "gaps", "--project", "proj-2"], 4, "there is no project 'proj-2'. Did you mean proj-1?"),
        (["--timezone", "Mars", "metrics", "top"], 2, "no time zone is called 'Mars'"),
        (["--busy-timeout", "-1", "metrics", "top"], 2, "busy_timeout (flag) must be a number of seconds"),
        (["--database", "mysql://h/d", "metrics", "top"], 2, "is not a database URL"),
        (["metrics", "record", "c", "2026-02-10"], 2, "no figure is given"),
        (
            ["campaigns", "delete", "camp-1"],
            2,
            "cannot ask for confirmation without a terminal: Delete campaign camp-1",
        ),
        (
            ["campaigns", "create", "--name", "x", "--platform", "My DSP"],
            2,
            "platform must be a slug such as meta-ads",
        ),
        (["campaigns", "update", "camp-1"], 2, "there is nothing to change in campaign 'camp-1'"),
        (["projects", "get", "proj-2"], 4, "there is no project 'proj-2'. Did you mean proj-1?"),
        (["projects", "delete", "proj-2"], 4, "there is no project 'proj-2'"),
        (
            ["campaigns", "update", "camp-2", "--status", "x"],
            4,
            "there is no campaign 'camp-2'. Did you mean camp-1 (",
        ),
        (["campaigns", "create-from-execution", "exec-1"], 4, "there is no execution 'exec-1'"),
        (["metrics", "latest", "camp-2"], 4, "there is no campaign 'camp-2'"),
        (
            ["campaigns", "create", "--name", "x", "--platform", "ttd", "--project", "p"],
            5,
            "projectId refers to an unknown project: 'p'",
        ),
        (
            ["campaigns", "create", "--name", "x", "--platform", "ttd", "--external-id", "7"],
            5,
            "already has platform 'ttd' and externalId '7'",
        ),
        (["projects", "create", "--name", "x", "--type", "y", "--id", "proj-1"], 5, "already exists"),
        (
            ["metrics", "record", "camp-2", "2026-02-10", "--spend", "1"],
            4,
            "there is no campaign 'camp-2'. Did you mean camp-1 (",
        ),
        (["--database", MISSING, "metrics", "top"], 6, f"/{MISSING}. Create it with `adops db migrate`"),
        (["--database", "http://[::1", "metrics", "top"], 2, "is not a database URL"),
        (
            ["campaigns", "update", "camp-1", "--replace-metadata", "[" * 300 + "]" * 300],
            2,
            "metadata is nested more than 200",
        ),
        (["campaigns", "update", "camp-1", "--metadata", "[" * 5000 + "]" * 5000], 2, "nested too deeply"),
        (["campaigns", "get", "camp-\x1b[31m"], 4, "camp-\\x1b[31m"),
        (["--database", ".", "metrics", "top"], 6, "is a folder, not a database"),
    ],
)
def test_an_error_is_one_line_and_its_own_exit_code(adops: Adops, command: list[str], code: int, words: str) -> None:
    assert adops("projects", "create", "--name", "P", "--type", "campaign", "--id", "proj-1").code == 0
    made = adops("campaigns", "create", "--name", "C", "--platform", "ttd", "--id", "camp-1", "--external-id", "7")
    assert made.code == 0

    result = adops(*command)

    assert (result.code, result.out) == (code, "")
    assert result.err.startswith("Error: ")
    assert result.err.count("\n") == 1
    assert words in result.err
    assert not Path(MISSING).exists()


@pytest.mark.parametrize("command", [["metrics", "top"], ["db", "backup"], ["db", "shell"]])
def test_a_missing_database_is_told_with_the_one_of_the_demo_where_that_is_there(
    adops: Adops, tmp_path: Path, command: list[str]
) -> None:
    told = f"Error: there is no database at {tmp_path}/{MISSING}. Create it with `adops db migrate`"
    assert adops(*command, on=MISSING).err == f"{told}\n"

    Path(".demo").mkdir()
    Path(".demo/ad-ops.db").touch()

    assert adops(*command, on=MISSING).err == (
        f"{told}; the one of `make demo` is there with `--database .demo/ad-ops.db`\n"
    )


def test_the_demo_is_where_the_error_says() -> None:
    assert f"--database {DEMO} db seed" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_a_busy_database_ends_with_75(adops: Adops, db_file: Path) -> None:
    holder = sqlite3.connect(db_file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        result = adops("--busy-timeout", "0.05", "projects", "create", "--name", "x", "--type", "y")
    finally:
        holder.execute("ROLLBACK")
        holder.close()

    assert result.code == 75
    assert "another process is writing" in result.err


def test_a_writer_waits_for_its_turn(adops: Adops, db_file: Path) -> None:
    holder = sqlite3.connect(db_file, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.1, lambda: holder.execute("COMMIT"))
    release.start()

    result = adops("projects", "create", "--name", "x", "--type", "y")

    release.join()
    holder.close()
    assert result.code == 0


def test_a_bare_command_prints_its_help(adops: Adops) -> None:
    result = adops("metrics")

    assert result.code == 2
    assert "Usage: adops metrics" in result.err
    assert "top" in result.err


def test_what_should_not_happen_is_one_line_too(adops: Adops, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr(projects, "get_stats", broken)

    result = adops("projects", "stats")
    assert result.code == 1
    assert result.err == (
        "Error: unexpected ZeroDivisionError: a bug of ours. "
        "This is a bug; please report it with the output of --debug\n"
    )
    assert "Traceback" in adops("--debug", "projects", "stats").err


def test_a_deleted_project_is_told_from_one_that_never_was(adops: Adops) -> None:
    adops("projects", "create", "--id", "p", "--name", "P", "--type", "t")
    adops("projects", "delete", "p")

    for command in (["get", "p"], ["update", "p", "--name", "Q"], ["delete", "p"]):
        result = adops("projects", *command)
        assert (result.code, result.err) == (
            4, "Error: project 'p' is deleted. Use `adops projects restore p` to restore it\n",
        )  # fmt: skip


def test_a_traceback_comes_only_with_debug(adops: Adops, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Traceback" not in adops("projects", "get", "x").err
    assert "Traceback" in adops("--debug", "projects", "get", "x").err
    Path("adops.toml").write_text("debug = true")
    assert "Traceback" in adops("projects", "get", "x").err
    monkeypatch.setenv("ADOPS_DEBUG", "0")
    assert "Traceback" not in adops("projects", "get", "x").err


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("projects list >&-", 0),
        ("projects get nope 2>&-", 4),
        ("nosuch 2>/dev/full", 2),
        ("projects create --name x 2>&-", 2),
    ],
)
def test_a_stream_that_is_not_there_changes_nothing(db_file: Path, command: str, code: int) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m adops_cli --database {db_file} {command}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=ROOT,
    )

    assert (done.returncode, done.stderr) == (code, "")


def test_a_full_disk_behind_stdout_is_a_failure(db_file: Path) -> None:
    command = f"{sys.executable} -m adops_cli --database {db_file} projects list > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60, cwd=ROOT)

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_as_many_as_there_are_is_a_limit_of_any_size(adops: Adops) -> None:
    for command in (["projects", "list", "--limit"], ["projects", "list", "--offset"], ["metrics", "top", "--limit"]):
        assert adops(*command, "9" * 30).code == 0


def test_a_pipe_that_closes_early_is_no_failure(db_file: Path, adops_process: Adops) -> None:
    for _ in range(3):
        adops_process("projects", "create", "--name", "x" * 20_000, "--type", "y")
    command = (
        f"set -o pipefail; {sys.executable} -m adops_cli --database {db_file} projects list --format csv | head -c 10"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)

    assert (done.returncode, done.stdout, done.stderr) == (0, "id,name,ty", "")


@pytest.mark.usefixtures("db_file")
@pytest.mark.parametrize("place", ["none/copy.db", "adops.db/copy.db"])
def test_an_error_of_the_system_is_told_without_its_number(adops: Adops, tmp_path: Path, place: str) -> None:
    result = adops("db", "backup", tmp_path / place)

    assert result.code == 1
    assert re.search(r"could not be made: .*(No such file or directory|Not a directory)", result.err)
    assert "Errno" not in result.err


def to_full_disk(database: Path, command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", "-c", f"{sys.executable} -m adops_cli --database {database} {command} > /dev/full"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=ROOT,
    )


def test_output_that_a_full_disk_does_not_take_is_told_in_words(db_file: Path) -> None:
    done = to_full_disk(db_file, "projects list --format json")

    assert (done.returncode, done.stderr) == (1, "Error: the output cannot be written: the disk is full\n")


def test_a_copy_that_was_stored_elsewhere_is_told_too(db_file: Path, tmp_path: Path) -> None:
    done = to_full_disk(db_file, f"db copy --to {tmp_path / 'copy.db'}")

    assert done.returncode == 1
    assert done.stderr.endswith("What the command has changed is stored\n")


@pytest.mark.parametrize("name", ["x", "x" * 20_000], ids=["at the end", "in the middle"])
def test_a_row_that_was_stored_before_its_output_failed_is_told(db_file: Path, adops: Adops, name: str) -> None:
    done = to_full_disk(db_file, f"projects create --name {name} --type campaign")

    assert (done.returncode, done.stderr) == (
        1,
        "Error: the output cannot be written: the disk is full. What the command has changed is stored\n",
    )
    assert [project["name"] for project in adops("projects", "list", "--format", "json").json()] == [name]


def test_a_row_that_was_stored_in_json_mode_is_told_alike(json_dir: Path) -> None:
    command = f"{sys.executable} -m adops_cli projects create --name x --type y > /dev/full"
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    assert "What the command has changed is stored" in done.stderr
    assert (json_dir / "projects.json").exists()


@pytest.mark.parametrize("words", ["disk I/O error", "unable to open database file", "database or disk is full"])
def test_a_full_disk_is_called_full_whatever_sqlite_calls_it(
    db_file: Path, tmp_path: Path, adops: Adops, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """SQLite cannot tell why a file beside the database could not be made."""
    connect: Any = sqlite3.connect

    def full(path: object, **options: Any) -> Any:
        if str(tmp_path) in str(path):
            raise sqlite3.OperationalError(words)
        return connect(path, **options)

    monkeypatch.setattr(sqlite3, "connect", full)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=0))
    for command in (["projects", "list"], ["db", "migrate"], ["db", "restore", db_file.with_name("copy.db"), "--yes"]):
        shutil.copy(db_file, tmp_path / "copy.db")
        done = adops(*command)
        assert (done.code, "the disk is full" in done.err) == (6, True), done.err


def test_a_failure_that_is_not_for_lack_of_space_is_not_called_full(
    tmp_path: Path, db_file: Path, adops: Adops
) -> None:
    (db_file.parent / "locked").mkdir()
    shutil.copy(db_file, db_file.parent / "locked" / "a.db")
    (tmp_path / "locked" / "a.db-wal").mkdir()  # SQLite cannot make its file

    done = adops("projects", "list", on=tmp_path / "locked" / "a.db")

    assert done.code == 6
    assert "full" not in done.err


def test_a_migration_that_the_disk_does_not_take_leaves_no_file(tmp_path: Path) -> None:
    """A limit on the size of files is to a process what a full disk is."""
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 40; exec {sys.executable} -m adops_cli --database new.db db migrate"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )

    assert (done.returncode in (1, 6), done.stderr.count("\n")) == (True, 1), done.stderr
    assert list(tmp_path.glob("new.db*")) == []


@pytest.mark.parametrize("file", ["itself", "n" * 300, "/dev/null", "pipe", "folder", "text"])
@pytest.mark.parametrize(
    "command",
    [
        "projects list",
        "projects create --name P --type campaign",
        "db status",
        "db info",
        "db migrate",
        "db migrate --plan",
        "db verify",
        "db backup copy.db",
        "db rollback --yes",
        "db seed --yes",
        "db repair",
        "db export-json out",
        "export parquet out",
        "metrics import rows.csv --platform generic",
    ],
)
def test_what_cannot_be_a_database_is_unusable_for_every_command(
    adops_on: Adops, tmp_path: Path, file: str, command: str
) -> None:
    (tmp_path / "itself").symlink_to("itself")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("not a database" * 1000)
    (tmp_path / "rows.csv").write_text("campaign,date,spend\nc,2026-02-01,1\n")

    done = adops_on(*command.split(), on=file)

    assert (done.code, done.err.count("\n")) == (6, 1), done.err
    assert file in done.err
    assert {"copy.db", "out"}.isdisjoint(path.name for path in tmp_path.iterdir())
