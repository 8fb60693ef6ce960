"""Compares the days of a file with the stored days: which are new, restated or removed. Writes them in batches.

Figures that the file has in no row keep their stored values. A blank cell of any other figure is a value like any
other, null: the platform reports the whole row, and no longer reports what is blank. Other figures in a row's metadata
are merged over the stored ones. A row without changes is not written.

A day of a partial file is marked in its metadata, as `coverage`. A partial file restates days with its own mark only,
and keeps its hands off all others; a complete file replaces marked days, and the mark goes.

Owns the comparison and its counts. Never holds more than a few thousand days, however many the file has.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, groupby, islice, pairwise, repeat
from operator import itemgetter
from typing import Any

from adops_cli import values
from adops_cli.data import daily_rows
from adops_cli.data.daily_rows import Number
from adops_cli.data.journal import ledger
from adops_cli.data.journal.ledger import Change, StoredRow
from adops_cli.data.journal.spans import spans_of
from adops_cli.data.marks import mark_of, marked, unmarked
from adops_cli.exports.export import CampaignDay, Export
from adops_cli.importers.metrics.restated import Largest, Moved
from adops_cli.measures import FIGURES
from adops_cli.storage.engines.loading import Loading
from adops_cli.storage.rollups.follow import followed

_CHUNK = 2_000
"""How many days are compared at a time. The days of one campaign stay together."""
_HELD = 5 * _CHUNK
"""How many stored days are held at most. A campaign has more than the file where the file lacks days."""
_ID = daily_rows.COLUMNS.index("campaignId")
_DATE = daily_rows.COLUMNS.index("date")
_METADATA = daily_rows.COLUMNS.index("metadata")
_SPEND = FIGURES.index("spend")

_Wanted = dict[str, list[CampaignDay]]
_Figures = tuple[Number | None, ...]


@dataclass
class Compared:
    """What was found and done."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    kept: int = 0
    """Stored days that a partial file has other figures for."""
    kept_spend: Decimal = Decimal()
    """How much more those days have than the file."""
    stored: int = 0
    """Days of the file's platform and account stored before within its span. Counted only for a complete file."""
    lacking: dict[str, list[str]] = field(default_factory=dict)
    """Those of them that the file lacks and that were not removed, by campaign."""
    lacking_spend: Decimal = Decimal()
    moved: int = 0
    """Stored figures that were restated."""
    moved_spend: dict[str, Decimal] = field(default_factory=dict)
    """By how much the spend of restated days moved, by campaign."""
    removed_days: dict[str, list[str]] = field(default_factory=dict)
    """Removed days by campaign."""
    largest: list[Moved] = field(default_factory=list)
    """The largest restatements first, each relative to the file's total of its figure."""


@dataclass(frozen=True)
class Target:
    """How to store the days of the file."""

    ids: Sequence[str]
    """The id of each campaign by its number."""
    new: frozenset[str]
    """Campaigns that the import creates, so that nothing is stored for them."""
    in_scope: frozenset[str] = frozenset()
    """Campaigns of which the file should have all days within its span."""
    gone: Sequence[str] = ()
    """Further such campaigns, which the file does not have at all."""
    removes: bool = False
    """Whether stored days of these campaigns are removed if the file lacks them."""
    mark: str | None = None
    """What the days of a partial file are marked with."""
    synced_at: str = ""
    note: Callable[[Sequence[Change], Callable[[], None]], None] | None = None
    """Records the changes in the ledger, and waits for the database first. None means that nothing is written."""
    show: int = 0
    """How many of the largest restatements to remember."""


def store(export: Export, target: Target, advance: Callable[[int], None] = lambda _count: None) -> Compared:
    """Store the days of the file within the caller's transaction. Return what was done, or would be done."""
    sums = nullcontext() if target.note is None else followed()  # for all days at once, when they are written
    with sums, daily_rows.writing() as loading:
        return _Storing(export, target, loading).run(advance)


class _Storing:
    def __init__(self, export: Export, target: Target, loading: Loading) -> None:
        self._export = export
        self._loading = loading
        self._target = target
        self._reported = tuple(name in export.reported for name in FIGURES)
        self._largest = Largest(target.show, export.totals)
        self._done = Compared()
        self._restated: list[Sequence[Any]] = []
        self._new: list[Sequence[Any]] = []
        self._deleted: list[tuple[str, str]] = []
        self._changes: dict[str, dict[str, Any]] = {}
        self._confirmed: dict[str, list[str]] = {}
        """By campaign: the days that are as the file has them, in their order."""

    def run(self, advance: Callable[[int], None]) -> Compared:
        stored: Sequence[StoredRow] | None = None
        for wanted, following in pairwise(chain(_chunks(self._export, self._target.ids), [{}])):
            count = sum(map(len, wanted.values()))
            self._compare(wanted, stored)
            self._insert(wanted)
            self._note()
            stored = self._read(following)  # to be compared while the database writes these
            self._load()
            advance(count)
        self._remove_gone()
        self._done.largest = self._largest.found()
        return self._done

    def _read(self, wanted: _Wanted) -> Sequence[StoredRow] | None:
        """The stored rows of these campaigns; None if there are too many to hold."""
        rows = list(islice(self._stored(wanted), _HELD + 1))
        return None if len(rows) > _HELD else rows

    def _stored(self, wanted: _Wanted) -> Iterator[StoredRow]:
        if known := [id for id in wanted if id not in self._target.new]:
            self._loading.wait()
            yield from daily_rows.stored(known, *self._span(wanted))

    def _compare(self, wanted: _Wanted, stored: Sequence[StoredRow] | None) -> None:
        """Update or remove stored rows, and take the days that have one out of `wanted`."""
        there = {id: {day[1]: day for day in wanted[id]} for id in wanted if id not in self._target.new}
        in_scope = self._target.in_scope
        for row in self._stored(wanted) if stored is None else stored:
            scoped = row[_ID] in in_scope
            self._done.stored += scoped
            day = there[row[_ID]].pop(row[_DATE], None)
            if day is None:
                if scoped:
                    self._remove(row)
            else:
                self._update(row, day)
        for id, new in there.items():
            wanted[id] = list(new.values())

    def _span(self, wanted: _Wanted) -> tuple[str, str]:
        if self._target.in_scope:
            return str(self._export.date_from), str(self._export.date_to)
        return min(days[0][1] for days in wanted.values()), max(days[-1][1] for days in wanted.values())

    def _update(self, row: StoredRow, day: CampaignDay) -> None:
        was = tuple(row[daily_rows.FIGURES_AT])
        figures = _figures(day)
        if not all(self._reported):
            figures = tuple(new if known else old for new, old, known in zip(figures, was, self._reported, strict=True))
        mark = mark_of(row[_METADATA])
        if self._target.mark != mark and self._target.mark is not None:
            self._keep(row, figures)
            return
        metadata = _merged(row, row[_METADATA] if self._target.mark == mark else unmarked(row[_METADATA]), day[7])
        if figures == was and metadata == row[_METADATA]:
            self._done.unchanged += 1
            self._confirmed.setdefault(row[_ID], []).append(row[_DATE])
            return
        self._done.updated += 1
        ratios = daily_rows.ratios(*day[2:7]) if all(self._reported) else daily_rows.ratios_of_stored(figures)
        self._write([row[0], row[_ID], row[_DATE], *figures, *ratios, metadata, self._target.synced_at], row)
        if figures != was:
            self._done.moved += self._largest.add(row[_ID], row[_DATE], was, figures)
        if figures[_SPEND] != was[_SPEND]:
            moved = Decimal(str(figures[_SPEND] or 0)) - daily_rows.spend_of(row)
            self._done.moved_spend[row[_ID]] = self._done.moved_spend.get(row[_ID], Decimal()) + moved

    def _keep(self, row: StoredRow, figures: _Figures) -> None:
        """Leave a day alone that more than this partial file has set."""
        if figures == tuple(row[daily_rows.FIGURES_AT]):
            self._done.unchanged += 1
            return
        self._done.kept += 1
        if figures[_SPEND] != row[daily_rows.FIGURES_AT][_SPEND]:
            self._done.kept_spend += daily_rows.spend_of(row) - Decimal(str(figures[_SPEND] or 0))

    def _insert(self, wanted: _Wanted) -> None:
        """Insert the days left in `wanted`, which are new: column by column, as there can be a million."""
        days = list(chain.from_iterable(wanted.values()))
        if not days:
            return
        self._done.inserted += len(days)
        campaigns, dates, impressions, clicks, conversions, spend, revenue, metadata = zip(*days, strict=True)
        figures = (impressions, clicks, *map(daily_rows.numbers, (conversions, spend, revenue)))
        ratios = daily_rows.ratios_of_many(impressions, clicks, conversions, spend, revenue)
        mark = self._target.mark
        further = [marked(one, mark) for one in metadata] if mark else metadata
        ids = map(self._target.ids.__getitem__, campaigns)
        self._new += zip(ids, dates, *figures, *ratios, further, repeat(self._target.synced_at))
        changes = zip(dates, zip(repeat(None), zip(*figures, further, strict=True)))  # noqa: B905 - as many as dates
        for id, of_campaign in wanted.items():
            if of_campaign:
                self._changes.setdefault(id, {}).update(islice(changes, len(of_campaign)))

    def _write(self, row: StoredRow, was: StoredRow) -> None:
        self._restated.append(row[1:])
        self._changes.setdefault(row[_ID], {})[row[_DATE]] = (ledger.before(was), ledger.after(row))

    def _remove(self, row: StoredRow) -> None:
        """Remove a day that the file lacks, or only remember it."""
        if not self._target.removes:
            if not any(row[daily_rows.FIGURES_AT]):
                return  # a platform leaves out days without any figure
            self._done.lacking.setdefault(row[_ID], []).append(row[_DATE])
            self._done.lacking_spend += daily_rows.spend_of(row)
            return
        self._done.removed += 1
        self._done.removed_days.setdefault(row[_ID], []).append(row[_DATE])
        self._deleted.append((row[_ID], row[_DATE]))
        self._changes.setdefault(row[_ID], {})[row[_DATE]] = (ledger.before(row), None)

    def _remove_gone(self) -> None:
        """Remove the days of campaigns that the file does not have at all, a few campaigns at a time."""
        self._loading.wait()
        for some in _some(self._target.gone):
            for row in daily_rows.stored(some, str(self._export.date_from), str(self._export.date_to)):
                self._done.stored += 1
                self._remove(row)
            self._note()

    def _note(self) -> None:
        """Record what was found, and delete what is to be removed."""
        note = self._target.note
        if note is not None and (self._changes or self._confirmed):
            spans = {id: spans_of(days) for id, days in self._confirmed.items()}
            ids = dict.fromkeys((*self._changes, *spans))
            changes = [Change(id, self._changes.get(id, {}), confirmed=spans.get(id, ())) for id in ids]
            note(changes, self._loading.wait)
            daily_rows.delete(self._deleted)
        self._deleted, self._changes, self._confirmed = [], {}, {}

    def _load(self) -> None:
        """Begin to write restated and new rows. Until `wait`, the database cannot be used otherwise."""
        if self._target.note is not None and (self._restated or self._new):
            self._loading.add(self._restated, new=self._new)
        self._restated, self._new = [], []


def _chunks(export: Export, ids: Sequence[str]) -> Iterator[_Wanted]:
    """The days of some campaigns, in the order of their ids: the indexes have the same, and grow at their ends."""
    wanted: _Wanted = {}
    count = 0
    order = sorted(range(len(ids)), key=ids.__getitem__)
    for number, days in groupby(export.days(order), itemgetter(0)):
        if count >= _CHUNK:
            yield wanted
            wanted, count = {}, 0
        wanted[ids[number]] = of_campaign = list(days)
        count += len(of_campaign)
    if wanted:
        yield wanted


def _some(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + 50] for start in range(0, len(ids), 50))


def _figures(day: CampaignDay) -> _Figures:
    number = daily_rows.number
    return (day[2], day[3], number(day[4]), number(day[5]), number(day[6]))


def _merged(row: StoredRow, stored: Any, given: str | None) -> Any:
    """A row's metadata with the file's other figures merged over it, as text. If it is not an object, it is kept."""
    if given is None or given == stored:
        return stored
    if stored is None:
        return given
    known = daily_rows.metadata_of(row[0], stored)
    if not isinstance(known, dict):
        return stored
    merged = {**known, **json.loads(given)}
    return stored if merged == known else values.json_text(merged)
