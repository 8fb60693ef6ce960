"""Campaigns on the platforms, each known by an id of ours and, where the platform gives one, by its external id."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adops_cli.data import batch, crud
from adops_cli.errors import BadRequestError
from adops_cli.storage.models import Campaign, Execution, fields_of
from adops_cli.values import attribute

WRITER = batch.TableWriter(Campaign, lambda fields: crud.new_values(Campaign, fields))
"""How campaigns are written many at a time."""


def create(**fields: Any) -> Campaign:
    """A new campaign; needs `name` and `platform`. Its currency is `metadata["currency"]`."""
    return crud.create(Campaign, fields)


def create_many(rows: Iterable[Mapping[str, Any]]) -> Sequence[str]:
    """New campaigns, all or none; their ids, in the order of the rows.

    Each row is a mapping of the fields that `create` takes, in either spelling. Raises as `create` does, and names the
    position of the row; the first one is 1. Rows are read one at a time, so that a generator may give any number.
    """
    return batch.write_all(WRITER, rows).ids or []


def create_from_execution(execution: Execution | Mapping[str, Any] | str) -> Campaign:
    """The campaign that a run of a workflow set up, once for each run.

    Platform, name, budget and days are the run's `params`; the external id is the `campaignId` or `externalId` of its
    `result`. Takes an `Execution`, its id, or its fields as a mapping in either spelling.
    """
    run = _fields(crud.find(Execution, execution) if isinstance(execution, str) else execution)
    params, result = _object(run.get("params"), "params"), _object(run.get("result"), "result")
    if not run.get("id") or not params.get("platform"):
        raise BadRequestError("the execution has no id, or its params name no platform", "Create the campaign itself")
    wanted = {name: params.get(key) for key, name in _FROM_PARAMS.items()}
    external_id = result.get("campaignId") or result.get("externalId")
    fields = {name: value for name, value in wanted.items() if value is not None} | {
        "id": f"{Campaign.ID_PREFIX}-{run['id']}",
        "project_id": run.get("project_id"),
        "name": params.get("name") or f"{run.get('workflow_id') or 'execution'} {run['id']}",
        "external_id": None if external_id is None else str(external_id),
        "metadata": {"executionId": run["id"]} | ({"currency": params["currency"]} if params.get("currency") else {}),
    }
    return create(**fields)


_FROM_PARAMS = {
    "platform": "platform",
    "status": "status",
    "budget": "budget",
    "startDate": "start_date",
    "endDate": "end_date",
}


def _fields(execution: Execution | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(execution, Mapping):
        return {attribute(key): value for key, value in execution.items()}
    return {name: getattr(execution, name) for name in fields_of(Execution)}


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if value is not None and not isinstance(value, Mapping):
        raise BadRequestError(f"{name} of the execution is no JSON object", "Create the campaign itself")
    return value or {}


def get(id: str) -> Campaign | None:
    """The campaign, or None."""
    row: Campaign | None = Campaign.get_or_none(Campaign.id == id)
    return row


def find(id: str) -> Campaign:
    """The campaign; `NotFoundError` when there is none."""
    return crud.find(Campaign, id)


def list(
    *,
    project_id: str | None = None,
    platform: str | None = None,
    external_id: str | None = None,
    status: str | None = None,
    sort: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Sequence[Campaign]:
    """Campaigns, newest first; a filter that is None filters nothing."""
    filters = {"project_id": project_id, "platform": platform, "external_id": external_id, "status": status}
    return crud.select(Campaign, filters, sort=sort, limit=limit, offset=offset)


def get_by_platform(platform: str) -> Sequence[Campaign]:
    """All campaigns of a platform."""
    return list(platform=platform)


def get_by_project(project_id: str) -> Sequence[Campaign]:
    """All campaigns of a project."""
    return list(project_id=project_id)


def get_by_external_id(platform: str, external_id: str) -> Campaign | None:
    """The one campaign that the platform knows by this id, or None."""
    row: Campaign | None = Campaign.get_or_none(
        Campaign.platform.matches(platform), Campaign.external_id == external_id
    )
    return row


def update(id: str, /, **fields: Any) -> Campaign:
    """Change fields of a campaign; None empties one."""
    return crud.update(Campaign, id, fields)


def delete(id: str) -> dict[str, bool]:
    """Delete a campaign for good, with all its daily figures."""
    return crud.delete(Campaign, id)
