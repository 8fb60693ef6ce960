"""`adops metrics pacing`: whether the spend keeps pace with the budgets."""

from typing import Annotated, Any, Literal

import typer

from adops_cli import render
from adops_cli.cli.listing import listing
from adops_cli.cli.options import CsvSafeOption, FormatOption, PlatformOption, ProjectOption
from adops_cli.cli.proof import proven
from adops_cli.errors import ExitCode
from adops_cli.render import EVERYTHING, Column, Format, Kind, View


def _when_spent(row: Any) -> str:
    """The day on which the budget will be spent, if that is before the end."""
    return f"(spent on {row.runs_out})" if row.runs_out and row.runs_out < row.flight_end else ""


COLUMNS = (
    Column("budgetId", "Budget id", weight=0),
    Column("campaignId", "Campaign", weight=0),
    Column("projectId", "Project", weight=0),
    Column("name", "Name", weight=10),
    Column("platform", "Platform", weight=1),
    Column("currency", "Cur.", weight=5),
    Column("budget", "Budget", Kind.MONEY, weight=8),
    Column("flightStart", "From", Kind.DAY, weight=2),
    Column("flightEnd", "Until", Kind.DAY, weight=3),
    Column("daysTotal", "Days", Kind.COUNT, weight=1),
    Column("daysElapsed", "Over", Kind.COUNT, weight=1),
    Column("spent", "Spent", Kind.MONEY, weight=8),
    Column("expected", "Expected", Kind.MONEY, weight=4),
    Column("paceIndex", "Pace", Kind.RATIO, weight=7),
    Column("perDayNow", "Now/day", Kind.MONEY, weight=5),
    Column("perDayNeeded", "Needed/day", Kind.MONEY, weight=5),
    Column("projectedEnd", "Projected", Kind.MONEY, weight=6),
    Column("state", "State", weight=9, note=_when_spent),
    Column("confidence", "Confidence", weight=2),
    Column("dataUntil", "Data until", Kind.DAY, weight=2),
)


@listing
def pacing(
    ctx: typer.Context,
    by: Annotated[
        Literal["campaign", "project", "budget"] | None,
        typer.Option(help="What to list.", show_default="budgets, and campaigns without one"),
    ] = None,
    month: Annotated[
        str | None, typer.Option(metavar="MONTH", help="This month, such as 2026-11.", show_default="the present one")
    ] = None,
    platform: PlatformOption = None,
    project_id: ProjectOption = None,
    tolerance: Annotated[
        str, typer.Option(metavar="SHARE", help="How far from its budget a flight may end: 10% or 0.1.")
    ] = "10%",
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with code 3 if anything is over or under, or spent too early.")
    ] = False,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """Compare the spend with the budgets.

    The worst come first. Pace 1.00 is on plan. The projected end follows the weekdays of the last eight weeks, at the
    level of the last seven days.
    """
    from adops_cli.data import known  # noqa: PLC0415 - keeps Peewee out of --help
    from adops_cli.data.acting import pacing  # noqa: PLC0415 - as above

    known.require("campaigns", platform=platform, project_id=project_id)
    found = pacing.pacing(by, month=month, platform=platform, project_id=project_id, tolerance=tolerance)
    days = {
        "start_date": min((row.flight_start for row in found if row.flight_start), default=None),
        "end_date": max((row.data_until for row in found if row.data_until), default=None),
    }
    asked = {**days, "platform": platform, "project_id": project_id}
    render.rows(found, COLUMNS, format, csv_safe=csv_safe, view=proven(ctx, view, asked))
    off = any(row.is_off for row in found)
    raise typer.Exit(ExitCode.FINDINGS if exit_code and off else ExitCode.DONE)
