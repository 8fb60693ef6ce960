"""Delimited text as rows of cells: finds the delimiter and the physical line of each row. Knows no header's meaning.

CR, LF and CRLF each end a line; within quotes they belong to the cell. Quotes in odd places are taken literally, as
spreadsheets do. One that is never closed makes the file unreadable, because everything after it would be one cell.
"""

import csv
import io
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from adops_cli.exports.export import Refusal, RefusedError
from adops_cli.exports.sources.encoding import Encoding
from adops_cli.exports.sources.source import InputFile

Score = Callable[[Sequence[str]], int]
"""How many known headers a row has."""

_DELIMITERS = (",", ";", "\t", "|")
_HEAD_SIZE = 256 << 10
_HEAD_ROWS = 100
_CELL_LIMIT = 8 << 20
"""Characters. Anything longer is a quote that was never closed, and would fill the memory."""
_LINE_LIMIT = 10 << 20
"""Bytes. Text with a longer line is not a table."""
_END = "\0"
"""Passed through the reader as a last line. No file that is read as text contains this character."""


def delimiter(source: InputFile, encoding: Encoding, score: Score) -> str:
    """The delimiter with which one of the first rows scores highest.

    If there are several, the one with which most rows have as many cells as that row, then the one with more cells.

    Raises:
        RefusedError: a line is too long for a table.
    """
    if source.longest_line > _LINE_LIMIT:
        what = f"{source.name} is not a table: it has a line of more than {_LINE_LIMIT >> 20} MB"
        raise RefusedError(Refusal.UNREADABLE, what, "Export it again as CSV")
    with source.text(encoding) as file:
        head = file.read(_HEAD_SIZE)
        is_cut = bool(file.read(1))
    return max(_DELIMITERS, key=lambda candidate: _fit(_first_rows(head, is_cut, candidate), score))


def _first_rows(head: str, is_cut: bool, candidate: str) -> list[list[str]]:
    csv.field_size_limit(_CELL_LIMIT)
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=candidate)
    rows = [cells for cells in itertools.islice(reader, _HEAD_ROWS) if cells]
    if is_cut and len(rows) > 1 and next(reader, None) is None:
        rows.pop()
    return rows


def _fit(rows: Sequence[Sequence[str]], score: Score) -> tuple[int, bool, int, int]:
    best, header = max(((score(cells), cells) for cells in rows), key=lambda pair: pair[0], default=(0, ()))
    width = len(header) if best else max(map(len, rows), default=0)
    return best, width > 1, sum(len(cells) == width for cells in rows), width


def rows(source: InputFile, encoding: Encoding, by: str) -> Iterator[tuple[int, list[Any]]]:
    """Each row that is not blank, with the physical line on which it begins. RefusedError at a quote never closed."""
    csv.field_size_limit(_CELL_LIMIT)
    with source.text(encoding) as file:
        reader = csv.reader(itertools.chain(file, (_END,)), delimiter=by)
        line = 1
        try:
            for cells in reader:
                last = reader.line_num
                if len(cells) > 1:
                    if last > line and cells[-1].endswith(_END):
                        raise _unclosed(source.name, line)
                    yield line, cells
                elif cells and cells[0].strip():
                    if cells[0].endswith(_END):
                        if last == line:  # the end itself, on a line of its own
                            return
                        raise _unclosed(source.name, line)
                    yield line, cells
                line = last + 1
        except csv.Error as error:
            raise _unclosed(source.name, line) from error


def _unclosed(name: str, line: int) -> RefusedError:
    return RefusedError(
        Refusal.UNREADABLE,
        f"{name} has a quote in line {line} that is never closed, so everything after it would be one cell",
        "Export it again, or close the quote",
    )
