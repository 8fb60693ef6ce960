"""Criteo: the CSV and JSON of the statistics API, whose displays are impressions."""

from adops_cli.exports.columns.breakdowns import COMMON
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, named, spellings

# Pc30d is after a click within 30 days, Pv24h after a view within 24 hours. The interface shows the attribution that
# the client has chosen.
PLATFORM = PlatformFormat(
    name="criteo",
    title="Criteo",
    columns={
        "day": (named(api="Day"),),
        "period": (named(api="Week|Month|Year"),),
        "campaign": (named(api="Campaign|Campaign name"),),
        "campaign_id": (named(api="Campaign ID"),),
        "account_id": (named(api="Advertiser ID"),),
        "account": (named(api="Advertiser"),),
        "currency": (named(api="Currency"),),
        "impressions": (named(api="Displays"),),
        "clicks": (named(api="Clicks", means="clicks"),),
        "conversions": (
            named(api="SalesClientAttribution", means="conversions"),
            named(api="SalesPc30d", means="30-day purchases"),
            named(api="SalesPc7d", means="7-day purchases"),
        ),
        "spend": (named(api="AdvertiserCost", means="advertiser cost"),),
        "revenue": (
            named(api="RevenueGeneratedClientAttribution", means="conversions value"),
            named(api="RevenueGeneratedPc30d", means="30-day purchases value"),
            named(api="RevenueGeneratedPc7d", means="7-day purchases value"),
        ),
    },
    signature=spellings(
        "SalesClientAttribution|SalesAllClientAttribution|SalesPc30d|SalesAllPc30d|SalesPc7d"
        "|SalesAllPc7d|SalesPc1d|SalesPv24h|SalesPc30dPv24h|RevenueGeneratedClientAttribution|RevenueGeneratedPc30d"
        "|RevenueGeneratedAllPc30d|RevenueGeneratedPc7d|RevenueGeneratedPc1d|RevenueGeneratedPv24h"
    ),
    signature_together=((spellings("AdvertiserCost"), spellings("Displays")),),
    levels=spellings("Adset|AdsetId|Ad|AdId|Category|CategoryId"),
    breakdowns=COMMON.in_every_campaign().with_parts("Category|OS"),
    advice=Advice(
        day="In the request to Criteo's API, add the dimension Day",
        campaign="In the request to Criteo's API, add the dimensions CampaignId and Campaign",
        spend="In the request to Criteo's API, add the metric AdvertiserCost",
        export="The statistics API with the dimensions CampaignId, Campaign and Day, as CSV or JSON",
    ),
    unconfirmed=spellings("RevenueGeneratedClientAttribution"),
)
