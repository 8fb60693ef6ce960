"""Special rules for Meta: ranges of one day, results that can be purchases, headers in five languages."""

from decimal import Decimal

import pytest

from adops_cli.errors import BadRequestError
from adops_cli.exports.export import Refusal
from tests.exports.reading import Read, refusal, spend

DAY = "2026-09-01"
META = 'Day,"Campaign name","Amount spent (EUR)",Impressions'
RANGE = '"Campaign name","Reporting starts","Reporting ends","Amount spent (EUR)"'
PIXEL = "actions:offsite_conversion.fb_pixel_purchase"


def test_a_total_row_over_a_range_does_not_make_a_daily_file_one_of_ranges(read: Read) -> None:
    export = read(RANGE, f"A,{DAY},{DAY},1.00", f"B,{DAY},{DAY},2.00", f"Total,{DAY},2026-09-30,3.00")
    assert (export.skipped, export.reconciled, spend(export)) == ({"total_row": 1}, True, 3)


def test_a_total_row_says_nothing_about_what_the_results_are(read: Read) -> None:
    export = read(f"{META},Results,Result indicator", f"{DAY},A,1.00,9,3,{PIXEL}", ",Total,1.00,9,3,")
    assert export.totals.conversions == 3
    assert export.file_totals == export.totals


def test_why_results_are_not_counted_is_told_in_the_file_s_own_words(read: Read) -> None:
    header = f"{META},Results,Result indicator"
    for indicators, told in (
        (["actions:lead"], "the results are actions:lead;"),
        ([PIXEL, "actions:omni_purchase"], f"the results are {PIXEL}, actions:omni_purchase;"),
        ([PIXEL, ""], f"the results are {PIXEL}, unnamed;"),
    ):
        export = read(header, *(f"{DAY},A,1.00,9,3,{indicator}" for indicator in indicators))
        assert export.totals.conversions is None
        assert any(told in notice and "Purchases" in notice for notice in export.notices)
    assert any("nothing in the file shows" in notice for notice in read(f"{META},Results", f"{DAY},A,1.00,9,3").notices)


def test_results_that_the_option_names_are_counted_without_a_notice(read: Read) -> None:
    lines = (f"{META},Results,Result indicator", f"{DAY},A,1.00,9,3,actions:lead", f"{DAY},B,1.00,9,4,reach")
    export = read(*lines, conversions="Results", currency="EUR")
    assert export.totals.conversions == 7
    assert not any("Results" in notice for notice in export.notices)


@pytest.mark.parametrize("column", ["Reporting starts", "Reporting ends", "date_stop"])
def test_one_end_of_a_range_is_a_period_and_no_day(read: Read, column: str) -> None:
    refused = refusal(read, f"{column},Campaign name,Amount spent (EUR)", f"{DAY},A,1.00")
    assert (refused.because, refused.rows_read) == (Refusal.NOT_DAILY, 1)


@pytest.mark.parametrize(
    ("header", "rest"),
    [
        ("Auswertungsstart,Auswertungsende,Kampagnenname,Ausgegebener Betrag (EUR)", "Linkklicks,Käufe"),
        ("Berichtsstart,Berichtsende,Name der Kampagne,Ausgegebener Betrag (EUR)", "Link-Klicks,Käufe"),
        ("Beginn der Auswertung,Ende der Auswertung,Kampagnenname,Ausgegebener Betrag (EUR)", "Klicks (alle),Käufe"),
        ("Inicio del informe,Fin del informe,Nombre de la campaña,Importe gastado (EUR)", "Clics (todos),Compras"),
        ("Début des rapports,Fin des rapports,Nom de la campagne,Montant dépensé (EUR)", "Clics (tous),Achats"),
        ("Início dos relatórios,Término dos relatórios,Nome da campanha,Valor usado (EUR)", "Cliques no link,Compras"),
    ],
)
def test_the_columns_are_known_as_ads_manager_names_them(read: Read, header: str, rest: str) -> None:
    export = read(f"{header},{rest}", f"{DAY},{DAY},A,1.50,7,2")
    assert (export.platform, export.currency, export.date_from) == ("meta-ads", "EUR", DAY)
    assert (spend(export), export.totals.clicks, export.totals.conversions) == (Decimal("1.5"), 7, 2)


def test_portuguese_is_read_with_its_decimal_comma(read: Read) -> None:
    header = "Dia;Nome da campanha;Valor usado (BRL);Impressões;Valor de conversão de compras"
    export = read(header, f"{DAY};A;1.234;12.345;5,50")
    assert (spend(export), export.totals.impressions, export.totals.revenue) == (1234, 12345, Decimal("5.5"))


def test_reporting_starts_is_the_day_only_where_it_is_the_end_too(read: Read) -> None:
    header = 'Reporting starts,Reporting ends,Campaign name,"Amount spent (EUR)"'
    assert read(header, f"{DAY},{DAY},A,1.00").date_from == DAY
    assert refusal(read, header, f"{DAY},{DAY},A,1.00", f"{DAY},2026-09-30,A,1.00").because is Refusal.NOT_DAILY
    totals = read(header, f"{DAY},{DAY},A,1.00", "2026-09-02,2026-09-02,A,1.00", f"{DAY},2026-09-02,,2.00")
    assert (totals.skipped, totals.reconciled) == ({"total_row": 1}, True)


@pytest.mark.parametrize(
    "spent", ["Ausgegebener Betrag (EUR) ", " Ausgegebener Betrag (EUR)", "Ausgegebener Betrag\u00a0(EUR)"]
)
def test_white_space_around_a_header_with_a_currency_does_not_hide_the_platform(read: Read, spent: str) -> None:
    export = read(f"Kampagnenname,Tag,Impressionen,{spent}", f"A,{DAY},9,1.25")
    assert (export.platform, export.currency, spend(export)) == ("meta-ads", "EUR", Decimal("1.25"))


@pytest.mark.parametrize("start", [f"{DAY} ", f" {DAY}", f"\u00a0{DAY}"])
def test_white_space_around_a_day_does_not_make_a_range_of_it(read: Read, start: str) -> None:
    export = read(RANGE, f"A,{start},{DAY},1.00", f"B,{DAY},{start},2.00")
    assert (export.rows_kept, export.date_to, spend(export)) == (2, DAY, 3)


@pytest.mark.parametrize("blank", ["", " --", "-"])
def test_a_row_without_a_start_is_rejected_and_does_not_make_the_file_one_of_ranges(read: Read, blank: str) -> None:
    export = read(RANGE, f"A,{DAY},{DAY},1.00", f"B,{blank},{DAY},2.00")
    assert [(row.line, row.column, row.why) for row in export.rejected] == [(3, "Reporting starts", "empty_day")]
    assert (export.rows_kept, spend(export)) == (1, 1)


@pytest.mark.parametrize(
    ("columns", "clicks", "expected"),
    [
        ("Clicks (all),Link clicks,Outbound clicks", None, 2),
        ("Clicks (all),Outbound clicks", None, 1),
        ("Clicks (all),Link clicks,Outbound clicks", "all", 1),
        ("Clicks (all),Link clicks,Outbound clicks", "outbound", 3),
        ("Clicks (all),Link clicks,Outbound clicks", "link", 2),
    ],
)
def test_meta_s_clicks_are_link_clicks_else_all_unless_an_option_says(
    read: Read, columns: str, clicks: str | None, expected: int
) -> None:
    counts = {"Clicks (all)": 1, "Link clicks": 2, "Outbound clicks": 3}
    cells = ",".join(str(counts[column]) for column in columns.split(","))
    assert read(f"{META},{columns}", f"{DAY},A,1.00,9,{cells}", clicks=clicks).totals.clicks == expected


def test_clicks_that_the_file_does_not_have_refuse_it(read: Read) -> None:
    refused = refusal(read, f"{META},Link clicks", f"{DAY},A,1.00,9,1", clicks="outbound")
    assert (refused.because, refused.rows_read) == (Refusal.MISSING_COLUMN, 1)
    with pytest.raises(BadRequestError, match="link all outbound"):
        read(META, clicks="some")


def test_results_are_purchases_only_where_every_row_says_so(read: Read) -> None:
    header = f"{META},Results,Result indicator"
    pixel, lead = "actions:offsite_conversion.fb_pixel_purchase", "actions:lead"
    assert read(header, f"{DAY},A,1.00,9,3,{pixel}", f"{DAY},B,1.00,9,,").totals.conversions == 3
    assert read(header, f"{DAY},A,1.00,9,3,{pixel}", f"{DAY},,1.00,9,7,").totals.conversions == 3
    assert read(header, f"{DAY},A,1.00,9,3,{lead}").totals.conversions is None
    mixed = read(header, f"{DAY},A,1.00,9,3,{pixel}", f"{DAY},B,1.00,9,3,{lead}")
    assert mixed.totals.conversions is None
    assert any("Purchases" in notice for notice in mixed.notices)
    both = read(f"{header},Purchases", f"{DAY},A,1.00,9,3,{pixel},1")
    assert both.totals.conversions == 1


@pytest.mark.parametrize("column", ["Purchases conversion value", "Campaign delivery", "Result indicator"])
def test_a_file_without_its_cost_is_meta_s_by_what_else_only_meta_has(read: Read, column: str) -> None:
    refused = refusal(read, f"Day,Campaign name,Impressions,{column}", f"{DAY},A,9,1")
    assert (refused.because, refused.platform) == (Refusal.MISSING_COLUMN, "meta-ads")
    assert refused.hint is not None
    assert "Amount spent" in refused.hint


@pytest.mark.parametrize("code", ["XCG", "ZWG", "VED"])
def test_currencies_of_recent_years_are_known_in_a_header(read: Read, code: str) -> None:
    assert read(META.replace("EUR", code), f"{DAY},A,1.00,9").currency == code
