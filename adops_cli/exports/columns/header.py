"""Header rows: how names compare, which row is the header, and in which language it speaks.

Works on names alone; what a name means is the platforms' business.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from adops_cli.exports.cells.cell import Cell, shown, unguarded

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MACHINE = re.compile(r"[a-z][A-Za-z0-9]*(?:[._][A-Za-z0-9]+)*")
_BETWEEN = re.compile(r"[\W_]+")
_LONGEST = 200
"""Characters; a longer cell is no header."""


def loose(text: str) -> str:
    """The form in which headers are compared: no guard, no case, no punctuation, any white space one space.

    `Revenue (Adv Currency)`, `Revenue_Adv_Currency` and `REVENUE (ADV CURRENCY)` are one name, and so are
    `metrics.costMicros` and `metrics.cost_micros`.
    """
    text = unguarded(text[:_LONGEST])
    if _MACHINE.fullmatch(text):
        text = _CAMEL.sub(" ", text)
    return _BETWEEN.sub(" ", text.casefold()).strip()


def written(cell: Cell) -> str:
    """A header as people read it: on one line, without guards; the key of metadata and the name in messages."""
    return " ".join(unguarded(shown(cell)).split())


@dataclass(frozen=True)
class Header:
    """A file's header row."""

    line: int
    cells: tuple[str, ...]
    """As written."""
    names: tuple[str, ...]
    """As compared."""

    @classmethod
    def of(cls, line: int, cells: Sequence[Cell]) -> "Header":
        """The row as a header."""
        texts = tuple(written(cell) for cell in cells)
        return cls(line, texts, tuple(loose(text) for text in texts))

    def find(self, name: str) -> int | None:
        """Where a header stands, by its compared form; the first of several alike."""
        return self.names.index(name) if name in self.names else None
