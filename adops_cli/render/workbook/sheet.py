"""One sheet of rows: headings that stay in sight, a filter over the rows, and the total below them."""

from collections.abc import Sequence
from typing import Any

from adops_cli.errors import BadRequestError
from adops_cli.render.columns import Column
from adops_cli.render.workbook.cells import Cells, Formats, Told

MOST_ROWS = 1_048_576
"""Of a sheet, in every program."""
_NARROWEST = 8
_A4 = 9
_LEGIBLE = 300
"""Characters beside each other on a page."""


def prepare(sheet: Any, *, landscape: bool = True, width: int = 0) -> None:
    """Have a sheet printed with all columns beside each other, unless nobody could read it then."""
    if landscape:
        sheet.set_landscape()
    sheet.set_paper(_A4)
    if width <= _LEGIBLE:
        sheet.fit_to_pages(1, 0)


class Sheet:
    """A sheet of rows."""

    def __init__(  # noqa: PLR0913 - what it is made of, and what it has to know
        self,
        sheet: Any,
        columns: Sequence[Column],
        formats: Formats,
        told: Told,
        *,
        header: bool,
        of: str,
        kept: Sequence[str] = (),
        most: int = 0,
    ) -> None:
        self.name: str = sheet.get_name()
        self.of = of
        """The currency of its rows; empty if they have none."""
        self.count = 0
        """How many rows it has."""
        self.values: dict[str, list[Any]] = {key: [] for key in kept}
        """The first values of some columns, at most so many."""
        self._most = most
        self._columns = {column.key: (place, column) for place, column in enumerate(columns)}
        self._first = 1 if header else 0
        self._sheet, self._cells = sheet, Cells(sheet, columns, formats, told)
        if header:
            self._cells.heading(0)
            sheet.freeze_panes(1, 0)
            sheet.repeat_rows(0)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})  # an id is no mistake

    def write(self, item: object) -> None:
        """Write the next row. `BadRequestError` if there are more than a sheet can hold."""
        self._cells.write(self._free(self._first + self.count), item)
        if self.count < self._most:
            for key, values in self.values.items():
                values.append(self._columns[key][1].of(item))
        self.count += 1

    def write_total(self, total: object) -> None:
        """Write a last row, apart from the others, so that no filter takes it for one of them."""
        row = self._free(self._first + self.count + 1)
        self._cells.write(row, total, bold=True)
        first = next(iter(self._columns.values()))[1]
        if first.of(total) is None:
            self._cells.text(row, 0, "Total", bold=True)

    def finish(self) -> None:
        """Filter the rows, and make the columns as wide as they need."""
        if self._first:
            self._sheet.autofilter(0, 0, self.count, len(self._columns) - 1)
        widths = [max(width, _NARROWEST) for width in self._cells.widths]
        for place, width in enumerate(widths):
            self._sheet.set_column(place, place, width)
        prepare(self._sheet, width=sum(widths))

    def range(self, key: str, count: int) -> tuple[int, int, int, int]:
        """Where the first values of a column are: row and column of the first and of the last."""
        place = self._columns[key][0]
        return self._first, place, self._first + count - 1, place

    def _free(self, row: int) -> int:
        if row < MOST_ROWS:
            return row
        raise BadRequestError(
            f"a sheet of a workbook holds {MOST_ROWS:,} rows, and there are more",
            "Use --output FILE.csv, or ask for fewer",
        )
