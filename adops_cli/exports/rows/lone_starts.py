"""A column of starts without one of ends: its rows are days if a campaign has rows of two days next to each other.

Rows of weeks, months or whole flights never start on the next day. Remembers so many days, and no more.
"""

from datetime import date, timedelta

from adops_cli.exports.cells.cell import CellError, Cells, shown
from adops_cli.exports.cells.dates import Days, Order, UnsureError
from adops_cli.exports.cells.numbers import REMEMBERED
from adops_cli.exports.columns.layout import Layout

_DAY = timedelta(days=1)
_ORDERS: tuple[Order, ...] = ("dmy", "mdy")


class LoneStarts:
    """The starts of each campaign, until two of one campaign are next to each other."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, Order, date]] = set()
        self._days = {order: Days(order) for order in _ORDERS}
        self.is_daily = False

    def add(self, cells: Cells, layout: Layout) -> None:
        """Note the start in a row, in whichever order its numbers are."""
        if self.is_daily or layout.day is None or len(self._seen) >= REMEMBERED:
            return
        columns = [layout.columns[key] for key in ("campaign_id", "campaign") if key in layout.columns]
        campaign = next((text for column in columns if (text := shown(cells[column]).strip())), "")
        for order, days in self._days.items():
            try:
                day = date.fromisoformat(days[cells[layout.day]])
            except (CellError, UnsureError):
                continue
            self._seen.add((campaign, order, day))
            self.is_daily |= any((campaign, order, next_to) in self._seen for next_to in (day - _DAY, day + _DAY))
