"""A source as rows of cells, whatever it is: delimited text, a workbook or JSON records, known by its content.

The one door to the three readers. It chooses among them and never looks into a cell.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from adops_cli.exports.sources import delimited, json_records, workbook
from adops_cli.exports.sources.source import InputFile

Cells = list[Any]
"""Text: str. Workbook: str, int, float, date, datetime. Records: str, int, Decimal, list. No value is ``""``."""


class Kind(StrEnum):
    """What the rows were in."""

    TEXT = "text"
    WORKBOOK = "workbook"
    RECORDS = "records"


@dataclass(frozen=True)
class Table:
    """Rows of cells, of which one is the header; which one, others find out."""

    kind: Kind
    start: Callable[[], Iterator[tuple[int, Cells]]]
    notices: list[str] = field(default_factory=list)
    """Sentences about how the file was read."""
    delimiter: str | None = None
    """Of delimited text."""

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """Every row that is not blank and the line it begins on (from 1), from the start each time this is called.

        The line is the physical one in text and JSON, the row's number in a workbook. Records have their names as the
        first row, on line 0, and every row of them has a cell per name.
        """
        return self.start()


def open_table(source: InputFile, score: Callable[[Sequence[str]], int]) -> Table:
    """Find out what a source is, and open it.

    Args:
        source: the bytes; to be kept open while rows are asked for.
        score: how many names of known columns a row has; chooses the delimiter, the sheet, the list of records.

    Raises:
        RefusedError: the source is none of the three, or damaged. Damage further on is found while reading rows.
    """
    if source.is_workbook:
        return Table(Kind.WORKBOOK, functools.partial(workbook.rows, source.name, workbook.best_sheet(source, score)))
    encoding = source.encoding()
    notices = [encoding.notice] if encoding.notice else []
    if json_records.is_json(source, encoding):
        columns = json_records.names(source, encoding, score)
        return Table(Kind.RECORDS, functools.partial(json_records.rows, source, encoding, score, columns), notices)
    by = delimited.delimiter(source, encoding, score)
    return Table(Kind.TEXT, functools.partial(delimited.rows, source, encoding, by), notices, by)
