"""The daily figures of campaigns: record them by campaign and day, read them, sum them up.

Has the functions of the guide's data API. Reports themselves are made in `data.reports`.
"""

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from typing import Any, Unpack

from adops_cli import values
from adops_cli.data import daily_rows, frames, known_then, reports, windows
from adops_cli.data.access import batch, crud, keys, reading, statements
from adops_cli.data.access.conditions import Condition, Order, between
from adops_cli.data.access.jsonparts import with_merged_metadata
from adops_cli.data.closes import scope as closed_scope
from adops_cli.data.inputs import FigureChanges
from adops_cli.data.journal import moments
from adops_cli.data.journal.recorded import record_day, recorded, recorded_batch
from adops_cli.data.report_rows import ReportRow
from adops_cli.data.windows import Words
from adops_cli.errors import BadRequestError, NotFoundError
from adops_cli.measures import FIGURES, RATIOS, STORED_RATIOS, stored_ratios
from adops_cli.storage.choices import ImportKind
from adops_cli.storage.chunks import among, as_stored, chunked_in
from adops_cli.storage.fields import called
from adops_cli.storage.handle import atomically
from adops_cli.storage.models import Campaign, Metrics
from adops_cli.storage.rows import Rows
from adops_cli.storage.table import Table, fields_of, now

__all__ = [
    "ReportRow",
    "aggregate",
    "aggregate_by_platform",
    "create_many",
    "delete",
    "find",
    "frame",
    "get_latest",
    "get_metrics",
    "get_top_performers",
    "list",
    "record_many",
    "record_metrics",
]


AnyDay = date | str
_FIELDS = fields_of(Metrics)
_KEY = ("campaign_id", "date")
_WRITTEN = tuple(name for name in _FIELDS if name not in ("id", *_KEY))
_OF_CAMPAIGN = ("name", "platform")
"""What rows of a list have of their campaign."""
_NOT_RECORDED = ("id", *_OF_CAMPAIGN, *RATIOS)
"""What rows read from here have, too."""
_RECORDABLE = (*FIGURES, "metadata", "synced_at")


@atomically
def record_metrics(campaign_id: str, day: AnyDay, **figures: Unpack[FigureChanges]) -> Metrics:
    """Set a campaign's figures for one day. Those not given are not changed; None means "not reported".

    Takes impressions and clicks (whole numbers), conversions, spend and revenue (at most six decimals; spend and
    revenue in the campaign's currency), metadata and synced_at (by default now). `metadata` is replaced,
    `merge_metadata` sets some of its keys. Calculates ctr, cpc, cpa and roas.
    """
    changes = {name: value for name, value in figures.items() if name.endswith("metadata")}
    plain = with_merged_metadata(None, figures) if changes else figures
    given = _read({**plain, "campaign_id": campaign_id, "date": day})
    if not daily_rows.lock([campaign_id]):
        raise keys.unknown(_FIELDS["campaign_id"], campaign_id)
    stored = statements.by_key(Metrics, {name: given[name] for name in _KEY})
    before = None if stored is None else daily_rows.as_stored(stored)
    row = stored or Metrics()
    if changes:
        given |= crud.read_fields(Metrics, with_merged_metadata(row.metadata, changes))
    for name, value in given.items():
        setattr(row, name, value)
    for name in STORED_RATIOS:
        setattr(row, name, getattr(row, name))  # which is calculated, and is now stored
    if stored:
        statements.update(row, _WRITTEN, key=_KEY)
    else:
        statements.insert(row)
    record_day(ImportKind.RECORD, before, daily_rows.as_stored(row))
    return row


def record_many(rows: Iterable[Mapping[str, Any]]) -> int:
    """Record figures of many campaigns and days, all or none. Return how many rows were recorded.

    Each row is a mapping with `campaign_id`, `date` and the figures that `record_metrics` takes, in either spelling.
    Ids, names, platforms and ratios, which rows read from here have, are ignored. Raises as `record_metrics` does,
    with the position of the row, from 1.
    """
    return batch.write_all(WRITER, rows).read


create_many = record_many


def get_metrics(
    campaign_id: str, start_date: AnyDay | None = None, end_date: AnyDay | None = None, **window: Unpack[Words]
) -> Rows[Metrics]:
    """The stored days of a campaign, both ends included, newest first. `NotFoundError` for an unknown campaign."""
    rows = list(campaign_id=campaign_id, start_date=start_date, end_date=end_date, **window)
    return rows or _none_of(campaign_id)


def get_latest(campaign_id: str, n: int = 30) -> Rows[Metrics]:
    """The newest `n` stored days of a campaign, newest first. `NotFoundError` for an unknown campaign."""
    if n < 1:
        raise BadRequestError(f"the number of days must be 1 or more, not {n}")
    return list(campaign_id=campaign_id, limit=n) or _none_of(campaign_id)


def list(
    *,
    campaign_id: str | None = None,
    campaign_ids: Sequence[str] | None = None,
    platform: str | None = None,
    start_date: AnyDay | None = None,
    end_date: AnyDay | None = None,
    sort: str | None = None,
    limit: int | None = None,
    offset: int = 0,
    as_of: moments.Given | None = None,
    as_closed: bool = False,
    **window: Unpack[Words],
) -> Rows[Metrics]:
    """Daily rows of any campaign, newest first. Both ends of the range are included. A filter that is None is ignored.

    Instead of `start_date` and `end_date`, a window of words: `since="14d", until="7d"`, or `period="last-month"`.
    ctr, cpc, cpa and roas are calculated from the figures, whatever is stored. `name` and `platform` are those of the
    campaign; None if they cannot be read. `sort` can be one of these, too. `as_of` gives the rows as they were known
    then, as for `reports.report`, and `as_closed` those of closed periods as they were closed. Only these rows have
    `currency` and `account`.
    """
    first, last = windows.days(start_date, end_date, **window)
    conditions = between(Metrics.date, first, last, called=("start_date", "end_date"))
    if campaign_ids is not None:
        conditions.append(_of_campaigns(among(Metrics.campaign, campaign_ids)))
    if platform is not None:
        on_platform = Campaign.select(Campaign.id).where(Campaign.platform.matches(platform))
        conditions.append(_of_campaigns(Metrics.campaign.in_(on_platform)))
    filters = {"campaign_id": campaign_id}
    order = _order(sort) or sort
    days = [Metrics.date.argument(day, name) for day, name in ((first, "start_date"), (last, "end_date"))]
    known = moments.chosen(as_of, as_closed=as_closed)
    with known_then.tables(*days, as_of=known, as_closed=as_closed) if known or as_closed else nullcontext():
        found = crud.select(Metrics, filters, conditions, sort=order, newest="date", limit=limit, offset=offset)
        names = _names({row.campaign_id for row in found})
        owners = closed_scope.owners() if as_closed else {}
    for row in found:
        row.name, row.platform = names.get(row.campaign_id, (None, None))
        if (owner := owners.get(row.campaign_id)) is not None:
            row.currency, row.account = owner.currency, owner.account
    return found


def frame(
    *,
    campaign_id: str | None = None,
    campaign_ids: Sequence[str] | None = None,
    platform: str | None = None,
    start_date: AnyDay | None = None,
    end_date: AnyDay | None = None,
    sort: str | None = None,
    limit: int | None = None,
    offset: int = 0,
    as_of: moments.Given | None = None,
    as_closed: bool = False,
    engine: frames.Engine | None = None,
    exact: bool = False,
    **window: Unpack[Words],
) -> Any:
    """The same rows as a frame of pandas or polars, whichever is installed. `engine` says which.

    Money, conversions and ratios are floats or, with `exact=True`, Decimals. Days are dates, ids are text, and
    metadata is JSON text. Raises `AdopsError` if neither is installed.
    """
    rows = list(
        campaign_id=campaign_id,
        campaign_ids=campaign_ids,
        platform=platform,
        start_date=start_date,
        end_date=end_date,
        sort=sort,
        limit=limit,
        offset=offset,
        as_of=as_of,
        as_closed=as_closed,
        **window,
    )
    return frames.frame(rows, [*_FIELDS, *_OF_CAMPAIGN], engine, exact=exact)


def _of_campaigns(sql: Any) -> Condition:
    """A condition on the campaign, which the database checks for values in any form: an id has only one."""
    return Condition("campaign_id", sql, lambda _id: True, may_hold=sql)


def _order(sort: str | None) -> Order | None:
    """The order by a field of the campaign; None for any other."""
    name = (sort or "").removeprefix("-")
    if name not in _OF_CAMPAIGN:
        return None
    place = _OF_CAMPAIGN.index(name)
    by = Campaign.select(getattr(Campaign, name)).where(Campaign.id == Metrics.campaign)
    key = functools.cache(lambda campaign: _names([campaign]).get(campaign, (None, None))[place])
    return Order("campaign_id", str(sort).startswith("-"), by, key)


def _names(ids: Collection[str]) -> dict[str, Sequence[Any]]:
    """The names and platforms of these campaigns, by id."""
    query = Campaign.select(Campaign.id, Campaign.name, Campaign.platform)
    rows = (row for some in chunked_in(query, Campaign.id, map(as_stored, ids)) for row in reading.raw_rows(some))
    return {id: [cell if isinstance(cell, str) else None for cell in cells] for id, *cells in rows}


def find(campaign_id: str, day: AnyDay) -> Metrics:
    """A campaign's figures for one day. `NotFoundError` if there are none."""
    known = windows.day(day)
    found = list(campaign_id=campaign_id, start_date=known, end_date=known) or _none_of(campaign_id)
    if not found:
        hint = "Use `adops metrics list` to see the days that have some"
        raise NotFoundError(f"campaign {campaign_id!r} has no figures for {known}", hint)
    return found[0]


@atomically
def delete(campaign_id: str, day: AnyDay) -> dict[str, bool]:
    """Delete a campaign's figures for one day permanently. Return whether there were any."""
    daily_rows.lock([campaign_id])
    known = windows.day(day)
    query = Metrics.delete().where(Metrics.campaign == campaign_id, Metrics.date == known)
    with recorded(ImportKind.DELETE, [campaign_id], str(known), str(known)):
        return {"success": bool(query.execute())}


def aggregate(
    campaign_ids: Sequence[str] | None = None,
    start_date: AnyDay | None = None,
    end_date: AnyDay | None = None,
    **window: Unpack[Words],
) -> Rows[ReportRow]:
    """Sums and ratios over campaigns (None means all) and days, with one row for each currency that has stored days."""
    return reports.grouped("total", campaign_ids=campaign_ids, start_date=start_date, end_date=end_date, **window)


def aggregate_by_platform(
    start_date: AnyDay | None = None, end_date: AnyDay | None = None, **window: Unpack[Words]
) -> Rows[ReportRow]:
    """Sums and ratios, with one row for each platform and currency."""
    return reports.grouped("platform", start_date=start_date, end_date=end_date, **window)


get_top_performers = reports.get_top_performers


def _none_of(campaign_id: str) -> Rows[Metrics]:
    """An empty list, or `NotFoundError` if the campaign does not exist."""
    crud.find(Campaign, values.text(campaign_id))
    return Rows()


def _read(fields: Mapping[str, Any]) -> dict[str, Any]:
    figures = {name: value for name, value in fields.items() if name not in _KEY}
    if not figures:
        raise BadRequestError("no figure is given", f"Give at least one of {', '.join(FIGURES)}")
    for name in figures:
        if name not in _RECORDABLE:
            raise BadRequestError(
                f"{name!r} is not a figure that can be recorded", f"Use one of {', '.join(_RECORDABLE)}"
            )
    given = crud.read_fields(Metrics, {"synced_at": now(), **fields})
    for name in _KEY:
        if given.get(name) is None:
            raise BadRequestError(f"{called(_FIELDS[name])} is missing")
    return given


def _read_row(fields: Mapping[str, Any]) -> dict[str, Any]:
    return _read({name: value for name, value in fields.items() if name not in _NOT_RECORDED})


def _merged(stored: Table | None, values: dict[str, Any]) -> dict[str, Any]:
    row = {name: getattr(stored, name, None) for name in _FIELDS} | values
    return row | stored_ratios(row)


def _settle(rows: Iterable[Mapping[str, Any]]) -> None:
    daily_rows.settle({row["campaign_id"] for row in rows})


WRITER = batch.TableWriter(Metrics, _read_row, upsert_by=_KEY, merged=_merged, prepare=_settle, around=recorded_batch)
"""How to record many figures."""
