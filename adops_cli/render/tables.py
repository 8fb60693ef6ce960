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
_NARROW, _NARROW_FLOOR = 60, 12
"""The same for names on a terminal with fewer columns than this, where a figure beside half a name is worth more."""
_NO_TERMINAL = 1_000_000


def table(  # noqa: PLR0913 - as for `render.rows`
    out: TextIO,
    items: Iterable[object],
    columns: Sequence[Column],
    *,
    total: object | None,
    keep: Collection[str],
    header: bool,
) -> tuple[list[str], int]:
    """The lines of a table, and the number of columns that did not fit. No rows give no lines."""
    every = [column for column in columns if column.weight or column.key in keep]
    body = [[_cell(item, column) for column in every] for item in items]
    if not body:
        return [], 0
    console = console_on(out)
    foot = [] if total is None else [total_cells(total, every)]
    head = [[column.heading for column in every]] if header else []
    places = _chosen([*head, *body, *foot], every, console.width, keep, body)
    columns = [every[i] for i in places]
    body = [[texts[i] for i in places] for texts in body]
    foot = [] if total is None else [total_cells(total, columns)]
    head = [[column.heading for column in columns]] if header else []
    widths = _widths([*head, *body, *foot], columns, console.width)

    def line(texts: Sequence[str]) -> str:
        fitted = map(_fitted, texts, widths, (column.is_number for column in columns))
        return f"{_GAP.join(fitted).rstrip()}\n"

    folding = [i for i, column in enumerate(columns) if column.kind is Kind.PROSE]

    def row(texts: Sequence[str]) -> str:
        if not any(cell_len(texts[i]) > widths[i] for i in folding):
            return line(texts)
        parts = [Text(text).wrap(console, widths[i]) if i in folding else [text] for i, text in enumerate(texts)]
        return "".join(line([str(part).rstrip() for part in level]) for level in zip_longest(*parts, fillvalue=""))

    rule = ("-" if console.options.ascii_only else "─") * _total_width(widths) + "\n"
    above = [part for texts in head for part in (_bold(console, line(texts)), rule)]
    below = [part for texts in foot for part in (rule, line(texts))]
    return [*above, *map(row, body), *below], len(every) - len(places)


def fields(out: TextIO, item: object, columns: Sequence[Column]) -> str:
    """One row as two columns, field and value. Long text is wrapped, never cut, and JSON is spread over lines."""
    grid = Table.grid(padding=(0, len(_GAP), 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for column in columns:
        value = column.of(item)
        text = _nest(value, column.kind) if value is not None and column.kind in _NESTS else _cell(item, column)
        grid.add_row(Text(column.heading, style=heading_style()), Text(text))
    console = console_on(out)
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
    return cells.noted(item, column)


def console_on(out: TextIO, otherwise: int = _NO_TERMINAL) -> Console:
    """A console as wide as the terminal. Without a terminal, the other width: by default, nothing is cut."""
    width, height = shutil.get_terminal_size((80 if out.isatty() else otherwise, 24))
    # With TERM=dumb, Rich uses our width only if a height is given, too.
    return Console(file=out, width=width, height=height, highlight=False, markup=False, emoji=False)


def heading_style() -> str:
    """How headings stand out."""
    return "" if os.environ.get("NO_COLOR") else "bold"


def _bold(console: Console, line: str) -> str:
    with console.capture() as drawn:
        console.print(Text(line, style=heading_style()), end="", soft_wrap=True)
    return drawn.get()


def _chosen(
    rows: Sequence[Sequence[str]],
    columns: Sequence[Column],
    width: int,
    keep: Collection[str],
    body: Sequence[Sequence[str]],
) -> Sequence[int]:
    """The places of the columns that fit: the heaviest first, each with what it needs; empty ones last.

    The first column says what a row is about, and always stays, unless it is the id beside a name.
    """
    floors = _floors(rows, columns, width)
    filled = [any(texts[i] not in ("", cells.ABSENT) for texts in body) for i in range(len(columns))]
    by_key = {column.key: i for i, column in enumerate(columns)}
    needed = {i: {i, by_key.get(column.needs, i)} for i, column in enumerate(columns)}
    kept = [i for i, column in enumerate(columns) if column.key in keep or not (i or column.needs in by_key)]
    chosen = {place for i in kept for place in needed[i]}
    for i in sorted(needed, key=lambda i: (not filled[i], -columns[i].weight, i)):
        together = chosen | needed[i]
        if not chosen or _total_width([floors[place] for place in together]) <= width:
            chosen = together
        elif not (columns[i].is_id or columns[i].kind is Kind.BARS):  # they are wide, and what is lighter may still fit
            break
    return sorted(chosen)


def _floors(rows: Sequence[Sequence[str]], columns: Sequence[Column], width: int) -> list[int]:
    """The width of each column below which it is not cut as long as others can be left out."""
    floor = _NARROW_FLOOR if width < _NARROW else _FLOOR
    return [
        min(size, _FLOOR if column.is_id else floor) if column.is_elastic else size
        for size, column in zip(_natural(rows, columns), columns, strict=True)
    ]


def _natural(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> list[int]:
    return [max(cell_len(texts[i]) for texts in rows) for i in range(len(columns))]


def _widths(rows: Sequence[Sequence[str]], columns: Sequence[Column], width: int) -> list[int]:
    """The width of each column. The longest texts are cut first, and a number never."""
    floors = _floors(rows, columns, width)
    elastic = [i for i, column in enumerate(columns) if column.is_elastic]
    widths = [min(size, width) if i in elastic else size for i, size in enumerate(_natural(rows, columns))]
    for _ in range(_total_width(widths) - width):
        longest = max(elastic, key=lambda i: (widths[i] > floors[i], widths[i]), default=None)
        if longest is None or widths[longest] == 1:
            break  # only numbers are left, and a cut number would be wrong
        widths[longest] -= 1
    return widths


def _total_width(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _fitted(text: str, width: int, right: bool) -> str:
    size = cell_len(text)
    if size > width:
        return f"{set_cell_size(text, width - 1)}…"
    pad = " " * (width - size)
    return pad + text if right else text + pad
