"""`adops platforms`: whose export files are recognised, by which headers, and where to export them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from adops_cli import render
from adops_cli.cli import complete
from adops_cli.cli.listing import listing
from adops_cli.cli.options import FormatOption
from adops_cli.render import EVERYTHING, Column, Format, Kind, View

if TYPE_CHECKING:
    from adops_cli.exports.columns.declaration import PlatformFormat

app = typer.Typer(
    help="Recognised platforms, and where to export.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

LISTED = (
    Column("name", "Platform", weight=10),
    Column("title", "Name", weight=9),
    Column("export", "Where to export", Kind.PROSE, weight=8),
)
WHOLE = (
    *LISTED,
    Column("fromMemory", "Menus from memory", Kind.FLAG, weight=3),
    Column("day", "Without days", Kind.PROSE, weight=5),
    Column("campaign", "Without campaigns", Kind.PROSE, weight=5),
    Column("spend", "Without spend", Kind.PROSE, weight=5),
    Column("clicks", "--clicks", Kind.JSON, weight=4),
    Column("columns", "Headers", Kind.JSON, weight=7),
    Column("unconfirmed", "Not confirmed", Kind.JSON, weight=3),
)


@app.command("list", epilog="Example: adops platforms list")
@listing
def list_(format: FormatOption = Format.AUTO, view: View = EVERYTHING) -> None:
    """List the recognised platforms.

    Any other daily table can be read, too, with `adops metrics import --map`.
    """
    from adops_cli.exports.platforms import known  # noqa: PLC0415 - --help needs none

    render.rows([_described(one) for one in known()], LISTED, format, view=view)


@app.command(epilog="Example: adops platforms show google-ads")
def show(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", autocompletion=complete.platforms, help="The platform.", show_default=False),
    ],
    format: FormatOption = Format.AUTO,
) -> None:
    """Show one platform.

    Says where to export the right file, and which headers are known. Headers are compared without case and
    punctuation. For each meaning, the first one that a file has counts.
    """
    from adops_cli.exports.platforms import find  # noqa: PLC0415 - --help needs none

    render.record(_described(find(name)), WHOLE, format)


def _described(platform: "PlatformFormat") -> dict[str, Any]:
    advice = platform.advice
    columns = {
        meaning: [header for choice in choices for header in choice.headers]
        for meaning, choices in platform.columns.items()
    }
    return {
        "name": platform.name,
        "title": platform.title,
        "export": advice.export,
        "fromMemory": advice.is_from_memory,
        "day": advice.day,
        "campaign": advice.campaign,
        "spend": advice.spend,
        "clicks": [*platform.clicks],
        "columns": columns,
        "unconfirmed": sorted(platform.unconfirmed),
    }
