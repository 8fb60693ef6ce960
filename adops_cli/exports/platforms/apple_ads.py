"""Apple Ads: reports of the interface, rows of the API, and the tables of connectors. Taps are clicks."""

from adops_cli.exports.columns import attributes
from adops_cli.exports.columns.breakdowns import COMMON
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, named, spellings

# Start Date and End Date are the campaign's: a report of the interface without Date is of a period.
PLATFORM = PlatformFormat(
    name="apple-ads",
    title="Apple Ads",
    columns={
        "day": (named(en="Date|Day"),),
        "campaign": (named(en="Campaign Name|Campaign"),),
        "campaign_id": (named(en="Campaign ID"), named(api="id")),
        "account_id": (named(en="Org ID|Account ID"),),
        "account": (named(en="Org Name|Account Name"),),
        "currency": (named(en="Currency", api="localSpend.currency"),),
        "impressions": (named(en="Impressions"),),
        "clicks": (named(en="Taps", means="clicks"),),
        "conversions": (
            named(en="Installs (Total)", api="totalInstalls|installs", means="installs"),
            named(en="Conversions", means="installs"),  # of connectors, for the older API
        ),
        "spend": (named(en="Spend", api="localSpend.amount", means="advertiser cost"),),
    },
    signature=spellings(
        "Taps|Average CPT|Avg CPT|Installs (Total)|Installs (Tap-Through)|Avg CPA (Total)|localSpend.amount"
        "|localSpend.currency|totalInstalls|tapInstalls|tap_installs"
    ),
    levels=spellings("Ad Group Name|Ad Group ID|Keyword|Keyword ID|Search Term|Ad Name|Ad ID|App Name|App ID"),
    # Search Match shows ads without a keyword, so that a report of keywords is not all of the day.
    attributes=attributes.COMMON.with_own(start_date="Start Date", end_date="End Date"),
    breakdowns=COMMON.in_every_campaign().with_parts("Country or Region|Ad Placement"),
    advice=Advice(
        day="In Apple Ads, create a custom report with the granularity Daily; the campaigns page has no days",
        campaign="In Apple Ads, create a custom report of campaigns",
        spend="In Apple Ads, create a custom report with the metric Spend",
        export="Reporting > Custom reports, granularity Daily, as CSV",
    ),
)
