"""What standing imports have set of campaigns besides their figures: which files say it, and what they have left.

A file that has an attribute is known by `means.attributes` of its batch, and the campaigns that it speaks of by its
changes. What it has left in a campaign is in the change of the campaign: as `changed`, or as `set` for one that it has
created, and for what batches have set that are folded into the beginning of the book.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from adops_cli.data.access import bulk
from adops_cli.storage.choices import ImportStatus
from adops_cli.storage.chunks import chunked_in
from adops_cli.storage.models import Import, ImportChange

HAS = "attributes"
"""The key in `means` of a batch."""
COLUMNS = ("status", "budget", "startDate", "endDate")
"""The attributes that are columns of a campaign. All others are keys of its metadata."""


def newer(last_day: str, campaign_ids: Sequence[str]) -> Mapping[tuple[str, str], Import]:
    """Campaign and attribute -> a file that has it and ends later than this day, the latest of them. Often, none does.

    A file counts for the campaigns whose days it has changed or confirmed.
    """
    batches: Any = Import.select(Import.id, Import.file, Import.means, Import.date_to).where(
        Import.status == ImportStatus.IMPORTED, Import.date_to > last_day, Import.means.is_null(False)
    )
    found: dict[tuple[str, str], Import] = {}
    for batch in batches.order_by(Import.date_to):
        if batch.means.get(HAS):
            changes: Any = ImportChange.select(ImportChange.campaign_id).where(ImportChange.batch == batch.id)
            ids = (
                id for some in chunked_in(changes, ImportChange.campaign_id, campaign_ids) for (id,) in some.tuples()
            )
            found |= {(id, attribute): batch for id in ids for attribute in batch.means[HAS]}
    return found


def left(campaign_ids: Collection[str]) -> Mapping[tuple[str, str], Any]:
    """Campaign and attribute -> the value that the newest standing import that has set it left there."""
    found: dict[tuple[str, str], Any] = {}
    for some in chunked_in(_changes(), ImportChange.campaign_id, campaign_ids):
        for id, change in some.tuples():
            found |= {(id, attribute): value for attribute, value in _set_by(change)}
    return found


def _changes() -> Any:
    """What standing imports have done to campaigns, oldest first."""
    query: Any = ImportChange.select(ImportChange.campaign_id, ImportChange.campaign).join(Import)
    return query.where(Import.status == ImportStatus.IMPORTED, ImportChange.campaign.is_null(False)).order_by(
        Import.imported_at
    )


def left_until(moment: datetime) -> Mapping[str, Mapping[str, Any]]:
    """Campaign -> the values that standing imports up to this moment have left there."""
    found: dict[str, dict[str, Any]] = {}
    for id, change in _changes().where(Import.imported_at <= moment).tuples().iterator():
        if values := dict(_set_by(change)):
            found.setdefault(id, {}).update(values)
    return found


def keep(began: Import, found: Mapping[str, Mapping[str, Any]]) -> None:
    """Record what folded batches have left as what the beginning of the book has set."""
    rows = ((began.id, id, "{}", ImportChange.campaign.db_value({"set": values})) for id, values in found.items())
    bulk.write_as_stored(ImportChange, ("importId", "campaignId", "days", "campaign"), rows)


def _set_by(change: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a change of a campaign has set: attribute and value."""
    yield from change.get("set", {}).items()
    changed = change.get("changed", {})
    yield from ((name, changed[name][1]) for name in COLUMNS if name in changed)
    before, after = changed.get("metadata", (None, None))
    if isinstance(after, dict):
        was = before if isinstance(before, dict) else {}
        yield from ((key, value) for key, value in after.items() if was.get(key) != value)
