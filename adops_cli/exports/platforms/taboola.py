"""Taboola: reports of the interface, and the campaign summary of the API, in which `campaign` is the id."""

from adops_cli.exports.columns.breakdowns import COMMON
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, named, spellings
from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.export import ReadOptions


def correct(layout: Layout, _options: ReadOptions) -> None:
    """Beside `campaign_name`, the API's `campaign` is the id."""
    column = layout.header.find("campaign")
    if "campaign_id" not in layout.columns and column is not None and layout.header.find("campaign name") is not None:
        layout.columns["campaign_id"] = column


PLATFORM = PlatformFormat(
    name="taboola",
    title="Taboola",
    columns={
        "day": (named(en="Day|Date"),),
        "period": (named(en="Week|Month"),),
        "campaign": (named(en="Campaign name|Campaign"),),
        "campaign_id": (named(en="Campaign ID"),),
        "account_id": (named(api="content_provider|Account ID"),),
        "account": (named(en="Account|Account name|Advertiser", api="content_provider_name"),),
        "currency": (named(en="Currency|Account currency"),),
        "impressions": (named(en="Impressions"),),
        "clicks": (named(en="Clicks", means="clicks"),),
        "conversions": (
            named(en="Conversions (Actions)|Conversions|Actions", api="cpa_actions_num", means="conversions"),
        ),
        "spend": (named(en="Spent|Spend", coded=True, means="advertiser cost"),),
        "revenue": (named(en="Conversions value", api="conversions_value", means="conversions value"),),
    },
    signature=spellings(
        "Visible impressions|visible_impressions|cpa_actions_num|cpa_actions_num_from_clicks"
        "|cpa_actions_num_from_views|cpa_conversion_rate|campaigns_num|content_provider_name|Conversions (Actions)"
    ),
    levels=spellings("Item|Item ID|item_name|Site|Site ID|site_name"),
    breakdowns=COMMON.in_every_campaign().with_parts("Item|Platform|Country"),
    advice=Advice(
        day="In Taboola, export the campaigns' report by day; of the API, use campaign_day_breakdown",
        campaign="In Taboola, export the report of campaigns by day; of the API, use campaign_day_breakdown",
        spend="In Taboola, add the column Spent to the report",
        export="Reports > Campaigns, by day, as CSV or XLSX",
    ),
    unconfirmed=spellings("Day|Conversions (Actions)|Actions"),
)
