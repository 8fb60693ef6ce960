"""`adops metrics`: record, import and list daily figures, report on them, and rank campaigns by them."""

from typing import Annotated, Any, Literal

import typer

from adops_cli import render
from adops_cli.cli import complete, from_file, metrics_import, options
from adops_cli.cli.from_file import FromOption, RejectsOption
from adops_cli.cli.options import (
    CsvSafeOption,
    FormatOption,
    LimitOption,
    OffsetOption,
    PlatformOption,
    ProjectOption,
    SinceOption,
    SortOption,
    UntilOption,
)
from adops_cli.errors import BadRequestError
from adops_cli.measures import Measure
from adops_cli.render import Column, Format, Kind

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
    Column("spend", "Spend", Kind.MONEY, weight=8),
    Column("revenue", "Revenue", Kind.MONEY, weight=7),
    Column("ctr", "CTR", Kind.PERCENT, weight=4),
    Column("cpc", "CPC", Kind.RATIO, weight=4),
    Column("cpa", "CPA", Kind.RATIO, weight=5),
    Column("cvr", "CVR", Kind.PERCENT, weight=3),
    Column("roas", "ROAS", Kind.RATIO, weight=9),
)
CURRENCY = Column("currency", "Cur.", weight=6)
COVERAGE = (Column("days", "Days", Kind.COUNT, weight=2), Column("campaigns", "Campaigns", Kind.COUNT, weight=2))

ROW = (
    Column("id", "Id", weight=0),
    Column("campaignId", "Campaign", weight=9),
    Column("date", "Date", Kind.DAY, weight=10),
    *(column for column in SUMS if column.key != "cvr"),
    Column("metadata", "Metadata", Kind.JSON, weight=0),
    Column("syncedAt", "Synced", Kind.INSTANT, weight=1),
)
TOP = (
    Column("rank", "#", Kind.COUNT, weight=10),
    Column("campaignId", "Campaign", weight=9),
    Column("name", "Name", weight=10),
    Column("platform", "Platform", weight=5),
    Column("projectId", "Project", weight=1),
    CURRENCY,
    *SUMS,
)
GROUPS = {
    "platform": (Column("platform", "Platform", weight=10), CURRENCY),
    "project": (Column("projectId", "Project", weight=3), Column("name", "Name", weight=10), CURRENCY),
    "campaign": (
        Column("campaignId", "Campaign", weight=3),
        Column("externalId", "External id", weight=1),
        Column("name", "Name", weight=10),
        Column("platform", "Platform", weight=5),
        CURRENCY,
    ),
    "day": (Column("day", "Day", Kind.DAY, weight=10), CURRENCY),
    "week": (Column("week", "Week of", Kind.DAY, weight=10), CURRENCY),
    "month": (Column("month", "Month", weight=10), CURRENCY),
}

By = Literal["platform", "project", "campaign", "day", "week", "month"]
CampaignArgument = Annotated[
    str, typer.Argument(metavar="CAMPAIGN", autocompletion=complete.ids("campaigns"), help="Id of the campaign.")
]


@app.command(epilog="Example: adops metrics top --by roas --since 30d --min-spend 100")
def top(
    ctx: typer.Context,
    by: Annotated[Measure, typer.Option(help="What to rank by; for cpc and cpa, the lowest is best.")] = "roas",
    limit: Annotated[int, typer.Option(min=0, metavar="N", help="List at most this many campaigns; 0 lists all.")] = 10,
    since: SinceOption = None,
    until: UntilOption = None,
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
) -> None:
    """Rank campaigns by a figure or a ratio.

    The best come first. A ratio is calculated from a campaign's sums.
    """
    from adops_cli.data import metrics  # noqa: PLC0415 - keeps Peewee out of --help

    found = metrics.get_top_performers(
        by,
        limit,
        **options.window(ctx, since, until),
        platform=platform,
        project_id=project_id,
        min_spend=min_spend,
        min_impressions=min_impressions,
        min_conversions=min_conversions,
        bottom=bottom,
    )
    render.rows(found, TOP, format, csv_safe=csv_safe, keep={by})
    if by in ("spend", "revenue", "cpc", "cpa") and len({row.currency for row in found}) > 1:
        render.notice(f"The campaigns have several currencies; {by} is ranked by its number, without conversion.")


@app.command(epilog="Example: adops metrics report --by month --since 2026-01-01 --format csv")
def report(
    ctx: typer.Context,
    by: Annotated[By, typer.Option(help="What to group by.")] = "platform",
    since: SinceOption = None,
    until: UntilOption = None,
    platform: PlatformOption = None,
    project_id: ProjectOption = None,
    campaign_ids: Annotated[
        list[str] | None,
        typer.Option(
            "--campaign",
            metavar="ID",
            autocompletion=complete.ids("campaigns"),
            help="Only this campaign; can be repeated.",
        ),
    ] = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
) -> None:
    """Sum up figures by group and currency.

    Each group has one row per currency. A table ends with the total.
    """
    from adops_cli.data import reports  # noqa: PLC0415 - keeps Peewee out of --help

    found = reports.report(
        by,
        **options.window(ctx, since, until),
        platform=platform,
        project_id=project_id,
        campaign_ids=campaign_ids or None,
    )
    render.rows(found.rows, (*GROUPS[by], *SUMS, *COVERAGE), format, total=found.total, csv_safe=csv_safe)


@app.command("list", epilog="Example: adops metrics list --campaign camp-01 --since mtd")
def list_(
    ctx: typer.Context,
    campaign_id: Annotated[
        str | None,
        typer.Option("--campaign", metavar="ID", autocompletion=complete.ids("campaigns"), help="Only this campaign."),
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    sort: SortOption = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
) -> None:
    """List daily figures, newest first."""
    from adops_cli.data import metrics  # noqa: PLC0415 - keeps Peewee out of --help

    days = options.window(ctx, since, until)
    found = metrics.list(campaign_id=campaign_id, **days, limit=limit, offset=offset, sort=sort)
    render.rows(found, ROW, format, csv_safe=csv_safe)


@app.command(epilog="Example: adops metrics latest camp-01 --days 7")
def latest(
    campaign_id: CampaignArgument,
    days: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many days to list; days without figures do not count.")
    ] = 30,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
) -> None:
    """List the newest daily figures of a campaign."""
    from adops_cli.data import metrics  # noqa: PLC0415 - keeps Peewee out of --help

    render.rows(metrics.get_latest(campaign_id, days), ROW, format, csv_safe=csv_safe)


@app.command(epilog="Example: adops metrics record camp-01 2026-02-10 --impressions 10000 --clicks 250 --spend 500")
def record(
    campaign_id: Annotated[
        str | None,
        typer.Argument(
            metavar="CAMPAIGN",
            autocompletion=complete.ids("campaigns"),
            help="Id of the campaign.",
            show_default=False,
        ),
    ] = None,
    day: Annotated[str | None, typer.Argument(metavar="DAY", help="The day, YYYY-MM-DD.", show_default=False)] = None,
    impressions: Annotated[str | None, typer.Option(metavar="COUNT", help="Impressions.")] = None,
    clicks: Annotated[str | None, typer.Option(metavar="COUNT", help="Clicks.")] = None,
    conversions: Annotated[str | None, typer.Option(metavar="NUMBER", help="Conversions; can be fractional.")] = None,
    spend: Annotated[str | None, typer.Option(metavar="AMOUNT", help="Spend, in the campaign's currency.")] = None,
    revenue: Annotated[str | None, typer.Option(metavar="AMOUNT", help="Revenue, in the campaign's currency.")] = None,
    metadata: Annotated[Any, options.json_option("Any other figures.")] = None,
    file: FromOption = None,
    rejects: RejectsOption = None,
    format: FormatOption = Format.AUTO,
) -> None:
    """Record a campaign's figures for one day.

    A figure that is not given keeps its value. An empty value sets a figure to "not reported". To record many
    campaigns and days at once, use --from instead; each record needs campaignId and date.
    """
    from adops_cli.data import metrics  # noqa: PLC0415 - keeps Peewee out of --help

    figures = options.given(
        impressions=impressions,
        clicks=clicks,
        conversions=conversions,
        spend=spend,
        revenue=revenue,
        metadata=metadata,
    )
    if file is not None:
        from_file.load("metrics", file, rejects, figures | options.given(campaign_id=campaign_id, day=day), format)
        return
    from_file.refuse_alone(rejects)
    if campaign_id is None or day is None:
        raise BadRequestError("CAMPAIGN or DAY is missing", "Give both, or --from FILE")
    render.record(metrics.record_metrics(campaign_id, day, **figures), ROW, format)


app.command("import", epilog="Example: adops metrics import exports/*.csv --mode replace-range")(metrics_import.import_)
app.command(epilog="Example: adops metrics history camp-01 2026-02-10")(metrics_import.history)
