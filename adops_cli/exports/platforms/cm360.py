"""Campaign Manager 360: reports of the ad server, whose cost is what the placements were booked for."""

from adops_cli.exports.columns.breakdowns import COMMON
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, named, spellings

PLATFORM = PlatformFormat(
    name="cm360",
    title="Campaign Manager 360",
    columns={
        "day": (named(en="Date|Day"),),
        "period": (named(en="Week|Month|Quarter|Year"),),
        "campaign": (named(en="Campaign|Campaign Name"),),
        "campaign_id": (named(en="Campaign ID"),),
        "account_id": (named(en="Advertiser ID"),),
        "account": (named(en="Advertiser|Advertiser Name"),),
        "currency": (named(en="Currency|Account Currency"),),
        "impressions": (named(en="Impressions"),),
        "clicks": (named(en="Clicks", means="clicks"),),
        "conversions": (
            named(en="Total Conversions", means="total conversions"),
            named(
                en="Click-through Conversions",
                means="post-click conversions",
                plus=named(en="View-through Conversions", means="post-view conversions"),
                sum_means="total conversions",
            ),
        ),
        "spend": (named(en="Media Cost", coded=True, means="media cost"),),
        "revenue": (
            named(en="Total Revenue", means="total conversions value"),
            named(
                en="Click-through Revenue",
                means="post-click conversions value",
                plus=named(en="View-through Revenue", means="post-view conversions value"),
                sum_means="total conversions value",
            ),
        ),
    },
    signature=spellings(
        "Site (CM360)|Site (DCM)|Site (DFA)|Site ID (CM360)|Site ID (DCM)|Floodlight Attribution Type"
        "|DV360 Cost (Account Currency)|Placement Strategy|Placement Cost Structure|Package/Roadblock"
    ),
    signature_together=(
        (
            spellings("Placement|Placement ID"),
            spellings("Media Cost"),
            spellings("Total Conversions|Click-through Conversions|View-through Conversions|Total Revenue"),
        ),
    ),
    levels=spellings(
        "Placement|Placement ID|Creative|Creative ID|Ad|Ad ID|Site (CM360)|Site (DCM)|Site (DFA)|Package/Roadblock"
    ),
    breakdowns=COMMON.in_every_campaign().with_parts("Placement|Site (CM360)|Site (DCM)|Site (DFA)"),
    advice=Advice(
        day="In Campaign Manager 360, add the dimension Date to the report and run it again",
        campaign="In Campaign Manager 360, add the dimensions Campaign and Campaign ID to the report",
        spend="In Campaign Manager 360, add the metric Media Cost to the report",
        export="Reporting > Standard report with the dimensions Date, Campaign and Campaign ID, as CSV",
    ),
    unconfirmed=spellings("Click-through Revenue|View-through Revenue"),
)
