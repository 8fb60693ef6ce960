"""Help fits where it is shown: at 80 columns no line is cut, and shell completion describes each command whole."""

import pytest

from adops_cli.cli import groups, reference
from tests.conftest import Adops

WIDTH = 80
LEVELS = ["adops", *(f"adops {name}" for name in groups.GROUPS)]


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))


def names(level: str) -> list[str]:
    """The commands of `adops`, or of one of its groups."""
    _, *group = level.split()
    return list(groups.load_group(group[0]).commands) if group else [*groups.GROUPS, *groups.COMMANDS]


def listed(adops_on: Adops, level: str) -> dict[str, str]:
    """The lines that the help of a level lists under "Commands:": each name with the text next to it."""
    listing = adops_on(*level.split()[1:], "--help").out.partition("\nCommands:\n")[2]
    return {name: words for name, _, words in (line.strip().partition("  ") for line in listing.splitlines())}


def offered(adops_on: Adops, level: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The suggestions after this level as fish gets them: each name with its description."""
    with monkeypatch.context() as shell:
        shell.setenv("_ADOPS_COMPLETE", "complete_fish")
        shell.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
        shell.setenv("_TYPER_COMPLETE_ARGS", f"{level} ")
        done = adops_on()
    assert done.code == 0
    return dict(line.split("\t") for line in done.out.splitlines())


@pytest.mark.parametrize("level", LEVELS)
def test_each_listed_command_has_its_whole_summary_on_its_line(adops_on: Adops, level: str) -> None:
    found = listed(adops_on, level)

    assert list(found) == names(level)
    assert [words for words in found.values() if not words.endswith(".") or words.endswith("...")] == []


@pytest.mark.parametrize("level", LEVELS)
def test_completion_describes_commands_in_the_words_of_the_listing(
    adops_on: Adops, level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = offered(adops_on, level, monkeypatch)

    assert found == {name: words.strip() for name, words in listed(adops_on, level).items()}
    widest = max(map(len, found))
    assert max(widest + len(" -- ") + len(words) for words in found.values()) <= WIDTH  # as zsh sets them


@pytest.mark.parametrize("command", reference.every_command())
def test_no_line_of_a_commands_help_is_cut(adops_on: Adops, command: str) -> None:
    _usage, _, rest = adops_on(*command.split(), "--help").out.partition("\n\n")

    assert [line for line in rest.splitlines() if line.endswith("...") or len(line) > WIDTH] == []
