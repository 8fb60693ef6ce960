"""Which campaigns have moved a total, in each currency: asks for figures of two windows, and lets `movers` split."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from adops_cli.data import report_groups, reports
from adops_cli.data.acting import compare, comparison, movers
from adops_cli.data.acting.comparison import Compared
from adops_cli.data.acting.movers import Movement, Mover, Parts
from adops_cli.data.report_rows import ReportRow
from adops_cli.data.report_scope import Scope, scope
from adops_cli.data.report_source import source_of
from adops_cli.errors import BadRequestError
from adops_cli.measures import PARTS
from adops_cli.storage.models import Campaign
from adops_cli.storage.rows import Record

__all__ = ["By", "Moved", "MovedBy", "Moves", "moved", "of_rows"]

By = Literal["spend", "revenue", "conversions", "clicks", "impressions", "roas", "cpa", "cpc", "ctr", "cvr"]
_ID, _NAME, _PLATFORM, _CURRENCY, _SUMS = 0, 2, 3, 5, 7
"""Places in the rows of `Source.campaigns`."""
Named = tuple[str | None, str]
"""Name and platform of a campaign."""


@dataclass(frozen=True, repr=False)
class MovedBy(Record):
    """A campaign, and what it has moved."""

    campaign_id: str
    name: str | None
    platform: str
    moved: Mover


@dataclass(frozen=True, repr=False)
class Moved(Record):
    """What has moved the total of a currency, the largest contribution first."""

    currency: str | None
    movement: Movement
    rows: Sequence[MovedBy]


@dataclass(frozen=True, repr=False)
class Moves(Record):
    """The movements of all currencies between two windows."""

    by: By
    now: Compared
    before: Compared
    at_age: int | None
    currencies: Sequence[Moved]


def moved(by: By, how: str = "auto", *, same_age: bool = False, **asked: Any) -> Moves:
    """What each campaign has contributed to the change of a figure or ratio from another window to this one.

    Args:
        by: the figure or ratio.
        how: the window to compare with, as for `comparison.report`.
        same_age: whether both windows are to be as they were known at the same age.
        asked: the days and campaigns, as for `reports.report`.
    """
    if by not in get_args(By):
        raise BadRequestError(f"nothing is split by {by!r}", f"Use one of {', '.join(get_args(By))}")
    sides = comparison.pair(how, asked, same_age=same_age)
    named: dict[str, Named] = {}
    with sides.as_of_one_moment():
        before, now = (_of(by, asked_for, named) for asked_for in (sides.before, sides.now))
        days_now, days_before = sides.compared()
    currencies = sorted({*before, *now}, key=lambda code: code or "")
    found = [Moved(one, *_split(by, before.get(one, {}), now.get(one, {}), named)) for one in currencies]
    return Moves(by, days_now, days_before, sides.at_age, found)


def of_rows(by: By, currency: str | None, before: Sequence[ReportRow], now: Sequence[ReportRow]) -> Moved:
    """The same from rows by campaign in one currency, which somebody has read already."""
    names = PARTS.get(by, (by,))
    sides = [{str(row.campaign_id): _parts(row, names) for row in rows} for rows in (before, now)]
    named: dict[str, Named] = {str(row.campaign_id): (row.name, row.platform or "") for row in (*before, *now)}
    return Moved(currency, *_split(by, sides[0], sides[1], named))


def _parts(row: ReportRow, names: Sequence[str]) -> Parts:
    return tuple(compare.in_millionths({name: getattr(row, name) for name in names}).values())


def _split(
    by: By, before: movers.Side, now: movers.Side, named: Mapping[str, Named]
) -> tuple[Movement, Sequence[MovedBy]]:
    parts = PARTS.get(by)
    found = movers.of_ratio(*parts, before, now) if parts else movers.of_figure(by, before, now)
    return found, [MovedBy(one.id, *named[one.id], one) for one in found.movers]


def _of(by: By, asked: Mapping[str, Any], named: dict[str, Named]) -> Mapping[str | None, movers.Side]:
    """The parts of each campaign, by currency."""
    found: dict[str | None, dict[str, Parts]] = {}
    for currency, id, parts, name in reports.of_readable_rows(
        scope(**asked), "campaign", lambda of: list(_read(by, of))
    ):
        found.setdefault(currency, {})[id] = parts
        named[id] = name
    return found


def _read(by: By, of: Scope) -> Iterator[tuple[str | None, str, Parts, Named]]:
    names = PARTS.get(by, (by,))
    source = source_of(of).only(names)
    readers = [source.sums.reader(one, _SUMS) for one in names]
    for row in source.campaigns():
        id, name, platform = (
            report_groups.text(field, row[place])
            for field, place in ((Campaign.id, _ID), (Campaign.name, _NAME), (Campaign.platform, _PLATFORM))
        )
        yield row[_CURRENCY] or None, id, tuple(read(row) for read in readers), (name, platform)
