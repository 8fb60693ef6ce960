"""Workbooks: XLSX and what else calamine reads, known by their bytes and not by their name."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from adops_cli.importers.exports.tables import Rows, Score, unreadable

_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_ROWS = 200


def is_one(head: bytes) -> bool:
    """Whether these are the first bytes of a workbook."""
    return head.startswith(_MARKS)


def opened(path: Path, score: Score) -> Callable[[], Rows]:
    """The rows of the sheet with the best header; each call reads them from the start."""
    import python_calamine as calamine  # noqa: PLC0415 - only a workbook needs it

    try:
        book = calamine.load_workbook(str(path))
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
        if not sheets:
            raise unreadable("The workbook has no sheet", "Export it again.")
        best = max(sheets, key=lambda sheet: max(map(score, islice(sheet.iter_rows(), _ROWS)), default=0))
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise unreadable(
            f"The workbook cannot be read: {error}", "Export it again, or save it as CSV in UTF-8."
        ) from error

    def rows() -> Rows:
        for line, cells in enumerate(best.iter_rows(), start=1):
            if any(cell != "" for cell in cells):
                yield line, [_whole(cell) for cell in cells]

    return rows


def _whole(cell: Any) -> Any:
    """A number without decimals as an int: a workbook keeps every number as a double."""
    return int(cell) if type(cell) is float and cell.is_integer() else cell
