"""Errors name an argument as Python spells it. For the words of the command line, see `tests.cli.test_errors`."""

from collections.abc import Callable
from typing import Any

import pytest

from adops_cli import values
from adops_cli.cli import app
from adops_cli.data import campaigns, events, executions, metrics, projects, reports
from adops_cli.errors import AdopsError
from adops_cli.storage.models import LEDGER, TABLES
from adops_cli.storage.table import columns_of

soon: Any = "soon"
REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: projects.create(name="P", type="t", start_date=soon), "start_date must be a day"),
    (lambda: projects.create(name="P", type="t", created_at=soon), "created_at must be a time"),
    (lambda: campaigns.create(name="C", platform="ttd", project_id="p"), "project_id refers to an unknown project"),
    (
        lambda: campaigns.create(name="C", platform="ttd", external_id="7"),
        "and external_id '7'",
    ),
    (
        lambda: campaigns.create_many([{"name": "C", "platform": "ttd", "externalId": 5}]),
        "1: external_id must be text",
    ),
    (lambda: executions.create(status="running"), "workflow_id is missing"),
    (lambda: projects.list(created_since=soon), "created_since must be a day"),
    (lambda: executions.list(created_until=soon), "created_until must be a day"),
    (lambda: events.list(since=soon), "since must be a day"),
    (lambda: metrics.list(start_date=soon), "start_date must be a day"),
    (lambda: metrics.record_many([{"date": "2026-02-10", "spend": 1}]), "row 1: campaign_id is missing"),
    (lambda: metrics.aggregate(end_date=soon), "end_date must be a day"),
    (lambda: reports.report("day", start_date=soon), "start_date must be a day"),
    (lambda: metrics.get_top_performers("roas", min_spend=soon), "min_spend must be a number"),
]


@pytest.fixture(autouse=True)
def taken(bound: Any) -> None:
    assert bound
    campaigns.create(id="c", name="C", platform="ttd", external_id="7")


@pytest.mark.parametrize(("call", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_python_reads_its_own_names(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(AdopsError) as caught:
        call()

    assert words in str(caught.value)


def test_a_key_is_known_by_its_name() -> None:
    keys = [key for model in (*TABLES, *LEDGER) for key in columns_of(model)]

    assert [key for key in keys if app.key(values.attribute(key)) != key] == []
