"""Any other file: columns with our own keys or plain words as headers, or named with `--map`."""

import re

from adops_cli.exports.columns.declaration import Advice, PlatformFormat, named, spellings

PLATFORM = PlatformFormat(
    name="generic",
    title="a file with adops's own headers",
    columns={
        "day": (named(own="date|day"),),
        "period": (named(own="week|month|quarter|year|period|date range"),),
        "campaign": (named(own="campaign name|campaign"), named(own="name")),
        "campaign_id": (named(own="campaign id"), named(own="external id")),
        "account_id": (named(own="account id|customer id|advertiser id"),),
        "account": (named(own="account|account name|advertiser|customer"),),
        "currency": (named(own="currency|currency code"),),
        "platform": (named(own="platform"),),
        "impressions": (named(own="impressions"),),
        "clicks": (named(own="clicks"),),
        "conversions": (named(own="conversions"),),
        "spend": (
            named(own="spend|cost", coded=True),
            named(own="spend micros|spend micro|cost micros|cost micro|billed charge local micro", micros=True),
        ),
        "revenue": (
            named(own="revenue", coded=True),
            named(own="conversion value|conversions value", coded=True),
            named(own="revenue micros|revenue micro", micros=True),
        ),
        "metadata": (named(own="metadata"),),
        # Identifies the output of `metrics list`, in which the decimal mark is a point even before three digits.
        "synced": (named(api="syncedAt"),),
    },
    signature=frozenset(),
    levels=spellings("id|project id|ad group|ad group id|ad set|ad set id|ad|ad id"),
    advice=Advice(
        day="The file needs one row per campaign and day; name the column date, or use --map 'HEADER=date'",
        campaign="Name the column campaign or campaignId, or use --map 'HEADER=campaign'",
        spend="Name the column spend, or use --map 'HEADER=spend'",
    ),
)

# APIs that give money in millionths under plain names. Fivetran's packages for both divide it by a million:
# https://github.com/fivetran/dbt_reddit_ads, https://github.com/fivetran/dbt_snapchat_ads
ACCOUNTS_IN_MICROS = re.compile(r"[at]2_[a-z0-9]+")
"""The ids of Reddit's accounts."""
HEADERS_IN_MICROS = spellings("swipes|swipe up percent|screen time millis")
"""Columns of Snapchat's tables."""
PLATFORMS_IN_MICROS = ("reddit", "snapchat")
"""How the names of these platforms begin."""
