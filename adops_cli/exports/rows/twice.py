"""A figure's column that stands twice in the header: harmless while both have the same figures, else refused."""

from collections.abc import Iterator, Sequence

from adops_cli.exports.cells.cell import Cell, CellError, Cells, shown
from adops_cli.exports.cells.numbers import Mark, decimal
from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.export import Refusal, RefusedError
from adops_cli.exports.rows import totals
from adops_cli.exports.rows.data_rows import LineCells
from adops_cli.exports.sources.delimited import BrokenRow


class Twice:
    """The columns of figures that stand twice."""

    def __init__(self, layout: Layout, mark: Mark) -> None:
        self._layout, self._mark = layout, mark
        names = layout.header.names
        self._pairs = [
            (column, other)
            for source in layout.figures.values()
            if source.special is None
            for column in source.columns
            for other, name in enumerate(names)
            if other != column and name == names[column] and other not in layout.header.variants
        ]

    def check(self, rows: Sequence[LineCells]) -> None:
        """Refuse the file if one of these rows has two different figures under one name."""
        if not self._pairs:
            return
        for line, cells in rows:
            for column, other in self._differing(cells):
                name, one, two = self._layout.header.cells[column], shown(cells[column]), shown(cells[other])
                raise RefusedError(
                    Refusal.AMBIGUOUS_NUMBERS,
                    f"the column {name!r} stands twice, and line {line} has {one!r} in one and {two!r} in the other",
                    "Export the file again with one of them",
                    platform=self._layout.platform.name,
                )

    def _differing(self, cells: Cells) -> Iterator[tuple[int, int]]:
        if type(cells) is BrokenRow or len(cells) != len(self._layout.header.cells):
            return
        if totals.kind(cells, self._layout) is totals.RowKind.DATA:
            for column, other in self._pairs:
                if self._value(cells[column]) != self._value(cells[other]):
                    yield column, other

    def _value(self, cell: Cell) -> object:
        try:
            return decimal(cell, self._mark)
        except CellError:
            return cell
