"""The daily figures of campaigns as the database keeps them, many at a time: plain tuples, no model instances.

Owns what makes a million of them quick, and must come to the very values that `fields` and `measures` would write:
amounts in millionths become numbers here, and ratios are rounded as exactly as there. Decides nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import peewee as pw

from adops_cli import measures
from adops_cli.data import bulk, crud, reading
from adops_cli.data.reading import Unread
from adops_cli.errors import UnreadableRowError
from adops_cli.measures import FIGURES, STORED_RATIOS
from adops_cli.storage import other_forms
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

_METADATA = COLUMNS.index("metadata")
_MILLION = 1_000_000
_CERTAIN = 1e9
"""Below it a quotient is off by less than 1e-7, so that only one nearer than that to a half is in doubt."""
_EXACT = 2**53
_UNDECIDED = 0.4999999
_AT_ONCE = 400
"""Campaigns in one query: few enough for any engine's limit of parameters."""
_BLANKS = " \t\r\n"
_FIELDS = fields_of(Metrics)


def stored(campaign_ids: Sequence[str], first: str, last: str) -> Iterator[Sequence[Any]]:
    """The rows of these campaigns from the first day to the last, both included, as `COLUMNS`.

    By campaign and day, some campaigns at a time: what is told of them stands in the same order on every engine.
    """
    day = db.plain(_FIELDS["date"]) if other_forms.present(Metrics) is None else day_as_read()
    for start in range(0, len(campaign_ids), _AT_ONCE):
        some = campaign_ids[start : start + _AT_ONCE]
        columns = [day if name == "date" else db.plain(field) for name, field in _FIELDS.items()]
        query = Metrics.select(*columns).where(Metrics.campaign.in_(some), day.between(first, last))
        # The cursor itself: Peewee would make a Decimal of each amount.
        yield from db.execute(query.order_by(Metrics.campaign, Metrics.date))


def day_as_read() -> Any:
    """The day of a row in SQLite's SQL, in whatever form: a day, or its midnight in UTC, which are all that is read.

    Where there is no other form, the column itself says the same along its index.
    """
    return pw.fn.substr(pw.fn.trim(Metrics.date, _BLANKS), 1, 10, python_value=Metrics.date.python_value)


def lock(campaign_ids: Collection[str]) -> None:
    """Keep others from recording figures of these campaigns until the transaction ends; settle their days."""
    ids = sorted(campaign_ids)
    for start in range(0, len(ids), _AT_ONCE):
        crud.lock(Campaign, ids[start : start + _AT_ONCE])
    settle(ids)


def settle(campaign_ids: Collection[str]) -> None:
    """Write the days of these campaigns in our form, so that each is found by its key; but for one that is twice."""
    if other_forms.present(Metrics) is None:
        return
    for some in pw.chunked(campaign_ids, _AT_ONCE):
        for row in reading.in_other_forms(Metrics, ("id", "date"), Metrics.campaign.in_(some)):
            db.execute_sql('UPDATE OR IGNORE "metrics" SET "date" = ? WHERE "id" = ?', (str(row["date"]), row["id"]))


def counts(campaign_ids: Sequence[str], first: str, last: str) -> dict[str, int]:
    """How many days from the first to the last are stored of each of these campaigns that has any."""
    found: dict[str, int] = {}
    for start in range(0, len(campaign_ids), _AT_ONCE):
        some = campaign_ids[start : start + _AT_ONCE]
        query: Any = Metrics.select(Metrics.campaign, pw.fn.COUNT(Metrics.id)).where(
            Metrics.campaign.in_(some), Metrics.date.between(first, last)
        )
        found.update(query.group_by(Metrics.campaign).tuples())
    return found


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
    if -_EXACT < nearest < _EXACT:
        return nearest / _MILLION
    return db.number(Decimal(nearest).scaleb(-6))  # a double has not all of its digits, and PostgreSQL keeps them


def _half_even(above: int, below: int) -> int:
    if below < 0:
        above, below = -above, -below
    whole, rest = divmod(above, below)
    twice = rest + rest
    return whole + (twice > below or (twice == below and whole & 1))


def metadata_of(row: Sequence[Any]) -> Any:
    """The metadata of a row given as `COLUMNS`; an `UnreadableRowError` that names the row where it cannot be read."""
    try:
        return Metrics.metadata.python_value(row[_METADATA])
    except UnreadableRowError as error:
        raise Unread("metrics", row[0], error.what).error() from error


def ratios_of_stored(figures: Sequence[Any]) -> Sequence[Number | None]:
    """The same of five figures as the database keeps them; an error that names the column for what is no number."""
    known = {name: _FIELDS[name].python_value(value) for name, value in zip(FIGURES, figures, strict=True)}
    found = measures.stored_ratios(known)
    return [_FIELDS[name].db_value(found[name]) for name in STORED_RATIOS]


def have_days(campaign_ids: Collection[str]) -> set[str]:
    """Those of the campaigns that have any day."""
    ids, found = list(campaign_ids), set[str]()
    for start in range(0, len(ids), _AT_ONCE):
        query: Any = Metrics.select(Metrics.campaign).where(Metrics.campaign.in_(ids[start : start + _AT_ONCE]))
        found.update(id for (id,) in query.distinct().tuples())
    return found
