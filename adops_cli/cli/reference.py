"""What the documentation shows of the commands, generated from the help texts of the commands themselves.

The README has the table, `docs/commands.md` the rest.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from adops_cli.cli import app
from adops_cli.cli.groups import COMMANDS, GROUPS, built, load_group

WIDTH = 78
"""What a terminal of 80 columns shows."""


def as_table() -> str:
    """A Markdown table with a line for each group and for each command of none."""
    rows = [
        *(f"| `{name}` | {group.help} | {_named(load_group(name).commands)} |\n" for name, group in GROUPS.items()),
        *(f"| `{name}` | {command.help} | |\n" for name, command in COMMANDS.items()),
    ]
    return "".join(("| command | what it is for | its commands |\n", "|---|---|---|\n", *rows))


def _named(commands: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in commands)


def every_command() -> dict[str, Any]:
    """The commands by their names after `adops`, such as `metrics top`, in the order of the listings."""
    grouped = {f"{group} {name}": one for group in GROUPS for name, one in load_group(group).commands.items()}
    return grouped | {name: load_group(name) for name in COMMANDS}


def as_markdown() -> str:
    """A contents list, then a section for each group with the help of each of its commands, then the other commands."""
    root = built(app.app)
    context = _context(root, "adops", None)
    contents = [f"- [adops {name}](#adops-{name}): {one.help}\n" for name, one in (GROUPS | COMMANDS).items()]
    sections = [part for name in GROUPS for part in _section(name, context)]
    sections += [_of_command(name, context) for name in COMMANDS]
    return "\n".join(("".join(contents), _help(root, context), *sections))


def _section(name: str, parent: Any) -> Iterator[str]:
    group = load_group(name)
    within = _context(group, name, parent)
    links = [f"[{command}](#adops-{name}-{command})" for command in group.commands]
    yield f"## adops {name}\n\n{GROUPS[name].help}\n\n{' · '.join(links)}\n"
    for command, found in group.commands.items():
        yield f"### adops {name} {command}\n\n{_help(found, _context(found, command, within))}"


def _of_command(name: str, parent: Any) -> str:
    command = load_group(name)
    return f"## adops {name}\n\n{_help(command, _context(command, name, parent))}"


def _context(command: Any, name: str, parent: Any) -> Any:
    return command.make_context(
        name, [], parent=parent, resilient_parsing=True, terminal_width=WIDTH, max_content_width=WIDTH
    )


def _help(command: Any, context: Any) -> str:
    return f"```text\n{command.get_help(context).strip()}\n```\n"
