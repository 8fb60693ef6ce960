"""The README's reference is that of the commands as they are."""

import re

from adops_cli.cli import groups, reference
from tests.conftest import ROOT


def test_every_command_stands_in_the_readme_with_its_help() -> None:
    written = reference.as_markdown()

    assert written in (ROOT / "README.md").read_text(encoding="utf-8")
    for group in groups.GROUPS:
        for name in groups.load_group(group).commands:
            assert f"Usage: adops {group} {name}" in written


def test_no_option_is_explained_in_the_words_of_python() -> None:
    assert not re.findall(r"--[a-z-]+ <(?:str|int|float|bool)\b.*", reference.as_markdown())
