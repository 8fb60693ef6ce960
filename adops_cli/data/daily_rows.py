"""Reads and writes many daily figures in their stored form: as plain tuples, without model instances.

Owns what makes a million rows fast. The values must equal those that `fields` and `measures` would write: amounts in
millionths become numbers, and ratios are rounded just as exactly. Decides nothing.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from itertools import repeat
from typing import Any

import peewee as pw

from adops_cli import measures, values
from adops_cli.data.access import bulk, reading, statements
from adops_cli.data.access.reading import Unread
from adops_cli.errors import UnreadableRowError
from adops_cli.measures import FIGURES, STORED_RATIOS
from adops_cli.storage import other_forms
from adops_cli.storage.chunks import chunked_in
from adops_cli.storage.engines.loading import Loading
from adops_cli.storage.fields import writer_of
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Metrics
from adops_cli.storage.table import columns_of, fields_of

Number = int | float
"""An amount as SQLite stores it: an integer or the nearest double."""
Amounts = Sequence[int | None]
"""A column of amounts in millionths, or of counts."""

COLUMNS = tuple(columns_of(Metrics))
"""The columns of a stored row: id, campaignId, date, the five figures, the four ratios, metadata, syncedAt."""
WRITTEN = COLUMNS[1:]
"""The columns to write if the database assigns the id, or has already assigned it."""
KEY = ("campaignId", "date")
FIRST, LAST = "0001-01-01", "9999-12-31"
"""All days that there are."""
FIGURES_AT = slice(COLUMNS.index(FIGURES[0]), COLUMNS.index(FIGURES[-1]) + 1)
"""The place of the five figures in a row."""

_SPEND = COLUMNS.index("spend")
_MILLION = 1_000_000
_CERTAIN = 1e9
"""A quotient below this has an error of less than 1e-7, so only one that is closer than that to a half is in doubt."""
_UNDECIDED = 0.4999999
_WHOLE = 1.5 * 2**52
"""Doubles of this size have no decimals, so adding it and taking it off rounds a double, half to even."""
_BLANKS = " \t\r\n"
_FIELDS = fields_of(Metrics)


def stored(campaign_ids: Sequence[str], first: str = FIRST, last: str = LAST) -> Iterator[Sequence[Any]]:
    """The rows of these campaigns from the first day to the last, both included, as `COLUMNS`. All days by default.

    Ordered by campaign and day, a few campaigns at a time, so that reports have the same order on every engine.
    """
    columns = {name: db.as_sqlite_form(field) for name, field in _FIELDS.items()}
    day: Any = Metrics.date
    if other_forms.present(Metrics) is not None:
        day = columns["date"] = day_as_read()
    rows: Any = Metrics.select(*columns.values()).where(day.between(first, last))
    for query in chunked_in(rows.order_by(Metrics.campaign, Metrics.date), Metrics.campaign, campaign_ids):
        yield from db.execute(query)  # the cursor itself: Peewee would make a Decimal of each amount


def as_stored(row: Metrics) -> list[Any]:
    """A row that was read, as `COLUMNS`."""
    known = row.__data__
    return [None if (value := known.get(name)) is None else write(value) for name, write in _WRITERS]


def _in_double(amount: Decimal) -> Number:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _writer(field: Any) -> Callable[[Any], Any]:
    if field.field_type in {"DECIMAL", "RATIO"}:
        return _in_double
    return str if field.field_type == "DAY" else writer_of(field)


_WRITERS = [(field.name, _writer(field)) for field in _FIELDS.values()]


def day_as_read() -> Any:
    """The day of a row in SQL for SQLite, in any form that can be read: a day, or its midnight in UTC.

    The column itself can use its index, and has the same value unless other forms are present.
    """
    return pw.fn.substr(pw.fn.trim(Metrics.date, _BLANKS), 1, 10, python_value=Metrics.date.python_value)


def lock(campaign_ids: Collection[str]) -> Collection[str]:
    """Keep other processes from recording figures of these campaigns until the transaction ends. Settles the days.

    Returns the ids of the campaigns that exist.
    """
    there = statements.lock(Campaign, campaign_ids)
    settle(campaign_ids)
    return there


def settle(campaign_ids: Collection[str]) -> None:
    """Write the days of these campaigns in our form, so that each is found by its key. A repeated day is left alone."""
    if other_forms.present(Metrics) is None:
        return
    for row in reading.in_other_forms(Metrics, ("id", "date"), Metrics.campaign, campaign_ids):
        db.execute_sql('UPDATE OR IGNORE "metrics" SET "date" = ? WHERE "id" = ?', (str(row["date"]), row["id"]))


def counts(campaign_ids: Sequence[str], first: str, last: str) -> dict[str, int]:
    """How many days each of these campaigns has from the first to the last, without campaigns that have none."""
    rows: Any = Metrics.select(Metrics.campaign, pw.fn.COUNT(Metrics.id)).where(Metrics.date.between(first, last))
    some_at_a_time = chunked_in(rows.group_by(Metrics.campaign), Metrics.campaign, campaign_ids)
    return {id: days for query in some_at_a_time for id, days in query.tuples()}


def write(rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as `WRITTEN`, or replace the campaign's existing row for that day."""
    bulk.write_as_stored(Metrics, WRITTEN, rows, key=KEY)


def writing() -> AbstractContextManager[Loading]:
    """Write many such rows, some at a time. The database may still be busy with them until `wait`."""
    return bulk.writing_as_stored(Metrics, WRITTEN, key=KEY)


def write_back(rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as `COLUMNS`, with their former ids."""
    bulk.write_as_stored(Metrics, COLUMNS, rows)


def delete(keys: Iterable[tuple[str, str]]) -> None:
    """Delete the rows of these campaigns and days."""
    db.execute_many(f'DELETE FROM "metrics" WHERE "campaignId" = {db.param} AND "date" = {db.param}', keys)


def numbers(millionths: Amounts) -> list[float | None]:
    """The same as `number` for many amounts."""
    return [None if one is None else one / _MILLION for one in millionths]


def number(millionths: int | None) -> float | None:
    """An amount in millionths as the nearest double, which a DECIMAL column stores as an integer if it is whole."""
    return None if millionths is None else millionths / _MILLION


def ratios(
    impressions: int | None, clicks: int | None, conversions: int | None, spend: int | None, revenue: int | None
) -> tuple[Any, Any, Any, Any]:
    """ctr, cpc, cpa and roas of amounts in millionths, in their stored form. The same values as from `measures`."""
    return (
        _ratio(clicks, impressions, _MILLION),
        _ratio(spend, clicks, 1),
        _ratio(spend, conversions, _MILLION),
        _ratio(revenue, spend, _MILLION),
    )


def ratios_of_many(
    impressions: Amounts, clicks: Amounts, conversions: Amounts, spend: Amounts, revenue: Amounts
) -> tuple[Sequence[Any], ...]:
    """The same as `ratios` for many rows: the four columns."""
    return (
        _ratio_column(clicks, impressions, _MILLION),
        _ratio_column(spend, clicks, 1),
        _ratio_column(spend, conversions, _MILLION),
        _ratio_column(revenue, spend, _MILLION),
    )


def _ratio_column(above: Amounts, below: Amounts, scale: int) -> Sequence[Any]:
    """The quotients. Those that a double can decide are made without a call, which takes longer than all the rest."""
    if None in above:
        return list(map(_ratio, above, below, repeat(scale)))
    return [
        nearest / _MILLION
        if b
        and -_CERTAIN < (millionths := a * scale / b) < _CERTAIN  # type: ignore[operator]  # no `a` is None
        and -_UNDECIDED < millionths - (nearest := (millionths + _WHOLE) - _WHOLE) < _UNDECIDED
        else _ratio(a, b, scale)
        for a, b in zip(above, below, strict=True)
    ]


def _ratio(above: int | None, below: int | None, scale: int) -> Any:
    """The quotient above * scale / below in millionths, rounded half to even, as a number."""
    if above is None or not below:
        return None
    millionths = above * scale / below
    nearest = round(millionths)
    if not -_CERTAIN < millionths < _CERTAIN or not -_UNDECIDED < millionths - nearest < _UNDECIDED:
        nearest = _half_even(above * scale, below)  # too large, or too close to a half, for a double to decide
    if -values.EXACT < nearest < values.EXACT:
        return nearest / _MILLION
    # A double cannot hold all of its digits, and PostgreSQL stores them.
    return db.stored_number(Decimal(nearest).scaleb(-6))


def _half_even(above: int, below: int) -> int:
    if below < 0:
        above, below = -above, -below
    whole, rest = divmod(above, below)
    twice = rest + rest
    return whole + (twice > below or (twice == below and whole & 1))


def metadata_of(id: int, stored: Any) -> Any:
    """The value of a row's stored metadata. An `UnreadableRowError` that names the row if it cannot be read."""
    try:
        return Metrics.metadata.python_value(stored)
    except UnreadableRowError as error:
        raise Unread("metrics", id, error.what).error() from error


def spend_of(row: Sequence[Any]) -> Decimal:
    """The spend of a row given as `COLUMNS`, for adding up. One that cannot be read is left out, with a warning."""
    try:
        return Metrics.spend.python_value(row[_SPEND]) or Decimal()
    except UnreadableRowError as error:
        Unread("metrics", row[0], error.what).tell()
        return Decimal()


def ratios_of_stored(figures: Sequence[Any]) -> Sequence[Number | None]:
    """The same for five figures in their stored form. An error with the column for a value that is not a number."""
    known = {name: _FIELDS[name].python_value(value) for name, value in zip(FIGURES, figures, strict=True)}
    found = measures.stored_ratios(known)
    return [_FIELDS[name].db_value(found[name]) for name in STORED_RATIOS]


def have_days(campaign_ids: Collection[str]) -> set[str]:
    """Those of the campaigns that have at least one day, of which no more than that one is read."""
    day = Metrics.select(pw.SQL("1")).where(Metrics.campaign == Campaign.id)
    some_at_a_time = chunked_in(Campaign.select(Campaign.id).where(pw.fn.EXISTS(day)), Campaign.id, campaign_ids)
    if db.distributed:  # then no query can look into another table for each row
        some_at_a_time = chunked_in(Metrics.select(Metrics.campaign).distinct(), Metrics.campaign, campaign_ids)
    return {id for query in some_at_a_time for (id,) in query.tuples()}
