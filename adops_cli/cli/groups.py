"""The command groups: the summary of each in `adops --help`, and the module with its commands.

Loads a group only when it is needed. `adops --help` needs none.

Shell completion shows at most 45 characters of a summary, the help listings a few more: the first sentence of each
group's and each command's help must fit.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import typer


class Group(NamedTuple):
    """A group as the root knows it before it is loaded."""

    help: str
    app: Callable[[], typer.Typer]


def load_group(name: str) -> Any:
    """The group with this name, ready to run."""
    command: Any = typer.main.get_command(GROUPS[name].app())
    command.name = name
    return command


def _metrics() -> typer.Typer:
    from adops_cli.cli import metrics  # noqa: PLC0415 - as in the functions below: load only the group that runs

    return metrics.app


def _imports() -> typer.Typer:
    from adops_cli.cli import imports  # noqa: PLC0415

    return imports.app


def _campaigns() -> typer.Typer:
    from adops_cli.cli import campaigns  # noqa: PLC0415

    return campaigns.app


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


def _config() -> typer.Typer:
    from adops_cli.cli import config  # noqa: PLC0415

    return config.app


GROUPS: Mapping[str, Group] = {
    "metrics": Group("Daily figures: record, import, report, rank.", _metrics),
    "imports": Group("History of imported export files, with undo.", _imports),
    "campaigns": Group("Campaigns on the ad platforms.", _campaigns),
    "projects": Group(
        "The team's projects. A project is a campaign, a business plan, a migration or any other work.", _projects
    ),
    "executions": Group("Executions: workflow runs, stage by stage.", _executions),
    "events": Group("Event log: what the event bus reported.", _events),
    "workflows": Group("Workflow definitions that executions run.", _workflows),
    "db": Group("Database: migrate, back up, copy and check.", _db),
    "config": Group("Settings, and where each one comes from.", _config),
}
"""By name, in the order that `adops --help` lists them."""
