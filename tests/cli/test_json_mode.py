"""The command line in JSON mode, and `adops db export-json`."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from adops_cli.cli import app as cli_app
from tests.conftest import ROOT, Adops


def test_the_same_commands_work_on_the_files(json_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    json_dir.mkdir()
    (json_dir / "projects.json").write_text('[{"id": "p", "name": "P", "type": "t", "odd": 1}]')

    assert cli_app.run(["projects", "update", "p", "--name", "new"]) == 0
    assert cli_app.run(["campaigns", "create", "--id", "c", "--name", "C", "--platform", "ttd", "--project", "p"]) == 0
    assert cli_app.run(["metrics", "record", "c", "2026-01-01", "--spend", "1.10"]) == 0
    capsys.readouterr()
    assert cli_app.run(["projects", "list", "--format", "json"]) == 0

    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == ["new"]
    assert json.loads((json_dir / "projects.json").read_text())[0]["odd"] == 1
    assert json.loads((json_dir / "metrics.json").read_text())[0]["spend"] == 1.1


def test_sample_data_goes_into_the_files(json_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli_app.run(["db", "seed"]) == 0
    assert cli_app.run(["metrics", "top", "--format", "json"]) == 0
    assert capsys.readouterr().out
    assert len(json.loads((json_dir / "metrics.json").read_text())) == 100


@pytest.mark.parametrize("command", [["migrate"], ["rollback", "--yes"], ["status"], ["backup"], ["migrate", "--plan"]])
def test_commands_for_a_database_say_that_there_is_none(
    json_dir: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli_app.run(["db", *command]) == 2

    assert capsys.readouterr().err == (
        f"Error: there is no database in JSON mode: the data are the files in {json_dir}. "
        "Unset USE_DATABASE, or name a database with --database\n"
    )
    assert not json_dir.exists()


def test_a_file_that_cannot_be_read_is_one_line(json_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    json_dir.mkdir()
    (json_dir / "events.json").write_text("[\n  {,}\n]")

    assert cli_app.run(["projects", "create", "--name", "x", "--type", "y"]) == 6

    err = capsys.readouterr().err
    assert err.startswith(f"Error: {json_dir}/events.json is not JSON: ")
    assert "at line 2, column 4" in err
    assert err.count("\n") == 1
    assert not (json_dir / "projects.json").exists()


def test_a_held_lock_ends_with_75(json_dir: Path) -> None:
    json_dir.mkdir()
    program = (
        "import sys, filelock\nwith filelock.FileLock(sys.argv[1]):\n  print('held', flush=True)\n  sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(json_dir / ".adops-lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"

    done = subprocess.run(
        [sys.executable, "-m", "adops_cli", "--busy-timeout", "0.1", "projects", "create", "--name=x", "--type=y"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    holder.communicate("")

    assert done.returncode == 75
    assert done.stderr.startswith(f"Error: another process is writing to {json_dir}; gave up after 0.1 s")
    assert list(json_dir.glob("*.json")) == []


def test_export_lists_what_it_wrote(adops: Adops, tmp_path: Path) -> None:
    assert adops("db", "seed").code == 0

    text = adops("db", "export-json", tmp_path / "out")
    data = adops("db", "export-json", tmp_path / "deep" / "out", "--format", "json")

    assert text.out.splitlines()[:2] == ["file\trecords", "projects.json\t5"]
    assert {"file": "metrics.json", "records": 100} in data.json()
    for name in ("projects", "workflows", "executions", "campaigns", "events", "metrics"):
        assert (tmp_path / "out" / f"{name}.json").read_bytes() == (
            tmp_path / "deep" / "out" / f"{name}.json"
        ).read_bytes()


def test_export_does_not_wait_for_a_writer(adops: Adops, db_file: Path, tmp_path: Path) -> None:
    adops("projects", "create", "--name", "x", "--type", "t")
    holder = sqlite3.connect(db_file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    holder.execute("DELETE FROM projects")

    result = adops("--busy-timeout", "0", "db", "export-json", tmp_path / "out")

    holder.execute("ROLLBACK")
    holder.close()
    assert result.code == 0
    assert len(json.loads((tmp_path / "out" / "projects.json").read_text())) == 1


def test_export_overwrites_nothing_and_leaves_nothing_half(adops: Adops, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "projects.json").write_text("mine")

    refused = adops("db", "export-json", folder)
    missing = adops("db", "export-json", tmp_path / "other", on="missing.db")

    assert refused.code == 5
    assert refused.err == (f"Error: {folder} is not empty, and an export overwrites nothing. Name a new folder\n")
    assert (folder / "projects.json").read_text() == "mine"
    assert missing.code == 6
    assert not (tmp_path / "other").exists()


def test_export_that_fails_leaves_nothing(adops: Adops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = adops("db", "export-json", tmp_path / "parent" / "out")

    assert result.code == 1
    assert "cannot be written: the disk is full. Nothing was exported" in result.err
    assert list((tmp_path / "parent").iterdir()) == []


def test_the_dirt_of_old_files_is_told_once_and_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("projects", "executions", "events"):
        (tmp_path / f"{name}.json").write_bytes((ROOT / "fixtures" / "legacy" / f"{name}.json").read_bytes())
    before = {file.name: file.read_bytes() for file in tmp_path.glob("*.json")}
    monkeypatch.setenv("USE_DATABASE", "false")
    monkeypatch.setenv("ADOPS_JSON_DIR", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "adops_cli", "events", "list", "--limit", "0", "--format", "ndjson"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        cwd=ROOT,
        timeout=60,
    )

    assert done.stdout.count("\n") == 402
    assert done.stderr.startswith("8 records cannot be read and will not be changed. The first: ")
    assert done.stderr.count("\n") == 1
    assert {file.name: file.read_bytes() for file in tmp_path.glob("*.json")} == before
