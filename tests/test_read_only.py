"""A database that is opened read-only: everything can be read, and every write is refused with 6, on both engines."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adops_cli import database
from adops_cli.cli import app as cli_app
from adops_cli.data import campaigns, metrics, projects, reports
from adops_cli.errors import DatabaseUnusableError
from tests import sqlite_files
from tests.conftest import ROOT, Adops, Result
from tests.json_mode import PROJECT, Write, contents

SAID = (
    "Error: {name} is opened read-only, and nothing was written. To write, leave out --read-only and "
    "--read-from (`adops config show --origin` shows where they are set), mode=ro and immutable=1\n"
)
WRITES = [
    ["projects", "create", "--name", "x", "--type", "y"],
    ["projects", "update", "p", "--name", "Q"],
    ["projects", "delete", "p"],
    ["campaigns", "delete", "c"],
    ["campaigns", "delete", "c", "--yes"],
    ["metrics", "record", "c", "2026-01-02", "--spend", "1"],
    ["metrics", "import", "days.csv"],
    ["events", "create", "--type", "t"],
    ["events", "cleanup", "--older-than", "0d", "--yes"],
    ["executions", "create", "--workflow", "w"],
    ["db", "seed", "--yes"],
    ["db", "migrate"],
    ["db", "rollback"],
    ["db", "rollback", "--yes"],
    ["db", "optimize"],
]
READS = [
    ["projects", "list"],
    ["metrics", "report", "--by", "campaign"],
    ["metrics", "report", "--as-of", "yesterday"],
    ["metrics", "top", "--as-closed"],
    ["metrics", "import", "days.csv", "--dry-run"],
    ["db", "status"],
    ["db", "info"],
    ["db", "verify"],
    ["db", "migrate", "--plan"],
    ["db", "export-json", "files"],
    ["export", "parquet", "parquet-files"],
    ["db", "copy", "--to", "copy.db"],
]


@pytest.fixture(autouse=True)
def _a_file_to_import() -> None:
    Path("days.csv").write_text("date,campaign,currency,spend\n2026-01-01,A,EUR,1\n", encoding="utf-8")


@pytest.fixture
def filled(database_url: str) -> str:
    """A database with a project, a campaign, a day and an old event."""
    with database.bound(database_url, busy_timeout=5):
        fill()
    return database_url


def fill() -> None:
    projects.create(id="p", name="P", type="t")
    campaigns.create(id="c", name="C", platform="ttd")
    metrics.record_metrics("c", "2026-01-01", spend=1)


@pytest.fixture
def frozen(db_file: Path) -> Iterator[Path]:
    """A file as on read-only media: SQLite can make no file beside it, and no byte of it may change."""
    with database.bound(str(db_file), busy_timeout=5):
        fill()
    Path(f"{db_file}-shm").symlink_to("nowhere/at/all")
    before = db_file.read_bytes()
    yield db_file
    assert db_file.read_bytes() == before


def one_line(result: Result, code: int, words: str) -> None:
    assert (result.code, result.out) == (code, "")
    assert words in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize("command", WRITES, ids=" ".join)
def test_every_write_is_refused_with_6_before_anything_is_asked(
    adops: Adops, filled: str, engine: str, command: list[str]
) -> None:
    refused = adops("--read-only", *command, on=filled)

    assert refused.code == 6
    name = str(Path(filled).absolute()) if engine == "sqlite" else filled
    assert SAID.format(name=name) in refused.err
    assert adops("projects", "get", "p", on=filled).code == 0
    assert [row["spend"] for row in adops("metrics", "list", "--format", "json", on=filled).json()] == [1]


@pytest.mark.parametrize("command", READS, ids=" ".join)
def test_everything_can_be_read(adops: Adops, filled: str, command: list[str]) -> None:
    assert adops("--read-only", *command, on=filled).code == 0


def test_what_was_known_before_can_be_read_and_writes_stay_refused(filled: str) -> None:
    with database.bound(filled, busy_timeout=5, read_only=True):
        assert reports.report("platform", as_of="yesterday").rows == []
        with pytest.raises(DatabaseUnusableError):
            projects.delete("p")


def test_the_setting_does_the_same_in_the_environment_in_a_file_and_from_python(
    adops: Adops, filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.bound(filled, busy_timeout=5, read_only=True), pytest.raises(DatabaseUnusableError):
        projects.delete("p")

    Path("adops.toml").write_text("read_only = true\n", encoding="utf-8")
    assert adops("campaigns", "delete", "c", "--yes", on=filled).code == 6
    with database.bound(filled), pytest.raises(DatabaseUnusableError):
        projects.delete("p")

    Path("adops.toml").unlink()
    monkeypatch.setenv("ADOPS_READ_ONLY", "true")
    assert adops("campaigns", "delete", "c", "--yes", on=filled).code == 6
    assert adops("config", "show", "--origin", on=filled).out.count("read_only\ttrue\tADOPS_READ_ONLY\n") == 1

    monkeypatch.setenv("ADOPS_READ_ONLY", "false")
    assert adops("campaigns", "delete", "c", "--yes", on=filled).code == 0


def test_a_missing_database_is_not_created(adops_on: Adops, tmp_path: Path) -> None:
    for command in (["db", "migrate"], ["projects", "list"], ["db", "seed"]):
        one_line(adops_on("--read-only", *command, on="none.db"), 6, f"{tmp_path}/none.db")
    assert not Path("none.db").exists()


@pytest.mark.parametrize("parameter", ["mode=ro", "immutable=1", "mode=ro&immutable=1"])
def test_a_parameter_of_the_url_refuses_writes(adops_on: Adops, db_file: Path, parameter: str) -> None:
    before, url = db_file.read_bytes(), f"sqlite:///{db_file}?{parameter}"

    assert adops_on("projects", "list", on=url).code == 0
    one_line(adops_on("projects", "create", "--name", "x", "--type", "y", on=url), 6, "is opened read-only")
    one_line(adops_on("db", "optimize", on=url), 6, "is opened read-only")

    assert db_file.read_bytes() == before
    assert sorted(file.name for file in db_file.parent.glob("adops.db*")) == ["adops.db"]


@pytest.mark.parametrize("parameters", ["mode=rw", "mode=rwc", "immutable=0", "cache=shared", "mode", "mode=ro&x=1"])
def test_any_other_parameter_is_refused(adops_on: Adops, db_file: Path, parameters: str) -> None:
    refused = adops_on("projects", "list", on=f"sqlite:///{db_file}?{parameters}")

    one_line(refused, 2, "that adops does not know. A SQLite URL takes ?mode=ro and ?immutable=1")


def test_a_part_behind_a_sign_of_numbers_is_no_name_of_a_file(adops_on: Adops, db_file: Path) -> None:
    one_line(adops_on("projects", "list", on=f"sqlite:///{db_file}#1"), 2, "Write a # in a name as %23")


def test_a_file_on_read_only_media_is_read_with_immutable(adops_on: Adops, frozen: Path, tmp_path: Path) -> None:
    plain = adops_on("projects", "list", on=f"sqlite:///{frozen}?mode=ro")
    url = f"sqlite:///{frozen}?immutable=1"
    one_line(plain, 6, f"If no process writes to it meanwhile, open it with --database '{url}'")

    assert adops_on("projects", "get", "p", on=url).code == 0
    verified = adops_on("db", "verify", "--format", "json", on=url)
    assert [check for check in verified.json() if check["state"] == "failed"] == []
    assert adops_on("db", "info", "--format", "json", on=url).json()["journalMode"] == "wal"

    made = adops_on("db", "backup", tmp_path / "copy.db", on=url)
    assert made.code == 0
    assert adops_on("projects", "get", "p", on=tmp_path / "copy.db").code == 0


@pytest.fixture
def in_folder(db_file: Path, tmp_path: Path) -> Iterator[tuple[Path, Adops]]:
    """A database in a folder without write permission, and the command line as somebody whom permissions bind."""
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "book.db"
    path.write_bytes(db_file.read_bytes())
    folder.chmod(0o555)
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []

    def run(*words: str | Path, on: str | Path | None = None) -> Result:
        command = [*drop, sys.executable, "-m", "adops_cli", "--database", str(on or path), *map(str, words)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
        return Result(done.returncode, done.stdout, done.stderr)

    yield path, run
    folder.chmod(0o755)


def test_a_folder_without_write_permission_is_read_with_immutable(
    in_folder: tuple[Path, Adops], tmp_path: Path
) -> None:
    path, adops = in_folder
    url = f"sqlite:///{path}?immutable=1"
    for on in (path, f"sqlite:///{path}?mode=ro"):
        for command in (["projects", "list"], ["db", "status"], ["db", "backup", tmp_path / "copy.db"]):
            refused = adops(*command, on=on)
            one_line(refused, 6, f"{path} cannot be opened: it is in WAL mode, and book.db-shm beside it cannot be")
            assert f"open it with --database '{url}'\n" in refused.err

    assert adops("projects", "list", on=url).code == 0
    beside = adops("db", "backup", on=url)
    assert (beside.code, "Permission denied" in beside.err, "Errno" in beside.err) == (1, True, False)
    assert adops("db", "backup", tmp_path / "copy.db", on=url).code == 0


def test_a_backup_of_what_cannot_be_opened_says_why(adops_on: Adops, frozen: Path, tmp_path: Path) -> None:
    refused = adops_on("db", "backup", tmp_path / "copy.db", on=frozen)

    one_line(refused, 6, f"it is in WAL mode, and {frozen.name}-shm beside it cannot be made or used")
    assert not (tmp_path / "copy.db").exists()


def test_rows_in_the_log_are_never_left_out(adops_on: Adops, db_file: Path) -> None:
    with sqlite_files.opened(db_file) as other:
        other.execute("INSERT INTO projects (id, name, type, status) VALUES ('new', 'N', 't', 'active')")

        one_line(adops_on("projects", "list", on=f"sqlite:///{db_file}?immutable=1"), 6, "Open it without immutable=1")
        assert adops_on("projects", "get", "new", on=f"sqlite:///{db_file}?mode=ro").code == 0


def test_a_log_that_cannot_be_read_there_is_named(adops_on: Adops, db_file: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    with sqlite_files.opened(db_file) as other:
        other.execute("DELETE FROM projects")
        other.execute("INSERT INTO projects (id, name, type, status) VALUES ('new', 'N', 't', 'active')")
        there.write_bytes(db_file.read_bytes())
        Path(f"{there}-wal").write_bytes(Path(f"{db_file}-wal").read_bytes())
    Path(f"{there}-shm").symlink_to("nowhere/at/all")

    refused = adops_on("projects", "list", on=f"sqlite:///{there}?mode=ro")

    one_line(refused, 6, "Its newest rows are in there.db-wal: copy both to a folder that can be written")


def test_the_shell_is_opened_read_only(adops_process: Adops, filled: str, engine: str, tmp_path: Path) -> None:
    program = tmp_path / "bin" / ("sqlite3" if engine == "sqlite" else "psql")
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$1"\n', encoding="utf-8")
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"

    told = adops_process("--read-only", "db", "shell", on=filled, PATH=path)

    assert ("?mode=ro" if engine == "sqlite" else "default_transaction_read_only=on") in told.out


def test_a_reader_in_a_transaction_cannot_write_either(filled: str) -> None:
    with (
        database.bound(filled, busy_timeout=5, read_only=True) as engine,
        pytest.raises(DatabaseUnusableError, match="opened read-only"),
        engine.snapshot(),
    ):
        projects.create(name="x", type="y")


def test_json_mode_refuses_writes_and_leaves_the_folder_alone(
    write_json: Write, json_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_json("projects", [PROJECT])
    before = contents(json_dir)

    assert cli_app.run(["--read-only", "projects", "get", "p"]) == 0
    capsys.readouterr()
    for command in (["projects", "create", "--name", "x", "--type", "y"], ["projects", "delete", "p"]):
        assert cli_app.run(["--read-only", *command]) == 6
        assert capsys.readouterr().err == SAID.format(name=json_dir)

    assert contents(json_dir) == before
    assert sorted(file.name for file in json_dir.iterdir()) == ["projects.json"]


def test_json_mode_does_not_complete_the_commit_of_a_dead_process(write_json: Write, json_dir: Path) -> None:
    write_json("projects", [PROJECT])
    (json_dir / ".projects.json.adops-new").write_text("[]", encoding="utf-8")
    (json_dir / ".adops-commit").write_text(json.dumps(["projects.json"]), encoding="utf-8")

    with (
        database.bound(busy_timeout=0.05, read_only=True),
        pytest.raises(DatabaseUnusableError, match="which completes them"),
    ):
        projects.list()

    with database.bound(busy_timeout=5):
        assert projects.list() == []


def test_a_mirror_that_the_server_keeps_read_only_still_says_so_itself(postgres_url: str) -> None:
    url = f"{postgres_url}&options=-cdefault_transaction_read_only%3Don"
    with database.bound(url, busy_timeout=5), pytest.raises(DatabaseUnusableError, match="it is a standby"):
        projects.create(name="x", type="y")


def test_the_engine_itself_refuses(filled: str, engine: str) -> None:
    """Not only our own checks: a statement that no command runs is refused by the engine."""
    with database.bound(filled, busy_timeout=5, read_only=True) as opened:
        table = "CREATE TABLE z (a TEXT)"
        with pytest.raises(DatabaseUnusableError, match="opened read-only"):
            opened.execute_sql(table)
    if engine == "sqlite":
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            sqlite_files.run(Path(filled), "SELECT * FROM z")
