"""`--output FILE.parquet`: the same values as in the other formats, with their types, and the proof in the file."""

import csv
import functools
import io
import json
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from adops_cli.values import json_text, written_instant
from tests.conftest import Adops, run_adops

PERIOD = ("--period", "2026-02")


@pytest.fixture
def seeded(sample_db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adops:
    monkeypatch.chdir(tmp_path)
    return functools.partial(run_adops, on=sample_db)


def plain(value: Any) -> str:
    """A value of a Parquet file as CSV has it."""
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}".rstrip("0").rstrip(".")
        case datetime():
            return written_instant(value)
        case date():
            return value.isoformat()
    return value if isinstance(value, str) else json_text(value)


@pytest.mark.parametrize(
    "command",
    [
        ("metrics", "list"),
        ("metrics", "report", "--by", "month"),
        ("metrics", "report", "--by", "week", *PERIOD, "--compare", "previous", "--also", "leads"),
        ("metrics", "report", "--by", "campaign", "--estimate", "--with-openness"),
        ("metrics", "top", "--by", "spend", "--limit", "0"),
        (
            "metrics",
            "movers",
            "--by",
            "roas",
            "--since",
            "2026-02-06",
            "--until",
            "2026-02-10",
            "--compare",
            "previous",
        ),
        ("metrics", "restated", "--since", "2026-01-01"),
        ("metrics", "gaps"),
        ("metrics", "lag"),
        ("campaigns", "list"),
        ("projects", "list"),
        ("executions", "list"),
        ("events", "list", "--limit", "0"),
        ("workflows", "list"),
        ("imports", "list", "--kind", "all"),
        ("alerts", "rules"),
        ("platforms", "list"),
    ],
    ids=" ".join,
)
def test_a_parquet_file_has_the_values_that_csv_has(seeded: Adops, command: tuple[str, ...]) -> None:
    printed = seeded(*command, "--format", "csv")
    written = seeded(*command, "--output", "rows.parquet")
    assert (written.code, written.out) == (printed.code, "")
    table = pq.read_table("rows.parquet")
    rows = [{key: plain(value) for key, value in row.items()} for row in table.to_pylist()]
    assert rows == list(csv.DictReader(io.StringIO(printed.out)))
    assert table.column_names == next(csv.reader(io.StringIO(printed.out)))


def test_columns_have_the_types_of_what_they_hold(seeded: Adops) -> None:
    seeded("metrics", "list", "--output", "days.parquet")
    types = {field.name: str(field.type) for field in pq.read_schema("days.parquet")}
    amounts = dict.fromkeys(("conversions", "spend", "revenue", "ctr", "cpc", "cpa", "roas"), "decimal128(38, 6)")
    assert types == {
        "id": "int64",
        **dict.fromkeys(("campaignId", "name", "platform", "metadata"), "string"),
        "date": "date32[day]",
        **dict.fromkeys(("impressions", "clicks"), "int64"),
        **amounts,
        "syncedAt": "timestamp[ms, tz=UTC]",
    }


def test_parts_of_a_ratio_keep_all_of_their_decimals(seeded: Adops) -> None:
    window = ("--since", "2026-02-06", "--until", "2026-02-10", "--compare", "2026-02-03..2026-02-05")
    asked = ("metrics", "movers", "--by", "roas", *window)
    found = json.loads(seeded(*asked, "--format", "json").out, parse_float=Decimal)
    assert seeded(*asked, "--output", "moved.parquet").code == 0
    table = pq.read_table("moved.parquet")
    assert table.schema.field("mix").type == pa.decimal128(38, 12)
    assert table["mix"].to_pylist() == [row["mix"] for one in found for row in one["rows"]]


def test_a_file_without_rows_has_its_columns(seeded: Adops) -> None:
    assert seeded("metrics", "list", "--period", "2020-01", "--output", "none.parquet").code == 0
    table = pq.read_table("none.parquet")
    assert (table.num_rows, table.schema.field("spend").type) == (0, pa.decimal128(38, 6))


def test_the_proof_is_in_the_metadata_of_the_file(seeded: Adops) -> None:
    Path("pull.csv").write_text("Campaign,Platform,Currency,Date,Cost,Clicks\nBrand,google-ads,EUR,2026-03-30,1.5,7\n")
    seeded("metrics", "import", "pull.csv")
    seeded("metrics", "report", "--period", "2026-03", "--output", "march.parquet")
    said = json.loads(pq.read_schema("march.parquet").metadata[b"adops"])
    assert said["title"] == "Figures by platform"
    about, behind = said["proof"][:2]
    assert {"name": "Days", "value": "2026-03-01 to 2026-03-31"} in about["rows"]
    assert [row["file"] for row in behind["rows"]] == ["pull.csv"]


def test_many_rows_are_written_some_at_a_time(seeded: Adops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adops_cli.render.parquet.AT_ONCE", 30)
    assert seeded("metrics", "list", "--output", "days.parquet").code == 0
    assert (pq.read_metadata("days.parquet").num_row_groups, pq.read_table("days.parquet").num_rows) == (4, 100)


def test_without_pyarrow_one_line_says_how_to_install_it(seeded: Adops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    refused = seeded("metrics", "list", "--output", "days.parquet")
    assert (refused.code, Path("days.parquet").exists()) == (2, False)
    assert refused.err == (
        "Error: a .parquet file needs pyarrow, which is not installed. "
        "Install it with `pip install 'adops-cli[parquet]'`\n"
    )
