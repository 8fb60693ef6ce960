"""The command groups, and the commands of the root: the summary of each in `adops --help`, and the module that has it.

Loads a group only when it is needed. `adops --help` needs none.

Shell completion shows at most 45 characters of a summary, the help listings a few more: the first sentence of each
group's and each command's help must fit.
"""

from collections.abc import Callable
from copy import copy
from functools import cache
from typing import Any, NamedTuple

import typer
from typer.core import TyperOption


class Group(NamedTuple):
    """A group as the root knows it before it is loaded."""

    help: str
    app: Callable[[], typer.Typer]


built = cache(typer.main.get_command)
"""The command of an app. Building takes half of the time of a command line in a process that runs many."""


def load_group(name: str, only: str | None = None) -> Any:
    """The group, or the command of the root, with this name, ready to run. Each command can be quiet.

    A group is built with one of its commands alone if `only` names one: a command line runs no other.
    """
    names = map(_name_of, GROUPS[name].app().registered_commands) if name in GROUPS else ()
    return _ready(name, only if only in names else None)


@cache
def _ready(name: str, only: str | None) -> Any:
    app = (GROUPS | COMMANDS)[name].app()
    command: Any = built(app) if only is None else typer.main.get_group(_with(app, only))
    command.name = name
    for found in command.commands.values() if name in GROUPS else [command]:
        found.params.append(_quiet_option(rows=found.name in ASKED_FOR_ROWS))
    return command


def _name_of(info: Any) -> str:
    return str(info.name or typer.main.get_command_name(info.callback.__name__))


def _with(app: typer.Typer, only: str) -> typer.Typer:
    """The same app with one of its commands."""
    part = copy(app)
    part.registered_commands = [info for info in app.registered_commands if _name_of(info) == only]
    return part


QUIET = ("--quiet", "-q")
ASKED_FOR_ROWS = frozenset(
    (
        *("adjustments", "explain", "gaps", "get", "history", "info", "lag", "latest", "list", "look", "movers"),
        *("pacing", "recent", "report", "restated", "rules", "run", "show", "sql", "stats", "status", "tail", "top"),
        "trend",
    )
)
"""The commands whose rows are what they were asked for. All others print what they have done."""


def _quiet_option(*, rows: bool) -> TyperOption:
    """`--quiet`, for a command whose rows were asked for or not. The commands themselves do not see it."""

    def hush(ctx: typer.Context, _option: object, is_quiet: bool) -> None:
        if is_quiet and not ctx.resilient_parsing:
            from adops_cli import render  # noqa: PLC0415 - `adops --help` writes no rows

            ctx.find_root().with_resource(render.quiet(rows=rows))

    words = "Print only errors and the rows." if rows else "Print only errors."
    return TyperOption(
        param_decls=list(QUIET), is_flag=True, default=False, expose_value=False, callback=hush, help=words
    )


def _metrics() -> typer.Typer:
    from adops_cli.cli import metrics  # noqa: PLC0415 - as in the functions below: load only the group that runs

    return metrics.app


def _imports() -> typer.Typer:
    from adops_cli.cli import imports  # noqa: PLC0415

    return imports.app


def _books() -> typer.Typer:
    from adops_cli.cli import books  # noqa: PLC0415

    return books.app


def _layouts() -> typer.Typer:
    from adops_cli.cli import layouts  # noqa: PLC0415

    return layouts.app


def _platforms() -> typer.Typer:
    from adops_cli.cli import platforms  # noqa: PLC0415

    return platforms.app


def _campaigns() -> typer.Typer:
    from adops_cli.cli import campaigns  # noqa: PLC0415

    return campaigns.app


def _budgets() -> typer.Typer:
    from adops_cli.cli import budgets  # noqa: PLC0415

    return budgets.app


def _alerts() -> typer.Typer:
    from adops_cli.cli import alerts  # noqa: PLC0415

    return alerts.app


def _projects() -> typer.Typer:
    from adops_cli.cli import projects  # noqa: PLC0415

    return projects.app


def _executions() -> typer.Typer:
    from adops_cli.cli import executions  # noqa: PLC0415

    return executions.app


def _events() -> typer.Typer:
    from adops_cli.cli import events  # noqa: PLC0415

    return events.app


def _workflows() -> typer.Typer:
    from adops_cli.cli import workflows  # noqa: PLC0415

    return workflows.app


def _db() -> typer.Typer:
    from adops_cli.cli import db  # noqa: PLC0415

    return db.app


def _export() -> typer.Typer:
    from adops_cli.cli import export  # noqa: PLC0415

    return export.app


def _config() -> typer.Typer:
    from adops_cli.cli import config  # noqa: PLC0415

    return config.app


def _brief() -> typer.Typer:
    from adops_cli.cli import brief  # noqa: PLC0415

    return brief.app


def _watch() -> typer.Typer:
    from adops_cli.cli import watch  # noqa: PLC0415

    return watch.app


def _sql() -> typer.Typer:
    from adops_cli.cli import sql  # noqa: PLC0415

    return sql.app


def _mcp() -> typer.Typer:
    from adops_cli.cli import mcp  # noqa: PLC0415

    return mcp.app


GROUPS: dict[str, Group] = {
    "metrics": Group("Daily figures: record, import, report, rank.", _metrics),
    "imports": Group("History of imported export files, with undo.", _imports),
    "books": Group("Closed periods, and what changed since.", _books),
    "layouts": Group("Saved layouts of files, with their options.", _layouts),
    "platforms": Group("Recognised platforms, and where to export.", _platforms),
    "campaigns": Group("Campaigns on the ad platforms.", _campaigns),
    "budgets": Group("Budgets: what was agreed to be spent.", _budgets),
    "alerts": Group("What is wrong: rules, findings, models.", _alerts),
    "projects": Group(
        "The team's projects. A project is a campaign, a business plan, a migration or any other work.", _projects
    ),
    "executions": Group("Executions: workflow runs, stage by stage.", _executions),
    "events": Group("Event log: what the event bus reported.", _events),
    "workflows": Group("Workflow definitions that executions run.", _workflows),
    "db": Group("Database: migrate, back up, copy and check.", _db),
    "export": Group("The figures as files for other tools.", _export),
    "config": Group("Settings, and where each one comes from.", _config),
}
"""By name, in the order that `adops --help` lists them."""
COMMANDS: dict[str, Group] = {
    "brief": Group("Write a page about a window.", _brief),
    "watch": Group("Import export files as they arrive.", _watch),
    "sql": Group("Answer one SQL statement that only reads.", _sql),
    "mcp": Group("Answer AI assistants over stdio (MCP).", _mcp),
}
"""The commands that belong to no group, listed after the groups."""
