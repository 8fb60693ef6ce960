"""What a file says of its currencies in headers, columns and amounts, and where these contradict each other."""

import json
from pathlib import Path

import iso4217
import pytest

from adops_cli.exports.cells.currencies import in_header, of_amount, of_cell
from adops_cli.exports.cells.figures import Amounts
from adops_cli.exports.currency_codes import CODES, KNOWN, WITHDRAWN
from adops_cli.exports.export import ReadOptions, Refusal, RefusedError
from adops_cli.exports.read import read_export
from tests.exports.files import sheet, workbook
from tests.exports.reading import Read, refusal, rejected

DAY = "2026-09-01"
GENERIC = "date;campaign;spend"
META = "Day,Campaign name,Amount spent (USD),Currency"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("€12.50", "EUR"), ("12,50 €", "EUR"), ("£7.50", "GBP"), ("12 zł", "PLN"), ("₹1,00,000.00", "INR"),
        ("EUR 5", "EUR"), ("5 CHF", "CHF"), ("CA$5", "CAD"), ("US$5", "USD"), ("US $5.00", "USD"), ("A$5", "AUD"),
        ("AU$5", "AUD"), ("NZ$5", "NZD"), ("HK$5", "HKD"), ("R$ 5,00", "BRL"), ("NT$5", "TWD"), ("MX$5", "MXN"),
        ("CN¥5", "CNY"), ("JP¥5", "JPY"), ("C$5", "CAD"), ("CAD $5.00", "CAD"), ("$5.00 CAD", "CAD"), ("5 Kč", "CZK"),
        ("(€ 5)", "EUR"), ("-£5", "GBP"), ("NOK 5 kr", "NOK"), ("£5 EGP", "EGP"),
        ("5,00 руб.", "RUB"),  # noqa: RUF001 - Russian
    ],
)  # fmt: skip
def test_a_code_and_a_sign_of_one_currency_name_it(text: str, code: str) -> None:
    stated = of_amount(text)
    assert stated is not None
    assert stated.code == code


@pytest.mark.parametrize(
    ("text", "fits", "not_fits"),
    [
        ("$5", {"USD", "CAD", "AUD", "MXN", "CLP", "TWD"}, {"EUR", "GBP", "JPY", "SEK"}),
        ("¥5", {"JPY", "CNY"}, {"USD", "KRW"}),
        ("5 kr", {"SEK", "NOK", "DKK", "ISK"}, {"EUR", "CZK"}),
        ("Rs. 5", {"INR", "PKR"}, {"USD"}),
    ],
)
def test_a_sign_of_several_currencies_names_none_and_contradicts_all_others(
    text: str, fits: set[str], not_fits: set[str]
) -> None:
    stated = of_amount(text)
    assert stated is not None
    assert stated.code is None
    assert fits <= stated.fits
    assert not (not_fits & stated.fits)


@pytest.mark.parametrize("text", ["5", "1.5E+03", "(3.20)", "", " --", "5%", "1 234,5"])
def test_a_number_alone_says_nothing(text: str) -> None:
    assert of_amount(text) is None


@pytest.mark.parametrize(
    ("cell", "code"), [("nok", "NOK"), ("EUR", "EUR"), ("€", "EUR"), ("US$", "USD"), (" £ ", "GBP"), ("$", None)]
)
def test_a_currency_column_holds_codes_or_signs(cell: str, code: str | None) -> None:
    stated = of_cell(cell)
    assert stated is not None
    assert stated.code == code
    assert of_cell(" --") is of_cell("N/A") is of_cell("all of them") is of_cell(5.0) is None


@pytest.mark.parametrize(
    ("header", "name", "code"),
    [
        ("Cost (EUR)", "Cost", "EUR"), ("Cost [eur]", "Cost", "EUR"), ("Cost (€)", "Cost", "EUR"),
        ("Cost (US$)", "Cost", "USD"), ("Cost (in EUR)", "Cost", "EUR"), ("Cost in EUR", "Cost", "EUR"),
        ("Cost EUR", "Cost", "EUR"), ("Cost €", "Cost", "EUR"), ("Cost€", "Cost", "EUR"), ("€ Cost", "Cost", "EUR"),
        ("EUR Cost", "Cost", "EUR"), ("spend_usd", "spend", "USD"), ("SPEND_USD", "SPEND", "USD"),
        ("Ausgegebener Betrag (CHF)", "Ausgegebener Betrag", "CHF"), ("Koszt, zł", "Koszt", "PLN"),
        ("Amount spent ($)", "Amount spent", None), ("Kostnad (kr)", "Kostnad", None), ("Cost (ALL)", "Cost", "ALL"),
    ],
)  # fmt: skip
def test_a_header_names_the_currency_of_its_column(header: str, name: str, code: str | None) -> None:
    found = in_header(header)
    assert found is not None
    assert (found[0], found[1].code) == (name, code)


@pytest.mark.parametrize(
    "header",
    ["Cost", "Clicks (all)", "revenue_all", "Cost ALL", "Top", "Revenue (Adv Currency)", "Conv. value", "Cost / conv.",
     "cost_micros", "EUR", "(EUR)", "()", "", "€", "Conversions", "Cost (" * 100],
)  # fmt: skip
def test_a_header_without_a_currency_names_none(header: str) -> None:
    assert in_header(header) is None


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("date,campaign,spend", f"{DAY},A,€1.50"),
        ("date,campaign,spend,revenue", f"{DAY},A,1.50,9.00 €"),
        ("date,campaign,spend (€)", f"{DAY},A,1.50"),
        ("date,campaign,spend_eur", f"{DAY},A,1.50"),
        ("date,campaign,Cost EUR", f"{DAY},A,1.50"),
        ("date,campaign,spend,revenue (EUR)", f"{DAY},A,1.50,9.00"),
        ("date,campaign,spend,currency", f"{DAY},A,1.50,€"),
        ("date,campaign,spend,currency", f"{DAY},A,€1.50,eur"),
        ("Day,Campaign,Cost,Impr.", f"{DAY},A,€1.50,3"),
        ("Day,Campaign,Cost (EUR),Impr.", f"{DAY},A,€1.50,3"),
        ("Day,Campaign name,Amount spent (EUR),Currency", f"{DAY},A,1.50 €,EUR"),
        ("Date,Campaign name,Spend in account currency", f"{DAY},A,€1.50"),
    ],
)
def test_the_currency_is_known_wherever_it_stands(read: Read, header: str, row: str) -> None:
    export = read(header, row)
    assert (export.currency, export.campaigns[0].currency) == ("EUR", "EUR")
    assert export.notices == []


@pytest.mark.parametrize(
    ("header", "rows", "options"),
    [
        # amounts against each other
        (GENERIC, ["{};A;€1.50", "{};A;£2.50"], {}),
        (GENERIC, ["{};A;€1.50", "{};A;3.00", "{};A;$2.50"], {}),
        (GENERIC, ["{};A;US$1.50", "{};A;CA$2.50"], {}),
        (GENERIC, ["{};A;$1.50", "{};A;kr 2.50"], {}),
        (GENERIC, ["{};A;EUR $1.50"], {}),
        ("date;campaign;spend;revenue", ["{};A;1.50 EUR;9.00 USD"], {}),
        # an amount against the column
        ("date;campaign;spend;currency", ["{};A;€1.50;USD"], {}),
        ("date;campaign;spend;currency", ["{};A;$1.50;GBP"], {}),
        ("date;campaign;spend;currency", ["{};A;1.50;USD", "{};A;€1.50;"], {}),
        # an amount against the header
        ("date;campaign;spend (USD)", ["{};A;€1.50"], {}),
        ("date;campaign;spend ($)", ["{};A;€1.50"], {}),
        # an amount against the option
        (GENERIC, ["{};A;€1.50"], {"currency": "USD"}),
        (GENERIC, ["{};A;$1.50"], {"currency": "EUR"}),
        # the header against the column
        ("Day;Campaign name;Amount spent (USD);Currency", ["{};A;1.50;EUR"], {}),
        ("Day;Campaign;Cost (USD);Currency code;Impr.", ["{};A;1.50;EUR;3"], {}),
        ("date;campaign;spend ($);currency", ["{};A;1.50;SEK"], {}),
        # the header against the option, and against another header
        ("Day;Campaign name;Amount spent (USD)", ["{};A;1.50"], {"currency": "EUR"}),
        ("Date;Campaign;Advertiser Cost (USD)", ["{};A;1.50"], {"currency": "EUR"}),
        ("date;campaign;Kulut (USD)", ["{};A;1.50"], {"currency": "EUR", "columns": {"Kulut (USD)": "spend"}}),
        ("Day;Campaign name;Amount spent (USD);Purchases conversion value (EUR)", ["{};A;1.50;9.00"], {}),
    ],
)
def test_two_currencies_of_one_campaign_refuse_the_file(
    read: Read, header: str, rows: list[str], options: dict[str, object]
) -> None:
    lines = [row.format(f"2026-09-0{at}") for at, row in enumerate(rows, 1)]
    refused = refusal(read, header, *lines, **options)
    assert (refused.because, refused.rows_read) == (Refusal.MIXED_CURRENCIES, len(rows))


def test_campaigns_may_have_currencies_of_their_own(read: Read) -> None:
    export = read(GENERIC, f"{DAY};A;€1.50", f"{DAY};B;£2.50", f"{DAY};C;$3.50", f"{DAY};C;CA$4.00", f"{DAY};D;5.00")
    assert [campaign.currency for campaign in export.campaigns] == ["EUR", "GBP", "CAD", None]
    assert (export.currency, export.totals.spend) == (None, None)


def test_a_sign_fits_the_currency_that_the_column_the_header_or_the_option_names(read: Read) -> None:
    assert read("date;campaign;spend;currency", f"{DAY};A;$1.50;AUD").currency == "AUD"
    assert read("date;campaign;spend;currency", f"{DAY};A;£1.50;EGP").currency == "EGP"
    assert read("date;campaign;spend (MXN)", f"{DAY};A;$1.50").currency == "MXN"
    assert read("date;campaign;spend ($)", f"{DAY};A;1.50", currency="NZD").currency == "NZD"
    assert read(GENERIC, f"{DAY};A;kr 1.50", currency="SEK").currency == "SEK"


def test_a_sign_alone_asks_for_the_currency(read: Read) -> None:
    export = read(GENERIC, f"{DAY};A;$1.50")
    assert export.currency is None
    assert export.notices == ["the amounts are in $, the sign of several currencies; use --currency CODE to set it"]


def test_of_costs_in_several_currencies_the_option_chooses_one(read: Read) -> None:
    lines = ("date,campaign,Cost EUR,Cost USD", f"{DAY},A,1.50,1.80")
    assert (read(*lines).currency, read(*lines).totals.spend) == ("EUR", read(*lines, currency="EUR").totals.spend)
    chosen = read(*lines, currency="USD")
    assert (chosen.currency, str(chosen.totals.spend)) == ("USD", "1.800000")


@pytest.mark.no_cover
def test_a_currency_far_down_in_a_large_file_is_found(read: Read) -> None:
    rows = [f"{DAY};A{number % 7};{number}.{number % 90 + 10}" for number in range(25_000)]
    assert read(GENERIC, *rows, f"{DAY};A3;€1.50").campaigns[3].currency == "EUR"
    refused = refusal(read, GENERIC, f"{DAY};A3;£2.50", *rows, f"{DAY};A3;€1.50")
    assert refused.because is Refusal.MIXED_CURRENCIES


def test_a_total_row_and_a_rejected_row_say_nothing_of_a_campaign(read: Read) -> None:
    export = read(GENERIC, f"{DAY};A;€1.50", "oops;A;£2.50", "Total;;£4.00")
    assert (export.currency, len(export.rejected), dict(export.skipped)) == ("EUR", 1, {"total_row": 1})


def test_hundredths_are_no_currency(read: Read) -> None:
    assert rejected(read(GENERIC, f"{DAY};A;$1.50", f"{DAY};A;50¢")) == [(3, "spend", "not_a_number")]


@pytest.mark.parametrize("suffix", [".json", ".xlsx"])
def test_the_signs_of_json_and_of_a_workbook_are_read_too(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"export{suffix}"
    header, rows = ("date", "campaign", "spend"), ((DAY, "A", "€1.50"), ("2026-09-02", "A", "£2.50"))
    if suffix == ".json":
        path.write_text(json.dumps([dict(zip(header, row, strict=True)) for row in rows]), encoding="utf-8")
    else:
        path.write_bytes(workbook(report=sheet(header, *rows)))
    with pytest.raises(RefusedError, match="'A' occurs in € and in £"):
        read_export(path, ReadOptions())


def test_an_ordinary_file_is_not_looked_through_for_signs() -> None:
    amounts = Amounts(".")
    for cell in ("1.50", "1", "1,234.5", " --", "(3.20)", "1e3"):
        _ = amounts[cell]
    assert not amounts.is_marked
    _ = amounts["€1"]
    assert amounts.is_marked


FUNDS = {"BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW", "XAD", "XBA", "XBB", "XBC", "XBD", "XDR", "XSU"}
METALS_AND_TESTS = {"XAG", "XAU", "XPD", "XPT", "XTS", "XUA", "XXX"}


def test_the_currencies_are_those_of_the_standard() -> None:
    """Without what nothing is paid in. A code that joins or leaves the standard makes this fail."""
    standard = {str(currency.code) for currency in iso4217.Currency} - FUNDS - METALS_AND_TESTS

    assert standard == CODES - WITHDRAWN
    assert not WITHDRAWN & standard
    assert not (KNOWN - CODES) & standard


def test_a_column_with_a_code_that_is_no_currency_refuses_the_file(read: Read) -> None:
    refused = refusal(
        read, "Day,Campaign,Currency code,Impr.,Clicks,Cost", "2026-02-01,A,EUR,1,1,1", "2026-02-01,B,eux,1,1,1"
    )

    assert refused.because is Refusal.UNKNOWN_CURRENCY
    assert "the column 'Currency code' says EUX for the campaign" in str(refused)
    assert "which is no code of a currency in ISO 4217. Correct it, or leave the column out" in str(refused)


@pytest.mark.parametrize("code", ["HRK", "LTL", "bgn"])
def test_figures_of_former_years_keep_their_currency(read: Read, code: str) -> None:
    export = read("Day,Campaign,Currency code,Impr.,Clicks,Cost", f"2014-02-01,A,{code},1,1,1")

    assert export.currency == code.upper()
