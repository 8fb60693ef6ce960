"""Delimited text: CSV, TSV and their kin, whose delimiter is found by the header that it makes visible."""

import csv
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from adops_cli.importers.exports.tables import Rows, Score, unreadable

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 1 << 18
_ROWS = 200
_LARGEST = 32 << 20
"""Characters of one cell; anything larger is a quote that nobody closed."""
csv.field_size_limit(_LARGEST)
_OPEN_QUOTE = "The file has a quotation mark that is never closed"
_MEND = "Close it, or export the file again."


def opened(path: Path, encoding: str, score: Score) -> Callable[[], Rows]:
    """The rows of a file in this encoding; each call reads it from its start."""
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(_SAMPLE)
    delimiter = _delimiter(sample.splitlines(keepends=True)[:_ROWS], score)
    whole = False

    def rows() -> Rows:
        nonlocal whole
        start = last = 1
        try:
            with path.open(encoding=encoding, newline="") as file:
                reader = csv.reader(file, delimiter=delimiter)
                for cells in reader:
                    if len(cells) > 1 or (cells and cells[0]):
                        yield start, cells
                    last, start = start, reader.line_num + 1
        except csv.Error as error:
            raise unreadable(f"Line {start} cannot be read: {error}", _MEND) from error
        if not whole:
            _require_closed(path, encoding, delimiter, last)
            whole = True

    return rows


def _delimiter(sample: Sequence[str], score: Score) -> str:
    """The one with which a row of the sample is most of a header; of equals, the one that cuts rows most alike."""
    return max(_DELIMITERS, key=lambda delimiter: _fitness(sample, delimiter, score))


def _fitness(sample: Sequence[str], delimiter: str, score: Score) -> tuple[int, float]:
    try:
        rows = [cells for cells in csv.reader(sample, delimiter=delimiter) if cells]
    except csv.Error:
        return 0, 0.0
    widths = Counter(len(cells) for cells in rows if len(cells) > 1)
    alike = max(widths.values(), default=0) / max(len(rows), 1)
    return max(map(score, rows), default=0), alike


def _require_closed(path: Path, encoding: str, delimiter: str, last: int) -> None:
    """Refuse a file whose last row is an open quote; a lenient reader takes all that follows one for its cell."""
    with path.open(encoding=encoding, newline="") as file:
        rest = itertools.islice(file, last - 1, None)
        if _ends_inside_quotes(rest, delimiter):
            raise unreadable(f"{_OPEN_QUOTE}, in the row that begins on line {last}", _MEND)


def _ends_inside_quotes(lines: Iterable[str], delimiter: str) -> bool:
    """Whether the rows end in the middle of a quoted cell: then one more line would still belong to the last row."""
    mark = f"{delimiter}\n"
    cells: list[str] = []
    for cells in csv.reader(itertools.chain(lines, [mark]), delimiter=delimiter):  # noqa: B007 - the last one counts
        pass
    return cells != ["", ""]
