"""Ready-made rules on rates: cost per action, click rate, and tracking that is silent.

A week is compared with the four weeks before. Conversions arrive late: cost per action is of final days only. Silence
is seen at once, but a day that is not final counts only by the part of its conversions that is known at its age.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import peewee as pw

from adops_cli import measures
from adops_cli.data.alerts.finding import CRITICAL, WARNING, Finding, found, shown
from adops_cli.data.alerts.morning import PAST, Day, Member, Morning, lag_key
from adops_cli.periods import ONE_DAY

# The constants, and where they come from.
NOW, BEFORE = 7, 28
"""Days of both sides: whole weeks, so that weekdays weigh alike."""
CPA_UP, CPA_FAR_UP = Decimal("1.5"), Decimal(2)
"""Cost per action is up, and critical, at so many times of before (mureo)."""
LEAST_CONVERSIONS = 30
"""On the larger side; fewer say too little (mureo, openppc)."""
CTR_DOWN, CTR_FAR_DOWN = Decimal("0.5"), Decimal("0.3")
"""The click rate is down, and critical, at this part of before (mureo)."""
LEAST_IMPRESSIONS = 1_000
"""On both sides (mureo)."""
EXPECTED = 10
"""So many conversions are expected, and there are none: by chance once in 22,000 times (Poisson, e^-10)."""
_MONTH = timedelta(28)
_AT_ONCE = 200


def _sides(morning: Morning, *, late: bool, unknown: list[str], rule: str) -> Iterator[tuple[Member, date, Day, Day]]:
    """Each member with the last day of its week, the week, and the four weeks before it."""
    ends: dict[tuple[str, str | None], date | None] = {}
    for id, member in morning.members.items():
        key = member.account.platform, member.account.name
        if key not in ends:
            ends[key] = morning.end([member.account], NOW + BEFORE if late else NOW, late=late)
            if ends[key] is None:
                unknown.append(f"{rule} of {lag_key(member.account)}: too few days are final")
        last = ends[key]
        if last is None:
            continue
        now, before = morning.over(last, NOW).get(id), morning.over(last - timedelta(NOW), BEFORE).get(id)
        if now is not None and before is not None:
            yield member, last, now, before


def cpa_up(morning: Morning, unknown: list[str]) -> Iterator[Finding]:
    """Conversions cost more than before."""
    for member, last, now, before in _sides(morning, late=True, unknown=unknown, rule="cpa_up"):
        cost, usual = (measures.ratio(one.spend, one.conversions) for one in (now, before))
        if cost is None or not usual or cost < CPA_UP * usual:
            continue
        if max(now.conversions or 0, before.conversions or 0) < LEAST_CONVERSIONS:
            continue
        currency, times = member.campaign.currency, cost / usual
        yield found(
            *("cpa_up", CRITICAL if times >= CPA_FAR_UP else WARNING, member.whom, (last - timedelta(NOW - 1), last)),
            f"a conversion costs {shown(cost, currency)}, {times:.1f} times {shown(usual, currency)} before",
            figure="cpa",
            value=cost,
            expected=usual,
            at_stake=(now.spend or 0) - (now.conversions or 0) * usual,
            since=last,
            exact=False,
            numbers=_both(now, before, ("spend", "conversions")),
        )


def ctr_down(morning: Morning, unknown: list[str]) -> Iterator[Finding]:
    """Fewer clicks of as many impressions."""
    for member, last, now, before in _sides(morning, late=False, unknown=unknown, rule="ctr_down"):
        rate, usual = (measures.ratio(one.clicks, one.impressions) for one in (now, before))
        if rate is None or not usual or rate > CTR_DOWN * usual:
            continue
        if min(now.impressions or 0, before.impressions or 0) < LEAST_IMPRESSIONS:
            continue
        part = rate / usual
        yield found(
            *("ctr_down", CRITICAL if part <= CTR_FAR_DOWN else WARNING, member.whom),
            (last - timedelta(NOW - 1), last),
            f"the click rate is {rate:.2%}, and was {usual:.2%} before",
            figure="ctr",
            value=rate,
            expected=usual,
            at_stake=(now.spend or 0) * (1 - part),
            exact=False,
            numbers=_both(now, before, ("clicks", "impressions")),
        )


def _both(now: Day, before: Day, names: tuple[str, ...]) -> dict[str, object]:
    return {
        f"{name}{side}": getattr(row, name) for side, row in (("Now", now), ("Before", before)) for name in names
    } | {"daysNow": NOW, "daysBefore": BEFORE}


def tracking_silent(morning: Morning, unknown: list[str]) -> Iterator[Finding]:  # noqa: ARG001 - as for the others
    """Clicks as usual, and no conversion any more."""
    suspects = [
        id for id, member in morning.members.items() if _may_be_silent(morning, id, morning.newest(member.account))
    ]
    for some in pw.chunked(suspects, _AT_ONCE):
        rows = morning.rows(some, morning.last - timedelta(PAST), morning.last, ("clicks", "conversions", "spend"))
        for id in some:
            yield from _silence(morning, morning.members[id], rows[id])


def _may_be_silent(morning: Morning, id: str, last: date) -> bool:
    """Whether its newest day has clicks and no conversion, and enough are usual: the days of few must be read."""
    newest, week, whole = (morning.over(last, days).get(id) for days in (1, NOW, PAST))
    if newest is None or week is None or whole is None or newest.conversions or not newest.clicks or not whole.clicks:
        return False
    usual = (whole.conversions or 0) / Decimal(whole.clicks)
    enough = not week.conversions or (week.clicks or 0) * usual >= EXPECTED
    return enough and (whole.conversions or 0) >= EXPECTED


def _silence(morning: Morning, member: Member, days: Mapping[date, Day]) -> Iterator[Finding]:
    last = since = morning.newest(member.account)
    first = morning.last - timedelta(PAST)
    while since > first and not days.get(since - ONE_DAY, _NONE).conversions:
        since -= ONE_DAY
    usual = [one for day, one in days.items() if since - _MONTH <= day < since]
    conversions, clicks = (measures.total(getattr(one, name) for one in usual) for name in ("conversions", "clicks"))
    if not conversions or not clicks or clicks < conversions:
        return
    rate = Fraction(conversions) / Fraction(clicks)
    quiet = {day: one for day, one in days.items() if since <= day <= last and one.clicks}
    expected = sum(
        (rate * (one.clicks or 0) * _known_part(morning, member, day) for day, one in quiet.items()), Fraction()
    )
    if expected < EXPECTED:
        return
    spent = sum((one.spend or Decimal(0) for one in quiet.values()), Decimal(0))
    yield found(
        *("tracking_silent", CRITICAL, member.whom, (since, last)),
        f"no conversion since {since}, of {shown(measures.total(one.clicks for one in quiet.values()))} clicks; "
        f"{float(expected):,.0f} were to be expected by now",
        figure="conversions",
        value=Decimal(0),
        expected=Decimal(round(expected * 100)) / 100,
        at_stake=spent,
        since=since,
        numbers={"conversionsBefore": conversions, "clicksBefore": clicks, "days": len(quiet)},
    )


_NONE = Day(None, None, None, None, None)


def _known_part(morning: Morning, member: Member, day: date) -> Fraction:
    """The part of a day's conversions that is known at its age: all of a final day, nothing where nobody knows."""
    if morning.is_final(member.account, day):
        return Fraction(1)
    known = morning.finality.lag(lag_key(member.account), "conversions", str(day))
    part = None if known is None else known[0].completion(known[1])
    return Fraction(0) if part is None else Fraction(part)
