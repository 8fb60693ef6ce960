"""The pictures in `docs/pictures`: terminals with what commands really print. `python -m tests.pictures` makes them.

Curves, bars and lines are drawn as shapes, so that they look the same in every font. The rest is text in the font that
the reader's machine has for terminals. Light and dark follow the reader's settings.
"""

import random
import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from html import escape
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from rich.color import Color

from tests.conftest import ROOT, run_adops
from tests.pages import WIDTH, in_terminal

FOLDER = ROOT / "docs" / "pictures"
PICTURES = {
    "trend.svg": "adops metrics trend --by platform --figure spend,roas --period 2026-q1",
    "spark.svg": "adops metrics report --period 2026-q1 --spark",
}
_FIRST, _DAYS = date(2026, 1, 1), 90
_ACCOUNTS = {"google-ads": (2400, 2.6, 0.002), "meta-ads": (1500, 1.9, -0.003), "tiktok-ads": (300, 1.2, 0.011)}
"""What is spent on the first day, what comes of it, and how fast that grows."""
_WITHOUT = range(38, 47)
"""Days on which the last of them has nothing."""
_ACROSS, _DOWN = 8.4, 18
_MARGIN = 12
_STYLE = (
    "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1f2328}"
    ".ground{fill:#f6f8fa;stroke:#d1d9e0}.line{stroke:#59636e}.bar{fill:#1f2328}.bold{font-weight:bold}"
    "@media(prefers-color-scheme:dark){text,.bar{fill:#f0f6fc}.ground{fill:#0d1117;stroke:#3d444d}.line{stroke:#9198a1}}"
)
_ARMS = {"─": "lr", "│": "ud", "┤": "lud", "└": "ru", "┬": "lrd"}
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_CODE = re.compile(r"\x1b\[([\d;]*)m")


class Sign(NamedTuple):
    """A sign as a terminal shows it."""

    line: int
    column: int
    text: str
    style: str

    @property
    def at(self) -> tuple[float, float]:
        """Its upper left corner."""
        return _MARGIN + self.column * _ACROSS, _MARGIN + self.line * _DOWN


def made(name: str) -> str:
    """A picture, anew."""
    command = PICTURES[name]
    folder = Path(tempfile.mkdtemp())
    try:
        book = folder / "book.db"
        (folder / "pull.csv").write_text("\n".join(_rows()), encoding="utf-8")
        for words in (("db", "migrate"), ("metrics", "import", folder / "pull.csv")):
            assert run_adops(*words, on=book).code == 0
        shown = {"TERM": "xterm-256color", "NO_COLOR": "", "LINES": "36", "ADOPS_DATABASE_URL": str(book)}
        code, printed = in_terminal(command, folder, shown)
    finally:
        shutil.rmtree(folder)
    assert code == 0, printed
    return _picture(f"$ {command}\n{printed}".replace("\r", "").rstrip("\n"))


def _rows() -> Iterator[str]:
    chance = random.Random(7)  # noqa: S311 - figures of nobody
    yield "Campaign,Platform,Currency,Date,Cost,Revenue"
    for platform, (spend, roas, growth) in _ACCOUNTS.items():
        for place in range(_DAYS):
            day = _FIRST + timedelta(place)
            cost = spend * (1 + growth) ** place * (0.7 if day.weekday() >= 5 else 1) * (0.93 + chance.random() / 7)
            revenue = cost * roas * (0.85 + chance.random() * 0.3)
            if place not in _WITHOUT or platform != "tiktok-ads":
                yield f"{platform},{platform},EUR,{day},{cost:.2f},{revenue:.2f}"


def _signs(text: str) -> Iterator[Sign]:
    for number, line in enumerate(text.split("\n")):
        column, style = 0, ""
        for place, part in enumerate(_CODE.split(line)):
            if place % 2:
                style = "" if part == "0" else part
                continue
            for sign in part:
                yield Sign(number, column, sign, style)
                column += 1


def _picture(text: str) -> str:
    lines = text.count("\n") + 1
    width, height = round(WIDTH * _ACROSS) + 2 * _MARGIN, lines * _DOWN + 2 * _MARGIN
    shapes: dict[str, list[str]] = {}
    for sign in _signs(text):
        for kind, path in _shapes(sign):
            shapes.setdefault(kind, []).append(path)
    drawn = (f'<path {kind} d="{"".join(paths)}"/>\n' for kind, paths in shapes.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">\n'
        f"<style>{_STYLE}</style>\n"
        f'<rect class="ground" x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="6"/>\n'
        f"{''.join(drawn)}{''.join(_texts(text))}</svg>\n"
    )


def _shapes(sign: Sign) -> Iterator[tuple[str, str]]:
    """What a sign is drawn with: attributes, and the path. Nothing for text."""
    x, y = sign.at
    code = ord(sign.text)
    if 0x2800 <= code <= 0x28FF:
        dots = ((across, up) for up, bits in enumerate(_BITS) for across, bit in enumerate(bits) if code & bit)
        for across, up in dots:
            stroke = f'stroke="{_hex(sign.style)}" stroke-width="3" stroke-linecap="round"'
            yield stroke, f"M{x + _ACROSS * (across + 0.5) / 2:.1f} {y + _DOWN * (up + 0.5) / 4:.1f}h0"
    elif 0x2581 <= code <= 0x2588:
        height = _DOWN * 0.85 * (code - 0x2580) / 8
        yield (
            'class="bar"',
            f"M{x:.1f} {y + _DOWN * 0.92:.1f}h{_ACROSS - 1:.1f}v-{height:.1f}h-{_ACROSS - 1:.1f}z",
        )
    for arm in _ARMS.get(sign.text, ""):
        end = {"l": f"h-{_ACROSS / 2}", "r": f"h{_ACROSS / 2}", "u": f"v-{_DOWN / 2}", "d": f"v{_DOWN / 2}"}[arm]
        yield 'class="line" fill="none"', f"M{x + _ACROSS / 2:.1f} {y + _DOWN / 2:.1f}{end}"


def _texts(text: str) -> Iterator[str]:
    """The words and numbers, each where it stands."""
    written = [sign for sign in _signs(text) if not [*_shapes(sign)] and sign.text != "\u2800"]
    for _, part in groupby(enumerate(written), key=lambda one: (one[1].line, one[1].style, one[1].column - one[0])):
        signs = [sign for _, sign in part]
        words = "".join(sign.text for sign in signs)
        for found in re.finditer(r"\S+(?: \S+)*", words):
            x, y = signs[found.start()].at
            style = ' class="bold"' * (signs[0].style == "1")
            if signs[0].style.startswith("38"):
                style = f' style="fill:{_hex(signs[0].style)}"'
            length = f'textLength="{len(found[0]) * _ACROSS:.1f}" lengthAdjust="spacingAndGlyphs"'
            yield f'<text x="{x:.1f}" y="{y + 13.5:.1f}" {length}{style}>{escape(found[0])}</text>\n'


def _hex(style: str) -> str:
    """A colour of the terminal."""
    return Color.parse(f"color({style.rpartition(';')[2]})").get_truecolor().hex


if __name__ == "__main__":
    for _name in PICTURES:
        (FOLDER / _name).write_text(made(_name), encoding="utf-8")
