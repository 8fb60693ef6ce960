"""The daily rows that a report adds up: those asked for, without those that cannot be added up.

A figure or a day that cannot be read must not get into a sum, and must not be missing without a word. Its row is left
out of the whole report, with a warning. Adds nothing up itself.
"""

import functools
import json
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Unpack

import peewee as pw

from adops_cli.data import daily_rows, windows
from adops_cli.data.access import reading
from adops_cli.data.access.reading import Unread
from adops_cli.data.journal import moments
from adops_cli.data.windows import Words
from adops_cli.errors import BadRequestError
from adops_cli.measures import FIGURES
from adops_cli.storage import other_forms
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Metrics, Project
from adops_cli.storage.rollups import state
from adops_cli.storage.rollups.dialect import dialect
from adops_cli.storage.table import fields_of

_READ = ("id", "campaign_id", "date", *FIGURES)


@dataclass(frozen=True)
class Scope:
    """The rows of `Metrics`, joined with `Campaign`, that a report is about."""

    platform: str | None
    project_id: str | None
    ids: Sequence[Any] | None
    """The ids of the campaigns; None means all."""
    first: date | None
    last: date | None
    day: Any
    """The day of a row as it is read."""
    left_out: Sequence[Any] = ()
    """Conditions that exclude rows that cannot be read."""
    as_of: datetime | None = None
    """When the figures were known; None means now."""
    as_closed: bool = False
    """Whether the figures of closed periods are those with which they were closed."""
    status: str | None = None
    at_age: int | None = None
    """How many days after each day it was known so; None means now."""

    def between(self, first: date | None, last: date | None) -> Any:
        """The condition on the day. None leaves an end open."""
        days = [self.day >= db.stored_day(first)] if first else []
        days += [self.day <= db.stored_day(last)] if last else []
        return functools.reduce(operator.and_, days) if days else None

    @property
    def of_campaigns(self) -> Sequence[Any]:
        """The conditions on the campaigns."""
        chosen = [] if self.platform is None else [Campaign.platform.matches(self.platform)]
        chosen += [] if self.project_id is None else [Campaign.project == self.project_id]
        chosen += [] if self.status is None else [Campaign.status == self.status]
        return chosen if self.ids is None else [*chosen, Campaign.id.in_(self.ids)]

    @property
    def is_of_platform(self) -> bool:
        """Whether it is all campaigns, or those of a platform."""
        return self.project_id is None and self.status is None and self.ids is None

    @property
    def is_plain(self) -> bool:
        """Whether each row of these days and campaigns can be read and added up, and is of now."""
        return (
            self.day is Metrics.date and not self.left_out and self.as_of is self.at_age is None and not self.as_closed
        )


def scope(
    start_date: date | str | None,
    end_date: date | str | None,
    *,
    platform: str | None = None,
    project_id: str | None = None,
    status: str | None = None,
    campaign_ids: Sequence[str] | None = None,
    as_of: moments.Given | None = None,
    as_closed: bool = False,
    at_age: int | None = None,
    **window: Unpack[Words],
) -> Scope:
    """The rows of these days and campaigns; None means all."""
    if isinstance(campaign_ids, str):
        raise BadRequestError("campaign_ids must be a list of ids", f"Give [{campaign_ids!r}]")
    first, last = windows.days(start_date, end_date, **window)
    first, last = Metrics.date.argument(first, "start_date"), Metrics.date.argument(last, "end_date")
    if at_age is not None and (as_of is not None or as_closed):
        raise BadRequestError("the same age, and another time of knowledge, ask for different figures", "Leave out one")
    when: dict[str, Any] = {"as_of": moments.chosen(as_of, as_closed=as_closed), "as_closed": as_closed}
    asked = Scope(platform, project_id, campaign_ids, first, last, Metrics.date, status=status, at_age=at_age, **when)
    others = _suspects()
    return asked if others is None else _without_unread(asked, others)


def _suspects() -> pw.SQL | None:
    """A condition for the rows of a file that may be unreadable. None if there are none, which is seen at once.

    A day such as 2026-02-31 looks like any other. That there is one is known from the triggers of the stored sums.
    """
    others = other_forms.present(Metrics)
    if db.keeps_types or state.missing_triggers() or state.OTHER not in state.marked_months():
        return others
    no_day = f"{dialect().is_day} IS NOT TRUE"
    return pw.SQL(no_day if others is None else f"({others.sql} OR {no_day})")


def readable(asked: Scope, *, with_projects: bool) -> Scope:
    """The same without the rows that made a report fail, with a warning for each. Checks campaigns and projects too."""
    if db.keeps_types:
        others = other_forms.suspicious(Metrics)
        return asked if others is None else _without_unread(asked, others)
    campaigns = Campaign.select().where(True, *asked.of_campaigns)
    left_out = [*asked.left_out, *_without_parents(campaigns, Metrics.campaign)]
    if with_projects:
        left_out += _without_parents(Project.select(), Campaign.project)
    return replace(asked, left_out=left_out)


def _without_unread(asked: Scope, others: pw.SQL) -> Scope:
    """Without rows with an unreadable figure or day. In a file, with days as they are read."""
    day = asked.day if db.keeps_types else daily_rows.day_as_read()
    unread = list(_unread(replace(asked, day=day), others))
    for row in unread:
        row.tell()
    ids = pw.SQL("(SELECT value FROM json_each(?))", [json.dumps([row.id for row in unread])])
    kept_out = pw.SQL(f"{others.sql} IS NOT TRUE") if db.keeps_types else Metrics.id.not_in(ids)
    return replace(asked, day=day, left_out=[*asked.left_out, kept_out] if unread else asked.left_out)


def _unread(asked: Scope, others: pw.SQL) -> Iterator[Unread]:
    fields = [fields_of(Metrics)[name] for name in _READ]
    twin: Any = Metrics.alias()
    same_day = twin.select(pw.SQL("1")).where(
        twin.campaign == Metrics.campaign, twin.date == asked.day, twin.id != Metrics.id
    )
    query = Metrics.select(*fields, asked.day, pw.fn.EXISTS(same_day)).join(Campaign)
    seen = set()
    for *raw, day, has_twin in reading.raw_rows(query.where(others, *asked.of_campaigns).order_by(Metrics.id)):
        cells, wrong = reading.read_cells(fields, raw)
        known: date | None = cells.get("date")
        if known and ((asked.first and known < asked.first) or (asked.last and known > asked.last)):
            continue
        key = cells.get("campaign_id"), known
        if not wrong and str(known) != str(day):
            wrong["date"] = f"date holds {raw[2]!r}, which cannot be read"
        elif not wrong and str(known) != raw[2] and (has_twin or key in seen):
            wrong["date"] = f"campaign {key[0]} has {known} twice"
        if wrong:
            yield Unread("metrics", raw[0], "; ".join(wrong.values()))
        seen.add(key)


def _without_parents(parents: Any, reference: Any) -> Sequence[Any]:
    """The condition that a reference is to none of these rows that cannot be read. Nothing if all can be read."""
    unread = reading.unread_in(parents)
    for row in unread:
        row.tell()
    ids = json.dumps([row.id.hex() if isinstance(row.id, bytes) else row.id.encode().hex() for row in unread])
    named = pw.fn.LOWER(pw.fn.HEX(reference)).in_(pw.SQL("(SELECT value FROM json_each(?))", [ids]))
    return [reference.is_null() | ~named] if unread else []
