"""Any other file: its columns are named by our own keys, by plain words, or by `--map`."""

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
        "spend": (named(own="spend|cost", coded=True),),
        "revenue": (named(own="revenue", coded=True), named(own="conversion value|conversions value", coded=True)),
        "metadata": (named(own="metadata"),),
        # By it what `metrics list` prints is known, whose decimal mark is a point though three digits follow each.
        "synced": (named(api="syncedAt"),),
    },
    signature=frozenset(),
    levels=spellings("id|project id|ad group|ad group id|ad set|ad set id|ad|ad id"),
    advice=Advice(
        day="The file needs one row per campaign and day; name the column date, or say --map 'HEADER=date'",
        campaign="Name the column campaign or campaignId, or say --map 'HEADER=campaign'",
        spend="Name the column spend, or say --map 'HEADER=spend'",
    ),
)
