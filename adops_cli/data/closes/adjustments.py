"""What has changed in closed figures since they were closed: signed differences, with the batch that brought them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from adops_cli.data.closes import entries, rows
from adops_cli.data.closes.scope import Owner, owners, scope, scope_of
from adops_cli.data.journal import ledger
from adops_cli.data.journal.as_of import changes_since
from adops_cli.data.journal.ledger import row_of
from adops_cli.measures import FIGURES
from adops_cli.periods import Given
from adops_cli.storage.closes import Close
from adops_cli.storage.handle import db
from adops_cli.storage.models import Import
from adops_cli.storage.rows import Record, Rows


@dataclass(frozen=True, repr=False)
class Adjustment(Record):
    """What one batch changed in one figure of a closed day."""

    campaign_id: str
    name: str | None
    platform: str | None
    currency: str | None
    date: date
    figure: str
    official: Any
    """As it was closed. None if it was not reported, or there was no such day."""
    now: Any
    """After the batch."""
    delta: Any
    """The change by the batch itself; a figure that is not there counts as 0."""
    batch_id: str
    at: datetime


def adjustments(period: Given = None) -> Rows[Adjustment]:
    """Each change of a closed figure since its close, by close, in the order in which they came.

    `period`: only closes that lie in it; None means all that are closed.
    """
    db.require_ledger()
    asked = None if period is None else scope(period)
    with db.snapshot():
        closes = entries.active() if asked is None else entries.overlapping(asked)
        chosen = [
            entry
            for entry in closes
            if asked is None or (asked.first <= entry.date_from and entry.date_to <= asked.last)
        ]
        now = owners()
        return Rows(one for entry in chosen for one in of_close(entry, now))


def of_close(entry: Close, now: Mapping[str, Owner]) -> Iterator[Adjustment]:
    """The adjustments of one close."""
    for id, owner, day, official, before, after, batch, at in _changes(entry, now):
        for place, name in enumerate(FIGURES):
            was, new = before[place], after[place]
            if was != new:
                delta = rows.amount(name, (new or 0) - (was or 0))
                first, last = rows.amount(name, official[place]), rows.amount(name, new)
                about = (id, owner.name, owner.platform, owner.currency, date.fromisoformat(day))
                yield Adjustment(*about, name, first, last, delta, batch, at)


def adjusted(entry: Close, now: Mapping[str, Owner]) -> tuple[int, list[dict[str, Any]]]:
    """How many adjustments a close has, and their sums by currency, amounts in millionths."""
    count, sums = 0, dict[str | None, dict[str, int | None]]()
    for _, owner, _, _, before, after, *_ in _changes(entry, now):
        of_currency = sums.setdefault(owner.currency, {"rows": 0, **dict.fromkeys(FIGURES, 0)})
        of_currency["rows"] = (of_currency["rows"] or 0) + _there(after) - _there(before)
        for place, name in enumerate(FIGURES):
            count += before[place] != after[place]
            of_currency[name] = (of_currency[name] or 0) + (after[place] or 0) - (before[place] or 0)
    return count, rows.by_currency(sums)


_ABSENT = (None,) * len(FIGURES)


def _there(figures: Any) -> int:
    return int(figures is not _ABSENT)


def _changes(entry: Close, now: Mapping[str, Owner]) -> Iterator[tuple[Any, ...]]:
    """Each later change of a day of a close: campaign, day, the figures as closed, before and after it, batch, time."""
    asked, kept = scope_of(entry), entry.campaigns
    official: dict[tuple[str, str], Any] = {}
    for id, days, _, batch, at in changes_since(entry.closed_at, asked.first, asked.last):
        owner = Owner(*kept[id]) if id in kept else now.get(id)
        if owner is None or not (id in kept or asked.has(owner)):
            continue
        for day, (before, after) in sorted(json.loads(days).items()):
            if not str(asked.first) <= day <= str(asked.last):
                continue
            was = _ABSENT if before is None else rows.cells(ledger.after(row_of(before, id, day)))
            new = _ABSENT if after is None else rows.cells(after)
            first = official.setdefault((id, day), was)
            yield id, owner, day, first, was, new, batch, Import.imported_at.python_value(at)
