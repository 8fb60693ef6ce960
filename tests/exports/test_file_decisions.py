"""What is decided once for a whole file: decimal mark, order of days, currency, the campaigns and their accounts."""

import tracemalloc
from decimal import Decimal

import pytest

from adops_cli.errors import BadRequestError
from adops_cli.exports.export import ReadOptions, Refusal
from adops_cli.exports.interpret import interpret
from adops_cli.exports.recognise import recognise
from adops_cli.exports.rows.campaign_index import Campaigns
from tests.exports.reading import Read, refusal, rejected, spend

GENERIC = "date;campaign;spend"
GOOGLE = "Day,Campaign,Cost,Impr."
DAY = "2026-09-01"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.234,56", "1.234"], "2468.56"),
        (["1,234.56", "1,234"], "2468.56"),
        (["12,34", "1.234"], "1246.34"),
        (["0.4386", "1.234"], "1.6726"),
        (["1 234,5", "1.000"], "2234.5"),
        (["1'234.50", "1,000"], "2234.5"),
        (["1,234,567", "1,000"], "1235567"),
        (["711", "1234"], "1945"),
        (["12.34 CHF", "CHF 1'000.00"], "1012.34"),
        (["(3.20)", "-1.00"], "-4.2"),
    ],
)
def test_money_that_is_clear_settles_the_mark_for_the_rest(read: Read, cells: list[str], expected: str) -> None:
    assert spend(read(GENERIC, *(f"{DAY};A;{cell}" for cell in cells))) == Decimal(expected)


@pytest.mark.parametrize("cells", [["1.234", "2.500", "975"], ["1,234"], ["1.234", "1,234"]])
def test_generic_money_that_nothing_settles_refuses_the_file(read: Read, cells: list[str]) -> None:
    lines = (GENERIC, *(f"{DAY};A;{cell}" for cell in cells))
    refused = refusal(read, *lines)
    assert (refused.because, refused.platform, refused.rows_read) == (Refusal.AMBIGUOUS_NUMBERS, "generic", len(cells))
    assert "--decimal-mark" in str(refused)


def test_the_option_settles_the_mark(read: Read) -> None:
    lines = (GENERIC, f"{DAY};A;1.234")
    assert spend(read(*lines, decimal_mark=".")) == Decimal("1.234")
    assert spend(read(*lines, decimal_mark=",")) == 1234
    with pytest.raises(BadRequestError, match="decimal-mark"):
        read(*lines, decimal_mark=";")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Day;Campaign;Cost;Impr.", "1.234"),
        ("Tag;Kampagne;Kosten;Impr.", "1234"),
        ("Jour;Campagne;Coût;Impr.", "1234"),
        ("Día;Campaña;Coste;Impr.", "1234"),
        ("Dia;Campanha;Custo;Impr.", "1234"),
        ("Tag;Kampagnenname;Ausgegebener Betrag (EUR);Impressionen", "1234"),
        ("Date;Insertion Order;Revenue (Adv Currency);Impressions", "1.234"),
    ],
)
def test_if_money_does_not_settle_the_decimal_mark_the_language_of_the_header_does(
    read: Read, header: str, expected: str
) -> None:
    assert spend(read(header, f"{DAY};A;1.234;5")) == Decimal(expected)


def test_money_settles_the_mark_against_the_language(read: Read) -> None:
    export = read("Tag;Kampagne;Kosten;Impr.", f"{DAY};A;5817.06;1,234")
    assert (spend(export), export.totals.impressions) == (Decimal("5817.06"), 1234)


def test_where_money_has_no_marks_counts_have_thousands_marks_only(read: Read) -> None:
    header = "date;campaign;spend;impressions;conversions"
    assert read(header, f"{DAY};A;975;1.234;2").totals.impressions == 1234
    assert read(header, f"{DAY};A;975;1,234;2").totals.impressions == 1234
    assert read(header, f"{DAY};A;975;7;2,5").totals.conversions == Decimal("2.5")
    assert refusal(read, header, f"{DAY};A;975;7;2.500").because is Refusal.AMBIGUOUS_NUMBERS


@pytest.mark.parametrize(
    ("header", "cells", "mark"),
    [
        ("impressions", "1,234", "."), ("clicks", "1.234", ","), ("conversions", "1.50", "."),
        ("conversions", "2,5", ","), ("clicks", "1,234,567", "."), ("ctr", "1.93%", "."), ("cpc", "0,52", ","),
        ("video views", "1.234.567", ","),
    ],
)  # fmt: skip
@pytest.mark.parametrize("order", ["date;campaign;spend;{}", "{};date;campaign;spend"])
def test_any_numeric_column_settles_the_mark_of_money(
    read: Read, header: str, cells: str, mark: str, order: str
) -> None:
    for amount, value in (("8.500", {".": Decimal("8.5"), ",": 8500}), ("8,500", {".": 8500, ",": Decimal("8.5")})):
        row = f"{DAY};A;{amount};{cells}" if order.endswith("{}") else f"{cells};{DAY};A;{amount}"
        assert spend(read(order.format(header), row)) == value[mark]


def test_other_numbers_settle_the_mark_against_the_language_but_not_against_money(read: Read) -> None:
    german = "Tag;Kampagne;Kosten;Impr."
    assert spend(read(german, f"{DAY};A;8,500;12,345")) == 8500
    assert spend(read(german, f"{DAY};A;8.500;12.345")) == 8500
    against = read(german, f"{DAY};A;8,50;1", f"{DAY};A;8,50;12,345")
    assert (spend(against), rejected(against)) == (Decimal("8.5"), [(3, "Impr.", "out_of_range")])


def test_other_numbers_that_contradict_each_other_settle_nothing(read: Read) -> None:
    rows = (f"{DAY};A;8,500;1.5;0", f"{DAY};A;1;2,5;0")
    assert refusal(read, "date;campaign;spend;conversions;clicks", *rows).because is Refusal.AMBIGUOUS_NUMBERS
    german = read("Tag;Kampagne;Kosten;Conversions;Klicks", *rows)
    assert (spend(german), rejected(german)) == (1, [(2, "Conversions", "not_a_number")])


def test_as_many_points_as_commas_settle_nothing_but_one_among_many_is_a_bad_cell(read: Read) -> None:
    rows = [f"{DAY};A;{number}.50" for number in range(20)]
    assert rejected(read(GENERIC, *rows, f"{DAY};A;1,5")) == [(22, "spend", "not_a_number")]
    assert refusal(read, GENERIC, *rows[:5], f"{DAY};A;1,5").because is Refusal.AMBIGUOUS_NUMBERS


def test_a_day_over_12_settles_the_order_for_the_rest(read: Read) -> None:
    assert read(GENERIC, "01/09/2026;A;1", "13/09/2026;A;1").date_from == "2026-09-01"
    assert read(GENERIC, "9/1/2026;A;1", "9/13/2026;A;1").date_from == "2026-09-01"
    assert read(GENERIC, "01.09.2026;A;1", "2026-09-02;A;1", "13.09.2026;A;1").date_to == "2026-09-13"


@pytest.mark.parametrize("days", [["1/9/2026", "2/9/2026"], ["01.09.2026"], ["13/09/2026", "09/13/2026"]])
def test_days_whose_order_stays_open_refuse_the_file(read: Read, days: list[str]) -> None:
    lines = (GENERIC, *(f"{day};A;1" for day in days))
    refused = refusal(read, *lines)
    assert (refused.because, refused.rows_read) == (Refusal.AMBIGUOUS_DATES, len(days))
    assert "--date-order" in str(refused)


@pytest.mark.parametrize(
    ("days", "first", "last"),
    [
        (["02/15/26", "02/16/26"], "2026-02-15", "2026-02-16"),
        (["15/02/26", "16/02/26"], "2026-02-15", "2026-02-16"),
        (["15.02.26", "01.03.26", "02.03.26"], "2026-02-15", "2026-03-02"),
        (["26/02/15", "26/02/16"], "2026-02-15", "2026-02-16"),
        (["31/12/25", "1/1/26", "2/1/26"], "2025-12-31", "2026-01-02"),
        (["2/15/26 13:00", "2/1/26 0:00"], "2026-02-01", "2026-02-15"),
    ],
)
def test_a_year_of_two_digits_is_the_number_that_does_not_change(
    read: Read, days: list[str], first: str, last: str
) -> None:
    export = read(GENERIC, *(f"{day};A;1" for day in days))
    assert (export.date_from, export.date_to, export.rejected) == (first, last, [])


def test_one_day_alone_may_begin_with_its_year(read: Read) -> None:
    refused = refusal(read, GENERIC, "15/02/26;A;1")
    assert (refused.because, "ymd" in str(refused)) == (Refusal.AMBIGUOUS_DATES, True)
    assert read(GENERIC, "15/02/26;A;1", date_order="dmy").date_from == "2026-02-15"
    assert read(GENERIC, "15/02/26;A;1", date_order="ymd").date_from == "2015-02-26"
    ttd = "Date,Campaign,Advertiser Cost (USD)"
    assert read(ttd, "2/5/26,A,1.00").date_from == "2026-02-05"


def test_the_hours_of_a_day_are_summed(read: Read) -> None:
    export = read(GENERIC, "2026-02-15 00:00:00;A;1", "2026-02-15 13:00:00;A;2", "2026-02-16 00:00:00;A;4")
    assert (export.rows_kept, export.merged) == (2, 1)
    assert [day[5] for day in export.days()] == [3_000_000, 4_000_000]


@pytest.mark.parametrize(
    "times",
    [
        ("22:00:00+00:00", "22:00:00+00:00"), ("22:00:00Z", "23:00:00Z"), ("18:30", "18:30"),
        ("14:00:00.000 UTC", "13:00:00.000 UTC"),
    ],
)  # fmt: skip
def test_days_that_a_program_may_have_moved_to_the_evening_before_are_told(read: Read, times: tuple[str, str]) -> None:
    export = read(
        "date,campaign,spend", *(f"2026-0{month}-28 {time},A,2" for month, time in zip("34", times, strict=True))
    )
    assert export.date_from == "2026-03-28"
    assert "a day too early" in export.notices[0]


@pytest.mark.parametrize(
    "times",
    [
        ("", ""), ("00:00:00Z", "22:00:00Z"), ("22:00:00Z", ""), ("07:00:00Z", "08:00:00Z"), ("12:00:00", "12:00:00"),
        ("22:00:00Z", "21:00:00Z", "20:00:00Z"), ("23:59:59", "23:59:59"), ("00:00:00+02:00", "00:00:00+01:00"),
        ("22:00:00+02:00", "22:00:00+02:00"),
    ],
)  # fmt: skip
def test_other_times_of_a_day_are_not_remarkable(read: Read, times: tuple[str, ...]) -> None:
    export = read(
        "date,campaign,spend", *(f"2026-0{month}-28 {time},A,2" for month, time in zip("345", times, strict=False))
    )
    assert not any("too early" in notice for notice in export.notices)


@pytest.mark.parametrize("header", ["date;campaign;campaign id;spend", "date;campaign;campaign id;ad group;spend"])
def test_hours_are_parts_of_a_day_also_where_campaigns_have_ids(read: Read, header: str) -> None:
    between = ";g" if "ad group" in header else ""
    hours = [f"2026-02-15 {hour:02}:00:00;A;7{between};2" for hour in range(24)]
    export = read(header, *hours)
    assert (export.rows_kept, export.merged, spend(export), export.is_doubtful) == (1, 23, 48, False)
    midnights = [f"{day};A;7;1" for day in ("2026-02-15", "2026-02-15 00:00:00", "2026-02-15T00:00:00Z")]
    assert refusal(read, "date;campaign;campaign id;spend", *midnights).because is Refusal.DUPLICATE_DAYS


def test_the_option_settles_the_order(read: Read) -> None:
    lines = (GENERIC, "1/9/2026;A;1")
    assert read(*lines, date_order="dmy").date_from == "2026-09-01"
    assert read(*lines, date_order="mdy").date_from == "2026-01-09"
    assert rejected(read(*lines, "2026/9/1;A;1", date_order="ymd")) == [(2, "date", "not_a_date")]


def test_the_currency_is_in_the_header_in_a_column_or_given(read: Read) -> None:
    assert read("Day,Campaign name,Amount spent (NOK)", f"{DAY},A,1.00").currency == "NOK"
    assert read("Day,Campaign name,Amount spent,Currency", f"{DAY},A,1.00,nok").currency == "NOK"
    assert read("Day,Campaign,Cost,Currency code", f"{DAY},A,1.00,NOK", f"{DAY},A,1.00, --").currency == "NOK"
    unknown = read(GOOGLE, f"{DAY},A,1.00,1")
    assert (unknown.currency, unknown.currencies) == (None, [])
    assert any("--currency" in notice for notice in unknown.notices)
    given = read(GOOGLE, f"{DAY},A,1.00,1", currency="NOK")
    assert (given.currency, given.campaigns[0].currency) == ("NOK", "NOK")


def test_a_currency_that_the_file_says_is_not_overruled(read: Read) -> None:
    export = read("Day,Campaign,Cost,Currency code", f"{DAY},A,1.00,NOK", currency="SEK")
    assert export.currency == "NOK"
    assert any("NOK" in notice and "SEK" in notice for notice in export.notices)


def test_a_currency_is_given_by_three_letters(read: Read) -> None:
    assert read(GOOGLE, f"{DAY},A,1.00,1", currency="nok").currency == "NOK"
    with pytest.raises(BadRequestError, match="three letters"):
        read(GOOGLE, f"{DAY},A,1.00,1", currency="kroner")


def test_a_sign_beside_a_number_gives_no_currency(read: Read) -> None:
    assert read(GENERIC, f"{DAY};A;$1.50").currency is None


def test_several_currencies_have_no_common_money(read: Read) -> None:
    header = "Day,Campaign,Cost,Currency code,Clicks"
    export = read(header, f"{DAY},A,1.00,EUR,1", f"{DAY},B,2.00,CHF,2", "Total,,3.00,,3")
    assert (export.currency, export.currencies) == (None, ["CHF", "EUR"])
    assert (export.totals.spend, export.totals.clicks) == (None, 3)
    assert export.reconciled is True
    assert [campaign.currency for campaign in export.campaigns] == ["EUR", "CHF"]


def test_one_campaign_in_two_currencies_refuses_the_file(read: Read) -> None:
    header = "Day,Campaign,Campaign ID,Cost,Currency code"
    rows = (f"{DAY},A,1,1.00,EUR", f"{DAY},A,2,1.00,CHF")
    assert len(read(header, *rows).campaigns) == 2
    refused = refusal(read, header, *rows, f"{DAY},A,2,1.00,EUR")
    assert (refused.because, refused.rows_read) == (Refusal.MIXED_CURRENCIES, 3)
    assert "CHF" in refused.message


def test_a_campaign_is_known_by_its_id_and_else_by_its_name_without_white_space_around_it(read: Read) -> None:
    header = "Day,Campaign,Campaign ID,Cost"
    export = read(header, f"{DAY},A,1,1.00", f"{DAY},A,2,1.00", f"{DAY},A,,1.00", f"{DAY},  A\u00a0,,1.00")
    assert [(campaign.name, campaign.external_id) for campaign in export.campaigns] == [
        ("A", "1"),
        ("A", "2"),
        ("A", None),
    ]
    assert export.merged == 1


def test_names_are_kept_as_written(read: Read) -> None:
    names = ["=SUM(1+1)", "'Tis the season", "-Tarn- Sale", "a  b", "É", "e\u0301", "A", "a", "Total Wine", "0012345"]
    export = read("Day,Campaign,Cost", *(f"{DAY},{name},1.00" for name in names))
    assert [campaign.name for campaign in export.campaigns] == names


def test_ids_keep_every_digit_and_lose_only_their_guards(read: Read) -> None:
    ids = ["120210000000000003", "0012345", "1e5abcd", "7e10000", "PP687311495517", '"=""0042"""', "'0043"]
    export = read("Day,Campaign ID,Cost", *(f"{DAY},{text},1.00" for text in ids))
    found = [campaign.external_id for campaign in export.campaigns]
    assert found == [*ids[:5], "0042", "0043"]
    assert [campaign.name for campaign in export.campaigns] == found


def test_a_campaign_renamed_inside_a_file_has_the_name_of_its_latest_day(read: Read) -> None:
    header = "Day,Campaign,Campaign ID,Cost"
    rows = ["2026-09-02,New,1,1.00", "2026-09-03,New,1,1.00", "2026-09-01,Old,1,1.00", "2026-09-02,Old,1,1.00"]
    for lines in (rows, rows[::-1]):
        (campaign,) = read(header, *lines).campaigns
        assert campaign.name == "New"


def test_a_campaign_takes_little_memory_since_a_file_may_have_hundreds_of_thousands() -> None:
    header = recognise([(1, ["Day", "Campaign", "Campaign ID", "Cost"])], ReadOptions())
    campaigns, many = Campaigns(interpret(header, ReadOptions()), ReadOptions()), 10_000
    tracemalloc.start()
    try:
        for number in range(many):
            cells = [DAY, f"Campaign number {number}", f"62{number:010}", "1.00"]
            campaigns.seen([campaigns[campaigns.identity(cells)]], [DAY])
        assert len(campaigns.all()) == many
        assert tracemalloc.get_traced_memory()[1] / many < 600  # bytes
    finally:
        tracemalloc.stop()


def test_the_account_is_an_id_without_dashes_else_a_name_unless_one_is_given(read: Read) -> None:
    header = "Day,Campaign,Cost,Account name,Customer ID"
    row = f"{DAY},A,1.00,Quayside,314-159-2653"
    assert read(header, row).campaigns[0].account == "3141592653"
    assert read(header, f"{DAY},A,1.00,Quayside,3141592653.0").campaigns[0].account == "3141592653"
    assert read(header, f"{DAY},A,1.00,'Tis Quay,").campaigns[0].account == "'Tis Quay"
    assert read("Day,Campaign,Cost,Account name", f"{DAY},A,1.00,Quayside").campaigns[0].account == "Quayside"
    assert read(header, row, account="mine").campaigns[0].account == "mine"
    assert read(header, row, account="314-159-2653").campaigns[0].account == "3141592653"
    assert read(GOOGLE, f"{DAY},A,1.00,1").campaigns[0].account is None
    ttd = read("Date,Campaign,Advertiser ID,Advertiser,Advertiser Cost (USD)", f"{DAY},A,4gd0v2p,Vela,1.00")
    assert ttd.campaigns[0].account == "4gd0v2p"


def test_one_name_in_two_accounts_is_two_campaigns(read: Read) -> None:
    header = "Day,Campaign,Cost,Account name"
    export = read(header, f"{DAY},A,1.00,West", f"{DAY},A,1.00,East")
    assert [(campaign.name, campaign.account) for campaign in export.campaigns] == [("A", "West"), ("A", "East")]
    assert (export.rows_kept, export.merged) == (2, 0)


def test_one_id_in_two_accounts_is_refused_with_both_named(read: Read) -> None:
    header = "Day,Campaign,Campaign ID,Cost,Account name"
    refused = refusal(read, header, f"{DAY},A,7,1.00,West", f"{DAY},A,7,1.00,East")
    assert refused.because is Refusal.DUPLICATE_DAYS
    assert "two accounts, West and East" in refused.message


def test_one_name_in_two_currencies_is_refused_in_two_accounts_too(read: Read) -> None:
    header = "Day,Campaign,Cost,Account name,Currency code"
    refused = refusal(read, header, f"{DAY},A,1.00,West,EUR", f"{DAY},A,1.00,East,USD")
    assert refused.because is Refusal.MIXED_CURRENCIES


def test_only_our_own_id_is_looked_up_as_one(read: Read) -> None:
    assert read("date,campaignId,spend", f"{DAY},7,1.00").campaigns[0].own_id == "7"
    external = read("date,externalId,spend", f"{DAY},7,1.00").campaigns[0]
    assert (external.own_id, external.external_id) == (None, "7")


def test_the_platform_of_a_generic_row_is_told(read: Read) -> None:
    export = read("date,campaignId,platform,spend", f"{DAY},7,pinterest,1.00")
    assert (export.platform, export.campaigns[0].platform) == ("generic", "pinterest")


def test_more_decimals_than_can_be_kept_are_told(read: Read) -> None:
    export = read(GOOGLE, f"{DAY},A,1.23456789,1")
    assert spend(export) == Decimal("1.234568")
    assert any("six decimals" in notice for notice in export.notices)
