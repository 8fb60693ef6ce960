"""Meta's insights joined with their actions: a row for each type of action, which repeats the delivery of the day.

The rows are read as what they are: one type of action counts as conversions, and everything else of a day once.
"""

from adops_cli.exports.cells.cell import Cell, Cells, shown
from adops_cli.exports.columns.layout import FigureSource, Layout, Special
from adops_cli.exports.export import ReadOptions
from adops_cli.exports.platforms.meta_actions import PURCHASES, meaning_of

_VALUES = ("value", "action value", "actions value")


def watch(layout: Layout, options: ReadOptions) -> bool:
    """Collect the file's types of action before one is chosen. Return whether its rows are by type of action."""
    kinds = layout.header.find("action type")
    values = next((column for name in _VALUES if (column := layout.header.find(name)) is not None), None)
    if kinds is None or values is None:
        return False
    layout.chosen = True
    seen: set[str] = set()

    def see(cell: Cell, _row: Cells) -> None:
        seen.add(shown(cell))

    def choose() -> None:
        kind = options.conversions or next((kind for kind in PURCHASES if kind in seen), None)
        if kind is not None:
            special = Special((None, lambda cell: shown(cell) == kind), _of_kind)
            layout.figures["conversions"] = FigureSource((values, kinds), special=special, means=meaning_of(kind))

    layout.facts.watch[kinds] = see
    layout.facts.settle.append(choose)
    layout.fates[values] = "searched for conversions"
    layout.once_by = kinds
    return True


def _of_kind(value: int | None, is_chosen: bool) -> int | None:
    return value if is_chosen else None
