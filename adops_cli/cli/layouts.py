"""`adops layouts`: how files with one header are read, saved once and used without options."""

import sys
from typing import Annotated

import typer

from adops_cli import render
from adops_cli.cli.listing import listing
from adops_cli.cli.options import FormatOption
from adops_cli.cli.read_options import (
    ClicksOption,
    ConversionsOption,
    DateOrderOption,
    DecimalMarkOption,
    EncodingOption,
    InCurrencyOption,
    LevelOption,
    MapOption,
    MoneyUnitOption,
    OfAccountOption,
    OfPlatformOption,
    SameDayOption,
    SheetOption,
    mapped,
)
from adops_cli.render import EVERYTHING, Column, Format, Kind, View

app = typer.Typer(
    help="Saved layouts of files, with their options.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

COLUMNS = (
    Column("name", "Layout", weight=10),
    Column("options", "Options", Kind.JSON, weight=9),
    Column("columns", "Columns", Kind.JSON, weight=5),
    Column("header", "Header", weight=3),
)


def _names(incomplete: str) -> list[str]:
    from adops_cli.settings import layouts  # noqa: PLC0415 - --help needs none

    return [one.name for one in layouts.every() if one.name.startswith(incomplete)]


NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", autocompletion=_names, help="Name of the layout.", show_default=False)
]


@app.command(epilog="Example: adops layouts save network --from network.csv --map 'Reporting day=date,Visits=clicks'")
def save(
    name: NameArgument,
    file: Annotated[
        str,
        typer.Option("--from", metavar="FILE", help="A file with this header; - reads stdin.", show_default=False),
    ],
    columns: MapOption = None,
    platform: OfPlatformOption = None,
    currency: InCurrencyOption = None,
    account: OfAccountOption = None,
    conversions: ConversionsOption = None,
    clicks: ClicksOption = None,
    level: LevelOption = None,
    encoding: EncodingOption = None,
    sheet: SheetOption = None,
    decimal_mark: DecimalMarkOption = None,
    date_order: DateOrderOption = None,
    same_day: SameDayOption = None,
    money_unit: MoneyUnitOption = None,
    format: FormatOption = Format.AUTO,
) -> None:
    """Save how files with a header are read.

    The options are those of `adops metrics import`. The file is read with them, and not imported. From then on, files
    with the same columns, in any order, are read so without options, and a notice says it. A layout with this name is
    replaced.
    """
    from adops_cli.exports.export import ReadOptions  # noqa: PLC0415 - --help needs none
    from adops_cli.importers import layouts  # noqa: PLC0415 - as above
    from adops_cli.importers.metrics import kept_options  # noqa: PLC0415 - as above

    counted, kept = kept_options.kept_apart(conversions or [])
    options = ReadOptions(
        platform=platform,
        currency=currency,
        account=account,
        conversions=counted,
        kept=kept,
        clicks=clicks,
        level=level,
        columns=mapped(columns or []),
        sheet=sheet,
        encoding=encoding,
        decimal_mark=decimal_mark,
        date_order=date_order,
        same_day=same_day,
        money_unit=money_unit,
    )
    layout, is_replaced = layouts.save(name, file, options, stdin=getattr(sys.stdin, "buffer", None))
    render.record(layout, COLUMNS, format)
    render.notice(f"{'Replaced' if is_replaced else 'Saved'} the layout {name}.")


@app.command("list", epilog="Example: adops layouts list")
@listing
def list_(format: FormatOption = Format.AUTO, view: View = EVERYTHING) -> None:
    """List the saved layouts, by name."""
    from adops_cli.settings import layouts  # noqa: PLC0415 - --help needs none

    render.rows(layouts.every(), COLUMNS, format, view=view)


@app.command(epilog="Example: adops layouts get network")
def get(name: NameArgument, format: FormatOption = Format.AUTO) -> None:
    """Show one layout."""
    from adops_cli.settings import layouts  # noqa: PLC0415 - --help needs none

    render.record(layouts.find(name), COLUMNS, format)


@app.command(epilog="Example: adops layouts delete network")
def delete(name: NameArgument) -> None:
    """Delete a layout.

    What was imported with it stays.
    """
    from adops_cli.settings import layouts  # noqa: PLC0415 - --help needs none

    layouts.remove(name)
    render.notice(f"Deleted the layout {name}.")
