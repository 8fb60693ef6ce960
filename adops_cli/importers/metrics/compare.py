"""The days of a file against the days that are stored: what is new, what differs, what is gone; written in batches.

Figures that the file has no column for stay as they are stored. A blank cell in a column that it has is a value like
any other, null: the platform reports the whole row, and what it left blank it does not report any more. Further figures
in a row's metadata are merged over the stored ones. A row to which nothing changes is not written.

Owns the comparison and its counts. Never holds more than some thousand days, however many the file has.
"""

import heapq
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from adops_cli import values
from adops_cli.data import daily_rows, ledger
from adops_cli.data.daily_rows import Number
from adops_cli.data.ledger import Change, Row
from adops_cli.exports.export import Day, Export, Figures
from adops_cli.measures import FIGURES

_CHUNK = 4_000
"""Days compared at a time; those of one campaign are never apart."""
_ID = daily_rows.COLUMNS.index("campaignId")
_DATE = daily_rows.COLUMNS.index("date")
_METADATA = daily_rows.COLUMNS.index("metadata")

_Wanted = dict[str, dict[str, Day]]
_Figures = tuple[Number | None, ...]


@dataclass(frozen=True)
class Moved:
    """A stored figure that the file restates."""

    campaign: str
    """Its name; its id while it is looked for."""
    day: str
    figure: str
    before: Number | None
    after: Number | None


@dataclass
class Compared:
    """What was found, and done."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    stored: int = 0
    """Days stored before of the file's platform and account inside its span; counted where some may be removed."""
    moved: int = 0
    """Stored figures that were restated."""
    removed_days: dict[str, list[str]] = field(default_factory=dict)
    """By campaign."""
    largest: list[Moved] = field(default_factory=list)
    """The largest of them first, each measured against the file's total of its figure."""


@dataclass(frozen=True)
class Target:
    """What the days of the file are stored as."""

    ids: Sequence[str]
    """The id of each campaign by its number."""
    new: frozenset[str]
    """Campaigns that the import makes: nothing is stored of them."""
    in_scope: frozenset[str] = frozenset()
    """Campaigns whose stored days inside the file's span are removed when the file does not have them."""
    gone: Sequence[str] = ()
    """Those of them that the file does not have at all."""
    synced_at: str = ""
    note: Callable[[Sequence[Change]], None] | None = None
    """Where the changes are written down; None writes nothing at all."""
    show: int = 0
    """How many of the largest movements to remember."""


def reported(export: Export) -> tuple[bool, ...]:
    """Which of the five figures the file has a column for."""
    columns = {column.meaning for column in export.columns}
    return tuple(name in columns or getattr(export.totals, name) is not None for name in FIGURES)


def store(export: Export, target: Target, advance: Callable[[int], None] = lambda _count: None) -> Compared:
    """Store the days of the file, within the caller's transaction; what was done, or would be."""
    return _Storing(export, target).run(advance)


class _Storing:
    def __init__(self, export: Export, target: Target) -> None:
        self._export = export
        self._target = target
        self._reported = reported(export)
        self._largest = _Largest(target.show, export.totals)
        self._done = Compared()
        self._rows: list[Sequence[Any]] = []
        self._deleted: list[tuple[str, str]] = []
        self._changes: dict[str, dict[str, Any]] = {}

    def run(self, advance: Callable[[int], None]) -> Compared:
        for wanted in _chunks(self._export, self._target.ids):
            count = sum(map(len, wanted.values()))
            self._compare(wanted)
            self._insert(wanted)
            self._flush()
            advance(count)
        self._remove_gone()
        self._done.largest = self._largest.found()
        return self._done

    def _compare(self, wanted: _Wanted) -> None:
        """Deal with what is stored, and take it out of what is wanted."""
        there = [id for id in wanted if id not in self._target.new]
        if not there:
            return
        in_scope = self._target.in_scope
        for row in daily_rows.stored(there, *self._span(wanted)):
            scoped = row[_ID] in in_scope
            self._done.stored += scoped
            day = wanted[row[_ID]].pop(row[_DATE], None)
            if day is None:
                if scoped:
                    self._remove(row)
            else:
                self._update(row, day)

    def _span(self, wanted: _Wanted) -> tuple[str, str]:
        if self._target.in_scope:
            return str(self._export.date_from), str(self._export.date_to)
        return min(map(min, wanted.values())), max(map(max, wanted.values()))

    def _update(self, row: Row, day: Day) -> None:
        was = tuple(row[daily_rows.FIGURES_AT])
        figures = _figures(day)
        if not all(self._reported):
            figures = tuple(new if known else old for new, old, known in zip(figures, was, self._reported, strict=True))
        metadata = _merged(row, day[7])
        if figures == was and metadata == row[_METADATA]:
            self._done.unchanged += 1
            return
        self._done.updated += 1
        ratios = daily_rows.ratios(*day[2:7]) if all(self._reported) else daily_rows.ratios_of_stored(figures)
        self._write([row[0], row[_ID], row[_DATE], *figures, *ratios, metadata, self._target.synced_at], row)
        if figures != was:
            self._done.moved += self._largest.add(row[_ID], row[_DATE], was, figures)

    def _insert(self, wanted: _Wanted) -> None:
        """What is left of the wanted days is new."""
        ratios, number, synced_at = daily_rows.ratios, daily_rows.number, self._target.synced_at
        for id, of_campaign in wanted.items():
            if not of_campaign:
                continue
            self._done.inserted += len(of_campaign)
            changes = self._changes.setdefault(id, {})
            for date, (_, _, impressions, clicks, conversions, spend, revenue, metadata) in of_campaign.items():
                figures = (impressions, clicks, number(conversions), number(spend), number(revenue))
                rates = ratios(impressions, clicks, conversions, spend, revenue)
                self._rows.append((id, date, *figures, *rates, metadata, synced_at))
                changes[date] = (None, (*figures, metadata))

    def _write(self, row: Row, was: Row) -> None:
        self._rows.append(row[1:])
        self._changes.setdefault(row[_ID], {})[row[_DATE]] = (ledger.before(was), ledger.after(row))

    def _remove(self, row: Row) -> None:
        self._done.removed += 1
        self._done.removed_days.setdefault(row[_ID], []).append(row[_DATE])
        self._deleted.append((row[_ID], row[_DATE]))
        self._changes.setdefault(row[_ID], {})[row[_DATE]] = (ledger.before(row), None)

    def _remove_gone(self) -> None:
        """The days of campaigns that the file does not have at all; some campaigns at a time."""
        for some in _some(self._target.gone):
            for row in daily_rows.stored(some, str(self._export.date_from), str(self._export.date_to)):
                self._done.stored += 1
                self._remove(row)
            self._flush()

    def _flush(self) -> None:
        note = self._target.note
        if note is not None and self._changes:
            daily_rows.write(self._rows)
            daily_rows.delete(self._deleted)
            note([Change(id, changes) for id, changes in self._changes.items()])
        self._rows, self._deleted, self._changes = [], [], {}


def _chunks(export: Export, ids: Sequence[str]) -> Iterator[_Wanted]:
    wanted: _Wanted = {}
    at, count = -1, 0
    of_campaign: dict[str, Day] = {}
    for day in export.days():
        if day[0] != at:
            if count >= _CHUNK:
                yield wanted
                wanted, count = {}, 0
            at = day[0]
            of_campaign = wanted[ids[at]] = {}
        of_campaign[day[1]] = day
        count += 1
    if wanted:
        yield wanted


def _some(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + 50] for start in range(0, len(ids), 50))


def _figures(day: Day) -> _Figures:
    number = daily_rows.number
    return (day[2], day[3], number(day[4]), number(day[5]), number(day[6]))


def _merged(row: Row, given: str | None) -> Any:
    """The metadata of a row with the file's further figures over it, as text; what is no object stays as it is."""
    stored = row[_METADATA]
    if given is None or given == stored:
        return stored
    if stored is None:
        return given
    known = daily_rows.metadata_of(row)
    if not isinstance(known, dict):
        return stored
    merged = {**known, **json.loads(given)}
    return stored if merged == known else values.json_text(merged)


class _Largest:
    """The largest movements, each measured against the file's total of its figure, so that all can be compared."""

    def __init__(self, show: int, totals: Figures) -> None:
        self._show = show
        self._units = [abs(float(getattr(totals, name) or 0)) or 1.0 for name in FIGURES]
        self._heap: list[tuple[float, int, Moved]] = []
        self._order = itertools.count(0, -1)

    def add(self, id: str, day: str, was: Sequence[Any], now: Sequence[Any]) -> int:
        """Consider what moved on one day; how many figures did."""
        moved = 0
        for name, unit, old, new in zip(FIGURES, self._units, was, now, strict=True):
            if old != new:
                moved += 1
                if self._show:
                    weight = abs((new or 0) - (old or 0)) / unit
                    self._push((weight, next(self._order), Moved(id, day, name, old, new)))
        return moved

    def _push(self, entry: tuple[float, int, Moved]) -> None:
        if len(self._heap) < self._show:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappushpop(self._heap, entry)

    def found(self) -> list[Moved]:
        return [moved for _, _, moved in sorted(self._heap, reverse=True)]
