"""Executions: the operations, stages, and the times that a change of status implies."""

from datetime import timedelta
from typing import Any

import pytest

from adops_cli.data import executions, projects
from adops_cli.errors import BadRequestError, ConflictError, NotFoundError
from adops_cli.storage.models import Execution
from adops_cli.values import instant

pytestmark = pytest.mark.usefixtures("bound")
START = "2026-02-10T08:00:00.000Z"
END = "2026-02-10T08:00:04.500Z"


def make(**fields: Any) -> Execution:
    return executions.create(**{"workflow_id": "create-campaign", **fields})


def test_a_run_is_queued_until_it_is_told_otherwise() -> None:
    made = make(params={"budget": 10000})

    assert (made.status, made.started_at, made.completed_at, made.duration) == ("queued", None, None, None)
    assert made.id.startswith("exec-")
    assert executions.find(made.id).params == {"budget": 10000}


def test_a_run_that_starts_and_ends_keeps_its_times() -> None:
    made = make()

    running = executions.update(made.id, status="running")
    assert running.started_at is not None
    assert running.completed_at is None

    ended = executions.update(made.id, status="completed", result={"ok": True})
    assert ended.started_at == running.started_at
    assert ended.started_at
    assert ended.completed_at
    assert ended.duration == (ended.completed_at - ended.started_at) // timedelta(milliseconds=1)


def test_times_that_are_given_win() -> None:
    made = make()

    ended = executions.update(made.id, status="failed", started_at=START, completed_at=END, error="Timeout")

    assert (ended.started_at, ended.completed_at, ended.duration) == (instant(START), instant(END), 4500)
    assert executions.update(made.id, status="cancelled", duration=7).duration == 7


def test_a_run_that_never_started_has_no_duration() -> None:
    ended = make(status="cancelled")

    assert ended.completed_at is not None
    assert (ended.started_at, ended.duration) == (None, None)


def test_a_step_back_empties_what_no_longer_holds() -> None:
    made = make(status="completed", started_at=START, completed_at=END)

    again = executions.update(made.id, status="running")
    assert (again.started_at, again.completed_at, again.duration) == (instant(START), None, None)

    queued = executions.update(made.id, status="queued")
    assert (queued.started_at, queued.completed_at, queued.duration) == (None, None, None)


def test_an_update_without_a_move_leaves_the_times_alone() -> None:
    made = make(status="completed", started_at=START, completed_at=END)

    same = executions.update(made.id, status="completed", error=None)

    assert (same.started_at, same.completed_at, same.duration) == (instant(START), instant(END), 4500)


def test_stages_are_appended_or_replaced_in_their_order() -> None:
    made = make()
    executions.add_stage(made.id, {"id": "stage-1", "name": "Validate Budget", "status": "running"})
    executions.add_stage(made.id, {"id": "stage-2", "name": "Run"})

    changed = executions.add_stage(made.id, {"id": "stage-1", "name": "Validate Budget", "status": "completed"})

    assert [(stage["id"], stage.get("status")) for stage in changed.stages] == [
        ("stage-1", "completed"),
        ("stage-2", None),
    ]


def test_the_newest_come_first_by_workflow_and_by_project() -> None:
    projects.create(id="proj-1", name="P", type="campaign")
    for day, workflow in ((1, "a"), (2, "b"), (3, "a")):
        make(
            id=f"e{day}",
            workflow_id=workflow,
            created_at=f"2026-02-0{day}T00:00:00Z",
            project_id="proj-1" if day > 1 else None,
        )

    assert [row.id for row in executions.get_recent(2)] == ["e3", "e2"]
    assert [row.id for row in executions.get_recent_by_workflow("a", 5)] == ["e3", "e1"]
    assert [row.id for row in executions.get_by_project("proj-1")] == ["e3", "e2"]
    assert [row.id for row in executions.list(status="queued", created_until="2026-02-01T00:00:00Z")] == ["e1"]


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(BadRequestError, match="status must be one of queued, running, completed, failed, cancelled"):
        make(status="done")
    with pytest.raises(BadRequestError, match="workflow_id is missing"):
        executions.create()
    with pytest.raises(ConflictError, match="project_id refers to an unknown project"):
        make(project_id="proj-none")
    with pytest.raises(NotFoundError):
        executions.update("exec-none", status="running")
    assert executions.list() == []


def test_delete_is_for_good() -> None:
    made = make()

    assert executions.delete(made.id) == {"success": True}
    assert executions.delete(made.id) == {"success": False}
    assert executions.get(made.id) is None
