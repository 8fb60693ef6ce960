"""How a page writes numbers, days and times: plainly, or as a reader's language has it. The only user of Babel."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from adops_cli.errors import BadRequestError
from adops_cli.render import cells
from adops_cli.render.columns import Kind

_SHORTENED = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))
_LONG = 10_000
_DIGITS = re.compile("[#,.0]+")


class Written:
    """Plainly: 1,234.5, 2026-10-31, and for an axis 12k and 31 Oct."""

    language = "en"
    decimal_mark = "."

    def seen(self, value: Any, kind: Kind) -> str:
        """A value as a table has it, or a dash."""
        return cells.seen(value, kind)

    def day(self, day: date) -> str:
        """A day."""
        return day.isoformat()

    def on_axis(self, day: date | str) -> str:
        """A day, or a month as 2026-10, in few letters."""
        if isinstance(day, str):
            return f"{date.fromisoformat(f'{day}-01'):%b %Y}"
        return f"{day.day} {day:%b}"

    def amount(self, value: Decimal) -> str:
        """A round number in few digits."""
        size, word = next(((size, word) for size, word in _SHORTENED if abs(value) >= max(size, _LONG)), (1, ""))
        return f"{value / size:,.6g}{word}" if size > 1 or value != value.to_integral_value() else f"{value:,.0f}"


PLAINLY = Written()


class _ByLocale(Written):
    """As the data of Unicode (CLDR) have it."""

    def __init__(self, name: str) -> None:
        try:
            from babel import Locale, UnknownLocaleError, dates, numbers  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise BadRequestError(
                "--locale needs Babel, which is not installed", "Install it with `pip install 'adops-cli[locale]'`"
            ) from error
        try:
            self._locale = Locale.parse(name, sep="-" if "-" in name else "_")
        except (UnknownLocaleError, ValueError, TypeError) as error:
            raise BadRequestError(f"there is no locale {name!r}", "Give one such as de, fr-CH or en_GB") from error
        self._dates: Any = dates
        self._numbers: Any = numbers
        self.decimal_mark = numbers.get_decimal_symbol(self._locale)
        self._forms = self._forms_of_kinds()

    def _forms_of_kinds(self) -> dict[Kind, Callable[[Any], str]]:
        whole, percent = (self._pattern(of) for of in ("decimal_formats", "percent_formats"))
        change = self._form(_with_decimals(percent, ".0"))
        return {
            Kind.COUNT: self._form(_with_decimals(whole, "")),
            Kind.MONEY: self._form(_with_decimals(whole, ".00")),
            Kind.RATIO: self._form(_with_decimals(whole, ".00")),
            Kind.QUANTITY: self._form(_with_decimals(whole, ".######")),
            Kind.PERCENT: self._form(_with_decimals(percent, ".00")),
            Kind.CHANGE: lambda value: ("+" if value > 0 else "") + change(value / 100),
        }

    def _pattern(self, of: str) -> str:
        return str(getattr(self._locale, of)[None].pattern).partition(";")[0]

    def _form(self, pattern: str) -> Callable[[Any], str]:
        form = self._numbers.parse_pattern(pattern)
        return lambda value: str(form.apply(value, self._locale))

    def seen(self, value: Any, kind: Kind) -> str:
        if value is None:
            return cells.ABSENT
        if form := self._forms.get(kind):
            return form(value)
        if isinstance(value, datetime):
            return str(self._dates.format_datetime(value, "short", locale=self._locale))
        return self.day(value) if isinstance(value, date) else cells.seen(value, kind)

    def day(self, day: date) -> str:
        return str(self._dates.format_date(day, "medium", locale=self._locale))

    def on_axis(self, day: date | str) -> str:
        words, of = ("yMMM", date.fromisoformat(f"{day}-01")) if isinstance(day, str) else ("MMMd", day)
        return str(self._dates.format_skeleton(words, of, locale=self._locale))

    def amount(self, value: Decimal) -> str:
        short = str(self._numbers.format_compact_decimal(value, locale=self._locale, fraction_digits=1))
        return self._forms[Kind.QUANTITY](value) if abs(value) < _LONG or short[-1].isdecimal() else short


def _with_decimals(pattern: str, decimals: str) -> str:
    """A pattern of the locale, which may begin or end with a sign, with other decimals."""
    return _DIGITS.sub(lambda digits: digits[0].partition(".")[0] + decimals, pattern, count=1)


def by(locale: str | None) -> Written:
    """What writes for a locale such as `de` or `fr-CH`; None is plainly. `BadRequestError` for an unknown one."""
    return PLAINLY if locale is None else _ByLocale(locale)
