"""What a file of rows carries beside them: a title, what proves the rows, and what to draw of them. Writes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from adops_cli.render.columns import Column, Kind


@dataclass(frozen=True)
class Section:
    """One part of the proof: a small table with a heading."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, object]]


@dataclass(frozen=True)
class Chart:
    """What to draw of the rows: a line over time, or a bar for each row."""

    kind: Literal["line", "bar"]
    labels: str
    """Key of the column that names a point or a bar."""
    figures: Sequence[str]
    """Keys of the columns that are drawn."""
    ratios: Sequence[str] = ()
    """Keys of those that are drawn against an axis of their own."""


def _nothing() -> Sequence[Section]:
    return ()


@dataclass(frozen=True)
class Document:
    """What is known of the rows. Only formats that have room for it ask for it."""

    title: str
    behind: Callable[[], Sequence[Section]] = field(default=_nothing)
    """The window, as of when, open days, closes and the files behind the figures: asked for when it is written."""
    chart: Chart | None = None
    notes: Sequence[str] = ()
    """What is to be known with the figures, as it is told to people in a terminal."""

    def proof(self) -> Sequence[Section]:
        """All of it, as small tables."""
        notes = Section("Notes", (Column("note", "Note", Kind.PROSE),), [{"note": words} for words in self.notes])
        return (*self.behind(), *((notes,) if self.notes else ()))
