"""The arithmetic of what has moved a total: the contribution of each campaign, and of ratios its rate and its mix.

Pure functions of whole numbers, in which figures are given in millionths. What is printed is rounded half to even to 12
decimals; before that, contributions add up to the difference exactly. Knows no database.

The split of a ratio is symmetric and leaves no rest: Kitagawa 1955, Das Gupta 1978 (Demography 15:99), Chevan and
Sutherland 2009. With w a campaign's share of the denominator, r its own ratio, 0 before and 1 now, and M the mean of
both ratios of all:

    rate  = (w0 + w1) / 2 x (r1 - r0)
    mix   = (w1 - w0) x ((r0 + r1) / 2 - M)
    entry = n1 / D1 - n0 / D0 - (w1 - w0) x M, in place of both where the denominator of a side is 0
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from adops_cli.measures import Part, divided

DECIMALS: Final = 12
_MILLION = 10**6
Parts = tuple[int | None, ...]
"""The figure of a campaign on a side; or of a ratio, the numerator and the denominator. None is not reported."""
Side = Mapping[str, Parts]
"""The campaigns with rows on a side, by id."""
Kind = Literal["new", "gone", "both"]


@dataclass(frozen=True)
class Mover:
    """What a campaign has moved."""

    id: str
    kind: Kind
    """On which sides it has rows: only now, only before, or both."""
    contribution: Decimal | None
    """None if the difference is."""
    rate: Decimal | None = None
    """What its own ratio has moved. This and the two below only for a ratio."""
    mix: Decimal | None = None
    """What its share of the denominator has moved."""
    entry: Decimal | None = None
    """The whole contribution of a campaign whose denominator is 0 on a side, instead of the other two."""
    share: Decimal | None = None
    """Contribution / difference. None if that is 0."""
    not_reported: bool = False
    """Whether a part that it does not report was counted as 0."""


@dataclass(frozen=True)
class Movement:
    """What has moved a total, the largest contribution first."""

    before: Decimal | None
    now: Decimal | None
    difference: Decimal | None
    movers: Sequence[Mover]
    reason: str | None = None
    """Why there is no difference."""


def of_figure(name: str, before: Side, now: Side) -> Movement:
    """What has moved a sum. A side without any campaign counts as 0."""
    totals = [_total(side, 0) for side in (before, now)]
    values = [None if total is None else _part_of(total, _MILLION) for total in totals]
    unknown = [word for word, side, total in zip(_WORDS, (before, now), totals, strict=True) if side and total is None]
    if unknown:
        return _unknown(values, before, now, f"no campaign reports {name} {unknown[0]}")
    moved = (totals[1] or 0) - (totals[0] or 0)
    found = [(id, _part(now, id, 0) - _part(before, id, 0)) for id in _ids(before, now)]
    movers = [
        Mover(
            id,
            _kind(id, before, now),
            _part_of(part, _MILLION),
            share=_part_of(part, moved) if moved else None,
            not_reported=_is_silent(id, before, now),
        )
        for id, part in _largest_first(found)
    ]
    return Movement(values[0], values[1], _part_of(moved, _MILLION), movers)


def of_ratio(above: str, below: str, before: Side, now: Side) -> Movement:
    """What has moved a ratio of sums, split into rate and mix."""
    sums = [(_total(side, 0), _total(side, 1)) for side in (before, now)]
    values = [None if n is None or not d else _part_of(n, d) for n, d in sums]
    for word, (n, d) in zip(_WORDS, sums, strict=True):
        if not d:
            return _unknown(values, before, now, f"{below} {'is 0' if d == 0 else 'is unknown'} {word}")
        if n is None:
            return _unknown(values, before, now, f"no campaign reports {above} {word}")
    split = _Split(*(part or 0 for pair in sums for part in pair))
    found = [(id, split.contribution(_pair(before, id), _pair(now, id))) for id in _ids(before, now)]
    moved = split.n1 * split.d0 - split.n0 * split.d1
    movers = [
        split.mover(id, part, before, now, share=_part_of(part, split.unit(moved)) if moved else None)
        for id, part in _largest_first(found)
    ]
    return Movement(values[0], values[1], _part_of(moved, split.d0 * split.d1), movers)


class _Split:
    """The sums of a ratio, before and now. All contributions have one denominator: 2 (D0 D1)^2."""

    def __init__(self, n0: int, d0: int, n1: int, d1: int) -> None:
        self.n0, self.d0, self.n1, self.d1 = n0, d0, n1, d1
        self.both = d0 * d1
        self.one = 2 * self.both**2
        self.twice_mean = n0 * d1 + n1 * d0

    def unit(self, moved: int) -> int:
        """A difference over D0 D1 as a numerator over the denominator of the contributions."""
        return moved * 2 * self.both

    def contribution(self, before: tuple[int, int], now: tuple[int, int]) -> int:
        """The numerator of n1 / D1 - n0 / D0 - (w1 - w0) M, which is rate + mix where there are both."""
        (n0, d0), (n1, d1) = before, now
        shift = d1 * self.d0 - d0 * self.d1
        return 2 * self.both * (n1 * self.d0 - n0 * self.d1) - shift * self.twice_mean

    def mover(self, id: str, part: int, before: Side, now: Side, *, share: Decimal | None) -> Mover:
        (n0, d0), (n1, d1) = _pair(before, id), _pair(now, id)
        zero, whole = Part(0), _part_of(part, self.one)
        rate, mix, entry = zero, zero, whole
        if d0 and d1:
            own = (d0 * self.d1 + d1 * self.d0) * (n1 * d0 - n0 * d1)  # over 2 D0 D1 d0 d1
            rate = _part_of(own, 2 * self.both * d0 * d1)
            mix = _part_of(part * d0 * d1 - own * self.both, self.one * d0 * d1)
            entry = zero
        silent = _is_silent(id, before, now)
        return Mover(id, _kind(id, before, now), whole, rate, mix, entry, share, silent)


_WORDS = ("before", "now")


def _unknown(values: Sequence[Decimal | None], before: Side, now: Side, reason: str) -> Movement:
    movers = [
        Mover(id, _kind(id, before, now), None, not_reported=_is_silent(id, before, now)) for id in _ids(before, now)
    ]
    return Movement(values[0], values[1], None, movers, reason)


def _part_of(numerator: int, denominator: int) -> Part:
    return Part(divided(numerator, denominator, DECIMALS))


def _ids(before: Side, now: Side) -> Sequence[str]:
    return sorted({*before, *now})


def _largest_first(found: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(found, key=lambda pair: -abs(pair[1]))


def _total(side: Side, place: int) -> int | None:
    known = [part for parts in side.values() if (part := parts[place]) is not None]
    return sum(known) if known else None


def _part(side: Side, id: str, place: int) -> int:
    return (side[id][place] or 0) if id in side else 0


def _pair(side: Side, id: str) -> tuple[int, int]:
    return _part(side, id, 0), _part(side, id, 1)


def _kind(id: str, before: Side, now: Side) -> Kind:
    return "both" if id in before and id in now else "new" if id in now else "gone"


def _is_silent(id: str, before: Side, now: Side) -> bool:
    return any(None in side[id] for side in (before, now) if id in side)
