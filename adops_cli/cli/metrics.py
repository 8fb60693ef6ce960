"""`adops metrics`: record and delete daily figures. Importing, reports and rankings have modules of their own."""

from typing import Annotated

import typer

from adops_cli import render
from adops_cli.cli import (
    from_file,
    metrics_gaps,
    metrics_import,
    metrics_lag,
    metrics_movers,
    metrics_pacing,
    metrics_trend,
    options,
    reports,
)
from adops_cli.cli.from_file import FromOption, RejectsOption
from adops_cli.cli.metric_columns import ROW
from adops_cli.cli.options import (
    FormatOption,
    MergeMetadataOption,
    OptionalCampaignArgument,
    ReplaceMetadataOption,
    WholeCampaignArgument,
    YesOption,
)
from adops_cli.errors import BadRequestError
from adops_cli.render import Format

app = typer.Typer(
    help="Daily figures: record, import, report, rank.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

app.command(epilog="Example: adops metrics top --by roas --since 30d --min-spend 100")(reports.top)
app.command(epilog="Example: adops metrics report --by month --since 2026-01-01 --format csv")(reports.report)
app.command(epilog="Example: adops metrics trend --by platform --figure spend,roas --period 90d")(metrics_trend.trend)
app.command("list", epilog="Example: adops metrics list --campaign camp-01 --since mtd")(reports.list_)
app.command(epilog="Example: adops metrics latest camp-01 --days 7")(reports.latest)
app.command(epilog="Example: adops metrics restated --since 2026-11-05 --by campaign")(reports.restated)
app.command(epilog="Example: adops metrics movers --by roas --period 7d --compare weeks")(metrics_movers.movers)
app.command(epilog="Example: adops metrics lag --platform google-ads")(metrics_lag.lag)


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
app.command(epilog="Example: adops metrics gaps --since 30d --quiet --no-header --columns message")(metrics_gaps.gaps)
app.command(epilog="Example: adops metrics pacing --month 2026-11 --exit-code")(metrics_pacing.pacing)
