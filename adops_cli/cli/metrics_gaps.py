"""`adops metrics gaps`: what is missing in the daily figures, made for cron."""

from typing import Annotated, Any

import typer

from adops_cli import render
from adops_cli.cli import windows
from adops_cli.cli.listing import listing
from adops_cli.cli.options import CsvSafeOption, FormatOption, PlatformOption, ProjectOption
from adops_cli.cli.proof import proven
from adops_cli.cli.windows import PeriodOption, SinceOption, UntilOption
from adops_cli.errors import ExitCode
from adops_cli.render import EVERYTHING, Column, Format, Kind, View

COLUMNS = (
    Column("kind", "What", weight=10),
    Column("platform", "Platform", weight=2),
    Column("account", "Account", weight=2),
    Column("campaignId", "Campaign", weight=0),
    Column("name", "Name", weight=1),
    Column("from", "From", Kind.DAY, weight=5),
    Column("to", "To", Kind.DAY, weight=4),
    Column("days", "Days", Kind.COUNT, weight=6),
    Column("message", "Message", Kind.PROSE, weight=9),
)


@listing
def gaps(
    ctx: typer.Context,
    since: SinceOption = None,
    until: UntilOption = None,
    period: PeriodOption = None,
    platform: PlatformOption = None,
    account: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this account of a platform.", show_default=False)
    ] = None,
    project_id: ProjectOption = None,
    max_age: Annotated[str, typer.Option(metavar="DAYS", help="How old the newest day of an account may be.")] = "2d",
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """List what is missing in the figures.

    That is: days between others of an account (missing_day), accounts with no newer day (stale), campaigns without
    further figures that are neither paused nor over (stopped), and days that only a partial file has set (partial). The
    exit code is 3 if there are any. An account that has reported daily for two weeks is expected to go on; the table
    [expect] of the settings says otherwise.
    """
    from adops_cli.data import coverage, known  # noqa: PLC0415 - keeps Peewee out of --help

    days = windows.days(ctx, since, until, period)
    known.require("campaigns", platform=platform, project_id=project_id)
    asked: dict[str, Any] = {**days, "platform": platform, "project_id": project_id}
    found = coverage.gaps(**asked, account=account, max_age=max_age, expect=ctx.obj.expect)
    render.rows(found, COLUMNS, format, csv_safe=csv_safe, view=proven(ctx, view, asked))
    raise typer.Exit(ExitCode.FINDINGS if found else ExitCode.DONE)
