"""A PostgreSQL backup is made by PostgreSQL's own program, is complete or missing, and can be restored."""

import os
import stat
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from adops_cli import database
from adops_cli.care import maintenance
from adops_cli.data import projects
from adops_cli.errors import AdopsError, BadRequestError, ConflictError
from tests.conftest import Adops
from tests.postgres import programs


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's client programs are installed."""
    monkeypatch.setenv("PATH", f"{programs()}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.usefixtures("installed")
def test_a_dump_comes_back_with_pg_restore(postgres_url: str, bare_postgres_url: str, adops: Adops) -> None:
    with database.bound(postgres_url, busy_timeout=5):
        projects.create(id="a", name="Ä", type="x")

    made = adops("db", "backup", on=postgres_url)

    file = Path(made.out.strip())
    assert (made.code, made.err, file.parent) == (0, "", Path.cwd())
    assert "-backup-" in file.name
    assert file.suffix == ".dump"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    # Programs newer than the server complain about a setting that it does not know. Only the restored rows matter.
    subprocess.run([programs() / "pg_restore", f"--dbname={bare_postgres_url}", file], check=False)
    with database.bound(bare_postgres_url, busy_timeout=5):
        assert projects.find("a").name == "Ä"


@pytest.mark.usefixtures("installed")
def test_a_dump_overwrites_nothing_and_one_that_fails_leaves_nothing(postgres_url: str, tmp_path: Path) -> None:
    (tmp_path / "kept.dump").write_text("mine")
    with database.bound(postgres_url, busy_timeout=5):
        with pytest.raises(ConflictError, match=r"kept\.dump already exists"):
            maintenance.back_up(tmp_path / "kept.dump")
        with pytest.raises(AdopsError, match=r"the backup .*/none/x\.dump could not be made"):
            maintenance.back_up(tmp_path / "none" / "x.dump")

    assert (tmp_path / "kept.dump").read_text() == "mine"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["home", "kept.dump"]


def test_a_program_that_fails_is_told_in_one_line_and_leaves_nothing(
    postgres_url: str, tmp_path: Path, adops: Adops, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = tmp_path / "bin"
    stand_in.mkdir()
    for name in ("pg_dump", "pg_restore"):
        (stand_in / name).write_text("#!/bin/sh\necho 'pg_dump: error: server version: 99\ndetail' >&2\nexit 1\n")
        (stand_in / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{stand_in}{os.pathsep}{os.environ['PATH']}")

    failed = adops("db", "backup", tmp_path / "x.dump", on=postgres_url)

    assert failed.code == 1
    assert failed.err.count("\n") == 1
    assert "pg_dump: error: server version: 99; detail" in failed.err
    assert not list(tmp_path.glob("x.dump*"))


def test_without_the_program_a_backup_says_how_to_get_it(
    postgres_url: str, adops: Adops, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")

    missing = adops("db", "backup", on=postgres_url)

    assert missing.code == 1
    assert "pg_dump is not installed. Install PostgreSQL's clients" in missing.err


@pytest.mark.usefixtures("installed")
def test_a_password_is_no_part_of_a_command_line(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[list[str], str | None]] = []
    run: Any = subprocess.run

    def watched(command: list[str], **options: Any) -> Any:
        seen.append((command, options["env"].get("PGPASSWORD")))
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", watched)
    secret = "s/e:c@ret"  # noqa: S105 - invented
    url = postgres_url.replace("postgres@", f"postgres:{quote(secret, safe='')}@")
    with database.bound(url, busy_timeout=5):
        maintenance.back_up(tmp_path / "x.dump")

    assert not any(secret in word for command, _ in seen for word in command)
    assert seen[0][1] == secret


def test_restoring_a_file_into_a_server_says_what_to_use_instead(postgres_url: str, adops: Adops) -> None:
    refused = adops("db", "restore", "x.dump", "--yes", on=postgres_url)

    assert refused.code == 2
    assert (
        "Use `pg_restore --clean --if-exists --dbname URL FILE` to restore a dump made by `adops db backup`"
        in refused.err
    )


def test_a_server_is_no_file_to_be_copied(postgres_url: str) -> None:
    with database.bound(postgres_url) as engine, pytest.raises(BadRequestError, match="is on a server"):
        engine.require_file()
