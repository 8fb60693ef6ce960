"""What the columns of an export mean: names in several languages, orders of preference, options over both."""

import json
from decimal import Decimal

import pytest

from adops_cli.errors import BadRequestError
from adops_cli.exports.columns.declaration import named
from adops_cli.exports.export import Refusal
from tests.exports.reading import Read, metadata, refusal, spend

META = 'Day,"Campaign name","Amount spent (EUR)",Impressions'
TTD = "Date,Campaign ID,Campaign,Advertiser Currency Code,Impressions,Clicks"
PINTEREST = "Date,Campaign name,Spend in account currency,Impressions"
DV360 = "Date,Insertion Order,Advertiser Currency,Impressions,Clicks"
DAY = "2026-09-01"
SLOT = "{} - Total Click + View Conversions"
SLOT_REVENUE = "{} - Total Click + View Conversion Revenue"


@pytest.mark.parametrize(
    ("header", "platform"),
    [
        ("Day,Campaign,Cost,Clicks,Impr.", "google-ads"),
        ("Day,Campaign,Cost,Clicks,Currency code", "google-ads"),
        ("Day,Campaign,Cost,Clicks,Conv. value", "google-ads"),
        ("Tag,Kampagne,Kosten,Klicks,Währungscode", "google-ads"),
        ("Jour,Campagne,Coût,Clics,Impr.", "google-ads"),
        ("Día,Campaña,Costo,Clics,Código de moneda", "google-ads"),
        ("Día,Campaña,Coste,Clics,Impr.", "google-ads"),
        ("Dia,Campanha,Custo,Cliques,Impr.", "google-ads"),
        ("segments.date,campaign.name,metrics.cost_micros,metrics.clicks", "google-ads"),
        ("segments.date,campaign.name,metrics.costMicros,metrics.clicks", "google-ads"),
        ("Tag,Kampagnenname,Ausgegebener Betrag (EUR),Klicks (alle)", "meta-ads"),
        ("Jour,Nom de la campagne,Montant dépensé (EUR),Clics sur un lien", "meta-ads"),
        ("Día,Nombre de la campaña,Importe gastado (EUR),Clics en el enlace", "meta-ads"),
        ("date_start,date_stop,campaign_name,spend,clicks", "meta-ads"),
        ("DATE,CAMPAIGN_NAME,SPEND_IN_DOLLAR,CLICKTHROUGH_1", "pinterest"),
        ("Date,Campaign name,Spend in account currency,Pin clicks", "pinterest"),
        ("Date,Campaign,Advertiser Cost (USD),Clicks", "ttd"),
        ("Date,Insertion_Order,Revenue_(Adv_Currency),Clicks", "dv360"),
        ("Date,Campaign,Revenue (Adv Currency),Clicks", "dv360"),
        ("date,campaign,spend,clicks", "generic"),
        ("date,campaign_name,cost,clicks", "generic"),
        ("date,campaignId,spend,clicks", "generic"),
    ],
)
def test_a_platform_is_known_by_its_names(read: Read, header: str, platform: str) -> None:
    row = f"{DAY},{DAY},A,1,2" if "date_stop" in header else f"{DAY},A,1,2"
    export = read(header, row + "," * (header.count(",") - row.count(",")))
    assert export.platform == platform
    assert (export.totals.clicks, bool(export.totals.spend)) == (2, True)


@pytest.mark.no_cover
def test_a_row_of_more_columns_than_a_spreadsheet_has_is_no_header(read: Read) -> None:
    assert refusal(read, f"date,campaign,spend{',x' * 20_000}").because is Refusal.UNRECOGNISED
    assert read(f"date,campaign,spend{',x' * 16_000}").rows_read == 0


def test_of_two_platforms_the_one_that_finds_all_it_needs_is_meant(read: Read) -> None:
    assert read("Date,Campaign,Campaign status,Spend,Clicks", f"{DAY},A,on,1,2").platform == "generic"
    own = read("date,campaignId,cost,clicks,currency", f"{DAY},c-1,1,2,EUR")
    assert (own.platform, own.campaigns[0].own_id, own.currency) == ("generic", "c-1", "EUR")


@pytest.mark.parametrize(
    "header",
    [
        "Day,Campaign,Cost,Clicks",  # of anybody
        "Tag,Kampagne,Kosten,Klicks",
        "Jour,Campagne,Coût,Clics",
        "Día,Campaña,Coste,Clics",
        "Dia,Campanha,Custo,Cliques",
        "Day,Campaign,Spent,Clicks,Campaign ID,Conversions,Currency",  # Taboola
        "Date,Campaign,Spend,Clicks,Campaign type,Campaign status,Budget type",
        "Date,Campaign,Spend,Clicks,Impr.,Avg. CPC,Conv. rate,Currency code",  # Microsoft Advertising
        "Date,CampaignName,Spend,Clicks,CampaignId,CurrencyCode",
        "Date,Campaign name,Cost,Clicks,Currency code,Ad group ID",
        "Date,Campaign name,Amount Spent,Clicks,Paid Impressions",
        "Fecha,Nombre de la campaña,Importe gastado,Clics,Clics en el enlace",  # X
        "Date,Campaign name,Cost,Clicks,Clicks (all),Ad group ID",  # TikTok
        "Day,Campaign,Spent,Clicks,Actions,Account currency",  # Taboola
        "Date,Campaign name,Cost,Clicks,Link clicks,Website purchases",  # Supermetrics
        "Date,Campaign,Spend,Clicks,Insertion Order",  # Vistar
        "Date,Campaign,Spend,Clicks,Line item",  # Amazon
        "Date,Campaign,Spend,Clicks,Media Cost (Adv Currency)",
    ],
)
def test_words_that_others_write_too_make_a_file_no_platform_s(read: Read, header: str) -> None:
    export = read(header, f"{DAY},A,1,2" + "," * (header.count(",") - 3))
    assert (export.platform, spend(export), export.totals.clicks) == ("generic", 1, 2)


def test_google_s_title_is_a_mark_as_well(read: Read) -> None:
    lines = ("Day,Campaign,Cost,Clicks", f"{DAY},A,1.00,2")
    assert read("Campaign report", '"September 1, 2026 - September 30, 2026"', *lines).platform == "google-ads"
    assert read("Campaign Performance Report (in UTC)", *lines).platform == "generic"


def test_a_platform_that_is_given_is_not_guessed(read: Read) -> None:
    lines = ("day,campaign,cost,clicks", f"{DAY},A,1.00,2")
    assert read(*lines, platform="google-ads").platform == "google-ads"
    assert read(*lines, platform="generic").platform == "generic"
    assert refusal(read, "Notes", "remember", platform="generic").because is Refusal.UNRECOGNISED


def test_any_platform_can_be_given(read: Read) -> None:
    lines = ("Date,Campaign,Spend,Campaign ID", f"{DAY},A,1.00,7")
    spelled = {"tiktok-ads": "tiktok-ads", "LinkedIn Ads": "linkedin-ads", "AdWords": "google-ads", "dv360": "dv360"}
    for given, meant in spelled.items():
        export = read(*lines, platform=given)
        assert (export.platform, spend(export), export.campaigns[0].external_id) == (meant, 1, "7")
    mapped = read("Päivä,Kampanja,Hinta", f"{DAY},A,1", platform="x-ads", columns=MAPPED)
    assert (mapped.platform, spend(mapped)) == ("x-ads", 1)
    with pytest.raises(BadRequestError, match="--platform"):
        read(*lines, platform=" & ")


MAPPED = {"Päivä": "date", "Kampanja": "campaign", "Hinta": "spend"}


@pytest.mark.parametrize(
    ("header", "row", "because", "advice"),
    [
        ("Campaign,Cost,Impr.", "A,1.00,1", Refusal.NO_DAY_COLUMN, "segment Time > Day"),
        ("Week,Campaign,Cost,Impr.", f"{DAY},A,1.00,1", Refusal.NOT_DAILY, "segment Time > Day"),
        ("Month,Insertion Order,Revenue (Adv Currency)", "2026/09,A,1.0", Refusal.NOT_DAILY, "dimension Date"),
        ("Month,Campaign,Cost,Impr.", "2026-09-01,A,1.00,1", Refusal.NOT_DAILY, "segment Time > Day"),
        ("Woche,Kampagne,Kosten,Impr.", f"{DAY},A,1,1", Refusal.NOT_DAILY, "segment Time > Day"),
        ("Day,Cost,Impr.", f"{DAY},1.00,1", Refusal.MISSING_COLUMN, "Campaign"),
        ("Day,Campaign,Impr.", f"{DAY},A,1", Refusal.MISSING_COLUMN, "Cost"),
        (TTD + ",Media Cost (Adv Currency)", f"{DAY},1,A,EUR,1,1,1.00", Refusal.MISSING_COLUMN, "Advertiser Cost"),
        (DV360 + ",Revenue (USD)", f"{DAY},A,EUR,1,1,1.00", Refusal.MISSING_COLUMN, "Revenue (Adv Currency)"),
        (META.replace("Day", "Week"), f"{DAY},A,1.00,1", Refusal.NOT_DAILY, "Breakdown"),
        ("Day,Campaign,Cost,Impr.", "2026/09,A,1.00,1", Refusal.NOT_DAILY, "segment Time > Day"),
        ("Day,Campaign,Cost,Impr.", "2026-08-03 - 2026-08-09,A,1.00,1", Refusal.NOT_DAILY, "segment Time > Day"),
        ("month,campaign,spend", "2026-09,A,1.00", Refusal.NOT_DAILY, "--map"),
    ],
)
def test_a_file_that_is_not_daily_or_lacks_a_column_is_refused_with_the_advice_how_to_export_it(
    read: Read, header: str, row: str, because: Refusal, advice: str
) -> None:
    refused = refusal(read, header, row, row)
    assert (refused.because, refused.rows_read) == (because, 2)
    assert refused.platform is not None
    assert refused.hint is not None
    assert advice in refused.hint


def test_week_beside_day_is_no_hindrance(read: Read) -> None:
    assert read("Week,Day,Campaign,Cost", f"2026-08-31,{DAY},A,1.00").date_from == DAY


def test_google_s_interactions_are_no_clicks_and_all_conversions_no_conversions(read: Read) -> None:
    export = read("Day,Campaign,Cost,Interactions,All conv.,All conv. value", f"{DAY},A,1.00,5,2.50,9.00")
    assert (export.totals.clicks, export.totals.conversions, export.totals.revenue) == (None, None, None)
    assert metadata(export) == ['{"All conv.":2.5,"All conv. value":9,"Interactions":5}']


def test_the_legacy_file_is_in_micros_because_of_its_title_alone(read: Read) -> None:
    lines = ("Day,Cost,Campaign,Total conv. value", f"{DAY},1790000,A,25.51", "Total,1.79, --")
    title = "KEYWORDS_REPORT 99 (Jun 3, 2013-Jun 12, 2013)"
    for written in (f'"{title}"', f'"{title}",,,', title):
        export = read(written, *lines)
        assert (spend(export), export.totals.revenue) == (Decimal("1.79"), Decimal("25.51"))
        assert export.reconciled is True
    assert read("Keywords report", *lines).totals.spend == 1790000


def test_pinterest_prefers_outbound_clicks_and_checkouts(read: Read) -> None:
    header = f"{PINTEREST},Pin clicks,Outbound clicks,Total conversions,Total conversions (Checkout)"
    export = read(header, f"{DAY},A,1.00,9,1,2,3,4")
    assert (export.totals.clicks, export.totals.conversions) == (2, 4)
    assert read(header, f"{DAY},A,1.00,9,1,2,3,4", clicks="all").totals.clicks == 1


def test_pinterest_s_other_events_can_be_the_conversions(read: Read) -> None:
    header = f"{PINTEREST},Total conversions (Checkout),Total conversions (Add to cart),Total order value (Add to cart)"
    export = read(header, f"{DAY},A,1.00,9,1,2,3.50", conversions="Add to cart")
    assert (export.totals.conversions, export.totals.revenue) == (2, Decimal("3.5"))
    api = "DATE,CAMPAIGN_ID,SPEND_IN_MICRO_DOLLAR,TOTAL_SIGNUP,TOTAL_SIGNUP_VALUE_IN_MICRO_DOLLAR"
    export = read(api, f"{DAY},1,1500000,2,3500000", conversions="signup")
    assert (export.totals.spend, export.totals.conversions, export.totals.revenue) == (
        Decimal("1.5"),
        2,
        Decimal("3.5"),
    )


def test_ttd_takes_the_advertiser_s_currency_and_else_dollars(read: Read) -> None:
    both = read(f"{TTD},Advertiser Cost (USD),Advertiser Cost (Adv Currency)", "9/1/2026,1,A,GBP,1,1,2.00,1.00")
    assert (both.currency, spend(both)) == ("GBP", 1)
    dollars = read(f"{TTD},Advertiser Cost (USD)", "9/1/2026,1,A,GBP,1,1,2.00")
    assert (dollars.currency, spend(dollars)) == ("USD", 2)


def test_ttd_counts_the_only_slot_or_the_one_that_is_named(read: Read) -> None:
    cost = f"{TTD},Advertiser Cost (USD)"
    one = ",".join([cost, SLOT.format("01"), SLOT_REVENUE.format("01")])
    assert read(one, f"{DAY},1,A,GBP,1,1,2.00,3,4.00").totals.conversions == 3
    two = ",".join([one, SLOT.format("my pixel - x1"), SLOT_REVENUE.format("my pixel - x1")])
    row = f"{DAY},1,A,GBP,1,1,2.00,3,4.00,5,6.00"
    unnamed = read(two, row)
    assert (unnamed.totals.conversions, unnamed.totals.revenue) == (None, None)
    assert any("--conversions" in notice and "01, my pixel - x1" in notice for notice in unnamed.notices)
    named = read(two, row, conversions="my pixel - x1")
    assert (named.totals.conversions, named.totals.revenue) == (5, 6)
    assert refusal(read, two, row, conversions="03").because is Refusal.MISSING_COLUMN


def test_ttd_days_are_month_first_unless_a_day_over_12_says_otherwise(read: Read) -> None:
    header = f"{TTD},Advertiser Cost (USD)"
    assert read(header, "9/1/2026,1,A,GBP,1,1,2.00").date_from == "2026-09-01"
    assert read(header, "1/9/2026,1,A,GBP,1,1,2.00", "13/9/2026,1,A,GBP,1,1,2.00").date_from == "2026-09-01"


def test_dv360_s_revenue_is_spend_and_the_first_of_its_money_columns_counts(read: Read) -> None:
    total, media, revenue = (
        "Total Media Cost (Advertiser Currency)",
        "Media Cost (Advertiser Currency)",
        "Revenue (Adv Currency)",
    )
    for columns, expected in (([media, total, revenue], 3), ([media, total], 2), ([media], 1)):
        cells = {media: "1.000000", total: "2.000000", revenue: "3.000000"}
        row = f"{DAY},A,EUR,1,1,{','.join(cells[column] for column in columns)}"
        assert read(f"{DV360},{','.join(columns)}", row).totals.spend == expected


def test_dv360_adds_clicks_and_views_where_there_is_no_total(read: Read) -> None:
    header = f"{DV360},Revenue (Adv Currency),Post-Click Conversions,Post-View Conversions"
    assert read(header, f"{DAY},A,EUR,1,1,1,0.5,0.25", f"{DAY},B,EUR,1,1,1,1,").totals.conversions == Decimal("1.75")
    assert read(f"{header},Total Conversions", f"{DAY},A,EUR,1,1,1,0.5,0.25,9").totals.conversions == 9
    bad = read(header, f"{DAY},A,EUR,1,1,1,0.5,0.25", f"{DAY},B,EUR,1,1,1,1,x")
    assert [row.column for row in bad.rejected] == ["Post-View Conversions"]


@pytest.mark.parametrize(
    ("header", "platform"),
    [
        ("date,insertion_order,{},line_item_name", "dv360"),
        ("date,campaign,{},advertiser_currency_code", "ttd"),
        ("date,campaign_name,{},total_conversions_checkout", "pinterest"),
        ("date,campaign_name,{},purchases_conversion_value", "meta-ads"),
    ],
)
def test_a_connector_s_plain_spend_or_cost_is_the_spend_of_its_platform(read: Read, header: str, platform: str) -> None:
    for name in ("spend", "cost"):
        export = read(header.format(name), f"{DAY},A,330.41,", f"{DAY},A,4.59,")
        assert (export.platform, spend(export)) == (platform, 335)


def test_dv360_campaigns_come_before_insertion_orders(read: Read) -> None:
    header = "Date,Insertion Order,Insertion Order ID,Campaign,Campaign ID,Revenue (Adv Currency)"
    (campaign,) = read(header, f"{DAY},IO,1,C,2,1").campaigns
    assert (campaign.name, campaign.external_id) == ("C", "2")


def test_conversions_can_be_any_column_by_its_header(read: Read) -> None:
    header = "Day,Campaign,Cost,Conversions,Leads"
    assert read(header, f"{DAY},A,1.00,1,2", conversions="leads").totals.conversions == 2
    refused = refusal(read, f"{header},Impr.", f"{DAY},A,1.00,1,2,9", conversions="Sales")
    assert refused.because is Refusal.MISSING_COLUMN
    assert refused.hint == "Its columns are Day, Campaign, Cost, Conversions, Leads, Impr."


def test_of_several_spellings_in_one_file_the_one_declared_first_counts(read: Read) -> None:
    assert list(named(en="H|G|F|E|D", de="C|E|B|A").headers) == ["h", "g", "f", "e", "d", "c", "b", "a"]
    values = "Conversion value,Total conv. value,Conv. value"
    export = read(f"Date,Day,Campaign name,Campaign,Cost,{values}", f"2026-01-31,{DAY},No,A,1,2,3,4")
    assert (export.date_from, export.campaigns[0].name, export.totals.revenue) == (DAY, "A", 4)
    assert spend(read("date,campaign,cost,spend", f"{DAY},A,2,1")) == 1


@pytest.mark.parametrize(
    "header",
    ["campaign.status", "segments.device", "campaign__advertising_channel_type", "segments.ad_network_type", "Status",
     "campaign_status", "segments_device", "Ad network type", "segments.slot", "ad_group.labels_count"],
)  # fmt: skip
def test_codes_of_enums_are_no_figures(read: Read, header: str) -> None:
    names = f"segments.date,campaign.name,metrics.cost_micros,{header},metrics.video_views,metrics.all_conversions"
    export = read(names, f"{DAY},A,1000000,2,5,0.5", f"{DAY},A,1000000,4,6,0.5")
    assert metadata(export) == ['{"metrics.all_conversions":1,"video_views":11}']


def test_a_metric_that_only_mentions_a_code_stays_one(read: Read) -> None:
    export = read("Day,Campaign,Cost,Cross-device conv.,Status changes", f"{DAY},A,1.00,2,3")
    assert metadata(export) == ['{"Cross-device conv.":2,"Status changes":3}']


VARIANTS = ("segments__date", "campaign__id", "metrics__cost_micros", "metrics__conversions")


def test_dlt_s_variant_columns_are_the_column_that_they_belong_to(read: Read) -> None:
    header = ",".join(
        (*VARIANTS, "metrics__conversions__v_double", "campaign__id__v_text", "metrics__clicks__v_bigint")
    )
    export = read(header, f"{DAY},7,1000000,3,,,1", f"{DAY},,1000000,,2.5,x-7,2", "2026-09-02,7,1000000,,,,3")
    assert [campaign.external_id for campaign in export.campaigns] == ["7", "x-7"]
    assert (export.totals.conversions, export.totals.clicks, spend(export)) == (Decimal("5.5"), 6, 3)
    assert metadata(export) == [None, None, None]
    fates = {column.header: column.fate for column in export.columns}
    assert fates["metrics__conversions__v_double"] == "part of metrics__conversions"


def test_variants_are_folded_in_json_lines_that_lack_the_column_itself(read: Read) -> None:
    row = dict(zip(VARIANTS, (DAY, "7", "1000000", 3), strict=True))
    late = {name: value for name, value in row.items() if name != VARIANTS[-1]} | {f"{VARIANTS[-1]}__v_double": 0.25}
    assert read(json.dumps(late), suffix=".jsonl").totals.conversions == Decimal("0.25")
    late[VARIANTS[0]] = "2026-09-02"
    assert read(json.dumps(row), json.dumps(late), suffix=".jsonl").totals.conversions == Decimal("3.25")


@pytest.mark.parametrize(
    "header",
    ["_sdc_sequence", "_sdc_table_version", "_airbyte_generation_id", "_airbyte_extracted_at", "_fivetran_index",
     "_dlt_list_idx", "_dlt_load_id"],
)  # fmt: skip
def test_the_numbers_that_a_connector_adds_are_no_metadata(read: Read, header: str) -> None:
    export = read(f"Day,Campaign,Cost,Device,{header},Views", f"{DAY},A,1,x,1752120306000,3", f"{DAY},A,1,y,7,4")
    assert metadata(export) == ['{"Views":7}']
    assert export.columns[4].fate == "ignored: a connector's own"


def test_ratios_and_ids_and_text_are_no_metadata(read: Read) -> None:
    header = "Day,Campaign,Cost,CTR,Avg. CPC,Cost / conv.,Conv. rate,Search impr. share,Ad ID,Device,Views,Quality"
    export = read(header, f"{DAY},A,1.00,0.5,1.5,2,3,4,120,5 inch,7,")
    assert metadata(export) == ['{"video_views":7}']
    fates = {column.header: column.fate for column in export.columns}
    assert fates["CTR"] == "ignored: a ratio"
    assert fates["Ad ID"] == "ignored: a name or an id"
    assert fates["Device"] == "ignored: a breakdown"
    assert fates["Cost"] == "spend"


def test_columns_without_a_name_of_their_own_are_not_metadata(read: Read) -> None:
    export = read("Day,Campaign,Cost,,Views,views,Cost", f"{DAY},A,1.00,5,6,7,1")
    assert (spend(export), metadata(export)) == (1, ['{"Views":6}'])
    fates = [column.fate for column in export.columns][3:]
    assert fates == [
        "ignored: no name",
        "metadata",
        "ignored: duplicate name",
        "ignored: duplicate name",
    ]


@pytest.mark.parametrize(
    ("name", "spelled"), [("Cost", "Cost"), ("Cost", "cost"), ("Clicks", "Clicks"), ("Impr.", "IMPR")]
)
def test_a_figure_that_stands_twice_must_be_the_same(read: Read, name: str, spelled: str) -> None:
    cells = {"Day": DAY, "Campaign": "A", "Cost": "1.00", "Clicks": "5", "Impr.": "9"}
    header, row = ",".join([*cells, spelled]), ",".join(cells.values())
    same = read(header, f"{row},{cells[name]}", f"{row.replace('-01,', '-02,')},{float(cells[name]):.3f}")
    assert (same.rows_kept, spend(same)) == (2, 2)
    for other in ("2", "0", "", "x"):
        refused = refusal(read, header, f"{row},{cells[name]}", f"{row},{other}")
        assert (refused.because, refused.rows_read) == (Refusal.AMBIGUOUS_NUMBERS, 2)
        assert f"column {name!r} stands twice, and line 3" in refused.message
    assert read(header, f"{row},{cells[name]}", "Total,,1.00,5,9,7").skipped == {"total_row": 1}


def test_metadata_keeps_numbers_as_they_are_written_and_leaves_out_the_rest(read: Read) -> None:
    header = "Day,Campaign,Cost,Views,Saves"
    rows = [f'{DAY},A,1.00,"1,204",0.00', f"{DAY},B,1.00, --,1.50", f"{DAY},C,1.00,,-", f"{DAY},D,1.00,1e99,2"]
    assert metadata(read(header, *rows)) == ['{"Saves":0,"Views":1204}', '{"Saves":1.5}', None, '{"Saves":2}']


def test_what_does_not_add_up_is_no_metadata_of_summed_rows(read: Read) -> None:
    header = f"{META},Reach,Frequency,Views"
    export = read(header, f"{DAY},A,1.00,9,5,1.98973214,7", f"{DAY},B,1.00,9,5,1.5,7", f"{DAY},B,1.00,9,6,1.5,8")
    assert metadata(export) == ['{"Frequency":1.98973214,"Views":7,"reach":5}', '{"Views":15}']


def test_every_column_is_explained_with_some_of_its_cells(read: Read) -> None:
    export = read("Day,Campaign,Cost,Impr.", f"{DAY},A,1.00,5", f"{DAY},B,2.00,5")
    assert [(column.meaning, tuple(column.samples)) for column in export.columns] == [
        ("day", (DAY,)), ("campaign", ("A", "B")), ("spend", ("1.00", "2.00")), ("impressions", ("5",)),
    ]  # fmt: skip


def test_a_file_that_relies_on_a_word_nobody_has_confirmed_says_so(read: Read) -> None:
    lines = ("日付,キャンペーン名,インプレッション,費用", f"{DAY},A,10,2")
    export = read(*lines, platform="microsoft-ads")
    assert (export.totals.impressions, spend(export)) == (10, 2)
    assert any("not confirmed: 日付 = day, キャンペーン名 = campaign" in notice for notice in export.notices)
    sure = read("TimePeriod,CampaignName,Spend", f"{DAY},A,2")
    assert (sure.platform, [one for one in sure.notices if "not confirmed" in one]) == ("microsoft-ads", [])
