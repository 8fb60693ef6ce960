"""What an unknown header and its columns probably are, told by the cells below. A guess is offered, never imported."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from adops_cli.exports.cells.cell import Cell, CellError, Cells, is_blank, shown
from adops_cli.exports.cells.dates import Days, Form, form
from adops_cli.exports.cells.numbers import is_number
from adops_cli.exports.currency_codes import CODES

OPEN = "?"
"""Stands for a key of `--map` that the user has to fill in."""
_BRACKETED = re.compile(r"\(([A-Z]{3})\)$")
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_LONGEST_PERIOD = 80
"""Characters. A longer line is no period."""
_FEWEST = 2
"""A header has at least this many columns."""


def header(rows: Sequence[Cells], *, is_records: bool = False) -> int | None:
    """The first row of names, all different, above a row of the same width with a number or a day in it."""
    if is_records and len(rows) > 1 and len(rows[0]) >= _FEWEST:
        return 0
    for position, (cells, below) in enumerate(pairwise(rows)):
        names = [shown(cell).strip() for cell in cells if not is_blank(cell)]
        if len(names) < _FEWEST or len(set(names)) < len(names) or any(map(_is_value, cells)):
            continue
        if len(below) == len(cells) and any(map(_is_value, below)):
            return position
    return None


def shape(preamble: Sequence[str], header: Sequence[str]) -> str | None:
    """The platform whose downloads look like that in every language. None if nothing shows it.

    Meta writes no line above the header, and the currency in brackets behind the amounts. Google writes a title and the
    period, and then the header.
    """
    if not preamble:
        codes = {match[1] for text in header if (match := _BRACKETED.search(text)) and match[1] in CODES}
        return "meta-ads" if len(codes) == 1 else None
    is_title = len(preamble) == len(("title", "period")) and not _YEAR.search(preamble[0])
    return "google-ads" if is_title and _YEAR.search(preamble[1]) and len(preamble[1]) <= _LONGEST_PERIOD else None


def keys(names: Mapping[int, str], rows: Sequence[Cells], missing: frozenset[str]) -> dict[int, str]:
    """The probable key of `--map` for those of these columns that may have one, `?` if nothing shows which.

    Args:
        names: the columns to guess about, with the currency in their header or an empty text.
        rows: the first rows below the header.
        missing: keys that no column of the file has yet. Each is given to one column at most.
    """
    cells = {
        column: [row[column] for row in rows if column < len(row) and not is_blank(row[column])] for column in names
    }
    days = [column for column, seen in cells.items() if _mostly(_is_day, seen)]
    codes = [column for column, seen in cells.items() if _mostly(_is_code, seen)]
    numbers = [column for column, seen in cells.items() if _mostly(is_number, seen) and column not in days]
    words = [column for column, seen in cells.items() if seen and column not in {*days, *codes, *numbers}]
    found = dict.fromkeys([*numbers, *(words if "campaign" in missing else ())], OPEN)
    if "date" in missing and days:  # the day changes from row to row, and the start of a campaign does not
        found[max(days, key=lambda column: len(set(filter(_is_day, cells[column]))))] = "date"
    money = [column for column in numbers if names[column]]
    for key, fitting in (("currency", codes), ("spend", money), ("campaign", words)):
        if key in missing and len(fitting) == 1:
            found[fitting[0]] = key
    return dict(sorted(found.items()))


def _mostly(test: Callable[[Cell], bool], cells: Sequence[Cell]) -> bool:
    """Whether a test holds for most cells. The others can be of a total row or a footer."""
    return sum(map(test, cells)) * 2 > len(cells)


def _is_day(cell: Cell) -> bool:
    return any(_reads(days, cell) for days in (Days("dmy", serials=False), Days("mdy", serials=False)))


def _reads(days: Days, cell: Cell) -> bool:
    try:
        return bool(days[cell])
    except CellError:
        return False


def _is_code(cell: Cell) -> bool:
    return shown(cell).strip() in CODES


def _is_value(cell: Cell) -> bool:
    return not is_blank(cell) and (is_number(cell) or form(cell) is not Form.NONE)
