"""Rows of cells out of text, workbooks and JSON: whole, exact, with the line that each begins on."""

import io
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adops_cli.errors import AdopsError
from adops_cli.importers.exports.export import Refusal, RefusedError
from adops_cli.importers.exports.source import opened
from adops_cli.importers.exports.tables import Kind, Table, open_table
from tests.conftest import ROOT
from tests.importers.exports import workbooks

KNOWN = {"Day", "Campaign", "Cost"}
HEADER = "Day,Campaign,Cost\n"


def score(cells: Sequence[Any]) -> int:
    return len(KNOWN.intersection(cell for cell in cells if isinstance(cell, str)))


def table(content: bytes | str) -> Table:
    """The table of what comes on standard input, with all of its rows in it."""
    raw = content.encode() if isinstance(content, str) else content
    with opened("-", io.BytesIO(raw)) as source:
        found = open_table(source, score)
        rows = list(found.rows())
        assert list(found.rows()) == rows  # as often as asked
    return Table(found.kind, lambda: iter(rows), found.notices)


def rows(content: bytes | str) -> list[tuple[int, list[Any]]]:
    return [(line, list(cells)) for line, cells in table(content).rows()]


def refused(content: bytes | str) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        table(content)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_is_read_in_every_encoding_delimiter_and_line_end(encoding: str, delimiter: str, end: str) -> None:
    name = "Brand" if encoding.endswith(("le", "be")) else "Ä 中 😀"  # without a mark the zeros of ASCII tell
    lines = (["Day", "Campaign", "Cost"], ["2026-09-01", name, "1.5"])
    content = end.join(delimiter.join(line) for line in lines) + end

    assert rows(content.encode(encoding)) == [(1, lines[0]), (2, lines[1])]


def test_windows_1252_is_read_with_a_notice() -> None:
    found = table(f"{HEADER}2026-09-01,Café “Brand” €,1\n".encode("cp1252"))

    assert [cells for _, cells in found.rows()][1][1] == "Café “Brand” €"
    assert found.notices == ["Read as Windows-1252: byte 33 is no UTF-8"]


@pytest.mark.parametrize(
    "content",
    [
        HEADER.encode() + b"2026-09-01,\x81,1\n",
        HEADER.encode() + b"2026-09-01,a\x00b,1\n",
        HEADER.encode() + "2026-09-01,Ä Ö Ü ß,1\n".encode() + b"2026-09-02,\xe4,1\n",
        b"\xef\xbb\xbf" + HEADER.encode() + b"\xff\n",
        HEADER.encode("utf-16")[:-1],
        bytes(range(256)),
    ],
)
def test_what_is_no_text_is_unreadable(content: bytes) -> None:
    error = refused(content)

    assert error.because is Refusal.UNREADABLE
    assert error.hint


def test_a_row_is_known_by_its_first_line_and_keeps_line_breaks_in_its_cells() -> None:
    content = f'Report\n\n{HEADER}2026-09-01,"two\r\nlines",1\n\n2026-09-02,b,2\n"2026-09-03",c,3'

    assert rows(content) == [
        (1, ["Report"]),
        (3, ["Day", "Campaign", "Cost"]),
        (4, ["2026-09-01", "two\r\nlines", "1"]),
        (7, ["2026-09-02", "b", "2"]),
        (8, ["2026-09-03", "c", "3"]),
    ]


def test_the_delimiter_is_the_one_that_makes_the_header_visible() -> None:
    content = "Report: a, b, c, d\nDay;Campaign;Cost\n" + "".join(f"2026-09-0{n};A, b, c, d;1,{n}0\n" for n in range(9))

    assert rows(content)[2] == (3, ["2026-09-00", "A, b, c, d", "1,00"])


def test_quotation_marks_in_odd_places_are_taken_as_they_are() -> None:
    content = f'{HEADER}2026-09-01,5" screen,1\n2026-09-02,"a"b,2\n2026-09-03,"say ""hi""",3\n'

    assert [cells[1] for _, cells in rows(content)[1:]] == ['5" screen', "ab", 'say "hi"']


@pytest.mark.parametrize("end", ['"open,3\n', '"open', '"open\nmore,1\nmore,2\n'])
def test_a_quotation_mark_that_is_never_closed_is_told_with_its_line(end: str) -> None:
    error = refused(f"{HEADER}2026-09-01,a,1\n2026-09-02,{end}")

    assert error.because is Refusal.UNREADABLE
    assert "has a quote in line 3 that is never closed" in error.message


def test_a_cell_may_be_large_but_not_without_end() -> None:
    assert len(rows(f"{HEADER}2026-09-01,{'x' * 2_000_000},1\n")[1][1][1]) == 2_000_000
    assert "has a quote in line 2 that is never closed" in refused(HEADER + '2026-09-01,"' + "x\n" * 17_000_000).message


def test_a_workbook_gives_typed_cells_by_the_row_of_the_sheet(tmp_path: Path) -> None:
    file = workbooks.write(
        tmp_path / "a.csv",
        Notes={(0, 0): "Day", (1, 0): "nothing here"},
        Report={(1, 1): "Day", (1, 2): "Campaign", (1, 3): "Cost", (3, 1): "2026-09-01", (3, 2): "A", (3, 3): 1.5,
                (4, 1): 46266, (4, 2): 120210000000001.0},
    )  # fmt: skip

    found = rows(file.read_bytes())

    assert found == [
        (2, ["", "Day", "Campaign", "Cost"][-len(found[0][1]) :]),
        (4, ["", "2026-09-01", "A", 1.5][-len(found[1][1]) :]),
        (5, ["", 46266, 120210000000001, ""][-len(found[2][1]) :]),
    ]
    assert all(isinstance(cell, int) for cell in found[2][1] if cell != "")


def test_days_of_a_workbook_are_days() -> None:
    found = rows((ROOT / "fixtures/exports/google-ads/daily.xlsx").read_bytes())

    assert found[2][0] == 3
    assert found[3][1][0] == date(2026, 9, 1)


def test_a_broken_workbook_is_unreadable() -> None:
    content = (ROOT / "fixtures/exports/google-ads/daily.xlsx").read_bytes()

    assert refused(content[: len(content) // 2]).because is Refusal.UNREADABLE
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)).because is Refusal.UNREADABLE


RECORD: dict[str, Any] = {
    "campaign": {"id": 12021000000000000012345, "name": "A"},
    "metrics": {"cost": 1.10},
    "x": None,
}
OTHER: dict[str, Any] = {"campaign": {"name": "B"}, "actions": [{"action_type": "purchase", "value": "2"}], "ok": True}
CELLS: list[list[Any]] = [
    ["campaign.id", "campaign.name", "metrics.cost", "x", "actions", "ok"],
    [12021000000000000012345, "A", Decimal("1.1"), "", "", ""],
    ["", "B", "", "", [{"action_type": "purchase", "value": "2"}], "true"],
]


@pytest.mark.parametrize(
    "value",
    [
        [RECORD, OTHER],
        {"data": [RECORD, OTHER], "paging": {"cursors": {"after": "x"}}},
        {"summary": {"n": 2}, "results": [RECORD, OTHER]},
        [{"results": [RECORD]}, {"results": [OTHER], "fieldMask": "x"}],
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_the_records_of_a_document_are_rows_by_their_dotted_keys(value: Any, indent: int | None) -> None:
    found = table(json.dumps(value, indent=indent))

    assert found.kind is Kind.RECORDS
    assert [list(cells) for _, cells in found.rows()] == CELLS
    assert [line for line, _ in found.rows()] == [0, 1, 2]


def test_ndjson_has_a_record_on_each_line_or_a_page() -> None:
    assert rows(f"\n{json.dumps(RECORD)}\n\n{json.dumps(OTHER)}\n") == [(0, CELLS[0]), (2, CELLS[1]), (4, CELLS[2])]
    pages = "".join(f"{json.dumps({'results': [record]})}\n" for record in (RECORD, OTHER))
    assert [cells for _, cells in rows(pages)] == CELLS
    assert [cells for _, cells in rows(json.dumps(RECORD))] == [CELLS[0][:4], CELLS[1][:4]]


def test_nan_and_infinity_are_text_that_is_no_number() -> None:
    assert rows('[{"a": NaN, "b": -Infinity}]')[1] == (1, ["NaN", "-Infinity"])


@pytest.mark.parametrize("content", ["[1, 2, 3]", "[DE] Campaigns\n2026", "[" * 100_000])
def test_a_text_that_only_begins_like_json_is_text(content: str) -> None:
    assert table(content).kind is Kind.TEXT


def test_a_list_inside_the_first_record_is_no_page() -> None:
    assert [cells for _, cells in rows(json.dumps([OTHER, OTHER]))] == [
        ["campaign.name", "actions", "ok"],
        *[["B", [{"action_type": "purchase", "value": "2"}], "true"]] * 2,
    ]


@pytest.mark.parametrize(
    ("content", "because"),
    [
        ("[]", Refusal.UNRECOGNISED),
        ("{}", Refusal.UNRECOGNISED),
        ('[{"a": 1}, {"a"', Refusal.UNREADABLE),
        ('{"a": 1}\n{"a": \n', Refusal.UNREADABLE),
        ('{"a": 1}\n[1]\n', Refusal.UNRECOGNISED),
        ('{"a":' * 100_000, Refusal.UNREADABLE),
    ],
)
def test_json_that_holds_no_records_or_breaks_off_is_refused(content: str, because: Refusal) -> None:
    assert refused(content).because is because


FILES = sorted(
    path
    for path in (ROOT / "fixtures/exports").rglob("*")
    if path.is_file() and not path.name.endswith((".expected.json", ".md")) and path.stat().st_size < 100_000
)


@given(data=st.data())
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_damaged_file_is_read_or_refused_and_never_breaks_the_reader(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(FILES)).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(len(content) - 1, 0)))
        match data.draw(st.sampled_from(["cut", "flip", "insert", "repeat"])):
            case "cut":
                del content[at : at + data.draw(st.integers(1, 200))]
            case "flip" if content:
                content[at] = data.draw(st.integers(0, 255))
            case "insert":
                content[at:at] = data.draw(st.sampled_from([b'"', b"\n", b"\x00", b"\xff", b",,,", b"\r", b"{", b"["]))
            case "repeat":
                content[at:at] = content[at : at + 100]
    try:
        rows(bytes(content))
    except AdopsError as error:
        assert isinstance(error, RefusedError)  # noqa: PT017 - either it is this, or there was none
