"""The plan of a budget: what should have been spent by the end of a day.

Exact arithmetic of fractions. Knows no database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from adops_cli.periods import ONE_DAY

Shape = Literal["even", "weekday", "ahead", "asap"]
SHAPES: Sequence[Shape] = ("even", "weekday", "ahead", "asap")
_AHEAD = Fraction(12, 10)
"""Of the even plan, until the budget is spent: Display & Video 360's "flight ahead"."""
Weights = Mapping[int, Fraction]
"""How much is usually spent on each weekday (Monday is 0), in any unit. Empty if nobody knows."""


@dataclass(frozen=True)
class Version:
    """What was agreed, from one day on."""

    amount: Decimal
    first: date
    last: date | None
    """None only for a monthly budget without an end."""
    shape: Shape = "even"
    effective: date | None = None
    """The first day on which it holds; None from the beginning."""
    table: Mapping[date, Decimal] | None = None
    """The amount of each day, if that was agreed."""


def of_month(versions: Sequence[Version], first: date, last: date) -> Sequence[Version]:
    """The versions of a monthly budget as those of one month's flight; none if it has no day in the month."""
    begun = [one for one in versions if one.effective is None or one.effective <= first]
    within = [one for one in versions if one.effective is not None and first < one.effective <= last]
    found: list[Version] = []
    for one in [*(begun[-1:] or versions[:1]), *within]:
        begin, end = max(first, one.first), min(last, one.last or last)
        if begin <= end:
            effective = one.effective if one in within and found else None
            found.append(replace(one, first=begin, last=end, effective=effective))
    return found


def begin_of(versions: Sequence[Version]) -> date:
    """The first day of the flight: of the first version that held on one of its days."""
    for version, following in pairwise(versions):
        if following.effective is None or following.effective > version.first:
            return version.first
    return versions[-1].first


def expected(versions: Sequence[Version], until: date, weights: Weights) -> Fraction | None:
    """What should have been spent by the end of a day. None where it shall be spent as soon as possible.

    Before a change, the plan of the time holds. What is then left of the new amount is spread over the days from the
    change on.
    """
    spent = Fraction(0)
    for version, following in zip(versions, [*versions[1:], None], strict=True):
        begin = max(version.first, version.effective or version.first)
        end = until if following is None or following.effective is None else min(until, following.effective - ONE_DAY)
        if version.shape == "asap" and version.table is None and end == until:
            return None
        spent += sum(amount for day, amount in _spread(version, begin, spent, weights).items() if day <= end)
        if end == until:
            break
    return spent


def _spread(version: Version, begin: date, spent: Fraction, weights: Weights) -> Mapping[date, Fraction]:
    """The amounts of the days from one on, of which so much is to be spent already."""
    if version.table is not None:
        return {day: Fraction(amount) for day, amount in version.table.items() if day >= begin}
    last = version.last or begin
    days = [date.fromordinal(day) for day in range(begin.toordinal(), last.toordinal() + 1)]
    rest = Fraction(version.amount) - spent
    if version.shape == "ahead" and rest > 0:
        even = rest / len(days) if days else rest
        sums = [min(rest, _AHEAD * even * (place + 1)) for place in range(len(days))]
        return {day: after - before for day, after, before in zip(days, sums, [Fraction(0), *sums], strict=False)}
    shares = [weights.get(day.weekday(), Fraction(0)) if version.shape == "weekday" else Fraction(1) for day in days]
    total = sum(shares)
    if not total:
        shares, total = [Fraction(1)] * len(days), Fraction(len(days))
    return {day: rest * share / total for day, share in zip(days, shares, strict=True)}
