"""X Ads: the downloads of Ads Manager (those in Spanish with `--platform x-ads`), and tables of connectors."""

from adops_cli.exports.columns.breakdowns import COMMON
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, named, spellings

_LINK = named(en="Link clicks", es="Clics en el enlace", api="url_clicks", means="link clicks")
_ALL = named(en="Clicks", es="Clics", means="all clicks")

# Microsoft's API has `TimePeriod`, of which connectors make `time_period`; in two words with a capital, it is X's.
PLATFORM = PlatformFormat(
    name="x-ads",
    title="X Ads",
    columns={
        "day": (named(en="Time period|Date|Day", es="Fecha"),),
        "campaign": (named(en="Campaign name|Campaign", es="Nombre de la campaña"),),
        "campaign_id": (named(en="Campaign ID"),),
        "account_id": (named(en="Account ID"),),
        "account": (named(en="Account name"),),
        "currency": (named(en="Currency"),),
        "impressions": (named(en="Impressions", es="Impresiones"),),
        "clicks": (_LINK, _ALL),
        "conversions": (
            named(api="conversion_purchases_metric", means="purchase"),
            named(en="Conversions", es="Conversiones", means="conversions"),
        ),
        "spend": (
            named(api="billed_charge_local_micro", micros=True, means="advertiser cost"),
            named(en="Spend", es="Importe gastado", coded=True, means="advertiser cost"),
        ),
    },
    signature=spellings("billed_charge_local_micro|conversion_purchases_metric|conversion_purchases_sale_amount"),
    signature_together=(
        (frozenset({"Time period"}), spellings("Campaign name|Ad Group name"), spellings("Spend|Impressions")),
    ),
    levels=spellings("Ad Group name|Ad Group ID|Line item ID|Ad name|Ad ID|Tweet ID"),
    breakdowns=COMMON.in_every_campaign().with_parts("Placement"),
    advice=Advice(
        day="In X Ads Manager, export the report with the time breakdown Day",
        campaign="In X Ads Manager, export the report of campaigns",
        spend="In X Ads Manager, add the metric Spend to the report",
        export="Ads Manager > Export, time breakdown Day, to be imported with --platform x-ads",
    ),
    clicks={"link": (_LINK,), "all": (_ALL,)},
    unconfirmed=spellings("Link clicks|Conversions"),
)
