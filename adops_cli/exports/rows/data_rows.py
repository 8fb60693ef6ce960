"""The data rows of a table, several hundred at once: from below the header to the footer.

The one place that decides which lines of a file are data. Both passes use it, so that they agree.
"""

import json
import re
from collections.abc import Collection, Iterator
from itertools import islice

from adops_cli.exports.cells.cell import Cell, Cells, shown
from adops_cli.exports.recognise import Recognised, is_no_data
from adops_cli.exports.sources.table import Kind, Table

AT_ONCE = 500
"""How many rows are processed together. More are slower, because they no longer fit into the processor's cache."""

_FOOTER_WIDEST = 3
"""A line of a footer fills at most this many cells, even if a spreadsheet has made it as wide as the header."""

LineCells = tuple[int, Cells]
"""The line on which a row begins, and its cells."""


def chunks(table: Table, file: Recognised, lists: Collection[int] = ()) -> Iterator[list[LineCells]]:
    """The data rows, without empty rows, the no-data line and the footer.

    Args:
        table: the file's rows, from its start.
        file: what was recognised in it.
        lists: columns in which a list stays a list; in all others it becomes text.
    """
    if file.no_data:
        return
    rows = islice(table.rows(), file.start, None)
    footer, width = file.platform.footer, len(file.header.cells)
    typed = table.kind is not Kind.TEXT
    first = True
    while chunk := list[LineCells](islice(rows, AT_ONCE)):
        if first and is_no_data(chunk[0][1], file.platform):
            return
        first = False
        end = len(chunk)
        if footer is not None:
            end = next((at for at, (_, cells) in enumerate(chunk) if _is_of(footer, cells, width)), end)
        kept = [row for row in chunk[:end] if _is_filled(row[1][0]) or any(map(_is_filled, row[1]))]
        if typed:
            kept = [(line, _even(cells, width, lists)) for line, cells in kept]
        if kept:
            yield kept
        if end < len(chunk):
            return


def _is_of(footer: re.Pattern[str], cells: Cells, width: int) -> bool:
    """Whether a line belongs to the footer. A campaign can be called `Filters`, but its row also has figures."""
    if not footer.match(shown(cells[0]).strip()):
        return False
    return sum(map(_is_filled, cells)) <= min(_FOOTER_WIDEST, width - 1)


def _is_filled(cell: Cell) -> bool:
    return not cell.isspace() and cell != "" if isinstance(cell, str) else True


def _even(cells: Cells, width: int, lists: Collection[int]) -> Cells:
    """A row of a workbook or of records, as wide as the header and with cells that can be compared."""
    even = [cell if type(cell) in _PLAIN or column in lists else _text(cell) for column, cell in enumerate(cells)]
    return even[:width] + [""] * (width - len(even))


_PLAIN = frozenset({str, int, float})


def _text(cell: Cell) -> Cell:
    if isinstance(cell, bool):
        return shown(cell)
    return json.dumps(cell, ensure_ascii=False, default=str) if isinstance(cell, list | dict) else cell


def count(table: Table, file: Recognised) -> int:
    """How many data rows there are."""
    return sum(map(len, chunks(table, file)))
