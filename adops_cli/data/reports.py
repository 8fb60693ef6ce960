"""Reports on the daily figures: exact sums by group, ratios of those sums, rankings.

Every row has a currency and is grouped by it; currencies are never added together. How a sum stays exact is left to the
engine, because a DECIMAL in SQLite is a double. A daily row, campaign or project that cannot be read is left out with
all its figures, with an `UnreadableRowWarning`. Which rows a report is about is decided by `report_scope`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeVar

import peewee as pw

from adops_cli import measures
from adops_cli.data import frames
from adops_cli.data.report_scope import Scope, readable, scope
from adops_cli.errors import BadRequestError, UnreadableRowError
from adops_cli.measures import FIGURES, LOWER_IS_BETTER, RATIOS, Measure
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Metrics, Project
from adops_cli.storage.rows import Record, Rows

__all__ = ["Report", "ReportRow", "frame", "get_top_performers", "grouped", "report"]


By = Literal["platform", "project", "campaign", "day", "week", "month", "total"]
Amount = Decimal | int | float | str
Answer = TypeVar("Answer")


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


@dataclass(frozen=True, repr=False)
class Report(Record):
    """The rows of a report and their total. Money in the total is None if there are several currencies."""

    rows: Rows[ReportRow]
    total: ReportRow | None


_GROUPS: Mapping[str, Callable[[Any], Mapping[str, Any]]] = {
    "total": lambda _day: {},
    "platform": lambda _day: {"platform": Campaign.platform},
    "project": lambda _day: {"project_id": Campaign.project, "name": Project.name},
    "campaign": lambda _day: {
        "campaign_id": Campaign.id,
        "external_id": Campaign.external_id,
        "name": Campaign.name,
        "platform": Campaign.platform,
        "project_id": Campaign.project,
    },
    "day": lambda day: {"day": day},
    "week": lambda day: {"week": db.week_start(day)},
    "month": lambda day: {"month": db.month(day)},
}
"""The columns that each report groups by, given a row's day, in the dialect of the bound database."""
_TIMES = ("day", "week", "month")


def report(
    by: By,
    *,
    start_date: date | str | None = None,
    end_date: date | str | None = None,
    platform: str | None = None,
    project_id: str | None = None,
    campaign_ids: Sequence[str] | None = None,
) -> Report:
    """The figures by platform, project, campaign, day, week or month, with their total.

    Days, weeks and months are sorted newest first, everything else by spend, largest first.
    """
    asked = scope(start_date, end_date, platform=platform, project_id=project_id, campaign_ids=campaign_ids)
    return _of_readable_rows(asked, by, lambda rows: _report(by, rows))


def frame(
    by: By,
    *,
    start_date: date | str | None = None,
    end_date: date | str | None = None,
    platform: str | None = None,
    project_id: str | None = None,
    campaign_ids: Sequence[str] | None = None,
    engine: frames.Engine | None = None,
    exact: bool = False,
) -> Any:
    """The rows of `report` as a frame of pandas or polars, as `metrics.frame` gives it, without the total."""
    rows = report(
        by,
        start_date=start_date,
        end_date=end_date,
        platform=platform,
        project_id=project_id,
        campaign_ids=campaign_ids,
    ).rows
    names = (*_GROUPS[by](Metrics.date), "currency", *FIGURES, *RATIOS, "days", "campaigns")
    return frames.frame(rows, names, engine, exact=exact)


def grouped(
    by: By, *, start_date: date | str | None = None, end_date: date | str | None = None, **filters: Any
) -> Rows[ReportRow]:
    """One row per group and currency, in the order of `report`."""
    return Rows(_of_readable_rows(scope(start_date, end_date, **filters), by, lambda rows: _grouped(by, rows)))


def _of_readable_rows(asked: Scope, by: str, work: Callable[[Scope], Answer]) -> Answer:
    """The result of the work for these rows, or for the others if one of them cannot be read."""
    try:
        return work(asked)
    except UnreadableRowError:
        return work(readable(asked, with_projects=by == "project"))


def _report(by: By, rows: Scope) -> Report:
    found = _grouped(by, rows)
    totals = _grouped("total", rows)
    if len(totals) > 1:
        together = _query({}, rows, by_currency=False)
        totals = [replace(together[0], spend=None, revenue=None, cpc=None, cpa=None, roas=None)]
    return Report(Rows(found), totals[0] if totals else None)


def _grouped(by: By, of: Scope) -> Sequence[ReportRow]:
    if by not in _GROUPS:
        raise BadRequestError(f"figures cannot be grouped by {by!r}", f"Use one of {', '.join(_GROUPS)}")
    rows = _query(_GROUPS[by](of.day), of)
    if by in _TIMES:
        rows.sort(key=lambda row: row.currency or "")
        return sorted(rows, key=lambda row: str(getattr(row, by)), reverse=True)
    rows.sort(key=lambda row: tuple(str(getattr(row, name) or "") for name in (*_GROUPS[by](of.day), "currency")))
    return sorted(rows, key=_sorter("spend", largest_first=True))


def get_top_performers(
    by: Measure,
    limit: int | None = 10,
    start_date: date | str | None = None,
    end_date: date | str | None = None,
    *,
    platform: str | None = None,
    project_id: str | None = None,
    min_spend: Amount | None = None,
    min_impressions: int | None = None,
    min_conversions: Amount | None = None,
    bottom: bool = False,
) -> Rows[ReportRow]:
    """Campaigns ranked by a figure or ratio, best first. For cpc and cpa, the lowest is best.

    Args:
        by: a name in `measures.FIGURES` or `measures.RATIOS`.
        limit: at most this many campaigns; None or 0 means all.
        start_date: first day; None is the first stored day.
        end_date: last day, inclusive.
        platform: only campaigns on this platform.
        project_id: only campaigns of this project.
        min_spend: only campaigns that spent at least this much over the days, in their currency.
        min_impressions: only campaigns with at least this many impressions.
        min_conversions: only campaigns with at least this many conversions.
        bottom: worst first. A campaign without the value comes last either way; ties are ordered by id.
    """
    if by not in (*FIGURES, *RATIOS):
        raise BadRequestError(f"campaigns cannot be ranked by {by!r}", f"Use one of {', '.join((*RATIOS, *FIGURES))}")
    least = {
        name: getattr(Metrics, name).argument(value, f"min_{name}")
        for name, value in (("spend", min_spend), ("impressions", min_impressions), ("conversions", min_conversions))
        if value is not None
    }
    asked = scope(start_date, end_date, platform=platform, project_id=project_id)
    rows = _of_readable_rows(asked, "campaign", lambda rows: _query(_GROUPS["campaign"](rows.day), rows))
    found = [row for row in rows if _reaches(row, least)]
    found.sort(key=lambda row: row.campaign_id or "")
    found.sort(key=_sorter(by, largest_first=(by not in LOWER_IS_BETTER) is not bottom))
    return Rows(replace(row, rank=place) for place, row in enumerate(found[: limit or None], start=1))


def _query(group: Mapping[str, Any], of: Scope, *, by_currency: bool = True) -> list[ReportRow]:
    """Run the one query behind every report: a sum of each figure per group and currency."""
    # A value that is not text is not a currency, and counts as unknown, like a missing one.
    keys = dict(group) | ({"currency": db.text_under(Campaign.metadata, "currency")} if by_currency else {})
    sums = {name: db.exact_sum(getattr(Metrics, name)) for name in FIGURES}
    counts = {
        "days": _different(of.day, of.day, Campaign.id, group),
        "campaigns": _different(Metrics.campaign, Campaign.id, of.day, group),
    }
    columns = [*keys.values(), *(part for parts, _ in sums.values() for part in parts), *counts.values()]
    query = Metrics.select(*columns).join(Campaign)
    if any(column is Project.name for column in group.values()):  # `in` would build an expression
        query = query.join(Project, pw.JOIN.LEFT_OUTER)
    query = query.where(*of.conditions) if of.conditions else query
    # By position: with parameters inside expressions, the engine cannot see that two of them are the same.
    places = [pw.SQL(str(place)) for place in range(1, len(keys) + 1)]
    query = query.group_by(*places) if keys else query.having(pw.fn.COUNT(Metrics.id) > 0)
    with db.translated_errors():
        return [_row(keys, sums, counts, values) for values in query.tuples().iterator()]


def _different(field: Any, itself: Any, other: Any, group: Mapping[str, Any]) -> Any:
    """The number of distinct values in a group for one half of the key of daily rows.

    If the group is by this half, there is one. If it is by the other half, all its rows differ in this one. COUNT
    DISTINCT, which takes several times as long, is used only otherwise.
    """
    columns = list(map(id, group.values()))
    if id(itself) in columns:
        return pw.SQL("1")
    return pw.fn.COUNT(Metrics.id if id(other) in columns else field.distinct())


def _row(keys: Mapping[str, Any], sums: Mapping[str, Any], counts: Mapping[str, Any], values: Any) -> ReportRow:
    cells = iter(values)
    known: dict[str, Any] = {name: next(cells) for name in keys}
    for name, (parts, together) in sums.items():
        whole = together(*(next(cells) for _ in parts))
        counted = name in ("impressions", "clicks") or whole is None
        known[name] = whole if counted else Decimal(whole).scaleb(-6)
    known |= {name: next(cells) for name in counts}
    return ReportRow(**(known | measures.ratios(known)))


def _reaches(row: ReportRow, least: Mapping[str, Any]) -> bool:
    return all((value := getattr(row, name)) is not None and value >= limit for name, limit in least.items())


def _sorter(name: str, *, largest_first: bool) -> Callable[[ReportRow], tuple[bool, Any]]:
    """A sort key with None last in both directions."""

    def key(row: ReportRow) -> tuple[bool, Any]:
        value = getattr(row, name)
        return value is None, 0 if value is None else -value if largest_first else value

    return key
