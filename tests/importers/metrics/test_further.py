"""Further figures of imported days: an undo restores them, and what older imports called them is renamed."""

from decimal import Decimal
from typing import Any

import pytest

from adops_cli.data import imports, reports
from adops_cli.measures import Further
from adops_cli.storage import schema
from adops_cli.storage.models import Metrics
from tests.conftest import MIGRATIONS
from tests.importers.metrics.fake_export import put

pytestmark = pytest.mark.usefixtures("bound")


def found(*names: Further) -> list[Any]:
    [row] = reports.report("day", also=names).rows
    return [getattr(row, name) for name in names]


def test_an_undo_restores_them() -> None:
    put({"A": {"2026-02-01": {"spend": 5, "metadata": '{"leads":2}'}}})
    done = put({"A": {"2026-02-01": {"spend": 5, "metadata": '{"leads":3}'}}})
    assert found("leads") == [3]
    imports.undo(str(done.batch_id))
    assert found("leads") == [2]


def test_the_migration_renames_them_in_the_days_and_in_the_ledger() -> None:
    old = '{"Clicks (all)":4,"Leads":2,"Video views":5.50,"Reichweite":9,"leads (form)":1,"Views":6}'
    put({"A": {"2026-02-01": {"spend": 5, "metadata": old}}})
    done = put({"A": {"2026-02-01": {"spend": 5, "metadata": old.replace("5.50", "7.25")}}})
    schema.rollback(sum(name >= "010" for name in MIGRATIONS))

    schema.migrate()

    [row] = Metrics.select()
    assert row.metadata == {
        "Clicks (all)": 4,
        "leads": 2,
        "video_views": 7.25,
        "reach": 9,
        "leads (form)": 1,
        "Views": 6,
    }
    assert found("leads", "video_views", "reach") == [2, Decimal("7.25"), 9]
    imports.undo(str(done.batch_id))
    assert found("video_views") == [Decimal("5.5")]
