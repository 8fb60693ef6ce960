"""The lines for cron in `docs/operations.md`, run as cron does it: with no environment, and their output is mailed."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from adops_cli import periods
from tests.conftest import ROOT, Adops
from tests.pages import PAGES
from tests.postgres import programs

[BLOCK] = re.findall(r"```crontab\n(.*?)```", PAGES["docs/operations.md"].read_text(encoding="utf-8"), re.DOTALL)
SETTINGS = dict(line.split("=", 1) for line in BLOCK.splitlines() if re.match(r"\w+=", line))
LINES = [line.split(maxsplit=5) for line in BLOCK.splitlines() if re.match(r"[\d*]", line)]
COMMANDS = {
    " ".join(found.group().split()): line[5]
    for line in LINES
    if (found := re.search(r"adops \w+( [a-z]+)?|mv", line[5]))
}
Mail = Callable[[str], tuple[int, str]]
PULL = ROOT / "fixtures" / "exports" / "google-ads" / "pull1.csv"


@pytest.fixture
def srv(tmp_path: Path) -> Path:
    """What the lines call /srv, with an export that has come in."""
    folder = tmp_path / "srv"
    for name in ("adops", "incoming", "exports/new", "exports/done"):
        (folder / name).mkdir(parents=True)
    (folder / "exports" / "new" / "pull1.csv").write_text(of_the_last_month(PULL.read_text("utf-8")), "utf-8")
    return folder


def of_the_last_month(export: str) -> str:
    """The same figures of the 31 days up to yesterday."""
    before = periods.today() - timedelta(days=32)
    return re.sub(r"2026-05-(\d\d)", lambda day: str(before + timedelta(days=int(day[1]))), export)


@pytest.fixture
def bin_(tmp_path: Path) -> Path:
    """The folder with `adops`, as an installation has it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "adops"
    script.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {sys.executable} -m adops_cli "$@"\n')
    script.chmod(0o755)
    return folder


@pytest.fixture
def mail(srv: Path, bin_: Path, database_url: str, tmp_path: Path) -> Mail:
    """Runs a command as cron does; returns its exit code, and the mail."""

    def run(command: str) -> tuple[int, str]:
        settings = {
            "HOME": str(tmp_path),
            "SHELL": "/bin/sh",
            "PATH": SETTINGS["PATH"].replace("/usr/local/bin", f"{bin_}:{programs()}"),
            "ADOPS_DATABASE_URL": database_url,
        }
        words = ["env", "-i", *(f"{name}={value}" for name, value in settings.items())]
        done = subprocess.run(
            [*words, "/bin/sh", "-c", command.replace("/srv/", f"{srv}/")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
            cwd=tmp_path,
        )
        return done.returncode, done.stdout

    return run


def test_the_lines_are_a_crontab() -> None:
    assert SETTINGS.keys() == {"PATH", "ADOPS_DATABASE_URL"}
    for *when, _command in LINES:
        assert all(re.fullmatch(r"\*(/\d+)?|\d+", field) for field in when)
    assert "%" not in BLOCK  # which cron takes for the end of the line
    assert list(COMMANDS) == [
        "adops watch",
        "adops metrics import",
        "adops metrics gaps",
        "adops events cleanup",
        "adops db backup",
        "adops db optimize",
        "adops db verify",
        "mv",
    ]


def test_each_sends_no_mail_as_long_as_nothing_is_wrong(mail: Mail, srv: Path) -> None:
    for command in COMMANDS.values():
        assert mail(command) == (0, ""), command
    shutil.copy(PULL, srv / "incoming")
    assert mail(COMMANDS["adops watch"]) == (0, "")

    assert [path.name for path in (srv / "exports" / "done").iterdir()] == ["pull1.csv"]
    assert (srv / "incoming" / "done" / "pull1.csv.json").exists()
    assert (srv / "adops" / "verify.log.1").read_text().startswith("check\tstate\t")


def test_what_is_wrong_is_mailed(mail: Mail, srv: Path) -> None:
    (srv / "exports" / "new" / "pull1.csv").write_text("nothing\n")
    code, refused = mail(COMMANDS["adops metrics import"])
    assert (code, refused.count("\n"), refused.startswith("Error: new/pull1.csv: ")) == (2, 1, True)
    (srv / "exports" / "new" / "pull1.csv").rename(srv / "incoming" / "x.csv")
    code, none = mail(COMMANDS["adops metrics import"])
    assert (code, "no file matches this pattern" in none) == (2, True)
    code, moved = mail(COMMANDS["adops watch"])
    assert (code, moved.count("\n"), moved.endswith("/incoming/refused/x.csv.\n")) == (2, 1, True)
    shutil.copy(PULL, srv / "exports" / "new")
    assert mail(COMMANDS["adops metrics import"]) == (0, "")
    code, missing = mail(COMMANDS["adops metrics gaps"])
    assert (code, missing.count("\n"), missing.startswith("google-ads: nothing since 2026-05-31")) == (3, 1, True)


def test_a_run_that_meets_another_is_left_out(mail: Mail, srv: Path) -> None:
    with subprocess.Popen(["flock", srv / "adops" / "watch.lock", "sleep", "60"]) as other:
        while subprocess.run(["flock", "-n", srv / "adops" / "watch.lock", "true"], check=False).returncode == 0:
            pass
        assert mail(COMMANDS["adops watch"]) == (0, "")
        other.terminate()


def test_a_backup_replaces_the_oldest_of_eight(mail: Mail, adops: Adops, db_file: Path) -> None:
    for day in range(10, 19):
        (db_file.parent / f"adops-backup-202101{day}T000000Z.db").touch()

    assert mail(COMMANDS["adops db backup"]) == (0, "")

    assert adops("db", "info").code == 0
    assert len(list(db_file.parent.glob("adops-backup-*.db"))) == 8
