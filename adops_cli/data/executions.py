"""Executions: workflows being executed, stage by stage. A change of status also sets the times of the execution."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Unpack

from adops_cli.data import windows
from adops_cli.data.access import batch, crud
from adops_cli.data.access.conditions import between
from adops_cli.data.access.jsonparts import with_part
from adops_cli.data.inputs import ExecutionFields
from adops_cli.storage.choices import ExecutionStatus
from adops_cli.storage.handle import atomically
from adops_cli.storage.models import Execution
from adops_cli.storage.rows import Rows
from adops_cli.storage.table import now

__all__ = [
    "add_stage",
    "create",
    "create_many",
    "delete",
    "find",
    "get",
    "get_by_project",
    "get_recent",
    "get_recent_by_workflow",
    "list",
    "update",
]


_ENDED = (ExecutionStatus.COMPLETED, ExecutionStatus.FAILED, ExecutionStatus.CANCELLED)


def create(**fields: Unpack[ExecutionFields]) -> Execution:
    """Create an execution. Needs `workflow_id`. By default it is `queued`."""
    return crud.create(Execution, _with_times(fields, Execution()))


def create_many(rows: Iterable[Mapping[str, Any]]) -> Sequence[str]:
    """Create executions, all or none. Return their ids, in the order of the rows.

    Each row is a mapping of the fields that `create` takes, in either spelling. Raises as `create` does, with the
    position of the row, from 1. Rows are read one at a time, so a generator can yield any number.
    """
    return batch.write_all(WRITER, rows).ids or []


def get(id: str) -> Execution | None:
    """The execution, or None."""
    return crud.get(Execution, Execution.id == id)


def find(id: str) -> Execution:
    """The execution. `NotFoundError` if there is none."""
    return crud.find(Execution, id)


def list(
    *,
    project_id: str | None = None,
    workflow_id: str | None = None,
    status: str | None = None,
    created_since: Any = None,
    created_until: Any = None,
    sort: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Rows[Execution]:
    """Executions, newest first. A filter that is None is ignored.

    `created_since` and `created_until` are times, both inclusive, or days or words such as `7d`.
    """
    filters = {"project_id": project_id, "workflow_id": workflow_id, "status": status}
    conditions = between(Execution.created_at, *windows.moments(created_since, created_until, called="created_{}"))
    return crud.select(Execution, filters, conditions, sort=sort, limit=limit, offset=offset)


def get_recent(limit: int = 10) -> Rows[Execution]:
    """The newest executions."""
    return list(limit=limit)


def get_recent_by_workflow(workflow_id: str, limit: int = 10) -> Rows[Execution]:
    """The newest executions of one workflow."""
    return list(workflow_id=workflow_id, limit=limit)


def get_by_project(project_id: str) -> Rows[Execution]:
    """All executions of a project."""
    return list(project_id=project_id)


@atomically
def update(id: str, /, **fields: Unpack[ExecutionFields]) -> Execution:
    """Change fields of an execution. None clears a field.

    Unless they are given, `running` sets `started_at`; an end sets `completed_at` and, if the start is known,
    `duration` (ms); a step back to `queued` or `running` clears the fields that no longer apply.
    """
    return crud.update(Execution, id, _with_times(fields, find(id)))


@atomically
def add_stage(id: str, stage: Mapping[str, Any]) -> Execution:
    """Add a stage such as `{"id": "stage-1", "name": "Validate Budget"}`, or replace the one with the same `id`."""
    return update(id, stages=with_part(find(id).stages, stage, "stages"))


def delete(id: str) -> dict[str, bool]:
    """Delete an execution permanently. Its events are kept."""
    return crud.delete(Execution, id)


def _with_times(fields: Mapping[str, Any], row: Execution) -> dict[str, Any]:
    """The fields, with the times that a change of status implies."""
    moved = crud.read_fields(Execution, fields)
    status = moved.get("status")
    if status is None or (row.id is not None and status == row.status):
        return dict(fields)
    implied: dict[str, Any] = {}
    started = moved.get("started_at", row.started_at)
    if status in _ENDED:
        ended = moved.get("completed_at") or now()
        implied = {"completed_at": ended}
        if started is not None and ended >= started:
            implied["duration"] = (ended - started) // timedelta(milliseconds=1)
    elif status == ExecutionStatus.RUNNING:
        implied = {"started_at": started or now(), "completed_at": None, "duration": None}
    elif row.id is not None:
        implied = {"started_at": None, "completed_at": None, "duration": None}
    return implied | dict(fields)


WRITER = batch.TableWriter(Execution, lambda fields: crud.new_values(Execution, _with_times(fields, Execution())))
"""How to write many executions."""
