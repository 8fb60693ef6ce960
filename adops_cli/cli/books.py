"""`adops books`: close a period, and see what has changed since."""

from typing import Annotated, Any

import typer

from adops_cli import render
from adops_cli.cli import options
from adops_cli.cli.listing import listing
from adops_cli.cli.options import CsvSafeOption, FormatOption, PlatformOption, ProjectOption, YesOption
from adops_cli.errors import ExitCode
from adops_cli.render import EVERYTHING, Column, Format, Kind, View

app = typer.Typer(
    help="Closed periods, and what changed since.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

COLUMNS = (
    Column("period", "Period", weight=10),
    Column("from", "From", Kind.DAY, weight=5),
    Column("to", "To", Kind.DAY, weight=5),
    Column("platform", "Platform", weight=6),
    Column("account", "Account", weight=6),
    Column("project", "Project", weight=6),
    Column("closedAt", "Closed", Kind.INSTANT, weight=9),
    Column("closedBy", "By", weight=4),
    Column("totals", "Totals", Kind.JSON, weight=3),
    Column("hash", "SHA-256", weight=2),
    Column("gaps", "Gaps", Kind.COUNT, weight=7),
    Column("openDays", "Open days", Kind.COUNT, weight=7),
    Column("adjustments", "Adjustments", Kind.COUNT, weight=9),
    Column("adjusted", "Adjusted", Kind.JSON, weight=3),
    Column("campaigns", "Campaigns", Kind.COUNT, weight=4),
    Column("days", "Days", Kind.COUNT, weight=4),
    Column("reasons", "Reasons", Kind.JSON, weight=0),
    Column("id", "Id", weight=0),
    Column("previous", "Seal before", weight=0),
    Column("seal", "Seal", weight=0),
)
LISTED = (*COLUMNS, Column("reopenedAt", "Reopened", Kind.INSTANT, weight=8))
ADJUSTMENTS = (
    Column("campaignId", "Campaign", weight=6, needs="name"),
    Column("name", "Name", weight=10),
    Column("platform", "Platform", weight=4),
    Column("currency", "Cur.", weight=7),
    Column("date", "Date", Kind.DAY, weight=9),
    Column("figure", "Figure", weight=9),
    Column("official", "Official", Kind.QUANTITY, weight=8),
    Column("now", "Now", Kind.QUANTITY, weight=8),
    Column("delta", "Change", Kind.QUANTITY, weight=9),
    Column("batchId", "Batch", weight=3),
    Column("at", "At", Kind.INSTANT, weight=5),
)
ALTERED = (
    Column("closeId", "Close", weight=6),
    Column("period", "Period", weight=9),
    Column("message", "Finding", Kind.PROSE, weight=10),
)
AccountOption = Annotated[str | None, typer.Option(metavar="ID", help="Only this account.", show_default=False)]
PeriodArgument = Annotated[str, typer.Argument(metavar="PERIOD", help="A month such as 2026-10, or another window.")]


def row_of(one: Any) -> dict[str, Any]:
    """A statement under its public names."""
    return {key: getattr(one, _NAMES.get(key, key)) for key in (column.key for column in LISTED)}


_NAMES = {
    "from": "from_",
    "closedAt": "closed_at",
    "closedBy": "closed_by",
    "openDays": "open_days",
    "reopenedAt": "reopened_at",
}


@app.command(epilog="Example: adops books close --period 2026-10")
def close(
    period: Annotated[str, typer.Option(metavar="WINDOW", help="A month such as 2026-10, or another window.")],
    platform: PlatformOption = None,
    account: AccountOption = None,
    project_id: ProjectOption = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Close although days are missing or not final; the reasons are kept.")
    ] = False,
    format: FormatOption = Format.AUTO,
) -> None:
    """Make the figures of a period official.

    Later imports still correct the figures; what they change in a closed period is an adjustment. Ends with 1 while
    days are missing or not final.
    """
    from adops_cli.data import books, known  # noqa: PLC0415 - keeps Peewee out of --help

    known.require("campaigns", platform=platform, project_id=project_id)
    done = books.close(period, platform=platform, account=account, project_id=project_id, anyway=anyway)
    render.record(row_of(done), COLUMNS, format)


@app.command("list", epilog="Example: adops books list")
@listing
def list_(format: FormatOption = Format.AUTO, csv_safe: CsvSafeOption = False, view: View = EVERYTHING) -> None:
    """List closed periods, newest first.

    Those that were reopened are listed, too.
    """
    from adops_cli.data import books  # noqa: PLC0415 - keeps Peewee out of --help

    render.rows([row_of(one) for one in books.list()], LISTED, format, csv_safe=csv_safe, view=view)


@app.command(epilog="Example: adops books get 2026-10 --format json")
def get(
    period: PeriodArgument,
    platform: PlatformOption = None,
    account: AccountOption = None,
    project_id: ProjectOption = None,
    format: FormatOption = Format.AUTO,
) -> None:
    """Show a closed period.

    Its sums and its hash are official; adjustments count what has changed since.
    """
    from adops_cli.data import books  # noqa: PLC0415 - keeps Peewee out of --help

    found = books.get(period, platform=platform, account=account, project_id=project_id)
    render.record(row_of(found), COLUMNS, format)


@app.command(epilog="Example: adops books reopen 2026-10")
def reopen(
    period: PeriodArgument,
    platform: PlatformOption = None,
    account: AccountOption = None,
    project_id: ProjectOption = None,
    yes: YesOption = False,
) -> None:
    """Reopen a closed period.

    Its figures are no longer official. The close and the reopening stay in the list.
    """
    from adops_cli.data import books  # noqa: PLC0415 - keeps Peewee out of --help

    scope = {"platform": platform, "account": account, "project_id": project_id}
    found = books.get(period, **scope)
    options.confirm(f"Reopen {found.period}, closed on {found.closed_at:%Y-%m-%d}?", yes=yes)
    books.reopen(period, **scope)
    render.notice(f"Reopened {found.period}.")


@app.command(epilog="Example: adops books adjustments --period 2026-10")
@listing
def adjustments(
    period: Annotated[
        str | None, typer.Option(metavar="WINDOW", help="Only what is closed in this window.", show_default=False)
    ] = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """List what has changed in closed figures.

    One row for each batch, day and figure: what is official, what it is since that batch, and the change itself.
    """
    from adops_cli.data import books  # noqa: PLC0415 - keeps Peewee out of --help

    render.rows(books.adjustments(period), ADJUSTMENTS, format, csv_safe=csv_safe, view=view)


@app.command(epilog="Example: adops books verify")
@listing
def verify(format: FormatOption = Format.AUTO, csv_safe: CsvSafeOption = False, view: View = EVERYTHING) -> None:
    """Find what was altered in closed periods.

    Compares the rows and sums of each close with its hash, and the seals with one another. Ends with 3 if something is
    wrong. A list that was written anew as a whole shows only against a seal that you keep elsewhere.
    """
    from adops_cli.data import books  # noqa: PLC0415 - keeps Peewee out of --help

    found = books.verify()
    render.rows(found, ALTERED, format, csv_safe=csv_safe, view=view)
    if found:
        raise typer.Exit(ExitCode.FINDINGS)
    render.notice("Every close is as it was made.")
