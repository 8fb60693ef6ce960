"""Ids as files hold them, and what spreadsheets and floats have done to them.

An id is text, whatever it looks like. A float keeps fifteen digits of it: `9001.0` is still the id 9001, while
`1.2021E+17` can be any of a hundred campaigns and so is no id. Nothing here knows whose id it is.
"""

import re
from decimal import Decimal

from adops_cli.exports.cells.cell import NO_VALUE, Cell, shown, unguarded

_DIGITS = 15
"""A float keeps every whole number of this many digits, and so does a spreadsheet program."""
_WRONG_FROM = float(10**_DIGITS)
_NO_ID = NO_VALUE | {"nan", "none", "<na>"}
"""Also how scripts write an id that they do not have."""
_EXPONENT = re.compile(r"\d{1,3}[.,]\d+E[+-]?\d{1,3}|\d(?:E[+-]\d{2,3}|E\d{2})", re.IGNORECASE | re.ASCII)
"""A float with an exponent: `1.2021E+17`, `1,2E17`, `1e+17`, `1e17`. Not the ids of The Trade Desk, as `7e10000`."""
_INFINITE = frozenset({"inf", "+inf", "-inf", "infinity", "-infinity"})
"""What a script makes of an id such as `7e10000` that it reads as a float."""
_FLOAT = re.compile(r"(?P<whole>0|[1-9]\d*)[.,](?P<zeros>0+)", re.ASCII)
_THOUSAND = 3
_ACCOUNT = re.compile(r"act_(?P<plain>\d+)|(?P<dashed>\d{3}-\d{3}-\d{4})", re.IGNORECASE | re.ASCII)
"""An account as Meta's API writes it, and as Google Ads shows it."""
_URN = re.compile(r'\[?"?urn:li:(?P<kind>\w+):(?P<id>\d+)"?\]?', re.ASCII)
"""An id as LinkedIn's API writes it, in a list or alone: `urn:li:sponsoredCampaign:252000001`."""


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds no id at all."""
    return isinstance(cell, str) and unguarded(cell).casefold() in _NO_ID


def lost_digits(cell: Cell) -> bool:
    """Whether a cell is an id of which only the first digits are left."""
    if isinstance(cell, float):
        return abs(cell) >= _WRONG_FROM
    if isinstance(cell, Decimal):  # a whole number of JSON without an exponent is an int
        exponent = cell.as_tuple().exponent
        return (isinstance(exponent, int) and exponent >= 0) or _has_lost_digits(f"{cell:f}")
    return isinstance(cell, str) and _has_lost_digits(unguarded(cell))


def may_have_lost_digits(id: str) -> bool:
    """Whether an id ends as one does that a spreadsheet program has written out: with zeros after 15 digits."""
    return len(id) > _DIGITS and id.isdecimal() and not id[_DIGITS:].strip("0")


def _has_lost_digits(text: str) -> bool:
    match = _FLOAT.fullmatch(text)
    if match is not None:
        return len(match["whole"]) > _DIGITS
    return text.casefold() in _INFINITE or bool(_EXPONENT.fullmatch(text))


def identifier(cell: Cell) -> str:
    """An id with all its digits, without what a float adds. Empty if there is none, or if it has lost digits."""
    if is_blank(cell) or lost_digits(cell):
        return ""
    return whole(
        unguarded(cell) if isinstance(cell, str) else f"{cell:f}" if isinstance(cell, Decimal) else shown(cell)
    )


def without_kind(cell: Cell) -> tuple[Cell, str | None]:
    """An id of LinkedIn's API as the number in it, and what it is the id of. Any other id as it is, and None."""
    match = _URN.fullmatch(cell.strip()) if isinstance(cell, str) else None
    return (match["id"], match["kind"]) if match else (cell, None)


def whole(text: str) -> str:
    """An id without what a float adds: `9001.0` is 9001. Anything else stays as it is."""
    match = _FLOAT.fullmatch(text)
    if match is None or (len(match["zeros"]) == _THOUSAND >= len(match["whole"])):  # `9.000` can have a thousands mark
        return text
    return match["whole"]


def account(text: str) -> str:
    """The id or the name of an account, in the one form that all exports of it have in common."""
    match = _ACCOUNT.fullmatch(text)
    if match is not None:
        return match["plain"] or match["dashed"].replace("-", "")
    return identifier(text) if _FLOAT.fullmatch(text) or lost_digits(text) else text
