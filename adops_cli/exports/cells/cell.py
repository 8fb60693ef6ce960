"""One cell of an export: marks of no value, guards around a value, and the error for a cell that cannot be read.

Knows neither columns nor platforms. `numbers` and `dates` build on it.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from adops_cli.exports.export import Why
from adops_cli.values import EXACT

Cell = str | int | float | Decimal | bool | date | datetime | list[object]
"""Text from a text file, typed from a workbook or from JSON. A JSON array stays a list."""
Cells = Sequence[Cell]


def words(text: str) -> frozenset[str]:
    """A set of words from a text of one or several lines."""
    return frozenset(text.split())


ERRORS = words(
    """#DIV/0! #N/A #NAME? #NULL! #NUM! #REF! #VALUE! #SPILL! #CALC! #FIELD! #GETTING_DATA #BLOCKED! #CONNECT! #UNKNOWN!
    #BUSY! #PYTHON! #EXTERNAL! #ERROR! #UNCALCULATED!"""
)
"""What spreadsheets show in a cell without a value, and our own text for a formula that nobody calculated."""
NO_VALUE = frozenset({"", "-", "--", "---", "\u2013", "\u2014", "null", "n/a", "(not set)"})


class CellError(ValueError):
    """A cell cannot be read. Carries the reason in one word."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def is_blank(cell: object) -> bool:
    """Whether a cell is one of the marks of no value. No value is never the same as zero."""
    return isinstance(cell, str) and cell.strip().casefold() in NO_VALUE


def is_error(cell: object) -> bool:
    """Whether a cell is an error of a spreadsheet, also in a text file that one has written."""
    return isinstance(cell, str) and cell.startswith("#") and cell.strip().upper() in ERRORS


def unguarded(text: str) -> str:
    """The text without surrounding white space and without Excel's guards: `="…"` and a leading apostrophe."""
    text = text.strip().lstrip("\ufeff")
    if text.startswith('="') and text.endswith('"') and len(text) > len('=""'):
        return text[2:-1].strip()
    return text[1:].strip() if text.startswith("'") else text


def name(cell: Cell) -> str:
    """A name as written, without surrounding white space. Empty if there is none."""
    text = (cell if isinstance(cell, str) else shown(cell)).strip()
    return "" if text.casefold() in NO_VALUE or is_error(text) else text


def shown(cell: Cell) -> str:
    """A cell as text, as people would write it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    if isinstance(cell, list):
        return json.dumps(cell, ensure_ascii=False, default=str)
    if isinstance(cell, Decimal):
        return f"{cell:f}" if cell == cell.to_integral_value() and cell.adjusted() < 30 else str(cell)  # noqa: PLR2004 - wider than any id
    return str(cell)
