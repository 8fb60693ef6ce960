"""How a file's columns are understood, before and after its cells are examined.

The state that the steps of reading pass on: `interpret` makes it from the header, a platform's special rule corrects
it, `survey` adds what only the cells show, and `convert` reads the rows by it. Decides nothing itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adops_cli.exports.cells.cell import Cell, Cells
from adops_cli.exports.cells.currencies import Stated
from adops_cli.exports.columns.declaration import PlatformFormat
from adops_cli.exports.columns.header import Header
from adops_cli.exports.export import LeftOut

COUNTS = ("impressions", "clicks")
MONEY = ("spend", "revenue")


@dataclass(frozen=True)
class FigureSource:
    """Where a figure comes from: one column, or several columns with their values combined."""

    columns: tuple[int, ...]
    micros: bool = False
    micros_in_totals: bool = False
    special: "Special | None" = None
    """How to read cells that are not plain numbers."""
    means: str | None = None
    """A word of `meanings`, or None if it is unknown."""
    alone: tuple[str | None, ...] = ()
    """The word of each column, if the others of a sum are blank in every row."""


@dataclass(frozen=True)
class Special:
    """How to read cells that are lists, and how to combine their values."""

    read: tuple[Callable[[Cell], Any] | None, ...]
    """For each column, how to read its cell. None is a plain amount."""
    combine: Callable[..., int | None]


@dataclass
class Facts:
    """What only the cells of the whole file can show. A special rule registers what it needs to see."""

    watch: dict[int, Callable[[Cell, Cells], None]] = field(default_factory=dict)
    """By column: called for each row, except total rows, with the cell and the row."""
    settle: list[Callable[[], None]] = field(default_factory=list)
    """Called once every row has been seen."""


@dataclass(frozen=True)
class Splits:
    """The columns below a campaign's day, by the kinds of `breakdowns`."""

    parts: tuple[int, ...] = ()
    fragments: tuple[int, ...] = ()
    overlaps: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """Column -> the figures that occur in several of its rows."""
    below_campaigns: bool = False
    """Whether the rows are of a level that can lack whole campaigns."""
    extracted: int | None = None
    """The time at which a connector fetched the row."""
    housekeeping: frozenset[int] = frozenset()
    """What a connector adds to every row, which tells no two of them apart."""

    @property
    def known(self) -> frozenset[int]:
        """All columns that split a day."""
        return frozenset((*self.parts, *self.fragments, *self.overlaps))


@dataclass
class Layout:
    """How a file's columns are understood."""

    platform: PlatformFormat
    header: Header
    preamble: tuple[str, ...]
    """The rows above the header, as text. A title without quotes can contain commas."""
    language: str | None
    day: int | None = None
    ends: int | None = None
    """The column with the end of a range, if the day column holds its start."""
    is_lone_start: bool = False
    """Whether the day column holds starts, and nothing shows yet that each is a day."""
    period: int | None = None
    """A column of weeks, months or ranges."""
    columns: dict[str, int] = field(default_factory=dict)
    """campaign, campaign_id, account, currency, platform, attribution, metadata -> column."""
    attributes: dict[str, int] = field(default_factory=dict)
    """What a campaign is besides its figures, by the names of `attributes` -> column."""
    figures: dict[str, FigureSource] = field(default_factory=dict)
    currency: Stated | None = None
    """What the headers of the money columns say of their currency."""
    dimensions: tuple[int, ...] = ()
    """Columns of names and ids that identify a row. All of them are blank in a total row."""
    further: dict[str, FigureSource] = field(default_factory=dict)
    """Keys of metadata -> where the figure comes from, if it is not a column of its own."""
    extras: dict[int, str] = field(default_factory=dict)
    """Columns that can become metadata -> their key."""
    not_additive: frozenset[str] = frozenset()
    """Keys of metadata that are meaningless when summed."""
    fates: dict[int, str] = field(default_factory=dict)
    """Why a column is not used."""
    splits: Splits = field(default_factory=Splits)
    once_by: int | None = None
    """A column of types of action, whose rows repeat everything else of a day."""
    is_by_group: bool = False
    """Whether groups of campaigns are read as campaigns."""
    chosen: bool = False
    """Whether a special rule has used `--conversions`."""
    notices: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    """What a special rule does not count."""
    facts: Facts = field(default_factory=Facts)

    @property
    def meanings(self) -> Mapping[int, str]:
        """Column -> its meaning."""
        found = {column: meaning for meaning, source in self.figures.items() for column in source.columns}
        found |= {column: meaning for meaning, column in self.columns.items()}
        for column, meaning in ((self.ends, "day"), (self.day, "day")):
            if column is not None:
                found[column] = meaning
        return found
