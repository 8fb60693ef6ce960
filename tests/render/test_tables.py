"""Which columns a table shows where not all fit, and how it is fitted to the terminal."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from adops_cli.cli import campaigns, metric_columns, projects, workflows
from adops_cli.render import Column, Format, Kind
from tests.render.samples import shown

TOP = [
    {
        "rank": 1, "campaignId": "camp-01jdc5k2m8x4w7q0zr", "name": "Brand search in all countries, exact match",
        "platform": "google-ads", "projectId": "proj-1", "currency": "EUR", "impressions": 12345, "clicks": 99,
        "conversions": Decimal("9.5"), "spend": Decimal("19547.70"), "revenue": Decimal("15711.98"),
        "ctr": Decimal("0.02"), "cpc": Decimal("2.06"), "cpa": Decimal("38.09"), "cvr": Decimal("0.05"),
        "roas": Decimal("0.8"),
    }
]  # fmt: skip
MONEY = {"Spend", "Revenue", "CPC", "CPA"}


@pytest.fixture(params=range(20, 220, 3))
def width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    return int(request.param)


def headings(items: Sequence[Mapping[str, object]], columns: Sequence[Column], **wishes: object) -> list[str]:
    known = {column.heading for column in columns}
    line = shown(items, Format.TABLE, columns, **wishes).splitlines()[0]
    return [word for word in line.split("  ") if word.strip() in known for word in [word.strip()]]


@pytest.mark.usefixtures("width")
def test_money_is_never_shown_without_its_currency() -> None:
    for wishes in ({}, {"keep": {"spend"}}, {"keep": {"cpa"}}):
        found = headings(TOP, metric_columns.TOP, **wishes)
        assert "Cur." in found or not MONEY & set(found)


@pytest.mark.usefixtures("width")
def test_an_id_is_never_shown_without_the_name_beside_it() -> None:
    found = headings(TOP, metric_columns.TOP)
    assert "Name" in found or "Campaign" not in found


def test_the_name_is_there_at_40_columns_and_the_id_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert headings(TOP, metric_columns.TOP) == ["#", "Name", "Cur.", "Spend", "ROAS"]
    assert headings(TOP, metric_columns.TOP, keep={"cpa"}) == ["#", "Name", "Cur.", "CPA", "ROAS"]
    monkeypatch.setenv("COLUMNS", "100")
    assert headings(TOP, metric_columns.TOP)[:3] == ["#", "Campaign", "Name"]


@pytest.mark.parametrize(
    "columns",
    [
        metric_columns.TOP,
        metric_columns.LISTED,
        *metric_columns.GROUPS.values(),
        campaigns.COLUMNS,
        projects.COLUMNS,
        workflows.COLUMNS,
    ],
)
def test_in_every_table_an_id_beside_a_name_needs_the_name(columns: tuple[Column, ...]) -> None:
    by_key = {column.key: column for column in columns}
    if "name" not in by_key:
        return
    for key in ("id", "campaignId") if "campaignId" in by_key or "id" in by_key else ("projectId",):
        if key in by_key and by_key[key].weight:
            assert by_key[key].needs == "name"
            assert by_key[key].weight < by_key["name"].weight


def test_a_column_that_is_empty_in_all_rows_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = (
        Column("month", "Month", Kind.DAY, weight=10),
        Column("spend", "Spend", Kind.MONEY, weight=9),
        Column("clicks", "Clicks", Kind.COUNT, weight=2),
    )
    items = [{"month": "2026-02", "spend": None, "clicks": 7}]
    monkeypatch.setenv("COLUMNS", "16")
    assert headings(items, columns) == ["Month", "Clicks"]
    assert headings(items, columns, keep={"spend"}) == ["Month", "Spend"]
    assert headings([*items, {"month": "2026-01", "spend": Decimal(1), "clicks": None}], columns) == ["Month", "Spend"]
    monkeypatch.setenv("COLUMNS", "80")
    assert headings(items, columns) == ["Month", "Spend", "Clicks"]


def test_the_total_is_named_in_the_first_column_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    columns = (
        Column("campaignId", "Campaign", weight=2, needs="name"),
        Column("name", "Name", weight=9),
        Column("clicks", "Clicks", Kind.COUNT, weight=8),
    )
    items = [{"campaignId": "camp-01jdc5k2m8x4w7q0zr", "name": "N", "clicks": 7}]
    total = {"campaignId": None, "name": None, "clicks": 7}
    assert shown(items, Format.TABLE, columns, total=total).splitlines() == [
        "Name   Clicks",
        "─────────────",
        "N           7",
        "─────────────",
        "Total       7",
    ]


def test_half_a_name_with_a_figure_is_better_than_a_whole_name_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    columns = (Column("name", "Name", weight=9), Column("spend", "Spend", Kind.MONEY, weight=8))
    line = shown([{"name": "n" * 40, "spend": Decimal("19547.7")}], Format.TABLE, columns).splitlines()[2]
    assert line == "n" * 18 + "…  19,547.70"
