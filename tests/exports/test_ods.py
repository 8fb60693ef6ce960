"""OpenDocument spreadsheets: their cells, what the library loses of them, and sheets that are too large."""

from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from adops_cli.exports.export import ReadOptions, Refusal, RefusedError
from adops_cli.exports.read import read_export
from tests.exports.files import rows, spreadsheet, zipped
from tests.exports.reading import rejected, spend

CELL = "<table:table-cell {}>{}</table:table-cell>"
ERROR = CELL.format(
    'table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"',
    "<text:p>#DIV/0!</text:p>",
)
UNFINISHED = CELL.format('table:formula="of:=SUM([.C1:.C9])"', "")


def text(value: str) -> str:
    return CELL.format('office:value-type="string"', f"<text:p>{value}</text:p>")


def number(value: str) -> str:
    return CELL.format(f'office:value-type="float" office:value="{value}"', f"<text:p>{value}</text:p>")


def day(value: str) -> str:
    return CELL.format(f'office:value-type="date" office:date-value="{value}"', "<text:p>as shown</text:p>")


def row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def blank(count: int) -> str:
    return f'<table:table-cell table:number-columns-repeated="{count}"/>'


HEADER = row(text("date"), text("campaign"), text("spend"))


@pytest.fixture(params=["report.ods", "report.xlsx", "report.csv", "report"])
def file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A file that may have any name."""
    return tmp_path / str(request.param)


def test_a_spreadsheet_is_read_whatever_its_name_is(file: Path) -> None:
    notes = row(text("remember the milk"))
    data = [row(day("2026-09-01"), text("A"), number("1.25")), row(blank(3), repeated=2)]
    file.write_bytes(
        spreadsheet(notes=notes, data="".join([HEADER, *data, row(day("2026-09-02"), text("A"), number("3"))]))
    )
    with closing(read_export(file, ReadOptions())) as export:
        assert (export.date_from, export.date_to, spend(export)) == ("2026-09-01", "2026-09-02", Decimal("4.25"))
    assert [line for line, _ in rows(file)] == [1, 2, 5]


def test_errors_and_unfinished_formulas_reject_their_rows(file: Path) -> None:
    table = [row(day(f"2026-09-0{at}"), text("A"), cell) for at, cell in enumerate((number("2"), ERROR, UNFINISHED), 1)]
    total = row(text("Total"), blank(1), UNFINISHED)
    file.write_bytes(spreadsheet(a="".join([HEADER, *table, total])))
    with closing(read_export(file, ReadOptions())) as export:
        assert rejected(export) == [(3, "spend", "not_a_number"), (4, "spend", "not_a_number")]
        assert [one.cells[2] for one in export.rejected] == ["#DIV/0!", "#UNCALCULATED!"]
        assert (export.skipped, export.reconciled) == ({"total_row": 1}, None)


def test_repeated_and_shifted_cells_keep_their_places(file: Path) -> None:
    above = row(blank(9), repeated=3)
    header = row(blank(2), text("date"), text("spend"))
    many = row(blank(2), day("2026-09-01"), ERROR, repeated=2)
    file.write_bytes(spreadsheet(a=above + header + many))
    assert [(line, cells[1]) for line, cells in rows(file)] == [(4, "spend"), (5, "#DIV/0!"), (6, "#DIV/0!")]


@pytest.mark.parametrize(
    "table",
    [
        row(number("1"), repeated=30_000_000),
        row(CELL.format('office:value-type="float" office:value="1" table:number-columns-repeated="30000000"', "")),
        row(blank(1), repeated=900_000) + row(blank(900), number("1")),
        row(ERROR, repeated=10**9),
        row(text("&bomb;")),
    ],
)
def test_a_spreadsheet_that_would_not_fit_into_memory_is_unreadable(file: Path, table: str) -> None:
    file.write_bytes(spreadsheet(a=HEADER + table))
    with pytest.raises(RefusedError) as caught:
        read_export(file, ReadOptions())
    assert caught.value.because is Refusal.UNREADABLE


@pytest.mark.parametrize("content", ["<broken", "", '<!DOCTYPE x [<!ENTITY bomb "x">]><x>&bomb;</x>'])
def test_a_broken_spreadsheet_is_unreadable(file: Path, content: str) -> None:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    file.write_bytes(zipped({"mimetype": kind, "content.xml": content}))
    with pytest.raises(RefusedError) as caught:
        read_export(file, ReadOptions())
    assert caught.value.because is Refusal.UNREADABLE
