"""`adops metrics`: record, import and list daily figures, report on them, and rank campaigns by them."""

from typing import Annotated, Any, Literal

import typer

from adops_cli import render
from adops_cli.cli import caveats, from_file, metrics_import, options, windows
from adops_cli.cli.from_file import FromOption, RejectsOption
from adops_cli.cli.listing import listing
from adops_cli.cli.options import (
    CampaignArgument,
    CampaignsOption,
    CsvSafeOption,
    FormatOption,
    LimitOption,
    MergeMetadataOption,
    OffsetOption,
    OptionalCampaignArgument,
    PlatformOption,
    ProjectOption,
    ReplaceMetadataOption,
    SortOption,
    WholeCampaignArgument,
    YesOption,
)
from adops_cli.cli.windows import PeriodOption, SinceOption, UntilOption
from adops_cli.errors import BadRequestError
from adops_cli.measures import Measure
from adops_cli.periods import ONE_DAY
from adops_cli.render import EVERYTHING, Column, Format, Kind, View

app = typer.Typer(
    help="Daily figures: record, import, report, rank.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

SUMS = (
    Column("impressions", "Impressions", Kind.COUNT, weight=4),
    Column("clicks", "Clicks", Kind.COUNT, weight=5),
    Column("conversions", "Conversions", Kind.QUANTITY, weight=6),
    Column("spend", "Spend", Kind.MONEY, weight=8, needs="currency"),
    Column("revenue", "Revenue", Kind.MONEY, weight=7, needs="currency"),
    Column("ctr", "CTR", Kind.PERCENT, weight=4),
    Column("cpc", "CPC", Kind.RATIO, weight=4, needs="currency"),
    Column("cpa", "CPA", Kind.RATIO, weight=5, needs="currency"),
    Column("cvr", "CVR", Kind.PERCENT, weight=3),
    Column("roas", "ROAS", Kind.RATIO, weight=9),
)


def _days_of_week(row: Any) -> str:
    """The days of a week that a row covers, such as `(Wed-Sun)`; nothing for a whole week."""
    first, last = row.first_day, row.last_day
    return "" if (last - first).days == _WEEK - 1 else _between(f"{first:%a}", f"{last:%a}")


def _days_of_month(row: Any) -> str:
    """The days of a month that a row covers, such as `(1-10)`; nothing for a whole month."""
    first, last = row.first_day, row.last_day
    whole = first.day == 1 and (last + ONE_DAY).day == 1
    return "" if whole else _between(str(first.day), str(last.day))


def _between(first: str, last: str) -> str:
    return f"({first})" if first == last else f"({first}\N{EN DASH}{last})"


_WEEK = 7
CURRENCY = Column("currency", "Cur.", weight=9)
COVERAGE = (Column("days", "Days", Kind.COUNT, weight=2), Column("campaigns", "Campaigns", Kind.COUNT, weight=2))

ROW = (
    Column("id", "Id", weight=0),
    Column("campaignId", "Campaign", weight=6, needs="name"),
    Column("date", "Date", Kind.DAY, weight=10),
    *(column for column in SUMS if column.key != "cvr"),
    Column("metadata", "Metadata", Kind.JSON, weight=0),
    Column("syncedAt", "Synced", Kind.INSTANT, weight=1),
)
LISTED = (*ROW[:2], Column("name", "Name", weight=10), Column("platform", "Platform", weight=5), *ROW[2:])
TOP = (
    Column("rank", "#", Kind.COUNT, weight=10),
    Column("campaignId", "Campaign", weight=6, needs="name"),
    Column("name", "Name", weight=10),
    Column("platform", "Platform", weight=5),
    Column("projectId", "Project", weight=1),
    CURRENCY,
    *SUMS,
)
GROUPS = {
    "platform": (Column("platform", "Platform", weight=10), CURRENCY),
    "project": (Column("projectId", "Project", weight=6, needs="name"), Column("name", "Name", weight=10), CURRENCY),
    "campaign": (
        Column("campaignId", "Campaign", weight=6, needs="name"),
        Column("externalId", "External id", weight=1),
        Column("name", "Name", weight=10),
        Column("platform", "Platform", weight=5),
        CURRENCY,
    ),
    "day": (Column("day", "Day", Kind.DAY, weight=10), CURRENCY),
    "week": (Column("week", "Week of", Kind.DAY, weight=10, note=_days_of_week), CURRENCY),
    "month": (Column("month", "Month", Kind.DAY, weight=10, note=_days_of_month), CURRENCY),
}

By = Literal["platform", "project", "campaign", "day", "week", "month"]


@app.command(epilog="Example: adops metrics top --by roas --since 30d --min-spend 100")
@listing
def top(
    ctx: typer.Context,
    by: Annotated[Measure, typer.Option(help="What to rank by; for cpc and cpa, the lowest is best.")] = "roas",
    limit: Annotated[int, typer.Option(min=0, metavar="N", help="List at most this many campaigns; 0 lists all.")] = 10,
    since: SinceOption = None,
    until: UntilOption = None,
    period: PeriodOption = None,
    platform: PlatformOption = None,
    project_id: ProjectOption = None,
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
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """Rank campaigns by a figure or a ratio.

    The best come first. A ratio is calculated from a campaign's sums.
    """
    from adops_cli.data import known, metrics  # noqa: PLC0415 - keeps Peewee out of --help

    days = windows.days(ctx, since, until, period)
    known.require("campaigns", platform=platform, project_id=project_id)
    found = metrics.get_top_performers(
        by,
        limit,
        **days,
        platform=platform,
        project_id=project_id,
        min_spend=min_spend,
        min_impressions=min_impressions,
        min_conversions=min_conversions,
        bottom=bottom,
    )
    render.rows(found, TOP, format, csv_safe=csv_safe, keep={by}, view=view)
    caveats.tell_of_ranking(found, by)
    windows.tell_empty(found, "metrics", days)


@app.command(epilog="Example: adops metrics report --by month --since 2026-01-01 --format csv")
@listing
def report(
    ctx: typer.Context,
    by: Annotated[By, typer.Option(help="What to group by.")] = "platform",
    since: SinceOption = None,
    until: UntilOption = None,
    period: PeriodOption = None,
    platform: PlatformOption = None,
    project_id: ProjectOption = None,
    campaigns: CampaignsOption = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """Sum up figures by group and currency.

    Each group has one row per currency. A table ends with the total.
    """
    from adops_cli.data import known, naming, reports  # noqa: PLC0415 - keeps Peewee out of --help

    days = windows.days(ctx, since, until, period)
    known.require("campaigns", platform=platform, project_id=project_id)
    found = reports.report(
        by,
        **days,
        platform=platform,
        project_id=project_id,
        campaign_ids=naming.ids_of(campaigns),
    )
    render.rows(found.rows, (*GROUPS[by], *SUMS, *COVERAGE), format, total=found.total, csv_safe=csv_safe, view=view)
    caveats.tell_of_report(found)
    windows.tell_empty(found.rows, "metrics", days)


@app.command("list", epilog="Example: adops metrics list --campaign camp-01 --since mtd")
@listing
def list_(
    ctx: typer.Context,
    campaigns: CampaignsOption = None,
    platform: PlatformOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    period: PeriodOption = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    sort: SortOption = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """List daily figures, newest first."""
    from adops_cli.data import known, metrics, naming  # noqa: PLC0415 - keeps Peewee out of --help

    days = windows.days(ctx, since, until, period)
    known.require("campaigns", platform=platform)
    found = metrics.list(
        campaign_ids=naming.ids_of(campaigns), platform=platform, **days, limit=limit, offset=offset, sort=sort
    )
    render.rows(found, LISTED, format, csv_safe=csv_safe, view=view)
    windows.tell_empty(found, "metrics", days)


@app.command(epilog="Example: adops metrics latest camp-01 --days 7")
@listing
def latest(
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

    render.rows(metrics.get_latest(naming.id_of(campaign), days), ROW, format, csv_safe=csv_safe, view=view)


@app.command(epilog="Example: adops metrics record camp-01 2026-02-10 --impressions 10000 --clicks 250 --spend 500")
def record(
    campaign: OptionalCampaignArgument = None,
    day: Annotated[str | None, typer.Argument(metavar="DAY", help="The day, YYYY-MM-DD.", show_default=False)] = None,
    impressions: Annotated[str | None, typer.Option(metavar="COUNT", help="Impressions.")] = None,
    clicks: Annotated[str | None, typer.Option(metavar="COUNT", help="Clicks.")] = None,
    conversions: Annotated[str | None, typer.Option(metavar="NUMBER", help="Conversions; can be fractional.")] = None,
    spend: Annotated[str | None, typer.Option(metavar="AMOUNT", help="Spend, in the campaign's currency.")] = None,
    revenue: Annotated[str | None, typer.Option(metavar="AMOUNT", help="Revenue, in the campaign's currency.")] = None,
    merge_metadata: MergeMetadataOption = None,
    metadata: ReplaceMetadataOption = None,
    file: FromOption = None,
    rejects: RejectsOption = None,
    format: FormatOption = Format.AUTO,
) -> None:
    """Record a campaign's figures for one day.

    A figure that is not given keeps its value. An empty value sets a figure to "not reported". To record many
    campaigns and days at once, use --from instead; each record needs campaignId and date.
    """
    from adops_cli.data import metrics, naming  # noqa: PLC0415 - keeps Peewee out of --help

    figures = options.given(
        impressions=impressions,
        clicks=clicks,
        conversions=conversions,
        spend=spend,
        revenue=revenue,
        metadata=metadata,
        merge_metadata=merge_metadata,
    )
    if file is not None:
        from_file.load("metrics", file, rejects, figures | options.given(campaign=campaign, day=day), format)
        return
    from_file.refuse_alone(rejects)
    if campaign is None or day is None:
        raise BadRequestError("CAMPAIGN or DAY is missing", "Give both, or --from FILE")
    render.record(metrics.record_metrics(naming.id_of(campaign, whole=True), day, **figures), ROW, format)


@app.command(epilog="Example: adops metrics delete camp-01 2026-02-10 --yes")
def delete(
    campaign: WholeCampaignArgument,
    day: Annotated[str, typer.Argument(metavar="DAY", help="The day, YYYY-MM-DD.")],
    yes: YesOption = False,
) -> None:
    """Delete a campaign's figures for one day.

    This cannot be undone.
    """
    from adops_cli.data import metrics, naming  # noqa: PLC0415 - keeps Peewee out of --help

    row = metrics.find(naming.id_of(campaign, whole=True), day)
    options.confirm(f"Delete the figures of campaign {row.campaign_id} ({row.name}) for {row.date}?", yes=yes)
    metrics.delete(row.campaign_id, row.date)
    render.notice(f"Deleted the figures of campaign {row.campaign_id} for {row.date}.")


app.command("import", epilog="Example: adops metrics import exports/*.csv --mode replace-range")(metrics_import.import_)
app.command(epilog="Example: adops metrics history camp-01 2026-02-10")(metrics_import.history)
