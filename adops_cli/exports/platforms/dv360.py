"""Display & Video 360: offline reports with a total row and a footer, and copies of them with cleaned headers."""

import re

from adops_cli.exports.columns.breakdowns import COMMON
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, named, spellings

PLATFORM = PlatformFormat(
    name="dv360",
    title="Display & Video 360",
    columns={
        "day": (named(en="Date|Day"),),
        "period": (named(en="Week|Month|Quarter|Year"),),
        "campaign": (named(en="Campaign|Campaign Name"), named(en="Insertion Order|Insertion Order Name")),
        "campaign_id": (named(en="Campaign ID"), named(en="Insertion Order ID")),
        "account_id": (named(en="Advertiser ID"),),
        "account": (named(en="Advertiser|Advertiser Name"),),
        "currency": (named(en="Advertiser Currency"),),
        "impressions": (named(en="Impressions"),),
        "clicks": (named(en="Clicks", means="clicks"),),
        "conversions": (
            named(en="Total Conversions", means="total conversions"),
            named(
                en="Post-Click Conversions",
                means="post-click conversions",
                plus=named(en="Post-View Conversions", means="post-view conversions"),
                sum_means="total conversions",
            ),
        ),
        # "Revenue" here is what the advertiser is billed: the agency's revenue, not the advertiser's.
        "spend": (
            named(en="Revenue (Adv Currency)|Revenue (Advertiser Currency)", means="advertiser cost"),
            named(
                en="Total Media Cost (Advertiser Currency)|Total Media Cost (Adv Currency)|Total Media Cost",
                means="total media cost",
            ),
            named(en="Media Cost (Advertiser Currency)|Media Cost (Adv Currency)", means="media cost"),
            named(en="Spend|Cost"),  # of connectors
        ),
        "revenue": (
            named(
                en="CM Post-Click Revenue",
                means="post-click conversions value",
                plus=named(en="CM Post-View Revenue", means="post-view conversions value"),
                sum_means="total conversions value",
            ),
        ),
    },
    signature=spellings(
        "Advertiser Currency|Revenue (Adv Currency)"
        "|Revenue (Advertiser Currency)|Media Cost (Advertiser Currency)|Total Media Cost (Advertiser Currency)"
        "|Total Media Cost (Adv Currency)|Billable Cost (Adv Currency)|Platform Fee (Adv Currency)"
    ),
    # Other buying platforms have one of the two.
    signature_together=(
        (
            spellings("Insertion Order|Insertion Order ID|Insertion Order Name"),
            spellings("Line Item|Line Item ID|Line Item Name"),
        ),
    ),
    never_results=spellings("Revenue"),
    levels=spellings(
        "Insertion Order|Insertion Order ID|Line Item|Line Item ID|Line Item Name|Line Item Type|Creative|Creative ID"
        "|Partner|Partner ID|Advertiser|Advertiser ID|Browser|City|Country|Device Type|App/URL|Exchange|Environment"
    ),
    # Their rows hold the unknown place, too, so that together they are all of the day.
    breakdowns=COMMON.in_every_campaign().with_parts(
        "Country|Region|City|DMA|Metro|Site|App/URL|Exchange|Supply vendor"
    ),
    advice=Advice(
        day="In Display & Video 360, add the dimension Date to the report and run it again",
        campaign="In Display & Video 360, add the dimension Campaign or Insertion Order to the report",
        spend="In Display & Video 360, add the metric Revenue (Adv Currency) to the report",
        export="Reporting > Offline reporting, a report with Date and Campaign or Insertion Order and their "
        "ids, as CSV or XLSX",
    ),
    no_data=re.compile(r"No data returned by the reporting service\.?", re.IGNORECASE),
    footer=re.compile(
        r"(?:Report Time|Date Range|Group By|Filter(?:s| by)\b[^:]*|Time ?zone|MRC Accredited Metrics)\s*(?::|$)"
        r"|MRC Accredited Metrics|Reporting numbers from the previous month",
        re.IGNORECASE,
    ),
)
