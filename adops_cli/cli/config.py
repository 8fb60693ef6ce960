"""`adops config`: the settings as they are here and now. Changes none: they are set by flags, variables and files."""

from typing import Annotated

import typer

from adops_cli import render, settings
from adops_cli.cli.options import FormatOption
from adops_cli.render import Column, Format

app = typer.Typer(
    help="The settings: what they are, and who set them.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

COLUMNS = (Column("name", "Setting", weight=10), Column("value", "Value", weight=10))
ORIGIN = Column("origin", "Origin", weight=9)


@app.callback()
def group() -> None:
    """The settings: what they are, and who set them."""


@app.command(epilog="Example: adops config show --origin")
def show(
    ctx: typer.Context,
    origin: Annotated[
        bool, typer.Option("--origin", help="Where each comes from: a flag, a variable, a file, or the default.")
    ] = False,
    format: FormatOption = Format.AUTO,
) -> None:
    """List the settings that a command run here and now has; a password is not shown."""
    render.rows(settings.listed(ctx.obj), (*COLUMNS, ORIGIN) if origin else COLUMNS, format)
