"""One cell of an export: what stands for no value, what guards it, and how a cell that cannot be read is told.

Knows neither columns nor platforms; `numbers` and `dates` read on from here.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from adops_cli.exports.export import Why
from adops_cli.values import EXACT

Cell = str | int | float | Decimal | bool | date | datetime | list[object]
"""Text from a text file; typed from a workbook or from JSON, where an array stays a list."""
Cells = Sequence[Cell]

NO_VALUE = frozenset({"", "--", "-", "null", "n/a", "(not set)"})


class CellError(ValueError):
    """A cell that cannot be read, and the one word why."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def words(text: str) -> frozenset[str]:
    """A set of words, given in one line or several."""
    return frozenset(text.split())


def is_blank(cell: object) -> bool:
    """Whether a cell is one of the marks of no value; they are told apart from zero everywhere."""
    return isinstance(cell, str) and cell.strip().casefold() in NO_VALUE


def unguarded(text: str) -> str:
    """The text without white space around it and without Excel's guards `="…"` and a leading apostrophe."""
    text = text.strip().lstrip("\ufeff")
    if text.startswith('="') and text.endswith('"') and len(text) > len('=""'):
        return text[2:-1].strip()
    return text[1:].strip() if text.startswith("'") else text


def name(cell: Cell) -> str:
    """A name as it was written, without white space around it; empty where there is none."""
    text = (cell if isinstance(cell, str) else shown(cell)).strip()
    return "" if text.casefold() in NO_VALUE else text


def identifier(cell: Cell) -> str:
    """An id with every digit it has; empty where there is none, or where a workbook's number has lost digits."""
    if isinstance(cell, float) and abs(cell) >= EXACT:
        return ""
    text = unguarded(cell) if isinstance(cell, str) else shown(cell)
    return "" if text.casefold() in NO_VALUE else text


def shown(cell: Cell) -> str:
    """A cell as text, the way people would write it."""
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
