"""Combines the columns of an exact sum, as `Engine.exact_sum` selects them, into one whole number."""

from decimal import Decimal

from adops_cli.errors import UnreadableRowError

MILLION = 1_000_000


def together(large: int | None, small: int | None) -> int | None:
    """SQLite's sum: the sum of whole millions, and the sum of the rest."""
    return None if large is None or small is None else large * MILLION + small


def in_units(scale: int, total: Decimal | int | None) -> int | None:
    """PostgreSQL's sum, with so many decimals. An `UnreadableRowError` for NaN, which its NUMERIC can be."""
    if total is None:
        return None
    exact = Decimal(total).scaleb(scale)
    if not exact.is_finite():
        raise UnreadableRowError("a figure is NaN, which is not a number", "Use `adops db verify` to find such rows")
    return int(exact)
