"""Workbooks, XLSX and ODS, as rows of cells: chooses the sheet, and numbers its rows. Knows no header's meaning.

Cells are str, int, float, date or datetime; an empty one is "", and one with an error is the error's text. Every number
in an XLSX is a float, also an id, and stays one, since that is what it can be trusted for. Booleans become TRUE and
FALSE, durations and times of day become text. A workbook is the only kind of file that is held in memory; the limit
below keeps its size acceptable.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from adops_cli.errors import BadRequestError
from adops_cli.exports.export import Refusal, RefusedError
from adops_cli.exports.sources import archive, lost_cells, ods_cells
from adops_cli.exports.sources.lost_cells import Lost, column
from adops_cli.exports.sources.source import InputFile

_HEAD_ROWS = 100
_NOTHING: dict[Any, Any] = {}
_CELL_LIMIT = 20_000_000
"""Cells from A1 to the last row and column: the library allocates all of them, even empty ones, at 32 bytes each."""
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,9})[A-Za-z]*+(\d{1,18})""")
"""Matches even a place far beyond the last cell that Excel has, because the library's arithmetic fails on it."""
_LONGEST_PLACE = 40
_OTHERS = frozenset({".ods", ".xls", ".xlsb"})
_STRINGS = "xl/sharedStrings.xml"
"""The texts of all sheets: the only large part that is not a sheet. Any other part can be one, whatever its name."""


@dataclass(frozen=True)
class _Seen:
    """A sheet with its rank: its best score, whether it has rows, whether it is visible."""

    sheet: CalamineSheet
    rank: tuple[int, bool, bool]


def choose_sheet(
    source: InputFile, score: Callable[[Sequence[str]], int], wanted: str | None
) -> tuple[CalamineSheet, list[str]]:
    """The sheet that is wanted, or the one with the row that scores highest, and what to say of the others.

    If several score the same, the first one that is visible and not empty.
    """
    _check_size(source)
    found: list[_Seen] = []
    try:
        with _opened(source) as book:
            for about in book.sheets_metadata:
                if about.typ == SheetTypeEnum.WorkSheet:
                    sheet = book.get_sheet_by_name(about.name)
                    head = [cells for _, cells in islice(rows(source.name, sheet), _HEAD_ROWS)]
                    highest = max((score(list(map(str, cells))) for cells in head), default=0)
                    found.append(_Seen(sheet, (highest, bool(head), about.visible == SheetVisibleEnum.Visible)))
    except CalamineError as error:
        raise _unreadable(source.name, f"cannot be read as a workbook: {error}") from error
    if not found:
        raise _unreadable(source.name, "is a workbook without a sheet of cells")
    named = [one for one in found if wanted in {None, one.sheet.name}]
    if not named:
        names = ", ".join(one.sheet.name for one in found)
        raise BadRequestError(f"{source.name} has no sheet {wanted!r}, which --sheet names", f"Its sheets are {names}")
    best = max(named, key=lambda one: one.rank)
    return best.sheet, _not_read(source.name, best, [one for one in found if one is not best and one.rank[1]])


def _not_read(name: str, best: _Seen, others: Sequence[_Seen]) -> list[str]:
    """That other sheets with cells were not read, each with its rows, and how to read one."""
    if not others:
        return []
    told = ", ".join(f"{one.sheet.name} ({_count(name, one.sheet)})" for one in others)
    are = "was not" if len(others) == 1 else "were not"
    return [f"sheet {best.sheet.name} of {len(others) + 1} was read; {told} {are}; --sheet NAME reads another"]


def _count(name: str, sheet: CalamineSheet) -> str:
    count = sum(1 for _ in rows(name, sheet))
    return f"{count:,} row{'' if count == 1 else 's'}"


def _opened(source: InputFile) -> CalamineWorkbook:
    """The workbook. The library goes by the name of a file that it opens itself, and names can be wrong."""
    if archive.is_ods(source.name, source.path) or source.path.suffix.lower() in _OTHERS:
        with source.open() as file:
            return CalamineWorkbook.from_filelike(file)
    return CalamineWorkbook.from_path(source.path)


def rows(name: str, sheet: CalamineSheet, back: Lost = _NOTHING) -> Iterator[tuple[int, list[Any]]]:
    """Each row with a cell that is not empty, with its number in the sheet; lost cells are put back."""
    first = sheet.start[1] if sheet.start else 0
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = [value if type(value) is str else _cell(value) for value in values]
        for at, text in back.get(number, _NOTHING).items():
            if 0 <= at - first < len(cells):
                cells[at - first] = text
        if any(cell != "" for cell in cells):
            if any(type(cell) is str and "\0" in cell for cell in cells):
                raise _unreadable(name, f"contains the character U+0000 in row {number}")
            yield number, cells


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if isinstance(value, date | int) else str(value)


def lost(source: InputFile, sheet: CalamineSheet) -> Lost:
    """The cells of a sheet that the library shows as empty, although they are not."""
    if not archive.is_ods(source.name, source.path):
        return lost_cells.find(source.name, source.path, sheet.name)
    found = _ods_sheets(source).get(sheet.name)
    return found.lost if found else _NOTHING


def _ods_sheets(source: InputFile) -> dict[str, ods_cells.Sheet]:
    for member, chunks in archive.members(source.name, source.path):
        if member == ods_cells.CONTENT:
            return ods_cells.sheets(source.name, chunks)
    return {}


def _check_size(source: InputFile) -> None:
    """Refuse a workbook that would take too much memory, unpacked or allocated: the library would simply crash."""
    if archive.is_ods(source.name, source.path):
        if any(sheet.span > _CELL_LIMIT for sheet in _ods_sheets(source).values()):
            raise _too_large(source)
        return
    for member, chunks in archive.members(source.name, source.path):
        columns, last, tail = {b""}, 0, b""
        for chunk in chunks:
            if member == _STRINGS:
                continue
            places = _PLACE.findall(tail + chunk)
            columns.update(letters.upper() for letters, _ in places)
            last = max(last, max((int(row) for _, row in places), default=0))
            tail = (tail + chunk)[-_LONGEST_PLACE:]
        if last * max(map(column, columns)) > _CELL_LIMIT:
            raise _too_large(source)


def _too_large(source: InputFile) -> RefusedError:
    return _unreadable(source.name, f"has a sheet that spans more than {_CELL_LIMIT:,} cells")


def _unreadable(name: str, what: str) -> RefusedError:
    return RefusedError(Refusal.UNREADABLE, f"{name} {what}", "Export it again, or save it as CSV")
