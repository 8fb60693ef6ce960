"""Files with our own keys, and any other file with columns named by `--map`."""

from decimal import Decimal
from typing import Any

import pytest

from adops_cli.errors import BadRequestError
from adops_cli.exports.export import Refusal
from tests.exports.reading import Read, metadata, refusal, spend

DAY = "2026-09-01"


def test_our_own_keys_carry_the_campaign_s_own_id(read: Read) -> None:
    header = "id,campaignId,date,impressions,clicks,conversions,spend,revenue,ctr,cpc,cpa,roas,metadata,syncedAt"
    export = read(header, f'm-1,c-1,{DAY},10,1,0.5,1.25,,0.1,1.25,2.5,,"{{""reach"":7,""note"":""x""}}",')
    (campaign,) = export.campaigns
    assert (campaign.own_id, campaign.external_id, campaign.name) == ("c-1", "c-1", "c-1")
    assert metadata(export) == ['{"note":"x","reach":7}']
    assert next(export.days())[:7] == (0, DAY, 10, 1, 500_000, 1_250_000, None)


def test_our_own_listing_has_points_though_three_digits_follow_each(read: Read) -> None:
    export = read("campaignId,date,spend,syncedAt", f"c-1,{DAY},1.234,", f"c-2,{DAY},312.253,")
    assert spend(export) == Decimal("313.487")
    refused = refusal(read, "campaignId,date,spend", f"c-1,{DAY},1.234", f"c-2,{DAY},312.253")
    assert refused.because is Refusal.AMBIGUOUS_NUMBERS


def test_one_name_on_two_platforms_is_two_campaigns(read: Read) -> None:
    rows = (f"Brand,{DAY},ttd,1.25", f"Brand,{DAY},dv360,2.50", f"Brand,{DAY},ttd,1.00")
    export = read("campaign,date,platform,spend", *rows)
    assert [(campaign.name, campaign.platform) for campaign in export.campaigns] == [
        ("Brand", "ttd"),
        ("Brand", "dv360"),
    ]
    assert (export.rows_kept, export.merged) == (2, 1)


def test_the_platforms_of_rows_are_brought_to_one_spelling(read: Read) -> None:
    spelled = ("google_ads", "Google Ads", "AdWords", "facebook", "Meta", "TikTok Ads", "tiktok-ads", "my_dsp", "")
    rows = [f"{DAY},{name},Brand,1" for name in spelled]
    export = read("date,platform,campaign,spend", *rows)
    found = [campaign.platform for campaign in export.campaigns]
    assert found == ["google-ads", "meta-ads", "tiktok-ads", "my_dsp", None]
    assert export.merged == 4


def test_mapped_headers_come_before_known_ones(read: Read) -> None:
    columns = {"Netto": "spend", "Päivä": "date", "Kampanja": "campaign"}
    export = read("Päivä,Kampanja,Netto,Spend", f"{DAY},A,1.50,9.00", columns=columns)
    assert (export.platform, spend(export)) == ("generic", Decimal("1.5"))
    refused = refusal(read, "date,campaign,spend", f"{DAY},A,1", columns={"Brutto": "spend"})
    assert refused.because is Refusal.MISSING_COLUMN
    assert "Brutto" in refused.message
    with pytest.raises(BadRequestError, match="campaignId"):
        read("date,campaign,spend", columns={"Brutto": "gross"})


def test_a_mapped_cost_keeps_the_currency_that_its_header_names(read: Read) -> None:
    header = "Päivä,Kampanja,Kulut (EUR)"
    export = read(header, f"{DAY},A,1.50", columns={"Päivä": "date", "Kampanja": "campaign", "Kulut (EUR)": "spend"})
    assert (export.currency, spend(export)) == ("EUR", Decimal("1.5"))
    assert (
        read("Day,Campaign name,Amount spent (EUR)", f"{DAY},A,1", columns={"Amount spent (EUR)": "spend"}).currency
        == "EUR"
    )


def test_metadata_of_our_own_listing_comes_back_beside_further_columns(read: Read) -> None:
    header = "campaignId,date,spend,metadata,views"
    rows = [f'1,{DAY},1,"{{""b"":1.50,""a"":[1]}}",7', f"2,{DAY},1,,", f"3,{DAY},1,oops,7", f"4,{DAY},1,[1],"]
    assert metadata(read(header, *rows)) == ['{"a":[1],"b":1.50,"views":7}', None, '{"views":7}', None]


def test_the_value_of_conversions_is_revenue_by_plain_words_too(read: Read) -> None:
    for name in ("conversion_value", "Conversions value"):
        assert read(f"date,campaign,spend,{name}", f"{DAY},A,1,9.50").totals.revenue == Decimal("9.5")
    assert read("date,campaign,spend,conversion_value,revenue", f"{DAY},A,1,9.50,8").totals.revenue == 8


@pytest.mark.parametrize(
    "header",
    [
        "date,campaign,spend (NOK),revenue (NOK)",
        "date,campaign,Cost (NOK),revenue",
        "Day,Campaign,Cost (NOK),Conv. value",
    ],
)
def test_a_cost_may_name_its_currency_in_brackets(read: Read, header: str) -> None:
    export = read(header, f"{DAY},A,1.50,9")
    assert (export.currency, spend(export), export.totals.revenue) == ("NOK", Decimal("1.5"), 9)


def test_a_column_of_any_name_can_be_mapped_to_the_platform(read: Read) -> None:
    rows = (f"{DAY},google_ads,Brand,7,72.50", f"{DAY},facebook,Brand,7,50", f"{DAY},,Brand,7,1")
    export = read("date,herkunft,campaign,campaign_id,spend", *rows, columns={"herkunft": "platform"})
    assert [(one.platform, one.external_id) for one in export.campaigns] == [
        ("google-ads", "7"), ("meta-ads", "7"), (None, "7"),
    ]  # fmt: skip
    assert (export.rows_kept, export.merged) == (3, 0)


@pytest.mark.parametrize("name", ["datasource", "Data Source", "Data Source name", "Platform", "source", "Channel"])
def test_a_column_of_sources_is_the_platform(read: Read, name: str) -> None:
    export = read(f"date,{name},campaign,spend", f"{DAY},Google Ads,Brand,72.50", f"{DAY},Meta,Brand,50")
    assert [one.platform for one in export.campaigns] == ["google-ads", "meta-ads"]


def test_a_channel_that_is_no_platform_is_text_like_any_other(read: Read) -> None:
    export = read("date,channel,campaign,spend", f"{DAY},google,Brand,72.50", f"{DAY},paid social,Brand,50")
    assert [one.platform for one in export.campaigns] == [None]
    assert {column.header: column.fate for column in export.columns}["channel"] == "ignored: text"


def test_a_platform_that_rows_name_comes_before_the_one_that_is_given(read: Read) -> None:
    export = read("date,platform,campaign,spend", f"{DAY},meta,A,1", f"{DAY},,B,1", platform="tiktok-ads")
    assert (export.platform, [one.platform for one in export.campaigns]) == ("tiktok-ads", ["meta-ads", None])
    assert any("--platform tiktok-ads was ignored" in notice for notice in export.notices)


def test_a_header_of_another_platform_than_the_one_that_is_given_is_told(read: Read) -> None:
    lines = ("Day,Campaign,Cost,Impr.", f"{DAY},A,1,5")
    assert any("Google Ads" in notice for notice in read(*lines, platform="gogle-ads").notices)
    assert not any("Google Ads" in notice for notice in read(*lines, platform="adwords").notices)


def test_names_are_known_without_spaces_in_any_case(read: Read) -> None:
    for header in ("CampaignId,CampaignName", "campaignid,campaignname", "CAMPAIGNID,CAMPAIGNNAME", "CampaignID,Name"):
        export = read(f"Date,{header},AdGroupId,CriterionId,AverageCpc,Cost", f"{DAY},100,Brand,7,77,1.5,3")
        (campaign,) = export.campaigns
        assert (campaign.external_id, campaign.name, spend(export)) == ("100", "Brand", 3)
        assert metadata(export) == [None]


def test_figures_under_other_names_are_told_with_their_sums(read: Read) -> None:
    header = "date,campaign,spend,impressions,Link clicks,Purchases,Leads,Purchase value,CTR,Budget orders"
    export = read(header, f"{DAY},A,1,10,40,5,1,250.50,3,9", f"{DAY},B,1,10,20,3,x,120,3,9", f"{DAY},,9,9,9,9,9,9,9,9")
    (told,) = [notice for notice in export.notices if notice.startswith("not counted")]
    assert told == (
        "not counted: Link clicks (60), Purchases (8), Purchase value (370.5); to count columns, name them, as in "
        "--map 'Link clicks=clicks,Purchases=conversions,Purchase value=revenue'"
    )
    assert "x" not in told
    assert export.totals.clicks is None


def test_a_figure_that_is_counted_is_not_told_of_again(read: Read) -> None:
    header = "date,campaign,spend,clicks,Link clicks,Views"
    assert not any("not counted" in notice for notice in read(header, f"{DAY},A,1,5,4,3").notices)
    mapped = read(header.replace(",clicks", ""), f"{DAY},A,1,4,3", columns={"Link clicks": "clicks"})
    assert not any("not counted" in notice for notice in mapped.notices)


@pytest.mark.parametrize(
    ("lines", "left_out"),
    [
        (
            ("Day,Campaign name,Amount spent (EUR),Attribution setting,Leads", "2026-09-01,A,1.00,7-day click,3"),
            [("conversions", "Leads", 3)],
        ),
        (
            ("Day,Campaign,Currency code,Impr.,Clicks,Cost,All conv.", "2026-09-01,A,EUR,9,1,1.00,2.5"),
            [("conversions", "All conv.", Decimal("2.5"))],
        ),
        (("Day,Campaign,Currency code,Impr.,Clicks,Cost,All conv.,Conversions", "2026-09-01,A,EUR,9,1,1.00,2.5,1"), []),
        (
            ("Date,Insertion Order,Line Item,Advertiser Currency,Media Cost (Adv Currency),Revenue (USD)",
             "2026/09/01,A,L,EUR,1.00,2.00"),
            [],
        ),
    ],
)  # fmt: skip
def test_results_that_are_not_counted_are_told_for_known_platforms_too(
    read: Read, lines: tuple[str, ...], left_out: list[tuple[str, str, Any]]
) -> None:
    export = read(*lines)
    assert [(one.figure, one.column, one.amount) for one in export.left_out] == left_out
    assert any("not counted: " in notice for notice in export.notices) == bool(left_out)
