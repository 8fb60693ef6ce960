"""What a column is: its key, its heading, and the kind of value in it. Knows no format and writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from adops_cli.values import attribute


class Kind(StrEnum):
    """What a column holds, which says how people see it; the data formats write a value the same in any column."""

    TEXT = "text"
    PROSE = "prose"
    """Text whose end counts as much as its beginning: a narrow table folds it, where it would cut another."""
    COUNT = "count"
    QUANTITY = "quantity"
    """A number that may have decimals: 1,234.5."""
    MONEY = "money"
    """An amount in currency units: 551,628.86."""
    RATIO = "ratio"
    PERCENT = "percent"
    """A fraction, which people see as a percentage: 0.0149 is 1.49%."""
    DAY = "day"
    INSTANT = "instant"
    FLAG = "flag"
    JSON = "json"
    TIMELINE = "timeline"
    """A JSON list of stages, which people see as one line for each when they look at a single row."""


@dataclass(frozen=True)
class Column:
    """One column of rows.

    A row's value is its attribute of the key's name in snake_case (projectId -> project_id); a mapping is read by the
    key itself.
    """

    key: str
    """JSON key and CSV heading."""
    heading: str
    """What people read above a table."""
    kind: Kind = Kind.TEXT
    weight: int = 1
    """0 is never shown in a table of rows; when a terminal is too narrow for one, the lowest goes first."""

    @property
    def is_number(self) -> bool:
        """Whether it is aligned right, and never cut."""
        return self.kind in _NUMBERS

    @property
    def is_elastic(self) -> bool:
        """Whether its cells may be cut or folded in a narrow table."""
        return self.kind in _ELASTIC

    def of(self, item: object) -> Any:
        """The value of one row."""
        return item[self.key] if isinstance(item, Mapping) else getattr(item, attribute(self.key))


_NUMBERS = frozenset({Kind.COUNT, Kind.QUANTITY, Kind.MONEY, Kind.RATIO, Kind.PERCENT})
_ELASTIC = frozenset({Kind.TEXT, Kind.PROSE, Kind.JSON})
