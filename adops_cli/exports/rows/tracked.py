"""What is remembered of every row where rows of one campaign and day must be told apart: hashes of its dimensions.

A hash is as good as the cells: two different ones of a million rows agree once in thirty million files.
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from adops_cli.exports.cells.cell import Cells, shown
from adops_cli.exports.cells.dates import hour_of
from adops_cli.exports.cells.numbers import REMEMBERED
from adops_cli.exports.columns.layout import Layout

_UNKNOWN = ("ignored: text", "ignored: an id")
"""The beginnings of the fates of columns that may split a day in a way that nobody declared."""


class Tracker:
    """Takes from rows what tells them apart: all parts together, the whole row, its extraction, each other column."""

    def __init__(self, layout: Layout) -> None:
        splits = layout.splits
        self.parts = splits.parts
        self._day = layout.day or 0
        self._hours = _Hours()
        self.extracted = splits.extracted
        overlaps = [column for column in splits.overlaps if column not in layout.extras]
        self.unknown = [column for column in range(len(layout.header.cells)) if _is_unknown(layout, column)]
        if "campaign_id" in layout.columns and "campaign" in layout.columns:
            self.unknown.append(layout.columns["campaign"])  # a campaign that was renamed
        self.dimensions = [*splits.fragments, *overlaps, *self.unknown]
        """In the order of the spool's columns `d0`, `d1`, …"""

    @property
    def width(self) -> int:
        """How many values are remembered of a row."""
        return 3 + len(self.dimensions)

    def of_rows(self, rows: Sequence[Cells]) -> list[Iterable[Any]]:
        """What is remembered of these rows, column by column. `TypeError` for a cell that is a list."""
        hours = map(self._hours.__getitem__, map(itemgetter(self._day), rows))
        cells = map(itemgetter(*self.parts), rows) if self.parts else [0] * len(rows)
        parts: Iterable[Any] = map(hash, zip(cells, hours, strict=True))
        extracted: Iterable[Any] = (
            [None] * len(rows) if self.extracted is None else map(shown, map(itemgetter(self.extracted), rows))
        )
        columns = [map(hash, map(itemgetter(column), rows)) for column in self.dimensions]
        return [parts, map(hash, map(repr, rows)), extracted, *columns]

    def of_row(self, cells: Cells) -> tuple[Any, ...]:
        """What is remembered of this row, also if it has lists."""
        plain = [repr(cell) if isinstance(cell, list) else cell for cell in cells]
        return tuple(next(iter(column)) for column in self.of_rows([plain]))


class _Hours(dict[Any, str]):
    """The time of day in each cell of the day column: hours are parts of their day."""

    def __missing__(self, cell: Any) -> str:
        hour = hour_of(cell)
        if len(self) < REMEMBERED:
            self[cell] = hour
        return hour


def _is_unknown(layout: Layout, column: int) -> bool:
    if column in layout.splits.known or column in layout.splits.housekeeping or column in layout.meanings:
        return False
    return (
        column in layout.dimensions
        or column in layout.attributes.values()
        or layout.fates.get(column, "").startswith(_UNKNOWN)
    )
