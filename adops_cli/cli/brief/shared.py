"""What all parts of the page need: how values are written, and which of them can still change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from adops_cli.render import Column, Kind
from adops_cli.render.page.written import Written


@dataclass(frozen=True)
class Hand:
    """What writes."""

    how: Written
    late: frozenset[str]
    """The keys of the figures that can still change."""
    span: str
    """What a point of a chart is: day, week, month."""
    incomplete: Sequence[str] = ()
    """What makes the comparison doubtful."""

    def day(self, day: date) -> str:
        """A day."""
        return self.how.day(day)

    def money(self, value: Any, currency: str | None) -> str:
        """An amount with its currency."""
        text = self.how.seen(value, Kind.MONEY)
        return text if value is None or currency is None else f"{text}\N{NO-BREAK SPACE}{currency}"

    def heading(self, name: str, key: str) -> str:
        """The name of a figure, with a mark if it can still change."""
        return f"{name}\N{NO-BREAK SPACE}~" if key in self.late else name

    def marked(self, columns: Iterable[Column]) -> list[Column]:
        """The columns with marks."""
        return [replace(one, heading=self.heading(one.heading, one.key)) for one in columns]
