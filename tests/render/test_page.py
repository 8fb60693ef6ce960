"""Pages: tables that are written row by row, charts of any values, numbers and days in the reader's way."""

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from adops_cli.render import Column, Document, Kind, Section, page
from adops_cli.render.page import charts, tables
from adops_cli.render.page.blocks import Bars, Line, Lines, Table
from adops_cli.render.page.written import PLAINLY, by

NASTY = """<b onclick="x()">'&amp; \x1b[31m"""
FIRST = date(2026, 10, 30)


def lines_of(*series: list[Any]) -> ET.Element:
    days = [FIRST + timedelta(place) for place in range(len(series[0]))]
    values = [[None if value is None else Decimal(value) for value in one] for one in series]
    lines = [Line(NASTY, one, [str(value) for value in one]) for one in values]
    table = Table("", (), ())
    return ET.fromstring(  # noqa: S314 - our own
        charts.of_lines(Lines(NASTY, "seen", days, lines, table), PLAINLY, "c")
    )


@pytest.mark.parametrize(
    "values",
    [
        ["7"],
        ["0", "0", "0"],
        ["5", None, "5", None, None, "5"],
        ["-3.25", "4", "1e11"],
        ["0.000001", "0.000002"],
        ["1"] * 200,
        [None, "2"],
    ],
)
def test_any_values_can_be_drawn(values: list[Any]) -> None:
    svg = lines_of(values)
    assert svg.tag == "svg"
    said = [title.text for title in svg.iter("title")][1:]
    assert len(said) == len(values)
    assert str(said[0]).startswith("2026-10-30: ")
    for number in re.findall(r"-?[\d.]+", " ".join(path.attrib["d"] for path in svg.iter("path"))):
        assert -20 <= float(number) <= charts.WIDTH


def test_a_missing_value_is_a_gap_and_not_zero() -> None:
    [path, other] = list(lines_of(["5", "6", None, "5", "6"]).iter("path"))
    assert path.attrib["d"].count("L") == other.attrib["d"].count("L") == 1


def test_a_chart_has_no_paint_of_its_own_no_namespace_and_short_numbers() -> None:
    text = ET.tostring(lines_of(["1", "2.5", "3"], ["9", "8", "7"]), encoding="unicode")
    assert re.search(r"xmlns|fill=|stroke=|font-|#|rgb", text) is None
    assert re.search(r"\d\.\d\d", text) is None


def test_bars_have_a_label_each_and_equal_names_stay_apart() -> None:
    long = "a-platform-with-a-very-long-name"
    names = [f"{long}-1", f"{long}-2", NASTY]
    bars = Bars("Share", "", names, [Decimal(5), Decimal(3), Decimal(0)], ["50 %", "30 %", "0 %"])
    svg = ET.fromstring(charts.of_bars(bars, "b"))  # noqa: S314 - our own
    assert [title.text for title in svg.iter("title")][1:] == [
        f"{names[2]}: 0 %".replace("\x1b", "\\x1b"),
        f"{names[1]}: 30 %",
        f"{names[0]}: 50 %",
    ]
    assert {"50 %", "30 %", "0 %"} <= {text.text for text in svg.iter("text")}


COLUMNS = (
    Column("name", "Name <1>"),
    Column("spend", "Spend", Kind.MONEY),
    Column("day", "Day", Kind.DAY, note=lambda _row: "(a & b)"),
)


def test_every_cell_is_text() -> None:
    rows = [{"name": NASTY, "spend": Decimal("1234.5"), "day": FIRST}, {"name": None, "spend": None, "day": None}]
    total = {"name": None, "spend": Decimal(9), "day": None}
    assert "".join(tables.lines(Table("The <caption>", COLUMNS, rows, total), PLAINLY)) == (
        '<div class="scroll" tabindex="0" role="group" aria-label="The &lt;caption&gt;">\n'
        "<table>\n<caption>The &lt;caption&gt;</caption>\n"
        '<thead>\n<tr><th scope="col"><button type="button">Name &lt;1&gt;</button></th>'
        '<th scope="col" class="n"><button type="button">Spend</button></th>'
        '<th scope="col"><button type="button">Day</button></th></tr>\n</thead>\n'
        "<tbody>\n"
        '<tr><th scope="row">&lt;b onclick=&#34;x()&#34;&gt;&#39;&amp;amp; \\x1b[31m</th><td class="n">1,234.50</td>'
        '<td><time datetime="2026-10-30">2026-10-30</time> (a &amp; b)</td></tr>\n'
        '<tr><th scope="row">—</th><td class="n">—</td><td>— (a &amp; b)</td></tr>\n'
        "</tbody>\n<tfoot>\n"
        '<tr><th scope="row">Total</th><td class="n">9.00</td><td></td></tr>\n'
        "</tfoot>\n</table>\n</div>\n"
    )


def test_rows_of_a_listing_are_written_as_they_come_and_what_stands_behind_them_is_asked_for_last() -> None:
    taken: list[int] = []

    def rows() -> Iterator[dict[str, Any]]:
        for place in range(1_000):
            taken.append(place)
            yield {"name": f"row {place}"}

    asked: list[int] = []

    def behind() -> list[Section]:
        asked.append(len(taken))
        return [Section("About", COLUMNS[:1], [{"name": NASTY}])]

    document = Document("Rows & more", behind, notes=["Note <b>"])
    parts = page.listing(rows(), COLUMNS[:1], document, total=None, header=True)
    begun = "".join(itertools.takewhile(lambda part: "row 9<" not in part, parts))
    assert "<title>Rows &amp; more</title>" in begun
    assert len(taken) == 10
    rest = "".join(parts)
    assert asked == [1_000]
    assert rest.index("row 999<") < rest.index("What stands behind it") < rest.index("&lt;b onclick")
    assert "Note &lt;b&gt;" in rest


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        (None, ["1,234.50", "1,235", "1.49%", "+12.4%", "2026-10-30", "30 Oct", "Oct 2026", "12k", "1.5M", "0.25"]),
        ("de", ["1.234,50", "1.235", "1,49 %", "+12,4 %", "30.10.2026", "30. Okt.", "Okt. 2026", "12.000", "1,5 Mio.",
                "0,25"]),
        ("tr", ["1.234,50", "1.235", "%1,49", "+%12,4", "30 Eki 2026", "30 Eki", "Eki 2026", "12 B", "1,5 Mn", "0,25"]),
        ("en-IN", ["1,234.50", "1,235", "1.49%", "+12.4%", "30 Oct 2026", "30 Oct", "Oct 2026", "12K", "15L", "0.25"]),
    ],
)  # fmt: skip
def test_numbers_and_days_are_written_as_the_reader_has_them(locale: str | None, written: list[str]) -> None:
    how = by(locale)
    kinds = ((Decimal("1234.5"), Kind.MONEY), (1235, Kind.COUNT), (Decimal("0.0149"), Kind.PERCENT),
             (Decimal("12.36"), Kind.CHANGE))  # fmt: skip
    found = [how.seen(value, kind) for value, kind in kinds]
    found += [how.day(FIRST), how.on_axis(FIRST), how.on_axis("2026-10")]
    found += [how.amount(Decimal(value)) for value in ("12000", "1500000", "0.25")]
    assert [text.replace("\xa0", " ") for text in found] == written
    assert how.seen(None, Kind.MONEY) == "—"


def test_a_time_and_a_text_are_written_in_any_locale() -> None:
    assert by("de").seen(datetime(2026, 10, 30, 7, 5, tzinfo=UTC), Kind.INSTANT).startswith("30.10.26")
    assert by("de").seen(FIRST, Kind.DAY) == "30.10.2026"
    assert by("de").seen("a\x1b", Kind.TEXT) == "a\\x1b"


def test_every_colour_of_text_has_contrast_enough_on_every_ground() -> None:
    style = (Path(page.__file__).parent / "templates" / "style.css").read_text("utf-8")
    schemes = [dict(re.findall(r"--(\w+): (#\w+)", root)) for root in re.findall(r":root \{(.*?)\}", style, re.DOTALL)]
    assert len(schemes) == 3  # light, dark, and on paper
    for colours in schemes:
        for ground in ("page", "tint"):
            for name in ("ink", "soft", "note", "one", "two"):
                assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground, colours)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, as WCAG 2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
