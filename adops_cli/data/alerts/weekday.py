"""The pooled robust weekday model: how unusual a day is, beside the same weekdays of the eight weeks before.

`base` is the median of those weekdays, and `e = ln(x / base)`. Centre and spread are those of the residuals of the 56
days before, all weekdays together: `c = median(e)`, `s = 1.4826 x median|e - c|`, and `z = (e - c) / s`. A spread of
each weekday alone, of eight values, is too noisy. A trend is in `c`. Pure arithmetic; knows no database.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# The constants, and where they come from.
WEEK = 7
WEEKS, FEWEST_WEEKS = 8, 4
"""The same weekdays before a day, and how many of them make a base."""
SPAN, FEWEST = 56, 28
"""The days before whose residuals make centre and spread, and how many of them must be known."""
HISTORY = SPAN + WEEK * WEEKS
"""So many days before a day say all there is to say of it."""
ROBUST = 1.4826
"""Makes the median absolute deviation of a normal distribution its standard deviation (NIST handbook, 1.3.5.6)."""
FLOOR = 0.05
"""The least spread: of a campaign that never varies, a change of a few percent is none."""
UNUSUAL = 3.5
"""|z| above this is a shock (Iglewicz and Hoaglin 1993, NIST handbook 1.3.5.17)."""
LEAST_CHANGE = 0.30
"""A smaller change is not worth a look, however unusual it is."""
LEAST_COUNT = 5
"""Of things that are counted: the logarithms of fewer are too coarse. With 3 a day, CUSUM alarms twice as often."""

Values = Sequence[float | None]
"""One for each day, without a break. None is not known, and 0 is left to the rules on delivery."""


@dataclass(frozen=True)
class Day:
    """What the model says of a day."""

    value: float
    base: float
    """The median of the same weekdays before."""
    centre: float
    spread: float
    z: float
    is_count: bool = False

    @property
    def expected(self) -> float:
        """What was to be expected, with the trend."""
        return self.base * math.exp(self.centre)

    @property
    def change(self) -> float:
        """Beside what was expected: -0.5 is half of it."""
        return self.value / self.expected - 1

    @property
    def is_unusual(self) -> bool:
        """Whether it is a shock.

        What is counted varies by chance alone (Poisson), and the logarithm of few much more to the lower side: with 5
        to 10 a day, three times as many false alarms were measured. So it must be unusual beside the square root, too.
        """
        is_chance = self.is_count and abs(self.value - self.expected) <= UNUSUAL * math.sqrt(self.expected)
        return abs(self.z) > UNUSUAL and abs(self.change) >= LEAST_CHANGE and not is_chance


def days(values: Values, *, last: int | None = None, counts: bool = False) -> Iterator[Day | None]:
    """What the model says of each day, or of the last ones: None where too little is known, and for a day of 0.

    `counts` says that these are numbers of things, of which it needs some.
    """
    least = LEAST_COUNT if counts else 0
    begin = 0 if last is None else max(0, len(values) - last)
    bases, residuals = list[float](), list[float | None]()
    first = max(0, begin - SPAN)
    for place in range(first, len(values)):
        value, base = values[place], _base(values, place, least)
        bases.append(base)
        residuals.append(math.log(value / base) if value and value > 0 and base else None)
    for place in range(begin - first, len(values) - first):
        own, value = residuals[place], values[first + place]
        before = sorted([one for one in residuals[max(0, place - SPAN) : place] if one is not None])
        if own is None or value is None or len(before) < FEWEST:
            yield None
            continue
        centre = _middle(before)
        spread = max(FLOOR, ROBUST * _middle(sorted([abs(one - centre) for one in before])))
        yield Day(value, bases[place], centre, spread, (own - centre) / spread, counts)


def _base(values: Values, place: int, least: float) -> float:
    """The median of the same weekdays before. 0 if too few are known, or it is too small."""
    before = values[place - WEEK * min(WEEKS, place // WEEK) : place : WEEK]
    known = sorted([value for value in before if value is not None])
    found = _middle(known) if len(known) >= FEWEST_WEEKS else 0
    return found if found >= least and found > 0 else 0


def _middle(ordered: Sequence[float]) -> float:
    """The median of values in their order. `statistics.median` takes four times as long, and this is most of it."""
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
