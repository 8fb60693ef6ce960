"""`adops budgets`: what was agreed to be spent, for `adops metrics pacing`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from adops_cli import render
from adops_cli.cli import complete, options
from adops_cli.cli.listing import listing
from adops_cli.cli.options import CsvSafeOption, FormatOption, YesOption
from adops_cli.render import EVERYTHING, Column, Format, Kind, View

app = typer.Typer(
    help="Budgets: what was agreed to be spent.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

COLUMNS = (
    Column("id", "Id", weight=1, needs="name"),
    Column("name", "Name", weight=10),
    Column("campaigns", "Campaigns", Kind.JSON, weight=4),
    Column("projectId", "Project", weight=4),
    Column("platform", "Platform", weight=5),
    Column("currency", "Cur.", weight=6),
    Column("monthly", "Monthly", Kind.FLAG, weight=3),
    Column("amount", "Amount", Kind.MONEY, weight=9),
    Column("from", "From", Kind.DAY, weight=8),
    Column("until", "Until", Kind.DAY, weight=8),
    Column("shape", "Shape", weight=3),
    Column("versions", "Versions", Kind.JSON, weight=0),
    Column("createdAt", "Created", Kind.INSTANT, weight=0),
    Column("updatedAt", "Updated", Kind.INSTANT, weight=0),
)

_names = complete.words("budgets", "name")
NameArgument = Annotated[str, typer.Argument(metavar="NAME", autocompletion=_names, help="Name or id of the budget.")]


@app.callback()
def group() -> None:
    """Budgets: what was agreed to be spent."""


@app.command(
    "set",
    epilog="Example: adops budgets set spring --project proj-jbp --amount 5000 --from 2026-03-01 --until 2026-03-31",
)
def set_(
    name: Annotated[
        str, typer.Argument(metavar="NAME", autocompletion=_names, help="What you call it.", show_default=False)
    ],
    campaigns: options.CampaignsOption = None,
    project_id: options.ProjectOption = None,
    platform: options.PlatformOption = None,
    amount: Annotated[str | None, typer.Option(metavar="AMOUNT", help="What may be spent.")] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="Its currency; needed if the campaigns have several.")
    ] = None,
    start_date: Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day of the flight.")] = None,
    end_date: Annotated[str | None, typer.Option("--until", metavar="DAY", help="Last day, inclusive.")] = None,
    shape: Annotated[
        Literal["even", "weekday", "ahead", "asap"] | None,
        typer.Option(help="How it is to be spread over the days.", show_default="even"),
    ] = None,
    monthly: Annotated[
        bool | None, typer.Option("--monthly/--once", help="The amount is for each calendar month.")
    ] = None,
    effective: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="The change holds from this day; without it, the budget is corrected."),
    ] = None,
    format: FormatOption = Format.AUTO,
) -> None:
    """Create or change a budget.

    What is not given stays as it is. A budget is for some campaigns, a project, a platform, or a project on a platform.
    """
    from adops_cli.data import known, naming  # noqa: PLC0415 - keeps Peewee out of --help
    from adops_cli.data.acting import budgets  # noqa: PLC0415 - as above

    known.require("campaigns", platform=platform)
    done = budgets.set_budget(
        name,
        **options.given(
            campaign_ids=[naming.id_of(one, whole=True) for one in campaigns or ()] or None,
            project_id=project_id,
            platform=platform,
            amount=amount,
            currency=currency,
            start_date=start_date,
            end_date=end_date,
            shape=shape,
            monthly=monthly,
            effective=effective,
        ),
    )
    render.record(done, COLUMNS, format)


@app.command("import", epilog="Example: adops budgets import budgets.csv")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with a heading, a JSON list or NDJSON.")],
    format: FormatOption = Format.AUTO,
) -> None:
    """Set many budgets from a file.

    Its columns are name, campaign (several with ; between them), project, platform, amount, currency, from, until,
    shape, monthly and effective. Rows with a day are a plan: the amount of each day. If one is wrong, none is set.
    """
    from adops_cli.importers import budgets  # noqa: PLC0415 - keeps Peewee out of --help

    render.rows(budgets.import_file(file), COLUMNS, format)


@app.command("list", epilog="Example: adops budgets list --sort -amount")
@listing
def list_(format: FormatOption = Format.AUTO, csv_safe: CsvSafeOption = False, view: View = EVERYTHING) -> None:
    """List budgets by name.

    Each is shown as it was agreed last.
    """
    from adops_cli.data.acting import budgets  # noqa: PLC0415 - keeps Peewee out of --help

    render.rows(budgets.list(), COLUMNS, format, csv_safe=csv_safe, view=view)


@app.command(epilog="Example: adops budgets get spring --format json")
def get(name: NameArgument, format: FormatOption = Format.AUTO) -> None:
    """Show a budget with all its versions."""
    from adops_cli.data.acting import budgets  # noqa: PLC0415 - keeps Peewee out of --help

    render.record(budgets.find(name), COLUMNS, format)


@app.command(epilog="Example: adops budgets delete spring --yes")
def delete(name: NameArgument, yes: YesOption = False) -> None:
    """Delete a budget with all its versions.

    This cannot be undone.
    """
    from adops_cli.data.acting import budgets  # noqa: PLC0415 - keeps Peewee out of --help

    found = budgets.find(name)
    options.confirm(f"Delete budget {found.name} ({found.id})?", yes=yes)
    budgets.delete(found.id)
    render.notice(f"Deleted budget {found.name}.")
