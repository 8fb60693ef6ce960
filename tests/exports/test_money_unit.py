"""Money in millionths: by the header, by the layout, by the option; costs that look like it are told."""

from decimal import Decimal

import pytest

from adops_cli.errors import BadRequestError
from adops_cli.exports.export import Export
from tests.exports.reading import Read, spend

DAY = "2026-09-01"
HEADER = "date,campaign,clicks,impressions,spend"
PLAIN = (HEADER, f"{DAY},A,8,12700,340000000", f"{DAY},B,11,13000,345000000")


def told(export: Export) -> str | None:
    """The notice about the unit."""
    found = [notice for notice in export.notices if "millionths" in notice]
    assert len(found) <= 1
    return found[0] if found else None


def test_whole_costs_that_are_absurd_for_clicks_and_impressions_are_told(read: Read) -> None:
    export = read(*PLAIN)
    assert spend(export) == 685_000_000
    assert told(export) == (
        "these look like millionths: all costs are whole numbers, and a click costs 36,052,632; if they are, import "
        "the file with --money-unit micro, else with --money-unit unit"
    )


def test_the_option_settles_the_unit_either_way(read: Read) -> None:
    micro, unit = read(*PLAIN, money_unit="micro"), read(*PLAIN, money_unit="unit")
    assert (spend(micro), told(micro)) == (685, None)
    assert (spend(unit), told(unit)) == (685_000_000, None)
    with pytest.raises(BadRequestError, match="--money-unit"):
        read(*PLAIN, money_unit="cents")


def test_the_option_is_for_cost_and_revenue_and_for_the_file_s_own_total(read: Read) -> None:
    lines = (f"{HEADER},revenue", f"{DAY},A,8,100,340000000,900500000", "Total,,8,100,340000000,900500000")
    export = read(*lines, money_unit="micro")
    assert (spend(export), export.totals.revenue, export.reconciled) == (340, Decimal("900.5"), True)


def test_decimals_under_the_option_are_told(read: Read) -> None:
    lines = (f"{HEADER},revenue", f"{DAY},A,8,100,340000000,900.50")
    assert any("check --money-unit micro" in notice for notice in read(*lines, money_unit="micro").notices)


@pytest.mark.parametrize(
    "row",
    [
        "8,12700,34.50",  # has decimals
        "8,12700,340.00",
        "8,12700,340",  # whole, and cheap
        "340000000,12700000000,340000000",
        "0,0,340000000",  # nothing to compare with
        ",,340000000",
        "8,12700000000,340000000",  # dear by the click, cheap by the impression
        "8,12700,0",
    ],
)
def test_plausible_costs_are_not_told(read: Read, row: str) -> None:
    assert told(read(HEADER, f"{DAY},A,{row}")) is None


def test_one_cost_with_decimals_shows_that_none_is_in_millionths(read: Read) -> None:
    rows = [f"2026-09-{1 + number % 28:02},A{number},1,10,{number * 1_000_000}" for number in range(1, 1_200)]
    assert told(read(HEADER, *rows)) is not None
    assert told(read(HEADER, *rows, f"{DAY},B,1,10,1.50")) is None


@pytest.mark.parametrize("currency", ["IDR", "VND", "KRW", "COP"])
def test_a_currency_of_small_units_has_large_costs(read: Read, currency: str) -> None:
    lines = (HEADER, f"{DAY},A,8,2000,640000")
    assert told(read(*lines, currency=currency)) is None
    assert told(read(*lines, currency="EUR")) is not None


def test_impressions_alone_show_it_too(read: Read) -> None:
    export = read("date,campaign,impressions,spend", f"{DAY},A,1000,5000000")
    assert "a thousand impressions cost 5,000,000" in (told(export) or "")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("account_id,campaign_id,date,clicks,impressions,spend", f"t2_1abc,9001,{DAY},8,127,340000000"),
        ("account_id,campaign_id,date,clicks,impressions,spend", f"a2_1abc,9001,{DAY},8,127,340000000"),
        ("campaign_id,date,impressions,swipes,spend", f"c1-2e,{DAY},127,8,340000000"),
        ("platform,campaign,date,clicks,impressions,spend", f"reddit,A,{DAY},8,127,340000000"),
        ("platform,campaign,date,clicks,impressions,spend", f"snapchat-ads,A,{DAY},8,127,340000000"),
    ],
)
def test_layouts_that_give_millionths_under_a_plain_name_are_known(read: Read, header: str, row: str) -> None:
    export = read(header, row)
    assert spend(export) == 340
    assert "--money-unit unit" in (told(export) or "")
    assert spend(read(header, row, money_unit="unit")) == 340_000_000


def test_such_a_layout_in_units_stays_in_units(read: Read) -> None:
    header = "account_id,campaign_id,date,clicks,impressions,spend"
    for cost in ("340", "340.00", "12.5"):
        assert spend(read(header, f"t2_1,9001,{DAY},800,127000,{cost}")) == Decimal(cost)


def test_revenue_in_another_unit_than_the_costs_leaves_the_choice_to_the_user(read: Read) -> None:
    export = read(f"account_id,{HEADER},revenue", f"t2_1,{DAY},A,8,127,340000000,900")
    assert (spend(export), export.totals.revenue) == (340_000_000, 900)
    assert "--money-unit micro" in (told(export) or "")
    assert spend(read(f"account_id,{HEADER},revenue", f"t2_1,{DAY},A,8,127,340000000,900000000")) == 340


@pytest.mark.parametrize("name", ["spend_micros", "costMicros", "cost_micro", "billed_charge_local_micro"])
def test_a_header_that_says_millionths_is_believed(read: Read, name: str) -> None:
    row = f"{DAY},A,8,127,340000000"
    export = read(f"date,campaign,clicks,impressions,{name}", row, platform="generic")
    assert (spend(export), told(export)) == (340, None)


def test_a_mapped_header_that_says_millionths_is_believed(read: Read) -> None:
    columns = {"Kulut (micros)": "spend", "Myynti": "revenue"}
    export = read("date,campaign,Kulut (micros),Myynti", f"{DAY},A,340000000,900", columns=columns)
    assert (spend(export), export.totals.revenue) == (340, 900)
    again = read("date,campaign,Kulut (micros),Myynti", f"{DAY},A,340000000,900", columns=columns, money_unit="micro")
    assert (spend(again), again.totals.revenue) == (340, 900)
