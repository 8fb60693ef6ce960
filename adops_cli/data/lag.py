"""How late figures arrive: chain ladder over what each day was known to be, at each age, whenever a file spoke of it.

Pure arithmetic; knows no database and no table. The age of a day is the number of days from it to an import. For a
figure of one account, the factor of an age is what its days were known to be a day later, divided by what they were
known to be at that age: ratios of sums, so that a large day weighs more (the chain-ladder method of claims reserving;
Mack, ASTIN Bulletin 23 (1993), gives its errors). The completion of an age is 1 over the product of the factors from it
on.

Nothing is guessed. A factor has `FEWEST_DAYS` behind it, a figure `FEWEST_A_DAY` conversions a day; and a completion is
of the final figure only if the imports reach `WHOLE_WINDOW` days back, or as far as nothing changes any more. Without
that, completion is None, and `Lag.unknown` says why.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from adops_cli import measures

OLDEST = 30
"""What is known later counts as known at this age: the default window of Google Ads; that of Meta is 28 days."""
WHOLE_WINDOW = 27
"""The oldest day, by its age, of an export of 28 days."""
FEWEST_DAYS = 14
FEWEST_A_DAY = 10
AT_REST, AT_REST_DAYS = Fraction(5, 1000), 3
"""The figures are at rest if the last factors, so many of them, change them by no more than this."""
UPWARD = Fraction(1, 20)
"""Restatements are upward if the decreases are at most this part of the increases."""
SIMILAR = 10
"""Two values of a day can be compared if their numbers of campaigns differ by no more than one in so many."""
LOW, HIGH = Decimal("0.95"), Decimal("1.05")
"""A figure with a completion between these is final."""
SURE = 1.96
"""So many standard errors to each side: 95 times of 100, the final figure is between the two."""
_MILLION = 1_000_000


Seen = tuple[int, int, int]
"""What a day was known to be: the age; the value, in millionths; how many campaigns it is the sum of."""


@dataclass
class Factor:
    """The days that are known at an age and a day later, added up."""

    days: int = 0
    before: int = 0
    """Their sum at the age, in millionths."""
    after: int = 0
    """Their sum a day later."""
    squares: float = 0.0
    """The sum of after² / before of each, for the error."""

    @property
    def is_known(self) -> bool:
        """Whether enough stands behind it."""
        return self.days >= FEWEST_DAYS and self.before > 0 and self.after > 0

    @property
    def variance(self) -> float:
        """Mack's sigma²: how much a single day's factor varies, for each conversion that it begins with."""
        spread = self.squares - self.after / self.before * self.after
        return max(0.0, spread / _MILLION / (self.days - 1))


@dataclass(frozen=True)
class Estimate:
    """What a figure will be, and between which values with near certainty."""

    value: Decimal
    low: Decimal
    high: Decimal


class Lag:
    """The lag of one figure of one account."""

    def __init__(self, factors: Mapping[int, Factor], *, a_day: float | None = None) -> None:
        self.factors = factors
        """By age."""
        self._a_day = a_day

    @cached_property
    def reach(self) -> int:
        """The oldest age at which enough days are known; what comes later is unknown."""
        return max((age + 1 for age, factor in self.factors.items() if factor.is_known), default=0)

    @cached_property
    def a_day(self) -> float:
        """The conversions of a day, once they have arrived: of the figure itself, unless others were given."""
        if self._a_day is not None:
            return self._a_day
        return max((one.after / one.days / _MILLION for one in self.factors.values() if one.is_known), default=0.0)

    @cached_property
    def unknown(self) -> str | None:
        """Why no completion is known, in a few words for people. None if it is."""
        if not self.reach:
            return f"fewer than {FEWEST_DAYS} days are known at two ages"
        if self.a_day < FEWEST_A_DAY:
            return f"fewer than {FEWEST_A_DAY} conversions a day"
        if self.reach < WHOLE_WINDOW and not self._is_at_rest():
            return f"imports reach back {self.reach} days only, and the figures still change then"
        return None

    def _is_at_rest(self) -> bool:
        last = (self._factor(age) for age in range(self.reach - AT_REST_DAYS, self.reach))
        known = [one for one in last if one is not None]
        return len(known) == AT_REST_DAYS and abs(math.prod(known, start=Fraction(1)) - 1) <= AT_REST

    @cached_property
    def _is_upward(self) -> bool:
        changes = [one.after - one.before for one in self.factors.values() if one.is_known]
        down = sum(-change for change in changes if change < 0)
        return down <= sum(change for change in changes if change > 0) * UPWARD

    def _factor(self, age: int) -> Fraction | None:
        factor = self.factors.get(age)
        if factor is None or not factor.is_known:
            return None
        found = Fraction(factor.after, factor.before)
        return max(found, Fraction(1)) if self._is_upward else found

    @cached_property
    def _completions(self) -> Mapping[int, Fraction]:
        return {} if self.unknown else self._parts

    @cached_property
    def _parts(self) -> Mapping[int, Fraction]:
        """By age, from the oldest on, as long as each factor is known."""
        if not self.reach:
            return {}
        found = {self.reach: Fraction(1)}
        for age in range(self.reach - 1, -1, -1):
            if (factor := self._factor(age)) is None:
                break
            found[age] = found[age + 1] / factor
        return found

    def completion(self, age: int) -> Decimal | None:
        """Which part of the final figure is known at this age, to six decimals; None if nobody knows."""
        found = self._completions.get(min(age, self.reach))
        return None if found is None else measures.ratio(found.numerator, found.denominator)

    def part(self, age: int) -> Fraction | None:
        """Which part of what is known at the oldest age is known at this one; None if nobody knows.

        Days of different ages can be compared by it, though the final figure may be unknown: imports that reach back a
        week know nothing of what comes later, of all days alike.
        """
        return None if self.a_day < FEWEST_A_DAY else self._parts.get(min(age, self.reach))

    def final_at(self, age: int) -> int | None:
        """The first age, from this one on, at which a day is final and remains it. None if nobody knows."""
        if self.completion(age) is None:
            return None
        open_at = (one for one in range(self.reach, age - 1, -1) if not is_final(self.completion(one)))
        return next((one + 1 for one in open_at), age)

    def estimate(self, known: Iterable[tuple[int, int]]) -> tuple[Fraction, float] | None:
        """What values with their ages, in millionths, will add up to, and the variance of that. None if unknown."""
        by_age: dict[int, int] = {}
        for age, value in known:
            at = min(age, self.reach)
            by_age[at] = by_age.get(at, 0) + value
        if any(age not in self._completions for age in by_age):
            return None
        final = {age: value / self._completions[age] for age, value in by_age.items()}
        return Fraction(sum(final.values())), self._variance(final)

    def _variance(self, final: Mapping[int, Fraction]) -> float:
        """Of the sum of final values by age: of the days themselves, and of the factors that they share."""
        variance = 0.0
        for age in range(min(final, default=self.reach), self.reach):
            factor = self.factors[age]
            here = sum(float(value) for at, value in final.items() if at <= age) / _MILLION
            part = float(self._completions[age])
            ratio = float(self._factor(age) or 1)
            variance += factor.variance / ratio**2 * (abs(here) / part + here**2 / (factor.before / _MILLION))
        return variance


def is_final(completion: Decimal | None) -> bool:
    """Whether so much of a figure is known that it counts as final."""
    return completion is not None and LOW <= completion <= HIGH


def of_days(days: Iterable[Sequence[Seen]], *, a_day: float | None = None) -> Lag:
    """The lag from what each day was known to be, in the order of its ages.

    Between two imports, a day is known as the first has left it; after the last that has set or confirmed it, no more.
    Values of different campaigns are not compared: an account that gets more of them has not converted late.

    Args:
        days: of each day, what was known of it.
        a_day: the conversions of a day, for another figure than conversions.
    """
    factors = [Factor() for _ in range(OLDEST)]
    for seen in days:
        for (age, before, campaigns), (until, after, later) in pairwise(seen):
            if abs(campaigns - later) * SIMILAR > max(campaigns, later):
                continue
            last = min(until, OLDEST) - 1
            for at in range(age, last + 1):
                factor, end = factors[at], after if at == last else before
                factor.days += 1
                factor.before += before
                factor.after += end
                if before > 0:
                    factor.squares += end / before * end
    return Lag({age: factor for age, factor in enumerate(factors) if factor.days}, a_day=a_day)


def estimate(parts: Iterable[tuple[Fraction, float]]) -> Estimate:
    """The sum of the final values of accounts, in millionths, whose errors are independent, with its range."""
    values, variances = zip(*parts, strict=True) if (parts := list(parts)) else ((), ())
    value = sum(values, Fraction(0)) / _MILLION
    error = Fraction(SURE * math.sqrt(sum(variances)))
    return Estimate(*(_rounded(one) for one in (value, max(value - error, Fraction(0)), value + error)))


def _rounded(value: Fraction) -> Decimal:
    return round(Decimal(value.numerator) / Decimal(value.denominator), 2)
