"""The command reference of the README, made from the help texts of the commands themselves."""

from typing import Any

import typer

from adops_cli.cli import app

WIDTH = 100


def as_markdown() -> str:
    """A section for each group, with the help of each of its commands."""
    parts = [_help("adops", typer.main.get_command(app.app))]
    for name, text in app.GROUPS.items():
        group = app.load(name)
        parts.append(f"### adops {name}\n\n{text}\n")
        parts.extend(_help(f"adops {name} {command}", found) for command, found in group.commands.items())
    return "\n".join(parts)


def _help(path: str, command: Any) -> str:
    context = command.make_context(path, [], resilient_parsing=True, terminal_width=WIDTH, max_content_width=WIDTH)
    return f"```text\n{command.get_help(context).strip()}\n```\n"
