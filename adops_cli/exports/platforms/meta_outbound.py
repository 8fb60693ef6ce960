"""Meta's `outbound_clicks`: a list of types of action in rows of the API, a number in downloads."""

from adops_cli.exports.cells.cell import Cell, CellError
from adops_cli.exports.cells.figures import MICRO, Quantities
from adops_cli.exports.columns.layout import FigureSource, Layout, Special
from adops_cli.exports.export import ReadOptions, Why
from adops_cli.exports.platforms.meta_actions import Group, added, is_list, same


def read(layout: Layout, options: ReadOptions) -> None:
    """Read the API's `outbound_clicks`, if they are asked for."""
    column = layout.header.find("outbound clicks")
    if options.clicks != "outbound" or column is None:
        return
    total, plain = added(Quantities(".")), Quantities(".")
    list_of = Group(column)

    def clicks(cell: Cell) -> int | None:
        amount = total(list_of.values([cell], "outbound_click")) if is_list(cell) else plain.read(cell)
        if amount is not None and amount % MICRO:
            raise CellError(Why.OUT_OF_RANGE)
        return None if amount is None else amount // MICRO

    if layout.header.find("date start") is not None:
        layout.figures["clicks"] = FigureSource((column,), special=Special((clicks,), same), means="outbound clicks")
