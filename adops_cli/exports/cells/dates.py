"""Days as exports write them: ISO, slashes, d/m and m/d, month names in eleven languages, Excel serial numbers.

The result is always `YYYY-MM-DD`. A time of day is left aside, so the hours of a day are that day. Weeks, months and
ranges are distinguished from days and never turned into one.
"""

import re
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Literal

from adops_cli.exports.cells.calendar_words import FILLERS, MONTH, OF_ONE_LANGUAGE
from adops_cli.exports.cells.cell import Cell, CellError, is_blank, unguarded
from adops_cli.exports.cells.numbers import REMEMBERED
from adops_cli.exports.export import Why

Order = Literal["dmy", "mdy", "ymd"]

FIRST, LAST = "2000-01-01", "2099-12-31"
LONGEST = 60
"""Characters. No day is this long."""
_LAST_MONTH = 12
_DAY_AND_YEAR = 2
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = 2_958_465
_CENTURY = 2000
_TIME = re.compile(
    r"(?:T|,?\s+(?:at\s+)?)(?:[01]?\d|2[0-3])"
    r"(?::[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?:\s?[AaPp]\.?[Mm]\.?)?|\s?[AaPp]\.?[Mm]\.?|(?<=T\d\d))"
    r"\s?(?:Z|UTC|GMT)?(?:\s?[+-]\d\d:?(?:\d\d)?)?\Z",
    re.ASCII,
)
"""The time of day behind a day: `13:00`, `T00:00:00.000Z`, `12:00 AM`."""
_MIDNIGHT = re.compile(r"[T ]\s*0?0:00(?::00(?:[.,]0+)?)?(?:Z|\s?UTC|\s?[+-]\d\d:?(?:\d\d)?)?\Z", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})(?P<mark>[-/.])(\d{1,2})(?P=mark)(\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})(?P<mark>[-/]|\.\s?)(\d{1,2})(?P=mark)(\d{4})", re.ASCII)
_SHORT = re.compile(r"(\d{1,2})(?P<mark>[-/.])(\d{1,2})(?P=mark)(\d\d)", re.ASCII)
"""A year of two digits, as a rule at the end."""
_EAST_ASIAN = re.compile(
    r"([0-9]{4})\s?[年년.]\s?([0-9]{1,2})\s?[月월.]\s?([0-9]{1,2})\s?[日일.](?:\s?[(\uff08]?[^\d\s()]{1,3}[)\uff09]?)?"
)
"""`2026年9月5日(土)` and `2026. 9. 5.`."""
_SHORT_NAMED = re.compile(
    r"(?P<day>\d{1,2})[-/. ]{1,2}(?P<month>[^\W\d_]+)\.?[-/. ]['\u2019]?(?P<year>\d\d)"
    r"|(?P<name>[^\W\d_]+)\.?[- ](?P<number>\d{1,2}),\s?['\u2019]?(?P<short>\d\d)"
)
"""`5-Feb-26`, which spreadsheets make of a day, and `Feb 5, 26`."""
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)", re.ASCII)
_NAMED = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_PERIOD = re.compile(
    r"\d{4}([-/.]\d{1,2}|[-/ ]?[WwQqTtKk]\d{1,2})?|\d{1,2}[-/.]\d{4}|[QqTtWwSs]\w*\.?\s?\d{1,2}[-/ ,]*\d{4}"
)
_PERIOD_NAME = re.compile(
    r"(?:week|wk|woche|kw|cw|semaine|semana|month|monat|mois|mes|mês|quarter|quartal|trimestre|year)\b.*\d",
    re.IGNORECASE | re.DOTALL,
)
_BETWEEN = re.compile(r"\s*(?:[-\u2013\u2014~/]|\b(?:to|bis|au|a|al|até)\b)\s*")
"""What can separate the two days of a range."""

_PUNCTUATION = frozenset(".,-/'\u2019")


class Form(Enum):
    """What a cell shows about the days of its file."""

    DAY = "a day in any order"
    DAY_FIRST = "a day that can only be day, month, year"
    MONTH_FIRST = "a day that can only be month, day, year"
    EITHER = "a day with an ambiguous order"
    PERIOD = "a week, a month or a range"
    NONE = "not a day"


def form(cell: Cell) -> Form:
    """The form of a cell. A blank is `NONE`."""
    if isinstance(cell, date):
        return Form.DAY
    if not isinstance(cell, str) or len(cell) > LONGEST:
        return Form.NONE
    text = unguarded(cell)
    return _day_form(text) or (Form.PERIOD if _is_period(text) else Form.NONE)


def _day_form(text: str) -> Form | None:
    """The form of a text that looks like a day, or None."""
    text = _TIME.sub("", text)
    if match := _YEAR_LAST.fullmatch(text):
        return _digits_form(int(match[1]), int(match[3]), same=Form.DAY)
    if match := _SHORT.fullmatch(text):
        return _digits_form(int(match[1]), int(match[3]), same=Form.EITHER)
    whole = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text) or _EAST_ASIAN.fullmatch(text)
    return Form.DAY if whole or _named(text) else None


def _digits_form(first: int, second: int, same: Form) -> Form:
    if first > _LAST_MONTH and second > _LAST_MONTH:
        return Form.NONE
    if first > _LAST_MONTH or second > _LAST_MONTH:
        return Form.DAY_FIRST if first > _LAST_MONTH else Form.MONTH_FIRST
    return same if first == second else Form.EITHER


def hour_of(cell: Cell) -> str:
    """The time of day in a cell of the day column, as it is written. Empty if there is none, or midnight."""
    if isinstance(cell, datetime):
        return cell.time().isoformat() if cell.time() else ""
    if not isinstance(cell, str) or len(cell) > LONGEST:
        return ""
    match = _TIME.search(unguarded(cell))
    return "" if match is None or _MIDNIGHT.search(match[0]) else match[0].strip()


def short_parts(cell: Cell) -> tuple[int, int, int] | None:
    """The numbers of a day that is written in digits with a year of two digits, in their order."""
    if not isinstance(cell, str) or len(cell) > LONGEST:
        return None
    match = _SHORT.fullmatch(_TIME.sub("", unguarded(cell)))
    return (int(match[1]), int(match[3]), int(match[4])) if match else None


def _is_period(text: str) -> bool:
    if _PERIOD.fullmatch(text) or _PERIOD_NAME.match(text):
        return True
    if any(_day_form(text[: at.start()]) and _day_form(text[at.end() :]) for at in _BETWEEN.finditer(text)):
        return True
    words = _NAMED.findall(text.casefold())
    numbers = [len(word) for word in words if word.isdecimal()]
    has_month = any(word in MONTH for word in words)
    # A month and a year with no day or with several: `Sep 2026`, `Sep 1 - 7, 2026`.
    return has_month and len("2026") in numbers and len(numbers) != _DAY_AND_YEAR and len(words) <= _LAST_MONTH


def _named(text: str) -> tuple[int, int, int] | None:
    """Year, month and day of a text with a month's name, in any order. A year of two digits comes last."""
    if match := _SHORT_NAMED.fullmatch(text):
        month = MONTH.get((match["month"] or match["name"]).casefold())
        if month is not None:
            return _CENTURY + int(match["year"] or match["short"]), month, int(match["day"] or match["number"])
    numbers, months = [], []
    for word in _NAMED.findall(text.casefold()):
        if word.isdecimal():
            numbers.append(word)
        elif word in MONTH:
            months.append(MONTH[word])
        elif word not in FILLERS and word not in _PUNCTUATION:
            return None
    years = [number for number in numbers if len(number) == len("2026")]
    days = [number for number in numbers if len(number) <= len("31")]
    if len(months) != 1 or len(years) != 1 or len(days) != 1 or len(numbers) != len(years) + len(days):
        return None
    return int(years[0]), months[0], int(days[0])


def is_one_day(start: Cell, end: Cell) -> bool:
    """Whether a start and an end are of one day: `09-01 00:00` to `09-01 23:59`, or to midnight of the next day."""
    if isinstance(start, str) and isinstance(end, str):
        first, last = unguarded(start), unguarded(end)
        if _TIME.sub("", first) == _TIME.sub("", last):
            return True
        if not _TIME.search(last) or not _YEAR_FIRST.fullmatch(_TIME.sub("", last)):
            return False
        is_exclusive = bool(_MIDNIGHT.search(last) and _MIDNIGHT.search(first))
    else:
        is_exclusive = isinstance(start, datetime) and isinstance(end, datetime) and not (start.time() or end.time())
    if not is_exclusive:
        return isinstance(start, date) and isinstance(end, date) and _day_of(start) == _day_of(end)
    try:
        one, other = (date.fromisoformat(Days(None).read(cell)) for cell in (start, end))
    except (CellError, UnsureError):
        return False
    return other - one == timedelta(days=1)


def _day_of(cell: date) -> date:
    return date(cell.year, cell.month, cell.day)


class UnsureError(Exception):
    """The surveyed rows are not enough to read this one."""


class Days(dict[Cell, str]):
    """The day of each cell in the day column. Reads a cell when it is first looked up, and remembers the result."""

    def __init__(self, order: Order | None, *, serials: bool = False, language: str | None = None) -> None:
        super().__init__()
        self._order = order
        self._language = language
        self._serials = serials

    def __missing__(self, cell: Cell) -> str:
        day = self.read(cell)
        if len(self) < REMEMBERED:
            self[cell] = day
        return day

    def read(self, cell: Cell) -> str:
        """The day as `YYYY-MM-DD`."""
        if is_blank(cell):
            raise CellError(Why.EMPTY_DAY)
        try:
            year, month, number = self._parts(cell)
            day = f"{year:04}-{month:02}-{number:02}"
            date(year, month, number)
        except (ValueError, OverflowError) as error:
            raise CellError(Why.NOT_A_DATE) from error
        if not FIRST <= day <= LAST:
            raise CellError(Why.OUT_OF_RANGE)
        return day

    def _parts(self, cell: Cell) -> tuple[int, int, int]:
        if not isinstance(cell, str):
            return self._typed(cell)
        text = unguarded(cell)
        if len(text) > LONGEST:
            raise ValueError("is longer than any day")
        text = _TIME.sub("", text)
        if match := _YEAR_FIRST.fullmatch(text):
            return int(match[1]), int(match[3]), int(match[4])
        if match := _YEAR_LAST.fullmatch(text):
            return self._year_last(int(match[1]), int(match[3]), int(match[4]))
        if match := _SHORT.fullmatch(text):
            return self._short(int(match[1]), int(match[3]), int(match[4]))
        if match := _COMPACT.fullmatch(text) or _EAST_ASIAN.fullmatch(text):
            return int(match[1]), int(match[2]), int(match[3])
        named = _named(text)
        if named is None or self._is_elsewhere(text):
            raise ValueError("is not a day")
        return named

    def _is_elsewhere(self, text: str) -> bool:
        """Whether a month's name is one of another language than the header's, and may be another month."""
        meant = (OF_ONE_LANGUAGE.get(word) for word in _NAMED.findall(text.casefold()))
        return any(language not in {None, self._language} for language in meant)

    def _year_last(self, first: int, second: int, year: int) -> tuple[int, int, int]:
        if self._order == "ymd":
            raise ValueError("does not begin with the year")
        if self._order is None and first != second:
            raise UnsureError
        return (year, first, second) if self._order == "mdy" else (year, second, first)

    def _short(self, first: int, second: int, third: int) -> tuple[int, int, int]:
        if self._order is None:
            raise UnsureError
        if self._order == "ymd":
            return _CENTURY + first, second, third
        return self._year_last(first, second, _CENTURY + third)

    def _typed(self, cell: Cell) -> tuple[int, int, int]:
        """A cell of a workbook: a date or the serial number of one."""
        if isinstance(cell, date):
            return cell.year, cell.month, cell.day
        if not self._serials or isinstance(cell, bool) or not isinstance(cell, int | float):
            raise ValueError("is not a day")
        if not 0 < cell <= _EXCEL_DAYS:
            raise ValueError("is not the serial number of a day")
        day = _EXCEL_EPOCH + timedelta(days=int(cell))
        return day.year, day.month, day.day
