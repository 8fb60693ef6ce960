"""Undoes a batch: restores every row that it changed, in one transaction, as a batch of its own.

Later changes are a conflict: a row that is no longer as the batch left it is never overwritten, except with `cascade`.
Then later imports of the same rows are undone first, newest first, and changes made otherwise are overwritten. A day
that a later import has confirmed stays, and is undone with that import (`confirmations`). Owns these rules; the ledger
knows what was changed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from adops_cli.data import daily_rows
from adops_cli.data.access import crud
from adops_cli.data.journal import batches, campaign_records, confirmations, ledger
from adops_cli.data.journal.campaign_records import DELETED
from adops_cli.data.journal.ledger import Change, StoredRow
from adops_cli.data.journal.recorded import Recording
from adops_cli.errors import BadRequestError, ConflictError, option
from adops_cli.storage.choices import ImportKind, ImportStatus
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Import
from adops_cli.storage.rollups.follow import followed
from adops_cli.storage.rows import Record, Rows
from adops_cli.storage.table import columns_of
from adops_cli.values import written_instant


@dataclass(repr=False)
class Undone(Record):
    """What undoing one batch did or would do."""

    import_id: str
    file: str
    restored: int = 0
    """Days that the batch had replaced or removed, and that were restored."""
    deleted: int = 0
    """Days that the batch had inserted."""
    campaigns_deleted: int = 0
    """Campaigns that the batch had created, that have no other days and have not been changed since."""
    kept: int = 0
    """Days that a later import has found as this one left them. They stay, and are now that import's."""
    lost: int = 0
    """Days that cannot be restored, because their campaign has been deleted."""


def undo(
    id: str, *, cascade: bool = False, dry_run: bool = False, progress: Callable[[int], None] | None = None
) -> Rows[Undone]:
    """Restore what a batch replaced, removed or renamed, and delete what it inserted. Newest batch first.

    Args:
        id: the batch.
        cascade: undo later imports that changed the same rows first, and overwrite changes made by hand.
        dry_run: only report what would be done; raises the same errors.
        progress: called with the number of additional days that were restored or deleted.

    Raises `NotFoundError`, `BadRequestError` for a batch that undid another or began the book, and `ConflictError` if
    the batch is already undone or, without `cascade`, if a row has been changed since; then nothing is changed.
    """
    ledger.require()
    with db.atomic() as transaction:
        db.serialise_imports()
        batches = _batches(crud.find(Import, id), cascade=cascade)
        done = Rows(_undo(batch, cascade=cascade, progress=progress) for batch in batches)
        if dry_run:
            transaction.rollback()
    return done


def _batches(batch: Import, *, cascade: bool) -> Sequence[Import]:
    """The batch and the later ones that must be undone with it, newest first."""
    if batch.status == ImportStatus.UNDONE:
        when = f" on {written_instant(batch.undone_at)}" if batch.undone_at else ""
        raise ConflictError(f"import {batch.id} was already undone{when}")
    if batch.kind == ImportKind.UNDO:
        raise BadRequestError(f"{batch.id} undid another import", "Import that file again")
    if batch.kind == ImportKind.OPENING:
        raise BadRequestError(f"the book begins with {batch.id}, which cannot be undone")
    together = [batch]
    for later in batches.later_than(batch):
        if any(batches.overlap(older, later) for older in together):
            together.append(later)
    if len(together) > 1 and not cascade:
        named = ", ".join(other.id for other in together[1:])
        what = "a later import" if len(together) == 2 else f"{len(together) - 1} later imports"  # noqa: PLR2004
        raise ConflictError(
            f"import {batch.id} cannot be undone alone: {what} changed the same rows: {named}",
            f"Use {option('cascade')} to undo them, too, newest first",
        )
    return together[::-1]


def _undo(batch: Import, *, cascade: bool, progress: Callable[[int], None] | None) -> Undone:
    done = Undone(batch.id, batch.file)
    about = {"file": batch.file, "platform": batch.platform, "account": batch.account, "currency": batch.currency}
    undoing = Recording(ImportKind.UNDO, options={"undoes": batch.id}, **about)
    Import.update(status=ImportStatus.UNDONE.value, undone_at=undoing.batch.imported_at).where(
        Import.id == batch.id
    ).execute()
    for changes in ledger.changes_of(batch.id):
        held = confirmations.hand_over(batch, changes)
        done.kept += sum(map(len, held.values()))
        for change in changes:
            _put_back_deleted(change)
        did = {one.campaign_id: one for one in _put_back_days(changes, held, done, cascade=cascade)}
        if progress:
            progress(sum(len(change.days) for change in changes))
        for change in changes:
            if change.campaign_id not in held:
                _put_back_campaign(change)
        for id, record in _delete_empty([change.campaign_id for change in changes], done):
            did[id] = replace(did.get(id, Change(id, {})), campaign={DELETED: record})
        undoing.note(list(did.values()))
    undoing.finish()
    return done


def _put_back_deleted(change: Change) -> None:
    record = (change.campaign or {}).get(DELETED)
    if record is not None and not _present([change.campaign_id]):
        campaign_records.put_back(record)


def _put_back_days(
    changes: Sequence[Change], held: Mapping[str, AbstractSet[str]], done: Undone, *, cascade: bool
) -> Sequence[Change]:
    """Restore the days that nobody holds. Return what this did to each campaign."""
    touched = {
        (change.campaign_id, day): kept
        for change in changes
        for day, kept in change.undone_by.items()
        if day not in held.get(change.campaign_id, ())
    }
    if not touched:
        return []
    daily_rows.settle({campaign_id for campaign_id, _ in touched})
    there = _there(touched)
    present = _present({campaign_id for campaign_id, _ in touched})
    replaced: list[StoredRow] = []
    returned: list[StoredRow] = []
    deleted: list[tuple[str, str]] = []
    for key, (before, after) in touched.items():
        row = there.get(key)
        if not cascade and not _as_left(row, before, after):
            raise _changed_since(key, done.import_id)
        if before is None:
            if row is not None:
                deleted.append(key)
        elif key[0] not in present:
            done.lost += 1
        else:
            (returned if row is None else replaced).append(ledger.row_of(before, *key))
    with followed(numbered=False):
        daily_rows.delete(deleted)
        daily_rows.write(row[1:] for row in replaced)
        daily_rows.write_back(returned)
    done.deleted += len(deleted)
    done.restored += len(replaced) + len(returned)
    written = {(row[1], row[2]): row for row in (*replaced, *returned)}
    return ledger.compared(there, {**there, **dict.fromkeys(deleted), **written})


def _there(touched: Mapping[tuple[str, str], Any]) -> dict[tuple[str, str], StoredRow]:
    """The current rows of these campaigns and days."""
    ids = sorted({campaign_id for campaign_id, _ in touched})
    wanted = [day for _, day in touched]
    rows = daily_rows.stored(ids, min(wanted), max(wanted))
    return {key: row for row in rows if (key := (row[1], row[2])) in touched}


def _as_left(row: StoredRow | None, before: Sequence[Any] | None, after: Sequence[Any] | None) -> bool:
    """Whether a row is as the batch left it, or has already been restored by hand."""
    figures = None if row is None else ledger.after(row)
    was = None if before is None else ledger.after(ledger.row_of(before, "", ""))
    return ledger.told(figures) in (ledger.told(after), ledger.told(was))


def _changed_since(key: tuple[str, str], import_id: str) -> ConflictError:
    return ConflictError(
        f"{key[1]} of campaign {key[0]} has been changed since import {import_id}, but not by an import",
        f"Use {option('cascade')} to overwrite such changes",
    )


def _present(ids: Iterable[str]) -> set[str]:
    query: Any = Campaign.select(Campaign.id).where(Campaign.id.in_(ids))
    return {id for (id,) in query.tuples()}


def _put_back_campaign(change: Change) -> None:
    """Restore the columns of a campaign that the batch changed, except those that have been changed since."""
    changed = (change.campaign or {}).get("changed", {})
    row = crud.get(Campaign, Campaign.id == change.campaign_id) if changed else None
    if row is None:
        return
    columns = columns_of(Campaign)
    restored = {}
    for key, (before, after) in changed.items():
        field = columns[key]
        current = getattr(row, field.name)
        if key == "metadata":
            restored[field] = _without(current, before, after)
        elif current == (None if after is None else field.read(after)):
            restored[field] = before
    Campaign.update(restored).where(Campaign.id == row.id).execute()


def _without(current: Any, before: Any, after: Any) -> Any:
    """The metadata without what the batch added, key by key."""
    if current == after or not isinstance(current, dict):
        return before if current == after else current
    kept = dict(current)
    for key in after:
        if key in kept and kept[key] == after[key] and (before or {}).get(key) != after[key]:
            if key in (before or {}):
                kept[key] = before[key]
            else:
                del kept[key]
    return kept or before


def _delete_empty(ids: Sequence[str], done: Undone) -> Iterator[tuple[str, Any]]:
    """Delete campaigns that an undone batch created, if they have no other days and have not been changed since.

    Gives the id of each, and what it was.
    """
    for id in sorted(_present(ids) - daily_rows.have_days(ids)):
        made = batches.creator(id)
        if made is None or made[0].status != ImportStatus.UNDONE:
            continue
        record = campaign_records.record_of(id)
        query: Any = Campaign.delete().where(Campaign.id == id, Campaign.updated_at == made[1])
        if query.execute():
            done.campaigns_deleted += 1
            yield id, record
