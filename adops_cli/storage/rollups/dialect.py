"""The SQL in which the engines differ where daily figures are added up: as text, for statements of many rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adops_cli.measures import FIGURES
from adops_cli.storage.engines.sums import MILLION, in_units
from adops_cli.storage.rollups.state import on_server

REPORTED = tuple(f"{name}_reported" for name in FIGURES)
"""The columns that count the rows which report a figure."""
_COUNTS = ("impressions", "clicks")


@dataclass(frozen=True)
class Dialect:
    """Expressions over a daily row, whose columns are `"date"`, `"campaignId"` and the figures."""

    groups: Mapping[str, str]
    """What only the rows of one day, week or month have in common, as it takes the least time to group by."""
    starts: Mapping[str, str]
    """The first day of the day, week or month with this in common, and for a month the month, as text."""
    bits: Mapping[str, str]
    """A number with one bit, for the day in its week or month."""
    parts: Mapping[str, Sequence[str]]
    """The whole numbers that a figure is added up by, as `Engine.exact_sum` has them."""
    sums_early: bool
    """Whether to add up daily rows before they are put together with stored sums: a server does so on all cores."""
    currency: str
    """The currency of a campaign with the alias `c`. Empty text if there is none."""
    kept_currency: str
    """The same where metadata may be no JSON, which a report says. Sums of it are never read."""
    together: Callable[..., int]
    """A sum from those of its parts, given with the figure: counts in units, money in millionths."""
    positive: str
    """What is true of parts that add up to more than nothing."""
    month_or_other: str
    """The month, or `other` for what is no such day, as the triggers of migration 007 have it."""
    is_day: str
    """What is true of a day in our form and in the calendar."""
    number_parts: Callable[[str], Sequence[str]]
    """For a key: whether `"metadata"` has a number under it (1 or 0), and the parts that it is added up by."""
    number: Callable[..., Decimal]
    """A sum from those of its parts."""

    def start(self, span: str) -> str:
        """The start of the span with the day of a row."""
        return self.starts[span].format(self.groups[span])

    @property
    def columns(self) -> Sequence[str]:
        """The columns with the parts of the figures."""
        return [name for figure in FIGURES for name in self.columns_of(figure)]

    def columns_of(self, figure: str) -> Sequence[str]:
        """The columns with the parts of one figure."""
        return (figure, f"{figure}_rest")[: len(self.parts[figure])]


def _in_a_file(figure: str) -> Sequence[str]:
    if figure in _COUNTS:
        return f'"{figure}" / 1000000', f'"{figure}" - "{figure}" / 1000000 * 1000000'
    whole = f'CAST("{figure}" AS INTEGER)'
    return whole, f'CAST(ROUND(("{figure}" - {whole}) * 1000000) AS INTEGER)'


def _from_file(_figure: str, large: int, small: int) -> int:
    return large * MILLION + small


def _from_server(figure: str, total: Any) -> int:
    return in_units(0 if figure in _COUNTS else 6, total) or 0


def _number_in_a_file(key: str) -> Sequence[str]:
    kind, value = (f"{function}(\"metadata\", '$.{key}')" for function in ("json_type", "json_extract"))
    number = f"CASE WHEN json_valid(\"metadata\") THEN CASE WHEN {kind} IN ('integer', 'real') THEN {value} END END"
    whole = f"CAST({number} AS INTEGER)"
    rest = f"CAST(ROUND(({number} - {whole}) * {MILLION}) AS INTEGER)"
    return f"{number} IS NOT NULL", f"{whole} / {MILLION}", f"{whole} - {whole} / {MILLION} * {MILLION}", rest


def _number_on_server(key: str) -> Sequence[str]:
    is_number = f"jsonb_typeof(\"metadata\" -> '{key}') = 'number'"
    number = f"CASE WHEN {is_number} THEN ROUND((\"metadata\" ->> '{key}')::numeric, 6) END"
    return f"CASE WHEN {is_number} THEN 1 ELSE 0 END", number


def _number_from_file(large: int, small: int, millionths: int) -> Decimal:
    return Decimal(large * MILLION + small) + Decimal(millionths).scaleb(-6)


_CURRENCY = (
    "COALESCE(CASE json_type(c.\"metadata\", '$.currency') WHEN 'text' "
    "THEN json_extract(c.\"metadata\", '$.currency') END, '')"
)
_SERVER_CURRENCY = (
    "COALESCE(CASE jsonb_typeof(c.\"metadata\" -> 'currency') WHEN 'string' THEN c.\"metadata\" ->> 'currency' END, '')"
)
_IN_A_FILE = Dialect(
    groups={"day": '"date"', "week": "date(\"date\", 'weekday 0', '-6 days')", "month": 'substr("date", 1, 7)'},
    starts=dict.fromkeys(("day", "week", "month"), "{0}"),
    bits={
        "week": '(1 << (CAST(julianday("date") + 0.5 AS INTEGER) % 7))',
        "month": '(1 << (CAST(substr("date", 9, 2) AS INTEGER) - 1))',
    },
    parts={name: _in_a_file(name) for name in FIGURES},
    sums_early=False,
    currency=_CURRENCY,
    kept_currency=f'CASE WHEN c."metadata" IS NULL OR json_valid(c."metadata") THEN {_CURRENCY} ELSE \'\' END',
    together=_from_file,
    positive="{0} * 1000000 + {1} > 0",
    is_day='(date("date", \'+0 days\') = "date")',
    number_parts=_number_in_a_file,
    number=_number_from_file,
    month_or_other='CASE WHEN date("date", \'+0 days\') = "date" THEN substr("date", 1, 7) ELSE \'other\' END',
)
_DAY_0 = "DATE '0001-01-01'"
_NUMBER = f'("date" - {_DAY_0})'
_DAY_OF_MONTH = "(date_part('day', \"date\")::int - 1)"
_ON_A_SERVER = Dialect(
    # Whole numbers and days, where functions of times and texts would take twice the time. Day 0 is a Monday.
    groups={"day": '"date"', "week": f"({_NUMBER} / 7)", "month": f'("date" - {_DAY_OF_MONTH})'},
    starts={
        "day": "to_char({0}, 'YYYY-MM-DD')",
        "week": f"to_char({_DAY_0} + {{0}} * 7, 'YYYY-MM-DD')",
        "month": "to_char({0}, 'YYYY-MM')",
    },
    bits={"week": f"(1::bigint << mod({_NUMBER}, 7))", "month": f"(1::bigint << {_DAY_OF_MONTH})"},
    parts={name: (f'"{name}"',) for name in FIGURES},
    sums_early=True,
    currency=_SERVER_CURRENCY,
    kept_currency=_SERVER_CURRENCY,
    together=_from_server,
    positive="{0} > 0",
    month_or_other="CASE WHEN \"date\" BETWEEN '0001-01-01' AND '9999-12-31' "
    "THEN to_char(\"date\", 'YYYY-MM') ELSE 'other' END",
    is_day="true",
    number_parts=_number_on_server,
    number=Decimal,
)


def dialect() -> Dialect:
    """The dialect of the bound database."""
    return _ON_A_SERVER if on_server() else _IN_A_FILE
