"""The Trade Desk: MyReports with numbered or named pixel slots for conversions."""

from collections.abc import Iterable

from adops_cli.exports.columns import meanings
from adops_cli.exports.columns.breakdowns import COMMON
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, named, spellings
from adops_cli.exports.columns.header import loose
from adops_cli.exports.columns.layout import FigureSource, Layout
from adops_cli.exports.export import ReadOptions

_CONVERSIONS = loose(" - Total Click + View Conversions")
_REVENUES = (loose(" - Total Click + View Conversion Revenue"), loose(" - Conversion Revenue"))
"""The preferred one comes first."""


def correct(layout: Layout, options: ReadOptions) -> None:
    """Take conversions from one pixel slot: the only one, or the one that `--conversions` names.

    The meaning of a slot differs by advertiser, and one pixel can be in two slots with two kinds of attribution, so
    adding up slots would count sales twice.
    """
    slots = {
        name.removesuffix(_CONVERSIONS).strip(): column
        for column, name in reversed(list(enumerate(layout.header.names)))
        if name.endswith(_CONVERSIONS)
    }
    if options.conversions is not None:
        slot = loose(options.conversions).removesuffix(_CONVERSIONS).strip()
        if slot not in slots:
            return
        layout.chosen = True
    elif len(slots) == 1:
        (slot,) = slots
    else:
        if slots:
            layout.notices.append(
                f"the file has {len(slots)} conversion slots ({_shown(layout, slots.values())}), and none is counted; "
                "use --conversions NAME to choose this advertiser's conversion"
            )
        return
    layout.figures["conversions"] = FigureSource((slots[slot],), means=meanings.of_name(slot))
    for ending in _REVENUES:
        revenue = layout.header.find(f"{slot} {ending}".strip())
        if revenue is not None:
            layout.figures["revenue"] = FigureSource((revenue,), means=meanings.of_value(slot))
            return


def _shown(layout: Layout, columns: Iterable[int]) -> str:
    return ", ".join(layout.header.cells[column].split(" - Total Click")[0] for column in sorted(columns))


PLATFORM = PlatformFormat(
    name="ttd",
    title="The Trade Desk",
    columns={
        "day": (named(en="Date|Day|Report Date"),),
        "period": (named(en="Week|Month|Quarter|Year|Week Start|Week Of"),),
        "campaign": (named(en="Campaign|Campaign Name"),),
        "campaign_id": (named(en="Campaign ID"),),
        "account_id": (named(en="Advertiser ID"),),
        "account": (named(en="Advertiser|Advertiser Name"),),
        "currency": (named(en="Advertiser Currency Code"),),
        "impressions": (named(en="Impressions"),),
        "clicks": (named(en="Clicks", means="clicks"),),
        "spend": (
            named(en="Advertiser Cost (Adv Currency)|Advertiser Cost (Advertiser Currency)", means="advertiser cost"),
            named(en="Advertiser Cost (USD)", currency="USD", means="advertiser cost"),
            named(en="Spend|Cost"),  # of connectors
        ),
    },
    signature=spellings(
        "Advertiser Cost (Adv Currency)|Advertiser Cost (Advertiser Currency)|Advertiser Cost (USD)"
        "|Advertiser Currency Code|Partner Currency Code|Ad Group Base Bid CPM (Adv Currency)"
        "|Partner Cost (Adv Currency)|Partner Cost (USD)|TTD Cost (Adv Currency)|TTD Cost (USD)"
        "|Ad Server Creative Placement ID"
    ),
    levels=spellings(
        "Ad Group|Ad Group ID|Ad Format|Creative|Creative ID|Creative Name|Partner|Partner ID"
        "|Deal ID|Site|Private Contract ID"
    ),
    # Their rows hold the unknown place, too, so that together they are all of the day.
    breakdowns=COMMON.in_every_campaign().with_parts(
        "Country|Region|City|DMA|Metro|Site|App/URL|Exchange|Supply vendor"
    ),
    advice=Advice(
        day="In The Trade Desk, add the dimension Date to the MyReports template and run it again",
        campaign="In The Trade Desk, add the dimension Campaign to the MyReports template",
        spend="In The Trade Desk, add the metric Advertiser Cost (Adv Currency) to the MyReports template; "
        "Media Cost and Partner Cost are not what the advertiser pays",
        export="Reports > My Reports, a scheduled report with Date, Campaign and Campaign ID, as XLSX or CSV",
    ),
    month_first=True,
)
