"""Days that a later import has found as an earlier one left them: it holds them, also when the earlier one is undone.

What the earlier batch did to such a day becomes the later one's, so that undoing that one, too, restores what stood
before both. Owns this rule; changes the ledger, and no day.
"""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from adops_cli.data.journal.ledger import Change
from adops_cli.periods import ONE_DAY
from adops_cli.storage.choices import ImportStatus
from adops_cli.storage.models import Import, ImportChange

Spans = Sequence[Sequence[str]]
"""The first and the last day of each, in their order."""


def spans_of(days: Iterable[str]) -> list[list[str]]:
    """Days in their order as spans without gaps."""
    spans: list[list[str]] = []
    for day in days:
        if spans and _after(spans[-1][1]) == day:
            spans[-1][1] = day
        else:
            spans.append([day, day])
    return spans


def days_of(spans: Spans) -> Iterator[str]:
    """The days of spans, in their order."""
    for first, last in spans:
        day = first
        while day <= last:
            yield day
            day = _after(day)


@functools.cache
def _after(day: str) -> str:
    """The next day. Called for every day of a file, which has a few thousand different ones."""
    return (date.fromisoformat(day) + ONE_DAY).isoformat()


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
        )
    )
    found: dict[str, list[ImportChange]] = {}
    for row in query.order_by(Import.imported_at):
        found.setdefault(row.campaign_id, []).append(row)
    return found


def _held(change: Change, later: Sequence[ImportChange]) -> frozenset[str]:
    held: set[str] = set()
    for row in later:
        theirs = {*days_of(row.confirmed or ()), *row.days} - held
        mine = [day for day, (_, after) in change.days.items() if after is not None and day in theirs]
        if mine:
            _take(row, change, mine, with_campaign=not held)
            held.update(mine)
    return frozenset(held)


def _take(row: ImportChange, change: Change, days: Sequence[str], *, with_campaign: bool) -> None:
    """Record what another batch did to these days of the campaign and, with the first of them, to the campaign."""
    taken = {day: [change.days[day][0], row.days.get(day, change.days[day])[1]] for day in days}
    row.days = {**row.days, **taken}
    row.date_from, row.date_to = min(row.days), max(row.days)
    row.confirmed = spans_of(day for day in days_of(row.confirmed or ()) if day not in row.days) or None
    if with_campaign and row.campaign is None:
        row.campaign = change.campaign
    row.save()
