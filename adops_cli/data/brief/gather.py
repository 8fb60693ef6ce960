"""Asks for the parts of a brief. Each table is read once for each window; the rest is made of these rows."""

import warnings
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Unpack

from adops_cli import periods, values
from adops_cli.data import alerts, finality, held, report_rows, reports, windows
from adops_cli.data.acting import comparison, pacing
from adops_cli.data.acting.comparison import ComparedRow, Pair
from adops_cli.data.alerts.finding import SEVERITIES
from adops_cli.data.alerts.state import Known
from adops_cli.data.brief import figures
from adops_cli.data.brief.parts import Brief, OfCurrency, Pace, Standing
from adops_cli.data.proof import proof
from adops_cli.data.report_cover import Span
from adops_cli.data.report_rows import ReportRow
from adops_cli.data.windows import Words
from adops_cli.errors import BadRequestError, UnreadableRowWarning
from adops_cli.periods import ONE_DAY
from adops_cli.storage.handle import db
from adops_cli.storage.models import Project

_MOST_DAYS, _MOST_WEEKS = 92, 92 * 7
"""Longer windows are drawn by week, and by month."""
COMPARED_WITH = "auto"


def brief(
    start_date: date | str | None = None,
    end_date: date | str | None = None,
    *,
    platform: str | None = None,
    project_id: str | None = None,
    final_after: int = finality.FINAL_AFTER,
    **window: Unpack[Words],
) -> Brief:
    """The brief of a window, beside the one before it as `--compare auto` has it.

    A window without a last day ends yesterday. Findings are those that stand in the book: nothing is looked for.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UnreadableRowWarning)
        first, last = windows.days(start_date, end_date, **window)
        last = last or _yesterday(first)
        of = {"platform": platform, "project_id": project_id}
        sides = comparison.pair(COMPARED_WITH, {"start_date": first, "end_date": last, **of})
        with sides.as_of_one_moment():
            found = _gathered(sides, of, final_after)
    return _with_warnings(found, caught)


def _yesterday(first: date | str | None) -> date:
    """The last whole day, with which a window ends that has no other end."""
    found = periods.today(db.timezone) - ONE_DAY
    if first is not None and str(first) > str(found):
        raise BadRequestError(f"the window begins on {first}, and yesterday was before that", "Give its last day, too")
    return found


def _with_warnings(found: Mapping[str, Any], caught: Sequence[warnings.WarningMessage]) -> Brief:
    """Pass the warnings on, of which a brief tells those of rows that cannot be read."""
    for one in caught:
        warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    unread = [str(one.message) for one in caught if isinstance(one.message, UnreadableRowWarning)]
    return Brief(**found, unread=list(dict.fromkeys(unread)))


def _gathered(sides: Pair, of: Mapping[str, str | None], final_after: int) -> dict[str, Any]:
    first, last = sides.window
    now, before = (reports.grouped("campaign", **asked) for asked in (sides.now, sides.before))
    span = _span(sides)
    compared = sides.compared()
    rows = comparison.matched("campaign", now, before, sides)
    over_time = reports.grouped(span, **sides.now)
    return {
        "project_id": of["project_id"],
        "project": _name_of(of["project_id"]),
        "platform": of["platform"],
        "now": compared[0],
        "before": compared[1],
        "span": span,
        "currencies": _by_currency(rows, over_time, compared[0].days),
        "claiming_platforms": report_rows.claiming(now),
        "pacing": _pacing(last, of),
        "alerts": _alerts(of, {row.now.campaign_id for row in rows}),
        "proof": proof(first, last, final_after=final_after, **of),
        "held": None if now else held.days("metrics"),
    }


def _span(sides: Pair) -> Span:
    days = (sides.window[1] - sides.window[0]).days + 1
    return "day" if days <= _MOST_DAYS else "week" if days <= _MOST_WEEKS else "month"


def _name_of(project_id: str | None) -> str | None:
    """The name of a project, also of one that was deleted."""
    names: Any = Project.select(Project.name).where(Project.id == project_id)
    name = None if project_id is None else names.scalar()
    return name if isinstance(name, str) else None


def _by_currency(rows: Sequence[ComparedRow], over_time: Sequence[ReportRow], days: int) -> Sequence[OfCurrency]:
    of_currency: dict[str | None, list[ComparedRow]] = {}
    for row in rows:
        of_currency.setdefault(row.now.currency, []).append(row)
    found = sorted(of_currency.items(), key=lambda pair: (pair[0] is None, -len(pair[1]), pair[0]))
    return [
        figures.of_currency(currency, some, [row for row in reversed(over_time) if row.currency == currency], days)
        for currency, some in found
    ]


def _pacing(last: date, of: Mapping[str, str | None]) -> Pace:
    """The pace at the end of the window's last month, or now if that is not over."""
    if not db.has_ledger:
        return Pace(None, (), 0, "budgets are kept in a database, and in JSON mode there is none")
    month = None if last >= periods.today(db.timezone).replace(day=1) else f"{last:%Y-%m}"
    platform = values.platform(of["platform"]) if of["platform"] is not None else None
    found = pacing.pacing(month=month, platform=platform, project_id=of["project_id"])
    rows = [row for row in found if row.state not in ("no-budget", "no-dates")]
    return Pace(month, rows, len(found) - len(rows))


def _alerts(of: Mapping[str, str | None], ids: set[str | None]) -> Standing:
    """The findings about these campaigns, and about the whole that was asked for."""
    if not db.has_ledger:
        return Standing((), "findings are kept in a database, and in JSON mode there is none")
    lasting = [one for one in alerts.list() if one.ended is None and _is_about(one, of, ids)]
    return Standing(sorted(lasting, key=lambda one: (SEVERITIES.index(one.severity), -(one.at_stake or 0), one.id)))


def _is_about(one: Known, of: Mapping[str, str | None], ids: set[str | None]) -> bool:
    if of["project_id"] is not None:
        return one.campaign_id in ids or one.scope.startswith(f"project {of['project_id']}")
    return of["platform"] is None or one.platform == values.platform(of["platform"])
