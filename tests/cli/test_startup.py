"""Start-up stays light: groups load when they run, and heavy imports are in the commands that need them."""

import subprocess
import sys
from pathlib import Path

import pytest

import adops_cli
from adops_cli.cli import groups, reference
from tests.conftest import Adops

HEAVY = (
    "rich",
    "pydantic",
    "peewee_migrate",
    "unittest.mock",
    "playhouse",
    "filelock",
    "tomllib",
    "tomlkit",
    "psycopg.pq",
    "xlsxwriter",
    "jinja2",
    "leather",
    "babel",
    "pyarrow",
)


def imported(db_file: Path, *command: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "adops_cli", "--database", str(db_file), *command],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


def test_top_as_json_imports_nothing_heavy(db_file: Path) -> None:
    modules = imported(db_file, "metrics", "top", "--period", "30d", "--format", "json")

    assert "peewee" in modules
    assert [name for name in HEAVY if name in modules] == []


def test_help_imports_no_database(db_file: Path) -> None:
    modules = imported(db_file, "--help")

    needless = ("peewee", "json", "adops_cli.database", "adops_cli.cli.metrics", *HEAVY)
    assert [name for name in needless if name in modules] == []


@pytest.mark.parametrize("name", groups.GROUPS)
def test_each_group_loads_and_is_described_as_in_the_root_help(name: str) -> None:
    assert groups.load_group(name).help == groups.GROUPS[name].help


@pytest.mark.parametrize("name", reference.every_command())
def test_every_command_explains_itself_with_an_example(adops_on: Adops, name: str) -> None:
    result = adops_on(*name.split(), "--help")

    assert result.code == 0
    assert f"Usage: adops {name}" in result.out
    assert f"Example: adops {name}" in " ".join(result.out.split())
    command = reference.every_command()[name]
    assert all(option.help for option in command.params), f"{name} has an option without help"


def test_help_touches_no_database(adops_on: Adops, tmp_path: Path) -> None:
    assert adops_on("metrics", "top", "--help", on=tmp_path / "none.db").code == 0
    assert not (tmp_path / "none.db").exists()


def test_the_version_is_printed(adops_on: Adops) -> None:
    assert adops_on("--version").out == f"adops {adops_cli.__version__}\n"


@pytest.mark.parametrize("command", [["-V"], ["version"]])
def test_the_version_is_printed_however_one_asks(adops_on: Adops, command: list[str]) -> None:
    assert adops_on(*command).out == f"adops {adops_cli.__version__}\n"


@pytest.mark.parametrize("path", [[], ["metrics"], ["metrics", "top"]])
def test_help_is_the_help_of_a_command(adops_on: Adops, path: list[str]) -> None:
    said, asked = adops_on("help", *path), adops_on(*path, "--help")

    assert (said.code, said.out, said.err) == (0, asked.out, "")


def test_help_and_version_need_no_sound_settings(adops_on: Adops) -> None:
    Path("adops.toml").write_text("nonsense", encoding="utf-8")

    assert adops_on("help", "config").code == 0
    assert adops_on("version").code == 0


def test_help_imports_no_database_either(db_file: Path) -> None:
    assert "peewee" not in imported(db_file, "help", "db") - imported(db_file, "db", "--help")


def test_a_command_line_builds_the_command_that_it_runs_and_a_mistyped_one_knows_all() -> None:
    assert [*groups.load_group("metrics", "top").commands] == ["top"]
    for only in ("tpo", None):
        command = groups.load_group("metrics", only)
        assert {"top", "report"} <= command.commands.keys()
        assert [one.name for one in command.commands["top"].params].count("quiet") == 1
