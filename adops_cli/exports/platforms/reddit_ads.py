"""Reddit Ads: the tables of connectors in millionths, and with `--platform reddit-ads` the downloads of Ads Manager.

Nothing in the headers of a download is Reddit's alone. Money of both kinds is called `spend`; which one a file has is
told by its amounts: see `rows.money_unit`.
"""

from adops_cli.exports.columns.breakdowns import COMMON
from adops_cli.exports.columns.declaration import Advice, PlatformFormat, named, spellings

PLATFORM = PlatformFormat(
    name="reddit-ads",
    title="Reddit Ads",
    columns={
        "day": (named(en="Date|Day"),),
        "campaign": (named(en="Campaign name|Campaign"),),
        "campaign_id": (named(en="Campaign ID"),),
        "account_id": (named(en="Account ID|Ad account ID"),),
        "account": (named(en="Account name"),),
        "currency": (named(en="Currency"),),
        "impressions": (named(en="Impressions"),),
        "clicks": (named(en="Clicks", means="clicks"),),
        "spend": (named(en="Spend|Amount Spent", coded=True, means="advertiser cost"),),
    },
    signature=spellings(
        "comment_upvotes|comment_downvotes|comments_page_views|gallery_item_id|conversion_roas"
        "|legacy_click_conversions_attribution_window_day|legacy_view_conversions_attribution_window_day"
        "|app_install_metrics_install|app_install_metrics_purchase"
    ),
    levels=spellings("Ad group name|Ad group ID|Ad name|Ad ID|Post ID"),
    breakdowns=COMMON.in_every_campaign().with_parts("Placement"),
    advice=Advice(
        day="In Reddit Ads Manager, break the report down by Date and export it again",
        campaign="In Reddit Ads Manager, export the report of campaigns",
        spend="In Reddit Ads Manager, add the metric Spend to the report",
        export="Ads Manager > Reporting by Date and Campaign, as CSV, to be imported with --platform reddit-ads",
    ),
    unconfirmed=spellings("Amount Spent"),
)
