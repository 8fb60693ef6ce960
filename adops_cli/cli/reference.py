"""The README's command reference, generated from the help texts of the commands themselves."""

from typing import Any

import typer

from adops_cli.cli import app
from adops_cli.cli.groups import GROUPS, load_group

WIDTH = 100


def as_markdown() -> str:
    """A section for each group, with the help of each command in it."""
    root = typer.main.get_command(app.app)
    context = _context(root, "adops", None)
    parts = [_help(root, context)]
    for name, known in GROUPS.items():
        parts.append(f"### adops {name}\n\n{known.help}\n")
        group = load_group(name)
        within = _context(group, name, context)
        parts.extend(_help(found, _context(found, command, within)) for command, found in group.commands.items())
    return "\n".join(parts)


def _context(command: Any, name: str, parent: Any) -> Any:
    return command.make_context(
        name, [], parent=parent, resilient_parsing=True, terminal_width=WIDTH, max_content_width=WIDTH
    )


def _help(command: Any, context: Any) -> str:
    return f"```text\n{command.get_help(context).strip()}\n```\n"
