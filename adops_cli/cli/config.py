"""`adops config`: the settings in effect. Never changes them: flags, environment variables and files do."""

from typing import Annotated

import typer

from adops_cli import render, settings
from adops_cli.cli.listing import listing
from adops_cli.cli.options import FormatOption
from adops_cli.render import EVERYTHING, Column, Format, View

app = typer.Typer(
    help="Settings, and where each one comes from.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

COLUMNS = (Column("name", "Setting", weight=10), Column("value", "Value", weight=10))
ORIGIN = Column("origin", "Origin", weight=9)


@app.callback()
def group() -> None:
    """Settings, and where each one comes from."""


@app.command(epilog="Example: adops config show --origin")
@listing
def show(
    ctx: typer.Context,
    origin: Annotated[
        bool, typer.Option("--origin", help="Show whether each comes from a flag, a variable, a file or the default.")
    ] = False,
    format: FormatOption = Format.AUTO,
    view: View = EVERYTHING,
) -> None:
    """List the settings in effect.

    They apply to every command that runs in this folder, with these variables and options. Passwords are never shown.
    """
    render.rows(settings.listed(ctx.obj), (*COLUMNS, ORIGIN) if origin else COLUMNS, format, view=view)
