"""Meta's Insights rows: `actions`, `action_values` and `purchase_roas` are lists that contain one sale several times.

One type of action counts for the whole file. Types are never added up.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from adops_cli.exports.cells.cell import Cell, CellError, Cells, is_blank
from adops_cli.exports.cells.figures import MICRO, Quantities, kept, product
from adops_cli.exports.cells.numbers import decimal
from adops_cli.exports.columns.layout import FigureSource, Layout, Special
from adops_cli.exports.export import ReadOptions, Why

PURCHASES = ("omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase")
"""The preferred type comes first."""
_MOST = 1_000
"""How many types are remembered. A file has a few dozen."""


def watch(layout: Layout, options: ReadOptions) -> bool:
    """Collect the file's types of action before one is chosen. Return whether the file has lists of actions at all."""
    find = layout.header.find
    columns = {name: find(name) for name in ("actions", "action values", "purchase roas")}
    _outbound(layout, options)
    present = {name: column for name, column in columns.items() if column is not None}
    if not present:
        return False
    layout.chosen = True
    seen: dict[str, set[str]] = {name: set() for name in present}

    def look(name: str) -> Callable[[Cell, Cells], None]:
        def see(cell: Cell, _row: Cells) -> None:
            if len(seen[name]) < _MOST:
                seen[name].update(kind for kind, _ in _entries(cell))

        return see

    for name, column in present.items():
        layout.facts.watch[column] = look(name)
        layout.fates[column] = "searched for conversions"
    layout.facts.settle.append(lambda: _choose(layout, options, present, seen))
    return True


def _choose(layout: Layout, options: ReadOptions, columns: Mapping[str, int], seen: Mapping[str, set[str]]) -> None:
    kind = options.conversions or _first_purchase(seen)
    if kind is None:
        return
    offer = layout.figures.setdefault  # a column named with --map takes precedence
    if not any(kind in kinds for kinds in seen.values()):
        known = ", ".join(sorted(set().union(*seen.values()))) or "none"
        layout.notices.append(f"no row has the action {kind!r}, so there are no conversions; the file's types: {known}")
    if "actions" in columns:
        offer("conversions", FigureSource((columns["actions"],), special=Special((_value(kind),), _same)))
    if seen.get("action values"):
        offer("revenue", FigureSource((columns["action values"],), special=Special((_value(kind),), _same)))
    elif seen.get("purchase roas") and "spend" in layout.figures:
        spend = layout.figures["spend"].columns
        special = Special((_ratio(kind), None), _times)
        offer("revenue", FigureSource((columns["purchase roas"], *spend), special=special))


def _first_purchase(seen: Mapping[str, set[str]]) -> str | None:
    """The preferred type of purchase that occurs among the actions or, if they have none, among the values."""
    for name in ("actions", "action values", "purchase roas"):
        for kind in PURCHASES:
            if kind in seen.get(name, ()):
                return kind
    return None


def _outbound(layout: Layout, options: ReadOptions) -> None:
    """Read the API's `outbound_clicks`, which is a list, too."""
    column = layout.header.find("outbound clicks")
    if options.clicks != "outbound" or column is None:
        return
    read = _value("outbound_click")
    plain = Quantities(".")

    def clicks(cell: Cell) -> int | None:
        amount = read(cell) if _is_list(cell) else plain.read(cell)
        if amount is not None and amount % MICRO:
            raise CellError(Why.OUT_OF_RANGE)
        return None if amount is None else amount // MICRO

    if layout.header.find("date start") is not None:
        layout.figures["clicks"] = FigureSource((column,), special=Special((clicks,), _same))


def _entries(cell: Cell) -> Iterator[tuple[str, Any]]:
    """The types and values of a list of actions. In a text file, the list is JSON text."""
    if isinstance(cell, str):
        try:
            cell = json.loads(cell, parse_float=Decimal) if not is_blank(cell) else []
        except ValueError:
            return
    for entry in cell if isinstance(cell, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("action_type"), str):
            yield entry["action_type"], entry.get("value")


def _is_list(cell: Cell) -> bool:
    return isinstance(cell, list) or (isinstance(cell, str) and cell.startswith("["))


def _found(cell: Cell, kind: str) -> list[Any]:
    if not _is_list(cell) and not is_blank(cell):
        raise CellError(Why.NOT_A_NUMBER)
    return [value for found, value in _entries(cell) if found == kind and value is not None]


def _value(kind: str) -> Callable[[Cell], int | None]:
    amounts = Quantities(".")

    def read(cell: Cell) -> int | None:
        values = [value for value in map(_read(amounts), _found(cell, kind)) if value is not None]
        return kept(sum(values)) if values else None

    return read


def _read(amounts: Quantities) -> Callable[[Any], int | None]:
    def read(value: Any) -> int | None:
        if isinstance(value, list | dict):
            raise CellError(Why.NOT_A_NUMBER)
        return amounts[value]

    return read


def _ratio(kind: str) -> Callable[[Cell], Decimal | None]:
    def read(cell: Cell) -> Decimal | None:
        values = [decimal(value, ".") for value in _found(cell, kind)]
        return next((value for value in values if value is not None), None)

    return read


def _same(value: int | None) -> int | None:
    return value


def _times(ratio: Decimal | None, spend: int | None) -> int | None:
    return None if ratio is None or spend is None else product(ratio, spend)
