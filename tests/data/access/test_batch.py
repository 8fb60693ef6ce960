"""Many rows at once: all or none, as strict as for single rows, and with few queries."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from adops_cli.data import campaigns, events, executions, metrics, projects, workflows
from adops_cli.errors import AdopsError, BadRequestError, ConflictError
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.models import Campaign, Event, Execution, Metrics, Project, Workflow
from adops_cli.storage.table import Table

pytestmark = pytest.mark.usefixtures("bound")

CREATE: dict[type[Table], tuple[Callable[[Any], Any], dict[str, Any]]] = {
    Project: (projects.create_many, {"name": "P", "type": "campaign"}),
    Campaign: (campaigns.create_many, {"name": "C", "platform": "ttd"}),
    Execution: (executions.create_many, {"workflowId": "w"}),
    Event: (events.create_many, {"type": "a.b"}),
    Workflow: (workflows.create_many, {"id": "w", "name": "W"}),
}


def count(model: Any) -> int:
    return int(model.select().count())


@pytest.mark.parametrize("model", CREATE)
def test_rows_of_every_entity_are_created_and_their_ids_come_back_in_order(model: type[Table]) -> None:
    create_many, row = CREATE[model]

    ids = create_many([{**row, "id": "b"}, {**row, "id": "a"}, {**row, "id": "c"}])

    assert ids == ["b", "a", "c"]
    assert count(model) == 3


@pytest.mark.parametrize("model", CREATE)
def test_one_row_that_does_not_fit_keeps_all_out_and_is_named_by_its_position(model: type[Table]) -> None:
    create_many, row = CREATE[model]

    with pytest.raises(BadRequestError, match=r"^row 2: \w+ has no field 'nmae'"):
        create_many([row, {**row, "id": "x", "nmae": "y"}, {**row, "id": "z"}])

    assert count(model) == 0


def test_keys_may_be_written_in_both_ways_but_only_one_at_a_time() -> None:
    project = projects.create(name="P", type="x")

    first, second = campaigns.create_many(
        [
            {"name": "C", "platform": "ttd", "projectId": project.id},
            {"name": "C", "platform": "ttd", "project_id": project.id},
        ]
    )

    assert campaigns.find(first).project_id == campaigns.find(second).project_id == project.id
    with pytest.raises(BadRequestError, match="row 1: has the same field in two spellings"):
        campaigns.create_many([{"name": "C", "platform": "ttd", "projectId": "a", "project_id": "b"}])


def test_a_generator_may_give_the_rows() -> None:
    assert len(events.create_many({"type": "x"} for _ in range(1_000))) == 1_000


def test_no_rows_are_no_rows() -> None:
    assert events.create_many([]) == []
    assert metrics.record_many([]) == 0


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"id": "c1"}], "row 1: campaign 'c1' already exists"),
        ([{"external_id": "7"}], "row 1: campaign 'c1' already has platform 'ttd' and external_id '7'"),
        ([{"id": "n"}, {"id": "n"}], "row 2: campaign 'n' already exists"),
        (
            [{"id": "n", "external_id": "8"}, {"external_id": "8"}],
            "row 2: campaign 'n' already has platform 'ttd' and external_id",
        ),
        ([{}, {"project_id": "gone"}], "row 2: project_id refers to an unknown project: 'gone'"),
    ],
)
def test_taken_keys_and_references_to_nothing_are_conflicts(rows: Sequence[dict[str, Any]], words: str) -> None:
    campaigns.create(id="c1", name="C", platform="ttd", external_id="7")

    with pytest.raises(ConflictError) as caught:
        campaigns.create_many({"name": "C", "platform": "ttd", **row} for row in rows)

    assert str(caught.value).startswith(words)
    assert count(Campaign) == 1


def test_a_value_that_json_cannot_hold_is_named_with_its_row() -> None:
    with pytest.raises(BadRequestError, match="row 2: payload"):
        events.create_many([{"type": "x"}, {"type": "x", "payload": {"at": object()}}])


def test_defaults_and_implied_times_are_those_of_create() -> None:
    (id,) = executions.create_many([{"workflow_id": "w", "status": "running", "created_at": None}])
    project = projects.find(projects.create_many([{"name": "P", "type": "x", "status": None, "id": None}])[0])

    assert executions.find(id).started_at is not None
    assert project.status == "planning"
    assert project.id.startswith("proj-")


def test_registering_many_inserts_and_updates_and_keeps_what_is_not_given() -> None:
    before = workflows.register(id="old", name="Old", category="reporting")

    workflows.register_many(
        [{"id": "new", "name": "New"}, {"id": "old", "version": "2"}, {"id": "new", "version": "3"}]
    )

    old, new = workflows.find("old"), workflows.find("new")
    assert (old.name, old.category, old.version, old.created_at) == ("Old", "reporting", "2", before.created_at)
    assert (new.name, new.version, new.enabled) == ("New", "3", True)
    with pytest.raises(BadRequestError, match="row 2: name cannot be empty"):
        workflows.register_many([{"id": "old", "version": "4"}, {"id": "old", "name": None}])
    assert workflows.find("old").version == "2"


def test_figures_are_recorded_by_campaign_and_day_and_their_ratios_follow() -> None:
    campaigns.create(id="c", name="C", platform="ttd")
    metrics.record_metrics("c", "2026-01-01", spend=10, clicks=5)

    done = metrics.record_many(
        [
            {"campaignId": "c", "date": "2026-01-01", "revenue": 40},
            {"campaignId": "c", "date": "2026-01-02", "spend": 1},
            {"campaignId": "c", "date": "2026-01-02", "spend": 2, "revenue": 3},
        ]
    )

    second, first = metrics.get_metrics("c")
    assert done == 3
    assert (first.spend, first.clicks, first.revenue, first.roas) == (10, 5, 40, 4)
    assert (second.spend, second.revenue, second.roas) == (2, 3, Decimal("1.5"))
    assert count(Metrics) == 2


def test_rows_read_from_the_metrics_can_be_recorded_again() -> None:
    campaigns.create(id="c", name="C", platform="ttd")
    metrics.record_metrics("c", "2026-01-01", spend=10, clicks=5, metadata={"a": 1})
    before = metrics.get_metrics("c")[0].__data__
    row = {"campaignId" if name == "campaign" else name: value for name, value in before.items()}

    metrics.record_many([row | {"ctr": 99, "id": 77}])

    assert [stored.__data__ for stored in metrics.get_metrics("c")] == [before]


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"campaignId": "c", "date": "2026-01-01"}, "row 1: no figure is given"),
        ({"campaignId": "c", "spend": 1}, "row 1: date is missing"),
        ({"date": "2026-01-01", "spend": 1}, "row 1: campaign_id is missing"),
        (
            {"campaignId": "gone", "date": "2026-01-01", "spend": 1},
            "row 1: campaign_id refers to an unknown campaign: 'gone'",
        ),
        ({"campaignId": "c", "date": "2026-01-01", "spent": 1}, "row 1: 'spent' is not a figure"),
    ],
)
def test_figures_that_do_not_fit_are_named(row: dict[str, Any], error: str) -> None:
    with pytest.raises(AdopsError, match=error):
        metrics.record_many([row])


def test_references_and_keys_are_looked_up_for_hundreds_of_rows_at_a_time(
    bound: Sqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    execute = bound.execute_sql
    monkeypatch.setattr(bound, "execute_sql", lambda sql, *rest: asked.append(sql) or execute(sql, *rest))  # type: ignore[func-returns-value]
    project = projects.create(name="P", type="x").id
    asked.clear()

    campaigns.create_many(
        {"id": f"c{n}", "name": "C", "platform": "ttd", "externalId": str(n), "projectId": project}
        for n in range(1_000)
    )

    assert count(Campaign) == 1_000
    assert len(asked) < 30
