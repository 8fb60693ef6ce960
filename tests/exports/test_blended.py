"""Tables of several platforms in one, as connectors and analysts make them, and groups of campaigns."""

import json
from pathlib import Path

import pytest

from adops_cli.exports.export import Refusal
from tests.exports.reading import Read, refusal, spend

DAY = "2026-09-14"
HEADER = "Date,Source of data,Campaign name,Impressions,Clicks,Spend"


def platforms(read: Read, header: str, *names: str) -> list[str | None]:
    """The platform of each campaign in a file whose second column has these names."""
    export = read(header, *(f"{DAY},{name},C{at},100,4,2.50" for at, name in enumerate(names)))
    return [campaign.platform for campaign in export.campaigns]


@pytest.mark.parametrize(
    "name", ["datasource", "Data Source name", "Data source type", "Platform", "channel", "source"]
)
def test_a_column_of_any_connector_says_the_platform_of_each_row(read: Read, name: str) -> None:
    names = ("google_ads", "Facebook Ads", "bing", "tiktok", "LinkedIn", "twitter_ads", "apple_search_ads", "Spotify")
    assert platforms(read, HEADER.replace("Source of data", name), *names) == [
        "google-ads", "meta-ads", "microsoft-ads", "tiktok-ads", "linkedin-ads", "x-ads", "apple-ads", "spotify-ads"
    ]  # fmt: skip


def test_an_account_behind_the_platform_is_none_of_it(read: Read) -> None:
    header = HEADER.replace("Source of data", "Data Source name")
    names = ("Google Ads - ACME (123-456-7890)", "AdWords: ACME", "Facebook Ads | ACME", "Pod-cast: ACME")
    assert platforms(read, header, *names) == ["google-ads", "google-ads", "meta-ads", "pod-cast-acme"]


def test_among_two_platforms_a_source_that_is_none_is_a_platform_of_its_own(read: Read) -> None:
    header = HEADER.replace("Source of data", "channel")
    assert platforms(read, header, "Google", "Meta", "Influencers") == ["google-ads", "meta-ads", "influencers"]
    assert platforms(read, header, "Google", "Search", "Influencers") == [None] * 3


def test_a_mark_of_one_platform_does_not_make_the_rows_of_others_its_own(read: Read) -> None:
    header = f"{HEADER.replace('Source of data', 'Data source')},Swipe ups"
    rows = (f"{DAY},Google Ads,A,100,4,2.50,", f"{DAY},Snapchat Ads,B,100,,3.50,7")
    export = read(header, *rows)
    assert export.platform == "generic"
    assert [one.platform for one in export.campaigns] == ["google-ads", "snapchat-ads"]
    assert [(one.column, str(one.amount)) for one in export.left_out] == [("Swipe ups", "7")]
    assert read(header, rows[1]).platform == "snapchat-ads"


def test_places_of_a_platform_s_own_are_no_platforms(read: Read) -> None:
    export = read("Day,Campaign name,Platform,Amount spent (EUR)", f"{DAY},A,facebook,1.00", f"{DAY},A,instagram,2.00")
    assert (export.platform, spend(export)) == ("meta-ads", 3)


def test_a_publisher_that_is_also_a_platform_leaves_a_file_its_own(read: Read) -> None:
    header = "Date,Campaign,Publisher,Advertiser Cost (USD)"
    export = read(header, f"{DAY},A,Spotify,1.00", f"{DAY},A,The Morning News,2.00")
    assert (export.platform, spend(export)) == ("ttd", 3)


def test_a_unified_model_of_a_warehouse_is_read(read: Read) -> None:
    header = "source_relation,date_day,platform,campaign_id,campaign_name,clicks,impressions,spend,conversions_value"
    export = read(header, f",{DAY},facebook_ads,12,Brand,40,1000,12.5,80", f",{DAY},google_ads,12,Brand,4,100,1.5,8")
    assert [(one.platform, one.external_id) for one in export.campaigns] == [("meta-ads", "12"), ("google-ads", "12")]


@pytest.mark.parametrize(
    ("line", "said"),
    [("Currency: EUR", "EUR"), ('"Currency: EUR"', "EUR"), ("Currency,EUR", "EUR"), ("Valuta: SEK", "SEK"),
     ("Currency: Euro", None), ("Currency: ABC", None), ("Currency of the account is EUR", None)],
)  # fmt: skip
def test_a_line_above_the_table_names_the_currency(read: Read, line: str, said: str | None) -> None:
    header = "Date,Campaign Name,Spend,Taps"
    assert read("Report", line, "", header, f"{DAY},A,2.50,3").currency == said


def test_a_currency_above_the_table_gives_way_to_a_column_and_contradicts_an_option(read: Read) -> None:
    rows = ("Date,Campaign Name,Currency,Spend,Taps", f"{DAY},A,USD,2.50,3")
    assert read("Currency: EUR", *rows).currency == "USD"
    refused = refusal(read, "Currency: EUR", "Date,Campaign Name,Spend,Taps", f"{DAY},A,2.50,3", currency="USD")
    assert refused.because is Refusal.MIXED_CURRENCIES


GROUPS = "Start Date (in UTC),Campaign Group Name,Campaign Group ID,Campaign Name,Campaign ID,Total Spent"
ROWS = (f"{DAY},Autumn,900,A,7701,1.50", f"{DAY},Autumn,900,B,7702,2.25")


def test_a_group_of_campaigns_is_a_campaign_only_if_it_is_asked_for(read: Read) -> None:
    assert [one.external_id for one in read(GROUPS, *ROWS).campaigns] == ["7701", "7702"]
    export = read(GROUPS, *ROWS, level="group")
    assert [(one.name, one.external_id) for one in export.campaigns] == [("Autumn", "900")]
    assert (spend(export), export.merged, export.partial) == (spend(read(GROUPS, *ROWS)), 1, ())
    assert any("by groups only" in notice for notice in export.notices)


def test_a_file_without_groups_cannot_be_read_by_groups(read: Read) -> None:
    refused = refusal(read, "Day,Campaign,Cost,Impr.", f"{DAY},A,1,2", level="group")
    assert (refused.because, "--level group" in str(refused)) == (Refusal.MISSING_COLUMN, True)


def pivoted(folder: Path, kind: str) -> Path:
    """Rows of LinkedIn's API, which name what they are of."""
    record = {"start_date": DAY, "end_date": DAY, "costInLocalCurrency": 2.5, "clicks": 3}
    rows = [record | {"pivotValue": f"urn:li:{kind}:25200000{number}"} for number in (1, 2)]
    path = folder / f"{kind}.ndjson"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_api_s_rows_name_their_campaign_by_a_urn(read: Read, tmp_path: Path) -> None:
    lines = pivoted(tmp_path, "sponsoredCampaign").read_text().splitlines()
    assert [one.external_id for one in read(*lines, suffix=".ndjson").campaigns] == ["252000001", "252000002"]
    groups = pivoted(tmp_path, "sponsoredCampaignGroup").read_text().splitlines()
    assert [one.external_id for one in read(*groups, suffix=".ndjson", level="group").campaigns] == [
        "252000001", "252000002"
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["sponsoredCreative", "sponsoredCampaignGroup", "country", "industry"])
def test_rows_by_anything_but_a_campaign_are_none(read: Read, tmp_path: Path, kind: str) -> None:
    with pytest.raises(Exception, match=f"by {kind}, not by sponsoredCampaign") as caught:
        read(*pivoted(tmp_path, kind).read_text().splitlines(), suffix=".ndjson")
    assert caught.value.because is Refusal.MISSING_COLUMN  # type: ignore[attr-defined]
