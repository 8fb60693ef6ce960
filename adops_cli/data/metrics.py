"""The daily figures of campaigns: record them by campaign and day, read them, sum them up.

Has the functions of the guide's data API. Reports themselves are made in `data.reports`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Unpack

from adops_cli import values
from adops_cli.data import batch, crud, daily_rows, frames, reports
from adops_cli.data.conditions import between
from adops_cli.data.inputs import FigureFields
from adops_cli.data.reports import ReportRow
from adops_cli.errors import BadRequestError
from adops_cli.measures import FIGURES, RATIOS, STORED_RATIOS, stored_ratios
from adops_cli.storage.fields import called
from adops_cli.storage.handle import atomically
from adops_cli.storage.models import Campaign, Metrics, Table, fields_of, now
from adops_cli.storage.rows import Rows

__all__ = [
    "ReportRow",
    "aggregate",
    "aggregate_by_platform",
    "create_many",
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
_CALCULATED = ("id", *RATIOS)
_RECORDABLE = (*FIGURES, "metadata", "synced_at")


@atomically
def record_metrics(campaign_id: str, day: AnyDay, **figures: Unpack[FigureFields]) -> Metrics:
    """Set a campaign's figures for one day. Those not given are not changed; None means "not reported".

    Takes impressions and clicks (whole numbers), conversions, spend and revenue (at most six decimals; spend and
    revenue in the campaign's currency), metadata and synced_at (by default now). Calculates ctr, cpc, cpa and roas.
    """
    given = _read({**figures, "campaign_id": campaign_id, "date": day})
    crud.require_references(Metrics, given)
    daily_rows.lock([campaign_id])
    row = crud.get(Metrics, Metrics.campaign == campaign_id, Metrics.date == given["date"]) or Metrics()
    for name, value in given.items():
        setattr(row, name, value)
    for name in STORED_RATIOS:
        setattr(row, name, getattr(row, name))  # which is calculated, and is now stored
    row.save()
    return row


def record_many(rows: Iterable[Mapping[str, Any]]) -> int:
    """Record figures of many campaigns and days, all or none. Return how many rows were recorded.

    Each row is a mapping with `campaign_id`, `date` and the figures that `record_metrics` takes, in either spelling.
    Ids and ratios, which are in rows read from here, are ignored. Raises as `record_metrics` does, with the position of
    the row, from 1.
    """
    return batch.write_all(WRITER, rows).read


create_many = record_many


def get_metrics(campaign_id: str, start_date: AnyDay | None = None, end_date: AnyDay | None = None) -> Rows[Metrics]:
    """The stored days of a campaign, both ends included, newest first. `NotFoundError` for an unknown campaign."""
    rows = list(campaign_id=campaign_id, start_date=start_date, end_date=end_date)
    return rows or _none_of(campaign_id)


def get_latest(campaign_id: str, n: int = 30) -> Rows[Metrics]:
    """The newest `n` stored days of a campaign, newest first. `NotFoundError` for an unknown campaign."""
    if n < 1:
        raise BadRequestError(f"the number of days must be 1 or more, not {n}")
    return list(campaign_id=campaign_id, limit=n) or _none_of(campaign_id)


def list(
    *,
    campaign_id: str | None = None,
    start_date: AnyDay | None = None,
    end_date: AnyDay | None = None,
    sort: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Rows[Metrics]:
    """Daily rows of any campaign, newest first. Both ends of the range are included.

    ctr, cpc, cpa and roas are calculated from the figures, whatever is stored.
    """
    conditions = between(Metrics.date, start_date, end_date, called=("start_date", "end_date"))
    filters = {"campaign_id": campaign_id}
    return crud.select(Metrics, filters, conditions, sort=sort, newest="date", limit=limit, offset=offset)


def frame(
    *,
    campaign_id: str | None = None,
    start_date: AnyDay | None = None,
    end_date: AnyDay | None = None,
    sort: str | None = None,
    limit: int | None = None,
    offset: int = 0,
    engine: frames.Engine | None = None,
    exact: bool = False,
) -> Any:
    """The same rows as a frame of pandas or polars, whichever is installed. `engine` says which.

    Money, conversions and ratios are floats or, with `exact=True`, Decimals. Days are dates, ids are text, and
    metadata is JSON text. Raises `AdopsError` if neither is installed.
    """
    rows = list(
        campaign_id=campaign_id, start_date=start_date, end_date=end_date, sort=sort, limit=limit, offset=offset
    )
    return frames.frame(rows, [*_FIELDS], engine, exact=exact)


def aggregate(
    campaign_ids: Sequence[str] | None = None, start_date: AnyDay | None = None, end_date: AnyDay | None = None
) -> Rows[ReportRow]:
    """Sums and ratios over campaigns (None means all) and days, with one row for each currency that has stored days."""
    return reports.grouped("total", campaign_ids=campaign_ids, start_date=start_date, end_date=end_date)


def aggregate_by_platform(start_date: AnyDay | None = None, end_date: AnyDay | None = None) -> Rows[ReportRow]:
    """Sums and ratios, with one row for each platform and currency."""
    return reports.grouped("platform", start_date=start_date, end_date=end_date)


get_top_performers = reports.get_top_performers


def _none_of(campaign_id: str) -> Rows[Metrics]:
    """An empty list, or `NotFoundError` if the campaign does not exist."""
    crud.find(Campaign, values.text(campaign_id))
    return Rows()


def _read(fields: Mapping[str, Any]) -> dict[str, Any]:
    figures = {name: value for name, value in fields.items() if name not in ("campaign_id", "date")}
    if not figures:
        raise BadRequestError("no figure is given", f"Give at least one of {', '.join(FIGURES)}")
    for name in figures:
        if name not in _RECORDABLE:
            raise BadRequestError(
                f"{name!r} is not a figure that can be recorded", f"Use one of {', '.join(_RECORDABLE)}"
            )
    given = crud.read_fields(Metrics, {"synced_at": now(), **fields})
    for name in ("campaign_id", "date"):
        if given.get(name) is None:
            raise BadRequestError(f"{called(_FIELDS[name])} is missing")
    return given


def _read_row(fields: Mapping[str, Any]) -> dict[str, Any]:
    return _read({name: value for name, value in fields.items() if name not in _CALCULATED})


def _merged(stored: Table | None, values: dict[str, Any]) -> dict[str, Any]:
    row = {name: getattr(stored, name, None) for name in _FIELDS} | values
    return row | stored_ratios(row)


def _settle(rows: Iterable[Mapping[str, Any]]) -> None:
    daily_rows.settle({row["campaign_id"] for row in rows})


WRITER = batch.TableWriter(Metrics, _read_row, upsert_by=("campaign_id", "date"), merged=_merged, prepare=_settle)
"""How to record many figures."""
