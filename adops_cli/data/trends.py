"""Daily figures as series: of all campaigns together, or of each platform, project or campaign, in each currency.

A value is the exact sum over the campaigns of a series on a day, or the ratio of such sums. It is None where nothing
was reported, which is not zero; a day on which a series has no row is not listed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Unpack

from adops_cli import measures
from adops_cli.data import held, report_groups
from adops_cli.data.journal import moments
from adops_cli.data.report_rows import MISLEADING, ReportRow, Unreported, placed, unreported
from adops_cli.data.report_scope import Scope, scope
from adops_cli.data.report_source import Source, source_of
from adops_cli.data.reports import of_readable_rows
from adops_cli.data.windows import Words
from adops_cli.errors import BadRequestError
from adops_cli.measures import FIGURES, PARTS, RATIOS
from adops_cli.periods import ONE_DAY
from adops_cli.storage.chunks import as_stored
from adops_cli.storage.models import Campaign, Project
from adops_cli.storage.rows import Record, Rows

__all__ = ["ALL", "Courses", "Point", "Trend", "courses", "trend"]

By = Literal["none", "platform", "project", "campaign"]
Figure = Literal["spend", "revenue", "conversions", "clicks", "impressions", "roas", "ctr", "cpc", "cpa", "cvr"]
ALL = "all"
"""The name of the series of all campaigns."""
MOST_PARTS = 14
_WEEK = 7
FEW = 6
"""So many series of a currency are told apart with ease."""
_KEYS = {"none": (), "platform": ("platform",), "project": ("project_id",), "campaign": ("campaign_id",)}
_FIELDS: Mapping[str, Any] = {"platform": Campaign.platform, "project": Project.id, "campaign": Campaign.id}
_NAMED: Mapping[str, type[Project | Campaign]] = {"project": Project, "campaign": Campaign}
Key = tuple[str | None, str | None]
"""A series, and its currency."""
Sums = Sequence[Any]


def _added(every: Iterable[Sums]) -> Sums:
    """The sums of all of these. The database has none where a figure is nowhere reported, and counts that."""
    return [sum(part or 0 for part in parts) for parts in zip(*every, strict=True)]


@dataclass(frozen=True, repr=False)
class Point(Record):
    """The value of a figure of a series on a day."""

    day: date
    series: str | None
    """A platform, or the id of a project or campaign; `all` for all campaigns. None for those of no project."""
    name: str | None
    """The name of the project or campaign."""
    currency: str | None
    figure: str
    value: int | Decimal | None


@dataclass(frozen=True, repr=False)
class Trend(Record):
    """Daily figures by series."""

    rows: Rows[Point]
    """By figure, as they were asked for, then by currency and series, the largest first, then by day, oldest first."""
    series: int
    """How many series the rows are of."""
    left_out: int
    """How many series are smaller than those."""
    size: str
    """The figure by whose sum a series is large."""
    unreported: Sequence[Unreported] = ()
    """What some campaigns of a series do not report, where that makes a ratio misleading."""


@dataclass(frozen=True)
class Courses:
    """How a figure of each series has gone, in few parts of equal length."""

    days: int
    """How many days a part has."""
    last: date
    """The last day of the last part."""
    parts: Mapping[Key, Sequence[int | Decimal | None]]
    """The values of each series, oldest first."""


@dataclass
class _Series:
    """The sums of each day."""

    name: str | None
    days: dict[str, Sums]

    def add(self, day: str, sums: Sums) -> None:
        """Add the sums of some campaigns."""
        before = self.days.get(day)
        self.days[day] = sums if before is None else _added((before, sums))


def trend(
    by: By = "none",
    figures: Sequence[Figure] = ("spend",),
    limit: int | None = FEW,
    start_date: date | str | None = None,
    end_date: date | str | None = None,
    *,
    platform: str | None = None,
    project_id: str | None = None,
    status: str | None = None,
    campaign_ids: Sequence[str] | None = None,
    as_of: moments.Given | None = None,
    as_closed: bool = False,
    **window: Unpack[Words],
) -> Trend:
    """Figures and ratios by day, of all campaigns, or by platform, project or campaign.

    Days, campaigns, `as_of` and `as_closed` are as for `reports.report`. Of each currency, the `limit` largest series
    are read; None or 0 is all. A series is large by its sum of the first figure, or of a ratio's denominator.
    """
    for name in figures or ("",):
        if name not in (*FIGURES, *RATIOS):
            raise BadRequestError(f"there is no trend of {name!r}", f"Use one of {', '.join((*FIGURES, *RATIOS))}")
    if by not in _KEYS:
        raise BadRequestError(f"figures cannot be grouped by {by!r}", f"Use one of {', '.join(_KEYS)}")
    asked = scope(
        start_date,
        end_date,
        platform=platform,
        project_id=project_id,
        status=status,
        campaign_ids=campaign_ids,
        as_of=as_of,
        as_closed=as_closed,
        **window,
    )
    readable_by = "total" if by == "none" else by
    return of_readable_rows(asked, readable_by, lambda of: _trend(by, list(dict.fromkeys(figures)), limit, of))


def _trend(by: By, figures: Sequence[str], limit: int | None, of: Scope) -> Trend:
    size = PARTS.get(figures[0], (figures[0],))[-1]
    parts = {part for name in (*figures, size) for part in PARTS.get(name, (name,))}
    whole = source_of(of)
    source = whole.only(parts)
    if by == "campaign":
        found, left_out = _of_campaigns(source, parts, size, limit)
    else:
        every = _by_key(source, by)
        sizes = {key: source.sums.figure(size, _added(one.days.values())) for key, one in every.items()}
        chosen = _largest(sizes, limit)
        found, left_out = {key: every[key] for key in chosen}, len(every) - len(chosen)
    if by in _NAMED:
        names = report_groups.names_of(_NAMED[by], (id for id, _ in found))
        for (id, _), one in found.items():
            one.name = names.get(id)
    rows = (point for name in figures for key, one in found.items() for point in _points(name, key, one, source))
    return Trend(Rows(rows), len(found), left_out, size, _unreported(by, figures, whole))


def _unreported(by: By, figures: Sequence[str], source: Source) -> Sequence[Unreported]:
    if by == "campaign" or MISLEADING.isdisjoint(figures):
        return ()
    of_series: dict[str | None, list[ReportRow]] = {}
    for cell in report_groups.cells(source, "project" if by == "project" else "total"):
        series = {"none": None, "platform": cell.platform, "project": cell.project_id}[by]
        of_series.setdefault(series, []).append(cell)
    found = (one for cells in of_series.values() for one in unreported(cells))
    return [one for one in found if not set(figures).isdisjoint(one.ratios)]


def _of_campaigns(
    source: Source, parts: Collection[str], size: str, limit: int | None
) -> tuple[Mapping[Key, _Series], int]:
    """The largest campaigns, and how many others there are. Only their days are read."""
    some = source.only({size})
    sizes = {
        (report_groups.text(Campaign.id, id), currency or None): some.sums.figure(size, sums)
        for id, currency, *sums in some.amounts()
    }
    chosen = _largest(sizes, limit)
    left_out = len(sizes) - len(chosen)
    days = _by_key(source.only(parts, [as_stored(id) for id, _ in chosen]) if left_out else source, "campaign")
    return {key: days[key] for key in chosen}, left_out


def _by_key(source: Source, by: By) -> dict[Key, _Series]:
    """The series, with the sums of each day."""
    found: dict[Key, _Series] = {}
    keys = _KEYS[by]
    for day, *rest in source.by_day(*keys):
        series = report_groups.text(_FIELDS[by], rest[0]) if keys else ALL
        currency, *sums = rest[len(keys) :]
        found.setdefault((series, currency or None), _Series(None, {})).add(day, sums)
    return found


def _largest(sizes: Mapping[Key, Any], limit: int | None) -> Sequence[Key]:
    """The series to show, by currency, the largest first."""
    order = sorted(sizes, key=lambda key: (key[1] or "", *placed(sizes[key], largest_first=True), key[0] or ""))
    places: dict[str | None, int] = {}
    chosen = []
    for key in order:
        places[key[1]] = places.get(key[1], 0) + 1
        if not limit or places[key[1]] <= limit:
            chosen.append(key)
    return chosen


def _points(figure: str, key: Key, series: _Series, source: Source) -> Iterator[Point]:
    for day, sums in sorted(series.days.items()):
        yield Point(date.fromisoformat(day), key[0], series.name, key[1], figure, _value(figure, sums, source))


def _value(figure: str, sums: Sums, source: Source) -> Any:
    values = [source.sums.figure(name, sums) for name in PARTS.get(figure, (figure,))]
    return measures.ratio(*values) if len(values) > 1 else values[0]


def courses(
    by: By, figure: Figure, start_date: date | None = None, end_date: date | None = None, **filters: Any
) -> Courses | None:
    """A figure or ratio of each series over the days, in at most fourteen parts. None if there are no days.

    A part is as many whole days, and never more than a week: of a long window, it is the last fourteen weeks.
    """
    stored = held.days("metrics")
    asked = scope(start_date, end_date, **filters)
    if stored is None:
        return None
    first, last = max(asked.first or stored[0], stored[0]), min(asked.last or stored[1], stored[1])
    length = (last - first).days + 1
    if length < 1:
        return None
    days = min(-(-length // MOST_PARTS), _WEEK)
    count = min(length // days, MOST_PARTS)
    of = replace(asked, first=last - (count * days - 1) * ONE_DAY, last=last)
    return of_readable_rows(of, "total" if by == "none" else by, lambda of: _courses(by, figure, of, days, count))


def _courses(by: By, figure: str, of: Scope, days: int, count: int) -> Courses:
    source = source_of(of).only(PARTS.get(figure, (figure,)))
    first, last = str(of.first), str(of.last)
    parts: dict[Key, list[Any]] = {}
    for key, series in _by_key(source, by).items():
        sums: list[list[Sums]] = [[] for _ in range(count)]
        for day, one in series.days.items():
            sums[(date.fromisoformat(day) - date.fromisoformat(first)).days // days].append(one)
        parts[key] = [_value(figure, _added(some), source) if some else None for some in sums]
    return Courses(days, date.fromisoformat(last), parts)
