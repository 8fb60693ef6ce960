"""Campaigns on the platforms. Each has an id of ours and, if the platform gives one, an external id."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Unpack

from adops_cli.data import naming
from adops_cli.data.access import batch, crud, statements
from adops_cli.data.access.jsonparts import with_merged_metadata
from adops_cli.data.inputs import CampaignChanges, CampaignFields
from adops_cli.data.journal.recorded import recorded_deletion
from adops_cli.errors import BadRequestError
from adops_cli.exports.currency_codes import KNOWN
from adops_cli.storage.handle import atomically
from adops_cli.storage.models import Campaign, Execution, Metrics
from adops_cli.storage.rollups.follow import followed
from adops_cli.storage.rows import Rows
from adops_cli.values import attribute, shown

__all__ = [
    "create",
    "create_from_execution",
    "create_many",
    "delete",
    "find",
    "get",
    "get_by_external_id",
    "get_by_platform",
    "get_by_project",
    "list",
    "update",
    "update_many",
]


def _new_values(fields: Mapping[str, Any]) -> dict[str, Any]:
    _require_currency(fields)
    return crud.new_values(Campaign, fields)


WRITER = batch.TableWriter(Campaign, _new_values)
"""How to write many campaigns."""


def create(**fields: Unpack[CampaignFields]) -> Campaign:
    """Create a campaign. Needs `name` and `platform`. Its currency is `metadata["currency"]`, a code of ISO 4217."""
    _require_currency(fields)
    return crud.create(Campaign, fields)


def create_many(rows: Iterable[Mapping[str, Any]]) -> Sequence[str]:
    """Create campaigns, all or none. Return their ids, in the order of the rows.

    Each row is a mapping of the fields that `create` takes, in either spelling. Raises as `create` does, with the
    position of the row, from 1. Rows are read one at a time, so a generator can yield any number.
    """
    return batch.write_all(WRITER, rows).ids or []


def create_from_execution(execution: Execution | Mapping[str, Any] | str) -> Campaign:
    """Create the campaign that an execution has set up, once for each execution.

    Platform, name, budget and days come from its `params`, the external id from the `campaignId` or `externalId` in its
    `result`. Takes an `Execution`, its id, or its fields as a mapping in either spelling.
    """
    run = _fields(crud.find(Execution, execution) if isinstance(execution, str) else execution)
    params, result = _object(run.get("params"), "params"), _object(run.get("result"), "result")
    if not run.get("id") or not params.get("platform"):
        raise BadRequestError("the execution has no id, or no platform in its params", "Create the campaign directly")
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
    return execution.to_dict()


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if value is not None and not isinstance(value, Mapping):
        raise BadRequestError(f"{name} of the execution is not a JSON object", "Create the campaign directly")
    return value or {}


def _unknown_currency(fields: Mapping[str, Any]) -> str | None:
    """The currency in the metadata, if it is not one of ISO 4217."""
    metadata = fields.get("metadata")
    currency = metadata.get("currency") if isinstance(metadata, Mapping) else None
    return currency if isinstance(currency, str) and currency and currency not in KNOWN else None


def _require_currency(fields: Mapping[str, Any]) -> None:
    if unknown := _unknown_currency(fields):
        raise BadRequestError(
            f"metadata.currency must be a code of a currency in ISO 4217, not {shown(unknown)}",
            "Give a code such as EUR",
        )


def get(id: str) -> Campaign | None:
    """The campaign, or None."""
    return crud.get(Campaign, Campaign.id == id)


def find(id: str) -> Campaign:
    """The campaign. `NotFoundError` if there is none."""
    return crud.find(Campaign, id)


def list(
    *,
    project_id: str | None = None,
    platform: str | None = None,
    name: str | None = None,
    external_id: str | None = None,
    status: str | None = None,
    sort: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Rows[Campaign]:
    """Campaigns, newest first. A filter that is None is ignored.

    `name` is a pattern, in any case: `*` is any text, `?` one character.
    """
    filters = {"project_id": project_id, "platform": platform, "external_id": external_id, "status": status}
    conditions = [] if name is None else [naming.named(name)]
    return crud.select(Campaign, filters, conditions, sort=sort, limit=limit, offset=offset)


def get_by_platform(platform: str) -> Rows[Campaign]:
    """All campaigns on a platform."""
    return list(platform=platform)


def get_by_project(project_id: str) -> Rows[Campaign]:
    """All campaigns of a project."""
    return list(project_id=project_id)


def get_by_external_id(platform: str, external_id: str) -> Campaign | None:
    """The campaign with this id on the platform, or None."""
    return crud.get(Campaign, Campaign.platform.matches(platform), Campaign.external_id == external_id)


@atomically
def update(id: str, /, **fields: Unpack[CampaignChanges]) -> Campaign:
    """Change fields of a campaign. None clears a field.

    `metadata` is replaced, `merge_metadata` sets some of its keys. `currency` (a code of ISO 4217) and `account` set
    theirs.
    """
    parts = {name: fields.pop(name) for name in ("currency", "account") if name in fields}
    if isinstance(currency := parts.get("currency"), str):
        parts["currency"] = currency.strip().upper()
    stored = find(id).metadata
    changed = with_merged_metadata(stored, fields, **parts)
    if _unknown_currency(changed) != _unknown_currency({"metadata": stored}):  # one that is stored may stay
        _require_currency(changed)
    return crud.update(Campaign, id, changed)


@atomically
def update_many(ids: Sequence[str], /, **fields: Unpack[CampaignChanges]) -> Rows[Campaign]:
    """Make the same change, as `update` does, in several campaigns, all or none. Return the changed rows."""
    statements.lock(Campaign, ids)
    return Rows(update(id, **fields) for id in ids)


@atomically
def delete(id: str) -> dict[str, bool]:
    """Delete a campaign permanently, with all its daily figures. The journal keeps them."""
    with recorded_deletion(id), followed():  # while it is known which platform and currency the figures belong to
        Metrics.delete().where(Metrics.campaign == id).execute()
    return crud.delete(Campaign, id)
