"""A source of any kind as rows of cells: delimited text, a workbook or JSON records, detected from its content.

The only entrance to the three readers. Chooses one of them and never looks into a cell.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from adops_cli.errors import BadRequestError
from adops_cli.exports.sources import delimited, json_records, workbook
from adops_cli.exports.sources.source import InputFile

Cells = list[Any]
"""Text: str. Workbook: str, int, float, date, datetime. Records: str, int, Decimal, list. No value is ``""``."""


class Kind(StrEnum):
    """The kind of source that the rows come from."""

    TEXT = "text"
    WORKBOOK = "workbook"
    RECORDS = "records"


@dataclass(frozen=True)
class Table:
    """Rows of cells. One of them is the header; which one is decided elsewhere."""

    kind: Kind
    start: Callable[[], Iterator[tuple[int, Cells]]]
    notices: list[str] = field(default_factory=list)
    """Sentences about how the file was read."""
    delimiter: str | None = None
    """For delimited text only."""
    codec: str | None = None
    """The same: the encoding, as Python has it."""

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """Each row that is not blank with the line on which it begins (from 1). Each call starts at the beginning.

        The line is the physical line in text and JSON, and the row's number in a workbook. The first row of records
        holds their names, on line 0, and each of their rows has one cell per name.
        """
        return self.start()


def open_table(
    source: InputFile,
    score: Callable[[Sequence[str]], int],
    *,
    sheet: str | None = None,
    codec: str | None = None,
) -> Table:
    """Detect the kind of a source and open it.

    Args:
        source: the bytes; must stay open while rows are read.
        score: how many known headers a row has; chooses the delimiter, the sheet, the list of records.
        sheet: the sheet to read of a workbook, if the score is not to choose.
        codec: the encoding of a text file, if it is not to be detected.

    Raises:
        RefusedError: the source is none of the three, or damaged. Damage further on is found when rows are read.
    """
    if source.is_workbook:
        chosen, told = workbook.choose_sheet(source, score, sheet)
        lost = workbook.lost(source, chosen)
        return Table(Kind.WORKBOOK, functools.partial(workbook.rows, source.name, chosen, lost), told)
    if sheet is not None:
        raise BadRequestError(f"{source.name} is not a workbook, so it has no sheet {sheet!r}", "Leave out --sheet")
    encoding = source.encoding(codec)
    notices = [encoding.notice] if encoding.notice else []
    if json_records.is_json(source, encoding):
        names = json_records.names(source, encoding, score)
        notices += names.notices
        return Table(Kind.RECORDS, functools.partial(json_records.rows, source, encoding, score, names), notices)
    by = delimited.delimiter(source, encoding, score)
    return Table(Kind.TEXT, functools.partial(delimited.rows, source, encoding, by), notices, by, encoding.codec)
