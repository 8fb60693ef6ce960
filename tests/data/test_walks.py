"""What is read in steps: each step reads its own rows alone, on both engines. Seen in the plans, never by the clock."""

import warnings
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from adops_cli.care.verify import stored
from adops_cli.care.verify.reading import through
from adops_cli.data import campaigns, daily_rows, executions, imports, metrics, projects
from adops_cli.data.access import bulk
from adops_cli.data.journal import ledger
from adops_cli.storage.engines.base import Engine
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.models import Event, Execution, Metrics
from adops_cli.storage.table import fields_of, now
from tests.importers.metrics.fake_export import put
from tests.plans import asked_by, plans_of, sorted_or_read_whole

pytestmark = pytest.mark.usefixtures("bound")

DAY = {"2026-02-02": {"impressions": 1000, "clicks": 10, "spend": 5}}


def with_statistics(engine: Engine) -> None:
    """What the server does by itself."""
    if not engine.in_a_file:
        engine.execute_sql("ANALYZE")


@pytest.mark.no_cover
@pytest.mark.usefixtures("no_json_mode")
def test_each_step_through_what_an_import_changed_reads_its_own_campaigns_alone(
    bound: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = put({f"Campaign {n}": DAY for n in range(1_500)})
    assert done.batch_id
    with_statistics(bound)
    monkeypatch.setattr(ledger, "_AT_ONCE", 50)

    walk = asked_by(bound, lambda: list(ledger.changes_of(str(done.batch_id))))

    assert len(walk) == 31
    # Of the last steps, the server sorts the few rows that are left.
    assert not sorted_or_read_whole(plans_of(bound, walk[1:20]))
    [undone] = imports.undo(done.batch_id)
    assert (undone.deleted, undone.campaigns_deleted) == (1_500, 1_500)


@pytest.mark.usefixtures("no_json_mode")
def test_each_step_of_verify_reads_its_own_rows_alone(bound: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = now()
    bulk.insert(Event, ({"id": f"e{n:05}", "type": "t", "timestamp": moment} for n in range(3_000)))
    bulk.insert(Execution, ({"id": f"x{n:05}", "workflow_id": "w", "created_at": moment} for n in range(3_000)))
    with_statistics(bound)
    monkeypatch.setattr(stored, "_BATCH", 100)

    for model in (Event, Execution):
        walk = asked_by(bound, lambda model=model: list(stored.suspects(through(bound), model)))  # type: ignore[misc]
        assert len(walk) > 60
        steps = plans_of(bound, walk[2:])
        assert not [plan for plan in sorted_or_read_whole(steps) if "SCAN (subquery" not in plan]


@pytest.mark.usefixtures("no_json_mode")
def test_the_newest_figures_are_listed_along_the_index_on_days(bound: Engine) -> None:
    """Of their order, the days of one date are sorted, of which there is one for each campaign."""
    ids = campaigns.create_many({"name": f"Campaign {n}", "platform": "ttd"} for n in range(20))
    metrics.record_many(
        {"campaign_id": id, "date": f"2026-{n // 28 + 1:02}-{n % 28 + 1:02}", "clicks": n}
        for id in ids
        for n in range(100)
    )
    with_statistics(bound)
    found: list[Metrics] = []

    [plan] = plans_of(bound, asked_by(bound, lambda: found.extend(metrics.list(limit=30)), "ORDER BY"))

    assert "metrics_date" in plan
    assert "Seq Scan" not in plan
    assert [str(row.date) for row in found] == ["2026-04-16"] * 20 + ["2026-04-15"] * 10
    assert [row.id for row in found] == sorted(row.id for row in found[:20]) + sorted(row.id for row in found[20:])


@pytest.mark.usefixtures("no_json_mode")
def test_however_many_rows_cannot_be_read_a_list_asks_for_them_a_few_times(bound: Engine) -> None:
    moment = now()
    bulk.insert(Execution, ({"id": f"x{n:04}", "workflow_id": "w", "created_at": moment} for n in range(2_000)))
    bound.execute_sql("""UPDATE executions SET "startedAt" = 'infinity' WHERE id < 'x1900'""")
    found: list[Execution] = []

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        asked = asked_by(bound, lambda: found.extend(executions.list(limit=5)), "LIMIT ")

    assert [row.id for row in found] == [f"x{n}" for n in range(1_900, 1_905)]
    assert len(told) == 1_900
    assert len(asked) < 15


@pytest.mark.usefixtures("no_json_mode")
def test_campaigns_are_looked_up_by_their_names_in_one_query(bound: Engine) -> None:
    put({f"Campaign {n}": DAY for n in range(1_000)})

    by_name = asked_by(
        bound, lambda: put({f"Campaign {n}": DAY for n in range(1_000)}, bytes_of_file="b"), '."name" IN'
    ) + asked_by(bound, lambda: put({f"Campaign {n}": DAY for n in range(1_000)}, bytes_of_file="c"), '."name" = ANY')

    assert len(by_name) == 1


@pytest.mark.usefixtures("db_file")
def test_whether_a_campaign_has_days_is_known_from_the_first_of_them(bound: Sqlite) -> None:
    few, many = (campaigns.create(name=name, platform="ttd").id for name in ("Few", "Many"))
    metrics.record_many(
        {"campaign_id": id, "date": f"2026-{n // 28 + 1:02}-{n % 28 + 1:02}", "clicks": 1}
        for id, days in ((few, 1), (many, 300))
        for n in range(days)
    )

    def steps(id: str) -> int:
        taken = 0

        def count() -> int:
            nonlocal taken
            taken += 1
            return 0

        bound.connection().set_progress_handler(count, 1)
        assert daily_rows.have_days([id]) == {id}
        bound.connection().set_progress_handler(None, 0)
        return taken

    assert steps(many) == steps(few)


@pytest.mark.usefixtures("no_json_mode")
@pytest.mark.parametrize("entity", [executions, campaigns, projects])
def test_rows_of_one_moment_are_listed_along_an_index(bound: Engine, entity: Any) -> None:
    model: Any = entity.WRITER.model
    given = {"name": "n", "platform": "ttd", "type": "campaign", "workflow_id": "w", "created_at": now()}
    fields = {name: value for name, value in given.items() if name in fields_of(model)}
    bulk.insert(model, ({**fields, "id": f"r{n:05}"} for n in range(2_000)))
    with_statistics(bound)
    found: list[Any] = []

    asked = asked_by(bound, lambda: found.extend(entity.list(limit=20, offset=40)), "ORDER BY")

    assert not sorted_or_read_whole([plan for plan in plans_of(bound, asked) if "USING INDEX" not in plan])
    assert [row.id for row in found] == [f"r{n:05}" for n in range(40, 60)]


def test_the_sums_of_new_rows_are_made_of_these_rows_alone(db_file: Path) -> None:
    with database.bound(str(db_file)) as engine:
        put({f"Campaign {n}": DAY for n in range(300)})
        later = {"2026-02-03": DAY["2026-02-02"]}

        asked = asked_by(engine, lambda: put({f"Campaign {n}": later for n in range(300)}), '"metrics" NOT INDEXED')

        assert len(asked) == 2
        for plan in plans_of(engine, asked):
            assert "SEARCH metrics USING INTEGER PRIMARY KEY (rowid>?)" in plan
            assert "SCAN metrics" not in plan
