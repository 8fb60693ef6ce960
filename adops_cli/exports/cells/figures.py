"""The cells of a figure's column as whole numbers: counts as they are, money and conversions in millionths.

What a number looks like is left to `numbers`.
"""

import re
from collections.abc import Sequence
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal, Inexact

from adops_cli.exports.cells.cell import Cell, CellError
from adops_cli.exports.cells.currencies import of_amount
from adops_cli.exports.cells.numbers import REMEMBERED, Mark, decimal, plain_digits
from adops_cli.exports.export import Why
from adops_cli.values import EXACT, FRACTION_LIMIT, MONEY_LIMIT

MICRO = 10**6
_EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])
_MARKS = str.maketrans("", "", ".,")
_WHOLE = r"(?:[1-9]\d{{0,2}}(?:{0}\d{{3}}){{1,2}}|\d{{1,9}})"


def _plain_cells(cell: str) -> re.Pattern[str]:
    """Cells of one shape, one per line. Possessive, so that a cell of another shape is found without backtracking."""
    return re.compile(rf"(?>{cell}\n)*+(?>{cell})")


class Numbers(dict[Cell, int | None]):
    """The value of each cell in one column. Reads a cell when it is first looked up, and remembers the result.

    A dictionary that fills itself, because nothing in Python is faster than a dictionary lookup.
    """

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.thousands = "," if mark == "." else "."
        self.shape = _plain_cells(_WHOLE.format(re.escape(self.thousands)))
        self.unit = 1
        self.power = 0
        """How many decimals the values have."""
        self.rounded = 0
        """Cells with more decimals than can be stored."""
        self.is_marked = False
        """Whether a cell has had a currency beside its number."""

    def __missing__(self, cell: Cell) -> int | None:
        value = self.read(cell)
        if len(self) < REMEMBERED and not isinstance(cell, bool):
            self[cell] = value
        return value

    def of(self, cells: Sequence[Cell]) -> list[int | None]:
        """The values of many cells. If cells rarely repeat, plain ones are read together."""
        if len(self) >= REMEMBERED:
            values = self.plain(cells)
            if values is not None:
                return values
        return list(map(self.__getitem__, cells))

    def plain(self, cells: Sequence[Cell]) -> list[int | None] | None:
        """The values of cells that all have the plainest shape, read together. None if any cell does not."""
        try:
            text = "\n".join(cells)  # type: ignore[arg-type]
        except TypeError:  # typed cells of a workbook or of JSON
            return None
        if not self.shape.fullmatch(text):
            return None
        digits = text.translate(_MARKS).split("\n")
        if len(digits) != len(cells):  # a cell contains a line break
            return None
        return [int(number) * self.unit for number in digits]

    def read(self, cell: Cell) -> int | None:
        """The cell's value. `CellError` if it cannot be read or stored."""
        raise NotImplementedError

    def said(self, cell: Cell) -> int | None:
        """The cell's value of any size, rounded half to even to an integer. Cells that were rounded are counted."""
        number = decimal(cell, self.mark)
        if number is None:
            return None
        _EXACT.clear_flags()
        result = number.scaleb(self.power, _EXACT).quantize(Decimal(1), context=_EXACT)
        if not result.is_finite():
            raise CellError(Why.OUT_OF_RANGE)
        self.rounded += bool(_EXACT.flags[Inexact])
        return int(result)


class Counts(Numbers):
    """Impressions and clicks: whole numbers from 0 to 2^53."""

    def read(self, cell: Cell) -> int | None:
        """The count."""
        if type(cell) is str:
            digits = plain_digits(cell, self.thousands)
            if digits:
                return int(digits)
        number = decimal(cell, self.mark)
        if number is None:
            return None
        if not 0 <= number <= EXACT or number != number.to_integral_value():
            raise CellError(Why.OUT_OF_RANGE)
        return int(number)


class Amounts(Numbers):
    """Money, in millionths of the currency unit."""

    def __init__(self, mark: Mark, *, micros: bool = False) -> None:
        super().__init__(mark)
        if not micros:
            self.power = 6
            self.shape = _plain_cells(_WHOLE.format(re.escape(self.thousands)) + re.escape(mark) + r"\d\d")
            self.unit = MICRO // 100

    def read(self, cell: Cell) -> int | None:
        """The amount in millionths."""
        if self.power and type(cell) is str:
            whole, _, cents = cell.partition(self.mark)
            if len(cents) == 2 and cents.isdecimal() and (digits := plain_digits(whole, self.thousands)):  # noqa: PLR2004
                return int(digits + cents) * (MICRO // 100)
        value = self.said(cell)
        if not self.is_marked and type(cell) is str:
            self.is_marked = of_amount(cell) is not None
        return None if value is None else kept(value)


class Quantities(Amounts):
    """Conversions, in millionths: like money, but never negative."""

    def read(self, cell: Cell) -> int | None:
        """The number of conversions in millionths."""
        value = super().read(cell)
        if value is not None and value < 0:
            raise CellError(Why.OUT_OF_RANGE)
        return value


def kept(millionths: int) -> int:
    """The same amount, if every engine can store it exactly."""
    if abs(millionths) >= MONEY_LIMIT * MICRO or (millionths % MICRO and abs(millionths) >= FRACTION_LIMIT * MICRO):
        raise CellError(Why.OUT_OF_RANGE)
    return millionths


def product(ratio: Decimal, millionths: int) -> int:
    """A ratio of an amount, in millionths, rounded half to even."""
    result = _EXACT.multiply(ratio, Decimal(millionths)).quantize(Decimal(1), context=_EXACT)
    if not result.is_finite():
        raise CellError(Why.OUT_OF_RANGE)
    return kept(int(result))
