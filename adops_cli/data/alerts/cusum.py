"""CUSUM: finds a small shift that lasts, of which no single day is unusual. Pure arithmetic; knows no database.

Over the z of days one after another, `u = max(0, u + z - k)` and `l = max(0, l - z - k)`. An alarm is above `h`, and
both begin again at 0 (Montgomery, Introduction to Statistical Quality Control; NIST handbook 6.3.2.3).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

# The constants, and where they come from.
SLACK = 0.5
"""k: half of the shift that is looked for, one spread (Montgomery)."""
LIMIT = 5.0
"""h: 4 finds more, and was measured to alarm twice as often."""
CLIPPED = 3.0
"""A single shock is no drift: it counts as no more than this."""
START = 56
"""So many days back, the sums are 0."""


@dataclass(frozen=True)
class Drift:
    """An alarm."""

    onset: int
    """The place of the first day of the shift: the first since the sum was 0."""
    place: int
    """The place of the day of the alarm."""
    sum: float
    upward: bool


def alarms(scores: Iterable[float | None]) -> Iterator[Drift]:
    """The alarms in the z of days. A day without one changes nothing."""
    sums, onsets = [0.0, 0.0], [0, 0]
    for place, score in enumerate(scores):
        if score is None:
            continue
        clipped = max(-CLIPPED, min(CLIPPED, score))
        for side, sign in enumerate((1, -1)):
            if sums[side] == 0:
                onsets[side] = place
            sums[side] = max(0.0, sums[side] + sign * clipped - SLACK)
        side = 0 if sums[0] >= sums[1] else 1
        if sums[side] > LIMIT:
            yield Drift(onsets[side], place, sums[side], upward=side == 0)
            sums = [0.0, 0.0]


def together(found: Sequence[Drift]) -> Drift:
    """The last alarm, since the first of those that follow each other in its direction: one shift alarms many times."""
    last = found[-1]
    onset = last.onset
    for before in reversed(found[:-1]):
        if before.upward != last.upward or before.place + 1 < onset:
            break
        onset = before.onset
    return replace(last, onset=onset)
