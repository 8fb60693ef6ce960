"""The daily figures of campaigns as the database keeps them, many at a time: plain tuples, no model instances.

Owns what makes a million of them quick, and must come to the very values that `fields` and `measures` would write:
amounts in millionths become numbers here, and ratios are rounded as exactly as there. Decides nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import peewee as pw

from adops_cli import measures, values
from adops_cli.data import bulk, crud
from adops_cli.measures import FIGURES, STORED_RATIOS
from adops_cli.storage.chunks import chunked_in
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Metrics, columns_of, fields_of

Number = int | float
"""An amount as SQLite keeps it: whole, or the nearest double."""

COLUMNS = tuple(columns_of(Metrics))
"""Of a stored row, in their order: id, campaignId, date, the five figures, the four ratios, metadata, syncedAt."""
WRITTEN = COLUMNS[1:]
"""What is written of a row whose id the database gives, or has given."""
KEY = ("campaignId", "date")
FIGURES_AT = slice(COLUMNS.index(FIGURES[0]), COLUMNS.index(FIGURES[-1]) + 1)
"""Where the five figures stand in a row."""

_MILLION = 1_000_000
_CERTAIN = 1e9
"""Below it a quotient is off by less than 1e-7, so that only one nearer than that to a half is in doubt."""
_UNDECIDED = 0.4999999
_FIELDS = fields_of(Metrics)


def stored(campaign_ids: Sequence[str], first: str, last: str) -> Iterator[Sequence[Any]]:
    """The rows of these campaigns from the first day to the last, both included, as `COLUMNS`.

    By campaign and day, some campaigns at a time: what is told of them stands in the same order on every engine.
    """
    columns = [db.as_sqlite_form(field) for field in _FIELDS.values()]
    rows: Any = Metrics.select(*columns).where(Metrics.date.between(first, last))
    for query in chunked_in(rows.order_by(Metrics.campaign, Metrics.date), Metrics.campaign, campaign_ids):
        yield from db.execute(query)  # the cursor itself: Peewee would make a Decimal of each amount


def lock(campaign_ids: Sequence[str]) -> None:
    """Keep others from recording figures of these campaigns until the transaction ends."""
    crud.lock(Campaign, campaign_ids)


def counts(campaign_ids: Sequence[str], first: str, last: str) -> dict[str, int]:
    """How many days from the first to the last are stored of each of these campaigns that has any."""
    rows: Any = Metrics.select(Metrics.campaign, pw.fn.COUNT(Metrics.id)).where(Metrics.date.between(first, last))
    some_at_a_time = chunked_in(rows.group_by(Metrics.campaign), Metrics.campaign, campaign_ids)
    return {id: days for query in some_at_a_time for id, days in query.tuples()}


def write(rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as `WRITTEN`, or let them take the place of what the campaign has of that day."""
    bulk.write_as_stored(Metrics, WRITTEN, rows, key=KEY)


def write_back(rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as `COLUMNS`, under the ids that they had."""
    bulk.write_as_stored(Metrics, COLUMNS, rows)


def delete(keys: Iterable[tuple[str, str]]) -> None:
    """Delete the rows of these campaigns and days."""
    db.execute_many(f'DELETE FROM "metrics" WHERE "campaignId" = {db.param} AND "date" = {db.param}', keys)


def number(millionths: int | None) -> float | None:
    """An amount of so many millionths as the nearest double, which a DECIMAL column keeps as an integer when whole."""
    return None if millionths is None else millionths / _MILLION


def ratios(
    impressions: int | None, clicks: int | None, conversions: int | None, spend: int | None, revenue: int | None
) -> tuple[Any, Any, Any, Any]:
    """ctr, cpc, cpa and roas as the database keeps them, of amounts in millionths; the same as `measures` gives."""
    return (
        _ratio(clicks, impressions, _MILLION),
        _ratio(spend, clicks, 1),
        _ratio(spend, conversions, _MILLION),
        _ratio(revenue, spend, _MILLION),
    )


def _ratio(above: int | None, below: int | None, scale: int) -> Any:
    """Above * scale / below, in millionths and rounded half-even, as a number."""
    if above is None or not below:
        return None
    millionths = above * scale / below
    nearest = round(millionths)
    if not -_CERTAIN < millionths < _CERTAIN or not -_UNDECIDED < millionths - nearest < _UNDECIDED:
        nearest = _half_even(above * scale, below)  # too large, or too near to a half, for a double to decide
    if -values.EXACT < nearest < values.EXACT:
        return nearest / _MILLION
    # A double has not all of its digits, and PostgreSQL keeps them.
    return db.stored_number(Decimal(nearest).scaleb(-6))


def _half_even(above: int, below: int) -> int:
    if below < 0:
        above, below = -above, -below
    whole, rest = divmod(above, below)
    twice = rest + rest
    return whole + (twice > below or (twice == below and whole & 1))


def ratios_of_stored(figures: Sequence[Any]) -> Sequence[Number | None]:
    """The same of five figures as the database keeps them; an error that names the column for what is no number."""
    known = {name: _FIELDS[name].python_value(value) for name, value in zip(FIGURES, figures, strict=True)}
    found = measures.stored_ratios(known)
    return [_FIELDS[name].db_value(found[name]) for name in STORED_RATIOS]


def have_days(campaign_ids: Collection[str]) -> set[str]:
    """Those of the campaigns that have any day."""
    some_at_a_time = chunked_in(Metrics.select(Metrics.campaign).distinct(), Metrics.campaign, campaign_ids)
    return {id for query in some_at_a_time for (id,) in query.tuples()}
