"""The tables and messages of connectors are layouts of the platform that they speak of."""

import json
from typing import Any

import pytest

from adops_cli.exports.export import Refusal
from tests.exports.reading import Read, refusal, spend

DAY = "2026-09-14"
AT = f"{DAY}T00:00:00.000000Z"
TABLES = {
    "google-ads": (
        "customer_id,date,device,id,base_campaign,clicks,cost_micros,impressions,_fivetran_synced",
        f"123,{DAY},MOBILE,71,customers/1/campaigns/70,3,2500000,100,{AT}",
    ),
    "meta-ads": (
        "campaign_id,date,_fivetran_id,account_id,impressions,inline_link_clicks,spend",
        f"71,{DAY},x,999,100,3,2.5",
    ),
    "microsoft-ads": (
        "time_period,account_id,campaign_id,currency_code,impressions,clicks,spend,_dlt_load_id",
        f"{DAY},1,71,USD,100,3,2.5,1",
    ),
    "apple-ads": (
        "date,id,local_spend_amount,local_spend_currency,taps,impressions,tap_installs,total_installs",
        f"{DAY},71,2.5,USD,3,100,1,1",
    ),
    "x-ads": (
        "account_id,campaign_id,date,placement,billed_charge_local_micro,impressions,url_clicks",
        f"18,71,{DAY} 07:00:00,SPOTLIGHT,2500000,100,3",
    ),
    "spotify-ads": (
        "campaign_id,campaign_name,date,impressions,clicks,spend,completion_rate",
        f"71,A,{DAY},100,3,2.5,0.8",
    ),
}
RECORDS: dict[str, dict[str, Any]] = {
    "google-ads": {"campaign_id": 71, "customer_id": 9, "date": DAY, "clicks": 3, "cost_micros": 2500000},
    "meta-ads": {"campaign_id": "71", "date_start": DAY, "date_stop": DAY, "spend": 2.5, "inline_link_clicks": 3},
    "tiktok-ads": {
        "dimensions": {"stat_time_day": f"{DAY} 00:00:00", "campaign_id": 71},
        "metrics": {"spend": "2.50", "clicks": "3"},
    },
    "linkedin-ads": {"campaign_id": 71, "start_at": AT, "end_at": AT, "cost_in_local_currency": "2.5", "clicks": 3},
    "amazon-ads": {
        "recordType": "campaigns",
        "reportDate": DAY,
        "metric": {"campaignId": 71, "cost": 2.5, "clicks": 3, "purchases7d": 1},
    },
    "pinterest": {"DATE": DAY, "CAMPAIGN_ID": 71, "SPEND_IN_MICRO_DOLLAR": 2500000, "OUTBOUND_CLICK_1": 3},
    "taboola": {"date": f"{DAY} 00:00:00.0", "campaign": "71", "campaign_name": "A", "clicks": 3, "spent": 2.5,
                "visible_impressions": 80},
}  # fmt: skip


@pytest.mark.parametrize("platform", TABLES)
def test_a_table_in_a_warehouse_is_one_of_its_platform(read: Read, platform: str) -> None:
    export = read(*TABLES[platform])
    assert (export.platform, export.campaigns[0].external_id) == (platform, "71")
    assert (str(spend(export)), export.totals.clicks, export.date_from) == ("2.500000", 3, DAY)


@pytest.mark.parametrize("platform", RECORDS)
@pytest.mark.parametrize("connector", ["Airbyte", "Singer"])
def test_a_message_is_one_of_its_platform(read: Read, platform: str, connector: str) -> None:
    record = RECORDS[platform]
    message = {"stream": "s", "data": record, "emitted_at": 1} if connector == "Airbyte" else {
        "type": "RECORD", "stream": "s", "record": record, "time_extracted": AT
    }  # fmt: skip
    export = read(json.dumps(message), suffix=".jsonl")
    assert (export.platform, export.campaigns[0].external_id) == (platform, "71")
    assert (str(spend(export)), export.totals.clicks, export.date_from) == ("2.500000", 3, DAY)


def snapchat(type_: str) -> str:
    record = {"id": "0d5e-71", "type": type_, "start_time": f"{DAY}T00:00:00.000-07:00", "impressions": 1000,
              "end_time": "2026-09-15T00:00:00.000-07:00", "spend": 2500000, "swipes": 3}  # fmt: skip
    return json.dumps({"stream": "stats_daily", "data": record})


def test_an_id_of_snapchat_is_a_campaign_s_only_if_its_type_says_so(read: Read) -> None:
    export = read(snapchat("CAMPAIGN"), suffix=".jsonl", money_unit="micro")
    assert (export.platform, export.campaigns[0].external_id, str(spend(export))) == (
        "snapchat-ads",
        "0d5e-71",
        "2.500000",
    )
    refused = refusal(read, snapchat("AD"), suffix=".jsonl")
    assert (refused.because, "by AD" in refused.message) == (Refusal.MISSING_COLUMN, True)


def test_a_header_that_is_repeated_is_known_without_spaces_too(read: Read) -> None:
    header = "date,datasource,CampaignId,spend"
    export = read(header, f"{DAY},google,71,2.50", header, f"{DAY},google,72,1.25")
    assert (export.rows_read, str(spend(export))) == (2, "3.750000")


def test_orders_after_a_click_are_other_ones_than_all_of_them(read: Read) -> None:
    header = "Date,Campaign Name,Spend,14 Day Total Sales - (Click)"
    both = read(f"{header},14 Day Total Sales (£)", f"{DAY},A,2.50,80.25,120.50")
    assert (str(both.totals.revenue), both.means["revenue"]) == ("120.500000", "14-day purchases value")
    alone = read(header, f"{DAY},A,2.50,80.25")
    assert (str(alone.totals.revenue), alone.means["revenue"]) == ("80.250000", "post-click conversions value")


def test_an_id_beside_an_ad_group_is_no_campaign_of_google(read: Read) -> None:
    header, row = TABLES["google-ads"]
    refused = refusal(read, f"{header},base_ad_group", f"{row},customers/1/adGroups/5")
    assert (refused.because, refused.platform) == (Refusal.MISSING_COLUMN, "google-ads")


def test_the_same_period_in_two_words_is_x_s_and_with_a_code_microsoft_s(read: Read) -> None:
    rows = (f"{DAY},A,1,2.50",)
    assert read("Time period,Campaign name,Impressions,Spend", *rows).platform == "x-ads"
    assert read("time_period,campaign_name,currency_code,spend", f"{DAY},A,EUR,2.50").platform == "microsoft-ads"
    refused = refusal(read, "time_period,campaign_name,impressions,spend", *rows)
    assert (refused.because, refused.platform) == (Refusal.NO_DAY_COLUMN, "generic")
