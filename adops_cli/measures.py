"""The arithmetic of the trade: ratios of sums, exact, and None where they are undefined.

Pure functions of numbers; nothing here knows a table. Every ratio is rounded half-even to six decimals from exact
sums, so that both engines and every caller get the same digits.
"""

from collections.abc import Mapping
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal
from typing import Any

Number = int | Decimal

FIGURES = ("impressions", "clicks", "conversions", "spend", "revenue")
"""What platforms report; they add up."""
RATIOS = ("ctr", "cpc", "cpa", "cvr", "roas")
"""What follows from figures; they never add up."""
LOWER_IS_BETTER = frozenset({"cpc", "cpa"})

STORED_RATIOS = ("ctr", "cpc", "cpa", "roas")
"""Those that the guide's table has columns for."""

_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN, Emin=MIN_EMIN, Emax=MAX_EMAX)
_SIXTH = Decimal("0.000001")

PARTS = {
    "ctr": ("clicks", "impressions"),
    "cpc": ("spend", "clicks"),
    "cpa": ("spend", "conversions"),
    "cvr": ("conversions", "clicks"),
    "roas": ("revenue", "spend"),
}
"""What each ratio is: the first over the second."""


def ratio(numerator: Number | None, denominator: Number | None) -> Decimal | None:
    """Numerator / denominator to six decimals; None when either is unknown or the denominator is zero."""
    if numerator is None or not denominator:
        return None
    return _EXACT.divide(Decimal(numerator), Decimal(denominator)).quantize(_SIXTH, context=_EXACT)


def ratios(figures: Mapping[str, Number | None]) -> dict[str, Decimal | None]:
    """All five ratios of a set of figures.

    ctr = clicks / impressions and cvr = conversions / clicks are fractions; cpc = spend / clicks and
    cpa = spend / conversions are in currency units; roas = revenue / spend.
    """
    return {name: ratio(figures[above], figures[below]) for name, (above, below) in PARTS.items()}


def stored_ratios(figures: Mapping[str, Any]) -> dict[str, Decimal | None]:
    """The ratios that a row of daily figures keeps; figures that are not given are not known."""
    every = ratios({name: figures.get(name) for name in FIGURES})
    return {name: every[name] for name in STORED_RATIOS}
