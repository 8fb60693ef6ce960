"""Delimited text as rows of cells: finds the delimiter and the physical line of each row. Knows no header's meaning.

CR, LF and CRLF each end a line; within quotes they belong to the cell. Quotes in a cell that does not begin with one
are taken literally, as spreadsheets do. Lines whose quotes are broken come as `BrokenRow`s, one for each line:

- text behind a closing quote: `"Brand" - UK`, where nothing shows which quotes belong to the name;
- a cell that swallows lines: the first and the last line of the row are as wide as the row itself, so each of them is a
  row of its own, and a quote at the start of one was closed by a quote in the other.

A quote that is never closed makes the file unreadable, because everything after it would be one cell.
"""

import csv
import functools
import io
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
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
_AT_ONCE = 500
"""How many lines are taken from the file together."""
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


class BrokenRow(list[Any]):
    """A line with broken quotes: its cells as far as they can be told apart. A broken cell keeps its quotes."""


class _Lines:
    """The lines of a text, of which those since the line `start` can be had again. No Python runs for each line."""

    def __init__(self, file: Iterator[str], start: int) -> None:
        self._file = file
        self._kept: list[str] = []
        self._first = start
        """The number of the first kept line."""
        self.before = start - 1
        """How many lines come before these."""
        self.start = start
        self.is_at_end = False

    def __iter__(self) -> Iterator[str]:
        return itertools.chain.from_iterable(self._portions())

    def _portions(self) -> Iterator[Sequence[str]]:
        while portion := list(itertools.islice(self._file, _AT_ONCE)):
            del self._kept[: self.start - self._first]
            self._first = self.start
            self._kept += portion
            yield portion
        self.is_at_end = True
        yield (_END,)

    def until(self, last: int) -> list[str]:
        """The lines from `start` to `last`, both included."""
        return self._kept[self.start - self._first : last + 1 - self._first]


def rows(source: InputFile, encoding: Encoding, by: str) -> Iterator[tuple[int, list[Any]]]:
    """Each row that is not blank, with the physical line on which it begins. RefusedError at a quote never closed."""
    return itertools.chain.from_iterable(_portions(source, encoding, by))


def _portions(source: InputFile, encoding: Encoding, by: str) -> Iterator[Iterable[tuple[int, list[Any]]]]:
    """Many rows at once as long as each line is a row. From the first portion on where one is not, row by row."""
    csv.field_size_limit(_CELL_LIMIT)
    with source.text(encoding) as file:
        line = 1
        while portion := list(itertools.islice(file, _AT_ONCE)):
            found = _line_by_line(portion, by)
            if found is None:
                yield _row_by_row(_Lines(itertools.chain(portion, file), line), by, source.name)
                return
            numbered = zip(itertools.count(line), found)
            yield numbered if min(map(len, found)) > 1 else [(at, cells) for at, cells in numbered if _is_filled(cells)]
            line += len(portion)


def _line_by_line(portion: Sequence[str], by: str) -> list[list[str]] | None:
    """The cells of lines that are a row each; None if one is not."""
    try:
        found = list(csv.reader(portion, delimiter=by, strict=True))
    except csv.Error:
        return None
    return found if len(found) == len(portion) else None


def _is_filled(cells: Sequence[str]) -> bool:
    return len(cells) > 1 or bool(cells and cells[0].strip())


def _row_by_row(lines: _Lines, by: str, name: str) -> Iterator[tuple[int, list[Any]]]:
    reader = csv.reader(lines, delimiter=by, strict=True)
    while not lines.is_at_end:
        try:
            yield from _whole_rows(reader, lines, by)
        except csv.Error as error:
            last = lines.before + reader.line_num
            texts = lines.until(last)
            if lines.is_at_end or sum(map(len, texts)) > _CELL_LIMIT:
                raise _unclosed(name, lines.start) from error
            yield from _repaired(lines.start, texts, by)
            lines.start = last + 1


def _whole_rows(reader: Any, lines: _Lines, by: str) -> Iterator[tuple[int, list[Any]]]:
    """The rows up to the next one that the reader cannot read, which raises `csv.Error`."""
    line, before = lines.start, lines.before
    for cells in reader:
        last = before + reader.line_num
        if last > line:
            if _swallows(lines.until(last), len(cells), by):
                yield from _broken(line, lines.until(last), by)
            elif _is_filled(cells):
                yield line, cells
        elif _is_filled(cells) and cells[0] != _END:
            yield line, cells
        lines.start = line = last + 1


def _repaired(line: int, texts: Sequence[str], by: str) -> Iterator[tuple[int, list[Any]]]:
    """A row that the reader cannot read: it has white space behind closing quotes, which is harmless, or is broken."""
    cells, is_broken = _split("".join(texts), by)
    if is_broken:
        yield from _broken(line, texts, by)
    else:
        yield line, cells


def _broken(line: int, texts: Sequence[str], by: str) -> Iterator[tuple[int, list[Any]]]:
    for number, text in enumerate(texts, start=line):
        if text.strip():
            yield number, BrokenRow(_split(text, by)[0])


def _swallows(texts: Sequence[str], width: int, by: str) -> bool:
    """Whether a quoted cell with line breaks holds a row's worth of delimiters."""
    return width > 1 and all(len(_split(text, by)[0]) >= width for text in (texts[0], texts[-1]))


def _split(text: str, by: str) -> tuple[list[str], bool]:
    """The cells of a text, and whether the quotes of one are broken. Such a cell ends at the next delimiter."""
    text = text.rstrip("\r\n")
    cells, at, is_broken = [], 0, False
    while True:
        quoted = _quoted(by).match(text, at)
        end = quoted.end() if quoted else text.find(by, at)
        end = len(text) if end < 0 else end
        is_broken = is_broken or (quoted is None and text.startswith('"', at))
        cells.append(quoted[1].replace('""', '"') if quoted else text[at:end])
        if end >= len(text):
            return cells, is_broken
        at = end + 1


@functools.cache
def _quoted(by: str) -> re.Pattern[str]:
    """A whole cell in quotes, with white space behind the closing one."""
    blank = "[ ]" if by == "\t" else r"[ \t]"
    return re.compile(rf'"((?:[^"]|"")*+)"{blank}*+(?={re.escape(by)}|\Z)')


def _unclosed(name: str, line: int) -> RefusedError:
    return RefusedError(
        Refusal.UNREADABLE,
        f"{name} has a quote in line {line} that is never closed, so everything after it would be one cell",
        "Export it again, or close the quote",
    )
