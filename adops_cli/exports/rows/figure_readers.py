"""How the figures of a row are read: which columns each comes from, and how their values are combined."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from adops_cli.exports.cells.cell import Cell, Cells
from adops_cli.exports.cells.figures import Amounts, Counts, Numbers, Quantities, kept
from adops_cli.exports.cells.numbers import Mark
from adops_cli.exports.columns.layout import COUNTS, FigureSource


class Part:
    """A column that a figure comes from, and how to read its cells: one, or those of many rows at once."""

    def __init__(self, column: int, read: Numbers | Callable[[Cell], Any]) -> None:
        self.column = column
        self._take = itemgetter(column)
        self.read: Callable[[Cell], Any] = read.__getitem__ if isinstance(read, Numbers) else read
        self.numbers = read if isinstance(read, Numbers) else None

    def of_rows(self, rows: Sequence[Cells]) -> list[Any]:
        """Its values in these rows."""
        cells = list(map(self._take, rows))
        return list(map(self.read, cells)) if self.numbers is None else self.numbers.of(cells)

    def of_row(self, cells: Cells) -> Any:
        """Its value in this row."""
        return self.read(cells[self.column])


class Figure:
    """One figure of every row: the columns it comes from, and how they are combined."""

    def __init__(self, parts: Sequence[Part], combine: Callable[..., int | None] | None = None) -> None:
        self.parts = parts
        self._combine = combine

    def of_rows(self, rows: Sequence[Cells]) -> list[int | None]:
        """Its values in these rows."""
        columns = [part.of_rows(rows) for part in self.parts]
        return columns[0] if self._combine is None else list(map(self._combine, *columns))

    def of_row(self, cells: Cells) -> int | None:
        """Its value in this row."""
        values = [part.of_row(cells) for part in self.parts]
        value: int | None = values[0] if self._combine is None else self._combine(*values)
        return value


def _added(*values: int | None) -> int | None:
    """The sum of the parts that have a value."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _kept_together(*values: int | None) -> int | None:
    total = _added(*values)
    return None if total is None else kept(total)


def _numbers(name: str, mark: Mark, *, micros: bool) -> Numbers:
    """The reader for the plain numbers of a figure."""
    kind = Quantities if name == "conversions" else Amounts
    return Counts(mark) if name in COUNTS else kind(mark, micros=micros)


def figure(name: str, source: FigureSource, mark: Mark) -> tuple[Figure, list[Numbers]]:
    """A figure as data rows write it, and the readers for its plain numbers."""
    special = source.special
    given = [None] * len(source.columns) if special is None else special.read
    reads = [read or _numbers(name, mark, micros=source.micros) for read in given]
    combine = special.combine if special else _kept_together if len(source.columns) > 1 else None
    parts = [Part(column, read) for column, read in zip(source.columns, reads, strict=True)]
    return Figure(parts, combine), [read for read in reads if isinstance(read, Numbers)]


def in_totals(name: str, source: FigureSource, mark: Mark) -> Figure:
    """A figure as total rows write it. Its size is not limited, because it is compared and never stored."""
    reads = [_numbers(name, mark, micros=source.micros_in_totals).said for _ in source.columns]
    parts = [Part(column, read) for column, read in zip(source.columns, reads, strict=True)]
    return Figure(parts, _added if len(parts) > 1 else None)
