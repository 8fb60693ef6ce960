"""Spotify Ads: reports of Ads Manager, with their lines of keys and values above the table."""

from adops_cli.exports.columns.breakdowns import COMMON
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, named, spellings

PLATFORM = PlatformFormat(
    name="spotify-ads",
    title="Spotify Ads",
    columns={
        "day": (named(en="Date|Day"),),
        "period": (named(en="Week|Month"),),
        "campaign": (named(en="Campaign name|Campaign"),),
        "campaign_id": (named(en="Campaign ID"),),
        "account_id": (named(en="Ad account ID|Account ID"),),
        "account": (named(en="Ad account name|Account name"),),
        "currency": (named(en="Currency|Ad set currency|Ad account currency"),),
        "impressions": (named(en="Impressions"),),
        "clicks": (named(en="Clicks", means="clicks"),),
        "conversions": (named(en="Purchases", means="purchase"),),
        "spend": (named(en="Spend", coded=True, means="advertiser cost"),),
        "revenue": (named(en="Attributed revenue", coded=True, means="purchase value"),),
    },
    # An ad set's budget and currency are columns of the campaign's reports; a listen is a play of an audio ad.
    signature=spellings(
        "Attributed revenue|Ad set currency|Ad set budget amount|Completion rate|Paid listens|Reached listeners"
        "|Intent rate|Ad listens"
    ),
    levels=spellings("Ad set name|Ad set ID|Ad name|Ad ID"),
    breakdowns=COMMON.in_every_campaign().with_parts("Placement|Ad format|Age range|Genre|Platform"),
    advice=Advice(
        day="In Spotify Ads Manager, set the granularity of the report to Daily and export it again",
        campaign="In Spotify Ads Manager, export the report with the primary entity Campaign",
        spend="In Spotify Ads Manager, add the metric Spend to the report",
        export="Ads Manager > Reports, granularity Daily, primary entity Campaign or Ad set, as CSV",
    ),
    unconfirmed=spellings("Ad account currency"),
)
