"""The figures of a campaign, on a day or over a window, by name. Each is read when it is looked at.

Of ten thousand campaigns, a rule looks at few figures of most. To read them all would take longer than the queries.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adops_cli.data.report_sums import Sums
from adops_cli.measures import FIGURES
from adops_cli.storage.models import Metrics
from adops_cli.storage.table import fields_of

Figures = Mapping[str, Any]
"""The five figures by name: ints, and Decimals. None is not reported, or was not asked for."""
FIELDS = {name: fields_of(Metrics)[name] for name in FIGURES}
_COUNTS = frozenset(("impressions", "clicks"))


class _Read(Mapping[str, Any]):
    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        return iter(FIGURES)

    def __len__(self) -> int:
        return len(FIGURES)


class Day(_Read):
    """Those of a stored row, given where in it each figure is."""

    __slots__ = ("_places", "_row")

    def __init__(self, places: Mapping[str, int], row: Sequence[Any]) -> None:
        self._places, self._row = places, row

    def __getitem__(self, name: str) -> Any:
        place = self._places.get(name)
        value = None if place is None else self._row[place]
        if value is None or (type(value) is int and name in _COUNTS):
            return value
        return FIELDS[name].python_value(value)

    def rough(self, name: str) -> float | None:
        """A figure that was asked for, as the nearest double: models need no more."""
        value = self._row[self._places[name]]
        if value is None or type(value) is float:
            return value
        return float(value if type(value) is int else self[name])


class Total(_Read):
    """Those that a report has added up."""

    __slots__ = ("_row", "_sums")

    def __init__(self, sums: Sums, row: Sequence[Any]) -> None:
        self._sums, self._row = sums, row

    def __getitem__(self, name: str) -> Any:
        return self._sums.figure(name, self._row)


NOTHING = Day({}, ())
"""A day of which nothing is known."""
