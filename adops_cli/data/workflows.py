"""Workflows: the definitions that executions run."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Unpack

from adops_cli.data.access import batch, crud
from adops_cli.data.inputs import WorkflowFields
from adops_cli.errors import BadRequestError, ConflictError
from adops_cli.storage.handle import atomically
from adops_cli.storage.models import Workflow
from adops_cli.storage.rows import Rows
from adops_cli.storage.table import Table, fields_of, now

__all__ = [
    "create_many",
    "delete",
    "find",
    "get",
    "get_all_enabled",
    "get_by_category",
    "list",
    "register",
    "register_many",
    "set_enabled",
]


@atomically
def register(**fields: Unpack[WorkflowFields]) -> Workflow:
    """Insert a workflow or, if its `id` exists, update the given fields. `created_at` is kept.

    A new workflow needs `id` and `name`. By default it is enabled.
    """
    id = _required_id(fields)
    del fields["id"]
    if get(id) is None:
        with contextlib.suppress(ConflictError):  # another process has just registered it
            return crud.create(Workflow, {"id": id, **fields})
    fields.pop("created_at", None)
    return crud.update(Workflow, id, fields)


def register_many(rows: Iterable[Mapping[str, Any]]) -> Sequence[str]:
    """Register workflows, all or none. Return their ids, in the order of the rows.

    Each row is a mapping of the fields that `register` takes, in either spelling. Raises as `register` does, with the
    position of the row, from 1.
    """
    return batch.write_all(WRITER, rows).ids or []


create_many = register_many


def get(id: str) -> Workflow | None:
    """The workflow, or None."""
    return crud.get(Workflow, Workflow.id == id)


def find(id: str) -> Workflow:
    """The workflow. `NotFoundError` if there is none."""
    return crud.find(Workflow, id)


def list(
    *,
    category: str | None = None,
    enabled: bool | None = None,
    name: str | None = None,
    sort: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Rows[Workflow]:
    """Workflows, newest first. A filter that is None is ignored."""
    filters = {"category": category, "enabled": enabled, "name": name}
    return crud.select(Workflow, filters, sort=sort, limit=limit, offset=offset)


def get_by_category(category: str) -> Rows[Workflow]:
    """All workflows of a category."""
    return list(category=category)


def get_all_enabled() -> Rows[Workflow]:
    """All workflows that are enabled."""
    return list(enabled=True)


def set_enabled(id: str, enabled: bool) -> Workflow:
    """Enable or disable a workflow."""
    return crud.update(Workflow, id, {"enabled": enabled})


def delete(id: str) -> dict[str, bool]:
    """Delete a workflow permanently. Its executions are kept."""
    return crud.delete(Workflow, id)


def _required_id(fields: Mapping[str, Any]) -> Any:
    if not fields.get("id"):
        raise BadRequestError("id is missing", "Give the workflow an id")
    return fields["id"]


def _read(fields: Mapping[str, Any]) -> dict[str, Any]:
    _required_id(fields)
    return crud.read_fields(Workflow, fields)


def _merged(stored: Table | None, values: dict[str, Any]) -> dict[str, Any]:
    if stored is None:
        return crud.new_values(Workflow, values)
    crud.require_not_emptied(Workflow, values)
    kept = {name: getattr(stored, name) for name in fields_of(Workflow)}
    return kept | {"updated_at": now()} | values | {"created_at": kept["created_at"]}


WRITER = batch.TableWriter(Workflow, _read, upsert_by=("id",), merged=_merged)
"""How to register many workflows."""
