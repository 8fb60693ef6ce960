"""Daily figures as series: of all campaigns together, or of each platform, project or campaign, in each currency.

A value is the exact sum over the campaigns of a series on a day, or the ratio of such sums. It is None where nothing
was reported, which is not zero; a day on which a series has no row is not listed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Unpack

from adops_cli import measures
from adops_cli.data import report_groups
from adops_cli.data.journal import moments
from adops_cli.data.report_rows import placed
from adops_cli.data.report_scope import Scope, scope
from adops_cli.data.report_source import Source, source_of
from adops_cli.data.reports import of_readable_rows
from adops_cli.data.windows import Words
from adops_cli.errors import BadRequestError
from adops_cli.measures import FIGURES, PARTS, RATIOS
from adops_cli.storage.chunks import as_stored
from adops_cli.storage.models import Campaign, Project
from adops_cli.storage.rows import Record, Rows

__all__ = ["ALL", "Point", "Trend", "trend"]

By = Literal["none", "platform", "project", "campaign"]
Figure = Literal["spend", "revenue", "conversions", "clicks", "impressions", "roas", "ctr", "cpc", "cpa", "cvr"]
ALL = "all"
"""The name of the series of all campaigns."""
FEW = 6
"""So many series of a currency are told apart with ease."""
_KEYS = {"none": (), "platform": ("platform",), "project": ("project_id",), "campaign": ("campaign_id",)}
_FIELDS: Mapping[str, Any] = {"platform": Campaign.platform, "project": Project.id, "campaign": Campaign.id}
_ID, _NAME, _CURRENCY, _SUMS = 0, 2, 5, 7
"""Places in the rows of `Source.campaigns`."""
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
    source = source_of(of).only(parts)
    if by == "campaign":
        found, left_out = _of_campaigns(source, parts, size, limit)
    else:
        every = _by_key(source, by)
        size_of = source.sums.reader(size, 0)
        sizes = {key: size_of(_added(one.days.values())) for key, one in every.items()}
        chosen = _largest(sizes, limit)
        found, left_out = {key: every[key] for key in chosen}, len(every) - len(chosen)
    rows = (point for name in figures for key, one in found.items() for point in _points(name, key, one, source))
    return Trend(Rows(rows), len(found), left_out, size)


def _of_campaigns(
    source: Source, parts: Collection[str], size: str, limit: int | None
) -> tuple[Mapping[Key, _Series], int]:
    """The largest campaigns, and how many others there are. Only their days are read."""
    some = source.only({size})
    names, sizes, size_of = dict[Key, Any](), dict[Key, Any](), some.sums.reader(size, _SUMS)
    for row in some.campaigns():
        key = report_groups.text(Campaign.id, row[_ID]), row[_CURRENCY] or None
        names[key], sizes[key] = row[_NAME], size_of(row)
    chosen = _largest(sizes, limit)
    left_out = len(sizes) - len(chosen)
    days = _by_key(source.only(parts, [as_stored(id) for id, _ in chosen]) if left_out else source, "campaign")
    return {key: _Series(report_groups.text(Campaign.name, names[key]), days[key].days) for key in chosen}, left_out


def _by_key(source: Source, by: By) -> dict[Key, _Series]:
    """The series, with the sums of each day."""
    found: dict[Key, _Series] = {}
    keys = _KEYS[by]
    for day, *rest in source.by_day(*keys):
        series = report_groups.text(_FIELDS[by], rest[0]) if keys else ALL
        currency, *sums = rest[len(keys) :]
        found.setdefault((series, currency or None), _Series(None, {})).add(day, sums)
    if by == "project":
        names = report_groups.names_of_projects(id for id, _ in found)
        for (id, _), one in found.items():
            one.name = names.get(id)
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
    parts = PARTS.get(figure, (figure,))
    for day, sums in sorted(series.days.items()):
        values = [source.sums.figure(name, sums) for name in parts]
        value = measures.ratio(*values) if len(values) > 1 else values[0]
        yield Point(date.fromisoformat(day), key[0], series.name, key[1], figure, value)
