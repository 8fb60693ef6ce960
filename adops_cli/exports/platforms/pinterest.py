"""Pinterest Ads: Ads Manager reports, and the columns of the API, which are in micro-dollars."""

from adops_cli.exports.columns import meanings
from adops_cli.exports.columns.breakdowns import COMMON
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, named, spellings
from adops_cli.exports.columns.header import loose
from adops_cli.exports.columns.layout import FigureSource, Layout
from adops_cli.exports.export import ReadOptions


def correct(layout: Layout, options: ReadOptions) -> None:
    """`--conversions "Add to cart"`: use the conversions and the order value of that event."""
    if options.conversions is None:
        return
    event, find = loose(options.conversions), layout.header.find
    conversions = next((c for c in map(find, (f"total conversions {event}", f"total {event}")) if c is not None), None)
    if conversions is None:
        return
    layout.chosen = True
    layout.figures["conversions"] = FigureSource((conversions,), means=meanings.of_name(event))
    layout.figures.pop("revenue", None)
    micros = find(f"total {event} value in micro dollar")
    revenue = find(f"total order value {event}") if micros is None else micros
    if revenue is not None:
        in_micros = micros is not None
        layout.figures["revenue"] = FigureSource(
            (revenue,), micros=in_micros, micros_in_totals=in_micros, means=meanings.of_value(event)
        )


_PIN_CLICKS = named(en="Pin clicks", api="CLICKTHROUGH_1", means="pin clicks")
_OUTBOUND = named(en="Outbound clicks", api="OUTBOUND_CLICK_1", means="outbound clicks")

PLATFORM = PlatformFormat(
    name="pinterest",
    title="Pinterest Ads",
    columns={
        "day": (named(en="Date|Day"),),
        "period": (named(en="Week|Month|Year"),),
        "campaign": (named(en="Campaign name|Campaign"),),
        "campaign_id": (named(en="Campaign ID"),),
        "account_id": (named(en="Ad account ID|Advertiser ID|Account ID"),),
        "account": (named(en="Ad account name|Advertiser name|Account name"),),
        "currency": (named(en="Currency|Account currency|Currency code"),),
        "impressions": (named(en="Impressions", api="IMPRESSION_1"), named(api="PAID_IMPRESSION")),
        "clicks": (_OUTBOUND, _PIN_CLICKS),
        "conversions": (
            named(en="Total conversions (Checkout)", api="TOTAL_CHECKOUT", means="checkout"),
            named(en="Total conversions", means="all events"),
        ),
        "spend": (
            named(api="SPEND_IN_MICRO_DOLLAR", micros=True, means="advertiser cost"),
            named(en="Spend in account currency|Spend|Cost", api="SPEND_IN_DOLLAR", means="advertiser cost"),
        ),
        "revenue": (
            named(api="TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR", micros=True, means="checkout value"),
            named(en="Total order value (Checkout)", means="checkout value"),
        ),
    },
    signature=spellings(
        "Spend in account currency|Pin clicks|Total conversions (Checkout)|Total order value (Checkout)"
        "|Ad entity status|Earned saves|SPEND_IN_MICRO_DOLLAR|SPEND_IN_DOLLAR|IMPRESSION_1|CLICKTHROUGH_1"
        "|OUTBOUND_CLICK_1|TOTAL_CHECKOUT"
    ),
    levels=spellings("Ad group name|Ad group ID|Ad group|Ad name|Ad ID|Pin ID|Organic pin ID|Pin promotion ID"),
    breakdowns=COMMON.in_every_campaign(),
    advice=Advice(
        day="In Pinterest Ads Manager, break the report down by day and export it again",
        campaign="In Pinterest Ads Manager, add the column Campaign name to the report",
        spend="In Pinterest Ads Manager, add the column Spend in account currency to the report",
        export="Ads > Reporting > Custom report, level Campaign, by day, as CSV",
    ),
    clicks={"link": (_OUTBOUND,), "outbound": (_OUTBOUND,), "all": (_PIN_CLICKS,)},
)
