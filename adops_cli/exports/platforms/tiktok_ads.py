"""TikTok Ads: downloads of TikTok Ads Manager, and the rows of the reporting API."""

from adops_cli.exports.columns.breakdowns import COMMON
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, named, spellings

_DESTINATION = named(en="Clicks (destination)|Clicks", means="link clicks")  # the API's `clicks` are these as well
_ALL = named(en="Clicks (all)", means="all clicks")

PLATFORM = PlatformFormat(
    name="tiktok-ads",
    title="TikTok Ads",
    columns={
        "day": (named(en="By Day|Date|Day", api="stat_time_day|stat_time_hour"),),
        "period": (named(en="By Week|By Month|Week|Month"),),
        "campaign": (named(en="Campaign name|Campaign"),),
        "campaign_id": (named(en="Campaign ID"),),
        "account_id": (named(en="Account ID|Advertiser ID"),),
        "account": (named(en="Account name|Advertiser name"),),
        "currency": (named(en="Currency"),),
        "impressions": (named(en="Impressions|Impression"),),
        "clicks": (_DESTINATION, _ALL),
        "conversions": (
            named(en="Complete payment|Purchases (website)", means="purchase"),
            named(en="Conversions|Conversion", means="conversions"),
        ),
        "spend": (named(en="Cost|Spend|Total cost", coded=True, means="advertiser cost"),),
        "revenue": (
            # The API's name says rate, and it is the value.
            named(
                en="Total complete payment value|Purchase value (website)",
                api="total_complete_payment_rate",
                means="purchase value",
            ),
            named(api="total_purchase_value", means="purchase value"),
        ),
    },
    signature=spellings(
        "Clicks (destination)|CTR (destination)|CPC (destination)|stat_time_day|stat_time_hour"
        "|Complete payment|Total complete payment value|Total complete payment ROAS|Complete payment ROAS"
        "|total_complete_payment_rate|Purchase value (website)|2-second video views|6-second video views"
    ),
    levels=spellings("Ad group name|Ad group ID|adgroup_name|adgroup_id|Ad name|Ad ID"),
    breakdowns=COMMON.in_every_campaign().with_parts("Country|Province"),
    advice=Advice(
        day="In TikTok Ads Manager, add the dimension By Day to the report and export it again",
        campaign="In TikTok Ads Manager, add the dimensions Campaign name and Campaign ID to the report",
        spend="In TikTok Ads Manager, add the metric Cost to the report",
        export="Ads Manager > Analytics > Custom report with the dimensions By Day, Campaign name and "
        "Campaign ID, as CSV or XLSX",
    ),
    clicks={"link": (_DESTINATION,), "all": (_ALL,)},
    unconfirmed=spellings("Purchases (website)|total_purchase_value"),
)
