"""The reference is that of the commands as they are, and as a terminal shows it."""

import re

import pytest

from adops_cli.cli import reference
from tests.conftest import ROOT, Adops


def test_every_command_stands_on_its_page_with_its_help() -> None:
    written = reference.as_markdown()

    assert written in (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for name in reference.every_command():
        assert f"Usage: adops {name}" in written


@pytest.mark.usefixtures("db_file")
@pytest.mark.parametrize("command", [[], ["metrics", "import"], ["db", "shell"]])
def test_the_help_is_what_a_terminal_of_80_columns_shows(adops_process: Adops, command: list[str]) -> None:
    shown = adops_process(*command, "--help", COLUMNS="80").out

    assert f"```text\n{shown.strip()}\n```\n" in reference.as_markdown()


def test_no_option_is_explained_in_the_words_of_python() -> None:
    assert not re.findall(r"--[a-z-]+ <(?:str|int|float|bool)\b.*", reference.as_markdown())
