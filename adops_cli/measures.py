"""The arithmetic of ad operations: exact ratios of sums, and None if a ratio is undefined.

Pure functions of numbers. Nothing here knows a table. Every ratio is calculated from exact sums and rounded half to
even to six decimals, so that both engines and all callers get the same digits.
"""

from collections.abc import Iterable, Mapping
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import Any, Literal

Number = int | Decimal


class Part(Decimal):
    """A part of something that was divided: it is written with up to twelve decimals, where others have six."""


FIGURES = ("impressions", "clicks", "conversions", "spend", "revenue")
"""What platforms report. Figures can be added up."""
FURTHER = ("reach", "video_views", "leads", "installs", "view_through_conversions")
"""What some platforms report beside them, in the metadata of a day."""
NEVER_ADDED = frozenset({"reach"})
"""Who was reached on two days, or by two campaigns, was not reached twice."""
Further = Literal["reach", "video_views", "leads", "installs", "view_through_conversions"]
RATIOS = ("ctr", "cpc", "cpa", "cvr", "roas")
"""What is calculated from figures. Ratios can never be added up."""
Measure = Literal[
    "roas", "ctr", "cpc", "cpa", "cvr", "spend", "revenue", "conversions", "clicks", "impressions", "reach",
    "video_views", "leads", "installs", "view_through_conversions",
]  # fmt: skip
"""The name of any of them: what campaigns are ranked by."""
LOWER_IS_BETTER = frozenset({"cpc", "cpa"})

STORED_RATIOS = ("ctr", "cpc", "cpa", "roas")
"""The ratios that have columns in the guide's table."""

_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN, Emin=MIN_EMIN, Emax=MAX_EMAX)
_WIDE = Context(prec=100)
"""For whole numbers, and what becomes of them by moving the decimal point."""
_SIXTH = Decimal("0.000001")
_MILLION = Decimal(10**6)
_UNITS = {6: _SIXTH, 12: Decimal("0.000000000001")}
"""The last place of so many decimals."""
_divide, _quantize, _multiply = _EXACT.divide, _EXACT.quantize, _WIDE.multiply

PARTS = {
    "ctr": ("clicks", "impressions"),
    "cpc": ("spend", "clicks"),
    "cpa": ("spend", "conversions"),
    "cvr": ("conversions", "clicks"),
    "roas": ("revenue", "spend"),
}
"""Each ratio -> its numerator and denominator."""


def total(figures: Iterable[Number | None]) -> Number | None:
    """The exact sum of the known figures; None if all are unknown."""
    known = [figure for figure in figures if figure is not None]
    with localcontext(_EXACT):
        return sum(known) if known else None


def ratio(numerator: Number | None, denominator: Number | None) -> Decimal | None:
    """Numerator / denominator to six decimals. None if either is unknown or the denominator is zero."""
    if numerator is None or not denominator:
        return None
    return _quantize(_divide(numerator, denominator), _SIXTH)


def scaled(millionths: int) -> Decimal:
    """A whole number of millionths as what it is: 1500000 as 1.500000."""
    return _multiply(millionths, _SIXTH)


def to_millionths(number: Number) -> int:
    """A number with at most six decimals as a whole number of millionths."""
    return number * 10**6 if type(number) is int else int(_multiply(number, _MILLION))


def divided(numerator: int, denominator: int, decimals: Literal[6, 12] = 6) -> Decimal:
    """A quotient of whole numbers to so many decimals, half to even."""
    return _multiply(rounded(numerator * 10**decimals, denominator), _UNITS[decimals])


def rounded(numerator: int, denominator: int) -> int:
    """The quotient of two whole numbers, the second not 0, rounded half to even."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    whole, rest = divmod(2 * numerator + denominator, 2 * denominator)  # half up
    return whole if rest or whole % 2 == 0 else whole - 1


def ratios(figures: Mapping[str, Number | None]) -> dict[str, Decimal | None]:
    """All five ratios of a set of figures.

    ctr = clicks / impressions and cvr = conversions / clicks are fractions; cpc = spend / clicks and
    cpa = spend / conversions are in currency units; roas = revenue / spend.
    """
    return {name: ratio(figures[above], figures[below]) for name, (above, below) in PARTS.items()}


def stored_ratios(figures: Mapping[str, Any]) -> dict[str, Decimal | None]:
    """The ratios that are stored with a row of daily figures. A figure that is not given is unknown."""
    every = ratios({name: figures.get(name) for name in FIGURES})
    return {name: every[name] for name in STORED_RATIOS}
