"""`adops metrics lag`: how late conversions and revenue are reported."""

from typing import Annotated

import typer

from adops_cli import render
from adops_cli.cli.listing import listing
from adops_cli.cli.options import CsvSafeOption, FormatOption, PlatformOption
from adops_cli.render import EVERYTHING, Column, Format, Kind, View

COLUMNS = (
    Column("platform", "Platform", weight=8),
    Column("account", "Account", weight=8),
    Column("figure", "Figure", weight=9),
    Column("age", "Age", Kind.COUNT, weight=10),
    Column("completion", "Completion", Kind.PERCENT, weight=10),
    Column("days", "Days", Kind.COUNT, weight=7),
    Column("value", "Value", Kind.QUANTITY, weight=6),
)


@listing
def lag(
    platform: PlatformOption = None,
    account: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this account of a platform.", show_default=False)
    ] = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """List how complete late figures are by age.

    Late figures are conversions and revenue, and the age is the number of days from a day to an import. Imports of the
    last five months tell what each day was known to be at each age; days and value are what stands behind the step from
    an age to the next. A completion needs 14 days behind each later step, 10 conversions a day, and imports that reach
    as far back as figures still change.
    """
    from adops_cli.data import known, runoff  # noqa: PLC0415 - keeps Peewee out of --help

    known.require("campaigns", platform=platform)
    found = runoff.get_lag(platform=platform, account=account)
    render.rows(found, COLUMNS, format, csv_safe=csv_safe, view=view)
    for words in found.unknown:
        render.notice(f"No completion of {words}.")
