"""Reports on the daily figures: exact sums by group, ratios of those sums, rankings.

Every row has a currency and is grouped by it; currencies are never added together. How a sum stays exact is left to the
engine, because a DECIMAL in SQLite is a double. A daily row, campaign or project that cannot be read is left out with
all its figures, with an `UnreadableRowWarning`. Which rows a report is about is decided by `report_scope`; its total
and what that hides are made in `report_rows`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeVar, Unpack

import peewee as pw

from adops_cli import measures
from adops_cli.data import frames
from adops_cli.data.report_rows import Ranking, Report, ReportRow, claiming, summed, unreported
from adops_cli.data.report_scope import Scope, readable, scope
from adops_cli.data.windows import Words
from adops_cli.errors import BadRequestError, UnreadableRowError
from adops_cli.measures import FIGURES, LOWER_IS_BETTER, RATIOS, Measure
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Metrics, Project
from adops_cli.storage.rows import Rows

__all__ = ["Report", "ReportRow", "frame", "get_top_performers", "grouped", "report"]


By = Literal["platform", "project", "campaign", "day", "week", "month", "total"]
Amount = Decimal | int | float | str
Answer = TypeVar("Answer")


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
    **window: Unpack[Words],
) -> Report:
    """The figures by platform, project, campaign, day, week or month, with their total.

    Days, weeks and months are sorted newest first, everything else by spend, largest first. The days are those from
    `start_date` to `end_date`, or of a window of words: `since="14d", until="7d"`, or `period="last-month"`.
    """
    asked = scope(start_date, end_date, platform=platform, project_id=project_id, campaign_ids=campaign_ids, **window)
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
    **window: Unpack[Words],
) -> Any:
    """The rows of `report` as a frame of pandas or polars, as `metrics.frame` gives it, without the total."""
    rows = report(
        by,
        start_date=start_date,
        end_date=end_date,
        platform=platform,
        project_id=project_id,
        campaign_ids=campaign_ids,
        **window,
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
    # With few columns, because there may be many campaigns.
    each = {"campaign_id": Campaign.id, "platform": Campaign.platform}
    campaigns = found if by == "campaign" else _query(each, rows)
    return Report(Rows(found), _total(campaigns, rows), unreported(campaigns), claiming(campaigns))


def _total(campaigns: Sequence[ReportRow], rows: Scope) -> ReportRow | None:
    """The sum over all campaigns, which takes no query but for the number of different days."""
    if not campaigns:
        return None
    days = Metrics.select(rows.day).join(Campaign).where(True, *rows.conditions).group_by(rows.day)
    return summed(campaigns, days=days.count())


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
    **window: Unpack[Words],
) -> Ranking:
    """Campaigns ranked by a figure or ratio, best first. For cpc and cpa, the lowest is best.

    Args:
        by: a name in `measures.FIGURES` or `measures.RATIOS`.
        limit: at most this many campaigns; None or 0 means all.
        start_date: first day; None is the first stored day.
        end_date: last day, inclusive.
        window: `since`, `until` or `period` instead of the two, as for `report`.
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
    asked = scope(start_date, end_date, platform=platform, project_id=project_id, **window)
    rows = _of_readable_rows(asked, "campaign", lambda rows: _query(_GROUPS["campaign"](rows.day), rows))
    found = [row for row in rows if _reaches(row, least)]
    found.sort(key=lambda row: row.campaign_id or "")
    found.sort(key=_sorter(by, largest_first=(by not in LOWER_IS_BETTER) is not bottom))
    ranked = (replace(row, rank=place) for place, row in enumerate(found[: limit or None], start=1))
    return Ranking(ranked, unreported(found))


def _query(group: Mapping[str, Any], of: Scope, *, by_currency: bool = True) -> list[ReportRow]:
    """Run the one query behind every report: a sum of each figure per group and currency."""
    # A value that is not text is not a currency, and counts as unknown, like a missing one.
    keys = dict(group) | ({"currency": db.text_under(Campaign.metadata, "currency")} if by_currency else {})
    sums = {name: db.exact_sum(getattr(Metrics, name)) for name in FIGURES}
    counts = {
        "days": _different(of.day, of.day, Campaign.id, group),
        "campaigns": _different(Metrics.campaign, Campaign.id, of.day, group),
    }
    if {"week", "month"} & group.keys():
        counts |= {"first_day": _end(pw.fn.MIN, of.day), "last_day": _end(pw.fn.MAX, of.day)}
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


def _end(function: Any, day: Any) -> Any:
    return function(day, python_value=Metrics.date.python_value)


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
