"""The file of an export's rejected rows: its own columns after `_line` and `_error`, to be fixed and imported again.

These two come first, so that a row with too few or too many cells can be kept unchanged. The file is CSV in UTF-8,
whatever the format of the export. When it is imported, the two columns are ignored.
"""

import csv
import io
from collections.abc import Iterator, Sequence

from adops_cli.exports.columns.extras import REJECTS
from adops_cli.exports.export import Export, RejectedRow


def lines(export: Export) -> Iterator[bytes]:
    """The lines of the file; none if no row was rejected."""
    if not export.rejected:
        return
    yield _line([*REJECTS, *export.header])
    for row in export.rejected:
        yield _line([str(row.line), _why(row), *row.cells])


def _why(row: RejectedRow) -> str:
    return str(row.why) if row.column is None else f"{row.why}: {row.column}"


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)  # CRLF at its end, so that a lone CR or LF inside a cell is quoted
    return out.getvalue().encode("utf-8", "backslashreplace")
