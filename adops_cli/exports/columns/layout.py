"""What a file's columns were understood as, before and after its cells have spoken.

The state that the steps of reading hand on: `interpret` makes it from the header, a platform's special rule corrects
it, `survey` adds what only the cells know, `convert` reads the rows by it. Decides nothing itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adops_cli.exports.cells.cell import Cell, Cells
from adops_cli.exports.columns.declaration import PlatformFormat
from adops_cli.exports.columns.header import Header

COUNTS = ("impressions", "clicks")
MONEY = ("spend", "revenue")


@dataclass(frozen=True)
class FigureSource:
    """Where a figure comes from: one column, or several whose values are combined."""

    columns: tuple[int, ...]
    micros: bool = False
    micros_in_totals: bool = False
    special: "Special | None" = None
    """How to read cells that are no plain numbers."""


@dataclass(frozen=True)
class Special:
    """Cells that are lists, and what their values come to."""

    read: tuple[Callable[[Cell], Any] | None, ...]
    """For each column how its cell is read; None is a plain amount."""
    combine: Callable[..., int | None]


@dataclass
class Facts:
    """What only the cells of the whole file know; a special rule names what it wants to see."""

    watch: dict[int, Callable[[Cell, Cells], None]] = field(default_factory=dict)
    """By column: called with every row's cell and the row, total rows left out."""
    settle: list[Callable[[], None]] = field(default_factory=list)
    """Called once every row was seen."""


@dataclass
class Layout:
    """A file's columns as understood."""

    platform: PlatformFormat
    header: Header
    preamble: tuple[str, ...]
    """The rows above the header, as text; an unquoted title may have commas."""
    language: str | None
    day: int | None = None
    ends: int | None = None
    """The end of a range whose start stands in the column of the day."""
    period: int | None = None
    """A column of weeks, months or ranges."""
    columns: dict[str, int] = field(default_factory=dict)
    """campaign, campaign_id, account, currency, platform, metadata -> column."""
    figures: dict[str, FigureSource] = field(default_factory=dict)
    currency: str | None = None
    """What the header says."""
    dimensions: tuple[int, ...] = ()
    """Names and ids that say whose row it is; all blank in a row of sums."""
    extras: dict[int, str] = field(default_factory=dict)
    """Columns that may become metadata -> their key."""
    not_additive: frozenset[str] = frozenset()
    """Keys of metadata that mean nothing once summed."""
    fates: dict[int, str] = field(default_factory=dict)
    """Why a column is none of ours."""
    chosen: bool = False
    """Whether a special rule has taken `--conversions` for its own."""
    notices: list[str] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)

    @property
    def meanings(self) -> Mapping[int, str]:
        """Column -> what it was understood as."""
        found = {column: meaning for meaning, source in self.figures.items() for column in source.columns}
        found |= {column: meaning for meaning, column in self.columns.items()}
        for column, meaning in ((self.ends, "day"), (self.day, "day")):
            if column is not None:
                found[column] = meaning
        return found
