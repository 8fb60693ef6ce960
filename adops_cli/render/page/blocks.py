"""What a page is made of: parts with a heading, and in them sentences, figures, tables and charts. Draws nothing.

`kind` is the macro of the template that writes a block.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from adops_cli.render.columns import Column


@dataclass(frozen=True)
class Words:
    """A sentence."""

    text: str
    is_note: bool = False
    """Whether it is a reservation about what stands above it."""
    kind: ClassVar = "words"


@dataclass(frozen=True)
class Figure:
    """A headline figure."""

    name: str
    value: str
    before: str
    change: str
    """Empty if nothing can be said of it."""
    kind: ClassVar = "figure"


@dataclass(frozen=True)
class Figures:
    """Headline figures, side by side."""

    figures: Sequence[Figure]
    kind: ClassVar = "figures"


@dataclass(frozen=True)
class Table:
    """Rows under a caption."""

    caption: str
    columns: Sequence[Column]
    rows: Iterable[object]
    total: object | None = None
    folded: str = ""
    """What stands in place of the table until somebody opens it; empty is always open."""
    kind: ClassVar = "table"


@dataclass(frozen=True)
class Line:
    """A line of a chart."""

    name: str
    values: Sequence[Decimal | None]
    said: Sequence[str]
    """The same in words."""


@dataclass(frozen=True)
class Lines:
    """Lines over time, with the table of their values."""

    title: str
    summary: str
    """What is to be seen, for somebody who does not see it."""
    days: Sequence[date | str]
    """Days, the Mondays of weeks, or months as 2026-10."""
    lines: Sequence[Line]
    table: Table
    kind: ClassVar = "lines"


@dataclass(frozen=True)
class Bars:
    """A bar for each of a few names. Their table stands below."""

    title: str
    summary: str
    names: Sequence[str]
    values: Sequence[Decimal]
    labels: Sequence[str]
    """What stands at the end of each bar."""
    kind: ClassVar = "bars"


@dataclass(frozen=True)
class Charts:
    """Charts, side by side where there is room."""

    charts: Sequence[Lines | Bars]
    kind: ClassVar = "charts"


@dataclass(frozen=True)
class Tables:
    """Small tables, side by side where there is room."""

    tables: Sequence[Table]
    kind: ClassVar = "tables"


Block = Words | Figures | Table | Tables | Charts


@dataclass(frozen=True)
class Part:
    """A heading and what stands under it."""

    id: str
    title: str
    blocks: Sequence[Block] = ()
    parts: Sequence["Part"] = ()


@dataclass(frozen=True)
class Page:
    """A page."""

    title: str
    facts: Sequence[str]
    """Lines under the title."""
    parts: Sequence[Part]
