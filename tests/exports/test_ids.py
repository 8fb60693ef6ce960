"""Ids keep all their digits; one that a float has shortened is none, and its campaign is known by its name."""

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from adops_cli.exports.cells.cell import Cell
from adops_cli.exports.cells.ids import account, identifier, lost_digits
from adops_cli.exports.export import Export, ReadOptions, Refusal
from adops_cli.exports.read import read_export
from tests.exports.files import sheet, workbook
from tests.exports.reading import Read, refusal

DAY = "2026-09-01"
HEADER = "Day,Campaign,Campaign ID,Cost"


def known_by(export: Export) -> list[tuple[str, str | None]]:
    return [(campaign.name, campaign.external_id) for campaign in export.campaigns]


@pytest.mark.parametrize(
    ("cell", "id"),
    [
        ("9001", "9001"),
        ("9001.0", "9001"),
        ("9001.00", "9001"),
        ("9001,0", "9001"),
        ("9001.000000", "9001"),
        (" 9001.0 ", "9001"),
        ('="9001.0"', "9001"),
        ("0.0", "0"),
        ("123456789012345.0", "123456789012345"),
        (9001.0, "9001"),
        (9001, "9001"),
        (999_999_999_999_999.0, "999999999999999"),
        (Decimal("9001.0"), "9001"),
        (120210000000000003, "120210000000000003"),
    ],
)
def test_a_whole_number_is_the_id_that_it_was_before_a_float(cell: Cell, id: str) -> None:
    assert identifier(cell) == id
    assert not lost_digits(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "1.2021E+17", "1,2021E+17", "1.2021e+17", "1.2021E17", "1.2e17", "1E+17", "1e+17", "1e17", "120.2E+15",
        "1.20E-04", '="1.2021E+17"', "'1.2021E+17", "1202100000000000.0", "120210000000000003,0",
        1e15, 1702100000001230.0, 1.2021e17, Decimal("1.2021E+17"), Decimal("1.2345678901234567E+16"),
        Decimal("120210000000000003.0"),
        "inf", "-inf", "Infinity", float("inf"), Decimal("Infinity"),
    ],
)  # fmt: skip
def test_an_id_with_an_exponent_or_as_a_float_of_more_than_15_digits_is_none(cell: Cell) -> None:
    assert lost_digits(cell)
    assert identifier(cell) == ""


@pytest.mark.parametrize(
    "text",
    ["120210000000000003", "0012345", "0012.0", "7e10000", "1e5abcd", "3e95127", "12e3456", "4gd0v2p", "9.000", "1,000",
     "9001.5", "1.2.0", "PP687311495517", "hq0u9", "e8-4c", "5b1c9f1e-0e17-4e1f-9e17-2f0d5b1c9f1e", "t2_1"],
)  # fmt: skip
def test_what_no_float_has_written_stays_as_it_is(text: str) -> None:
    assert identifier(text) == text
    assert not lost_digits(text)


@pytest.mark.parametrize("cell", ["", " --", "NULL", "nan", "NaN", "None", "<NA>"])
def test_the_marks_of_no_id_are_none_and_have_lost_nothing(cell: Cell) -> None:
    assert identifier(cell) == ""
    assert not lost_digits(cell)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("act_555", "555"), ("ACT_555", "555"), ("123-456-7890", "1234567890"), ("1234567890.0", "1234567890"),
     ("555", "555"), ("act_east", "act_east"), ("Kinetic 9.0", "Kinetic 9.0"), ("'Tis", "'Tis"),
     ("4gd0v2p", "4gd0v2p")],
)  # fmt: skip
def test_an_account_has_one_form_whoever_writes_it(text: str, plain: str) -> None:
    assert account(text) == plain


def test_one_campaign_whose_id_is_written_in_three_ways_is_one(read: Read) -> None:
    export = read(HEADER, "2026-09-01,A,9001,1.00", "2026-09-02,A,9001.0,2.00", "2026-09-03,A,'9001,4.00")
    assert known_by(export) == [("A", "9001")]
    assert export.notices == ["the file does not state its currency; use --currency CODE to set it"]


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        "Date,Campaign,Campaign ID,Advertiser Cost (USD)",
        "Day,Campaign name,Campaign ID,Amount spent (EUR)",
        "date,campaign,external id,spend",
        "Tag,Kampagne,Kampagnen-ID,Kosten",
    ],
)
def test_campaigns_whose_ids_have_lost_their_digits_are_known_by_name_on_every_platform(
    read: Read, header: str
) -> None:
    export = read(header, f"{DAY},Brand,1.2021E+17,12.50", f"{DAY},Generic,1.2021E+17,99.25")
    assert known_by(export) == [("Brand", None), ("Generic", None)]
    (told,) = [notice for notice in export.notices if "lost digits" in notice]
    assert "1.2021E+17" in told


@pytest.mark.parametrize(
    ("lines", "suffix"),
    [
        (("date,campaign_id,ad_id,campaign,spend", f"{DAY},inf,71,A,1", f"{DAY},inf,72,B,2"), ".csv"),
        (
            [
                f'{{"date": "{DAY}", "campaign_id": Infinity, "ad_id": {ad}, "campaign": "{name}", "spend": {ad}}}'
                for ad, name in ((1, "A"), (2, "B"))
            ],
            ".jsonl",
        ),
    ],
)  # fmt: skip
def test_ids_that_were_too_large_for_a_float_do_not_make_one_campaign_of_two(
    read: Read, lines: Sequence[str], suffix: str
) -> None:
    export = read(*lines, suffix=suffix)
    assert known_by(export) == [("A", None), ("B", None)]
    assert any("lost digits" in notice for notice in export.notices)


@pytest.mark.parametrize(
    ("name", "is_told"),
    [
        ("????", True), ("?? 2026", False), ("??", True), ("DE | ???", True), ("Caf\ufffd", True), ("-???-??-", True),
        ("Why???", False), ("Why? ?", False), ("?", False), ("春の新作", False), ("id=???x", False),
    ],
)  # fmt: skip
def test_names_that_an_encoding_has_taken_the_letters_of_are_told(read: Read, name: str, is_told: bool) -> None:
    export = read("Day,Campaign,Cost", f"{DAY},{name},1", "2026-09-02,Brand,1")
    assert any("lost letters" in notice for notice in export.notices) is is_told


@pytest.mark.parametrize("header", ["Day,Campaign ID,Cost", "Day,Campaign,Campaign ID,Cost"])
def test_without_a_name_an_id_that_has_lost_its_digits_refuses_the_file(read: Read, header: str) -> None:
    blank = "," * (header.count(",") - 2)
    refused = refusal(read, header, f"{DAY},{blank}9001,1.00", f"{DAY},{blank}1.2021E+17,1.00", "Total,,9")
    assert (refused.because, refused.rows_read) == (Refusal.MISSING_COLUMN, 3)
    assert "1.2021E+17" in refused.message


def test_a_row_with_neither_a_name_nor_an_id_is_skipped_however_a_script_writes_that(read: Read) -> None:
    export = read(HEADER, f"{DAY},A,9001.0,1.00", f"{DAY},,nan,2.00", f"{DAY},B,nan,4.00")
    assert (known_by(export), dict(export.skipped)) == ([("A", "9001"), ("B", None)], {"blank_name": 1})


def test_the_ids_of_json_keep_their_digits_unless_they_are_floats(tmp_path: Path) -> None:
    ids = ["120210000000000003", "9001.0", "9001", '"9002.0"', "1.2021e17", "1.2345678901234567e+16", "NaN", "null"]
    rows = [f'{{"date": "{DAY}", "campaign": "c{at}", "external_id": {id}, "spend": 1}}' for at, id in enumerate(ids)]
    path = tmp_path / "rows.ndjson"
    path.write_text("\n".join(rows), encoding="utf-8")
    export = read_export(path, ReadOptions())
    found = ["120210000000000003", "9001", "9002", None, None, None, None]
    assert [campaign.external_id for campaign in export.campaigns] == found
    export.close()


def test_the_ids_of_a_workbook_are_numbers_only_below_10_to_the_15(tmp_path: Path) -> None:
    cells: tuple[str | float, ...] = (9001, 999_999_999_999_999, 1_702_100_000_001_230, "1702100000001234", "1.7E+15")
    names = [f"c{at}" for at in range(len(cells))]
    table: list[list[str | float]] = [[DAY, name, cell, 1.5] for name, cell in zip(names, cells, strict=True)]
    path = tmp_path / "ids.xlsx"
    path.write_bytes(workbook(report=sheet(HEADER.split(","), *table)))
    export = read_export(path, ReadOptions())
    assert known_by(export) == list(
        zip(names, ["9001", "999999999999999", None, "1702100000001234", None], strict=True)
    )
    export.close()


def test_an_account_whose_id_has_lost_its_digits_is_known_by_its_name(read: Read) -> None:
    header = "Day,Campaign name,Amount spent (EUR),Account ID,Account name"
    export = read(header, f"{DAY},A,1.00,1.2E+15,West")
    assert export.campaigns[0].account == "West"
    assert any("account ids have lost digits" in notice for notice in export.notices)


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_the_account_of_meta_s_api_is_that_of_its_pages(read: Read, suffix: str) -> None:
    row = {"account_id": "act_555", "campaign_name": "A", "date_start": DAY, "date_stop": DAY, "spend": "1.50"}
    if suffix == ".json":
        export = read(json.dumps([row]), suffix=suffix, platform="meta-ads")
    else:
        export = read(",".join(row), ",".join(row.values()), platform="meta-ads")
    assert export.campaigns[0].account == "555"


def test_an_id_written_out_with_zeros_for_its_last_digits_is_told_where_it_has_several_names(read: Read) -> None:
    one, two = "120210000000000000", "120210000000000123"
    told = "the campaign id 120210000000000000 ends in zeros"
    both = read(HEADER, f"{DAY},Brand,{one},1.00", f"{DAY},Generic,{one},2.00").notices
    assert [notice for notice in both if told in notice and "'Brand', 'Generic'" in notice]
    for rows in ([f"{DAY},Brand,{one},1.00"] * 2, [f"{DAY},Brand,{two},1.00", f"{DAY},Generic,{two},1.00"]):
        assert not [notice for notice in read(HEADER, *rows).notices if "zeros" in notice]
