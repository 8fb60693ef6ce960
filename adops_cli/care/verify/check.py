"""The type of a check. Knows no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

_NAMED = 5


@dataclass(frozen=True)
class Check:
    """One check: ok, failed, or a figure, which is neither."""

    check: str
    state: str
    detail: str
    figure: Decimal | None = None
    unit: str | None = None


def findings(count: int, first: Sequence[str]) -> str:
    """How many rows are wrong, with the first of them."""
    return f"{count:,} {'row' if count == 1 else 'rows'}: {named(first, count)}"


def named(found: Sequence[str], count: int | None = None) -> str:
    """The first of what was found, and a mark if there are more: of so many, or of those given."""
    first = found[:_NAMED]
    return ", ".join(first) + (", …" if (len(found) if count is None else count) > len(first) else "")
