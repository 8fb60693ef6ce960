"""Curves in a terminal: one panel below the other, each with its axes, fitted to the width and the height.

A terminal with UTF-8 gets braille, eight dots in each cell; others, and dumb ones, get letters. Each curve has a letter
of its own as well as a colour. A curve is interrupted where a day has no value. Returns text and writes nothing.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from string import ascii_uppercase
from typing import TextIO

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from adops_cli.periods import ONE_DAY
from adops_cli.render import axes, cells, tables
from adops_cli.render.axes import Number, Scale
from adops_cli.render.canvas import BRAILLE, PLAIN, Canvas, Dot, Signs, colour
from adops_cli.render.columns import Kind

LETTERS = ascii_uppercase
"""As many curves can be told apart."""
_LEAST_ROWS, _MOST_ROWS = 4, 24
_LEAST_COLUMNS = 12
"""With less room than this, the values of an axis are left out."""
_FRAME = 3
"""Lines of a panel beside its rows: title, axis and dates."""
_BELOW = 4
"""Lines of a terminal that are left to notices and the next prompt."""
_WIDTH = 80
"""Without a terminal."""
_BETWEEN_LETTERS = 16
_BARS = (" ▁▂▃▄▅▆▇█", " 12345678")


@dataclass(frozen=True)
class Curve:
    """A named series of values by day. Days without a value are left out."""

    name: str
    values: Mapping[date, Number]


@dataclass(frozen=True)
class Panel:
    """Curves that share an axis, by their place among all curves of a drawing."""

    title: str
    kind: Kind
    curves: Mapping[int, Curve]
    open_days: Collection[date] = ()
    """Days that can still change, which are marked."""

    @property
    def values(self) -> Sequence[Number]:
        """All values of its curves."""
        return [value for curve in self.curves.values() for value in curve.values.values()]


@dataclass(frozen=True)
class _Sheet:
    """What the panels of a drawing have in common."""

    signs: Signs
    letters: Mapping[int, str]
    """The letter of each curve; where there is one curve only, a sign for a point."""
    first: date
    last: date
    width: int
    side: int
    """How many columns the values of the axes take, so that a day is at the same place in each panel."""

    @property
    def has_letters(self) -> bool:
        """Whether there are several curves."""
        return len(self.letters) > 1

    @property
    def columns(self) -> int:
        """How many columns a curve has."""
        return max(1, self.width - self.side - 1 - (2 if self.has_letters else 0))

    def place(self, day: date) -> int:
        """How many dots a day is right of the first one."""
        length, width = (self.last - self.first).days, self.columns * self.signs.across - 1
        return round((day - self.first).days * width / length) if length else width // 2


def drawing(out: TextIO, panels: Sequence[Panel], first: date, last: date) -> list[str]:
    """The lines of panels over the same days, one below the other, and what their letters mean."""
    console = tables.console_on(out, _WIDTH)
    signs = PLAIN if _is_plain(console) else BRAILLE
    names = {place: curve.name for panel in panels for place, curve in panel.curves.items()}
    letters = {place: LETTERS[place % len(LETTERS)] if len(names) > 1 else signs.point for place in names}
    legend = list(_legend(names, letters, console.width)) if len(names) > 1 else []
    empty = sum(not panel.values for panel in panels)
    room = console.height - _BELOW - len(legend) - (len(panels) - 1) - empty
    rows = min(max(room // max(1, len(panels) - empty) - _FRAME, _LEAST_ROWS), _MOST_ROWS)
    scales = [axes.scale(panel.values, rows) if panel.values else None for panel in panels]
    sheet = _Sheet(signs, letters, first, last, console.width, _side(panels, scales, console.width))
    shown: list[Text] = []
    for panel, scale in zip(panels, scales, strict=True):
        shown += [Text()] if shown else []
        shown += _panel(panel, scale, sheet) if scale else [_title(f"{panel.title}: not reported", sheet)]
    with console.capture() as drawn:
        for line in [*shown, *legend]:
            console.print(line, soft_wrap=True)
    return [f"{line.rstrip()}\n" for line in drawn.get().splitlines()]


def _side(panels: Sequence[Panel], scales: Sequence[Scale | None], width: int) -> int:
    labels = [scale.labels(panel.kind) for panel, scale in zip(panels, scales, strict=True) if scale]
    side = max((len(label) for some in labels for label in some), default=0) + 1
    return side if width - side >= _LEAST_COLUMNS else 0


def sparklines(out: TextIO, every: Sequence[Sequence[Number | None]]) -> list[str]:
    """Rows of values as bars from zero to the largest value of each; a blank where there is none."""
    bars = _BARS[_is_plain(tables.console_on(out))]
    return ["".join(_bars(values, bars)) for values in every]


def _bars(values: Sequence[Number | None], bars: str) -> Iterator[str]:
    known = [value for value in values if value is not None]
    low, high = min(0, 0, *known), max(0, 0, *known)
    for value in values:
        if value is None:
            yield bars[0]
        else:
            yield bars[max(1, round((value - low) * 8 / (high - low)))] if high > low else bars[1]


def _is_plain(console: Console) -> bool:
    return console.options.ascii_only or console.is_dumb_terminal


def _panel(panel: Panel, scale: Scale, sheet: _Sheet) -> Iterator[Text]:
    title = f"{panel.title}{' ~' if panel.open_days else ''}"
    until = f" to {sheet.last}" if sheet.last > sheet.first else ""
    whole = f"{title}  {sheet.first}{until}"
    yield _title(whole if cell_len(whole) <= sheet.width else title, sheet)
    labels = scale.labels(panel.kind)
    canvas = Canvas(sheet.signs, scale.rows, sheet.columns, sheet.letters)
    at = _draw(canvas, panel, scale, sheet)
    last = _ends(at, canvas) if sheet.has_letters else {}
    for row in reversed(range(scale.rows)):
        step, between = divmod(row, scale.rows_of_a_step)
        label = "" if between else f"{labels[step]} "
        is_zero = not between and row > 0 and scale.values[step] == 0
        line = Text(f"{label:>{sheet.side}}" if sheet.side else "")
        line.append(sheet.signs.side if between else sheet.signs.tick)
        line.append_text(canvas.row(row, sheet.signs.zero if is_zero else " "))
        yield line.append_text(last.get(row, Text()))
    yield from _below(panel, sheet)


def _title(text: str, sheet: _Sheet) -> Text:
    return Text(set_cell_size(text, min(sheet.width, cell_len(text))), tables.heading_style())


def _draw(canvas: Canvas, panel: Panel, scale: Scale, sheet: _Sheet) -> dict[int, list[Dot]]:
    """Draw the curves, the first one on top. Return where their days are."""
    up = sheet.signs.up
    dots: dict[int, list[Dot]] = {}
    for place, curve in reversed([*panel.curves.items()]):
        at = {day: (sheet.place(day), up // 2 + scale.place(value, up)) for day, value in sorted(curve.values.items())}
        joined = [(one, other) for one, other in pairwise(at) if other - one == ONE_DAY]
        for one, other in joined:
            canvas.line(at[one], at[other], place)
        for day in set(at).difference(*joined):
            canvas.point(at[day], place)
        dots[place] = [*at.values()]
    if sheet.has_letters:
        for order, (place, places) in enumerate(dots.items()):
            after = order * _BETWEEN_LETTERS // len(dots)
            for dot in places:
                if (column := canvas.cell(dot)[1]) >= after:
                    canvas.letter(dot, place)
                    after = column + _BETWEEN_LETTERS
    return dots


def _ends(at: Mapping[int, Sequence[Dot]], canvas: Canvas) -> Mapping[int, Text]:
    """The letters of the curves, each beside the row in which its curve ends, or the next one that is free."""
    found: dict[int, Text] = {}
    for place, dots in reversed([*at.items()]):
        free = [row for row in range(canvas.rows) if row not in found]
        if dots and free:
            row = min(free, key=lambda row: abs(row - canvas.cell(dots[-1])[0]))
            found[row] = Text(" ").append(canvas.letters[place], colour(place))
    return found


def _below(panel: Panel, sheet: _Sheet) -> Iterator[Text]:
    """The axis of days, and the dates."""

    def column_of(day: date) -> int:
        return sheet.place(day) // sheet.signs.across

    axis = [sheet.signs.floor] * sheet.columns
    shown = {day for day in panel.open_days if sheet.first <= day <= sheet.last}
    for day in shown:
        end = column_of(day + ONE_DAY) if day + ONE_DAY in shown else column_of(day) + 1
        for column in range(column_of(day), end):
            axis[column] = "~"
    dates = axes.days(sheet.first, sheet.last, column_of, sheet.columns)
    for column, _ in dates:
        axis[column] = sheet.signs.mark
    yield Text(" " * sheet.side + sheet.signs.corner + "".join(axis))
    line = ""
    for column, text in dates:
        line = f"{line:<{sheet.side + 1 + column}}{text}"
    if line:
        yield Text(line)


def _legend(names: Mapping[int, str], letters: Mapping[int, str], width: int) -> Iterator[Text]:
    """What the letters mean, on as few lines as it takes."""
    line = Text()
    for place, name in sorted(names.items()):
        words = cells.harmless(name)
        fitted = set_cell_size(words, min(cell_len(words), width - 2))
        one = Text().append(letters[place], colour(place)).append(f" {fitted}")
        if line and line.cell_len + 2 + one.cell_len > width:
            yield line
            line = Text()
        line = line.append("  " if line else "").append_text(one)
    yield line
