"""`adops config`: the settings in effect, and the two files that they can come from."""

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


def _names(incomplete: str) -> list[str]:
    return [name for name in settings.NAMES if name.startswith(incomplete)]


NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="The setting, as `config show` lists it.", autocompletion=_names)
]
LocalOption = Annotated[
    bool, typer.Option("--local", help="Use ./adops.toml, which applies in this folder, instead of your own file.")
]


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
    found = settings.load(ctx.find_root().params)
    render.rows(settings.listed(found), (*COLUMNS, ORIGIN) if origin else COLUMNS, format, view=view)
    if not found.trusted:
        render.notice("You have not trusted the file that names this server; `adops config trust` does.")


@app.command("set", epilog="Example: adops config set timezone Europe/Berlin")
def set_(
    name: NameArgument,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="Its value.", show_default=False)],
    local: LocalOption = False,
) -> None:
    """Set a value in your settings file.

    The file is created if it is missing; its other lines stay as they are. A variable or an option overrides it. A
    server that is set with --local is trusted.
    """
    file, written = settings.put(name, value, local=local)
    shown = str(written).lower() if isinstance(written, bool) else settings.without_password(str(written))
    render.notice(f"Set {name} to {shown} in {file}.")


@app.command(epilog="Example: adops config unset timezone")
def unset(name: NameArgument, local: LocalOption = False) -> None:
    """Remove a value from your settings file."""
    file, had_it = settings.remove(name, local=local)
    render.notice(f"Removed {name} from {file}." if had_it else f"Nothing to do: {file} does not set {name}.")


@app.command(epilog="Example: adops config init --local")
def init(local: LocalOption = False) -> None:
    """Create a settings file to edit.

    It names every setting with its default, as a comment. A file that exists is not touched.
    """
    render.line(str(settings.start_file(local=local)))


@app.command(epilog="Example: adops config trust")
def trust() -> None:
    """Trust the server that ./adops.toml names.

    Anybody may have put this file into the folder, and your passwords would be sent to that server. So a server in it
    is only used once you have trusted the file. If the file changes, it must be trusted again.
    """
    file, database = settings.trust_project_file()
    named = f", which names {settings.without_password(database)}" if settings.is_server(database) else ""
    render.notice(f"Trusted {file} as it is now{named}.")
