"""Projects: the five operations, milestones, metrics, statistics."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from adops_cli import database
from adops_cli.data import projects
from adops_cli.errors import BadRequestError, ConflictError, NotFoundError
from adops_cli.storage.models import Project

pytestmark = pytest.mark.usefixtures("bound")


def make(**fields: Any) -> Project:
    return projects.create(**{"name": "My Campaign", "type": "campaign", **fields})


def test_a_created_project_reads_back_as_it_was_given() -> None:
    made = make(
        status="active",
        owner="trader-agent",
        budget="50000.123456",
        platform="meta-ads",
        start_date="2026-01-05",
        metadata={"tags": ["q1"], "nested": {"b": None, "a": 1.5}},
    )

    read = projects.get(made.id)

    assert read is not None
    assert read.budget == Decimal("50000.123456")
    assert read.start_date == date(2026, 1, 5)
    assert read.metadata == {"tags": ["q1"], "nested": {"b": None, "a": 1.5}}
    assert read.created_at == made.created_at == read.updated_at
    assert read.deleted_at is None


def test_a_new_project_is_being_planned_and_its_id_says_what_it_is() -> None:
    made = make()

    assert made.status == "planning"
    assert made.id.startswith("proj-")


def test_new_ids_sort_in_the_order_they_were_made() -> None:
    ids = [make().id for _ in range(3)]

    assert len(set(ids)) == 3
    assert [i[:15] for i in ids] == sorted(i[:15] for i in ids)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"nmae": "x"}, "project has no field 'nmae'. Did you mean name?"),
        ({"budget": "a lot"}, 'budget must be a number, not "a lot"'),
        ({"budget": "1.1234567"}, 'budget has more than 6 decimals: "1.1234567"'),
        ({"budget": 10**12}, "budget is out of range"),
        ({"budget": "8000000000.5"}, "budget is out of range"),
        ({"budget": float("nan")}, "budget must be a finite number"),
        ({"start_date": "soon"}, 'start_date must be a day as YYYY-MM-DD, not "soon"'),
        ({"start_date": "2026-02-30"}, "start_date is not a day in the calendar"),
        ({"status": "Active"}, "status must be one of planning, active, paused, completed, cancelled"),
        ({"name": None}, "name is missing"),
        ({"name": "a\x00b"}, "name contains the character U+0000"),
        ({"metadata": {"a": "\x00"}}, "metadata contains the character U+0000"),
        ({"metadata": {1, 2}}, "metadata is not a JSON value"),
        ({"metadata": {"a": float("inf")}}, "metadata is not a JSON value"),
        ({"id": ""}, "id is empty"),
    ],
)
def test_a_field_that_makes_no_sense_is_refused_and_nothing_is_written(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        make(**fields)

    assert words in str(caught.value)
    assert projects.list(include_deleted=True) == []


def test_an_id_that_is_taken_is_a_conflict() -> None:
    make(id="proj-1")

    with pytest.raises(ConflictError, match="project 'proj-1' already exists"):
        make(id="proj-1")


def test_update_changes_what_is_given_and_says_when() -> None:
    made = make(owner="ann", created_at="2026-01-05T10:00:00Z", updated_at="2026-01-05T10:00:00Z")

    changed = projects.update(made.id, status="completed", owner=None)

    assert (changed.status, changed.owner, changed.name) == ("completed", None, "My Campaign")
    assert changed.updated_at
    assert made.updated_at
    assert changed.updated_at > made.updated_at
    assert projects.find(made.id).status == "completed"


@pytest.mark.parametrize(
    ("fields", "words"), [({"id": "x"}, "id cannot be changed"), ({"name": None}, "name cannot be empty")]
)
def test_update_refuses_what_no_row_can_be(fields: dict[str, Any], words: str) -> None:
    made = make()

    with pytest.raises(BadRequestError, match=words):
        projects.update(made.id, **fields)


def test_an_unknown_id_is_named_with_the_ones_most_like_it() -> None:
    make(id="proj-spring")

    with pytest.raises(NotFoundError, match=r"there is no project 'proj-sprig'. Did you mean proj-spring\?"):
        projects.update("proj-sprig", status="active")


def test_delete_hides_a_project_and_restore_brings_it_back() -> None:
    made = make()

    assert projects.delete(made.id) == {"success": True}
    assert projects.get(made.id) is None
    assert projects.list() == []
    assert [row.id for row in projects.list(include_deleted=True)] == [made.id]
    assert projects.delete(made.id) == {"success": False}
    with pytest.raises(NotFoundError):
        projects.update(made.id, status="active")

    assert projects.restore(made.id).deleted_at is None
    assert projects.get(made.id) is not None


def test_deleting_what_is_not_there_is_no_success() -> None:
    assert projects.delete("proj-none") == {"success": False}


def test_lists_run_newest_first_and_end_their_order_with_the_id() -> None:
    make(id="b", created_at="2026-01-05T10:00:00Z")
    make(id="a", created_at="2026-01-05T10:00:00Z")
    make(id="c", created_at="2026-01-06T10:00:00Z")
    make(id="d", created_at=None)

    assert [row.id for row in projects.list()] == ["c", "a", "b", "d"]
    assert [row.id for row in projects.list(limit=2, offset=1)] == ["a", "b"]
    assert [row.id for row in projects.list(offset=3)] == ["d"]
    assert [row.id for row in projects.list(sort="id")] == ["a", "b", "c", "d"]


def test_null_sorts_last_in_both_directions() -> None:
    make(id="none")
    make(id="small", budget=1)
    make(id="large", budget=2)

    assert [row.id for row in projects.list(sort="budget")] == ["small", "large", "none"]
    assert [row.id for row in projects.list(sort="-budget")] == ["large", "small", "none"]


def test_each_indexed_column_filters() -> None:
    make(id="a", type="jbp", status="active", owner="ann", platform="ttd", created_at="2026-01-05T10:00:00Z")
    make(id="b", created_at="2026-01-07T10:00:00Z")

    for wanted in (
        {"type": "jbp"},
        {"status": "active"},
        {"owner": "ann"},
        {"platform": "ttd"},
        {"created_until": "2026-01-05T10:00:00Z"},
        {"created_since": "2026-01-05 10:00:00", "created_until": "2026-01-06 10:00"},
    ):
        assert [row.id for row in projects.list(**wanted)] == ["a"], wanted  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wanted", [{"status": "actve"}, {"sort": "bugdet"}, {"sort": "metadata"}, {"created_since": "soon"}]
)
def test_a_filter_that_makes_no_sense_is_refused(wanted: dict[str, str]) -> None:
    with pytest.raises(BadRequestError):
        projects.list(**wanted)  # type: ignore[arg-type]


def test_milestones_are_appended_or_replaced_by_their_id() -> None:
    made = make()
    projects.add_milestone(made.id, {"id": "ms-1", "name": "Launch", "status": "pending"})
    projects.add_milestone(made.id, {"name": "Review"})

    changed = projects.add_milestone(made.id, {"id": "ms-1", "name": "Launch", "status": "completed"})

    assert changed.milestones == [{"id": "ms-1", "name": "Launch", "status": "completed"}, {"name": "Review"}]


def test_metrics_of_a_project_are_merged() -> None:
    made = make(metrics={"completion": 10, "blockers": []})

    changed = projects.update_metrics(made.id, {"completion": 80, "health": "on-track"})

    assert changed.metrics == {"completion": 80, "blockers": [], "health": "on-track"}


def test_a_metrics_column_that_is_no_object_is_not_overwritten() -> None:
    made = make(metrics=["old"], milestones={"old": 1})

    with pytest.raises(BadRequestError, match="are not a JSON object"):
        projects.update_metrics(made.id, {"completion": 80})
    with pytest.raises(BadRequestError, match="is not a JSON list"):
        projects.add_milestone(made.id, {"name": "Launch"})

    assert projects.find(made.id).metrics == ["old"]


def test_stats_count_what_is_there_with_the_deleted_apart() -> None:
    make(status="active", owner="ann", platform="ttd")
    make(status="active", type="jbp")
    projects.delete(make().id)

    stats = projects.get_stats()

    assert (stats.total, stats.deleted) == (2, 1)
    assert stats.by_status == {"active": 2}
    assert stats.by_type == {"campaign": 1, "jbp": 1}
    assert stats.by_platform == {"ttd": 1, None: 1}
    assert stats.by_owner == {"ann": 1, None: 1}


def test_several_calls_are_one_transaction_inside_atomic() -> None:
    def both() -> None:
        with database.db.atomic():
            make(id="first")
            make(id="first")

    with pytest.raises(ConflictError):
        both()

    assert projects.list() == []
