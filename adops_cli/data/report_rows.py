"""The rows of reports, their sum, and what a sum hides: campaigns that do not report a figure, figures counted twice.

Works on rows that were read; runs no query.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

from adops_cli import measures
from adops_cli.measures import FIGURES
from adops_cli.storage.rows import Record, Rows


@dataclass(frozen=True, repr=False)
class ReportRow(Record):
    """One group of a report: its keys (None if the report does not group by them), sums, and ratios of the sums.

    A sum over no values is None. So is a ratio with a denominator that is zero or unknown.
    """

    currency: str | None = None
    rank: int | None = None
    platform: str | None = None
    project_id: str | None = None
    campaign_id: str | None = None
    external_id: str | None = None
    name: str | None = None
    day: date | None = None
    week: date | None = None
    """The Monday on which the week begins."""
    month: str | None = None
    """YYYY-MM."""
    impressions: int | None = None
    clicks: int | None = None
    conversions: Decimal | None = None
    spend: Decimal | None = None
    revenue: Decimal | None = None
    ctr: Decimal | None = None
    cpc: Decimal | None = None
    cpa: Decimal | None = None
    cvr: Decimal | None = None
    roas: Decimal | None = None
    days: int = 0
    """Number of distinct days with a row."""
    campaigns: int = 0
    """Number of distinct campaigns with a row."""
    first_day: date | None = None
    """The first day with a row, in a report by week or month."""
    last_day: date | None = None
    reach: Decimal | None = None
    """This and the others below only if they are asked for."""
    video_views: Decimal | None = None
    leads: Decimal | None = None
    installs: Decimal | None = None
    view_through_conversions: Decimal | None = None

    @classmethod
    def of(cls, known: dict[str, Any]) -> "ReportRow":
        """The row that has this dict, in a tenth of the time: a frozen dataclass sets each of its values by a call."""
        row = cls.__new__(cls)
        object.__setattr__(row, "__dict__", known)
        return row


@dataclass(frozen=True, repr=False)
class Unreported(Record):
    """Campaigns in one currency that have spend, but report a figure on no day of the window.

    Their spend (and clicks) is part of every ratio of the sums, so that such a ratio misleads.
    """

    figure: str
    """`revenue` or `conversions`."""
    currency: str | None
    campaigns: int
    spend: Decimal
    """What these campaigns have spent."""
    ratios: Mapping[str, Decimal | None]
    """The ratios with this figure over the other campaigns in the same currency: roas, or cpa and cvr."""


@dataclass(frozen=True, repr=False)
class Report(Record):
    """The rows of a report and their total. Money in the total is None if there are several currencies."""

    rows: Rows[ReportRow]
    total: ReportRow | None
    unreported: Sequence[Unreported] = ()
    claiming_platforms: int = 0
    """How many platforms claim conversions or revenue. Each counts its own, so two may count the same one."""


class Ranking(Rows[ReportRow]):
    """Ranked campaigns, best first."""

    def __init__(self, rows: Iterable[ReportRow], unreported: Sequence[Unreported]) -> None:
        super().__init__(rows)
        self.unreported = unreported
        """What campaigns do not report, among all that could be ranked."""


_FIGURES = attrgetter(*FIGURES)


def placed(value: Any, *, largest_first: bool) -> tuple[bool, Any]:
    """A value as a key to sort by, with None last in both directions."""
    return value is None, 0 if value is None else -value if largest_first else value


def summed(campaigns: Sequence[ReportRow], *, days: int) -> ReportRow:
    """The sum of rows with different campaigns. Money is None if they have several currencies."""
    columns = zip(*map(_FIGURES, campaigns), strict=True) if campaigns else ((),) * len(FIGURES)
    figures: dict[str, Any] = dict(zip(FIGURES, map(measures.total, columns), strict=True))
    currencies = {row.currency for row in campaigns}
    if len(currencies) > 1:
        figures |= {"spend": None, "revenue": None}
    currency = currencies.pop() if len(currencies) == 1 else None
    count = sum(row.campaigns for row in campaigns)
    return ReportRow(currency, days=days, campaigns=count, **(figures | measures.ratios(figures)))


def unreported(campaigns: Iterable[ReportRow]) -> Sequence[Unreported]:
    """What campaigns do not report, if others in the same currency do. Those of a row must report the same figures."""
    by_currency: dict[str | None, list[ReportRow]] = {}
    for row in campaigns:
        by_currency.setdefault(row.currency, []).append(row)
    return [
        found
        for currency in sorted(by_currency, key=lambda code: code or "")
        for figure, ratios in _MISLEADING.items()
        if (found := _unreported(figure, ratios, currency, by_currency[currency]))
    ]


_MISLEADING = {"revenue": ("roas",), "conversions": ("cpa", "cvr")}
"""The figures that platforms leave out -> the ratios that mislead without them."""
MISLEADING = frozenset(name for names in _MISLEADING.values() for name in names)
"""Those ratios."""


def _unreported(
    figure: str, ratios: Iterable[str], currency: str | None, campaigns: Iterable[ReportRow]
) -> Unreported | None:
    silent, others = [], []
    for row in campaigns:
        if getattr(row, figure) is not None:
            others.append(row)
        elif row.spend is not None and row.spend > 0:
            silent.append(row)
    if not silent or not others:
        return None
    spend = summed(silent, days=0).spend or Decimal(0)
    without = summed(others, days=0)
    return Unreported(
        figure, currency, sum(row.campaigns for row in silent), spend, {name: getattr(without, name) for name in ratios}
    )


def claiming(campaigns: Iterable[ReportRow]) -> int:
    """The number of platforms that claim conversions or revenue."""
    of_platforms: dict[tuple[str | None, str | None], list[ReportRow]] = {}
    for row in campaigns:
        of_platforms.setdefault((row.platform, row.currency), []).append(row)
    return len(
        {
            platform
            for (platform, _), rows in of_platforms.items()
            if any(measures.total(getattr(row, name) for row in rows) for name in ("conversions", "revenue"))
        }
    )
