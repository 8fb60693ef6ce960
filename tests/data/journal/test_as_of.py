"""What the book knew at a moment: for any changes by any path, it is what the same report said at that moment."""

import os
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adops_cli import database
from adops_cli.data import campaigns, metrics, reports
from adops_cli.storage.handle import db
from adops_cli.storage.models import Import
from adops_cli.storage.rollups import state
from tests import writes

EXAMPLES = int(os.environ.get("ADOPS_FUZZ", "6"))
STEPS = (
    *(writes.record, writes.record_many, writes.delete_a_day, writes.import_a_file, writes.import_a_file),
    *(writes.undo_an_import, writes.undo_an_import, writes.delete_a_campaign, writes.create_a_campaign),
)
WINDOWS: Sequence[dict[str, Any]] = [
    {},
    {"start_date": "2026-01-25", "end_date": "2026-03-15"},
    {"start_date": "2026-02-12"},
    {"end_date": "2026-02-20"},
]
GROUPS: Sequence[reports.By] = ("platform", "campaign", "day", "week", "month", "total")


def said(window: Mapping[str, Any], **when: Any) -> list[Any]:
    """What the reports and the list say."""
    found = [reports.report(by, **window, **when) for by in GROUPS]
    days = metrics.list(**window, **when)
    return [found, metrics.get_top_performers("roas", None, **window, **when), days]


def clear() -> None:
    for table in ("import_changes", "imports", "metrics", "campaigns", *state.TABLES, "stale_months"):
        db.execute_sql(f'DELETE FROM "{table}"')
    for id in writes.NAMES[:3]:
        campaigns.create(id=id, name=id, platform="ttd", metadata={"currency": "USD"})


@settings(max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_what_was_known_is_what_was_said(database_url: str, seed: int) -> None:
    pick = Random(seed)  # noqa: S311 - so that a failure can be repeated
    with database.bound(database_url, busy_timeout=5):
        clear()
        known: list[tuple[str, dict[str, Any], list[Any]]] = []
        for _ in range(9):
            pick.choice(STEPS)(pick)
            newest = next(iter(Import.select().order_by(Import.imported_at.desc()).limit(1)), None)
            if newest is not None:
                window = pick.choice(WINDOWS)
                known.append((newest.id, window, said(window)))
        for batch, window, then in known:
            assert said(window, as_of=batch) == then
