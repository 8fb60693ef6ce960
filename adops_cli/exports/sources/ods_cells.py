"""The XML of an OpenDocument spreadsheet: how large its sheets are, and the cells that the reading library loses.

Rows and cells can be repeated by a number, so a small file can have more cells than any memory; the size is found
without making them. Error cells and formulas without a value are shown as empty, as `lost_cells` explains for XLSX.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.parsers import expat

from adops_cli.exports.export import Refusal, RefusedError
from adops_cli.exports.sources.lost_cells import ERROR, UNCALCULATED

CONTENT = "content.xml"
_MOST_LOST = 100_000
_TABLE, _ROW = "table:table", "table:table-row"
_CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})


@dataclass
class Sheet:
    """A sheet as its XML shows it."""

    rows: int = 0
    columns: int = 0
    """The last row and the last column with a value."""
    lost: dict[int, dict[int, str]] = field(default_factory=dict)
    """Row, from 1 -> column, from 0 -> text."""

    @property
    def span(self) -> int:
        """Cells from the first to the last row and column."""
        return self.rows * self.columns


def sheets(name: str, chunks: Iterable[bytes]) -> dict[str, Sheet]:
    """The sheets of a spreadsheet, by name. RefusedError if its XML is broken, or has too many lost cells."""
    reader = _Reader()
    try:
        for chunk in chunks:
            reader.parser.Parse(chunk, False)
        reader.parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        raise RefusedError(
            Refusal.UNREADABLE, f"{name} cannot be read as a spreadsheet: {error}", "Export it again, or save it as CSV"
        ) from error
    return reader.sheets


class _Reader:
    """Goes through the XML once. Tables within cells are left aside."""

    def __init__(self) -> None:
        self.sheets: dict[str, Sheet] = {}
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = _refuse_entities
        self._depth = 0
        self._sheet = Sheet()
        self._row = self._row_count = self._column = 0
        self._is_filled = False
        self._words: list[str] | None = None
        """The text of an error cell, while it is read."""
        self._cell: tuple[int, str] = (0, "")

    def _start(self, tag: str, about: dict[str, str]) -> None:
        if tag == _TABLE:
            self._depth += 1
            if self._depth == 1:
                self._sheet = self.sheets.setdefault(about.get("table:name", ""), Sheet())
                self._row = 0
        elif self._depth != 1:
            return
        elif tag == _ROW:
            self._row_count = int(about.get("table:number-rows-repeated", 1))
            self._column, self._is_filled = 0, False
        elif tag in _CELLS:
            self._start_cell(about)

    def _start_cell(self, about: dict[str, str]) -> None:
        count = int(about.get("table:number-columns-repeated", 1))
        is_error = about.get("calcext:value-type") == "error"
        has_value = "office:value-type" in about
        if has_value or is_error:
            self._is_filled = True
            self._sheet.columns = max(self._sheet.columns, self._column + count)
        if is_error:
            self._words, self._cell = [], (count, ERROR)
        elif "table:formula" in about and not has_value:
            self._lose(count, UNCALCULATED)
        self._column += count

    def _text(self, text: str) -> None:
        if self._words is not None:
            self._words.append(text)

    def _end(self, tag: str) -> None:
        if tag == _TABLE:
            self._depth -= 1
        elif self._depth == 1 and tag in _CELLS and self._words is not None:
            text = "".join(self._words).strip()
            count, unnamed = self._cell
            self._column -= count
            self._lose(count, text if text.startswith("#") else unnamed)
            self._column += count
            self._words = None
        elif self._depth == 1 and tag == _ROW:
            self._row += self._row_count
            if self._is_filled:
                self._sheet.rows = self._row

    def _lose(self, count: int, text: str) -> None:
        if count * self._row_count > _MOST_LOST:
            raise ValueError("it repeats an error too often")
        for row in range(self._row + 1, self._row + 1 + self._row_count):
            cells = self._sheet.lost.setdefault(row, {})
            cells.update(dict.fromkeys(range(self._column, self._column + count), text))


def _refuse_entities(*_about: object) -> None:
    raise ValueError("it declares entities")
