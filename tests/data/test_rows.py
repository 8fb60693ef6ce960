"""Rows in Python and in notebooks: as dicts, as text, as HTML in which a name is never markup."""

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from adops_cli.data import campaigns, imports, metrics, projects, reports
from adops_cli.data.journal.undo import Undone
from adops_cli.data.projects import ProjectStats
from adops_cli.data.reports import Report, ReportRow
from adops_cli.storage.models import LEDGER, TABLES, Campaign
from adops_cli.storage.rows import Record, Rows
from adops_cli.storage.table import fields_of

EVIL = "<script>alert('x')</script> & \"more\""


@pytest.fixture(autouse=True)
def rows(bound: Any) -> Any:
    """A campaign with an odd name, and twelve days of it."""
    campaigns.create(id="camp-1", name=EVIL, platform="ttd", budget="12.50", metadata={"currency": "EUR"})
    for day in range(1, 13):
        metrics.record_metrics("camp-1", date(2026, 2, day), spend="1.10", clicks=day)
    return bound


def test_a_row_is_a_dict_of_its_attributes() -> None:
    [row] = campaigns.list().to_dicts()

    assert list(row) == list(fields_of(Campaign))
    assert (row["id"], row["project_id"], row["budget"]) == ("camp-1", None, Decimal("12.5"))
    assert row["metadata"] == {"currency": "EUR"}
    assert metrics.get_latest("camp-1", 1)[0].to_dict() | {"id": 0, "synced_at": None} == {
        "id": 0, "campaign_id": "camp-1", "date": date(2026, 2, 12), "impressions": None, "clicks": 12,
        "conversions": None, "spend": Decimal("1.1"), "revenue": None, "ctr": None, "cpc": Decimal("0.091667"),
        "cpa": None, "roas": None, "metadata": None, "synced_at": None, "name": EVIL, "platform": "ttd",
    }  # fmt: skip


def test_rows_as_dicts_can_be_recorded_again() -> None:
    rows = metrics.list()

    assert metrics.record_many(rows.to_dicts()) == 12
    assert [row.spend for row in metrics.list()] == [row.spend for row in rows]


def test_a_report_is_a_dict_to_its_last_row() -> None:
    report = reports.report("platform")

    found = report.to_dict()
    assert list(found) == [field.name for field in dataclasses.fields(Report)]
    assert [row["spend"] for row in found["rows"]] == [found["total"]["spend"]] == [Decimal("13.2")]
    assert report.rows.to_dicts() == found["rows"]
    assert metrics.get_top_performers("spend").to_dicts()[0]["rank"] == 1
    assert projects.get_stats().to_dict()["total"] == 0


def test_every_list_is_one_of_rows() -> None:
    lists = [
        campaigns.list(), campaigns.get_by_platform("ttd"), projects.list(),
        metrics.get_metrics("camp-1"), metrics.aggregate(), metrics.aggregate_by_platform(),
        metrics.get_top_performers("roas"), reports.grouped("day"), metrics.list()[2:5],
    ]  # fmt: skip

    assert [rows for rows in lists if not isinstance(rows, Rows)] == []
    assert isinstance(metrics.get_top_performers("roas")[:1], Rows)
    assert metrics.list()[2:4] == [metrics.list()[2], metrics.list()[3]]


def test_text_shows_what_is_known_and_says_what_it_leaves_out() -> None:
    assert repr(ReportRow(currency="EUR", spend=Decimal(5), days=2)) == (
        "ReportRow(currency='EUR', spend=Decimal('5'), days=2, campaigns=0)"
    )
    assert repr(campaigns.find("camp-1")).startswith(f"Campaign(id='camp-1', platform='ttd', name={EVIL!r}, budget=")
    shown = repr(metrics.list()).splitlines()
    assert len(shown) == 11
    assert shown[0].startswith("[Metrics(id=12, campaign_id='camp-1', date=datetime.date(2026, 2, 12), clicks=12,")
    assert shown[-1] == " … and 2 more]"
    assert repr(metrics.list()[:0]) == "[]"


def test_a_notebook_shows_a_table_in_which_a_name_is_text() -> None:
    table = campaigns.list()._repr_html_()

    assert "<td>&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; &quot;more&quot;</td>" in table
    assert "<th>name</th>" in table
    assert "<th>project_id</th>" not in table  # which is empty
    assert table.endswith("<p>1 row</p>")
    for html in (table, campaigns.find("camp-1")._repr_html_()):
        assert "<script" not in html
        assert html.count("<tr>") == html.count("</tr>") > 1


def test_a_notebook_shows_the_first_of_many_rows() -> None:
    many = Rows(ReportRow(rank=place) for place in range(2000))

    assert many._repr_html_().count("<tr>") == 101
    assert many._repr_html_().endswith("<p>2,000 rows, of which these are the first 100</p>")


def test_what_a_row_is_called_is_no_name_of_a_column() -> None:
    """So that no attribute hides `to_dict`."""
    assert "to_dict" not in {name for model in (*TABLES, *LEDGER) for name in fields_of(model)}
    for kind in (ReportRow, Report, ProjectStats, Undone, imports.Restatement):
        assert issubclass(kind, Record)
