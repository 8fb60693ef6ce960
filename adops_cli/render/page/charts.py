"""Charts as SVG: scales, ticks and axes are leather's, colours and fonts those of the page. The only user of leather.

A library writes colours into its elements, names the web in its namespace, and gives no value to the pointer: here, an
element has a class instead of a colour, no namespace, which SVG inside HTML does not need, and each point its values.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import leather
from leather import theme
from leather.scales import Linear, Scale
from leather.series import Series
from leather.shapes import Bars as LeatherBars
from leather.shapes import Line as LeatherLine

from adops_cli.render import cells
from adops_cli.render.page.blocks import Bars, Lines
from adops_cli.render.page.written import Written

WIDTH, HEIGHT = 440, 220
"""Units of a chart, which is half a page wide, or as wide as a telephone: its letters can be read on both."""
_TOP, _RIGHT = 10, 16
_BAR, _BELOW = 30, 22
_LETTER = 7
_MOST_LETTERS = 18
_X_TICKS = 4
_DOTS = 45
"""More points than these need no dots."""
_FRACTION = re.compile(r"-?\d+\.\d+")
_PAINT = ("fill", "stroke", "stroke-width", "font-family", "font-size")

theme.margin = 0.0
theme.legend_font_char_height = theme.legend_gap = 0
theme.tick_font_char_width = theme.axis_title_font_char_width = _LETTER


class _Inside(Scale):  # type: ignore[misc]
    """Places from the first to the last, from edge to edge."""

    def __init__(self, count: int) -> None:
        self._last = max(count - 1, 1)
        self._alone = count == 1

    def project(self, value: int, low: float, high: float) -> float:
        return low + (high - low) * (0.5 if self._alone else value / self._last)

    def contains(self, _value: int) -> bool:
        return True


class _Silent(Linear):  # type: ignore[misc]
    """A scale without ticks."""

    def ticks(self) -> Sequence[Any]:
        return []


class _Line(LeatherLine):  # type: ignore[misc]
    """A line with a class, and dots if there are few."""

    def __init__(self, place: int, *, dots: bool) -> None:
        super().__init__(stroke_color="none")
        self._place, self._dots = place, dots

    def legend_to_svg(self, _series: Any, _palette: Any) -> list[Any]:
        return []

    def to_svg(self, width: Any, height: Any, *more: Any) -> ET.Element:
        x_scale, y_scale, series, _ = more
        group: ET.Element = super().to_svg(width, height, *more)
        group.set("class", f"line s{self._place}")
        for point in series.data() if self._dots else ():
            if point.y is not None:
                x, y = x_scale.project(point.x, 0, width), y_scale.project(point.y, height, 0)
                group.append(ET.Element("circle", cx=str(x), cy=str(y), r="2"))
        return group


class _Pointed(LeatherLine):  # type: ignore[misc]
    """A column for the pointer over each place, which says the values there."""

    def __init__(self, said: Sequence[str]) -> None:
        super().__init__(stroke_color="none")
        self._said = said

    def legend_to_svg(self, _series: Any, _palette: Any) -> list[Any]:
        return []

    def to_svg(self, width: Any, height: Any, x_scale: Any, *_rest: Any) -> ET.Element:
        group = ET.Element("g", {"class": "point"})
        step = width / max(len(self._said) - 1, 1)
        for place, words in enumerate(self._said):
            middle = x_scale.project(place, 0, width)
            left, right = max(middle - step / 2, 0), min(middle + step / 2, width)
            found = ET.SubElement(group, "rect", x=str(left), y="0", width=str(right - left), height=str(height))
            ET.SubElement(found, "title").text = words
        return group


class _Labelled(LeatherBars):  # type: ignore[misc]
    """Bars with a label at the end of each, and its words for the pointer."""

    def __init__(self, labels: Sequence[str], said: Sequence[str]) -> None:
        super().__init__("none")
        self._labels, self._said = labels, said

    def to_svg(self, *given: Any) -> ET.Element:
        group: ET.Element = super().to_svg(*given)
        group.set("class", "bars")
        for bar, label, words in zip(list(group), self._labels, self._said, strict=True):
            ET.SubElement(bar, "title").text = words
            x, y = Decimal(bar.get("x", "0")), Decimal(bar.get("y", "0"))
            end, middle = x + Decimal(bar.get("width", "0")), y + Decimal(bar.get("height", "0")) / 2
            ET.SubElement(group, "text", x=str(end + 6), y=str(middle), dy="0.35em").text = label
        return group


def of_lines(chart: Lines, written: Written, id: str) -> str:
    """Lines over time. Their scale begins with zero, unless a value is below."""
    drawn, count = leather.Chart(), len(chart.days)
    known = [value for line in chart.lines for value in line.values if value is not None]
    for place, line in enumerate(chart.lines, start=1):
        drawn.add_series(_series(line.values), _Line(place, dots=count <= _DOTS))
    drawn.add_series(_series([Decimal(0)] * count), _Pointed(_said(chart, written)))
    drawn.set_x_scale(_Inside(count))
    drawn.set_y_scale(Linear(min(0, *known), max(0, *known)))
    drawn.add_x_axis(_some(count), lambda place, *_: written.on_axis(chart.days[place]))
    drawn.add_y_axis(None, lambda value, *_: written.amount(value))
    return _svg(drawn, chart, id, HEIGHT)


def _series(values: Sequence[Decimal | None]) -> Any:
    """A series, of which leather reads the types from the values."""
    return Series(list(enumerate(values)))


def _some(count: int) -> Sequence[int]:
    """A few places at the same distance, with the first one."""
    step = -(-count // _X_TICKS)
    return range(0, count, step)


def _said(chart: Lines, written: Written) -> Sequence[str]:
    found = []
    for place, day in enumerate(chart.days):
        values = (f"{line.name} {line.said[place]}" for line in chart.lines)
        found.append(f"{day if isinstance(day, str) else written.day(day)}: {', '.join(values)}")
    return found


def of_bars(chart: Bars, id: str) -> str:
    """A bar for each name, with its label."""
    drawn = leather.Chart()
    names = _different([_short(name) for name in chart.names])
    said = [f"{name}: {label}" for name, label in zip(chart.names, chart.labels, strict=True)]
    pairs = list(zip(chart.values, names, strict=True))
    drawn.add_series(Series(pairs[::-1]), _Labelled(chart.labels[::-1], said[::-1]))
    most = max((*chart.values, Decimal(0)))
    room = 1 + Decimal(max(map(len, chart.labels), default=0) * _LETTER) / WIDTH * 2
    drawn.set_x_scale(_Silent(min(0, *chart.values), most * room or 1))
    drawn.add_y_axis(None, lambda name, *_: name)
    return _svg(drawn, chart, id, _BAR * len(names) + _BELOW)


def _short(name: str) -> str:
    return name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1]}…"


def _different(names: Sequence[str]) -> Sequence[str]:
    """The names, of which leather takes equal ones for the same bar."""
    return [name + "\u200b" * names[:place].count(name) for place, name in enumerate(names)]


def _svg(drawn: Any, chart: Lines | Bars, id: str, height: int) -> str:
    group = drawn.to_svg_group(WIDTH - _RIGHT, height)
    group.remove(group[0])  # its background
    box = f"0 {-_TOP} {WIDTH} {height + _TOP - (_BELOW if isinstance(chart, Bars) else 0)}"
    named = {"role": "img", "aria-labelledby": f"{id}-t {id}-d"}
    root = ET.Element("svg", {"class": f"of-{chart.kind}", "viewBox": box, **named})
    ET.SubElement(root, "title", id=f"{id}-t").text = chart.title
    ET.SubElement(root, "desc", id=f"{id}-d").text = chart.summary
    root.append(group)
    for element in root.iter():
        _plain(element)
    return ET.tostring(root, encoding="unicode", short_empty_elements=False)


def _plain(element: ET.Element) -> None:
    """Without paint, to a tenth of a unit, and with harmless text."""
    if element.text:
        element.text = cells.harmless(element.text)
    for name in _PAINT:
        element.attrib.pop(name, None)
    for name, value in element.attrib.items():
        element.set(name, _FRACTION.sub(_tenth, value))


def _tenth(match: re.Match[str]) -> str:
    return f"{float(match[0]):.1f}".removesuffix(".0")
