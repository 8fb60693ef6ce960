"""Rows as a workbook (.xlsx): a sheet for each currency, a chart of each, and a sheet 'About' with the proof.

Rows are written as they arrive, in constant memory, by XlsxWriter, whose working files are beside the file. Text from
outside is always text, never a formula, a link or markup. What a workbook cannot hold as it is, is told.
"""

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError, FileSizeError

from adops_cli.errors import AdopsError
from adops_cli.render.columns import Column
from adops_cli.render.document import Document, Section
from adops_cli.render.workbook.cells import Cells, Formats, Told
from adops_cli.render.workbook.charts import Drawing
from adops_cli.render.workbook.sheet import Sheet, prepare

_ROWS, _CHARTS, _ABOUT, _NO_CURRENCY = "Rows", "Charts", "About", "No currency"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9 .-]")
_LONGEST_NAME = 25
"""The limit is 31, of which a number behind a name needs some."""
_TAKEN = {name.lower() for name in (_CHARTS, _ABOUT, "History")}
"""Excel keeps the last one for itself."""


def write(  # noqa: PLR0913 - as for `render.rows`
    file: Path,
    items: Iterable[object],
    columns: Sequence[Column],
    document: Document,
    *,
    apart: Column | None,
    total: object | None,
    header: bool,
) -> Sequence[str]:
    """Write the workbook. Return, in words, what it holds otherwise than it is.

    Args:
        file: an existing file, in a folder for working files.
        items: as for `render.rows`.
        columns: the columns to write, in this order.
        document: what is known of the rows.
        apart: the column whose values each get a sheet: the currency.
        total: one more row, which stands below the others if they are on one sheet.
        header: whether there are headings.
    """
    with _opened(file, document.title) as book:
        told, formats = Told(), Formats(book)
        drawing = Drawing(document.chart, columns) if document.chart else None
        kept, most = (drawing.keys, drawing.most) if drawing else ((), 0)

        def new(name: str, of: str) -> Sheet:
            sheet = book.add_worksheet(name)
            return Sheet(sheet, columns, formats, told, header=header, of=of, kept=kept, most=most)

        sheets = _Sheets(new, apart)
        for item in items:
            sheets.of(item).write(item)
        made = sheets.made or [new(_ROWS, "")]
        if total is not None and len(made) == 1:
            made[0].write_total(total)
        for sheet in made:
            sheet.finish()
        if drawing and kept and sheets.made:
            drawing.draw(book, _CHARTS, made, document.title)
        _tell(book.add_worksheet(_ABOUT), document.proof(), formats, told)
        return list(told.sentences())


@contextlib.contextmanager
def _opened(file: Path, title: str) -> Iterator[Any]:
    """A workbook, which is written at the end of the block. Its working files are closed, however that ends."""
    book: Any = Workbook(str(file), {"constant_memory": True, "tmpdir": str(file.parent)})
    book.set_properties({"title": title, "created": datetime.now(UTC)})
    try:
        yield book
        book.close()
    except FileSizeError as error:
        raise AdopsError("a workbook of more than 4 GB cannot be read everywhere", "Use --output FILE.csv") from error
    except FileCreateError as error:  # around that of the system
        raise error.args[0] from error
    finally:
        for sheet in book.worksheets():
            sheet.row_data_fh.close()


class _Sheets:
    """The sheets of rows, each begun when its currency is first seen."""

    def __init__(self, new: Callable[[str, str], Sheet], apart: Column | None) -> None:
        self.made: list[Sheet] = []
        """In the order in which they were begun."""
        self._new, self._apart = new, apart
        self._by_value: dict[Any, Sheet] = {}
        self._names = set(_TAKEN)

    def of(self, item: object) -> Sheet:
        """The sheet of a row."""
        value = self._apart.of(item) if self._apart else _ROWS
        if (found := self._by_value.get(value)) is None:
            of = str(value or _NO_CURRENCY)
            found = self._by_value[value] = self._new(self._free(of), of if self._apart else "")
            self.made.append(found)
        return found

    def _free(self, wanted: str) -> str:
        """This name, or one like it that a sheet can have."""
        base = name = _NOT_IN_NAMES.sub("_", wanted)[:_LONGEST_NAME].strip()
        number = 1
        while not name or name.lower() in self._names:
            number += 1
            name = f"{base} ({number})"
        self._names.add(name.lower())
        return name


def _tell(about: Any, proof: Sequence[Section], formats: Formats, told: Told) -> None:
    """Write what stands behind the rows: a small table for each section. The last says what is held otherwise."""
    row, widths = 0, dict[int, int]()
    prepare(about)

    def add(section: Section) -> None:
        nonlocal row
        part = Cells(about, section.columns, formats, told)
        if section.title != section.columns[0].heading:
            part.text(row, 0, section.title, bold=True)
            row += 1
        part.heading(row)
        for place, one in enumerate(section.rows, start=row + 1):
            part.write(place, one)
        row += len(section.rows) + 2
        for place, width in enumerate(part.widths[:-1]):  # the last one has all the space at its right
            widths[place] = max(width, widths.get(place, 0))

    for section in proof:
        add(section)
    if words := list(told.sentences()):
        column = Column("words", "Held otherwise than in the book")
        add(Section(column.heading, [column], [{"words": one} for one in words]))
    for place, width in widths.items():
        about.set_column(place, place, width)
