"""Days that a later import has found as an earlier one left them: it holds them, also when the earlier one is undone.

The later one inherits what the earlier batch did to such a day, so that undoing that one, too, restores what stood
before both. Owns this rule; changes what batches inherit, and no day.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from adops_cli.data.access import statements
from adops_cli.data.journal.ledger import Change
from adops_cli.data.journal.spans import days_of
from adops_cli.storage.choices import ImportKind, ImportStatus
from adops_cli.storage.models import Import, ImportChange

_TAKEN = ("inherited", "campaign")


def hand_over(batch: Import, changes: Sequence[Change]) -> dict[str, frozenset[str]]:
    """Let the next standing batch that confirms a day have done to it what this batch did.

    Returns the days that were handed over, by campaign. What the batch did to such a campaign itself goes with them.
    """
    later = _later(batch, [change.campaign_id for change in changes])
    held = {change.campaign_id: _held(change, later.get(change.campaign_id, ())) for change in changes}
    return {id: days for id, days in held.items() if days}


def _later(batch: Import, campaign_ids: Sequence[str]) -> Mapping[str, Sequence[ImportChange]]:
    """What later standing batches have confirmed or, of earlier ones, taken over: by campaign, oldest first."""
    query: Any = (
        ImportChange.select(ImportChange)
        .join(Import)
        .where(
            ImportChange.campaign_id.in_(campaign_ids),
            Import.imported_at > batch.imported_at,
            Import.status == ImportStatus.IMPORTED,
            Import.kind == ImportKind.IMPORT,
        )
    )
    found: dict[str, list[ImportChange]] = {}
    for row in query.order_by(Import.imported_at):
        found.setdefault(row.campaign_id, []).append(row)
    return found


def _held(change: Change, later: Sequence[ImportChange]) -> frozenset[str]:
    held: set[str] = set()
    theirs = change.undone_by
    for row in later:
        confirmed = {*days_of(row.confirmed or ()), *(row.inherited or ())} - held
        mine = [day for day, (_, after) in theirs.items() if after is not None and day in confirmed]
        if mine:
            _take(row, change, mine, with_campaign=not held)
            held.update(mine)
    return frozenset(held)


def _take(row: ImportChange, change: Change, days: Sequence[str], *, with_campaign: bool) -> None:
    """Let a batch inherit what another did to these days of the campaign and, with the first, to the campaign."""
    had = row.inherited or {}
    before_both = {day: [change.undone_by[day][0], had.get(day, change.undone_by[day])[1]] for day in days}
    row.inherited = {**had, **before_both}
    if with_campaign and row.campaign is None:
        row.campaign = change.campaign
    statements.update(row, _TAKEN, key=("import_id", "campaign_id"))
