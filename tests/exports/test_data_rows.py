"""Which rows are data: preamble, header, totals, blank names, footers, and the rows that cannot be read."""

import json
from contextlib import closing
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from adops_cli.exports.export import Export, ReadOptions, Refusal
from adops_cli.exports.read import read_export
from tests.exports.files import sheet, workbook
from tests.exports.reading import Read, metadata, refusal, rejected, spend

GOOGLE = "Day,Campaign,Currency code,Cost,Impr.,Clicks,Conversions,Conv. value"
ROW = "2026-09-01,Brand,EUR,1.50,100,10,1.00,20.00"


def test_the_header_is_found_by_its_names_below_any_preamble(read: Read) -> None:
    export = read("My report", "", '"May 1, 2026 - May 2, 2026"', "Campaign", "a,b,c,d", GOOGLE, ROW)
    assert (export.platform, export.rows_read, export.rows_kept) == ("google-ads", 1, 1)


def test_headers_match_whatever_their_case_white_space_and_guards(read: Read) -> None:
    export = read('\ufeff="DAY",CAMPAIGN\u00a0,currency  code,\'Cost,impr.,CLICKS', "2026-09-01,Brand,EUR,1.50,100,10")
    assert export.totals.spend == Decimal("1.5")
    assert export.currency == "EUR"


@pytest.mark.parametrize("label", ["Total", "Total: Account", "Total : compte", "Gesamt: Konto", "Totale", "Totaal: x"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_total_label_in_one_of_the_first_three_cells_without_a_day_is_a_total_row(
    read: Read, label: str, place: int
) -> None:
    cells = ["", "", "", "", "EUR", "9.00", "1", "1"]
    cells[place] = label
    export = read(
        "Status,Match type,Keyword,Campaign,Currency code,Cost,Impr.,Clicks,Day",
        "on,Exact,k,Brand,EUR,9.00,1,1,2026-09-01",
        ",".join([*cells, " --"]),
    )
    assert export.skipped == {"total_row": 1}
    assert export.reconciled is True


def test_a_label_beyond_the_third_cell_is_none(read: Read) -> None:
    export = read("Status,Match type,Keyword,Campaign,Cost,Day", "on,x,y,Brand,9.00,2026-09-01", "on,x,y,Total,9.00,")
    assert rejected(export) == [(3, "Day", "empty_day")]


def test_a_campaign_that_is_called_total_is_a_campaign_on_its_days(read: Read) -> None:
    export = read("Campaign,Day,Cost,Clicks", "Total,2026-09-01,1.00,1", "Total: Recall,2026-09-01,2.00,1")
    assert [campaign.name for campaign in export.campaigns] == ["Total", "Total: Recall"]


@pytest.mark.parametrize("label", ["Total", "Totals", "Grand Total", "Gesamt", "Total:"])
def test_a_label_in_the_day_s_place_is_a_blank_day(read: Read, label: str) -> None:
    export = read("Clicks,Impr.,Cost,Campaign,Day", "1,2,3.00,Brand,2026-09-01", f"1,2,3.00,,{label}")
    assert export.skipped == {"total_row": 1}


def test_a_total_row_may_have_fewer_cells_than_the_header(read: Read) -> None:
    export = read(GOOGLE, ROW, "Total, --, --,1.50,100")
    assert export.skipped == {"total_row": 1}
    assert export.file_totals is not None
    assert (export.file_totals.spend, export.file_totals.clicks) == (Decimal("1.5"), None)


def test_a_row_blank_in_every_dimension_is_a_total_row(read: Read) -> None:
    header = "Date,Insertion Order,Insertion Order ID,Line Item,Advertiser Currency,Impressions,Revenue (Adv Currency)"
    export = read(header, "2026/09/01,IO,1,LI,EUR,5,1.250000", ",,,,,5,1.25")
    assert export.skipped == {"total_row": 1}
    assert export.reconciled is True


def test_a_row_without_a_day_that_has_a_dimension_is_rejected(read: Read) -> None:
    export = read("Day,Campaign,Ad group,Cost", "2026-09-01,Brand,g,1.00", ",,g,1.00", ",Brand,,1.00")
    assert rejected(export) == [(3, "Day", "empty_day"), (4, "Day", "empty_day")]


@pytest.mark.parametrize("blank", ["", " --", "-", "NULL", "N/A", "(not set)"])
def test_a_row_with_a_day_but_neither_name_nor_id_has_a_blank_name(read: Read, blank: str) -> None:
    export = read("Day,Campaign,Campaign ID,Cost", "2026-09-01,Brand,7,1.00", f"2026-09-01,{blank},,99.00")
    assert export.skipped == {"blank_name": 1}
    assert export.totals.spend == 1


def test_a_row_with_a_blank_id_is_kept_by_its_name_and_one_with_a_blank_name_by_its_id(read: Read) -> None:
    export = read("Day,Campaign,Campaign ID,Cost", "2026-09-01,Brand, --,1.00", "2026-09-01,--,7,2.00")
    assert [(campaign.name, campaign.external_id) for campaign in export.campaigns] == [("Brand", None), ("7", "7")]


def test_a_total_may_be_larger_than_what_one_row_can_be(read: Read) -> None:
    large = [ROW.replace("-01,", f"-{day:02},").replace("1.50", "7999999999.99") for day in (1, 2)]
    export = read(GOOGLE, *large, "Total: Account,,,15999999999.98,2,2,2,2")

    assert export.file_totals is not None
    assert export.file_totals.spend == export.totals.spend == Decimal("15999999999.98")


def test_the_largest_total_row_by_spend_then_impressions_is_the_account_s(read: Read) -> None:
    totals = (
        "Total: a,,EUR,1.50,90,10,1.00,20.00",
        "Total: b,,EUR,1.50,100,10,1.00,20.00",
        "Total: c,,EUR,0,900,1,1,1",
    )
    export = read(GOOGLE, ROW, *totals)
    assert export.file_totals == export.totals
    assert export.reconciled is True


def test_a_total_that_says_something_else_does_not_reconcile(read: Read) -> None:
    assert read(GOOGLE, ROW, "Total,,EUR,1.51,100,10,1.00,20.00").reconciled is False
    assert read(GOOGLE, ROW, "Total,,EUR, --,100,10,1.00,20.00").reconciled is True
    assert read(GOOGLE, ROW).reconciled is None
    assert read(GOOGLE, "Total,,EUR,0.00,0,0,0,0").reconciled is True


def test_what_cannot_be_read_in_a_total_row_is_not_said_by_it(read: Read) -> None:
    export = read(GOOGLE, ROW, "Total,,EUR,1.50,about 100,10,1.00,20.00")
    assert export.file_totals is not None
    assert export.file_totals.impressions is None
    assert (export.rejected, export.reconciled) == ([], True)


def test_the_footer_ends_the_rows_whatever_its_lines_and_their_order(read: Read) -> None:
    header = "Date,Insertion Order,Impressions,Revenue (Adv Currency)"
    for footer in (
        "Report Time:,2026/09/20 05:14 GMT",
        "Date Range:2026/09/01 to 2026/09/02",
        "Filter by Partner ID:,1",
    ):
        export = read(header, "2026/09/01,IO,5,1.25", ",,5,1.25", "", footer, "2026/09/02,IO,5,1.25", "Group By:,Date")
        assert (export.rows_read, export.rows_kept) == (2, 1)


@pytest.mark.parametrize("name", ["Filters", "Filters - Autumn", "Report Time: now", "Group By", "Time zone: east"])
def test_a_campaign_that_is_called_like_a_line_of_the_footer_does_not_end_the_rows(read: Read, name: str) -> None:
    header = "Insertion Order,Date,Impressions,Revenue (Adv Currency)"
    rows = (f"{name},2026/09/01,5,1.25", f"{name},2026/09/02,5,1.25", ",,10,2.50")
    export = read(header, *rows, "Report Time:,2026/09/20 05:14 GMT,,", "Group By:,Date,,")
    assert (export.rows_read, export.rows_kept, export.reconciled) == (3, 2, True)
    narrow = read("Insertion Order,Date,Revenue (Adv Currency)", f"{name},2026/09/01,1.25", "Filter by Partner ID:,1")
    assert (narrow.rows_read, narrow.rows_kept) == (1, 1)


@pytest.mark.parametrize(
    "label",
    ["Total of 2 results", "Total of 1,250 results", "Grand Total:", "Grand total", "Итого", "合計", "Gesamtsumme",
     "合計: アカウント", "Totaux", "Suma"],
)  # fmt: skip
@pytest.mark.parametrize("blank", ["-", "---", "\u2014", ""])
def test_the_total_rows_of_other_networks_are_total_rows(read: Read, label: str, blank: str) -> None:
    export = read(
        "campaign,campaign id,date,spend,clicks", "A,1,2026-09-01,2.00,1", f'"{label}",{blank},{blank},2.00,1'
    )
    assert (export.skipped, export.rejected, export.reconciled) == ({"total_row": 1}, [], True)
    first = read("date,campaign,spend,clicks", "2026-09-01,A,2.00,1", f'"{label}",{blank},2.00,1')
    assert (first.skipped, first.rejected, first.reconciled) == ({"total_row": 1}, [], True)


@pytest.mark.parametrize(
    "line",
    ['"©2026 Microsoft Corporation. All rights reserved. "', "© Example Inc.", "Copyright (c) 2026 Example", "Rows: 1",
     '"Rows: 1"', "(c) 2026 Example, all rights reserved", "All rights reserved.", "©2026 Example,,,,,,,"],
)  # fmt: skip
def test_copyright_lines_and_counts_of_rows_are_footers(read: Read, line: str) -> None:
    export = read(GOOGLE, ROW, "", line, "and more of it")
    assert (export.rows_read, export.rejected, export.reconciled) == (1, [], None)
    day_first = read("date,campaign,spend,currency", "2026-09-01,A,1,EUR", line.rstrip(","))
    assert (day_first.rows_read, day_first.rejected, day_first.notices) == (1, [], [])


@pytest.mark.parametrize("where", ["above", "below"])
def test_the_number_of_rows_that_a_file_states_is_checked(read: Read, where: str) -> None:
    def file(stated: str) -> Export:
        lines = [f'"Rows: {stated}"', GOOGLE] if where == "above" else [GOOGLE]
        rows = [ROW, ROW.replace("-01,", "-02,"), "Total,,EUR,3.00,200,20,2.00,40.00"]
        return read(*lines, *rows, *([f"Rows: {stated}"] if where == "below" else []))

    assert (file("2").reconciled, file("2").notices) == (True, [])
    assert file("3").reconciled is True  # with the total row
    cut = file("1,200")
    assert (cut.rows_read, cut.reconciled) == (3, False)
    assert any("1,200 rows" in notice and "2 were found" in notice for notice in cut.notices)


SECOND = [
    ("Date,Device,Impressions,Clicks,Spend,Currency", "2026-09-13,Mobile,800,30,10.00,EUR", "10.00"),
    ("Device,Clicks,Cost", "Mobile,30,10.50", "10.50"),
    ("Age,Gender,Clicks,Impressions,Something else,Cost", "18-24,female,30,1,x,7.25", "7.25"),
    ("Campaign name,Amount spent (EUR),Link clicks", "Brand,3.00,4", None),
]


@pytest.mark.parametrize("title", [(), ("",), ("", "By device"), ("", "# Devices", "# 20260913-20260914")])
@pytest.mark.parametrize(("header", "row", "amount"), SECOND)
def test_a_second_header_ends_the_table_and_what_is_below_it_is_told(
    read: Read, title: tuple[str, ...], header: str, row: str, amount: str | None
) -> None:
    export = read("Date,Campaign,Impressions,Clicks,Spend,Currency", "2026-09-13,A,9,4,12.50,EUR", *title, header, row)
    assert (export.rows_read, export.rejected, spend(export)) == (1, [], Decimal("12.5"))
    told = " ".join(export.notices)
    assert f"line {3 + len(title)} is the header of another table" in told
    assert "1 row" in told
    assert amount is None or f"spend of {amount}" in told


def test_a_second_header_far_down_a_long_file_ends_it_too(read: Read) -> None:
    rows = [f"2026-09-{day:02},{name},1,1,1.00,EUR" for name in range(100) for day in range(1, 29)]
    export = read("Date,Campaign,Impressions,Clicks,Spend,Currency", *rows, "", SECOND[0][0], *[SECOND[0][1]] * 700)
    assert (export.rows_read, spend(export)) == (2800, 2800)
    assert "700 rows with a spend of 7,000.00" in " ".join(export.notices)


def test_a_table_above_the_one_that_is_read_is_told(read: Read) -> None:
    second = "Date,Campaign,Impressions,Clicks,Spend,Conversions,Currency"
    export = read(
        "By account", "Date,Account,Spend", "2026-09-13,Acme,12.50", "", second, "2026-09-13,A,9,4,5.00,1,EUR"
    )
    assert (export.rows_read, spend(export)) == (1, 5)
    assert any("line 2 is the header of another table" in told and "12.50" in told for told in export.notices)


def test_a_report_below_the_footer_of_another_is_told(read: Read) -> None:
    export = read(GOOGLE, ROW, "©2026 Example", "Report Name: Campaigns", GOOGLE, ROW, ROW)
    assert export.rows_read == 1
    assert "line 5 is the header of another table, which was not read: 2 rows with a spend of 3.00" in export.notices[0]


def test_a_header_that_is_repeated_between_the_rows_is_left_out(read: Read) -> None:
    export = read(GOOGLE, ROW, GOOGLE, ROW.replace("-01,", "-02,"), GOOGLE.upper())
    assert (export.rows_read, export.rows_kept, export.rejected) == (2, 2, [])
    assert any("line 3 repeats the header" in notice for notice in export.notices)


def test_rows_of_words_are_no_header(read: Read) -> None:
    export = read("date,campaign,spend,note", "2026-09-01,A,1,x", "soon,clicks,none,free", "2026-09-02,A,1,x")
    assert (rejected(export), spend(export)) == ([(3, "date", "not_a_date")], 2)


def test_blank_fields_beyond_the_header_are_none(read: Read) -> None:
    export = read(GOOGLE, ROW + ",", ROW.replace("-01,", "-02,") + ",, ,", "Total,,EUR,3.00,200,20,2.00,40.00,,")
    assert (export.rows_kept, export.rejected, export.reconciled) == (2, [], True)
    assert rejected(read(GOOGLE, ROW, ROW + ",,x")) == [(3, None, "too_many_fields")]


def test_the_spend_of_rows_without_a_campaign_s_name_is_told(read: Read) -> None:
    header = "date,campaign,spend,clicks,currency"
    rows = [
        "2026-09-01,(not set),12.50,1,EUR",
        "2026-09-01,N/A,10,1,EUR",
        "2026-09-01,,7,1,USD",
        "2026-09-01,A,1,1,EUR",
    ]
    export = read(header, *rows)
    assert export.skipped == {"blank_name": 3}
    assert any("3 rows" in notice and "22.50 EUR and 7.00 USD" in notice for notice in export.notices)
    unread = read(header, rows[3], "2026-09-01,(not set),much,1,EUR")
    assert any("cannot be read" in notice for notice in unread.notices)
    assert read(header, rows[3], "2026-09-01,(not set),0,0,EUR", "2026-09-01,null,,5,EUR").notices == []


@pytest.mark.parametrize(
    "total", ["Total,,,,,,,", "Total,,EUR,0,0,0,0,0", "Total,,,0.00,0,,0.00,0.00", "Total,,,#N/A,?,,,"]
)
def test_a_total_row_that_nobody_calculated_is_no_total(read: Read, total: str) -> None:
    export = read(GOOGLE, ROW, total)
    assert (export.skipped, export.file_totals, export.reconciled) == ({"total_row": 1}, None, None)
    assert any("the total row has no figures" in notice for notice in export.notices)


def test_a_total_of_zeros_over_rows_of_zeros_or_over_none_agrees(read: Read) -> None:
    zeros = "2026-09-01,Brand,EUR,0.00,0,0,0,0"
    assert read(GOOGLE, zeros, "Total,,EUR,0.00,0,0,0,0").reconciled is True
    assert read(GOOGLE, "Total,,EUR,0.00,0,0,0,0").reconciled is True


def test_a_file_of_which_every_row_is_rejected_is_refused(read: Read) -> None:
    bad = ROW.replace("1.50", "x")
    refused = refusal(read, GOOGLE, bad, bad, "Total,,,1,1,1,1,1", max_errors=5)
    assert (refused.because, refused.platform, refused.rows_read) == (Refusal.ALL_REJECTED, "google-ads", 3)
    assert "line 2, column 'Cost': not_a_number" in refused.message
    assert read(GOOGLE, "2026-09-01,,EUR,1,1,1,1,1").skipped == {"blank_name": 1}


def test_days_later_than_tomorrow_are_kept_and_told(read: Read) -> None:
    now = datetime.now(timezone(timedelta(hours=14)))
    tomorrow, later = ((now + timedelta(days=days)).date().isoformat() for days in (1, 2))
    assert read(GOOGLE, ROW.replace("2026-09-01", tomorrow)).notices == []
    export = read(GOOGLE, ROW, ROW.replace("2026-09-01", later))
    assert (export.rows_kept, export.date_to) == (2, later)
    assert any("have not come yet" in notice and later in notice for notice in export.notices)


def test_empty_rows_are_no_rows(read: Read) -> None:
    export = read(GOOGLE, ROW, ",,,,,,,", "  ", ROW.replace("-01,", "-02,"), ",,,,,,,")
    assert (export.rows_read, export.rows_kept) == (2, 2)


@pytest.mark.parametrize("lines", [(GOOGLE,), ("Report", GOOGLE), ("Campaign,Clicks,Cost",)])
def test_a_header_without_rows_is_accepted_with_a_notice(read: Read, lines: tuple[str, ...]) -> None:
    export = read(*lines)
    assert (export.rows_read, export.rows_kept, export.totals.spend) == (0, 0, None)
    assert any("no data rows" in notice for notice in export.notices)


@pytest.mark.parametrize("text", ["{}", "[]", "[{}]", '{"data": [], "paging": {}}', '{"results": []}'])
def test_json_without_a_record_is_a_report_without_rows_of_the_platform_that_is_named(read: Read, text: str) -> None:
    export = read(text, platform="meta-ads")

    assert (export.platform, export.rows_read, export.notices) == ("meta-ads", 0, ["the file has no data rows"])
    refused = refusal(read, text)
    assert (refused.because, refused.platform) == (Refusal.UNRECOGNISED, None)
    assert "--platform" in str(refused.hint)


def test_the_platforms_no_data_lines_are_accepted(read: Read) -> None:
    export = read('"Reporting starts","Reporting ends","Campaign name","Amount spent (USD)"', '"No data available."')
    assert (export.platform, export.rows_read, export.currency) == ("meta-ads", 0, "USD")
    assert read("No data returned by the reporting service.").platform == "dv360"


def test_the_first_failing_column_in_the_order_of_the_header_is_named(read: Read) -> None:
    bad = "soon,Brand,EUR,x,1.5,y,-1,z"
    mended = ["2026-09-02", "Brand", "EUR", "1.00", "1", "1", "1", "1"]
    lines = [",".join(mended[:at] + bad.split(",")[at:]) for at in (0, 3, 4, 5, 6, 7)]
    export = read(GOOGLE, ROW, *lines)
    assert rejected(export) == [
        (3, "Day", "not_a_date"), (4, "Cost", "not_a_number"), (5, "Impr.", "out_of_range"),
        (6, "Clicks", "not_a_number"), (7, "Conversions", "out_of_range"), (8, "Conv. value", "not_a_number"),
    ]  # fmt: skip
    assert export.rejected[0].cells == tuple(bad.split(","))
    assert export.header == tuple(GOOGLE.split(","))


@pytest.mark.parametrize("error", ["#DIV/0!", "#N/A", "#ref!", "#UNCALCULATED!"])
def test_an_error_of_a_spreadsheet_rejects_its_row_also_as_a_name(read: Read, error: str) -> None:
    cells = ROW.split(",")
    for column in ("Campaign", "Cost", "Clicks"):
        bad = list(cells)
        bad[GOOGLE.split(",").index(column)] = error
        assert rejected(read(GOOGLE, ROW, ",".join(bad))) == [(3, column, "not_a_number")]
    with_account = read(GOOGLE + ",Account name,Video views", f"{ROW},{error},5", f"{ROW},Acme,{error}")
    assert [campaign.account for campaign in with_account.campaigns] == [None, "Acme"]
    assert metadata(with_account) == ['{"video_views":5}', None]


def test_a_workbook_s_error_cells_reject_their_rows_and_leave_the_others(tmp_path: Path) -> None:
    row = '<row r="{0}"><c r="A{0}"><v>46062</v></c><c r="B{0}" t="inlineStr"><is><t>A</t></is></c>{1}</row>'
    rows = [row.format(3, '<c r="C3" t="e"><v>#DIV/0!</v></c>'), row.format(4, '<c r="C4"><f>A1</f><v/></c>')]
    path = tmp_path / "export.xlsx"
    path.write_bytes(workbook(a=sheet(["date", "campaign", "spend"], [46061, "A", 2]) + "".join(rows)))
    with closing(read_export(path, ReadOptions())) as export:
        assert rejected(export) == [(3, "spend", "not_a_number"), (4, "spend", "not_a_number")]
        assert [row.cells[2] for row in export.rejected] == ["#DIV/0!", "#UNCALCULATED!"]
        assert spend(export) == 2


def test_too_few_and_too_many_fields_have_no_column(read: Read) -> None:
    export = read(GOOGLE, ROW, "2026-09-02,Brand,EUR", ROW + ",1")
    assert rejected(export) == [(3, None, "too_few_fields"), (4, None, "too_many_fields")]


def test_a_rejected_row_adds_no_campaign_and_no_currency(read: Read) -> None:
    export = read(GOOGLE, ROW, "2026-09-01,Other,USD,x,1,1,1,1")
    assert [campaign.name for campaign in export.campaigns] == ["Brand"]
    assert export.currency == "EUR"


def test_more_rejects_than_ten_and_one_in_a_hundred_refuse_the_file(read: Read) -> None:
    bad = ROW.replace("1.50", "x")
    assert len(read(GOOGLE, ROW, *[bad] * 10).rejected) == 10
    refused = refusal(read, GOOGLE, ROW, *[bad] * 11)
    assert (refused.because, refused.platform, refused.rows_read) == (Refusal.TOO_MANY_ERRORS, "google-ads", 12)
    assert "line 3, column 'Cost'" in refused.message
    assert len(read(GOOGLE, *[ROW] * 1089, *[bad] * 11).rejected) == 11
    assert refusal(read, GOOGLE, *[ROW] * 1088, *[bad] * 11).because is Refusal.TOO_MANY_ERRORS


def test_max_errors_says_how_many_rejects_are_bearable(read: Read) -> None:
    bad = ROW.replace("1.50", "x")
    assert len(read(GOOGLE, ROW, *[bad] * 12, max_errors=12).rejected) == 12
    strict = refusal(read, GOOGLE, ROW, bad, max_errors=0)
    assert (strict.because, strict.message) == (Refusal.TOO_MANY_ERRORS, "line 3, column 'Cost': not_a_number ('x')")


def test_every_row_is_counted_once_whatever_becomes_of_it(read: Read) -> None:
    export = read(GOOGLE, ROW, ROW, "2026-09-01,,EUR,1,1,1,1,1", "Total,,,1,1,1,1,1", ROW.replace("10,", "x,"), "short")
    found = export.rows_kept + export.merged + sum(export.skipped.values()) + len(export.rejected)
    assert found == export.rows_read == 6
    assert (export.rows_kept, export.merged) == (1, 1)


def test_rows_that_share_campaign_and_day_are_summed_and_a_blank_erases_nothing(read: Read) -> None:
    export = read(GOOGLE, ROW, "2026-09-01, Brand ,EUR,0.25, --,3, --,")
    (day,) = export.days()
    assert day[:7] == (0, "2026-09-01", 100, 13, 1_000_000, 1_750_000, 20_000_000)


def test_a_sum_over_no_values_is_null(read: Read) -> None:
    export = read(GOOGLE, "2026-09-01,Brand,EUR,1.00, --,-,N/A,")
    assert (export.totals.impressions, export.totals.clicks, export.totals.revenue) == (None, None, None)
    assert next(export.days())[2:7] == (None, None, None, 1_000_000, None)


@pytest.mark.parametrize(("cost", "clicks"), [("999999999999", "1"), ("-999999999999", "1"), ("1", str(2**53))])
def test_rows_that_come_to_more_than_can_be_kept_refuse_the_file(read: Read, cost: str, clicks: str) -> None:
    row = f"2026-09-01,Brand,EUR,{cost},1,{clicks},1,1"
    assert len(read(GOOGLE, row, row.replace("-01,", "-02,")).campaigns) == 1
    refused = refusal(read, GOOGLE, ROW, row, row)
    assert (refused.because, refused.rows_read) == (Refusal.TOO_MANY_ERRORS, 3)
    assert "2026-09-01" in refused.message
    credited = read(GOOGLE, row.replace(clicks, "1"), ROW, f"2026-09-01,Brand,EUR,{-int(cost)},1,1,1,1")
    assert credited.totals.spend == Decimal("1.5")


def test_numbers_of_records_are_exact_and_their_lines_are_told(read: Read) -> None:
    rows = [
        {"campaign.id": 1, "campaign.name": "Brand", "segments.date": "2026-09-01", "metrics.cost_micros": "6730050"},
        {"campaign.id": 1, "campaign.name": "Brand", "segments.date": "2026-09-02", "metrics.cost_micros": True},
        {"campaign.id": 2, "campaign.name": "Generic", "segments.date": "2026-09-02", "metrics.cost_micros": [1]},
    ]
    export = read(*map(json.dumps, rows), suffix=".ndjson")
    assert export.totals.spend == Decimal("6.73005")
    assert [(row.column, row.why) for row in export.rejected] == [("metrics.cost_micros", "not_a_number")] * 2


def test_a_long_file_is_read_like_a_short_one_even_where_its_end_is_different(read: Read) -> None:
    many = [
        f"2026-09-{day:02},Campaign {number},EUR,{number}.50,100,10,1.00,20.00"
        for number in range(850)
        for day in range(1, 29)
    ]
    dated = read(GOOGLE, *many, "30/09/2026,Brand,EUR,1.00,1,1,1,1", "01/10/2026,Brand,EUR,1.00,1,1,1,1")
    assert (dated.rows_read, dated.date_to) == (23802, "2026-10-01")
    bad = [row.replace(".50", ".x") for row in many[:100]]
    assert len(read(GOOGLE, *many, *bad).rejected) == 100
    refused = refusal(read, GOOGLE, *many, *bad, *bad, *bad)
    assert (refused.because, refused.rows_read) == (Refusal.TOO_MANY_ERRORS, 24100)


def test_how_far_reading_is_is_told(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(
        "\n".join([GOOGLE, *(ROW.replace(ROW.split(",")[1], f"Campaign {number}") for number in range(1200))]),
        encoding="utf-8",
    )
    told: list[int] = []
    read_export(path, ReadOptions(), progress=told.append).close()
    assert told == sorted(told)
    assert len(told) > 1
    assert told[-1] == 1200
