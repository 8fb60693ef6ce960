"""Amazon Ads: reports of Sponsored Products, Brands and Display, of the DSP, and the names of the API and connectors.

Sellers get the orders of 7 days, vendors those of 14. The two are different figures, and a file has one of them.
Sponsored Brands and Display have those of 14 days for everybody, which their API calls `purchases` and `sales`:
https://advertising.amazon.com/API/docs/en-us/guides/reporting/v3/columns
"""

from adops_cli.exports.columns import attributes
from adops_cli.exports.columns.breakdowns import COMMON
from adops_cli.exports.columns.declaration import Advice, Named, PlatformFormat, named, spellings


def _orders(days: int) -> Named:
    interface = f"{days} Day Total Orders (#)|{days} Day Total Orders"
    return named(en=interface, api=f"purchases{days}d|purchases_{days}_d", means=f"{days}-day purchases")


def _sales(days: int, more: str = "") -> Named:
    api = f"sales{days}d|sales_{days}_d{more}"
    return named(en=f"{days} Day Total Sales", api=api, coded=True, means=f"{days}-day purchases value")


PLATFORM = PlatformFormat(
    name="amazon-ads",
    title="Amazon Ads",
    columns={
        "day": (named(en="Date|Day", api="report_date|reportDate"),),
        # Beside Date they are of the campaign; without it, of the period that the row covers.
        "starts": (named(en="Start Date"),),
        "ends": (named(en="End Date"),),
        "campaign": (named(en="Campaign Name|Campaign"), named(en="Order name|Order")),
        "campaign_id": (named(en="Campaign ID"), named(en="Order ID")),
        "account_id": (named(en="Advertiser ID|Profile ID|Entity ID"),),
        "account": (named(en="Advertiser|Advertiser name|Account name"),),
        "currency": (named(en="Currency|Budget currency", api="campaignBudgetCurrencyCode|currency_code"),),
        "impressions": (named(en="Impressions"),),
        "clicks": (named(en="Clicks|Click-throughs", means="clicks"),),
        "conversions": (
            _orders(7),
            _orders(14),
            _orders(30),
            named(api="purchases", means="14-day purchases"),
            named(en="14 Day Total Orders (#) - (Click)", api="purchasesClicks", means="post-click conversions"),
        ),
        "spend": (named(en="Spend|Cost|Total cost", coded=True, means="advertiser cost"),),
        "revenue": (
            _sales(7),
            _sales(14, "|attributed_sales_14_d|attributedSales14d"),
            _sales(30),
            named(api="sales", means="14-day purchases value"),
            named(en="14 Day Total Sales - (Click)", api="salesClicks", means="post-click conversions value"),
        ),
    },
    signature=spellings(
        "7 Day Total Sales|14 Day Total Sales|7 Day Total Orders (#)|14 Day Total Orders (#)|7 Day Total Units (#)"
        "|14 Day Total Units (#)|Total Advertising Cost of Sales (ACOS)|Click-Thru Rate (CTR)|purchases7d|purchases14d"
        "|purchases30d|sales7d|sales14d|sales30d|purchases_7_d|purchases_14_d|purchases_30_d|sales_7_d|sales_14_d"
        "|sales_30_d|newToBrandPurchases|newToBrandSales|14 Day New-to-brand Orders (#)|14 Day Total Sales - (Click)"
        "|14 Day Total Orders (#) - (Click)|attributed_sales_14_d|attributedSales14d|campaignBudgetCurrencyCode"
        "|Customer Search Term"
    ),
    signature_together=((spellings("Order|Order name|Order ID"), spellings("Line item"), spellings("Total cost")),),
    levels=spellings(
        "Ad Group Name|Ad Group ID|Line item|Line item ID|Creative|Creative ID|Advertised SKU|Advertised ASIN|Targeting"
    ),
    # A report of search terms leaves out impressions.
    attributes=attributes.COMMON.with_own(start_date="Start Date", end_date="End Date"),
    breakdowns=COMMON.in_every_campaign()
    .with_parts("Placement|Targeting|Match Type|Advertised ASIN|Advertised SKU")
    .with_fragments("Customer Search Term"),
    advice=Advice(
        day="In Amazon Ads, create the report with the time unit Daily and download it again",
        campaign="In Amazon Ads, create a Campaign report; of the DSP, add the dimension Order",
        spend="In Amazon Ads, create a Campaign report, which has the column Spend",
        export="Measurement & reporting > Sponsored ads reports > Campaign, time unit Daily, as CSV or "
        "XLSX; of the DSP, a report by Date, Order and Line item",
    ),
    unconfirmed=spellings("Order|Order name|Order ID|Total cost|Click-throughs"),
)
