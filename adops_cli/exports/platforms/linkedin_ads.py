"""LinkedIn Ads: reports of Campaign Manager, and the names of the reporting API as connectors write them.

LinkedIn has campaign groups, campaigns and creatives. Its campaign is the campaign here, and a group is a level above.
"""

from adops_cli.exports.columns.breakdowns import COMMON
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, named, spellings

PLATFORM = PlatformFormat(
    name="linkedin-ads",
    title="LinkedIn Ads",
    columns={
        # `Campaign Start Date` is the first day of the campaign, and never a day of figures.
        "day": (named(en="Start Date (in UTC)|Day|Date"),),
        "starts": (named(en="Start Date", api="start_at|date_range_start"),),
        "ends": (named(en="End Date", api="end_at|date_range_end"),),
        "period": (named(en="Week|Month"),),
        "campaign": (named(en="Campaign Name|Campaign"),),
        "campaign_id": (named(en="Campaign ID"), named(api="pivotValue|pivotValues|pivot_value")),
        "group": (named(en="Campaign Group Name|Campaign Group"),),
        "group_id": (named(en="Campaign Group ID"), named(api="pivotValue|pivotValues|pivot_value")),
        "account_id": (named(en="Account ID"),),
        "account": (named(en="Account Name|Account"),),
        "currency": (named(en="Currency|Currency code"),),
        "impressions": (named(en="Impressions"),),
        "clicks": (named(en="Clicks", means="clicks"),),
        "conversions": (named(en="Conversions", api="externalWebsiteConversions", means="conversions"),),
        "spend": (
            named(en="Total Spent|Amount Spent", api="costInLocalCurrency", coded=True, means="advertiser cost"),
            named(api="costInUsd", currency="USD", means="advertiser cost"),
            named(en="Spend|Cost"),  # of scripts
        ),
        "revenue": (
            named(
                en="Total Conversion Value", api="conversionValueInLocalCurrency", coded=True, means="conversions value"
            ),
        ),
    },
    id_kinds=("sponsoredCampaign", "sponsoredCampaignGroup"),
    signature=spellings(
        "Start Date (in UTC)|End Date (in UTC)|Campaign Group Name|Campaign Group ID|Campaign Group Status"
        "|Lead Form Opens|costInLocalCurrency|costInUsd|externalWebsiteConversions|conversionValueInLocalCurrency"
    ),
    levels=spellings(
        "Campaign Group Name|Campaign Group ID|Creative Name|Creative ID|Ad Name|Ad ID|Ad Headline|Creative Direct Link"
    ),
    breakdowns=COMMON.in_every_campaign(),
    advice=Advice(
        day="In LinkedIn Campaign Manager, set the time breakdown of the report to Daily and export it again",
        campaign="In LinkedIn Campaign Manager, export the Campaign Performance report",
        spend="In LinkedIn Campaign Manager, add the column Total Spent to the report",
        export="Campaign Manager > Export > Campaign Performance, time breakdown Daily, as it comes",
    ),
    month_first=True,
    unconfirmed=spellings("Amount Spent"),
)
