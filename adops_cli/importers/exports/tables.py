"""A source as rows of cells, whatever its form: delimited text, a workbook, JSON or NDJSON.

Owns what the forms have in common; each has a module of its own. Knows no platform: what a header is, it is told.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Any

from adops_cli.importers.exports.cells import Cells
from adops_cli.importers.exports.export import Refusal, RefusedError
from adops_cli.importers.exports.source import Source

Score = Callable[[Sequence[Any]], int]
"""How many known column names a row has."""
Rows = Iterator[tuple[int, Cells]]
"""The line on which each row begins, the first being 1, and its cells."""


class Kind(StrEnum):
    """What form a file has."""

    TEXT = "text"
    """Cells are text."""
    WORKBOOK = "workbook"
    """Cells are text, int, float, bool, `date`, `datetime`; an empty one is "". The line is the row of the sheet."""
    RECORDS = "records"
    """Cells are text, int, `Decimal`, bool or lists; null and what is lacking are "". The header comes first, as line
    0: the keys, dotted where they are nested, in the order in which they first occur. The line is that of an NDJSON
    record, or the record's number in a document."""


class Table:
    """The rows of a file, from the start each time they are asked for; blank lines are none."""

    def __init__(self, kind: Kind, rows: Callable[[], Rows], notices: Sequence[str] = ()) -> None:
        self.kind = kind
        self.rows = rows
        self.notices = list(notices)


def open_table(source: Source, score: Score) -> Table:
    """The table in a source; `score` tells which delimiter, and which sheet, is the right one."""
    from adops_cli.importers.exports import encoding, records, text, workbook  # noqa: PLC0415 - they build on this

    head = source.head()
    if workbook.is_one(head):
        return Table(Kind.WORKBOOK, workbook.opened(source.path, score))
    found = encoding.encoding_of(source.path, head)
    notices = ["The file is not UTF-8, and was read as Windows-1252."] if found == "cp1252" else []
    if records.is_one(source.path, found):
        return Table(Kind.RECORDS, records.opened(source.path, found), notices)
    return Table(Kind.TEXT, text.opened(source.path, found, score), notices)


def unreadable(what: str, hint: str) -> RefusedError:
    """The refusal of a file that is broken."""
    return RefusedError(Refusal.UNREADABLE, what, hint)
