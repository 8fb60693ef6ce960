"""Microsoft Advertising: report files with their preamble, downloads of the interface, and the columns of the API."""

from adops_cli.exports.columns.declaration import Advice, PlatformFormat, named, spellings

# The API writes its names without spaces: `TimePeriod`. Hours and weeks have the same name as days; their cells differ.
PLATFORM = PlatformFormat(
    name="microsoft-ads",
    title="Microsoft Advertising",
    columns={
        "day": (named(en="Gregorian date|Time period|Date|Day", ja="日付"),),
        "period": (named(en="Week|Month|Quarter|Year"),),
        "campaign": (named(en="Campaign name|Campaign", ja="キャンペーン名"),),
        "campaign_id": (named(en="Campaign ID"),),
        "account_id": (named(en="Account ID"),),
        "account": (named(en="Account name|Account"),),
        "currency": (named(en="Currency code|Currency"),),
        "impressions": (named(en="Impressions|Impr.", ja="インプレッション"),),
        "clicks": (named(en="Clicks", ja="クリック数", means="clicks"),),
        "conversions": (
            # With decimals, where an account counts them. `Conversions` is the same number, cut off.
            named(en="Conversions qualified", means="conversions"),
            named(en="Conversions|Conv.", ja="コンバージョン", means="conversions"),
        ),
        "spend": (named(en="Spend", ja="費用", means="advertiser cost"),),
        "revenue": (named(en="Revenue", means="conversions value"),),
    },
    # `AverageCpc`, `AllConversions` and `AccountNumber` are what other APIs and scripts write, too.
    signature=spellings(
        "Gregorian date|GregorianDate|TimePeriod|AllRevenue|all_revenue|ConversionsQualified|AllConversionsQualified"
    ),
    # Connectors make `time_period` of it, which X writes in two words as well, without a code beside it.
    signature_together=((spellings("Time period"), spellings("Currency code"), spellings("Spend")),),
    levels=spellings(
        "Ad group|Ad group name|AdGroupName|Ad group ID|AdGroupId|Ad ID|AdId|Keyword|Keyword ID|KeywordId|Search term"
        "|SearchQuery|Asset group|AssetGroupName|AssetGroupId|Account number|AccountNumber"
    ),
    advice=Advice(
        day="In Microsoft Advertising, set the report's unit of time to Day and run it again",
        campaign="In Microsoft Advertising, run the Campaign report, or add the columns Campaign name and Campaign ID",
        spend="In Microsoft Advertising, add the column Spend to the report",
        export="Reports > Performance > Campaign, unit of time Day, as CSV",
    ),
    unconfirmed=spellings("日付|キャンペーン名|インプレッション|クリック数|コンバージョン|費用"),
)
