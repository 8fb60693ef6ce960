"""The figures of one currency, all made of the rows by campaign of both windows. Asks for nothing."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_UP, Decimal
from typing import Any, Literal

from adops_cli import measures
from adops_cli.data import report_rows
from adops_cli.data.acting import comparison, movement
from adops_cli.data.acting.comparison import ComparedRow
from adops_cli.data.acting.movement import By
from adops_cli.data.brief.parts import Best, OfCurrency, Top
from adops_cli.data.report_rows import ReportRow, placed, summed
from adops_cli.measures import LOWER_IS_BETTER

RANKED, MOVERS = 5, 5
"""So many campaigns are listed at each end, and for each figure that has moved."""
_MEASURES: Sequence[Literal["roas", "cpa", "cpc"]] = ("roas", "cpa", "cpc")
_MOVED: Sequence[By] = ("spend", "revenue", "roas")
_OF_MEAN = 10
_CENT = Decimal("0.01")


def of_currency(
    currency: str | None, rows: Sequence[ComparedRow], over_time: Sequence[ReportRow], days: int
) -> OfCurrency:
    """What a brief says of a currency.

    Args:
        currency: None for campaigns whose currency is unknown.
        rows: its campaigns in both windows.
        over_time: its rows by day, week or month, oldest first.
        days: how many days of the window have figures.
    """
    now, before = [row.now for row in rows if row.now.days], [_before(row) for row in rows if row.days_before]
    return OfCurrency(
        currency,
        _sum(currency, now, before, days),
        over_time,
        _platforms(currency, now, before),
        sorted(
            rows, key=lambda row: (not row.now.days, placed(row.now.spend, largest_first=True), row.now.campaign_id)
        ),
        _ranking(rows),
        [_top(by, currency, before, now) for by in _MOVED],
        report_rows.unreported(now),
    )


def _before(row: ComparedRow) -> ReportRow:
    """The row of the window before, which has the names of today."""
    return replace(row.now, **row.before, days=row.days_before, campaigns=1)


def _sum(currency: str | None, now: Sequence[ReportRow], before: Sequence[ReportRow], days: int) -> ComparedRow:
    most = max((row.days for row in before), default=0)
    sums = [summed(rows, days=count) if rows else None for rows, count in ((now, days), (before, most))]
    return comparison.beside(sums[0] or ReportRow(currency), sums[1])


def _platforms(currency: str | None, now: Sequence[ReportRow], before: Sequence[ReportRow]) -> Sequence[ComparedRow]:
    found = []
    for platform in sorted({row.platform or "" for row in (*now, *before)}):
        sides = [[row for row in rows if (row.platform or "") == platform] for rows in (now, before)]
        row = _sum(currency, sides[0], sides[1], max((one.days for one in sides[0]), default=0))
        found.append(replace(row, now=replace(row.now, platform=platform)))
    return sorted(found, key=lambda row: placed(row.now.spend, largest_first=True))


def _ranking(rows: Sequence[ComparedRow]) -> Best:
    running = [row for row in rows if row.now.days]
    spends = [row.now.spend for row in running if row.now.spend is not None]
    mean = Decimal(measures.total(spends) or 0) / (len(spends) or 1)
    least = (mean / _OF_MEAN).quantize(_CENT, ROUND_UP)
    enough = [row for row in running if row.now.spend is not None and row.now.spend >= least]
    for by in _MEASURES:
        known = [row for row in enough if getattr(row.now, by) is not None]
        if known and (by != "roas" or any(row.now.revenue for row in known)):
            known.sort(key=lambda row: _place(row, by))
            best = known[: min(RANKED, -(-len(known) // 2))]
            return Best(by, least, len(known), best, known[: len(best) - 1 : -1][:RANKED])
    return Best(None, least, 0, (), ())


def _place(row: ComparedRow, by: str) -> tuple[Any, ...]:
    return *placed(getattr(row.now, by), largest_first=by not in LOWER_IS_BETTER), row.now.campaign_id


def _top(by: By, currency: str | None, before: Sequence[ReportRow], now: Sequence[ReportRow]) -> Top:
    found = movement.of_rows(by, currency, before, now)
    of, rows = found.movement, found.rows if found.movement.difference is not None else ()
    shown = [row for row in rows[:MOVERS] if row.moved.contribution]
    others = rows[len(shown) :]
    of_others = measures.total(row.moved.contribution for row in others)
    return Top(by, of.before, of.now, of.difference, of.reason, shown, len(others), of_others)
