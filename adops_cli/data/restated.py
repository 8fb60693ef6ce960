"""What has moved since a moment: the figures then and now of each campaign or day that was changed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from adops_cli import measures
from adops_cli.data import daily_rows, windows
from adops_cli.data.access.jsonparts import text_under
from adops_cli.data.daily_rows import FIGURES_AT
from adops_cli.data.journal import moments
from adops_cli.data.journal.as_of import Before, before_changes
from adops_cli.data.journal.ledger import StoredRow
from adops_cli.measures import FIGURES
from adops_cli.periods import Given
from adops_cli.storage.chunks import chunked_in
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Metrics
from adops_cli.storage.rows import Record, Rows
from adops_cli.storage.table import fields_of

By = Literal["campaign", "day"]
Figures = Mapping[str, Any]
_LARGEST_BY = ("spend", "revenue", "conversions", "clicks", "impressions")


@dataclass(frozen=True, repr=False)
class Restated(Record):
    """A campaign, or a day in one currency, with the sums of the days that have moved, then and now."""

    campaign_id: str | None
    name: str | None
    platform: str | None
    currency: str | None
    day: date | None
    days: int
    """How many days of campaigns have moved."""
    before: Figures
    now: Figures
    difference: Figures
    """Now less before; a figure that only one side has counts as 0 on the other."""


def restated(
    as_of: moments.Given,
    *,
    by: By = "campaign",
    period: Given = None,
    end_date: date | None = None,
    new_days: bool = True,
) -> Rows[Restated]:
    """What has moved since a moment, largest difference of spend first, then of revenue and the other figures.

    Args:
        as_of: the end of a day, a time, or a batch, right after which the figures are compared with those of now.
        by: what to add up by.
        period: only these days, in the words of `periods`; None means all.
        end_date: instead of a period, only days up to this one.
        new_days: whether days that had no figures then count, too.
    """
    moment = moments.moment(as_of, called="since")
    first, last = (Metrics.date.argument(day, "period") for day in windows.days(None, end_date, period=period))
    with db.snapshot():
        before = before_changes(moment, first, last)
        moved = [one for one in _moved(before) if new_days or one[2] is not None]
        known = campaigns({id for id, _, _, _ in moved}, before.deleted)
    groups: dict[tuple[Any, ...], list[tuple[StoredRow | None, StoredRow | None]]] = {}
    for id, day, was, now in moved:
        name, platform, currency = known[id]
        key = (id, name, platform, currency, None) if by == "campaign" else (None, None, None, currency, day)
        groups.setdefault(key, []).append((was, now))
    return Rows(sorted((_restated(key, found) for key, found in groups.items()), key=_size, reverse=True))


def _moved(before: Before) -> Iterator[tuple[str, str, StoredRow | None, StoredRow | None]]:
    """Campaign, day, and the rows then and now of days with other figures."""
    if not before.days:
        return
    days = [day for _, day in before.days]
    ids = sorted({id for id, _ in before.days})
    there = {(row[1], row[2]): row for row in daily_rows.stored(ids, min(days), max(days))}
    for (id, day), was in before.days.items():
        now = there.get((id, day))
        if _cells(was) != _cells(now):
            yield id, day, was, now


def _cells(row: StoredRow | None) -> Sequence[Any] | None:
    return None if row is None else list(row[FIGURES_AT])


def campaigns(ids: Collection[str], deleted: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[Any, Any, Any]]:
    """Name, platform and currency of each campaign; of one that is gone, as the journal keeps it."""
    read = fields_of(Campaign)["metadata"].python_value
    found: dict[str, tuple[Any, Any, Any]] = {}
    query: Any = Campaign.select(Campaign.id, Campaign.name, Campaign.platform, Campaign.metadata)
    for some in chunked_in(query, Campaign.id, ids):
        found |= {
            id: (name, platform, text_under(metadata, "currency")) for id, name, platform, metadata in some.tuples()
        }
    for id in ids - found.keys():
        record = deleted.get(id, {})
        found[id] = record.get("name"), record.get("platform"), text_under(read(record.get("metadata")), "currency")
    return found


def _restated(key: tuple[Any, ...], found: Sequence[tuple[StoredRow | None, StoredRow | None]]) -> Restated:
    id, name, platform, currency, day = key
    before, now = (_summed(rows) for rows in zip(*found, strict=True))
    known = None if day is None else date.fromisoformat(day)
    return Restated(id, name, platform, currency, known, len(found), before, now, less(now, before))


def less(now: Figures, before: Figures) -> Figures:
    """The difference of figures. One that only one side has counts as 0 on the other; None if neither has it."""
    return {
        name: None if now[name] is None and before[name] is None else (now[name] or 0) - (before[name] or 0)
        for name in FIGURES
    }


def _summed(rows: Iterable[StoredRow | None]) -> Figures:
    fields = fields_of(Metrics)
    there = [row[FIGURES_AT] for row in rows if row is not None]
    return {
        name: measures.total(fields[name].python_value(row[place]) for row in there)
        for place, name in enumerate(FIGURES)
    }


def _size(row: Restated) -> Any:
    sizes = [abs(row.difference[name] or Decimal()) for name in _LARGEST_BY]
    return [*sizes, row.campaign_id or "", str(row.day or "")]
