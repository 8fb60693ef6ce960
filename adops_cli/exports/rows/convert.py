"""The second pass over a file: reads every row by the layout, counts it and passes on its figures.

Many rows at once take the quick way, column by column. If one of them is not a plain row of figures, all of them are
read row by row, with the same readers.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import itemgetter
from typing import Any

from adops_cli.exports.cells.cell import CellError, Cells, is_error, shown
from adops_cli.exports.cells.dates import Days, UnsureError
from adops_cli.exports.cells.figures import Amounts
from adops_cli.exports.cells.numbers import Mark
from adops_cli.exports.columns import extras, untaken
from adops_cli.exports.columns.layout import MONEY, Layout
from adops_cli.exports.export import CampaignDay, LeftOut, ReadOptions, Refusal, RefusedError, RejectedRow, Why
from adops_cli.exports.rows import figure_readers, totals
from adops_cli.exports.rows.campaign_facts import CampaignFacts
from adops_cli.exports.rows.campaign_index import Campaigns, NamelessError
from adops_cli.exports.rows.cell_currencies import CellCurrencies
from adops_cli.exports.rows.data_rows import LineCells
from adops_cli.exports.rows.money_unit import WholeNumbers
from adops_cli.exports.rows.tracked import Tracker
from adops_cli.exports.rows.uncounted import Nameless, Uncounted
from adops_cli.exports.sources.delimited import BrokenRow
from adops_cli.measures import FIGURES

_FEW = 10
_MOST_TOTALS = 20
"""Rows that may be totals. A file has no more."""
_SHARE = 100
"""Accepted rejected rows: one in this many, and always at least a few."""


@dataclass
class Tally:
    """The counts and sums of the rows read so far."""

    read: int = 0
    accepted: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    rejected: list[RejectedRow] = field(default_factory=list)
    sums: list[int | None] = field(default_factory=lambda: [None] * len(FIGURES))
    days: set[str] = field(default_factory=set)
    turnover: dict[str, int] = field(default_factory=dict)
    """Sums of the absolute amounts of money: no sum over rows of the file can be larger."""

    def skip(self, reason: str) -> None:
        """Count one more row that is not data."""
        self.skipped[reason] = self.skipped.get(reason, 0) + 1


class Converter:
    """Reads the rows of one file.

    The number of rows decides how many rejected rows are accepted. If it is unknown and makes a difference,
    `UnsureError` asks for a survey of the whole file. With a tracker, each day is followed by what that remembers.
    """

    def __init__(  # noqa: PLR0913 - what the file is, what the caller wants, and what the survey found
        self,
        layout: Layout,
        mark: Mark,
        days: Days,
        options: ReadOptions,
        *,
        rows: int | None,
        tracker: Tracker | None,
    ) -> None:
        self.layout = layout
        self._tracker = tracker
        self.mark = mark
        self.tally = Tally()
        self.campaigns = Campaigns(layout, options)
        self.facts = CampaignFacts(layout, mark, days)
        self.whole_costs = WholeNumbers()
        self._days = days
        self._perhaps_totals: list[LineCells] = []
        """The last rows so far, if they have words instead of a day and no campaign."""
        self._sure = rows is not None or options.max_errors is not None
        self._bearable = max(_FEW, (rows or 0) / _SHARE) if options.max_errors is None else options.max_errors
        self._width = len(layout.header.cells)
        self._day_column = layout.day or 0
        self._take_day = itemgetter(self._day_column)
        found = {
            name: figure_readers.figure(name, layout.figures[name], mark) for name in FIGURES if name in layout.figures
        }
        self._figures = {name: figure for name, (figure, _) in found.items()}
        self._numbers = [numbers for _, every in found.values() for numbers in every]
        self._names = [layout.columns[key] for key in ("campaign", "campaign_id") if key in layout.columns]
        self._extras = extras.writer(
            layout,
            mark,
            {key: figure_readers.figure("conversions", one, mark)[0].of_row for key, one in layout.further.items()},
        )
        self.nameless = Nameless(layout, self._figures["spend"].of_row if "spend" in self._figures else None)
        self.uncounted = [
            Uncounted(layout.header.cells[at], name, at, mark) for at, name in untaken.columns(layout).items()
        ]
        money = [figure for name, figure in self._figures.items() if name in MONEY]
        amounts = [(part.column, part.numbers) for figure in money for part in figure.parts]
        self._currencies = CellCurrencies(
            [(c, read) for c, read in amounts if isinstance(read, Amounts)], self.campaigns
        )
        self.file_totals = totals.FileTotals(
            {
                name: figure_readers.in_totals(name, source, mark).of_row
                for name, source in layout.figures.items()
                if source.special is None
            }
        )

    @property
    def rounded(self) -> int:
        """How many different cells have more decimals than can be stored."""
        return sum(numbers.rounded for numbers in self._numbers)

    def left_out(self) -> list[LeftOut]:
        """What the rows have and is not counted."""
        columns = self.uncounted if self.tally.accepted else ()
        return [*(one.as_left_out() for one in columns), *self.nameless.left_out()]

    def convert(self, rows: list[LineCells]) -> list[CampaignDay]:
        """The figures of these rows, except the rejected ones."""
        try:
            columns = self._at_once([cells for _, cells in rows])
            days: list[CampaignDay] = list(zip(*columns, strict=True))
            self._reject_perhaps_totals()
        except (CellError, NamelessError, IndexError, TypeError):
            days = [day for row in rows for day in self._one(row)]
            columns = list(zip(*days, strict=True))
        self.tally.read += len(rows)
        if days:
            self._add(columns)
        return days

    def _at_once(self, rows: list[Cells]) -> Sequence[Iterable[Any]]:
        """The columns of the days of these rows."""
        if set(map(len, rows)) != {self._width}:
            raise CellError(Why.TOO_FEW_FIELDS)
        if BrokenRow in set(map(type, rows)):
            raise CellError(Why.BROKEN_QUOTES)
        days = list(map(self._days.__getitem__, map(self._take_day, rows)))
        ends = self.layout.ends
        if ends is not None and any(cells[ends] != cells[self._day_column] for cells in rows):
            raise CellError(Why.EMPTY_DAY)
        figures = [
            self._figures[name].of_rows(rows) if name in self._figures else [None] * len(rows) for name in FIGURES
        ]
        further: Iterable[str | None] = map(self._extras, rows) if self._extras else repeat(None, len(rows))
        campaigns = self.campaigns
        spellings = list(map(campaigns.__getitem__, map(campaigns.identity, rows)))
        if campaigns.tracks_names:
            campaigns.seen(spellings, days)
        for column in self.uncounted:
            column.add(rows)
        self._currencies.read(rows, spellings)
        numbers = list(map(campaigns.campaign_of.__getitem__, spellings))
        tracked = self._tracker.of_rows(rows) if self._tracker else ()
        self.facts.add(numbers, days, rows)
        return numbers, days, *figures, further, *tracked

    def finish(self) -> None:
        """Decide on the last rows: they are totals, whatever their language, if one of them has the sums of all."""
        if any(self.file_totals.is_sum(cells, self.tally.sums) for _, cells in self._perhaps_totals):
            for _, cells in self._perhaps_totals:
                self.tally.skip("total_row")
                self.file_totals.add(cells)
            self._perhaps_totals = []
        self._reject_perhaps_totals()

    def _reject_perhaps_totals(self) -> None:
        rows, self._perhaps_totals = self._perhaps_totals, []
        for row in rows:
            self._reject(row, *(self._failure(row[1]) or (self._day_column, Why.NOT_A_DATE)))

    def _one(self, row: LineCells) -> Iterator[CampaignDay]:
        line, cells = row
        kind = totals.kind(cells, self.layout)
        if kind is not totals.RowKind.TOTAL and not isinstance(cells, BrokenRow):
            if totals.may_be_total(cells, self.layout):
                self._perhaps_totals.append(row)
                if len(self._perhaps_totals) > _MOST_TOTALS:
                    self._reject_perhaps_totals()
                return
            self._reject_perhaps_totals()
        if isinstance(cells, BrokenRow):
            self._reject(row, None, Why.BROKEN_QUOTES)
        elif kind is totals.RowKind.TOTAL:
            self.tally.skip("total_row")
            self.file_totals.add(cells)
        elif len(cells) != self._width:
            self._reject(row, None, Why.TOO_FEW_FIELDS if len(cells) < self._width else Why.TOO_MANY_FIELDS)
        elif kind is totals.RowKind.NAMELESS:
            self.tally.skip("blank_name")
            self.nameless.add(cells)
        else:
            failed = self._failure(cells)
            if failed is None:
                yield self._read(cells)
            else:
                self._reject((line, cells), *failed)

    def _failure(self, cells: Cells) -> tuple[int, Why] | None:
        """The first column in the header with a cell that cannot be read, and the reason."""
        failed: list[tuple[int, Why]] = []
        if totals.has_blank_day(cells, self.layout):
            failed.append((self._day_column, Why.EMPTY_DAY))
        else:
            self._try(failed, self._day_column, self._day_of, cells)
        failed += [(column, Why.NOT_A_NUMBER) for column in self._names if is_error(cells[column])]
        for figure in self._figures.values():
            before = len(failed)
            for part in figure.parts:
                self._try(failed, part.column, part.of_row, cells)
            if len(failed) == before:
                self._try(failed, figure.parts[0].column, figure.of_row, cells)
        return min(failed, key=itemgetter(0), default=None)

    @staticmethod
    def _try(failed: list[tuple[int, Why]], column: int, read: Callable[[Cells], object], cells: Cells) -> None:
        try:
            read(cells)
        except CellError as error:
            failed.append((column, error.why))

    def _day_of(self, cells: Cells) -> str:
        return self._days[cells[self._day_column]]

    def _read(self, cells: Cells) -> CampaignDay:
        day = self._day_of(cells)
        spelling = self.campaigns[self.campaigns.identity(cells)]
        if self.campaigns.tracks_names:
            self.campaigns.seen([spelling], [day])
        for column in self.uncounted:
            column.add([cells])
        self._currencies.read([cells], [spelling])
        five = [self._figures[name].of_row(cells) if name in self._figures else None for name in FIGURES]
        further = self._extras(cells) if self._extras else None
        tracked = self._tracker.of_row(cells) if self._tracker else ()
        self.facts.add([self.campaigns.campaign_of[spelling]], [day], [cells])
        return (self.campaigns.campaign_of[spelling], day, *five, further, *tracked)

    def _reject(self, row: LineCells, column: int | None, why: Why) -> None:
        line, cells = row
        header = None if column is None else self.layout.header.cells[column]
        rejected = self.tally.rejected
        texts = self._as_text(cells)
        rejected.append(RejectedRow(line, header, why, texts, None if column is None else texts[column]))
        if len(rejected) > self._bearable:
            if not self._sure:
                raise UnsureError
            count = int(self._bearable)
            rows = "1 row" if count == 1 else f"{count} rows"
            many = f"more than {rows} cannot be read; the first is " if count else ""
            raise RefusedError(
                Refusal.TOO_MANY_ERRORS,
                f"{many}{rejected[0].told}",
                "Fix them, or accept more with --max-errors N",
                platform=self.layout.platform.name,
            )

    def _as_text(self, cells: Cells) -> tuple[str, ...]:
        """The row as in the file. The serial number of a day, which a text file cannot have, becomes the day."""
        texts = list(map(shown, cells))
        with contextlib.suppress(CellError, IndexError):
            if not isinstance(cells[self._day_column], str):
                texts[self._day_column] = self._day_of(cells)
        return tuple(texts)

    def _add(self, columns: Sequence[Any]) -> None:
        """Add the days with these columns to the sums of the file."""
        tally = self.tally
        days = columns[1]
        tally.accepted += len(days)
        tally.days.update(days)
        for at, name in enumerate(FIGURES):
            values = columns[2 + at]
            if name in self._figures and (tally.sums[at] is not None or any(value is not None for value in values)):
                tally.sums[at] = (tally.sums[at] or 0) + sum(filter(None, values))
                if name == "spend":
                    self.whole_costs.add(values)
                if name in MONEY:
                    tally.turnover[name] = tally.turnover.get(name, 0) + sum(map(abs, filter(None, values)))
