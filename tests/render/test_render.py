"""Rendering: each format with one nasty set of rows, the form of values, the width of tables, harmless text."""

import contextlib
import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from rich.cells import cell_len

from adops_cli import render
from adops_cli.render import Column, CsvStyle, Format, Kind, cells
from tests.render.samples import COLUMNS, FULL, HARMFUL, NASTY, TOTAL, Row, Screen, printed, shown

GOLDEN = Path(__file__).parents[1] / "golden"


def one(value: object, kind: Kind, fmt: Format) -> str:
    """What a single cell looks like."""
    column = Column("value", "Value", kind)
    lines = shown([{"value": value, "id": 1}], fmt, [Column("id", "Id", Kind.COUNT), column]).splitlines()
    if fmt is Format.NDJSON:
        return lines[0].removeprefix('{"id": 1, "value": ').removesuffix("}")
    last = lines[-1]
    return last.split("|")[2].strip() if fmt is Format.MARKDOWN else last[2:].strip()


@pytest.fixture
def columns_env(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda width: monkeypatch.setenv("COLUMNS", str(width))


# The golden files: one nasty set of rows, every format


@pytest.mark.parametrize("fmt", [Format.JSON, Format.NDJSON, Format.CSV, Format.TSV, Format.MARKDOWN])
def test_the_nasty_rows_look_the_same_as_ever(fmt: Format) -> None:
    assert shown(NASTY, fmt, total=TOTAL).encode() == (GOLDEN / f"rows.{fmt}").read_bytes()


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_looks_the_same_as_ever(width: int, columns_env: Callable[[int], None]) -> None:
    columns_env(width)
    assert shown(NASTY, Format.TABLE, total=TOTAL).encode() == (GOLDEN / f"rows-{width}.table").read_bytes()


@pytest.mark.parametrize("fmt", [Format.TABLE, Format.JSON, Format.MARKDOWN])
def test_a_record_looks_the_same_as_ever(fmt: Format, columns_env: Callable[[int], None]) -> None:
    columns_env(80)
    text = printed(lambda: render.record(replace(FULL, name="word " * 30), COLUMNS, fmt))
    assert text.encode() == (GOLDEN / f"record.{fmt}").read_bytes()


@pytest.mark.parametrize("fmt", [Format.NDJSON, Format.CSV, Format.TSV, Format.MARKDOWN])
def test_a_record_in_the_other_formats_is_a_single_row(fmt: Format) -> None:
    assert printed(lambda: render.record(FULL, COLUMNS, fmt)) == shown([FULL], fmt)


# Values


@pytest.mark.parametrize(
    ("value", "kind", "data", "table", "markdown"),
    [
        (1234567, Kind.COUNT, "1234567", "1,234,567", "1,234,567"),
        (Decimal("500.000000"), Kind.QUANTITY, "500", "500", "500"),
        (Decimal("1E+3"), Kind.QUANTITY, "1000", "1,000", "1,000"),
        (Decimal("1234.5"), Kind.QUANTITY, "1234.5", "1,234.5", "1,234.5"),
        (Decimal("1234.500000"), Kind.QUANTITY, "1234.5", "1,234.5", "1,234.5"),
        (Decimal("-0.000000"), Kind.QUANTITY, "0", "0", "0"),
        (Decimal("9.12E-15"), Kind.QUANTITY, "0", "0", "0"),
        (Decimal("551628.86"), Kind.MONEY, "551628.86", "551,628.86", "551,628.86"),
        (Decimal("12345678901234.123456"), Kind.MONEY, "12345678901234.123456", "12,345,678,901,234.12", None),
        (Decimal("9" * 40 + ".000001"), Kind.RATIO, "9" * 40 + ".000001", f"{int('9' * 40):,}.00", None),
        (Decimal("0.000001"), Kind.MONEY, "0.000001", "0.00", "0.00"),
        (Decimal("-0.0000001"), Kind.MONEY, "0", "0.00", "0.00"),
        (Decimal(-5), Kind.MONEY, "-5", "-5.00", "-5.00"),
        (Decimal("0.0149"), Kind.PERCENT, "0.0149", "1.49%", "1.49%"),
        (Decimal("3.053947"), Kind.RATIO, "3.053947", "3.05", "3.05"),
        (date(2026, 2, 10), Kind.DAY, "2026-02-10", "2026-02-10", "2026-02-10"),
        (
            datetime(2026, 2, 10, 8, 0, 0, 123000, tzinfo=UTC),
            Kind.INSTANT,
            "2026-02-10T08:00:00.123Z",
            "2026-02-10 08:00",
            "2026-02-10 08:00",
        ),
        (True, Kind.FLAG, "true", "yes", "true"),
        (False, Kind.FLAG, "false", "no", "false"),
        (
            {"b": [Decimal("9e9"), None], "a": Decimal("17599999999999.9978")},
            Kind.JSON,
            *['{"a": 17599999999999.9978, "b": [9000000000, null]}'] * 2,
            '{"a": 17599999999999.9978, "b": \\[9000000000, null\\]}',
        ),
        ({"b": 1, "a": [2]}, Kind.JSON, '{"a": [2], "b": 1}', '{"a": [2], "b": 1}', '{"a": \\[2\\], "b": 1}'),
        ("2026-02", Kind.TEXT, "2026-02", "2026-02", "2026-02"),
        (None, Kind.MONEY, "", "—", "—"),
        (None, Kind.JSON, "", "—", "—"),
    ],
)
def test_each_kind_of_value_has_its_looks(
    value: object, kind: Kind, data: str, table: str, markdown: str | None
) -> None:
    assert one(value, kind, Format.TSV) == data
    in_json = json.dumps(data) if kind in {Kind.DAY, Kind.INSTANT, Kind.TEXT} else data or "null"
    assert one(value, kind, Format.NDJSON) == in_json
    assert one(value, kind, Format.TABLE) == table
    assert one(value, kind, Format.MARKDOWN) == (table if markdown is None else markdown)


def test_an_object_is_read_by_attribute_and_a_mapping_by_key() -> None:
    columns = [Column("campaignId", "Campaign")]
    assert shown([Row("camp-001", None), {"campaignId": "camp-002"}], Format.TSV, columns) == (
        "campaignId\ncamp-001\ncamp-002\n"
    )


def test_a_document_keeps_its_order_and_its_decimals() -> None:
    value = {
        "b": {"spend": Decimal("12345678901234.123456"), "none": None},
        "a": [1, Decimal("2.50")],
        "e": [],
        "f": {},
    }
    text = printed(lambda: render.json_document(value))
    assert text.startswith(
        '{\n  "b": {\n    "spend": 12345678901234.123456,\n    "none": null\n  },\n  "a": [\n    1,\n'
    )
    assert json.loads(text, parse_float=Decimal) == value


def test_json_nested_as_deep_as_it_can_be_read_prints() -> None:
    deep = json.loads("[" * 400 + "]" * 400)
    columns = [Column("metadata", "Metadata", Kind.JSON)]
    assert json.loads(shown([Row("c", None, metadata=deep)], Format.JSON, columns)) == [{"metadata": deep}]
    assert json.loads(printed(lambda: render.record(Row("c", None, metadata=deep), columns, Format.JSON)))


# Empty, auto, streaming


@pytest.mark.parametrize(
    ("fmt", "text"),
    [
        (Format.JSON, "[]\n"),
        (Format.NDJSON, ""),
        (Format.CSV, "id,name\n"),
        (Format.TSV, "id\tname\n"),
        (Format.MARKDOWN, "| Id | Name |\n| --- | --- |\n"),
        (Format.TABLE, ""),
    ],
)
def test_no_rows_is_an_answer_too(fmt: Format, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown([], fmt, [Column("id", "Id"), Column("name", "Name")]) == text
    assert capsys.readouterr().err == ("No rows.\n" if fmt is Format.TABLE else "")


def test_auto_is_tsv_in_a_pipe_whole_and_on_one_line() -> None:
    text = shown([Row("camp-001", "n" * 5000)], Format.AUTO)
    assert text == shown([Row("camp-001", "n" * 5000)], Format.TSV)
    assert "n" * 5000 in text


def test_auto_is_a_table_on_a_terminal(columns_env: Callable[[int], None]) -> None:
    columns_env(80)
    text = printed(lambda: render.rows([FULL], COLUMNS[:2], Format.AUTO), terminal=True)
    assert "─────" in text


@pytest.mark.parametrize("fmt", [Format.JSON, Format.NDJSON, Format.CSV, Format.TSV, Format.MARKDOWN])
def test_a_row_is_written_before_the_next_is_asked_for(fmt: Format) -> None:
    out = Screen(terminal=False)
    sizes: list[int] = []

    def items() -> Iterator[Row]:
        for _ in range(4):
            yield FULL
            sizes.append(len(out.getvalue()))

    with contextlib.redirect_stdout(out):
        render.rows(items(), COLUMNS, fmt)
    assert sizes == sorted(set(sizes))
    assert sizes[0] > 0


# Words for people


@pytest.mark.parametrize(("count", "words"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (12_345, "12,345 rows")])
def test_one_thing_is_counted_in_the_singular(count: int, words: str) -> None:
    assert render.counted(count, "row") == words


# The table


def test_a_narrow_table_hides_the_lightest_columns_and_says_so(
    columns_env: Callable[[int], None], capsys: pytest.CaptureFixture[str]
) -> None:
    columns_env(60)
    head = shown([FULL], Format.TABLE).splitlines()[0]
    assert head.split() == ["Campaign", "Name", "Spend", "ROAS"]
    assert capsys.readouterr().err == "6 columns are hidden; a wider terminal or --format csv shows every column.\n"


def test_a_narrow_table_keeps_what_it_was_asked_to_keep(columns_env: Callable[[int], None]) -> None:
    columns_env(60)
    head = shown([FULL], Format.TABLE, keep={"impressions"}).splitlines()[0]
    assert head.split() == ["Campaign", "Name", "Impressions", "Spend"]


def test_a_table_that_fits_says_nothing(columns_env: Callable[[int], None], capsys: pytest.CaptureFixture[str]) -> None:
    columns_env(200)
    shown([FULL], Format.TABLE)
    assert capsys.readouterr().err == ""


def test_a_table_with_no_terminal_to_fit_is_whole() -> None:
    assert "n" * 500 in shown([Row("camp-001", "n" * 500)], Format.TABLE)


def test_a_number_is_never_cut_even_where_nothing_fits(columns_env: Callable[[int], None]) -> None:
    columns_env(12)
    text = shown([Row("camp-001", "name", spend=Decimal("551628.86"))], Format.TABLE, keep={"spend"})
    assert "551,628.86" in text
    assert "c…" not in text.splitlines()[0]


def test_wide_characters_leave_the_columns_straight(columns_env: Callable[[int], None]) -> None:
    columns_env(40)
    columns = [Column("name", "Name"), Column("impressions", "Impressions", Kind.COUNT)]
    names = ["日本語の広告キャンペーンです、とても長い名前", "👩‍👩‍👧 family", "plain", "café"]
    lines = shown([Row("", name, 7) for name in names], Format.TABLE, columns).splitlines()
    assert {cell_len(line) for line in lines} == {cell_len(lines[0])}
    assert "…" in lines[2]


def test_the_total_says_so_in_its_first_column_and_leaves_blank_what_it_does_not_group_by(
    columns_env: Callable[[int], None],
) -> None:
    columns_env(80)
    columns = [Column("month", "Month"), Column("currency", "Cur."), Column("spend", "Spend", Kind.MONEY)]
    items = [{"month": "2026-02", "currency": "EUR", "spend": Decimal(5)}]
    total = {"month": None, "currency": None, "spend": None}
    assert shown(items, Format.TABLE, columns, total=total).splitlines()[-2:] == ["─" * 20, "Total              —"]
    assert shown(items, Format.MARKDOWN, columns, total=total).splitlines()[-1] == "| **Total** |  | **—** |"


def test_headings_are_bold_on_a_terminal_but_not_with_no_color(
    columns_env: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    columns_env(80)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for write in (
        lambda: render.rows([FULL], COLUMNS, Format.TABLE),
        lambda: render.record(FULL, COLUMNS, Format.TABLE),
    ):
        assert "\x1b[1m" in printed(write, terminal=True)
        assert "\x1b" not in printed(write, terminal=False)
        with monkeypatch.context() as patch:
            patch.setenv("NO_COLOR", "1")
            assert "\x1b" not in printed(write, terminal=True)


# Text from outside


def test_csv_is_raw_unless_a_spreadsheet_must_be_kept_from_running_it() -> None:
    columns = [Column("name", "Name"), Column("spend", "Spend", Kind.MONEY)]
    texts = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "a=1", ""]
    items = [Row("", text, spend=Decimal(-2)) for text in texts]
    raw = [line[0] for line in csv.reader(io.StringIO(shown(items, Format.CSV, columns), newline=""))][1:]
    assert raw == texts
    safe = list(csv.reader(io.StringIO(shown(items, Format.CSV, columns, csv_safe=True), newline="")))[1:]
    assert safe == [[f"'{text}" if text and text != "a=1" else text, "-2"] for text in texts]


BEFORE = ("", " ", "\ufeff", "\u200b\u200e", "\u00a0\u3000", "\u2060\u00ad", "\ufe0f", "\u3164", "\x00")
"""What a spreadsheet drops or does not show."""
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"
"""Plain, full-width and small."""


@pytest.mark.parametrize("before", BEFORE)
def test_a_sign_in_another_form_and_one_that_nobody_sees_are_guarded_too(before: str) -> None:
    for sign in SIGNS:
        text = f"{before}{sign}1+1"
        assert cells.csv(text, Kind.TEXT, CsvStyle(safe=True)) == f"'{text}"
        assert cells.csv(text, Kind.TEXT, CsvStyle()) == text


@pytest.mark.parametrize("text", ["a=1", " a=1", "\uff031", "1-2", "", " ", "\u200b", "Ünder", "\u201e=\u201c"])
def test_what_no_spreadsheet_runs_stays_as_it_is(text: str) -> None:
    assert cells.csv(text, Kind.TEXT, CsvStyle(safe=True)) == text


def test_a_notice_is_one_harmless_line(capsys: pytest.CaptureFixture[str]) -> None:
    render.notice("Project \x1b[31mred\nline\r C:\\data \udcff is gone.")
    assert capsys.readouterr().err == "Project \\x1b[31mred\\nline\\r C:\\data \\udcff is gone.\n"


@pytest.mark.parametrize("fmt", [Format.JSON, Format.NDJSON, Format.TSV, Format.MARKDOWN, Format.TABLE])
def test_nothing_that_a_terminal_would_run_comes_through(fmt: Format) -> None:
    name = "".join(map(chr, [*range(1, 0x20), *range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A)]))
    item = Row("c", name + "\ud800", metadata={name: name})
    assert not HARMFUL.search(shown([item], fmt).replace("\n", "").replace("\t", ""))
    assert not HARMFUL.search(printed(lambda: render.record(item, COLUMNS, fmt)).replace("\n", "").replace("\t", ""))
