"""A ground for curves: cells with dots in them, and with letters over them. Knows no axis and no value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from rich.text import Text

COLOURS = ("color(32)", "color(166)", "color(28)", "color(134)", "color(160)", "color(244)")
"""Each is readable on light and on dark ground, and differs from the others where there are only sixteen."""
_BRAILLE = 0x2800
_BITS = ((0x40, 0x80), (0x04, 0x20), (0x02, 0x10), (0x01, 0x08))
"""The dots of a cell of braille, from its lowest row up, left and right."""
Cell = tuple[int, int]
"""Row, from the bottom, and column."""
Dot = tuple[int, int]
"""How far right and how far up."""


@dataclass(frozen=True)
class Signs:
    """What is drawn with."""

    across: int
    """How many dots a cell has beside each other."""
    up: int
    """How many it has above each other."""
    side: str
    tick: str
    corner: str
    floor: str
    mark: str
    zero: str
    point: str


BRAILLE = Signs(2, 4, "│", "┤", "└", "─", "┬", "┈", "•")
PLAIN = Signs(1, 1, "|", "+", "+", "-", "+", ".", "*")


def colour(curve: int) -> str:
    """The colour of a curve, by its place."""
    return COLOURS[curve % len(COLOURS)]


@dataclass
class Canvas:
    """The cells. What is drawn later is on top."""

    signs: Signs
    rows: int
    columns: int
    letters: Mapping[int, str]
    """The letter of each curve."""
    _dots: dict[Cell, int] = field(default_factory=dict)
    _owners: dict[Cell, dict[int, None]] = field(default_factory=dict)
    _marked: dict[Cell, int] = field(default_factory=dict)

    def line(self, start: Dot, end: Dot, curve: int) -> None:
        """Set the dots from one to another."""
        (x, y), (to_x, to_y) = start, end
        length = max(abs(to_x - x), abs(to_y - y), 1)
        for step in range(length + 1):
            self._dot((x + round(step * (to_x - x) / length), y + round(step * (to_y - y) / length)), curve)

    def point(self, at: Dot, curve: int) -> None:
        """Set a dot that is joined to no other, and would be overlooked without a sign."""
        self._dot(at, curve)
        self._marked[self.cell(at)] = curve

    def letter(self, at: Dot, curve: int) -> None:
        """Put the letter of a curve over a dot, unless another curve is there, too."""
        if len(self._owners[self.cell(at)]) == 1:
            self._marked.setdefault(self.cell(at), curve)

    def cell(self, at: Dot) -> Cell:
        """The cell of a dot."""
        return at[1] // self.signs.up, at[0] // self.signs.across

    def _dot(self, at: Dot, curve: int) -> None:
        cell = self.cell(at)
        bit = _BITS[at[1] % self.signs.up][at[0] % self.signs.across]
        self._dots[cell] = self._dots.get(cell, 0) | bit
        owners = self._owners.setdefault(cell, {})
        owners.pop(curve, None)
        owners[curve] = None

    def row(self, row: int, ground: str) -> Text:
        """A row as it is shown, with a sign for the cells without a dot."""
        shown = Text()
        for style, part in groupby((self._sign(row, column, ground) for column in range(self.columns)), itemgetter(1)):
            shown.append("".join(sign for sign, _ in part), style)
        return shown

    def _sign(self, row: int, column: int, ground: str) -> tuple[str, str]:
        """What a cell shows, and its colour."""
        cell = row, column
        if cell not in self._owners:
            return ground, ""
        curve = self._marked.get(cell, [*self._owners[cell]][-1])
        is_letter = cell in self._marked or self.signs.up == 1
        return self.letters[curve] if is_letter else chr(_BRAILLE + self._dots[cell]), colour(curve)
