"""What the models find: shocks by the weekday model and drifts by CUSUM, of accounts, platforms and large campaigns.

The arithmetic is that of `weekday` and `cusum`. Conversions and revenue are looked at up to the last day that is final.
"""

import functools
import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import peewee as pw

from adops_cli.data.accounts import Account
from adops_cli.data.alerts import cusum, weekday
from adops_cli.data.alerts.finding import WARNING, Finding, Whom, found, shown
from adops_cli.data.alerts.morning import Morning
from adops_cli.data.report_scope import scope
from adops_cli.data.report_source import source_of
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Metrics

FIGURES = ("spend", "impressions", "clicks", "conversions", "revenue")
"""What is looked at, in this order."""
_DELIVERY = ("spend", "impressions", "clicks")
"""Whoever delivers less has less of all three: only the first that has moved in a direction is told."""
_COUNTS = ("impressions", "clicks", "conversions")
_DRIFTING = ("spend", "conversions", "revenue")
"""Only these: drifts of impressions and clicks, too, were measured to double the false alarms of delivery."""
LARGEST = 200
"""So many campaigns, by their spend of the last 28 days."""
_SPEND_OF = 28
_TOLD = 7
"""A drift is told for so many days after its alarm."""
_LATE = ("conversions", "revenue")
Rough = Mapping[str, float | None]
"""The figures of a day, of which models need no more than doubles."""


@dataclass(frozen=True)
class _Series:
    """The figures of somebody by day."""

    whom: Whom
    accounts: Sequence[Account]
    days: Mapping[date, Rough]
    opened: Collection[date]
    """The days whose conversions and revenue are not final."""
    zeros: Collection[date] = ()
    """The days that are 0 if there are no figures, because the account has some."""


def findings(morning: Morning, rules: frozenset[str], *, largest: int, least: Decimal) -> Iterator[Finding]:
    """The shocks (`anomaly`) and drifts (`drift`) with so much money at stake, by the names of the rules asked for."""
    for series in _every(morning, largest):
        told = set[bool]()
        for one in _unusual(series, morning):
            if one.figure in _DELIVERY:
                if _is_up(one) in told:
                    continue
                told.add(_is_up(one))
            if one.rule in rules and (one.at_stake is None or one.at_stake >= least):
                yield one


def _unusual(series: _Series, morning: Morning) -> Iterator[Finding]:
    """What is unusual of each figure."""
    running = None
    for figure in FIGURES:
        last = morning.end(series.accounts, 1, late=figure in _LATE)
        one = None if last is None else _of(series, figure, last)
        if one is not None and last is not None and one.campaign_id is None:
            running = running or _running(series, morning)
            one = _of(running, figure, last)
        if one is not None:
            yield one


def _is_up(one: Finding) -> bool:
    return (one.value or 0) > (one.expected or 0)


def _of(series: _Series, figure: str, last: date) -> Finding | None:
    values = _values(series, figure, last)
    if values[-1] is None:
        return None
    length = cusum.START if figure in _DRIFTING else 1
    days = list(weekday.days(values, last=length, counts=figure in _COUNTS))
    if days[-1] is not None and days[-1].is_unusual:
        return _shock(series, figure, last, days[-1])
    alarms = list(cusum.alarms(None if day is None else day.z for day in days)) if figure in _DRIFTING else []
    is_new = alarms and len(days) - alarms[-1].place <= _TOLD
    return _drift(series, figure, last, days, cusum.together(alarms)) if is_new else None


def _values(series: _Series, figure: str, last: date) -> list[float | None]:
    found: list[float | None] = []
    for day in _until(last):
        here = series.days.get(day)
        value = here[figure] if here is not None else 0.0 if day in series.zeros else None
        found.append(None if figure in _LATE and day in series.opened else value)
    return found


@functools.lru_cache(maxsize=64)
def _until(last: date) -> Sequence[date]:
    """The days that the model looks at, for the last one."""
    return [last - timedelta(age) for age in range(weekday.HISTORY, -1, -1)]


def _shock(series: _Series, figure: str, last: date, day: weekday.Day) -> Finding:
    currency = None if figure in _COUNTS else series.whom.currency
    value, expected = _amount(day.value), _amount(day.expected)
    return found(
        *("anomaly", WARNING, series.whom, (last, last)),
        f"{figure} is {shown(value, currency)} on {last}, {day.change:+.0%} beside the {shown(expected, currency)} "
        "to be expected",
        figure=figure,
        value=value,
        expected=expected,
        at_stake=_at_stake(series, figure, abs(value - expected), last, last),
        numbers={
            **{name: round(getattr(day, name), 4) for name in ("base", "centre", "spread", "z", "change")},
            "limit": weekday.UNUSUAL,
        },
    )


def _drift(series: _Series, figure: str, last: date, days: Sequence[weekday.Day | None], alarm: cusum.Drift) -> Finding:
    since, until = (last - timedelta(len(days) - 1 - place) for place in (alarm.onset, alarm.place))
    known = [day for day in days[alarm.onset : alarm.place + 1] if day is not None]
    value, expected = (sum(getattr(day, name) for day in known) / len(known) for name in ("value", "expected"))
    currency = None if figure in _COUNTS else series.whom.currency
    per_day, usual = _amount(value), _amount(expected)
    return found(
        *("drift", WARNING, series.whom, (since, until)),
        f"{figure} drifts {'up' if alarm.upward else 'down'} since {since}: {shown(per_day, currency)} a day, "
        f"{value / expected - 1:+.0%} beside the {shown(usual, currency)} to be expected",
        figure=figure,
        value=per_day,
        expected=usual,
        at_stake=_at_stake(series, figure, abs(per_day - usual) * len(known), since, until),
        since=since,
        exact=False,
        numbers={"sum": round(alarm.sum, 4), "limit": cusum.LIMIT, "slack": cusum.SLACK, "days": len(known)},
    )


def _amount(value: float) -> Decimal:
    return round(Decimal(value), 6)


def _at_stake(series: _Series, figure: str, gap: Decimal, first: date, last: date) -> Decimal | None:
    """The gap in money: of what is counted, at what one costs. None if it costs nothing.

    Of what is delivered, no more than was spent on these days.
    """
    if figure not in _COUNTS:
        return gap
    spend, count = (sum(day[name] or 0 for day in series.days.values()) for name in ("spend", figure))
    if not count or not spend:
        return None
    spent = sum(one["spend"] or 0 for day, one in series.days.items() if first <= day <= last)
    worth = float(gap) * spend / count
    return Decimal(min(worth, spent) if figure in _DELIVERY else worth)


# The series.


def _every(morning: Morning, largest: int) -> Iterator[_Series]:
    first = morning.last - timedelta(weekday.HISTORY + 1)
    fresh: dict[str, dict[int, Account]] = {}
    for one in morning.members.values():
        fresh.setdefault(one.account.platform, {})[id(one.account)] = one.account
    for platform, accounts in fresh.items():
        yield from _of_platform(morning, platform, list(accounts.values()), first)
    several = {platform: of.values() for platform, of in fresh.items() if len(of) > 1}
    if several:
        yield from _of_accounts(morning, [one for of in several.values() for one in of], first)
    yield from _of_campaigns(morning, first, largest)


def _running(series: _Series, morning: Morning) -> _Series:
    """The same without campaigns that have been paused or are over: that they spend no more is no news."""
    campaigns = (one for account in series.accounts for one in account.campaigns)
    over = [one for one in campaigns if one.last and one.currency == series.whom.currency and not morning.looks_at(one)]
    if not over:
        return series
    off = morning.by_day([one.id for one in over], min(series.days), max(series.days), FIGURES)
    rest = {
        day: {name: round((figures[name] or 0) - off.get(day, {}).get(name, 0), 6) for name in FIGURES}
        for day, figures in series.days.items()
    }
    return replace(series, days=rest)


def _opened(morning: Morning, accounts: Sequence[Account]) -> Collection[date]:
    """The days whose conversions and revenue are not final in all of these accounts."""
    days = (morning.last - timedelta(age) for age in range(weekday.HISTORY + 1))
    return {day for day in days if not all(morning.is_final(one, day) for one in accounts)}


def _of_platform(morning: Morning, platform: str, accounts: Sequence[Account], first: date) -> Iterator[_Series]:
    source = source_of(scope(first, morning.last, platform=platform)).only(FIGURES)
    days: dict[str, dict[date, Rough]] = {}
    for day, currency, *sums in source.by_day():
        days.setdefault(currency, {})[date.fromisoformat(day)] = _rough(source.sums.figures(sums))
    opened = _opened(morning, accounts)
    for currency, figures in days.items():
        yield _Series(_whom("platform", platform, platform, currency), accounts, figures, opened)


def _rough(figures: Mapping[str, Any]) -> Rough:
    return {name: None if value is None else float(value) for name, value in figures.items()}


def _whom(kind: str, platform: str, name: str, currency: str | None) -> Whom:
    ending = f" in {currency}" if currency else ""
    return Whom(f"{kind} {name}{ending}", platform, name=name, currency=currency or None)


def _of_accounts(morning: Morning, accounts: Sequence[Account], first: date) -> Iterator[_Series]:
    """Of each account in each currency. Their daily sums are stored nowhere, so all rows are added up.

    By one number each: to group by names would take a file twice as long. As doubles, for models need no more.
    """
    asked = scope(first, morning.last)
    names = [Campaign.platform, *(db.text_under(Campaign.metadata, key) for key in ("account", "currency"))]
    number = pw.fn.DENSE_RANK().over(order_by=names)
    keys = Campaign.select(Campaign.id.alias("id"), number.alias("number")).cte("keys", materialized=True)
    sums = [pw.fn.SUM(getattr(Metrics, name)).python_value(lambda value: value) for name in FIGURES]
    query = (
        Metrics.select(asked.day, keys.c.number, *sums)
        .join(keys, pw.JOIN.CROSS)  # so that a file goes along the index of days, which has the figures
        .where(keys.c.id == Metrics.campaign, asked.between(first, morning.last), *asked.left_out)
        .group_by(pw.SQL("1"), pw.SQL("2"))
        .with_cte(keys)
    )
    days: dict[int, dict[date, Rough]] = {}
    with db.translated_errors():
        named = {found: key for found, *key in db.execute(Campaign.select(number, *names).distinct())}
        for day, found, *values in db.execute(query):
            figures = dict(zip(FIGURES, values, strict=True))
            days.setdefault(found, {})[date.fromisoformat(str(day)[:10])] = _rough(figures)
    wanted = {(one.platform, one.name): one for one in accounts}
    for found, figures_of in days.items():
        platform, name, currency = named[found]
        account = wanted.get((platform, name or None))
        if account is not None:
            whom = _whom("account", platform, f"{platform} {name or ''}".rstrip(), currency)
            yield _Series(whom, [account], figures_of, _opened(morning, [account]))


def _of_campaigns(morning: Morning, first: date, largest: int) -> Iterator[_Series]:
    sums = morning.over(morning.last, _SPEND_OF, ("spend",)) if largest else {}
    spent = ((row["spend"], id) for id, row in sums.items() if id in morning.members)
    ids = [id for _, id in heapq.nlargest(largest, ((spend, id) for spend, id in spent if spend))]
    rows = morning.rows(ids, first, morning.last, FIGURES)
    of: dict[int, tuple[Collection[date], Collection[date]]] = {}
    for campaign_id in ids:
        member = morning.members[campaign_id]
        account = member.account
        if id(account) not in of:
            of[id(account)] = _opened(morning, [account]), frozenset(map(date.fromordinal, account.days))
        days = {day: {name: one.rough(name) for name in FIGURES} for day, one in rows[campaign_id].items()}
        yield _Series(member.whom, [account], days, *of[id(account)])
