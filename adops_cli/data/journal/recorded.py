"""Records in the journal what is done to days otherwise than by a file: by hand, by an undo, by other imports.

Finds out what a piece of work did by reading the days before and after it. In JSON mode, which has no journal, nothing
is recorded.
"""

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from adops_cli.data import daily_rows
from adops_cli.data.daily_rows import FIRST, LAST
from adops_cli.data.journal import ledger
from adops_cli.data.journal.campaign_records import DELETED, record_of
from adops_cli.data.journal.ledger import Batch, Change, StoredRow
from adops_cli.data.journal.spans import days_of
from adops_cli.storage.choices import ImportKind
from adops_cli.storage.handle import db
from adops_cli.storage.models import Import
from adops_cli.storage.rollups.follow import followed

Days = Mapping[tuple[str, str], StoredRow]
"""Stored rows by campaign and day."""


class Recording:
    """A batch of another kind than a file, which counts what it is told of. Within the caller's transaction."""

    def __init__(self, kind: ImportKind, **about: Any) -> None:
        self.batch = Batch({"kind": kind.value, **about})
        self._counts = dict.fromkeys(("inserted", "updated", "removed", "unchanged"), 0)
        self._days: set[str] = set()

    def note(self, changes: Sequence[Change]) -> None:
        """Record what was done to campaigns. Nothing if nothing was."""
        if not changes:
            return
        self.batch.note(changes)
        for change in changes:
            for before, after in change.days.values():
                self._counts["inserted" if before is None else "removed" if after is None else "updated"] += 1
            confirmed = list(days_of(change.confirmed))
            self._counts["unchanged"] += len(confirmed)
            self._days.update(change.days, confirmed)

    def finish(self) -> None:
        """Record the counts, if there is anything to record."""
        if self._days:
            first, last = (Import.date_from.read(day) for day in (min(self._days), max(self._days)))
            self.batch.finish({**self._counts, "date_from": first, "date_to": last})

    @contextlib.contextmanager
    def watching(self, campaign_ids: Collection[str], first: str = FIRST, last: str = LAST) -> Iterator[None]:
        """Record what the block does to the days of these campaigns."""
        before = _stored(campaign_ids, first, last)
        yield
        self.note(ledger.compared(before, _stored(campaign_ids, first, last)))


@contextlib.contextmanager
def recorded(kind: ImportKind, campaign_ids: Collection[str], first: str = FIRST, last: str = LAST) -> Iterator[None]:
    """Record what the block does to the days of these campaigns, as one batch."""
    if not db.has_ledger:
        yield
        return
    recording = Recording(kind)
    with recording.watching(campaign_ids, first, last):
        yield
    recording.finish()


@contextlib.contextmanager
def recorded_batch() -> Iterator[Callable[[Sequence[Mapping[str, Any]]], AbstractContextManager[None]]]:
    """Record days that are written some at a time as one batch, and keep the sums true to them.

    Gives what some of them, with `campaign_id` and `date`, are written within.
    """
    recording = Recording(ImportKind.RECORD) if db.has_ledger else None

    @contextlib.contextmanager
    def around(rows: Sequence[Mapping[str, Any]]) -> Iterator[None]:
        days = sorted(str(row["date"]) for row in rows) or [""]
        ids = {row["campaign_id"] for row in rows}
        with recording.watching(ids, days[0], days[-1]) if recording else contextlib.nullcontext(), followed():
            yield

    yield around
    if recording:
        recording.finish()


def record_day(kind: ImportKind, before: StoredRow | None, now: StoredRow) -> None:
    """Record what was done to one day."""
    if db.has_ledger:
        key = (now[1], now[2])
        changes = ledger.compared({} if before is None else {key: before}, {key: now})
        happened = "unchanged" if changes[0].confirmed else "inserted" if before is None else "updated"
        day = Import.date_from.read(now[2])
        Batch({"kind": kind.value, happened: 1, "date_from": day, "date_to": day}).note(changes)


def _stored(campaign_ids: Collection[str], first: str, last: str) -> Days:
    return {(row[1], row[2]): row for row in daily_rows.stored(sorted(campaign_ids), first, last)}


@contextlib.contextmanager
def recorded_deletion(campaign_id: str) -> Iterator[None]:
    """Record what the block does to the days of a campaign that it deletes, and what the campaign was."""
    if not db.has_ledger:
        yield
        return
    record, recording = record_of(campaign_id), Recording(ImportKind.DELETE)
    with db.text_as_it_is(), recording.watching([campaign_id]):
        yield
    if record is not None:
        recording.note([Change(campaign_id, {}, {DELETED: record})])
        recording.finish()
