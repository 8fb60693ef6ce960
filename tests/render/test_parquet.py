"""Values of any kind in a Parquet file: exact, or refused."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet as pq

from adops_cli.errors import AdopsError
from adops_cli.measures import Part
from adops_cli.render import Column, Document, Kind, parquet


def written(path: Path, kind: Kind, values: Sequence[Any]) -> list[Any]:
    parquet.write(path, [{"a": value} for value in values], [Column("a", "A", kind)], Document("Rows"))
    found: list[Any] = pq.read_table(path)["a"].to_pylist()
    return found


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Kind.MONEY, [Decimal("12345678901234567890.123456"), Decimal("-0.000001"), 7, None]),
        (Kind.RATIO, [None, Part("0.123456789012"), Part(2)]),
        (Kind.COUNT, [2**53, None, -1]),
        (Kind.COUNT, [Decimal("5.5"), None]),
        (Kind.TEXT, ["Ünïcode\x00\n", "", None]),
        (Kind.FLAG, [True, None, False]),
    ],
)
def test_values_come_back_as_they_were(tmp_path: Path, kind: Kind, values: Sequence[Any]) -> None:
    assert written(tmp_path / "a.parquet", kind, values) == values


def test_json_is_text_and_half_of_a_surrogate_pair_harms_nothing(tmp_path: Path) -> None:
    assert written(tmp_path / "a.parquet", Kind.JSON, [{"b": 1, "a": Decimal("0.5")}]) == ['{"a": 0.5, "b": 1}']
    assert written(tmp_path / "b.parquet", Kind.TEXT, ["a\ud800"]) == ["a\\ud800"]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Kind.MONEY, [Decimal(10) ** 32]),
        (Kind.MONEY, [Decimal("0.5"), 1.5]),
        (Kind.RATIO, [Decimal("0.12345678901234")]),
        (Kind.COUNT, [2**63]),
        (Kind.COUNT, [1, 5.5]),
    ],
)
def test_what_cannot_be_held_exactly_is_refused(tmp_path: Path, kind: Kind, values: Sequence[Any]) -> None:
    with pytest.raises(AdopsError, match="cannot hold a value of a as it is"):
        written(tmp_path / "a.parquet", kind, values)


def test_a_later_value_with_more_decimals_than_the_first_rows_is_refused_and_never_rounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "AT_ONCE", 1)
    with pytest.raises(AdopsError, match="Rescaling Decimal value would cause data loss"):
        written(tmp_path / "a.parquet", Kind.RATIO, [Part(1), Part("0.123456789012")])
