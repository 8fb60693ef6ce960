"""Snapchat Ads: reports of Ads Manager, and the tables of connectors, whose money is in millionths.

Money of both kinds is called `spend`. Which one a file has is told by its amounts: see `rows.money_unit`.
"""

from adops_cli.exports.cells.cell import shown
from adops_cli.exports.columns.breakdowns import COMMON
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, named, spellings
from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.export import ReadOptions, Refusal, RefusedError


def correct(layout: Layout, _options: ReadOptions) -> None:
    """In Airbyte's tables `id` is of what `type` says: of a campaign, or of something below it, which is of no use."""
    type_, id_ = layout.header.find("type"), layout.header.find("id")
    if {"campaign", "campaign_id"} & layout.columns.keys() or type_ is None or id_ is None:
        return
    layout.columns["campaign_id"] = id_
    seen: set[str] = set()

    def settle() -> None:
        if others := sorted(seen - {"CAMPAIGN"}):
            raise RefusedError(
                Refusal.MISSING_COLUMN,
                f"the rows are by {others[0]}, and no column says which campaign they belong to",
                "Export the table campaigns_stats_daily",
                platform=layout.platform.name,
            )

    layout.facts.watch[type_] = lambda cell, _row: seen.add(shown(cell).strip().upper())
    layout.facts.settle.append(settle)


PLATFORM = PlatformFormat(
    name="snapchat-ads",
    title="Snapchat Ads",
    columns={
        "day": (named(en="Day|Date"),),
        "starts": (named(en="Start Time|Start Date", api="date_start"),),
        "ends": (named(en="End Time|End Date", api="date_end"),),
        "campaign": (named(en="Campaign Name|Campaign"),),
        "campaign_id": (named(en="Campaign ID"),),
        "account_id": (named(en="Ad Account ID|Account ID"),),
        "account": (named(en="Ad Account Name|Account Name"),),
        "currency": (named(en="Currency"),),
        "impressions": (named(en="Paid Impressions", api="impressions_paid"), named(en="Impressions")),
        "clicks": (named(en="Swipe Ups|Swipe-Ups|Swipes|Clicks", means="clicks"),),
        "conversions": (named(en="Purchases", api="conversion_purchases", means="purchase"),),
        "spend": (named(en="Amount Spent|Spend", coded=True, means="advertiser cost"),),
        "revenue": (named(en="Purchases Value", api="conversion_purchases_value", coded=True, means="purchase value"),),
    },
    signature=spellings(
        "Swipe Ups|Swipe-Ups|Swipes|eCPSU|swipe_up_percent|screen_time_millis|conversion_purchases"
        "|conversion_purchases_value|impressions_paid|Ad Squad Name|Ad Squad ID|Ad Squad"
    ),
    levels=spellings("Ad Set Name|Ad Set ID|Ad Squad Name|Ad Squad ID|Ad Squad|Ad Name|Ad ID"),
    breakdowns=COMMON.in_every_campaign().with_parts("Ad Squad"),
    advice=Advice(
        day="In Snapchat Ads Manager, set the report's time breakdown to Day and export it again",
        campaign="In Snapchat Ads Manager, export the report at the level of campaigns",
        spend="In Snapchat Ads Manager, add the metric Amount Spent to the report",
        export="Ads Manager > Reports, level Campaign, time breakdown Day, as CSV",
    ),
    unconfirmed=spellings("Purchases Value"),
)
