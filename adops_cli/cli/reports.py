"""The commands of `adops metrics` that only read: reports, rankings and lists of daily figures."""

from contextlib import closing
from itertools import chain, islice
from typing import Annotated, Any, Literal, get_args

import typer

from adops_cli import render
from adops_cli.cli import caveats, closed, comparison, openness, sparks, windows
from adops_cli.cli.closed import AsClosedOption
from adops_cli.cli.comparison import CompareOption, SameAgeOption
from adops_cli.cli.listing import listing
from adops_cli.cli.metric_columns import (
    COVERAGE,
    FURTHER,
    GROUPS,
    LISTED,
    MOVED,
    OFFICIAL,
    RESTATED,
    ROW,
    SUMS,
    TOP,
    flat,
)
from adops_cli.cli.openness import EstimateOption, OpennessOption
from adops_cli.cli.options import (
    CampaignArgument,
    CampaignsOption,
    CsvSafeOption,
    FormatOption,
    LimitOption,
    OffsetOption,
    OfStatusOption,
    PlatformOption,
    ProjectOption,
    SortOption,
)
from adops_cli.cli.proof import noted, proven
from adops_cli.cli.sparks import SparkOption
from adops_cli.cli.windows import AsOfOption, PeriodOption, SinceOption, UntilOption
from adops_cli.measures import Measure
from adops_cli.render import EVERYTHING, Chart, Format, View
from adops_cli.values import attribute

By = Literal["platform", "project", "campaign", "day", "week", "month"]


@listing
def top(
    ctx: typer.Context,
    by: Annotated[
        Measure,
        typer.Option(
            metavar="FIGURE",
            help=f"What to rank by: {', '.join(get_args(Measure))}. For cpc and cpa, the lowest is best.",
        ),
    ] = "roas",
    limit: Annotated[int, typer.Option(min=0, metavar="N", help="List at most this many campaigns; 0 lists all.")] = 10,
    since: SinceOption = None,
    until: UntilOption = None,
    period: PeriodOption = None,
    platform: PlatformOption = None,
    project_id: ProjectOption = None,
    status: OfStatusOption = None,
    min_spend: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="Only campaigns that spent at least this much.")
    ] = None,
    min_impressions: Annotated[
        int | None, typer.Option(metavar="N", help="Only campaigns with at least this many impressions.")
    ] = None,
    min_conversions: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Only campaigns with at least this many conversions.")
    ] = None,
    bottom: Annotated[bool, typer.Option("--bottom", help="List the worst first.")] = False,
    as_of: AsOfOption = None,
    as_closed: AsClosedOption = False,
    compare: CompareOption = None,
    same_age: SameAgeOption = False,
    estimate: EstimateOption = False,
    with_openness: OpennessOption = False,
    spark: SparkOption = False,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """Rank campaigns by a figure or a ratio.

    The best come first. A ratio is calculated from a campaign's sums.
    """
    from adops_cli.data import known, reports  # noqa: PLC0415 - keeps Peewee out of --help

    sparks.check(ctx, by)
    days = windows.days(ctx, since, until, period)
    known.require("campaigns", platform=platform, project_id=project_id)
    asked = {
        **days,
        "platform": platform,
        "project_id": project_id,
        "status": status,
        "as_of": as_of,
        "as_closed": as_closed,
    }
    least: dict[str, Any] = {
        "min_spend": min_spend,
        "min_impressions": min_impressions,
        "min_conversions": min_conversions,
    }
    columns = (*TOP, FURTHER[by]) if by in FURTHER else TOP
    view = proven(ctx, view, asked, words=f"Campaigns by {by}", chart=Chart("bar", "name", [by]))
    if comparison.is_asked_for(ctx):
        comparison.ranking(ctx, by, limit, {**asked, **least, "bottom": bottom}, columns, view)
        return
    found = reports.get_top_performers(by, limit, **asked, **least, bottom=bottom)
    shown = openness.shown(ctx, found, "campaign", openness.of_campaigns(found, asked), columns)
    shown, view = sparks.added(ctx, shown, "campaign", by, asked, view)
    notes = list(caveats.of_ranking(found, by))
    render.rows(shown.rows, shown.columns, format, csv_safe=csv_safe, keep={by}, view=noted(view, notes))
    shown.tell()
    closed.tell(asked)
    render.notices(notes)
    windows.tell_empty(found, "metrics", days)


@listing
def report(
    ctx: typer.Context,
    by: Annotated[By, typer.Option(help="What to group by.")] = "platform",
    since: SinceOption = None,
    until: UntilOption = None,
    period: PeriodOption = None,
    platform: PlatformOption = None,
    project_id: ProjectOption = None,
    status: OfStatusOption = None,
    campaigns: CampaignsOption = None,
    also: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIGURE,...",
            help=f"Add further figures, where files have them: {', '.join(FURTHER)}.",
            show_default=False,
        ),
    ] = None,
    as_of: AsOfOption = None,
    as_closed: AsClosedOption = False,
    compare: CompareOption = None,
    same_age: SameAgeOption = False,
    estimate: EstimateOption = False,
    with_openness: OpennessOption = False,
    spark: SparkOption = False,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """Sum up figures by group and currency.

    Each group has one row per currency. A table ends with the total.
    """
    from adops_cli.data import known, naming, reports  # noqa: PLC0415 - keeps Peewee out of --help

    sparks.check(ctx, by)
    days = windows.days(ctx, since, until, period)
    known.require("campaigns", platform=platform, project_id=project_id)
    asked = {
        **days,
        "platform": platform,
        "project_id": project_id,
        "status": status,
        "campaign_ids": naming.ids_of(campaigns),
        "as_of": as_of,
        "as_closed": as_closed,
    }
    further: Any = dict.fromkeys(name.strip() for some in also or () for name in some.split(","))
    columns = (*GROUPS[by], *SUMS, *COVERAGE, *(FURTHER[name] for name in further if name in FURTHER))
    view = proven(ctx, view, asked, words=f"Figures by {by}", chart=_chart(by))
    if comparison.is_asked_for(ctx):
        comparison.report(ctx, by, [*further], asked, columns, view)
        return
    found = reports.report(by, also=[*further], **asked)
    shown = openness.shown(ctx, found.rows, by, asked, columns, total=found.total)
    shown, view = sparks.added(ctx, shown, by, "spend", asked, view)
    notes = list(caveats.of_report(found))
    render.rows(shown.rows, shown.columns, format, total=shown.total, csv_safe=csv_safe, view=noted(view, notes))
    shown.tell()
    closed.tell(asked)
    render.notices(notes)
    windows.tell_empty(found.rows, "metrics", days)


def _chart(by: By) -> Chart:
    """A curve over time, or a bar for the spend of each group."""
    if by in ("day", "week", "month"):
        return Chart("line", by, ["spend", "revenue"], ["roas"])
    return Chart("bar", "name" if by in ("campaign", "project") else by, ["spend"])


@listing
def list_(
    ctx: typer.Context,
    campaigns: CampaignsOption = None,
    platform: PlatformOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    period: PeriodOption = None,
    as_of: AsOfOption = None,
    as_closed: AsClosedOption = False,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    sort: SortOption = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """List daily figures, newest first."""
    from adops_cli.data import daily_listing, known, metrics, naming  # noqa: PLC0415 - keeps Peewee out of --help

    days = windows.days(ctx, since, until, period)
    known.require("campaigns", platform=platform)
    of: dict[str, Any] = {**days, "campaign_ids": naming.ids_of(campaigns), "platform": platform}
    asked = {**of, "as_of": as_of, "as_closed": as_closed}
    if view.output is None or limit or offset or sort or as_of or as_closed:
        every = (row for row in metrics.list(**asked, limit=limit, offset=offset, sort=sort))
    else:
        every = daily_listing.each(**of)  # a file takes them at once, where a reader of stdout can be slow
    columns, view = OFFICIAL if as_closed else LISTED, proven(ctx, view, asked)
    if not as_closed:
        view = noted(view, ["Amounts are in the currency of each campaign: add up those of one currency only."])
    with closing(every):
        found = list(islice(every, 1))
        render.rows(chain(found, every), columns, format, csv_safe=csv_safe, view=view)
    if as_closed:
        closed.tell({**days, "platform": platform, "as_closed": True})
    windows.tell_empty(found, "metrics", days)


@listing
def latest(
    ctx: typer.Context,
    campaign: CampaignArgument,
    days: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many days to list; days without figures do not count.")
    ] = 30,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """List the newest daily figures of a campaign."""
    from adops_cli.data import metrics, naming  # noqa: PLC0415 - keeps Peewee out of --help

    id = naming.id_of(campaign)
    found = metrics.get_latest(id, days)
    asked = {"campaign_ids": [id], "start_date": found[-1].date if found else None}
    render.rows(found, ROW, format, csv_safe=csv_safe, view=proven(ctx, view, asked))


@listing
def restated(
    ctx: typer.Context,
    since: Annotated[
        str, typer.Option(metavar="MOMENT", help="Compare with the end of a day, a time, or what an import (id) left.")
    ],
    by: Annotated[Literal["campaign", "day"], typer.Option(help="What to add up by.")] = "campaign",
    period: PeriodOption = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """List what has moved since a moment.

    The largest differences come first. The figures are sums of the days that have changed since, as they were known
    then and as they are now.
    """
    from adops_cli.data import restated as restatements  # noqa: PLC0415 - keeps Peewee out of --help

    found = restatements.restated(since, by=by, period=period)
    keys = [column.key for column in MOVED[by]]
    rows = [{key: getattr(row, attribute(key)) for key in keys} | flat(row) for row in found]
    view = proven(ctx, view, {"period": period}, words=f"What has moved since {since}")
    render.rows(rows, (*MOVED[by], *RESTATED), format, csv_safe=csv_safe, view=view)
    if not found:
        render.notice("Nothing has moved.")
