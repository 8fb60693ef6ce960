"""Finds batches: the newest, those of the same bytes, those that came later, that changed a day, made a campaign.

Changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from adops_cli.data.journal.ledger import require
from adops_cli.storage.choices import ImportKind, ImportStatus
from adops_cli.storage.models import Import, ImportChange


def standing(sha256: str, options: Mapping[str, Any], *, but: str) -> Import | None:
    """The newest batch with the same bytes and options that has not been undone, other than `but`."""
    same: Any = Import.select().where(Import.sha256 == sha256, Import.status == ImportStatus.IMPORTED, Import.id != but)
    wanted = _chosen(options)
    return next((batch for batch in same.order_by(Import.imported_at.desc()) if _chosen(batch.options) == wanted), None)


def stored_since(moment: datetime, sha256: str) -> str | None:
    """The id of a batch with these bytes that was imported at this moment or later."""
    query: Any = Import.select(Import.id).where(Import.sha256 == sha256, Import.imported_at >= moment)
    return next((id for (id,) in query.limit(1).tuples()), None)


def last() -> Import | None:
    """The newest imported file that has not been undone."""
    standing: Any = Import.select().where(Import.status == ImportStatus.IMPORTED, Import.kind == ImportKind.IMPORT)
    return next(iter(standing.order_by(Import.imported_at.desc()).limit(1)), None)


def _chosen(options: Any) -> dict[str, Any]:
    """What the user chose; the header belongs to the bytes, and batches of former times do not have it."""
    return {key: value for key, value in dict(options).items() if key != "header"}


def later_than(batch: Import) -> Sequence[Import]:
    """The later imports of files that have not been undone, oldest first."""
    query: Any = Import.select().where(
        Import.imported_at > batch.imported_at,
        Import.status == ImportStatus.IMPORTED,
        Import.kind == ImportKind.IMPORT,
    )
    return list(query.order_by(Import.imported_at))


def overlap(older: Import, newer: Import) -> bool:
    """Whether both batches changed the same day of a campaign, or the campaign itself."""
    other: Any = ImportChange.alias()
    what = ("days", "inherited", "campaign")
    query: Any = (
        ImportChange.select(*(getattr(table, name) for table in (ImportChange, other) for name in what))
        .join(other, on=(ImportChange.campaign_id == other.campaign_id))
        .where(ImportChange.batch == older.id, other.batch == newer.id)
        .where(
            ((ImportChange.date_from <= other.date_to) & (ImportChange.date_to >= other.date_from))
            | ImportChange.inherited.is_null(False)
            | other.inherited.is_null(False)
            | (ImportChange.campaign.is_null(False) & other.campaign.is_null(False))
        )
    )
    return any(
        not {*days, *(inherited or ())}.isdisjoint({*others, *(other_inherited or ())})
        or (_is_changed(campaign) and _is_changed(other_campaign))
        for days, inherited, campaign, others, other_inherited, other_campaign in query.tuples().iterator()
    )


def _is_changed(campaign: Mapping[str, Any] | None) -> bool:
    return "changed" in (campaign or {})


def creator(campaign_id: str) -> tuple[Import, str] | None:
    """The batch that created a campaign, and the campaign's `updatedAt` from then. None if no batch did."""
    query: Any = (
        ImportChange.select(ImportChange, Import)
        .join(Import)
        .where(ImportChange.campaign_id == campaign_id, ImportChange.campaign.is_null(False))
        .order_by(Import.imported_at.desc())
    )
    for change in query:
        if "created" in change.campaign:
            return change.batch, change.campaign["created"]
    return None


def changed(campaign_id: str) -> bool:
    """Whether an import has changed this campaign, which may be deleted by now."""
    require()
    return ImportChange.select(ImportChange.id).where(ImportChange.campaign_id == campaign_id).exists()


def of_day(campaign_id: str, day: str) -> Iterator[tuple[Import, Sequence[Any]]]:
    """Each batch that changed this day of this campaign, newest first, with the day before and after."""
    query: Any = (
        ImportChange.select(ImportChange, Import)
        .join(Import)
        .where(ImportChange.campaign_id == campaign_id, ImportChange.date_from <= day, ImportChange.date_to >= day)
        .order_by(Import.imported_at.desc())
    )
    for change in query:
        if day in change.days:
            yield change.batch, change.days[day]
