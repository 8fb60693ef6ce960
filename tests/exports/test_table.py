"""Delimited text and workbooks as rows of cells with their lines."""

import json
from datetime import date
from pathlib import Path

import pytest

from adops_cli.errors import BadRequestError
from adops_cli.exports.export import Refusal, RefusedError
from adops_cli.exports.sources import delimited
from adops_cli.exports.sources.delimited import BrokenRow
from adops_cli.exports.sources.source import opened
from adops_cli.exports.sources.table import Kind, open_table
from tests.exports.files import EXPORTS, lines, read, rows, score, sheet, workbook

HOSTILE = EXPORTS / "hostile"
HEADER = ["Day", "Campaign", "Cost"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "report.csv"


def refusal(path: Path) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        read(path)
    return caught.value


@pytest.mark.parametrize(
    ("name", "kind", "delimiter", "count"),
    [
        ("google-ads/daily_utf8_preamble.csv", Kind.TEXT, ",", 150),
        ("google-ads/daily_utf16_tab.csv", Kind.TEXT, "\t", 150),
        ("generic/own_keys_tab.tsv", Kind.TEXT, "\t", 11),
        ("google-ads/daily_fr_semicolon.csv", Kind.TEXT, ";", 32),
        ("hostile/delimiter_trap.csv", Kind.TEXT, ";", 21),
        ("hostile/csv_named.xlsx", Kind.TEXT, ",", 19),
        ("hostile/xlsx_named.csv", Kind.WORKBOOK, None, 18),
        ("hostile/blank_lines_only.csv", Kind.TEXT, ",", 0),
        ("google-ads/daily.xlsx", Kind.WORKBOOK, None, 22),
    ],
)
def test_a_file_is_known_by_its_content(name: str, kind: Kind, delimiter: str | None, count: int) -> None:
    table, found = read(EXPORTS / name)
    assert (table.kind, table.delimiter, table.notices, len(found)) == (kind, delimiter, [], count)


def test_the_same_report_in_two_encodings_has_the_same_rows() -> None:
    assert rows(EXPORTS / "google-ads/daily_utf8_preamble.csv") == rows(EXPORTS / "google-ads/daily_utf16_tab.csv")


def test_rows_come_from_the_start_each_time_and_do_not_disturb_each_other() -> None:
    with opened(EXPORTS / "google-ads/pull1.csv") as source:
        table = open_table(source, score)
        first, second = table.rows(), table.rows()
        assert [next(first), next(first)] == [next(second), next(second)]
        assert list(first) == list(second)
        assert len(list(table.rows())) == 158


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter_is_found_in_spite_of_a_preamble_full_of_others(file: Path, delimiter: str) -> None:
    others = ",;\t|".replace(delimiter, "")
    file.write_text(
        f"{others * 20}\n" + "".join(f"{delimiter.join(row)}\n" for row in (HEADER, ["1", "a, b; c|d", "2"]))
    )
    table, found = read(file)
    assert table.delimiter == delimiter
    assert found[1] == (2, HEADER)


def test_where_two_delimiters_show_the_header_the_steady_one_wins(file: Path) -> None:
    file.write_text("Day;x,y\nDay;Nets, white\nDay;1,5\nDay;2,5,5\n")
    assert read(file)[0].delimiter == ";"


def test_each_line_end_counts_and_blank_lines_are_left_out(file: Path) -> None:
    file.write_bytes(b'Day,Cost\r\n\r\n1,"a\r\nb\rc\nd"\r2,b\n  \n""\n3,c\r\n,\n4,d')
    assert rows(file) == [
        (1, ["Day", "Cost"]),
        (3, ["1", "a\r\nb\rc\nd"]),
        (7, ["2", "b"]),
        (10, ["3", "c"]),
        (11, ["", ""]),
        (12, ["4", "d"]),
    ]


def test_the_lines_of_rows_with_breaks_in_their_names_are_physical() -> None:
    expected = json.loads((HOSTILE / "newline_in_name.expected.json").read_text())
    found = dict(rows(HOSTILE / "newline_in_name.csv"))
    (rejected,) = expected["rejected"]
    assert found[rejected["line"]][:5] == ["2026-03-03", "Spring\nSale", "USD", "88", "oops"]
    assert 'Two\r\nlines "quoted"' in {cells[1] for cells in found.values() if len(cells) > 1}


def test_a_bare_cr_ends_a_row() -> None:
    assert lines(HOSTILE / "crlf_with_bare_cr.csv") == list(range(1, 21))


def test_a_cell_may_hold_a_megabyte() -> None:
    assert max(len(cell) for _, cells in rows(HOSTILE / "one_megabyte_cell.csv") for cell in cells) > 1_000_000


def test_short_and_long_rows_keep_the_fields_they_have() -> None:
    widths = {len(cells) for _, cells in rows(HOSTILE / "short_and_long_row.csv")}
    assert {5, 8, 10} <= widths


def test_a_quote_that_is_never_closed_is_refused_with_the_line_where_it_stands() -> None:
    refused = refusal(HOSTILE / "unclosed_quote.csv")
    assert refused.because == Refusal.UNREADABLE
    assert "a quote in line 32 that is never closed" in refused.message


@pytest.mark.parametrize("end", ['4,"', '4,"5', '"', '"5\n', '4,"5\n6,7\n', '4,"5""', '4,"5""\n\n'])
def test_no_row_comes_of_a_quote_that_is_never_closed(file: Path, end: str) -> None:
    file.write_text(f"Day,Cost\n1,2\n{end}")
    with opened(file) as source:
        found = open_table(source, score).rows()
        assert [next(found), next(found)] == [(1, ["Day", "Cost"]), (2, ["1", "2"])]
        with pytest.raises(RefusedError, match="a quote in line 3 that is never closed"):
            next(found)


def test_an_early_quote_that_is_never_closed_does_not_fill_the_memory(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "_CELL_LIMIT", 300_000)
    file.write_text('Day,Cost\n1,"2\n' + "3,4\n" * 100_000 + '5,"6"\n')
    assert refusal(file).because == Refusal.UNREADABLE


def test_a_line_that_never_ends_does_not_fill_the_memory(file: Path) -> None:
    file.write_bytes(b"Day,Cost\n1,2\n" + b"a," * (6 << 20))
    assert "has a line of more than 10 MB" in refusal(file).message


@pytest.mark.parametrize(
    ("written", "cell"),
    [('ab"c', 'ab"c'), ('a""', 'a""'), ('"a""b"', 'a"b'), ('5" screen', '5" screen')],
)
def test_quotes_in_odd_places_are_taken_as_they_stand(file: Path, written: str, cell: str) -> None:
    file.write_text(f"Day,Campaign,Cost\n1,{written},2\n3,4,5\n")
    assert rows(file)[1:] == [(2, ["1", cell, "2"]), (3, ["3", "4", "5"])]


@pytest.mark.parametrize("by", [",", ";", "\t", "|"])
@pytest.mark.parametrize("written", ['"Brand" - UK', '"Brand"x', '"a"b"c"', '"5" nails"', '"say \\"hi\\""'])
def test_text_behind_a_closing_quote_breaks_its_line_and_no_other(file: Path, written: str, by: str) -> None:
    lines = ["Day,Campaign,Cost", f"1,{written},2", '3,"4, 5",6']
    if by != ",":
        lines = [line.replace("4, 5", "4 5").replace(",", by) for line in lines]
    file.write_text("\n".join(lines) + "\n")
    _, broken, whole = rows(file)
    assert broken == (2, ["1", written, "2"])
    assert type(broken[1]) is BrokenRow
    assert (whole[0], type(whole[1])) == (3, list)


def test_white_space_behind_a_closing_quote_breaks_nothing(file: Path) -> None:
    file.write_text('Day,Campaign,Cost\n"1" ,"Brand, ""UK"""\t,"2"  \n')
    assert rows(file)[1:] == [(2, ["1", 'Brand, "UK"', "2"])]


@pytest.mark.parametrize(
    ("swallowed", "cells"),
    [
        (['1,"Sale,2', "1,Other,2", '1,TV 24",2'], ['"Sale', "Other", 'TV 24"']),
        (['1,"Sale, UK,2', '1,TV 24",2'], ['"Sale', 'TV 24"']),
        (['1,"Sale,2', '1,"Other, 3",2'], ['"Sale', "Other, 3"]),
        (['1,"Sale,"2,000"', "1,Other,2"], ['"Sale', "Other"]),
    ],
)  # fmt: skip
def test_a_quote_that_swallows_lines_breaks_each_of_them(file: Path, swallowed: list[str], cells: list[str]) -> None:
    file.write_text("\n".join(["Day,Campaign,Cost", *swallowed, "1,Last,2"]) + "\n")
    _, *found, last = rows(file)
    broken = [row for row in found if type(row[1]) is BrokenRow]
    assert [row[1][1] for row in found] == cells
    assert [line for line, _ in found] == list(range(2, 2 + len(swallowed)))
    assert broken
    assert all(row in broken or '"' not in swallowed[row[0] - 2] for row in found)
    assert last == (2 + len(swallowed), ["1", "Last", "2"])


def test_a_line_break_in_a_name_is_no_broken_quote(file: Path) -> None:
    file.write_text('Day,Campaign,Cost\n1,"Spring, summer\nand fall",2\n1,"a\n\n""b""",2\n')
    assert rows(file)[1:] == [(2, ["1", "Spring, summer\nand fall", "2"]), (4, ["1", 'a\n\n"b"', "2"])]


def test_broken_quotes_far_down_a_long_file_are_found_with_their_lines(file: Path) -> None:
    plain = ["1,Brand,2"] * 5_000
    file.write_text(
        "\n".join(["Day,Campaign,Cost", *plain, '1,"Sale,2', *["1,Other,2"] * 1_500, '1,TV",2', *plain]) + "\n"
    )
    broken = [line for line, cells in rows(file) if type(cells) is BrokenRow]
    assert broken == list(range(5_002, 5_002 + 1_502))


def test_a_report_whose_title_begins_like_json_is_text(file: Path) -> None:
    for title in ("[DE] Campaigns", "{brand} report", "[[all]]", "[]x"):
        file.write_text(f"{title}\nDay,Cost\n1,2\n")
        assert rows(file) == [(1, [title]), (2, ["Day", "Cost"]), (3, ["1", "2"])]


def test_the_cells_of_a_workbook_are_what_they_are() -> None:
    found = rows(EXPORTS / "google-ads/daily.xlsx")
    assert found[0] == (1, ["Campaign report", *[""] * 8])
    assert found[3] == (
        4,
        [date(2026, 9, 1), "Table-Lamps-Shopping-PMX", "EUR", 95.12, 5346, 64, 0.012, 1, 67.27],
    )
    assert [type(cell) for cell in found[3][1][3:6]] == [float, float, float]


def test_a_blank_row_of_a_workbook_is_left_out_and_counts() -> None:
    found = lines(EXPORTS / "dv360/workbook_sum_row_footer.xlsx")
    assert sorted(set(range(1, found[-1] + 1)) - set(found)) == [13]


def test_odd_cells_of_a_workbook_become_text(file: Path) -> None:
    file.write_bytes(workbook(a=sheet(HEADER, [True, None, 7730011.0], [1e300, 2.0**53, "nan"])))
    assert rows(file) == [(1, HEADER), (2, ["TRUE", "", 7730011]), (3, [1e300, 2**53, "nan"])]


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        ({"notes": sheet(["Day"]), "data": sheet(HEADER)}, HEADER),
        ({"data": sheet(HEADER), "notes": sheet(["Day", "x"])}, HEADER),
        ({"empty": "", "hidden": sheet(HEADER)}, HEADER),
        ({"hidden": sheet([*HEADER, "old"]), "data": sheet([*HEADER, "new"])}, [*HEADER, "new"]),
        ({"empty": "", "notes": sheet(["remember"])}, ["remember"]),
    ],
)
def test_the_sheet_with_the_best_header_is_read(file: Path, sheets: dict[str, str], expected: list[str]) -> None:
    file.write_bytes(workbook(**sheets))
    assert rows(file) == [(1, expected)]


def test_the_sheets_that_are_not_read_are_named(file: Path) -> None:
    empty_beside = workbook(Data=sheet(HEADER), Empty="")
    file.write_bytes(empty_beside)
    assert read(file)[0].notices == []
    file.write_bytes(workbook(Notes=sheet(["x"]), Data=sheet(HEADER), hidden=sheet(HEADER, ["a"]), Empty=""))
    (told,) = read(file)[0].notices
    assert told == "sheet Data of 3 was read; Notes (1 row), hidden (2 rows) were not; --sheet NAME reads another"


def test_a_sheet_can_be_chosen_by_its_name(file: Path) -> None:
    file.write_bytes(workbook(Data=sheet(HEADER), Other=sheet(["Day", "x"])))
    assert read(file, "Other")[1] == [(1, ["Day", "x"])]
    with pytest.raises(BadRequestError, match="no sheet 'other'") as caught:
        read(file, "other")
    assert caught.value.hint == "Its sheets are Data, Other"
    with pytest.raises(BadRequestError, match="not a workbook"):
        read(EXPORTS / "generic/own_keys.csv", "Data")


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ('<c r="C2" t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c t="e" s="4" r="C2"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        ("<c r='C2' t='e'><f t='shared' si='0'/><v>#N/A</v></c>", "#N/A"),
        ('<c r="C2" t="e"/>', ""),
        ('<c r="C2"><f>SUM(A1:A9)</f></c>', "#UNCALCULATED!"),
        ('<c r="C2" t="n"><f>A1&amp;B1</f><v/></c>', "#UNCALCULATED!"),
        ('<c r="C2"><f>A1</f><v></v></c>', "#UNCALCULATED!"),
        ('<c r="C2"><f>A1</f><v>3</v></c>', 3),
        ('<c r="C2" t="str"><f>A1</f><v></v></c>', ""),
        ('<c r="C2" s="1"/>', ""),
    ],
)
def test_a_cell_that_the_library_shows_as_empty_is_what_it_is(file: Path, cell: str, found: object) -> None:
    row = f'<row r="2"><c r="A2"><v>1</v></c>{cell}<c r="D2"><v>4</v></c></row>'
    file.write_bytes(workbook(notes=sheet(["x"]), a=sheet(["Day", "Campaign", "Cost", "Clicks"]) + row))
    assert rows(file)[1] == (2, [1, "", found, 4])


def test_lost_cells_keep_their_place_in_a_sheet_that_does_not_begin_at_its_corner(file: Path) -> None:
    header = sheet([None, None, "Day", "Cost"]).replace("1", "3")
    file.write_bytes(workbook(a=header + '<row r="9"><c r="C9"><v>1</v></c><c r="D9" t="e"><v>#REF!</v></c></row>'))
    assert rows(file) == [(3, ["Day", "Cost"]), (9, [1, "#REF!"])]


def test_lost_cells_are_found_in_a_long_sheet(file: Path) -> None:
    cells = sheet(["Day", "Cost"], *([1, 2] for _ in range(60_000)))
    error = cells.replace('<c r="B59001"><v>2</v></c>', '<c r="B59001" t="e"><v>#NUM!</v></c>')
    file.write_bytes(workbook(a=error))
    assert [row for row in rows(file) if "#NUM!" in row[1]] == [(59_001, [1, "#NUM!"])]


def test_an_empty_workbook_has_no_rows(file: Path) -> None:
    file.write_bytes(workbook(a="", b=""))
    assert rows(file) == []


@pytest.mark.parametrize(
    "content",
    [
        workbook(a='<row r="1"><c r="A1" t="inlineStr"><is><t>Day_x0000_</t></is></c></row>'),
        workbook(a="<row><c"),
        workbook(),
        (EXPORTS / "google-ads/daily.xlsx").read_bytes()[:-200],
    ],
)
def test_a_broken_workbook_is_unreadable(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert refusal(file).because == Refusal.UNREADABLE
