"""Rows as a workbook: what is read back is what JSON has, text stays text, and what cannot be kept is told."""

import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adops_cli.errors import BadRequestError
from adops_cli.measures import Part
from adops_cli.render import Chart, Column, Document, Kind, Section
from adops_cli.render.workbook import sheet, write
from tests.render.samples import COLUMNS, NASTY, Row
from tests.workbooks import cells_of, parts, same, sheets_of

FILE = Path("rows.xlsx")
CURRENCY = Column("currency", "Cur.")
SPEND = Column("spend", "Spend", Kind.MONEY)
NAME = Column("name", "Name")
DAYS = (Column("day", "Day", Kind.DAY), CURRENCY, SPEND, Column("roas", "ROAS", Kind.RATIO))
MIXED = [
    {"day": date(2026, 2, 3 - n // 2), "currency": ("EUR", "USD")[n % 2], "spend": Decimal(n), "roas": None}
    for n in range(6)
]


def written(
    items: Sequence[object], columns: Sequence[Column] = COLUMNS, document: Document | None = None, **wishes: Any
) -> Sequence[str]:
    """Write a workbook; what is told of it."""
    FILE.touch()
    apart = next((column for column in columns if column.key == "currency"), None)
    how = {"apart": apart, "total": None, "header": True} | wishes
    return write(FILE, items, columns, document or Document("Rows"), **how)


def test_every_value_is_kept_as_what_it_is() -> None:
    assert written(NASTY) == [
        "1 cell with more than the 15 digits that a workbook keeps: rounded (Rows!E4).",
    ]
    headings, *rows = cells_of(FILE, "Rows")
    assert headings == [
        "Campaign", "Name", "Impressions", "Conversions", "Spend", "CTR", "ROAS", "Day", "Synced (UTC)", "Late",
        "Metadata",
    ]  # fmt: skip
    for row, item in zip(rows, NASTY, strict=True):
        assert row == [same(column.of(item), column.kind) for column in COLUMNS]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "0012", "1e5", "TRUE", "https://example.com", "mailto:a@b", "<r><t>x</t></r>",
     "<r>&</r>", " <r></r>", "_x000D_", "\r\n\t\x1b\x00", " padded ", "<b>&amp;\"'", "{=A1}", "#REF!",
     "😀\u2028\u202e"],
)  # fmt: skip
def test_text_stays_text(text: str) -> None:
    assert written([{"name": text}], [NAME]) == []
    assert cells_of(FILE, "Rows")[1:] == [[text]]
    assert not re.search(r"<f>|hyperlink", parts(FILE)["xl/worksheets/sheet1.xml"])


@pytest.mark.parametrize(
    ("kind", "value", "shown", "told"),
    [
        (Kind.TEXT, "x" * 40_000, "x" * 32_767, "1 cell with text longer than the 32,767 characters"),
        (Kind.TEXT, "😀" * 20_000, "😀" * 16_383, "1 cell with text longer than the 32,767 characters"),
        (Kind.TEXT, "a\ud800b\uffff", "a\\ud800b\\uffff", "1 cell with characters that no workbook can hold"),
        (Kind.TEXT, "_x000D\x00", "_x000D\\x00", "1 cell with characters that no workbook can hold"),
        (Kind.TEXT, "<r>\x1b</r>", "<r>\\x1b</r>", "1 cell with characters that no workbook can hold"),
        (Kind.DAY, date(1899, 12, 31), "1899-12-31", "1 cell with a day before March 1900"),
        (Kind.DAY, date(1900, 2, 28), "1900-02-28", "1 cell with a day before March 1900"),
        (Kind.INSTANT, datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00", "1 cell with a day before March 1900"),
        (Kind.MONEY, Decimal("9999999999.123456"), 9999999999.123456, "1 cell with more than the 15 digits"),
        (Kind.COUNT, 2**53, float(2**53), "1 cell with more than the 15 digits"),
        (Kind.RATIO, Part("1234.123456789012"), 1234.123456789012, "1 cell with more than the 15 digits"),
    ],
)  # fmt: skip
def test_what_a_workbook_cannot_hold_is_told(kind: Kind, value: Any, shown: Any, told: str) -> None:
    [said] = written([{"name": value}], [Column("name", "Name", kind)])
    assert said.startswith(told)
    assert said.endswith("(Rows!A2).")
    assert cells_of(FILE, "Rows")[1:] == [[shown]]
    assert cells_of(FILE, "About")[-1] == [said]


@pytest.mark.parametrize(
    "value",
    [Decimal("999999999.999999"), 999_999_999_999_999, Decimal("0.000001"), Part("123.123456789012"), Decimal("-0.0")],
)
def test_what_it_can_hold_is_not_told(value: Any) -> None:
    assert written([{"spend": value}], [SPEND]) == []
    assert cells_of(FILE, "Rows")[1:] == [[float(value)]]


def test_how_many_are_told_and_where_the_first_is() -> None:
    [said] = written([{"currency": one, "spend": 10**16 + 1} for one in "ABBB"], [CURRENCY, SPEND])
    assert said == "4 cells with more than the 15 digits that a workbook keeps: rounded (the first is A!B2)."


def test_each_currency_has_a_sheet_begun_where_it_is_first_seen() -> None:
    written(MIXED, DAYS)
    assert sheets_of(FILE) == ["EUR", "USD", "About"]
    assert [row[1:3] for row in cells_of(FILE, "EUR")[1:]] == [["EUR", 0.0], ["EUR", 2.0], ["EUR", 4.0]]
    assert [row[1:3] for row in cells_of(FILE, "USD")[1:]] == [["USD", 1.0], ["USD", 3.0], ["USD", 5.0]]


def test_a_column_that_is_left_out_keeps_currencies_apart_all_the_same() -> None:
    written(MIXED, [SPEND], apart=CURRENCY)
    assert cells_of(FILE, "USD") == [["Spend"], [1.0], [3.0], [5.0]]


def test_any_currency_finds_a_name_for_its_sheet() -> None:
    names = ["about", "About", "History", "a/b", "a:b", "x" * 40, "x" * 50, "'", "", None, "€\x1b"]
    written([{"currency": name, "spend": 1} for name in names], [CURRENCY, SPEND])
    assert sheets_of(FILE) == [
        "about (2)", "About (3)", "History (2)", "a_b", "a_b (2)", "x" * 25, "x" * 25 + " (2)", "_", "No currency",
        "No currency (2)", "__", "About",
    ]  # fmt: skip


def test_the_header_stays_in_sight_and_the_filter_holds_the_rows_without_the_total() -> None:
    total = Row(None, None, spend=Decimal("1.5"))
    written(NASTY[1:3], COLUMNS[:5], total=total)
    xml = parts(FILE)["xl/worksheets/sheet1.xml"]
    assert '<autoFilter ref="A1:E3"/>' in xml
    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in xml
    assert cells_of(FILE, "Rows")[3:] == [[""] * 5, ["Total", "", "", "", 1.5]]


def test_a_total_stands_under_one_sheet_only() -> None:
    written(MIXED, DAYS, total=MIXED[0])
    assert len(cells_of(FILE, "EUR")) == len(cells_of(FILE, "USD")) == 4


def test_the_headings_can_be_left_out() -> None:
    written(NASTY[:1], COLUMNS[:2], header=False)
    assert cells_of(FILE, "Rows") == [["camp-001", NASTY[0].name]]
    assert "autoFilter" not in parts(FILE)["xl/worksheets/sheet1.xml"]


def test_no_rows_are_a_sheet_with_headings() -> None:
    written([], DAYS, Document("Figures", chart=Chart("line", "day", ["spend"])))
    assert cells_of(FILE, "Rows") == [["Day", "Cur.", "Spend", "ROAS"]]


def test_numbers_have_the_form_of_their_kind() -> None:
    columns = [Column(kind, kind, kind) for kind in (Kind.COUNT, Kind.QUANTITY, Kind.MONEY, Kind.PERCENT, Kind.CHANGE)]
    written([{column.key: Decimal("1.5") for column in columns}], columns)
    assert forms() == ["#,##0.######", "#,##0.00", "0.00%", '+#,##0.0"%";-#,##0.0"%"']


def test_a_quantity_has_decimals_only_where_there_are_some() -> None:
    written([{"q": Decimal(139)}, {"q": Decimal("2.960000")}], [Column("q", "Q", Kind.QUANTITY)])
    assert forms() == ["#,##0", "#,##0.######"]


def test_a_note_is_seen_behind_the_value_which_stays_a_day_or_a_number() -> None:
    noted = replace(DAYS[0], note=lambda _row: "(Tue-Sun)")
    change = Column("spend", "±%", Kind.CHANGE, note=lambda row: "*" if row["spend"] > 1 else "")
    written(MIXED[:3], [noted, change])
    assert cells_of(FILE, "Rows")[1] == [date(2026, 2, 3), 0.0]
    assert forms() == [
        'yyyy-mm-dd "(Tue-Sun)"', '+#,##0.0"%";-#,##0.0"%"', '+#,##0.0"%" "*";-#,##0.0"%" "*"',
    ]  # fmt: skip


def test_a_month_is_a_day_shown_as_a_month() -> None:
    written([{"day": "2026-02"}, {"day": "soon"}, {"day": "2026-03-05"}], [DAYS[0]])
    assert cells_of(FILE, "Rows")[1:] == [[date(2026, 2, 1)], ["soon"], [date(2026, 3, 5)]]
    assert forms() == ["yyyy-mm", "yyyy-mm-dd"]


def forms() -> list[str]:
    """The forms of numbers that a workbook defines itself."""
    found = re.findall(r'<numFmt numFmtId="\d+" formatCode="([^"]*)"/>', parts(FILE)["xl/styles.xml"])
    return [form.replace("&quot;", '"') for form in found]


def test_a_chart_over_time_has_a_curve_for_each_figure_and_the_ratio_on_an_axis_of_its_own() -> None:
    written(MIXED, DAYS, Document("Figures by day", chart=Chart("line", "day", ["spend"], ["roas"])))
    found = parts(FILE)
    assert [name for name in found if name.startswith("xl/charts/")] == ["xl/charts/chart1.xml", "xl/charts/chart2.xml"]
    chart = found["xl/charts/chart2.xml"]
    assert re.findall("<a:t>(.*?)</a:t>", chart) == ["Figures by day, USD", "ROAS"]
    assert re.findall("<c:f>(.*?)</c:f>", chart) == ["USD!$A$2:$A$4", "USD!$C$2:$C$4", "USD!$A$2:$A$4", "USD!$D$2:$D$4"]
    assert chart.count("<c:dateAx>") == 2, "an axis of days has the oldest at the left, whatever the order of the rows"
    assert re.findall("<c:v>(.*?)</c:v>", chart)[:8] == [
        "Spend",
        "46056",
        "46055",
        "46054",
        "1.0",
        "3.0",
        "5.0",
        "ROAS",
    ]
    assert sheets_of(FILE) == ["EUR", "USD", "Charts", "About"]


def test_a_chart_of_a_ranking_has_a_bar_for_each_of_the_first_rows() -> None:
    rows = [{"name": f"=Campaign {n}\x1b", "spend": Decimal(n)} for n in range(40)]
    written(rows, [NAME, SPEND], Document("Campaigns by spend", chart=Chart("bar", "name", ["spend"])))
    chart = parts(FILE)["xl/charts/chart1.xml"]
    assert '<c:barDir val="bar"/>' in chart
    assert "Campaigns by spend, the first 30 of 40" in chart
    assert "Rows!$B$2:$B$31" in chart
    assert r"<c:v>=Campaign 0\x1b</c:v>" in chart


@pytest.mark.parametrize("columns", [[SPEND], [NAME]])
def test_what_is_not_shown_is_not_drawn(columns: Sequence[Column]) -> None:
    written([{"name": "a", "spend": 1}], columns, Document("Rows", chart=Chart("bar", "name", ["spend"])))
    assert sheets_of(FILE) == ["Rows", "About"]


def test_the_proof_is_a_sheet_of_small_tables() -> None:
    facts = Section("About", (Column("name", "About"), Column("value", "")), [{"name": "Days", "value": "=all"}])
    files = Section("Files", (Column("at", "At", Kind.INSTANT), NAME), [{"at": NASTY[0].synced_at, "name": "ab12"}])
    written([], [NAME], Document("Rows", lambda: [facts, files], notes=["Note: it is so."]))
    assert cells_of(FILE, "About") == [
        ["About", ""],
        ["Days", "=all"],
        ["", ""],
        ["Files", ""],
        ["At (UTC)", "Name"],
        [same(NASTY[0].synced_at, Kind.INSTANT), "ab12"],
        ["", ""],
        ["Notes", ""],
        ["Note", ""],
        ["Note: it is so.", ""],
    ]


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_ROWS", 4)
    written([{"name": "a"}] * 3, [NAME])
    with pytest.raises(BadRequestError, match="a sheet of a workbook holds 4 rows, and there are more"):
        written([{"name": "a"}] * 4, [NAME])
    with pytest.raises(BadRequestError, match="holds 4 rows"):
        written([{"name": "a"}] * 3, [NAME], total={"name": "a"})


def test_working_files_are_beside_the_file_and_closed_if_it_fails(tmp_path: Path) -> None:
    def rows() -> Any:
        yield {"currency": "EUR", "spend": 1}
        yield {"currency": "USD", "spend": 1}
        seen.extend(path.name for path in tmp_path.iterdir() if path.is_file())
        raise ValueError("no more")

    seen: list[str] = []
    with pytest.raises(ValueError, match="no more"):
        written(rows(), [CURRENCY, SPEND])
    assert len(seen) == 3  # the file, and one for the rows of each sheet


def test_the_file_is_one_that_zip_and_json_can_read() -> None:
    written(NASTY)
    with zipfile.ZipFile(FILE) as archive:
        assert archive.testzip() is None
    assert json.loads(cells_of(FILE, "Rows")[1][-1]) == NASTY[0].metadata
