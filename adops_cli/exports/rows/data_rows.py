"""The data rows of a table, several hundred at once: from below the header to the footer or to a second header.

The one place that decides which lines of a file are data. Both passes use it, so that they agree. Rows that are as wide
as the header and have a day are data without a further look, which keeps long files quick.
"""

import functools
import json
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, dropwhile, islice
from operator import itemgetter

from adops_cli.exports.cells.cell import Cell, Cells, shown
from adops_cli.exports.cells.dates import Form, form
from adops_cli.exports.cells.numbers import REMEMBERED, is_number
from adops_cli.exports.columns.header import Header, loose, written
from adops_cli.exports.platforms import PLATFORMS
from adops_cli.exports.recognise import Recognised, coded, is_no_data
from adops_cli.exports.sources.delimited import BrokenRow
from adops_cli.exports.sources.table import Kind, Table

AT_ONCE = 500
"""How many rows are processed together. More are slower, because they no longer fit into the processor's cache."""

_FOOTER = re.compile(
    r"(?:©|\(c\)|&copy;|copyright\b)|.*\ball rights reserved|rows?\s*:\s*(?P<rows>\d[\d.,' ]*)$", re.IGNORECASE
)
"""Lines below the rows that several platforms write, Microsoft Advertising among them."""
_FOOTER_WIDEST = 3
"""A line of a footer fills at most this many cells, even if a spreadsheet has made it as wide as the header."""
_TITLE_WIDEST = 2
"""The same for the lines between two tables."""
_FEWEST = 2
"""A second header has at least this many known names, and one known name in three."""
_SHARE = 3
_SENTENCE = 2
"""Words, in the line that stands for the rows of an empty report."""
_LONG_WORD = 5
"""Letters, in languages that write no spaces."""

LineCells = tuple[int, Cells]
"""The line on which a row begins, and its cells."""


class DataRows:
    """The data rows of a file. What stands below them is known once they have been read to their end."""

    def __init__(self, table: Table, file: Recognised) -> None:
        self._table, self._file = table, file
        self._width = len(file.header.cells)
        self._footer = file.platform.footer
        self._names = tuple(map(loose, file.header.cells))
        self.second: Header | None = None
        """The header of a second table, which ends this one."""
        self.repeated: list[int] = []
        """The lines that repeat the header."""
        self.stated: int | None = next(filter(None, map(_stated, file.preamble)), None)
        """How many rows the file says it has: `Rows: 31`, above or below them."""

    def chunks(self, lists: Collection[int] = (), day: int | None = None) -> Iterator[list[LineCells]]:
        """The data rows, without empty rows, the no-data line, repeated headers, the footer and a second table.

        Args:
            lists: columns in which a list stays a list; in all others it becomes text.
            day: the column of days, if it is known.
        """
        if self._file.no_data:
            return
        rows = islice(self._table.rows(), self._file.start, None)
        days: set[Cell] = set()
        self.repeated = []
        first = True
        while chunk := list[LineCells](islice(rows, AT_ONCE)):
            if first and (is_no_data(chunk[0][1], self._file.platform) or self._says_no_data(chunk)):
                return
            first = False
            if self._table.kind is not Kind.TEXT:
                chunk = [(line, _even(cells, self._width, lists)) for line, cells in chunk]
            if self._file.header.variants:
                chunk = [(line, self._folded(cells)) for line, cells in chunk]
            is_plain = self._footer is None and self._is_plain([cells for _, cells in chunk], day, days)
            end = len(chunk) if is_plain else self._end(chunk, day)
            kept = chunk if is_plain else list(self._kept(chunk[:end], day))
            if kept:
                yield kept
            if end < len(chunk):
                if self.second is None:
                    below = chain(chunk[end + 1 :], rows)
                    self.second = next((Header.of(line, cells) for line, cells in below if is_header(cells)), None)
                return

    def count(self) -> int:
        """How many data rows there are."""
        return sum(map(len, self.chunks()))

    def has_stated_rows(self, rows: int, total_rows: int) -> bool:
        """Whether there are as many rows as the file says, which may count its total rows. True if it says nothing."""
        return self.stated is None or self.stated in {rows, rows - total_rows}

    def above(self) -> Iterator[LineCells]:
        """Every line above the header."""
        return islice(self._table.rows(), max(self._file.start - 1, 0)) if self._file.header.line else iter(())

    def below(self) -> Iterator[LineCells]:
        """Every row from the second header on."""
        second = self.second
        if second is not None:
            rows = dropwhile(lambda row: row[0] < second.line, self._table.rows())
            yield from ((line, cells) for line, cells in rows if any(map(_is_filled, cells)))

    def _folded(self, cells: Cells) -> Cells:
        """The row with the values of variant columns in the columns that they belong to."""
        if len(cells) != self._width or type(cells) is BrokenRow:
            return cells
        folded = list(cells)
        for variant, column in self._file.header.variants.items():
            if _is_filled(cells[variant]) and not _is_filled(cells[column]):
                folded[column] = cells[variant]
        return folded

    def _is_plain(self, rows: Sequence[Cells], day: int | None, days: set[Cell]) -> bool:
        """Whether all of these rows are as wide as the header and have a day."""
        if day is None or set(map(len, rows)) != {self._width}:
            return False
        try:
            new = set(map(itemgetter(day), rows)) - days
        except TypeError:  # a list, in JSON
            return False
        if not all(map(_may_be_day, new)):
            return False
        if len(days) < REMEMBERED:
            days |= new
        return True

    def _is_row(self, cells: Cells, day: int | None) -> bool:
        """The same for one row."""
        return day is not None and len(cells) == self._width and _may_be_day(cells[day])

    def _end(self, chunk: Sequence[LineCells], day: int | None) -> int:
        """How many of these rows come before the footer or a second table."""
        for at, (line, cells) in enumerate(chunk):
            if self._is_footer(cells, day):
                self.stated = self.stated or next(filter(None, (_stated(_joined(c)) for _, c in chunk[at:])), None)
                return at
            if not self._is_row(cells, day) and is_header(cells) and not self._is_repeated(cells):
                self.second = Header.of(line, cells)
                return at - _titles(chunk[:at])
        return len(chunk)

    def _says_no_data(self, rows: Sequence[LineCells]) -> bool:
        """Whether the only line below the header is a sentence, as that of an empty report is in every language."""
        filled = [cell for cell in rows[0][1] if _is_filled(cell)]
        if self._file.platform.no_data is None or len(rows) > 1 or len(filled) != 1 or self._width < _SENTENCE:
            return False
        (cell,) = filled
        if not isinstance(cell, str) or any(map(str.isdigit, cell)):
            return False
        return len(cell.split()) >= _SENTENCE or (not cell.isascii() and len(cell) >= _LONG_WORD)

    def _is_repeated(self, cells: Cells) -> bool:
        return tuple(loose(written(cell)) for cell in cells[: self._width]) == self._names

    def _is_footer(self, cells: Cells, day: int | None) -> bool:
        """Whether a line belongs to the footer. A campaign can be called `Filters`, but its row also has figures."""
        is_of_platform = self._footer is not None and self._footer.match(shown(cells[0]).strip())
        if not is_of_platform and self._is_row(cells, day):
            return False
        is_narrow = sum(map(_is_filled, cells)) <= min(_FOOTER_WIDEST, self._width - 1)
        return is_narrow and bool(is_of_platform or _FOOTER.match(_joined(cells)))

    def _kept(self, rows: Sequence[LineCells], day: int | None) -> Iterator[LineCells]:
        width = self._width
        for line, cells in rows:
            if self._is_row(cells, day):
                yield line, cells
            elif not any(map(_is_filled, cells)):
                continue
            elif self._is_repeated(cells):
                self.repeated.append(line)
            elif len(cells) > width and not any(map(_is_filled, cells[width:])) and type(cells) is not BrokenRow:
                yield line, cells[:width]
            else:
                yield line, cells


@functools.cache
def _known() -> frozenset[str]:
    """Every header that any platform knows."""
    return frozenset().union(*(platform.known.keys() | platform.coded for platform in PLATFORMS))


def is_header(cells: Cells) -> bool:
    """Whether a row below the header is another header: several known names, and neither a number nor a day."""
    filled = [cell for cell in cells if _is_filled(cell)]
    if len(filled) < _FEWEST or any(not isinstance(cell, str) or is_number(cell) for cell in filled):
        return False
    names = {found[0] if (found := coded(text)) else loose(text) for text in map(written, filled)}
    hits = len(names & _known())
    return hits >= _FEWEST and hits * _SHARE >= len(filled) and all(form(cell) is Form.NONE for cell in filled)


def _may_be_day(cell: Cell) -> bool:
    return not isinstance(cell, str) or form(cell) is not Form.NONE


def _titles(rows: Sequence[LineCells]) -> int:
    """How many of the last rows are lines between two tables: a title, a blank line."""
    count = 0
    for _, cells in reversed(rows):
        filled = [cell for cell in cells if _is_filled(cell)]
        if len(filled) > _TITLE_WIDEST or any(is_number(cell) for cell in filled):
            break
        count += 1
    return count


def _stated(text: str) -> int | None:
    match = _FOOTER.match(text.strip(' "'))
    digits = re.sub(r"\D", "", match["rows"] or "") if match else ""
    return int(digits) if digits else None


def _joined(cells: Cells) -> str:
    """A line that is no row, as text. One without quotes can contain commas."""
    return ",".join(text for text in map(shown, cells) if text.strip()).strip()


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
