"""Values as cells of a workbook: real days, times, numbers and flags, and everything else as text.

Text from outside is text, whatever it begins with. What a cell cannot hold as it is, is noted in a `Told`.
"""

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from inspect import unwrap
from math import isfinite
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from adops_cli.measures import Part
from adops_cli.render import cells
from adops_cli.render.columns import Column, Kind
from adops_cli.values import attribute

_write_number, _write_string = unwrap(Worksheet.write_number), unwrap(Worksheet.write_string)
"""Without what reads names of cells, such as A1, around them."""
WHOLE, _FRACTION = "#,##0", "#,##0.######"
_OF_TIME = _DAY, _MONTH, _TIME = "yyyy-mm-dd", "yyyy-mm", "yyyy-mm-dd hh:mm:ss"
_TEXT = "@"
FORMS: Mapping[Kind, str] = {
    Kind.MONEY: "#,##0.00",
    Kind.RATIO: "#,##0.00",
    Kind.PERCENT: "0.00%",
    Kind.CHANGE: '+#,##0.0"%";-#,##0.0"%"',
}
"""As people see them elsewhere. A number of any other kind has the decimals that it needs."""
_AS_JSON = frozenset({Kind.JSON, Kind.TIMELINE})

_DAY_ZERO = date(1899, 12, 30).toordinal()
_TIME_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - times in a workbook have no zone; ours are in UTC
_ONE_DAY = timedelta(days=1)
_FIRST_DAY = 61
"""1 March 1900. Excel has a 29 February before it, so that other programs read earlier days otherwise."""
_DIGITS = 15
"""Of a number, which is a double there."""
_SURE = 10**9
"""Below it, a number with six decimals has no more digits."""
_LONGEST = 32_767
"""UTF-16 units of a text."""
_CUT = -2
"""What XlsxWriter answers if it has cut a text."""
_WIDEST, _PROSE = 70, 100
_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
_LIKE_AN_ESCAPE = re.compile("_x[0-9A-Fa-f]{4}[\x00-\x08\x0b-\x1f]")
"""The format writes a control character as `_x001B_`: what looks like the beginning of that becomes one before it."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")
_RICH = "<r>", "</r>"
"""XlsxWriter takes what is between these, in constant memory, for markup of its own."""
_MONTH_ALONE = re.compile(r"\d{4}-\d\d", re.ASCII)

_OTHERWISE = {
    "digits": f"with more than the {_DIGITS} digits that a workbook keeps: rounded",
    "cut": f"with text longer than the {_LONGEST:,} characters that a cell holds: cut",
    "early": "with a day before March 1900, which a workbook does not count: text",
    "characters": r"with characters that no workbook can hold: written as \x1b or \ufffe",
}


def writable(text: str) -> str:
    """The text on one line, without what no workbook can hold."""
    return cells.harmless(_UNWRITABLE.sub(lambda match: rf"\u{ord(match[0]):04x}", text))


def number_of(day: date) -> int:
    """The number that is a day in a workbook."""
    return day.toordinal() - _DAY_ZERO


def day_in(text: str) -> date | None:
    """The day, or the first one of the month, that is written like this; None if it is neither."""
    try:
        return date.fromisoformat(f"{text}-01" if _MONTH_ALONE.fullmatch(text) else text)
    except ValueError:
        return None


class Told:
    """What a workbook holds otherwise than it is: how many cells of each sort, and the first of them."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, str]] = {}

    def note(self, what: str, sheet: str, row: int, place: int) -> None:
        """Note a cell."""
        count, first = self._found.get(what) or (0, f"{sheet}!{xl_rowcol_to_cell(row, place)}")
        self._found[what] = count + 1, first

    def sentences(self) -> Iterator[str]:
        """Say it: a line for each sort."""
        for what, (count, first) in self._found.items():
            yield f"{cells.counted(count, 'cell')} {_OTHERWISE[what]} ({'the first is ' if count > 1 else ''}{first})."


class Formats(dict[tuple[str, str, bool], Any]):
    """The formats of cells in a workbook: by the form of a number, a note behind the value, and whether it is bold."""

    def __init__(self, book: Any) -> None:
        super().__init__()
        self._book = book

    def __missing__(self, key: tuple[str, str, bool]) -> Any:
        form, note, bold = key
        parts = [f'{part} "{note}"' if note else part for part in form.split(";")]
        side = {"align": "left"} if form in _OF_TIME else {}  # as their headings
        self[key] = self._book.add_format({"num_format": ";".join(parts), "bold": bold, **side})
        return self[key]

    def heading(self, *, right: bool) -> Any:
        """The format of a heading, at the side of its values."""
        return self._book.add_format({"bold": True, "bottom": 1, "align": "right" if right else "left"})


class Cells:
    """Writes rows into one sheet, and knows how wide its columns must be."""

    def __init__(self, sheet: Any, columns: Sequence[Column], formats: Formats, told: Told) -> None:
        self.sheet, self.columns, self.formats = sheet, columns, formats
        self.widths = [0] * len(columns)
        """In characters."""
        self._told = told
        self._keys = [column.key for column in columns]
        self._names = [attribute(key) for key in self._keys]
        self._forms = [FORMS.get(column.kind) for column in columns]
        self._is_plain = [column.kind in _AS_JSON or column.is_id for column in columns]
        self._is_words = [column.kind not in (*_AS_JSON, Kind.DAY) for column in columns]
        self._noted = any(column.note for column in columns)
        self._room = [0] * len(columns)
        """Numbers nearer to zero fit the width of their column, and have no more digits than a cell."""

    def heading(self, row: int) -> None:
        """Write the headings for people. Times say that they are UTC."""
        for place, column in enumerate(self.columns):
            zone = " (UTC)" if column.kind is Kind.INSTANT and "UTC" not in column.heading else ""
            words = f"{column.heading}{zone}"
            self.sheet.write_string(row, place, words, self.formats.heading(right=column.is_number))
            self._widen(place, len(words) + 3)  # beside the button of the filter

    def write(self, row: int, item: object, *, bold: bool = False) -> None:
        """Write the values of a row; nothing for those that are absent."""
        if isinstance(item, Mapping):
            values = [item[key] for key in self._keys]
        else:
            values = [getattr(item, name) for name in self._names]
        note = ""
        for place, value in enumerate(values):
            if value is None:
                continue
            if self._noted:
                of = self.columns[place].note
                note = of(item) if of else ""
            if value.__class__ is str and self._is_words[place]:
                self.text(row, place, value, note, bold)
            elif self._is_plain[place]:
                self.text(row, place, cells.plain(value, self.columns[place].kind), note, bold)
            else:
                _writer(value.__class__)(self, row, place, value, note, bold)

    def text(self, row: int, place: int, text: str, note: str = "", bold: bool = False) -> None:
        """Write text, whatever it begins with."""
        shown = self.formats[_TEXT, note, bold] if note or bold else None
        rich = text[:1] == "<" and text.startswith(_RICH[0]) and text.endswith(_RICH[1])
        if (
            (not text.isascii() and _UNWRITABLE.search(text))
            or (rich and _CONTROL.search(text))
            or ("_x" in text and _LIKE_AN_ESCAPE.search(text))
        ):
            text = writable(text)
            self._told.note("characters", self.sheet.get_name(), row, place)
        if rich:
            done = self.sheet.write_rich_string(row, place, text[:1], text[1:2], text[2:], *([shown] if shown else []))
        else:
            done = _write_string(self.sheet, row, place, text, shown)
        if done == _CUT:
            self._told.note("cut", self.sheet.get_name(), row, place)
        if len(text) > self.widths[place]:
            self._widen(place, min(len(text), _PROSE if self.columns[place].kind is Kind.PROSE else _WIDEST))

    def number(self, row: int, place: int, value: Any, note: str, bold: bool) -> None:
        """Write a number, with the decimals of its kind, or else those that it needs."""
        number, room = float(value) + 0.0, self._room[place]  # no zero is negative
        if not -room < number < room:
            self._fit(row, place, value)
        form = self._forms[place] or (WHOLE if number.is_integer() else _FRACTION)
        _write_number(self.sheet, row, place, number, self.formats[form, note, bold])

    def part(self, row: int, place: int, value: Part, note: str, bold: bool) -> None:
        """Write a part, which has more decimals than other numbers."""
        self._room[place] = 0
        self.number(row, place, value, note, bold)

    def day(self, row: int, place: int, value: date, note: str, bold: bool) -> None:
        """Write a day as a number that is shown as one."""
        self._moment(row, place, value.toordinal() - _DAY_ZERO, value, self.formats[_DAY, note, bold])

    def time(self, row: int, place: int, value: datetime, note: str, bold: bool) -> None:
        """Write a moment in UTC, likewise."""
        value = (value if value.tzinfo is None else value.astimezone(UTC)).replace(tzinfo=None)
        self._moment(row, place, (value - _TIME_ZERO) / _ONE_DAY, value, self.formats[_TIME, note, bold])

    def flag(self, row: int, place: int, value: bool, note: str, bold: bool) -> None:
        """Write true or false."""
        self.sheet.write_boolean(row, place, value, self.formats["General", note, bold] if note or bold else None)

    def other(self, row: int, place: int, value: Any, note: str, bold: bool) -> None:
        """Write text; in a column of days, a day or a month that is given as text."""
        text = cells.plain(value, self.columns[place].kind)
        if self.columns[place].kind is Kind.DAY and (day := day_in(text)):
            form = _MONTH if _MONTH_ALONE.fullmatch(text) else _DAY
            self._moment(row, place, number_of(day), day, self.formats[form, note, bold])
        else:
            self.text(row, place, text, note, bold)

    def _moment(self, row: int, place: int, number: float, value: date, shown: Any) -> None:
        if number < _FIRST_DAY:
            self._told.note("early", self.sheet.get_name(), row, place)
            self.text(row, place, value.isoformat())
            return
        if self.widths[place] <= len(shown.num_format):
            self.widths[place] = len(shown.num_format) + 1
        _write_number(self.sheet, row, place, number, shown)

    def _fit(self, row: int, place: int, value: Any) -> None:
        """Make room for a number, and note it if it has too many digits."""
        if isinstance(value, float) and not isfinite(value):
            return
        digits = format(Decimal(value).copy_abs(), "f").replace(".", "").strip("0")
        if len(digits) > _DIGITS and not isinstance(value, float):
            self._told.note("digits", self.sheet.get_name(), row, place)
        kind = self.columns[place].kind
        whole = len(f"{abs(int(value * 100 if kind is Kind.PERCENT else value)):,}")
        self._widen(place, whole + (value < 0) + (4 if kind in FORMS else 7) + 1)
        self._room[place] = min(max(self._room[place], 10 ** len(str(abs(int(value))))), _SURE)

    def _widen(self, place: int, width: int) -> None:
        self.widths[place] = max(self.widths[place], width)


@functools.cache
def _writer(kind: Any) -> Callable[..., None]:
    """What writes the values of a type."""
    for types, writer in _WRITERS:
        if issubclass(kind, types):
            return writer
    return Cells.other


_WRITERS: Sequence[tuple[Any, Callable[..., None]]] = (
    (bool, Cells.flag),
    (Part, Cells.part),
    ((int, float, Decimal), Cells.number),
    (datetime, Cells.time),
    (date, Cells.day),
)
