"""The views: the figures by campaign in exact money, for SQL of every program."""

import contextlib
import re
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adops_cli.data import campaigns, metrics, reports
from adops_cli.measures import FIGURES, RATIOS
from adops_cli.storage.handle import db
from tests.conftest import ROOT

KEYS = ("campaign_id", "campaign", "platform", "external_id", "project_id", "project", "account", "currency")


def rows(view: str, order: str) -> list[dict[str, Any]]:
    found = db.execute_sql(f"SELECT * FROM {view} ORDER BY {order}")
    return [dict(zip([column[0] for column in found.description], row, strict=True)) for row in found.fetchall()]


def numbers(row: dict[str, Any], names: tuple[str, ...]) -> list[Decimal | None]:
    """To six decimals, half to even, as every report has them."""
    return [None if row[name] is None else round(Decimal(str(row[name])), 6) for name in names]


@pytest.mark.usefixtures("bound")
def test_amounts_are_exact_however_many_are_added_up() -> None:
    for name in ("many", "few"):
        campaigns.create(id=name, name=name, platform="ttd", metadata={"currency": "EUR", "account": "7"})
    for day in range(1, 31):
        metrics.record_metrics("many", f"2026-01-{day:02}", spend="0.1", clicks=3, revenue="7999999999.999999")
    metrics.record_metrics("many", "2026-02-01", spend="0.2")
    metrics.record_metrics("few", "2026-02-01", clicks=1, impressions=128, conversions="1.5")

    january, february, few = rows("monthly", "month, campaign_id DESC")
    assert (january["spend_micros"], january["revenue_micros"]) == (3_000_000, 239_999_999_999_999_970)
    assert numbers(january, ("spend", "clicks", "cpc", "conversions")) == [3, 90, Decimal("0.033333"), None]
    assert (january["month"], january["days"], february["days"]) == ("2026-01", 30, 1)
    assert numbers(few, ("ctr", "spend", "conversions")) == [Decimal("0.007812"), None, Decimal("1.5")]  # half to even
    whole = rows("lifetime", "campaign_id")[1]
    assert (str(whole["first_day"]), str(whole["last_day"]), whole["days"]) == ("2026-01-01", "2026-02-01", 31)
    assert numbers(whole, ("spend",)) == [Decimal("3.2")]
    assert [row["spend_micros"] for row in rows("daily", "day, campaign_id")][-2:] == [None, 200_000]
    assert [whole[key] for key in KEYS] == ["many", "many", "ttd", None, None, None, "7", "EUR"]


@pytest.mark.usefixtures("sample_url")
def test_the_views_say_what_the_reports_say(bound: Any) -> None:
    wanted = {row.campaign_id: row for row in reports.report("campaign").rows}

    found = {row["campaign_id"]: row for row in rows("lifetime", "campaign_id")}

    assert found.keys() == wanted.keys()
    names = (*FIGURES, *RATIOS)
    assert [numbers(row, names) for row in found.values()] == [
        [getattr(wanted[key], name) for name in names] for key in found
    ]
    totals = {}
    for view in ("daily", "monthly", "lifetime"):
        [(totals[view],)] = bound.execute_sql(f"SELECT SUM(spend_micros) FROM {view}").fetchall()
    assert len(set(map(int, totals.values()))) == 1


def test_a_campaign_of_another_program_does_not_end_a_query(bound: Any, engine: str) -> None:
    campaigns.create(id="a", name="A", platform="ttd", metadata={"currency": 5, "account": ["x"]})
    metrics.record_metrics("a", "2026-01-01", spend=1)
    if engine == "sqlite":
        bound.execute_sql("UPDATE campaigns SET metadata = 'no JSON'")
    [row] = rows("daily", "day")
    assert (row["currency"], row["account"]) == (None, None)


def test_the_page_names_every_table_and_column(db_file: Path) -> None:
    page = (ROOT / "docs" / "sql.md").read_text("utf-8")
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:3] == "| `"]
    named = {
        first.strip("`"): set(re.findall(r"`(\w+)`", last)) for first, _, last in (x for x in lines if len(x) == 3)
    }
    shared = {name for cells in lines if len(cells) == 2 for name in re.findall(r"`(\w+)`", cells[0])}
    with contextlib.closing(sqlite3.connect(db_file)) as connection:
        names = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'"
        real = {
            name: {column[1] for column in connection.execute(f"PRAGMA table_info('{name}')")}
            for (name,) in connection.execute(names).fetchall()
        }
    internal = {"campaign_totals", "period_totals", "rollup_changes", "rollup_writer", "stale_months"}
    assert named.keys() == real.keys() - internal - {"migratehistory", "adops_migration"}
    assert {name: found | (shared if found < real[name] else set()) for name, found in named.items()} == {
        name: real[name] for name in named
    }
