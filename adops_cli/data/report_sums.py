"""The sums that figures are made of: whole numbers, which the engine adds up without rounding.

Knows no table. Which rows are added up is left to `report_source`.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import peewee as pw

from adops_cli.measures import FIGURES, scaled
from adops_cli.storage.rollups.dialect import dialect

_COUNTED = ("impressions", "clicks")
SPARSE = ("conversions", "revenue")
"""The figures that some platforms leave out. Whether a campaign reports them is always known."""
_MILLION = 10**6


class Sums:
    """Those of some figures. Each figure takes its time."""

    def __init__(self, figures: Collection[str]) -> None:
        self._words = dialect()
        self._figures = [name for name in FIGURES if name in figures]
        self._reported = [name for name in FIGURES if name in figures or name in SPARSE]
        parts = [column for name in self._figures for column in self._words.columns_of(name)]
        self.columns = (*parts, *(f"{name}_reported" for name in self._reported))
        """The columns of stored sums, in the order in which all methods expect their values."""
        self.counts = {name: self.columns.index(f"{name}_reported") for name in self._reported}
        """Where the number of reported values of each figure is."""
        self._places = {
            name: slice(at := self.columns.index(name), at + len(self._words.parts[name])) for name in self._figures
        }
        """Where the parts of each figure are."""
        self._readers = {name: self._reader(name) for name in self._figures}

    def of_a_day(self, sign: str = "") -> Sequence[Any]:
        """What a daily row adds to each of the columns. With a minus sign, what it takes off."""
        parts = [pw.SQL(f"{sign}({part})") for name in self._figures for part in self._words.parts[name]]
        return [*parts, *(pw.SQL(f'CASE WHEN "{name}" IS NULL THEN 0 ELSE {sign}1 END') for name in self._reported)]

    def figures(self, sums: Sequence[Any]) -> dict[str, Any]:
        """The figures by name."""
        return {name: read(sums) for name, read in self._readers.items()}

    def reports(self, name: str, sums: Sequence[Any]) -> bool:
        """Whether one of the daily rows behind the sums reports the figure."""
        return bool(self.reported(name, sums))

    def reported(self, name: str, sums: Sequence[Any]) -> int:
        """How many of the daily rows behind the sums report the figure."""
        return int(sums[self.counts[name]])

    def figure(self, name: str, sums: Sequence[Any]) -> Any:
        """One figure. None if none of the daily rows reports it."""
        return self._readers[name](sums)

    def _reader(self, name: str) -> Callable[[Sequence[Any]], Any]:
        count, parts, together = self.counts[name], self._places[name], self._words.together
        if name in _COUNTED:
            return lambda sums: together(name, *sums[parts]) if sums[count] else None
        return lambda sums: scaled(together(name, *sums[parts])) if sums[count] else None

    def reader(self, name: str, at: int) -> Callable[[Sequence[Any]], int | None]:
        """What reads one figure, in millionths, from thousands of rows in which the values begin at this place.

        Counts as well: they compare and divide alike, and take less time.
        """
        count, places = self.counts[name] + at, self._places[name]
        parts, unit = slice(places.start + at, places.stop + at), _MILLION if name in _COUNTED else 1
        together = self._words.together
        return lambda row: together(name, *row[parts]) * unit if row[count] else None
