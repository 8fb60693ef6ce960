"""Adds up stale months from their daily rows, each in a transaction of its own, so that others can write in between."""

import calendar
import contextlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from adops_cli.errors import AdopsError, BusyError
from adops_cli.measures import FIGURES
from adops_cli.storage import other_forms
from adops_cli.storage.handle import db
from adops_cli.storage.models import Metrics
from adops_cli.storage.rollups import state
from adops_cli.storage.rollups.dialect import REPORTED, Dialect, dialect
from adops_cli.storage.rollups.follow import (
    CAMPAIGN_KEY,
    PERIOD_KEY,
    changed,
    listed,
    lock_campaigns,
    lock_sums,
    upsert,
)

_COLUMNS = listed(("campaignId", "date", *FIGURES))
_ROWS = f'SELECT {_COLUMNS}, 1 AS "sign" FROM "metrics" WHERE "date" BETWEEN {{0}} AND {{0}} AND {{1}}'


def refresh(
    months: Collection[str] | None = None, advance: Callable[[str], None] = lambda _month: None
) -> Sequence[str]:
    """Add up the stale months, or those of them that are given. Return the months that stay stale.

    A month with a value that cannot be added up stays stale. Nothing is done without the triggers, as in JSON mode.
    """
    if state.missing_triggers():
        return []
    if state.EVERYTHING in state.marked_months():
        with db.atomic():
            _require_sums()
            forget()
    stale, left = state.marked_months(), []
    for month in sorted(stale if months is None else stale & set(months)):
        with db.atomic():
            _require_sums()
            if not _refresh(month):
                left.append(month)
        advance(month)
    return left


def refresh_between(first: str | None, last: str | None) -> None:
    """Add up the stale months that have one of these days, as far as that is possible. Those left are read by days."""
    if first is None or last is None or state.missing_triggers():
        return
    months = [month for month in state.marked_months() if first[:7] <= month <= last[:7]]
    with contextlib.suppress(AdopsError):
        refresh(months)


def _require_sums() -> None:
    if not lock_sums():
        raise BusyError("another process is adding up the figures", "Try again")


def forget() -> None:
    """Mark every month as stale, and drop all sums, so that `refresh` builds them anew."""
    with db.atomic():
        of_file = () if state.on_server() else ("rollup_writer",)
        for table in (*state.TABLES, "stale_months", "rollup_changes", *of_file):
            db.execute_sql(f'DELETE FROM "{table}"')
        db.execute_sql(f'INSERT INTO "stale_months" SELECT DISTINCT {dialect().month_or_other} FROM "metrics"')


def _refresh(month: str) -> bool:
    words = dialect()
    db.execute_sql(f'DELETE FROM "stale_months" WHERE "month" = {db.param}', (month,))
    if not state.is_month(month):
        return not _any(f"{words.month_or_other} = {db.param}", [month]) or _stays(month)
    first, last = days_of(month)
    ends = _stored(first, last) if state.on_server() else (month, f"{month}-99")  # with all that begins like the month
    if _any(f'"date" BETWEEN {db.param} AND {db.param} AND ({_unfit(words)})', ends):
        return _stays(month)
    if state.on_server():
        between = f'"date" BETWEEN {db.param} AND {db.param}'
        lock_campaigns(f'SELECT "campaignId" FROM "metrics" WHERE {between}', _stored(first, last))
    _count_in_all_time(month, words, sign="-")
    for sums in sums_of(month, but=state.marked_months()):  # their weeks are made with them
        db.execute_sql(f'DELETE FROM "{sums.table}" WHERE {sums.where}', sums.there)
        db.execute_sql(f'INSERT INTO "{sums.table}" ({listed(sums.columns)}) {sums.sql}', sums.given)
    _count_in_all_time(month, words, sign="+")
    db.execute_sql('DELETE FROM "campaign_totals" WHERE "span" = \'all\' AND "rows" = 0')
    return True


@dataclass(frozen=True)
class Sums:
    """The sums of one kind of span that a month has a part in, as stored and as they follow from other rows."""

    table: str
    where: str
    there: Sequence[Any]
    """The parameters of `where`, which is true of the stored rows."""
    columns: Sequence[str]
    sql: str
    """A query for what the stored rows must be."""
    given: Sequence[Any]


def sums_of(month: str, but: Collection[str] = ()) -> Sequence[Sums]:
    """All sums that a month has a part in: those of its campaigns, and those of its periods, which are made of them.

    Args:
        month: the month.
        but: other months, whose weeks are left out.
    """
    first, last = days_of(month)
    begin = first - timedelta(first.weekday())
    end = last + timedelta(min(6 - last.weekday(), (date.max - last).days))
    if str(begin)[:7] in but:
        begin += timedelta(7)
    if str(end)[:7] in but:
        end -= timedelta(7)
    return [
        _of_campaigns("month", first, last, (month, month)),
        _of_campaigns("week", begin, end, (str(begin), str(end))),
        _of_periods("month", (month, month)),
        _of_periods("week", (str(begin), str(end))),
        _of_days(first, last),
    ]


def days_of(month: str) -> tuple[date, date]:
    """The first and the last day of a month."""
    first = date.fromisoformat(f"{month}-01")
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _stored(*days: date) -> Sequence[Any]:
    return [db.stored_day(day) for day in days]


def _any(where: str, given: Sequence[object]) -> bool:
    return db.execute_sql(f'SELECT 1 FROM "metrics" WHERE {where} LIMIT 1', given).fetchone() is not None


def _unfit(words: Dialect) -> str:
    """What is true of a row that cannot be added up."""
    others = other_forms.suspicious(Metrics)
    return " OR ".join([f"{words.is_day} IS NOT TRUE", *([] if others is None else [others.sql])])


def _stays(month: str) -> bool:
    db.execute_sql(f'INSERT INTO "stale_months" VALUES ({db.param})', (month,))
    return False


def _count_in_all_time(month: str, words: Dialect, *, sign: str) -> None:
    """Take the sums of a month out of those of all time, or put them in."""
    columns = ("rows", *words.columns, *REPORTED)
    values = ", ".join(f'{sign}"{name}"' for name in columns)
    upsert(
        "campaign_totals",
        CAMPAIGN_KEY,
        (*columns, "days"),
        f"SELECT 'all', '', \"campaignId\", {values}, 0 FROM \"campaign_totals\" "
        f'WHERE "span" = \'month\' AND "start" = {db.param}',
        (month,),
    )


def _where() -> str:
    return f'"span" = {db.param} AND "start" BETWEEN {db.param} AND {db.param}'


def _of_campaigns(span: str, first: date, last: date, starts: tuple[str, str]) -> Sums:
    words = dialect()
    start, bit = words.start(span), words.bits[span]
    return Sums(
        "campaign_totals",
        _where(),
        (span, *starts),
        (*CAMPAIGN_KEY, "rows", "days", *words.columns, *REPORTED),
        f"SELECT '{span}', {start}, \"campaignId\", COUNT(*), SUM({bit}), {changed(words)} "
        f'FROM ({_ROWS.format(db.param, words.is_day)}) AS "rows" GROUP BY {words.groups[span]}, "campaignId"',
        _stored(first, last),
    )


def _of_periods(span: str, starts: tuple[str, str]) -> Sums:
    words = dialect()
    sums = ", ".join(f'SUM(t."{name}")' for name in (*words.columns, *REPORTED))
    return Sums(
        "period_totals",
        _where(),
        (span, *starts),
        (*PERIOD_KEY, "rows", "campaigns", *words.columns, *REPORTED),
        f'SELECT t."span", t."start", c."platform", {words.kept_currency}, SUM(t."rows"), COUNT(*), {sums} '
        'FROM "campaign_totals" AS t JOIN "campaigns" AS c ON c."id" = t."campaignId" '
        f'WHERE t."span" = {db.param} AND t."start" BETWEEN {db.param} AND {db.param} GROUP BY 1, 2, 3, 4',
        (span, *starts),
    )


def _of_days(first: date, last: date) -> Sums:
    words = dialect()
    keys = f"'day', {words.start('day')}, c.\"platform\", {words.kept_currency}"
    rows = _ROWS.format(db.param, words.is_day)
    return Sums(
        "period_totals",
        _where(),
        ("day", str(first), str(last)),
        (*PERIOD_KEY, "rows", "campaigns", *words.columns, *REPORTED),
        f"SELECT {keys}, COUNT(*), COUNT(*), {changed(words)} "
        f'FROM ({rows}) AS "rows" JOIN "campaigns" AS c ON c."id" = "campaignId" GROUP BY {words.groups["day"]}, 3, 4',
        _stored(first, last),
    )
