"""Shell completion, with the protocol of each shell and in a real bash. It never prints anything else.

What is offered is asked in this process; how it is printed, and what happens around it, is tried in a new one.
"""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from adops_cli.cli import complete
from adops_cli.data import campaigns, projects
from adops_cli.data.acting import budgets
from adops_cli.database import db
from adops_cli.exports.platforms import PLATFORMS
from adops_cli.storage.choices import Platform
from adops_cli.storage.models import Campaign
from tests.conftest import ROOT, Adops, run_adops

BASH = r"""
adops() { "$PYTHON" -c 'from adops_cli.cli.app import main; main()' "$@"; }
eval "$(_ADOPS_COMPLETE=source_bash "$SCRIPT")"
COMP_WORDS=(%s); COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
_adops_completion "$SCRIPT"
printf '%%s\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The console script as an installation makes it."""
    path = tmp_path / "bin" / "adops"
    path.parent.mkdir()
    path.write_text(f"#!{sys.executable}\nfrom adops_cli.cli.app import main\nmain()\n")
    path.chmod(0o755)
    return path


def environment(database: Path | str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "ADOPS_DATABASE_URL": str(database)}


def completed(script: Path, line: str, database: Path | str) -> list[str]:
    """The suggestions in bash at the end of the line. Fails if anything else is printed."""
    words = line.split(" ")
    env = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1), "_ADOPS_COMPLETE": "complete_bash"}
    done = subprocess.run(
        [script], env={**environment(database), **env}, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.fixture
def filled(bound: object, database_url: str) -> str:
    """A database with a few rows of each kind."""
    assert bound
    projects.create_many({"id": f"proj-{name}", "name": name, "type": "jbp"} for name in ("one", "two", "gone"))
    projects.delete("proj-gone")
    campaigns.create_many(
        {"id": id, "name": "C", "platform": platform, "status": "live"}
        for id, platform in (("camp-1", "ttd"), ("camp-2", "shop-ads"))
    )
    Campaign.create(id="x;rm -rf", name="C", platform="a$(b)", status="live")  # as in an old database
    for name in ("Spring", "Autumn"):
        budgets.set_budget(name, platform="ttd", amount=1, start_date="2026-03-01", end_date="2026-03-31")
    return database_url


def offered(line: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The same suggestions, in this process."""
    words = str(len(line.split(" ")) - 1)
    for name, value in (("COMP_WORDS", line), ("COMP_CWORD", words), ("_ADOPS_COMPLETE", "complete_bash")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(complete, "_PATIENCE", 30)
    done = run_adops()
    assert (done.code, done.err) == (0, "")
    return done.out.split()


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("adops pro", ["projects"]),
        ("adops projects a", ["add-milestone"]),
        ("adops projects get ", ["proj-one", "proj-two"]),
        ("adops projects get proj-t", ["proj-two"]),
        ("adops projects list --status ", ["planning", "active", "paused", "completed", "cancelled"]),
        ("adops projects list --type ", ["jbp"]),
        ("adops executions list --status q", ["queued"]),
        ("adops campaigns list --project ", ["proj-one", "proj-two"]),
        ("adops campaigns list --status ", ["live"]),
        ("adops campaigns list --platform ", sorted([*Platform, "shop-ads"])),
        ("adops metrics import --platform ", sorted(one.name for one in PLATFORMS)),
        ("adops campaigns get ", ["camp-1", "camp-2"]),
        ("adops metrics record camp-", ["camp-1", "camp-2"]),
        ("adops budgets get S", ["Spring"]),
        ("adops metrics top --by cp", ["cpc", "cpa"]),
        ("adops campaigns list --sort s", ["status", "start_date", "synced_at"]),
        ("adops config show --o", ["--origin", "--output"]),
        ("adops projects list --limit nonsense --status ac", ["active"]),
    ],
)
def test_what_can_come_next_is_offered(
    filled: str, line: str, wanted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADOPS_DATABASE_URL", filled)

    assert sorted(offered(line, monkeypatch)) == sorted(wanted)


def test_at_most_fifty_ids_are_offered(script: Path, bound: object, database_url: str) -> None:
    assert bound
    projects.create_many({"id": f"p{number:03}", "name": "P", "type": "x"} for number in range(120))

    assert completed(script, "adops projects get p0", database_url) == [f"p{number:03}" for number in range(50)]


def test_the_database_of_the_flag_is_asked(script: Path, filled: str) -> None:
    assert completed(script, f"adops --database {filled} projects get proj-o", "elsewhere.db") == ["proj-one"]


def test_without_a_database_nothing_is_offered_or_made(script: Path, tmp_path: Path) -> None:
    assert completed(script, "adops projects get ", tmp_path / "none.db") == []
    assert not (tmp_path / "none.db").exists()


def test_a_broken_database_or_wrong_settings_are_not_mentioned(script: Path, filled: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database at all" * 100)

    assert completed(script, "adops projects get ", broken) == []
    assert completed(script, "adops projects get ", "mysql://h/d") == []
    Path("adops.toml").write_text("nonsense = [")
    assert completed(script, "adops projects get ", filled) == []
    assert completed(script, "adops projects list --status c", filled) == ["completed", "cancelled"]


@pytest.mark.usefixtures("filled")
@pytest.mark.usefixtures("db_file")
def test_a_locked_database_offers_nothing(script: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked.db"
    db.execute_sql("VACUUM INTO ?", (str(locked),))
    assert completed(script, "adops projects get proj-o", locked) == ["proj-one"]
    holder = sqlite3.connect(locked, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        assert completed(script, "adops projects get proj-o", locked) == []
    finally:
        holder.close()


def test_a_real_bash_completes_with_the_script_that_adops_prints(script: Path, filled: str) -> None:
    source = BASH % "adops projects get proj-t"
    env = {**environment(filled), "SCRIPT": str(script), "PYTHON": sys.executable}

    done = subprocess.run(["bash", "-c", source], env=env, capture_output=True, text=True, timeout=60, check=False)

    assert (done.stdout, done.stderr) == ("proj-two\n", "")


@pytest.mark.parametrize(
    ("shell", "env", "out"),
    [
        ("zsh", {}, """_arguments '*: :(("proj-one":"one"\n"proj-two":"two"))'\n"""),
        ("fish", {"_TYPER_COMPLETE_FISH_ACTION": "get-args"}, "proj-one\tone\nproj-two\ttwo\n"),
    ],
)
def test_zsh_and_fish_get_the_same_with_the_names_beside_the_ids(
    script: Path, filled: str, shell: str, env: dict[str, str], out: str
) -> None:
    asked = {"_ADOPS_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": "adops projects get ", **env}

    done = subprocess.run(
        [script], env={**environment(filled), **asked}, capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, out, "")


def test_the_help_says_how_to_install_it(adops: Adops) -> None:
    assert "--install-completion" in adops("--help").out


EVIL = """[/x] $(touch owned) `touch owned` 'a' "b" \\ :smile: [us] Müller; $HOME\n\x1b[31m!1 & | (x)"""
HARMLESS = "(/x) (touch owned) touch owned a b smile (us) Müller HOME (31m 1 & | (x)"


@pytest.mark.parametrize(
    ("shell", "env", "out"),
    [
        ("zsh", {}, f"""_arguments '*: :(("camp-1":"{HARMLESS}"))'\n"""),
        ("fish", {"_TYPER_COMPLETE_FISH_ACTION": "get-args"}, f"camp-1\t{HARMLESS}\n"),
    ],
)
def test_no_name_is_run_by_a_shell(script: Path, filled: str, shell: str, env: dict[str, str], out: str) -> None:
    Campaign.update(name=EVIL).where(Campaign.id == "camp-1").execute()
    asked = {"_ADOPS_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": "adops campaigns get camp-1", **env}

    done = subprocess.run(
        [script], env={**environment(filled), **asked}, capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, out, "")
