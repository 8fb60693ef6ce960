"""Reports on the daily figures: exact sums by group, ratios of those sums, rankings.

Every row has a currency and is grouped by it; currencies are never added together. How a sum stays exact is left to the
engine, because a DECIMAL in SQLite is a double. A daily row, campaign or project that cannot be read is left out with
all its figures, with an `UnreadableRowWarning`. Which rows a report is about is decided by `report_scope`; its total
and what that hides are made in `report_rows`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeVar, Unpack

from adops_cli.data import frames, known_then, report_further, report_groups, report_ranking
from adops_cli.data.journal import moments
from adops_cli.data.report_cover import Span
from adops_cli.data.report_rows import Ranking, Report, ReportRow, claiming, placed, summed, unreported
from adops_cli.data.report_scope import Scope, readable, scope
from adops_cli.data.report_source import Source, source_of
from adops_cli.data.windows import Words
from adops_cli.errors import BadRequestError, UnreadableRowError
from adops_cli.measures import FIGURES, FURTHER, RATIOS, Further, Measure
from adops_cli.storage.models import Metrics
from adops_cli.storage.rows import Rows

__all__ = ["Report", "ReportRow", "days", "frame", "get_top_performers", "grouped", "of_readable_rows", "report"]


By = Literal["platform", "project", "campaign", "day", "week", "month", "total"]
Amount = Decimal | int | float | str
Answer = TypeVar("Answer")


_GROUPS: Mapping[str, Sequence[str]] = {
    "total": (),
    "platform": ("platform",),
    "project": ("project_id", "name"),
    "campaign": ("campaign_id", "external_id", "name", "platform", "project_id"),
    "day": ("day",),
    "week": ("week",),
    "month": ("month",),
}
"""The keys of the rows of each report, beside the currency."""
_TIMES: Mapping[str, Span] = {"day": "day", "week": "week", "month": "month"}


def report(
    by: By,
    *,
    start_date: date | str | None = None,
    end_date: date | str | None = None,
    platform: str | None = None,
    project_id: str | None = None,
    status: str | None = None,
    campaign_ids: Sequence[str] | None = None,
    as_of: moments.Given | None = None,
    as_closed: bool = False,
    at_age: int | None = None,
    also: Sequence[Further] = (),
    **window: Unpack[Words],
) -> Report:
    """The figures by platform, project, campaign, day, week or month, with their total.

    Days, weeks and months are sorted newest first, everything else by spend, largest first. The days are those from
    `start_date` to `end_date`, or of a window of words: `since="14d", until="7d"`, or `period="last-month"`.

    `as_of` gives the figures as they were known at the end of a day, at a time, or right after a batch of the journal
    (its id). Names, projects and statuses are those of today. `BadRequestError` for a time before the journal begins.
    `as_closed` gives the official figures of closed periods; those of other days are as they are now. `at_age`
    gives each day as it was known at the end of so many days after it; it needs a first and a last day.

    `also` adds further figures (`measures.FURTHER`), which daily rows have in their metadata.
    """
    report_further.require(also)
    asked = scope(
        start_date,
        end_date,
        platform=platform,
        project_id=project_id,
        status=status,
        campaign_ids=campaign_ids,
        as_of=as_of,
        as_closed=as_closed,
        at_age=at_age,
        **window,
    )
    return of_readable_rows(asked, by, lambda rows: _report(by, rows, also))


def frame(
    by: By,
    *,
    start_date: date | str | None = None,
    end_date: date | str | None = None,
    platform: str | None = None,
    project_id: str | None = None,
    status: str | None = None,
    campaign_ids: Sequence[str] | None = None,
    as_of: moments.Given | None = None,
    as_closed: bool = False,
    at_age: int | None = None,
    also: Sequence[Further] = (),
    engine: frames.Engine | None = None,
    exact: bool = False,
    **window: Unpack[Words],
) -> Any:
    """The rows of `report` as a frame of pandas or polars, as `metrics.frame` gives it, without the total."""
    rows = report(
        by,
        start_date=start_date,
        end_date=end_date,
        platform=platform,
        project_id=project_id,
        status=status,
        campaign_ids=campaign_ids,
        as_of=as_of,
        as_closed=as_closed,
        at_age=at_age,
        also=also,
        **window,
    ).rows
    names = (*_GROUPS[by], "currency", *FIGURES, *RATIOS, "days", "campaigns", *also)
    return frames.frame(rows, names, engine, exact=exact)


def grouped(
    by: By, *, start_date: date | str | None = None, end_date: date | str | None = None, **filters: Any
) -> Rows[ReportRow]:
    """One row per group and currency, in the order of `report`."""
    return Rows(of_readable_rows(scope(start_date, end_date, **filters), by, lambda rows: _grouped(by, rows)))


def days(start_date: date | str | None = None, end_date: date | str | None = None, **filters: Any) -> Sequence[str]:
    """The days with a row, in their order."""
    asked = scope(start_date, end_date, **filters)
    return of_readable_rows(asked, "total", lambda of: sorted({day for (day,) in source_of(of).days()}))


def of_readable_rows(asked: Scope, by: str, work: Callable[[Scope], Answer]) -> Answer:
    """The result of the work for these rows as of one moment, or for the others if one of them cannot be read."""
    if by not in _GROUPS:
        raise BadRequestError(f"figures cannot be grouped by {by!r}", f"Use one of {', '.join(_GROUPS)}")
    when: dict[str, Any] = {"as_of": asked.as_of, "as_closed": asked.as_closed, "at_age": asked.at_age}
    with known_then.tables(asked.first, asked.last, **when):
        try:
            return work(asked)
        except UnreadableRowError:
            return work(readable(asked, with_projects=by == "project"))


def _report(by: By, of: Scope, also: Sequence[str]) -> Report:
    source = source_of(of)
    if by == "campaign":
        rows = campaigns = report_groups.campaigns(source)
    else:
        campaigns = report_groups.cells(source, by)
        rows = (
            report_groups.periods(source, _TIMES[by]) if by in _TIMES else report_groups.groups(source, by, campaigns)
        )
    total = _total(source, campaigns)
    if also and total is not None:
        rows = report_further.added(rows, by, also, of)
        total = report_further.of_total(total, rows, also)
    return Report(Rows(_sorted(by, rows)), total, unreported(campaigns), claiming(campaigns))


def _total(source: Source, campaigns: Sequence[ReportRow]) -> ReportRow | None:
    """The sum over all campaigns, which takes no query but for the different days."""
    return summed(campaigns, days=sum(1 for _ in source.days())) if campaigns else None


def _grouped(by: By, of: Scope) -> Sequence[ReportRow]:
    source = source_of(of)
    if by == "campaign":
        return _sorted(by, report_groups.campaigns(source))
    if by in _TIMES:
        return _sorted(by, report_groups.periods(source, _TIMES[by]))
    return _sorted(by, report_groups.groups(source, by, report_groups.cells(source, by)))


def _sorted(by: By, rows: Sequence[ReportRow]) -> Sequence[ReportRow]:
    """Times newest first, everything else by spend, largest first."""
    if by in _TIMES:
        found = sorted(rows, key=lambda row: row.currency or "")
        return sorted(found, key=lambda row: str(getattr(row, by)), reverse=True)
    keys = (*_GROUPS[by][:1], "currency")  # which no two rows share
    found = sorted(rows, key=lambda row: [getattr(row, name) or "" for name in keys])
    return sorted(found, key=lambda row: placed(row.spend, largest_first=True))


def get_top_performers(
    by: Measure,
    limit: int | None = 10,
    start_date: date | str | None = None,
    end_date: date | str | None = None,
    *,
    platform: str | None = None,
    project_id: str | None = None,
    status: str | None = None,
    min_spend: Amount | None = None,
    min_impressions: int | None = None,
    min_conversions: Amount | None = None,
    bottom: bool = False,
    as_of: moments.Given | None = None,
    as_closed: bool = False,
    at_age: int | None = None,
    **window: Unpack[Words],
) -> Ranking:
    """Campaigns ranked by a figure or ratio, best first. For cpc and cpa, the lowest is best.

    Args:
        by: a name in `measures.FIGURES`, `measures.RATIOS` or `measures.FURTHER`.
        limit: at most this many campaigns; None or 0 means all.
        start_date: first day; None is the first stored day.
        end_date: last day, inclusive.
        window: `since`, `until` or `period` instead of the two, as for `report`.
        platform: only campaigns on this platform.
        project_id: only campaigns of this project.
        status: only campaigns with this status.
        min_spend: only campaigns that spent at least this much over the days, in their currency.
        min_impressions: only campaigns with at least this many impressions.
        min_conversions: only campaigns with at least this many conversions.
        as_of: when the figures were known, as for `report`.
        as_closed: whether the figures of closed periods are the official ones, as for `report`.
        at_age: how many days after each day it was known, as for `report`.
        bottom: worst first. A campaign without the value comes last either way; ties are ordered by id.
    """
    if by not in (*FIGURES, *RATIOS, *FURTHER):
        names = ", ".join((*RATIOS, *FIGURES, *FURTHER))
        raise BadRequestError(f"campaigns cannot be ranked by {by!r}", f"Use one of {names}")
    least = {
        name: getattr(Metrics, name).argument(value, f"min_{name}")
        for name, value in (("spend", min_spend), ("impressions", min_impressions), ("conversions", min_conversions))
        if value is not None
    }
    asked = scope(
        start_date,
        end_date,
        platform=platform,
        project_id=project_id,
        status=status,
        as_of=as_of,
        as_closed=as_closed,
        at_age=at_age,
        **window,
    )
    return of_readable_rows(
        asked,
        "campaign",
        lambda of: (
            report_further.ranked(source_of(of), by, least, of, limit=limit, bottom=bottom)
            if by in FURTHER
            else report_ranking.ranked(source_of(of), by, least, limit=limit, bottom=bottom)
        ),
    )
