"""Numbers as exports write them: marks, currency signs, brackets, exponents, micros.

Everything is exact: counts are integers, money and conversions are integers in millionths.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from adops_cli.exports.cells.cell import NO_VALUE, Cell, CellError, unguarded
from adops_cli.exports.cells.currencies import MARK
from adops_cli.exports.export import Why

Mark = Literal[".", ","]
REMEMBERED = 20_000
"""How many cells one column remembers. Figures repeat, and looking one up is faster than reading it again."""

_LONGEST = 60
"""Digits. No number that can be stored has this many."""
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'", "\u2212": "-"})
_NUMBER = re.compile(
    rf"(?P<before>(?:{MARK}|[-+(\s])*+)"
    r"(?P<body>\d[\d.,' ]*+|[.,]\d++)(?:[eE](?P<power>[-+]?\d++))?"
    rf"(?P<after>(?:{MARK}|[-)\s])*+)"
)
"""Possessive, so that a cell of any length that is not a number is found without backtracking."""
_SIGN = {"": False, "+": False, "-": True, "()": True}
"""The signs and brackets around a number -> whether it is negative."""
_GROUPED = {
    ".": re.compile(r"[1-9]\d{0,2}(?P<mark>[,' ])(?:\d{2,3}(?P=mark))*\d{3}"),
    ",": re.compile(r"[1-9]\d{0,2}(?P<mark>[.' ])(?:\d{2,3}(?P=mark))*\d{3}"),
}
"""Decimal mark -> whole numbers with thousands marks. Groups of two are for Indian numbers, which count in lakhs."""
_THOUSAND = 3
_SMALL = 9
"""Digits of a whole number that is far from every limit."""
_FAR = 10**9
_AROUND = re.compile(r"[^-+()]+")


@dataclass(frozen=True)
class _Parts:
    """The parts of a cell that looks like a number, before its marks are interpreted."""

    negative: bool
    body: str
    power: int


def _parts(text: str) -> _Parts | None:
    match = _NUMBER.fullmatch(unguarded(text).translate(_SPACES))
    if match is None:
        return None
    negative = _SIGN.get(_AROUND.sub("", match["before"] + match["after"]))
    return None if negative is None else _Parts(negative, match["body"].rstrip(), _power(match["power"]))


def _power(text: str | None) -> int:
    """The exponent. One with many digits becomes a number that is far from every limit, too."""
    if text is None:
        return 0
    return int(text) if len(text) <= _SMALL else _FAR if text[0] != "-" else -_FAR


def settles(text: str) -> str:
    """What a cell shows about the decimal mark: `.` or `,`, `?` if its mark is ambiguous, or empty for nothing."""
    parts = _parts(text)
    if parts is None:
        return ""
    body = parts.body
    points, commas = body.count("."), body.count(",")
    if not points and not commas:
        return ""
    last = "." if body.rfind(".") > body.rfind(",") else ","
    other = "," if last == "." else "."
    if points and commas:
        return last if body.count(last) == 1 else ""
    if body.count(last) > 1:
        return other if _GROUPED[other].fullmatch(body) else ""
    before, _, after = body.partition(last)
    return last if parts.power or len(after) != _THOUSAND or not _can_lead(before) else "?"


def _can_lead(before: str) -> bool:
    """Whether these digits can come before a thousands mark: one to three digits without a leading zero."""
    return before.isdigit() and len(before) <= _THOUSAND and not before.startswith("0")


def decimal(cell: Cell, mark: Mark) -> Decimal | None:
    """The exact number in a cell. None if there is no value."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float | Decimal):
        raise CellError(Why.NOT_A_NUMBER)
    if not isinstance(cell, str):
        number = Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell)
        if not number.is_finite():
            raise CellError(Why.NOT_A_NUMBER)
        return number
    if cell.strip().casefold() in NO_VALUE:
        return None
    parts = _parts(cell)
    if parts is None:
        raise CellError(Why.NOT_A_NUMBER)
    whole, found, fraction = parts.body.partition(mark)
    if not whole.isdigit():
        if whole and not _GROUPED[mark].fullmatch(whole):
            raise CellError(Why.NOT_A_NUMBER)
        whole = re.sub(r"\D", "", whole)
    if found and not (fraction.isdigit() or (whole and not fraction)):
        raise CellError(Why.NOT_A_NUMBER)
    return _number(parts, whole.lstrip("0") or "0", fraction)


def _number(parts: _Parts, whole: str, fraction: str) -> Decimal:
    nothing = whole == "0" and not fraction.strip("0")
    if nothing:
        return Decimal(0)
    if len(whole) > _LONGEST or parts.power > _LONGEST + len(fraction):
        raise CellError(Why.OUT_OF_RANGE)
    return Decimal(f"{'-' if parts.negative else ''}{whole}.{fraction or '0'}e{parts.power}")


def plain_digits(text: str, thousands: str) -> str:
    """The digits of a small whole number, found quickly. Empty if the text needs a full parse."""
    if text.isdecimal():
        return text if len(text) <= _SMALL else ""
    first, *groups = text.split(thousands)
    joined = "".join(groups)
    if 0 < len(first) <= _THOUSAND and len(joined) == _THOUSAND * len(groups) <= _SMALL - _THOUSAND:
        digits = first + joined
        if digits.isdecimal() and first[0] != "0" and all(len(group) == _THOUSAND for group in groups):
            return digits
    return ""


class Votes:
    """What a file's cells show about its decimal mark. Equal cells count once, and memory stays bounded."""

    def __init__(self) -> None:
        self.said = {".": 0, ",": 0, "?": 0, "": 0}
        self.open = {".": 0, ",": 0}
        """Of the cells with an ambiguous mark, how many have which."""
        self.example = ""
        """One of them."""
        self._seen: set[Cell] = set()

    def add(self, cells: set[Cell]) -> None:
        """Count these cells. Once thousands have been counted and settle the mark, the rest is skipped."""
        if len(self._seen) >= REMEMBERED and (self.said["."] or self.said[","]):
            return
        new = cells - self._seen
        for cell in new:
            if isinstance(cell, str):
                vote = settles(cell)
                self.said[vote] += 1
                if vote == "?":
                    self.open["," if "," in cell else "."] += 1
                    self.example = cell.strip()
        if len(self._seen) < REMEMBERED:
            self._seen.update(cell for cell in new if not isinstance(cell, str) or len(cell) <= _LONGEST)


def is_number(cell: Cell) -> bool:
    """Whether a cell looks like a number, with either decimal mark."""
    if isinstance(cell, str):
        return _parts(cell) is not None
    return isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)
