"""Tables for people, fitted to the width of the terminal. Returns text and writes nothing.

Rows are drawn line by line, with Rich measuring the characters: Rich's own Table measures each cell several times and
takes seconds for a few thousand rows.
"""

import os
import shutil
from collections.abc import Collection, Iterable, Sequence
from itertools import zip_longest
from typing import TextIO

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from adops_cli.render import cells
from adops_cli.render.columns import Column, Kind
from adops_cli.render.lines import total_cells

_GAP = "  "
_FLOOR = 24
"""Columns are dropped before a text is cut to fewer cells than this. Our ids just fit."""
_NO_TERMINAL = 1_000_000


def table(
    out: TextIO, items: Iterable[object], columns: Sequence[Column], total: object | None, keep: Collection[str]
) -> tuple[list[str], int]:
    """The lines of a table, and the number of columns that did not fit. No rows give no lines."""
    columns = [column for column in columns if column.weight]
    body = [[_cell(item, column) for column in columns] for item in items]
    if not body:
        return [], 0
    foot = [] if total is None else [total_cells(total, columns)]
    head = [column.heading for column in columns]
    console = _console(out)
    widths = _widths([head, *body, *foot], columns, console.width, keep)

    def line(texts: Sequence[str]) -> str:
        fitted = (_fitted(texts[i], width, right=columns[i].is_number) for i, width in widths.items())
        return f"{_GAP.join(fitted).rstrip()}\n"

    folding = [i for i in widths if columns[i].kind is Kind.PROSE]

    def row(texts: Sequence[str]) -> str:
        if not any(cell_len(texts[i]) > widths[i] for i in folding):
            return line(texts)
        parts = {i: Text(texts[i]).wrap(console, widths[i]) if i in folding else [texts[i]] for i in widths}
        levels = zip_longest(*(parts.get(i, ()) for i in range(len(columns))), fillvalue="")
        return "".join(line([str(part).rstrip() for part in level]) for level in levels)

    rule = ("-" if console.options.ascii_only else "─") * _total_width(widths) + "\n"
    drawn = [_bold(console, line(head)), rule, *map(row, body)]
    return [*drawn, *(f"{rule}{line(texts)}" for texts in foot)], len(columns) - len(widths)


def fields(out: TextIO, item: object, columns: Sequence[Column]) -> str:
    """One row as two columns, field and value. Long text is wrapped, never cut, and JSON is spread over lines."""
    grid = Table.grid(padding=(0, len(_GAP), 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for column in columns:
        value = column.of(item)
        text = _nest(value, column.kind) if value is not None and column.kind in _NESTS else _cell(item, column)
        grid.add_row(Text(column.heading, style=_heading_style()), Text(text))
    console = _console(out)
    with console.capture() as drawn:
        console.print(grid)
    return "".join(f"{line.rstrip()}\n" for line in drawn.get().splitlines())


_NESTS = frozenset({Kind.JSON, Kind.TIMELINE})


def _nest(value: object, kind: Kind) -> str:
    return cells.timeline(value) if kind is Kind.TIMELINE else cells.json_indented(value, sort=True)


def _cell(item: object, column: Column) -> str:
    value = column.of(item)
    if column.kind is Kind.FLAG and value is not None:
        return "yes" if value else "no"
    return cells.seen(value, column.kind)


def _console(out: TextIO) -> Console:
    """A console as wide as the terminal. Without a terminal the width has no limit, and nothing is cut."""
    width, height = shutil.get_terminal_size((80 if out.isatty() else _NO_TERMINAL, 24))
    # With TERM=dumb, Rich uses our width only if a height is given, too.
    return Console(file=out, width=width, height=height, highlight=False, markup=False, emoji=False)


def _heading_style() -> str:
    return "" if os.environ.get("NO_COLOR") else "bold"


def _bold(console: Console, line: str) -> str:
    with console.capture() as drawn:
        console.print(Text(line, style=_heading_style()), end="", soft_wrap=True)
    return drawn.get()


def _widths(
    rows: Sequence[Sequence[str]], columns: Sequence[Column], width: int, keep: Collection[str]
) -> dict[int, int]:
    """The width of each shown column. The lightest columns are dropped first, then the longest texts are cut."""
    elastic = {i for i, column in enumerate(columns) if column.is_elastic}
    natural = {i: max(cell_len(texts[i]) for texts in rows) for i in range(len(columns))}
    floors = {i: min(size, _FLOOR) if i in elastic else size for i, size in natural.items()}
    may_go = [i for i, column in enumerate(columns) if i and column.key not in keep]
    for lightest in sorted(may_go, key=lambda i: (columns[i].weight, -i)):
        if _total_width(floors) <= width:
            break
        del floors[lightest]
    widths = {i: min(natural[i], width) if i in elastic else natural[i] for i in floors}
    for _ in range(_total_width(widths) - width):
        longest = max(elastic & widths.keys(), key=lambda i: (widths[i] > floors[i], widths[i]), default=None)
        if longest is None or widths[longest] == 1:
            break  # only numbers are left, and a cut number would be wrong
        widths[longest] -= 1
    return widths


def _total_width(widths: dict[int, int]) -> int:
    return sum(widths.values()) + len(_GAP) * (len(widths) - 1)


def _fitted(text: str, width: int, *, right: bool) -> str:
    size = cell_len(text)
    if size > width:
        return f"{set_cell_size(text, width - 1)}…"
    pad = " " * (width - size)
    return pad + text if right else text + pad
