"""The stored figures that a file restates, and the largest of them."""

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adops_cli.data.daily_rows import Number
from adops_cli.exports.export import Figures
from adops_cli.measures import FIGURES


@dataclass(frozen=True)
class Moved:
    """A stored figure that the file restates."""

    campaign: str
    """Its name; until the name is looked up, its id."""
    day: str
    figure: str
    before: Number | None
    after: Number | None


class Largest:
    """The largest restatements, each relative to the file's total of its figure, so that all can be compared."""

    def __init__(self, show: int, totals: Figures) -> None:
        self._show = show
        self._units = [abs(float(getattr(totals, name) or 0)) or 1.0 for name in FIGURES]
        self._heap: list[tuple[float, int, Moved]] = []
        self._order = itertools.count(0, -1)

    def add(self, id: str, day: str, was: Sequence[Any], now: Sequence[Any]) -> int:
        """Consider the restatements of one day. Return how many figures were restated."""
        moved = 0
        for name, unit, old, new in zip(FIGURES, self._units, was, now, strict=True):
            if old != new:
                moved += 1
                if self._show:
                    weight = abs((new or 0) - (old or 0)) / unit
                    self._push((weight, next(self._order), Moved(id, day, name, old, new)))
        return moved

    def _push(self, entry: tuple[float, int, Moved]) -> None:
        if len(self._heap) < self._show:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappushpop(self._heap, entry)

    def found(self) -> list[Moved]:
        """The largest first."""
        return [moved for _, _, moved in sorted(self._heap, reverse=True)]
