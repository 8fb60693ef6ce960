"""Curves in a terminal: what is drawn is where the axes say, and fits."""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import Color, ColorSystem
from rich.color_triplet import ColorTriplet

from adops_cli.render import axes, canvas, curves
from adops_cli.render.columns import Kind
from adops_cli.render.curves import Curve, Panel

FIRST = date(2026, 8, 1)
VALUES = st.none() | st.decimals(-(10**12), 10**15, places=6) | st.integers(0, 10**6) | st.decimals(0, 1, places=6)
SERIES = st.lists(VALUES, min_size=1, max_size=120)
UP = {bit: up for up, bits in enumerate(canvas._BITS) for bit in bits}
quick = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Terminal(io.StringIO):
    """An output of some encoding."""

    def __init__(self, encoding: str = "utf-8", *, tty: bool = True) -> None:
        super().__init__()
        self._encoding, self._tty = encoding, tty

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return self._tty


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"COLUMNS": "80", "LINES": "24", "TERM": "xterm-256color", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)


def days(values: Sequence[Decimal | int | None]) -> Mapping[date, Decimal | int]:
    return {FIRST + timedelta(place): value for place, value in enumerate(values) if value is not None}


def panel(*series: Sequence[Decimal | int | None], kind: Kind = Kind.MONEY, title: str = "Spend, EUR") -> Panel:
    return Panel(title, kind, {place: Curve(f"series-{place}", days(values)) for place, values in enumerate(series)})


def drawn(*panels: Panel, length: int = 0, encoding: str = "utf-8") -> list[str]:
    length = length or max((max(c.values, default=FIRST) - FIRST).days + 1 for p in panels for c in p.curves.values())
    lines = curves.drawing(Terminal(encoding), panels, FIRST, FIRST + timedelta(length - 1))
    assert all(line.endswith("\n") for line in lines)
    return [line[:-1] for line in lines]


def plot(lines: Sequence[str]) -> list[tuple[str, str]]:
    """The label and the cells of each row of the first panel, from the top."""
    rows = (re.fullmatch(r"\s*([^│┤\s]*) ?[│┤](.*)", line) for line in lines[1:])
    found = []
    for row in rows:
        if row is None:
            break
        found.append((row[1], row[2]))
    return found


def number(label: str) -> Fraction:
    factor = Fraction(1)
    for sign, by in {"%": Fraction(1, 100), "T": Fraction(10**12), "B": Fraction(10**9), "M": Fraction(10**6)}.items():
        if label.endswith(sign):
            label, factor = label.removesuffix(sign), factor * by
    return Fraction(label.replace(",", "")) * factor


def dots(cells: str) -> list[int]:
    """How high the dots of a row are in it. A sign may be at any of them, and counts as the one of the axis."""
    signs = [sign for sign in cells if sign not in " ┈"]
    found = [UP[bit] for sign in signs if ord(sign) > 0x2800 for bit in UP if (ord(sign) - 0x2800) & bit]
    return found + [2] * any(ord(sign) < 0x2800 for sign in signs)


@quick
@given(SERIES, st.integers(8, 60), st.sampled_from([Kind.MONEY, Kind.COUNT, Kind.RATIO, Kind.PERCENT]))
def test_the_highest_and_the_lowest_value_are_drawn_where_the_axis_says(
    values: list[Decimal | int | None], height: int, kind: Kind
) -> None:
    known = [Fraction(value) for value in values if value is not None]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINES", str(height))
        lines = drawn(panel(values, kind=kind), length=len(values))
    if not known:
        assert lines == ["Spend, EUR: not reported"]
        return
    rows = plot(lines)[::-1]
    labels = {place: number(label) for place, (label, _) in enumerate(rows) if label}
    (low, bottom), *_, (high, top) = labels.items()
    assert low == 0
    assert high == len(rows) - 1
    steps = [later - one for one, later in zip(labels.values(), [*labels.values()][1:], strict=False)]
    assert len(set(steps)) == 1
    assert bottom <= min(known)
    assert max(known) <= top
    of_a_dot = (top - bottom) / (len(rows) - 1) / 4
    full = [(row * 4 + up, row) for row, (_, cells) in enumerate(rows) for up in dots(cells)]
    for value, (dot, row) in ((min(known), min(full)), (max(known), max(full))):
        here = bottom + (dot - 2) * of_a_dot
        signs = [sign for sign in rows[row][1] if sign not in " ┈"]
        allowed = of_a_dot / 2 if all(ord(sign) > 0x2800 for sign in signs) else of_a_dot * 3
        assert abs(value - here) <= allowed


@quick
@given(st.lists(SERIES, min_size=1, max_size=4), st.integers(20, 160), st.integers(3, 60), st.booleans())
def test_no_line_is_wider_than_the_terminal_and_all_panels_fit_its_height(
    every: list[list[Decimal | int | None]], width: int, height: int, plain: bool
) -> None:
    panels = [panel(*every), panel(*every, kind=Kind.RATIO, title="ROAS of campaigns with a very long title")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(width))
        patch.setenv("LINES", str(height))
        lines = drawn(*panels, length=120, encoding="ascii" if plain else "utf-8")
    assert max(map(cell_len, lines)) <= width
    legend = -(-len(every) * len("A series-0  ") // width) + 1
    assert len(lines) <= max(height - 4, 2 * 7 + 1 + legend)
    if plain:
        assert all(line.isascii() for line in lines)


@quick
@given(
    st.lists(st.none() | st.integers(0, 9), min_size=2, max_size=20).filter(
        lambda some: any(v is not None for v in some)
    )
)
def test_days_without_a_value_are_gaps(values: list[int | None]) -> None:
    lines = drawn(panel(values), length=len(values))
    [axis] = [line.split("└")[1] for line in lines if "└" in line]
    filled = {at for _, cells in plot(lines) for at, sign in enumerate(cells) if sign != " "}
    for place, value in enumerate(values):
        at = round(place * (len(axis) * 2 - 1) / (len(values) - 1)) // 2
        beside = values[max(0, place - 1) : place + 2]
        assert (at in filled) if value is not None else (at not in filled or beside != [None] * len(beside))
    for (place, one), other in zip(enumerate(values), values[1:], strict=False):
        between = round((place + 0.5) * (len(axis) * 2 - 1) / (len(values) - 1)) // 2
        assert (between in filled) is (one is not None and other is not None)


def test_a_gap_is_seen_and_a_day_alone_has_a_sign() -> None:
    lines = drawn(panel([5, 5, 5, None, None, 5, None, 5, 5]))
    assert plot(lines)[0][1] == ("⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠂                            •                  ⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒")


def test_what_is_not_reported_takes_a_line_and_leaves_the_others_their_room() -> None:
    known, unknown = panel([1, 2]), panel([None, None], title="Revenue, EUR")
    alone = drawn(known)
    assert drawn(known, unknown)[-2:] == ["", "Revenue, EUR: not reported"]
    assert len(drawn(known, unknown)) >= len(alone) - 3
    assert drawn(unknown, length=2) == ["Revenue, EUR: not reported"]


def test_one_day_is_a_sign_above_its_date() -> None:
    lines = drawn(panel([Decimal("12.5")]))
    [row] = [line for line in lines if "•" in line]
    assert lines[0] == "Spend, EUR  2026-08-01"
    assert lines[-1].index("1 Aug") == row.index("•")


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([7, 7, 7], "0", "7"),
        ([0, 0], "0", "1.00"),
        ([-7, -7], "-7", "0"),
        ([-100, 100], "-100", "100"),
        ([1000, 1100], "1,000", "1,100"),
        ([10**15, 2 * 10**15], "0", "2,000T"),
        ([Decimal("0.000001"), Decimal("0.000002")], "0", "0.00000200"),
    ],
)
def test_the_axis_has_round_values_and_begins_at_zero_unless_all_are_far_from_it(
    values: list[int], low: str, high: str
) -> None:
    labels = [label for label, _ in plot(drawn(panel(values))) if label]
    assert (labels[-1], labels[0]) == (low, high)


def test_below_and_above_zero_the_zero_is_a_line() -> None:
    rows = plot(drawn(panel([-100, -90, None, 90, 100])))
    [zero] = [cells for label, cells in rows if label == "0"]
    assert "┈┈┈┈" in zero


@pytest.mark.parametrize(("width", "dates"), [(40, "Aug|Sep|Oct"), (80, "3 Aug|17 Aug|31 Aug|14 Sep|28 Sep|12 Oct")])
def test_dates_are_as_many_as_have_room(monkeypatch: pytest.MonkeyPatch, width: int, dates: str) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = drawn(panel([1, 2] * 45))
    assert re.sub(r"  +", "|", lines[-1].strip()) == dates
    starts = [found.start() for found in re.finditer(r"\S+( \S+)?", lines[-1])]
    assert [place for place, sign in enumerate(lines[-2]) if sign == "┬"] == starts


@pytest.mark.parametrize(
    ("length", "dates"), [(900, "Oct 2027 Apr Jul Oct 2028 Apr Jul Oct"), (9000, "2030 2040 2050")]
)
def test_years_have_their_number(length: int, dates: str) -> None:
    lines = drawn(panel([1] * length))
    assert lines[-1].split() == dates.split()


def test_days_that_can_still_change_are_marked_on_the_axis() -> None:
    late = Panel("ROAS", Kind.RATIO, panel([1] * 30).curves, {FIRST + timedelta(place) for place in range(27, 40)})
    lines = drawn(late, length=30)
    assert lines[0] == "ROAS ~  2026-08-01 to 2026-08-30"
    assert re.fullmatch(r" +└[─┬]+~{5,6}", lines[-2])


def test_several_curves_are_told_apart_by_letters_without_any_colour() -> None:
    lines = drawn(panel([1] * 60, [2] * 60, [3] * 60))
    ends = {row[1][-1]: row[1] for row in plot(lines) if row[1][-2:-1] == " " and row[1].strip()}
    assert lines[-1] == "A series-0  B series-1  C series-2"
    assert set(ends) == {"A", "B", "C"}
    for letter, cells in ends.items():
        assert cells.count(letter) > 3
        assert not {"A", "B", "C"} & set(cells) - {letter}
    assert "\x1b" not in "".join(lines)


def test_without_utf8_and_on_a_dumb_terminal_letters_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    some = panel([1, 2, 3, 4], [4, 3, None, 1])
    plain = drawn(some, encoding="latin-1")
    assert set("".join(plain[1:-3])) <= set("0123456789. |+-AB")
    monkeypatch.setenv("TERM", "dumb")
    assert drawn(some) == plain


def test_colours_are_readable_on_light_and_on_dark_ground_and_differ_among_sixteen() -> None:
    def luminance(of: ColorTriplet) -> float:
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in of.normalized]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    for name in canvas.COLOURS:
        light = luminance(Color.parse(name).get_truecolor())
        assert min(1.05 / (light + 0.05), (light + 0.05) / 0.05) >= 3  # what WCAG asks for graphics
    of_sixteen = {Color.parse(name).downgrade(ColorSystem.STANDARD).number for name in canvas.COLOURS}
    assert len(of_sixteen) == len(canvas.COLOURS)


def test_the_letters_have_the_colours_of_their_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    text = "".join(drawn(panel([1, 1], [2, 2])))
    assert "\x1b[38;5;32mA\x1b[0m series-0" in text
    assert "\x1b[38;5;166mB\x1b[0m series-1" in text


def test_a_name_is_cut_and_harmless() -> None:
    some = Panel("Spend", Kind.MONEY, {0: Curve("\x1b[31m" + "x" * 200, days([1])), 1: Curve("b", days([1]))})
    lines = drawn(some)
    assert lines[-2].startswith("A \\x1b[31mxx")
    assert len(lines[-2]) == 80


def test_bars_reach_from_zero_to_the_largest_value_of_their_row() -> None:
    rows: list[list[Decimal | int | None]] = [[1, 2, None, 8], [0, 0], [None], [-4, 4], [Decimal("0.5")] * 2, []]
    assert curves.sparklines(Terminal(), rows) == ["▁▂ █", "▁▁", " ", "▁█", "██", ""]
    assert curves.sparklines(Terminal("ascii"), rows) == ["12 8", "11", " ", "18", "88", ""]


@quick
@given(st.lists(st.decimals(-(10**15), 10**15, places=6), min_size=1), st.integers(4, 24))
def test_an_axis_has_room_for_all_values_in_so_many_rows(values: list[Decimal], rows: int) -> None:
    scale = axes.scale(values, rows)
    assert scale.rows <= rows
    assert scale.values[0] <= min(values)
    assert max(values) <= scale.values[-1]
    assert [number(label) for label in scale.labels(Kind.COUNT)] == scale.values
