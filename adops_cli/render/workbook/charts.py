"""Charts of the rows, which the spreadsheet draws itself: one for each sheet of rows, below each other."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from adops_cli.render import cells
from adops_cli.render.columns import Column, Kind
from adops_cli.render.document import Chart
from adops_cli.render.workbook.cells import FORMS, WHOLE, day_in, number_of, writable
from adops_cli.render.workbook.sheet import Sheet, prepare

_FEW_POINTS = 62
"""So many can be told apart, and are marked."""
_WIDTH, _LINE_HEIGHT, _BAR_HEIGHT, _AROUND = 1_000, 420, 24, 100
_ROW = 20
"""In pixels, as the sizes above."""
_GAP = 2


class Drawing:
    """What to draw of the rows, as far as their columns are shown."""

    def __init__(self, chart: Chart, columns: Sequence[Column]) -> None:
        shown = {column.key: column for column in columns}
        self.is_line = chart.kind == "line"
        self.most = 5_000 if self.is_line else 30
        """So many points or bars are drawn of a sheet."""
        self.labels = shown.get(chart.labels)
        self.figures = [shown[key] for key in chart.figures if key in shown]
        self.ratios = [shown[key] for key in chart.ratios if key in shown]

    @property
    def keys(self) -> Sequence[str]:
        """The columns that are needed; none if nothing can be drawn."""
        series = (*self.figures, *self.ratios)
        return [column.key for column in (self.labels, *series)] if self.labels and series else []

    def draw(self, book: Any, name: str, sheets: Sequence[Sheet], title: str) -> None:
        """Add a sheet with a chart of each sheet of rows."""
        page, row = book.add_worksheet(name), 0
        prepare(page, landscape=False)
        page.hide_gridlines(2)
        for sheet in sheets:
            chart = self._lines(book) if self.is_line else self._bars(book)
            count = min(sheet.count, self.most)
            for column in self.figures:
                chart.add_series(self._series(sheet, column, count))
            for column in self.ratios:
                chart.add_series({**self._series(sheet, column, count), "y2_axis": bool(self.figures)})
            part = "" if count == sheet.count else f", the first {count:,} of {sheet.count:,}"
            chart.set_title(
                {"name": f"{title}{sheet.of and f', {writable(sheet.of)}'}{part}", "name_font": {"size": 14}}
            )
            height = _LINE_HEIGHT if self.is_line else _AROUND + _BAR_HEIGHT * count
            chart.set_size({"width": _WIDTH, "height": height})
            page.insert_chart(row, 0, chart)
            row += -(-height // _ROW) + _GAP

    def _lines(self, book: Any) -> Any:
        """Curves over an axis of time, which has its oldest day at the left in whatever order the rows are."""
        chart = book.add_chart({"type": "line"})
        chart.set_x_axis({"date_axis": True, "num_format": "yyyy-mm-dd", "label_position": "low"})
        chart.set_y_axis({"num_format": WHOLE})
        chart.set_y2_axis({"num_format": "0.00", "name": ", ".join(column.heading for column in self.ratios)})
        chart.set_legend({"position": "bottom"})
        return chart

    def _bars(self, book: Any) -> Any:
        """A bar for each row with its value beside it, the first at the top."""
        chart = book.add_chart({"type": "bar"})
        chart.set_y_axis({"reverse": True, "label_position": "low"})
        chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
        chart.set_legend({"none": True})
        return chart

    def _series(self, sheet: Sheet, column: Column, count: int) -> dict[str, Any]:
        """Where a series stands, and its values, for programs that show a chart without calculating anything."""
        labels = self.labels or column
        series = {
            "name": column.heading,
            "categories": [sheet.name, *sheet.range(labels.key, count)],
            "categories_data": [_label(value, labels.kind) for value in sheet.values[labels.key]],
            "values": [sheet.name, *sheet.range(column.key, count)],
            "values_data": [None if value is None else float(value) for value in sheet.values[column.key]],
        }
        if not self.is_line:
            labelled = {"value": True, "num_format": FORMS.get(column.kind, WHOLE)}
            return {**series, "data_labels": labelled, "gap": 40}
        dashes = {"dash_type": "dash"} if column in self.ratios else {}
        marker = {"type": "circle", "size": 4} if count <= _FEW_POINTS else {"type": "none"}
        return {**series, "line": {"width": 2.25, **dashes}, "marker": marker}


def _label(value: Any, kind: Kind) -> Any:
    day = value if isinstance(value, date) else day_in(str(value)) if kind is Kind.DAY else None
    return number_of(day) if day else writable(cells.plain(value, kind))
