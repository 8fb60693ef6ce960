"""Compares the daily figures with what the journal says they are, and writes down what others have changed."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import peewee as pw

from adops_cli.data import daily_rows
from adops_cli.data.journal import controls, ledger, moments
from adops_cli.data.journal.as_of import changes_since
from adops_cli.data.journal.ledger import Change, StoredRow, told
from adops_cli.data.journal.recorded import Recording
from adops_cli.errors import UnreadableRowError
from adops_cli.measures import FIGURES
from adops_cli.storage.choices import ImportKind
from adops_cli.storage.handle import atomically, db
from adops_cli.storage.models import Campaign, Import, ImportChange, Metrics
from adops_cli.storage.rows import Record, Rows
from adops_cli.storage.table import fields_of

_AT_ONCE = 100
Kept = Sequence[Any] | None
"""What the ledger keeps of a day that was written; None for one that is not there."""


@dataclass(frozen=True, repr=False)
class Unexplained(Record):
    """A day whose figures are not those that the journal has, or a month with such days."""

    campaign_id: str
    name: str | None
    platform: str | None
    date: date | None
    """None if it is not known which day of the month was changed."""
    month: str
    journal: Mapping[str, Any] | None
    """The figures that the journal has; None if there should be none, or the day is not known."""
    now: Mapping[str, Any] | None
    """The figures in the table; None if there are none, or the day is not known."""


@dataclass
class _Days:
    """The days of a campaign since the book began, or since its figures were adopted."""

    controls: controls.Controls | None
    """Those of all its days at that time. None if it had none."""
    first: dict[str, StoredRow | None]
    """What stood before the first change of each day that was changed."""
    last: dict[str, Kept]
    """What the last change left."""


def unexplained() -> Rows[Unexplained]:
    """The days that are not as the journal says, by campaign and day."""
    db.require_ledger()
    with db.snapshot():
        return Rows(one for found in _found() for one in _told(*found))


@atomically
def adopt() -> Rows[Unexplained]:
    """Write down as a batch what other programs have changed. Return what that was."""
    db.require_ledger()
    db.serialise_imports()
    recording = Recording(ImportKind.ADOPT)
    done: Rows[Unexplained] = Rows()
    for some in pw.chunked(_found(), _AT_ONCE):
        for id, days, months, rows in some:
            done += _told(id, days, months, rows)
            whole = controls.of(rows.values()) if months else None
            recording.note([Change(id, {day: [_whole(was), now] for day, (was, now) in days.items()}, controls=whole)])
    recording.finish()
    return done


_Found = tuple[str, Mapping[str, tuple[Kept, Kept]], Sequence[str], Mapping[str, StoredRow]]
"""A campaign; its days that differ, as the journal has them and as they are; months that differ; its rows by day."""


def _found() -> Iterator[_Found]:
    ids: Any = Campaign.select(Campaign.id).union(ImportChange.select(ImportChange.campaign_id))
    began = moments.opening()
    for some in pw.chunked(sorted(id for (id,) in ids.tuples()), _AT_ONCE):
        known = _known(some, began)
        rows: dict[str, dict[str, StoredRow]] = {id: {} for id in some}
        for row in daily_rows.stored(some):
            rows[row[1]][row[2]] = row
        for id in some:
            days, months = _compared(known[id], rows[id], began)
            if days or months:
                yield id, days, months, rows[id]


def _known(ids: Sequence[str], began: Import | None) -> Mapping[str, _Days]:
    bases = _bases(ids)
    found = {}
    for id in ids:
        since, controls_then = bases.get(id, (began.imported_at if began else None, None))
        found[id] = (since, _Days(controls_then, {}, {}))
    for moment in {since for since, _ in found.values()}:
        of_moment = [id for id, (since, _) in found.items() if since == moment]
        for id, days, *_ in changes_since(moment, campaign_ids=of_moment):
            for day, (before, after) in json.loads(days).items():
                found[id][1].first.setdefault(day, None if before is None else ledger.row_of(before, id, day))
                found[id][1].last[day] = after
    return {id: days for id, (_, days) in found.items()}


def _bases(ids: Sequence[str]) -> Mapping[str, tuple[datetime, controls.Controls]]:
    """When the newest controls of each campaign were made, and those."""
    query: Any = (
        ImportChange.select(ImportChange.campaign_id, Import.imported_at, ImportChange.controls)
        .join(Import)
        .where(ImportChange.campaign_id.in_(ids), ImportChange.controls.is_null(False))
        .order_by(Import.imported_at)
    )
    return {id: (moment, found) for id, moment, found in query.tuples()}


def _compared(
    known: _Days, rows: Mapping[str, StoredRow], began: Import | None
) -> tuple[dict[str, tuple[Kept, Kept]], list[str]]:
    days: dict[str, tuple[Kept, Kept]] = {}
    for day, after in known.last.items():
        now = None if day not in rows else ledger.after(rows[day])
        if told(after) != told(now):
            days[day] = after, now
    others = [row for day, row in rows.items() if day not in known.last]
    if known.controls is None and (began is None or controls.is_complete()):
        return days | {row[2]: (None, ledger.after(row)) for row in others}, []
    if known.controls is None:
        return days, []  # nobody knows yet what the campaign had
    expected = controls.less(known.controls, (row for row in known.first.values() if row is not None))
    found = controls.of(others)
    return days, sorted(month for month in {*expected, *found} if expected.get(month) != found.get(month))


def _told(
    id: str, days: Mapping[str, tuple[Kept, Kept]], months: Iterable[str], _rows: Mapping[str, StoredRow]
) -> Iterator[Unexplained]:
    row = Campaign.get_or_none(Campaign.id == id)
    name, platform = (None, None) if row is None else (row.name, row.platform)
    for day, (journal, now) in sorted(days.items()):
        yield Unexplained(id, name, platform, *_when(day), figures_of(journal), figures_of(now))
    for month in months:
        yield Unexplained(id, name, platform, None, month, None, None)


def _when(day: str) -> tuple[date | None, str]:
    """A day and its month. Other programs can store what is in no calendar: that is told as it stands."""
    try:
        return date.fromisoformat(day), day[:7]
    except ValueError:
        return None, day


def figures_of(kept: Kept) -> dict[str, Any] | None:
    """The five figures of a day by name; one that cannot be read is None."""
    if kept is None:
        return None
    return {name: _figure(name, value) for name, value in zip(FIGURES, kept, strict=False)}


def _figure(name: str, value: Any) -> Any:
    try:
        return fields_of(Metrics)[name].python_value(value)
    except UnreadableRowError:
        return None


def _whole(kept: Kept) -> Sequence[Any] | None:
    """What the journal knows of a day as a row that is replaced: its number and the time of its import are lost."""
    if kept is None:
        return None
    figures, metadata = kept[: len(FIGURES)], kept[len(FIGURES)]
    return [None, *figures, *daily_rows.ratios_of_stored(figures), metadata, None]
