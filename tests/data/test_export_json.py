"""A database of any content is equal after export and import, and JSON mode reads the same from the files."""

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adops_cli import database
from adops_cli.data.access import bulk
from adops_cli.data.export_json import export_json
from adops_cli.importers.node.import_json import import_json
from adops_cli.measures import stored_ratios
from adops_cli.storage.models import Campaign, Event, Execution, Metrics, Project, Workflow
from adops_cli.values import platform as known_platform
from tests.importers.tables import snapshot

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
ids = st.sampled_from(["a", "b", "c", "1", "é", " x"])
moments = st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
days = st.dates(date(1, 1, 1))
amounts = st.decimals(-(10**9), 10**9, places=6) | st.integers(0, 10**12 - 1)
counts = st.integers(0, 2**53)
values = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
    | st.sampled_from(['{"a": 1}', "[]", '"[1]"', '"\\"[]\\""', "[1e400]", '["\\ud800"]', "[NaN]", "1"]),
    lambda inner: st.lists(inner | st.none(), max_size=2) | st.dictionaries(texts, inner | st.none(), max_size=2),
    max_leaves=4,
)  # fmt: skip


def rows(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows with different ids. Every column that is not given as required can be null."""
    return st.lists(st.fixed_dictionaries({"id": ids, **columns}), max_size=3, unique_by=lambda row: row["id"])


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _is_kept(platform: str) -> bool:
    """Whether an import leaves it as it is: `FB`, which an old database can hold, becomes `meta-ads`."""
    return known_platform(platform) == platform


tables = st.fixed_dictionaries(
    {
        "projects": rows(
            name=texts, type=texts, status=st.sampled_from(["planning", "paused"]), budget=maybe(amounts),
            metadata=maybe(values), metrics=maybe(values), start_date=maybe(days), created_at=maybe(moments),
            updated_at=maybe(moments), deleted_at=maybe(moments),
        ),
        "executions": rows(
            workflow_id=texts, stages=maybe(values), duration=maybe(counts), error=maybe(texts), project_id=maybe(ids),
            created_at=maybe(moments),
        ),
        "events": rows(
            type=texts, payload=maybe(values), processed=maybe(st.booleans()), execution_id=maybe(ids),
            timestamp=maybe(moments),
        ),
        "workflows": rows(name=texts, enabled=maybe(st.booleans()), config=maybe(values), created_at=maybe(moments)),
        "campaigns": rows(name=texts, platform=texts.filter(_is_kept), budget=maybe(amounts), metadata=maybe(values)),
        "metrics": st.lists(
            st.fixed_dictionaries(
                {
                    "id": st.integers(1, 2**40), "campaign_id": ids, "date": days, "clicks": maybe(counts),
                    "impressions": maybe(counts), "spend": maybe(amounts), "revenue": maybe(amounts),
                    "conversions": maybe(st.decimals(0, 10**6, places=6)), "synced_at": maybe(moments),
                }
            ),
            max_size=4, unique_by=(lambda row: row["id"], lambda row: (row["campaign_id"], row["date"])),
        ),
    }
)  # fmt: skip


def fill(found: dict[str, list[dict[str, Any]]]) -> None:
    """Put rows into the tables, without references to missing rows and figures without a campaign."""
    present = {table: {row["id"] for row in found[table]} for table in found}
    for row in (*found["executions"], *found["events"]):
        for key, table in (("project_id", "projects"), ("execution_id", "executions")):
            if row.get(key) not in present[table]:
                row.pop(key, None)
    kept = [row | stored_ratios(row) for row in found["metrics"] if row["campaign_id"] in present["campaigns"]]
    for model, these in (
        (Project, found["projects"]), (Execution, found["executions"]), (Event, found["events"]),
        (Workflow, found["workflows"]), (Campaign, found["campaigns"]), (Metrics, kept),
    ):  # fmt: skip
        bulk.insert(model, these)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(found=tables)
def test_export_and_import_give_an_equal_database(
    found: dict[str, list[dict[str, Any]]], migrated_file: Path, json_dir: Path
) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        for file in ("one.db", "two.db"):
            (folder / file).write_bytes(migrated_file.read_bytes())
        with database.bound(str(folder / "one.db")) as engine:
            fill(found)
            before = snapshot(engine)
            export_json(folder / "out")
        with database.bound(str(folder / "two.db")) as engine:
            done = import_json(folder / "out", backup_dir=folder / "copies")
            after = snapshot(engine)
        assert json_dir
        patch.setenv("ADOPS_JSON_DIR", str(folder / "out"))
        with database.bound() as engine:
            in_json_mode = snapshot(engine)
            export_json(folder / "again")
        assert done.rejected == []
        assert after == before
        assert in_json_mode == before
        for file_ in (folder / "out").glob("*.json"):
            assert (folder / "again" / file_.name).read_bytes() == file_.read_bytes()
