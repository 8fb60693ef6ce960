"""Reports and rankings beside another window: each row with what it was before.

Asks `reports`, and lets `compare` calculate. Nothing is rounded twice: differences and changes come from the sums.
"""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import Any

from adops_cli import periods
from adops_cli.data import reports, windows
from adops_cli.data.acting import compare
from adops_cli.data.journal import at_age as ages
from adops_cli.data.report_cover import Span
from adops_cli.data.report_rows import Ranking, Report, ReportRow, summed
from adops_cli.errors import BadRequestError, option
from adops_cli.measures import FIGURES, RATIOS, Measure
from adops_cli.storage.handle import db
from adops_cli.storage.models import Metrics
from adops_cli.storage.rows import Record

__all__ = ["Compared", "ComparedRow", "Comparison", "Pair", "pair", "ranking", "report"]

_KEYS = {"platform": "platform", "project": "project_id", "campaign": "campaign_id"}
_TIMES: Mapping[str, Span] = {"day": "day", "week": "week", "month": "month"}
_MOST_IDS = 1_000
_NAMES = (*FIGURES, *RATIOS)
_FIGURES, _VALUES = attrgetter(*FIGURES), attrgetter(*_NAMES)


@dataclass(frozen=True, repr=False)
class ComparedRow(Record):
    """A row of a report with the same figures of the window before."""

    now: ReportRow
    """Its figures are None if the group has no row in the window."""
    before: Mapping[str, Any]
    """The ten figures. All are None if the group has no row in the window before."""
    difference: Mapping[str, Any]
    change_percent: Mapping[str, Any]
    days_before: int
    significant: Mapping[str, bool | None]
    """For ctr and cvr: whether they have changed by more than chance explains."""


@dataclass(frozen=True, repr=False)
class Compared(Record):
    """A window of a comparison."""

    first: date
    last: date
    days: int
    """How many of its days have figures."""

    @property
    def length(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, repr=False)
class Comparison(Record):
    """The rows of a report or a ranking, each beside what it was before."""

    rows: Sequence[ComparedRow]
    total: ComparedRow | None
    now: Compared
    before: Compared
    at_age: int | None
    """How many days after each day it was known so; None means now."""
    found: Report | Ranking
    """What was found in the window alone."""


@dataclass(frozen=True)
class Pair:
    """Two windows, and the requests for them."""

    window: tuple[date, date]
    window_before: tuple[date, date]
    at_age: int | None
    now: Mapping[str, Any]
    before: Mapping[str, Any]

    def compared(self) -> tuple[Compared, Compared]:
        """Both windows with their days that have figures. `BadRequestError` if nothing was known at the same age."""
        found = []
        for (first, last), asked in ((self.window, self.now), (self.window_before, self.before)):
            days = len(reports.days(**asked))
            if not days and self.at_age is not None and reports.days(**{**asked, "at_age": None}):
                raise BadRequestError(
                    f"nothing from {first} to {last} was known {self.at_age} days after each day",
                    "Compare other days, or without the same age",
                )
            found.append(Compared(first, last, days))
        return found[0], found[1]

    def as_of_one_moment(self) -> contextlib.AbstractContextManager[Any]:
        """A snapshot, unless the figures are those of the past, which stay as they are."""
        is_past = self.now.get("as_of") is not None or self.now.get("as_closed") or self.at_age is not None
        return contextlib.nullcontext() if is_past else db.snapshot()


def pair(how: str, asked: Mapping[str, Any], *, same_age: bool = False) -> Pair:
    """The window that is asked for, and the one to compare it with, by a word or as two days with two dots between.

    With `same_age`, both as they were known at the age that the newest day with figures of the later one had at its
    newest import.
    """
    words = {name: asked[name] for name in ("since", "until", "period") if name in asked}
    first, last = windows.days(asked.get("start_date"), asked.get("end_date"), **words)
    first, last = Metrics.date.argument(first, "start_date"), Metrics.date.argument(last, "end_date")
    if first is None or last is None:
        raise BadRequestError(
            "there is no window to compare", f"Give its first and its last day, or {option('period')}"
        )
    before = _window_before(how, first, last)
    others = {name: value for name, value in asked.items() if name not in words}
    later = max((first, last), before, key=lambda days: days[1])
    age = _age(others, *later) if same_age else None
    now = {**others, "start_date": first, "end_date": last, "at_age": age}
    return Pair((first, last), before, age, now, {**now, "start_date": before[0], "end_date": before[1]})


def _window_before(how: str, first: date, last: date) -> tuple[date, date]:
    begin, dots, end = how.strip().lower().partition("..")
    found = (
        periods.window(begin, end, now=periods.today(db.timezone), called="its {}")
        if dots
        else compare.window_before(begin, first, last)
    )
    if found.first is None or found.last is None:
        raise BadRequestError(f"{how!r} is nothing to compare with", f"Use {compare.HOW}")
    return found.first, found.last


def _age(asked: Mapping[str, Any], first: date, last: date) -> int:
    if asked.get("as_of") is not None or asked.get("as_closed"):
        raise BadRequestError(
            f"{option('same_age')} and {option('as_of')} or {option('as_closed')} ask for different figures",
            "Leave out one of them",
        )
    db.require_ledger()
    days = reports.days(**{**asked, "start_date": first, "end_date": last})
    return ages.age_of(date.fromisoformat(days[-1]) if days else last, platform=asked.get("platform"))


def report(by: reports.By, how: str, *, same_age: bool = False, also: Sequence[Any] = (), **asked: Any) -> Comparison:
    """`reports.report` for a window, beside another one.

    A group with rows in either window is a row. Days, weeks and months stand beside those of the same place in the
    window before.
    """
    sides = pair(how, asked, same_age=same_age)
    with sides.as_of_one_moment():
        now, before = reports.report(by, also=also, **sides.now), reports.grouped(by, **sides.before)
        windows_of = sides.compared()
    rows = matched(by, now.rows, before, sides)
    if by in _TIMES:
        rows.sort(key=lambda row: row.now.currency or "")
        rows.sort(key=lambda row: str(getattr(row.now, by)), reverse=True)
    total = None
    if now.total is not None or before:
        total_before = summed(before, days=windows_of[1].days) if before else None
        total = beside(now.total or _empty(total_before), total_before)
    return Comparison(rows, total, *windows_of, sides.at_age, now)


def ranking(by: Measure, how: str, limit: int | None = 10, *, same_age: bool = False, **asked: Any) -> Comparison:
    """`reports.get_top_performers` for a window, with what each campaign was before.

    Campaigns that only the window before has come last, if no least figure is asked for.
    """
    least = {name: asked.pop(name, None) for name in ("min_spend", "min_impressions", "min_conversions")}
    bottom = asked.pop("bottom", False)
    sides = pair(how, asked, same_age=same_age)
    with sides.as_of_one_moment():
        found = reports.get_top_performers(by, limit, **sides.now, **least, bottom=bottom)
        has_room = (not limit or len(found) < limit) and all(value is None for value in least.values())
        chosen = {} if has_room or len(found) > _MOST_IDS else {"campaign_ids": [row.campaign_id for row in found]}
        before = reports.grouped("campaign", **{**sides.before, **chosen})
        windows_of = sides.compared()
    if not has_room:
        ids = {row.campaign_id for row in found}
        before = [row for row in before if row.campaign_id in ids]  # type: ignore[assignment]
    rows = matched("campaign", found, before, sides)
    gone = sorted(rows[len(found) :], key=lambda row: row.now.campaign_id or "")
    rows[len(found) :] = [
        replace(row, now=replace(row.now, rank=rank)) for rank, row in enumerate(gone, start=len(found) + 1)
    ]
    return Comparison(rows[: limit or None], None, *windows_of, sides.at_age, found)


def matched(by: str, now: Sequence[ReportRow], before: Sequence[ReportRow], sides: Pair) -> list[ComparedRow]:
    """Each row beside the one before; those that are no more come last."""
    was = {_key_of(by, row, sides): row for row in before}
    rows = [beside(row, was.pop((_own_key(by, row), row.currency), None)) for row in now]
    return [*rows, *(beside(_gone(by, key, row), row) for (key, _), row in was.items())]


def _own_key(by: str, row: ReportRow) -> Any:
    return getattr(row, _KEYS.get(by, by))


def _key_of(by: str, row: ReportRow, sides: Pair) -> tuple[Any, str | None]:
    """The key of a row of the window before in the window."""
    key = _own_key(by, row)
    if by in _TIMES:
        key = compare.beside(_TIMES[by], key, sides.window_before[0], sides.window[0])
    return key, row.currency


def _gone(by: str, key: Any, row: ReportRow) -> ReportRow:
    """The keys of a row, without figures."""
    known: dict[str, Any] = {_KEYS.get(by, by): key}
    if by in ("project", "campaign"):
        known["name"] = row.name
    if by == "campaign":
        known |= {"external_id": row.external_id, "platform": row.platform, "project_id": row.project_id}
    return ReportRow(row.currency, **known)


def _empty(row: ReportRow | None) -> ReportRow:
    return ReportRow(row.currency if row else None)


def beside(now: ReportRow, before: ReportRow | None) -> ComparedRow:
    """A row beside the one before. A row without days has no figures."""
    found = compare.compared(_figures(before), _figures(now))
    was = dict(zip(_NAMES, _VALUES(before), strict=True)) if before else dict.fromkeys(_NAMES)
    return ComparedRow(now, was, found[0], found[1], before.days if before else 0, found[2])


def _figures(row: ReportRow | None) -> Mapping[str, Any] | None:
    """The figures of a side; None if it has no row."""
    return dict(zip(FIGURES, _FIGURES(row), strict=True)) if row is not None and row.days else None
