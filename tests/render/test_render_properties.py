"""Properties of rendering: what is written can be read back, and nothing is wider than its space."""

import contextlib
import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from adops_cli import render
from adops_cli.render import Column, Format
from tests.render.samples import COLUMNS, HARMFUL, Row, printed, shown

TEXTS = st.text(max_size=60)
DECIMALS = st.decimals(min_value=-(10**18), max_value=10**18, places=6)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
ROWS = st.lists(
    st.builds(
        Row,
        campaign_id=TEXTS,
        name=st.none() | TEXTS,
        impressions=st.none() | st.integers(0, 2**53),
        conversions=st.none() | DECIMALS,
        spend=st.none() | DECIMALS,
        ctr=st.none() | DECIMALS,
        metadata=JSON_VALUES,
    ),
    max_size=4,
)
quick = settings(max_examples=60, deadline=None)


def keys(item: Row) -> dict[str, Any]:
    return {column.key: column.of(item) for column in COLUMNS}


@quick
@given(ROWS)
def test_json_reads_back_as_the_same_values(items: list[Row]) -> None:
    text = shown(items, Format.JSON)
    assert json.loads(text, parse_float=Decimal) == [keys(item) for item in items]
    lines = shown(items, Format.NDJSON).splitlines()
    assert [json.loads(line, parse_float=Decimal) for line in lines] == [keys(item) for item in items]
    for item in items:
        whole = printed(lambda item=item: render.record(item, COLUMNS, Format.JSON))  # type: ignore[misc]
        assert json.loads(whole, parse_float=Decimal) == keys(item)


@quick
@given(ROWS)
def test_csv_reads_back_as_the_raw_text(items: list[Row]) -> None:
    read = list(csv.reader(io.StringIO(shown(items, Format.CSV), newline="")))
    assert read[0] == [column.key for column in COLUMNS]
    assert [line[:2] for line in read[1:]] == [[item.campaign_id, item.name or ""] for item in items]
    assert [Decimal(line[4]) if line[4] else None for line in read[1:]] == [item.spend for item in items]


@quick
@given(st.lists(st.none() | TEXTS, max_size=4))
def test_csv_of_a_single_column_loses_no_row(names: list[str | None]) -> None:
    text = shown([{"name": name} for name in names], Format.CSV, [Column("name", "Name")])
    assert list(csv.reader(io.StringIO(text, newline="")))[1:] == [[name or ""] for name in names]


@quick
@given(ROWS)
def test_tsv_is_a_line_for_each_row_and_reads_back(items: list[Row]) -> None:
    text = shown(items, Format.TSV)
    assert not HARMFUL.search(text.replace("\n", "").replace("\t", ""))
    lines = text.split("\n")
    assert len(lines) == len(items) + 2
    assert {line.count("\t") for line in lines[:-1]} == {len(COLUMNS) - 1}
    names = [line.split("\t")[1].encode("latin-1", "backslashreplace").decode("unicode_escape") for line in lines[1:-1]]
    assert names == [item.name or "" for item in items]


@quick
@given(ROWS, st.integers(60, 200))
def test_no_line_of_a_table_is_wider_than_the_terminal(items: list[Row], width: int) -> None:
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(io.StringIO()):
        patch.setenv("COLUMNS", str(width))
        text = shown(items, Format.TABLE)
    lines = text.split("\n")[:-1]
    assert len(lines) == (len(items) + 2 if items else 0)
    assert all(cell_len(line) <= width for line in lines)
    assert not any(HARMFUL.search(line) for line in lines)
