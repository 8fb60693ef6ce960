"""Projects: a team's pieces of work. They are deleted softly, and can be restored."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import peewee as pw

from adops_cli.data import windows
from adops_cli.data.access import batch, crud, reading
from adops_cli.data.access.conditions import Condition, between
from adops_cli.data.access.jsonparts import merged, with_merged_metadata, with_part
from adops_cli.data.inputs import ProjectChanges, ProjectFields
from adops_cli.errors import NotFoundError
from adops_cli.storage.handle import atomically
from adops_cli.storage.models import Project
from adops_cli.storage.rows import Record, Rows
from adops_cli.storage.table import now

__all__ = [
    "ProjectStats",
    "add_milestone",
    "create",
    "create_many",
    "delete",
    "find",
    "get",
    "get_stats",
    "list",
    "restore",
    "update",
    "update_metrics",
]


_ALIVE = Project.deleted_at.is_null()
WRITER = batch.TableWriter(Project, lambda fields: crud.new_values(Project, fields))
"""How to write many projects."""


@dataclass(frozen=True, repr=False)
class ProjectStats(Record):
    """The number of projects, with softly deleted ones counted apart. Each mapping is value -> count, largest first."""

    total: int
    deleted: int
    by_status: Mapping[str, int]
    by_type: Mapping[str, int]
    by_platform: Mapping[str | None, int]
    by_owner: Mapping[str | None, int]


def create(**fields: Unpack[ProjectFields]) -> Project:
    """Create a project. Needs `name` and `type`. By default its status is `planning`."""
    return crud.create(Project, fields)


def create_many(rows: Iterable[Mapping[str, Any]]) -> Sequence[str]:
    """Create projects, all or none. Return their ids, in the order of the rows.

    Each row is a mapping of the fields that `create` takes, in either spelling. Raises as `create` does, with the
    position of the row, from 1. Rows are read one at a time, so a generator can yield any number.
    """
    return batch.write_all(WRITER, rows).ids or []


def get(id: str) -> Project | None:
    """The project, or None if it does not exist or is deleted."""
    return crud.get(Project, Project.id == id, _ALIVE)


def find(id: str) -> Project:
    """The project. `NotFoundError` if it does not exist or is deleted."""
    row = crud.find(Project, id)
    if row.deleted_at is not None:
        raise NotFoundError(f"project {id!r} is deleted", f"Use `adops projects restore {id}` to restore it")
    return row


def list(
    *,
    type: str | None = None,
    status: str | None = None,
    owner: str | None = None,
    platform: str | None = None,
    created_since: Any = None,
    created_until: Any = None,
    include_deleted: bool = False,
    sort: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Rows[Project]:
    """Projects, newest first. A filter that is None is ignored.

    `created_since` and `created_until` are times, both inclusive, or days or words such as `7d`.
    """
    conditions = [] if include_deleted else [Condition("deleted_at", _ALIVE, lambda deleted: deleted is None)]
    conditions += between(Project.created_at, *windows.moments(created_since, created_until, called="created_{}"))
    filters = {"type": type, "status": status, "owner": owner, "platform": platform}
    return crud.select(Project, filters, conditions, sort=sort, limit=limit, offset=offset)


@atomically
def update(id: str, /, **fields: Unpack[ProjectChanges]) -> Project:
    """Change fields of a project. None clears a field. `merge_metadata` sets some keys of `metadata`."""
    return crud.update(Project, id, with_merged_metadata(find(id).metadata, fields))


@atomically
def delete(id: str) -> dict[str, bool]:
    """Hide a project (a soft delete). Everything that refers to it is kept. A second time is not a success."""
    query = Project.update(deleted_at=now()).where(Project.id == id, _ALIVE)
    return {"success": bool(query.execute())}


@atomically
def restore(id: str) -> Project:
    """Restore a softly deleted project. One that is not deleted is not changed."""
    row = crud.find(Project, id)
    if row.deleted_at is not None:
        row.deleted_at, row.updated_at = None, now()
        row.save(only=[Project.deleted_at, Project.updated_at])
    return row


@atomically
def add_milestone(id: str, milestone: Mapping[str, Any]) -> Project:
    """Add a milestone such as `{"name": "Launch", "status": "completed"}`, or replace the one with the same `id`."""
    return update(id, milestones=with_part(find(id).milestones, milestone, "milestones"))


@atomically
def update_metrics(id: str, changes: Mapping[str, Any]) -> Project:
    """Merge changes such as `{"completion": 80, "health": "on-track"}` into the project's own metrics."""
    return update(id, metrics=merged(find(id).metrics, changes, "metrics"))


def get_stats() -> ProjectStats:
    """Counts of all projects that are not deleted, by status, type, platform and owner."""
    return ProjectStats(
        total=Project.select().where(_ALIVE).count(),
        deleted=Project.select().where(~_ALIVE).count(),
        by_status=_counts(Project.status),
        by_type=_counts(Project.type),
        by_platform=_counts(Project.platform),
        by_owner=_counts(Project.owner),
    )


def _counts(field: Any) -> dict[Any, int]:
    """The number of projects by value, the most frequent first. A status in capitals counts as what it means."""
    query: Any = Project.select(field, pw.fn.COUNT(Project.id)).where(_ALIVE).group_by(field)
    counts: Counter[Any] = Counter()
    for stored, count in reading.raw_rows(query):
        cells, wrong = reading.read_cells([field], [stored])
        for value in cells.values():
            counts[value] += count
        if wrong:  # bytes, because any text can be read
            having: Any = Project.select().where(_ALIVE, pw.fn.HEX(field) == stored.hex().upper())
            for row in reading.unread_in(having):
                row.tell()
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0] is None, pair[0])))
