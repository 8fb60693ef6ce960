"""Ready-made rules on the figures themselves: missing days, stale accounts, days that were restated late."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from adops_cli.data.alerts.finding import CRITICAL, NOTE, WARNING, Finding, Whom, found, shown
from adops_cli.data.alerts.morning import Morning
from adops_cli.data.journal import moments
from adops_cli.data.restated import Restated, restated

# The constants, and where they come from.
RECENT = 7
"""A late restatement is told for so many days after it came."""
_FIGURES = ("spend", "revenue", "conversions", "clicks", "impressions")
_MONEY = frozenset(("spend", "revenue"))


def stale(morning: Morning) -> Iterator[Finding]:
    """An account without newer days: nothing else is said of it."""
    yield from _gaps(morning, "stale", CRITICAL)


def missing_day(morning: Morning) -> Iterator[Finding]:
    """Days between others that an account lacks."""
    yield from _gaps(morning, "missing_day", WARNING)


def _gaps(morning: Morning, kind: str, severity: str) -> Iterator[Finding]:
    for gap in morning.gaps:
        if gap.kind == kind:
            name = f"{gap.platform} {gap.account}" if gap.account else gap.platform
            one = found(
                *(kind, severity, Whom(f"account {name}", gap.platform, name=name), (gap.from_, gap.to)),
                gap.message.removeprefix(f"{name}: "),
                figure="days",
                value=Decimal(gap.days),
                expected=Decimal(0),
                since=gap.from_,
            )
            yield one


def late_restatement(morning: Morning) -> Iterator[Finding]:
    """Days that were final by their age, and have changed all the same."""
    since = datetime.combine(morning.today - timedelta(RECENT), time(), UTC)
    opening = moments.opening()
    moment = since if opening is None else max(since, opening.imported_at)
    last = morning.today - timedelta(RECENT + morning.final_after)
    for row in restated(moment, end_date=last, new_days=False):
        figure = next((name for name in _FIGURES if row.difference[name] and row.before[name] is not None), None)
        if figure is not None and row.campaign_id is not None:
            yield _restated(morning, row, figure)


def _restated(morning: Morning, row: Restated, figure: str) -> Finding:
    currency = row.currency if figure in _MONEY else None
    whom = Whom(f"campaign {row.campaign_id}", row.platform, row.campaign_id, row.name, row.currency)
    day = morning.last
    was, now = row.before[figure], row.now[figure]
    return found(
        *("late_restatement", NOTE, whom, (day - timedelta(RECENT - 1), day)),
        f"{figure} of days that had been final went from {shown(was, currency)} to {shown(now, currency)}",
        figure=figure,
        value=None if now is None else Decimal(now),
        expected=Decimal(was),
        at_stake=abs(row.difference[figure]) if figure in _MONEY else None,
        exact=False,
        numbers={"days": row.days, "difference": row.difference[figure]},
    )
