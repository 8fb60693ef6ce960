"""Frames for notebooks, of pandas and polars alike: the same columns and values, typed whatever the rows hold."""

import inspect
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from adops_cli.data import campaigns, metrics, reports
from adops_cli.data.frames import Engine
from adops_cli.errors import AdopsError, BadRequestError

TYPES = {
    "pandas": {
        "text": "string", "count": "Int64", "float": "float64", "exact": "object", "day": "datetime64[us]",
        "time": "datetime64[us, UTC]",
    },
    "polars": {
        "text": "String", "count": "Int64", "float": "Float64", "exact": "Decimal(precision=38, scale=6)",
        "day": "Date", "time": "Datetime(time_unit='us', time_zone='UTC')",
    },
}  # fmt: skip
ROW = {
    "id": "text", "campaign_id": "text", "date": "day", "impressions": "count", "clicks": "count",
    "conversions": "float", "spend": "float", "revenue": "float", "ctr": "float", "cpc": "float", "cpa": "float",
    "roas": "float", "metadata": "text", "synced_at": "time",
    "name": "text", "platform": "text",
}  # fmt: skip
SUMS = {name: ROW[name] for name in ("impressions", "clicks", "conversions", "spend", "revenue", "ctr", "cpc", "cpa")}
SUMS |= {"cvr": "float", "roas": "float", "days": "count", "campaigns": "count"}


@pytest.fixture(params=["pandas", "polars"])
def library(request: pytest.FixtureRequest, bound: Any) -> Engine:
    """A database with three days of two campaigns, and the engine of the frames."""
    campaigns.create(id="00123", name="A", platform="ttd", external_id="007", metadata={"currency": "EUR"})
    campaigns.create(id="b", name="B", platform="meta-ads", metadata={"currency": "EUR"})
    seen = datetime(2026, 2, 12, 8, 30, tzinfo=UTC)
    metrics.record_metrics("00123", "2026-02-10", impressions=9, spend="0.1", metadata={"reach": 5}, synced_at=seen)
    metrics.record_metrics("00123", "2026-02-11", clicks=3, conversions="2.96", spend="0.2", revenue=6)
    metrics.record_metrics("b", "2026-02-11", impressions=2**53)
    assert bound
    named: Engine = request.param
    return named


def types(frame: Any) -> dict[str, str]:
    """The type of each column, in order."""
    return dict(zip(frame.columns, map(str, frame.dtypes), strict=True))


def cells(frame: Any, name: str) -> list[Any]:
    """The values of a column; None for a missing one."""
    column = frame[name]
    values = column.to_list() if hasattr(column, "to_list") else list(column)
    return [None if value is None or str(value) in ("<NA>", "nan", "NaT") else value for value in values]


def test_a_frame_has_numbers_as_floats_days_as_dates_and_ids_as_text(library: Engine) -> None:
    frame = metrics.frame(engine=library, sort="id")

    assert type(frame).__module__.partition(".")[0] == library
    assert types(frame) == {name: TYPES[library][kind] for name, kind in ROW.items()}
    assert cells(frame, "campaign_id") == ["00123", "00123", "b"]
    assert [str(day)[:10] for day in cells(frame, "date")] == ["2026-02-10", "2026-02-11", "2026-02-11"]
    assert all(isinstance(day, date) for day in cells(frame, "date"))
    assert cells(frame, "impressions") == [9, None, 2**53]
    assert cells(frame, "spend") == [0.1, 0.2, None]
    assert cells(frame, "roas") == [None, 30.0, None]
    assert cells(frame, "metadata") == ['{"reach":5}', None, None]
    assert cells(frame, "synced_at")[0] == datetime(2026, 2, 12, 8, 30, tzinfo=UTC)
    assert all(str(id).isdecimal() for id in cells(frame, "id"))


def test_an_exact_frame_has_decimals(library: Engine) -> None:
    frame = metrics.frame(engine=library, exact=True, sort="id")

    exact = {name: "exact" if kind == "float" else kind for name, kind in ROW.items()}
    assert types(frame) == {name: TYPES[library][kind] for name, kind in exact.items()}
    assert cells(frame, "spend") == [Decimal("0.1"), Decimal("0.2"), None]
    assert sum(filter(None, cells(frame, "spend"))) == Decimal("0.3")
    assert cells(frame, "conversions") == [None, Decimal("2.96"), None]


def test_a_frame_without_rows_has_the_same_types(library: Engine) -> None:
    none = metrics.frame(engine=library, start_date="2030-01-01")

    assert len(none) == 0
    assert types(none) == types(metrics.frame(engine=library))
    assert types(metrics.frame(engine=library, start_date="2030-01-01", exact=True)) == types(
        metrics.frame(engine=library, exact=True)
    )


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("total", {}),
        ("platform", {"platform": "text"}),
        ("project", {"project_id": "text", "name": "text"}),
        ("campaign", dict.fromkeys(("campaign_id", "external_id", "name", "platform", "project_id"), "text")),
        ("day", {"day": "day"}),
        ("week", {"week": "day"}),
        ("month", {"month": "text"}),
    ],
)
def test_a_report_is_a_frame_of_what_it_groups_by_and_its_sums(library: Engine, by: Any, keys: dict[str, str]) -> None:
    frame = reports.frame(by, engine=library)

    expected = keys | {"currency": "text"} | SUMS
    assert types(frame) == {name: TYPES[library][kind] for name, kind in expected.items()}
    found = reports.report(by).rows
    assert cells(frame, "impressions") == [row.impressions for row in found]
    assert cells(frame, "spend") == [None if row.spend is None else float(row.spend) for row in found]
    if by == "campaign":
        assert cells(frame, "external_id") == ["007", None]
    if by == "week":
        assert [str(week)[:10] for week in cells(frame, by)] == ["2026-02-09"]


@pytest.mark.parametrize(("frame", "rows"), [(metrics.frame, metrics.list), (reports.frame, reports.report)])
def test_a_frame_takes_what_its_list_takes(frame: Any, rows: Any) -> None:
    taken = inspect.signature(frame).parameters

    assert [name for name in taken if name not in ("engine", "exact")] == [*inspect.signature(rows).parameters]


@pytest.mark.usefixtures("bound")
def test_whichever_is_installed_makes_the_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    assert type(metrics.frame()).__module__.startswith("pandas")
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert type(metrics.frame()).__module__.startswith("polars")
    with pytest.raises(AdopsError, match=r"needs pandas, which is not installed\. Install it: `pip install pandas`"):
        metrics.frame(engine="pandas")
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(AdopsError, match=r"needs pandas or polars, which are not installed\. Install one of them"):
        reports.frame("day")


@pytest.mark.usefixtures("bound")
def test_another_engine_is_refused() -> None:
    with pytest.raises(BadRequestError, match='engine must be pandas or polars, not "numpy"'):
        metrics.frame(engine="numpy")  # type: ignore[arg-type]
