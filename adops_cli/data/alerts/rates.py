"""Ready-made rules on rates: click rate, and tracking that is silent.

A week is compared with the four weeks before. Silence is seen at once, but a day that is not final counts only by the
part of its conversions that is known at its age: nothing where nobody knows.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import peewee as pw

from adops_cli import measures
from adops_cli.data.acting.compare import compared
from adops_cli.data.alerts.figures import NOTHING, Figures
from adops_cli.data.alerts.finding import CRITICAL, WARNING, Finding, found, shown
from adops_cli.data.alerts.morning import PAST, Member, Morning, lag_key
from adops_cli.periods import ONE_DAY

# The constants, and where they come from.
NOW, BEFORE = 7, 28
"""Days of both sides: whole weeks, so that weekdays weigh alike."""
CTR_DOWN, CTR_FAR_DOWN = Decimal("0.5"), Decimal("0.3")
"""The click rate is down, and critical, at this part of before (mureo)."""
LEAST_IMPRESSIONS = 1_000
"""On both sides (mureo)."""
EXPECTED = 10
"""So many conversions are expected, and there are none: by chance once in 22,000 times (Poisson, e^-10)."""
_MONTH = timedelta(28)
_AT_ONCE = 200


def ctr_down(morning: Morning) -> Iterator[Finding]:
    """Fewer clicks of as many impressions."""
    for id, member in morning.members.items():
        last = morning.newest(member.account)
        now, before = morning.over(last, NOW).get(id), morning.over(last - timedelta(NOW), BEFORE).get(id)
        if now is None or before is None:
            continue
        rate, usual = (measures.ratio(one["clicks"], one["impressions"]) for one in (now, before))
        if rate is None or not usual or rate > CTR_DOWN * usual:
            continue
        if min(now["impressions"] or 0, before["impressions"] or 0) < LEAST_IMPRESSIONS:
            continue
        if not compared(before, now).significant["ctr"]:
            continue
        part = rate / usual
        yield found(
            *("ctr_down", CRITICAL if part <= CTR_FAR_DOWN else WARNING, member.whom),
            (last - timedelta(NOW - 1), last),
            f"the click rate is {rate:.2%}, and was {usual:.2%} before",
            figure="ctr",
            value=rate,
            expected=usual,
            at_stake=(now["spend"] or 0) * (1 - part),
            exact=False,
            numbers=_both(now, before, ("clicks", "impressions")),
        )


def _both(now: Figures, before: Figures, names: tuple[str, ...]) -> dict[str, object]:
    return {f"{name}{side}": row[name] for side, row in (("Now", now), ("Before", before)) for name in names} | {
        "daysNow": NOW,
        "daysBefore": BEFORE,
    }


def tracking_silent(morning: Morning, unknown: list[str]) -> Iterator[Finding]:
    """Clicks as usual, and no conversion any more."""
    silent = morning.without_conversions
    usual = morning.over(morning.last, PAST, ("conversions",)) if silent else {}
    suspects = [id for id in silent if id in usual and (usual[id]["conversions"] or 0) >= EXPECTED]
    for some in pw.chunked(suspects, _AT_ONCE):
        rows = morning.rows(some, morning.last - timedelta(PAST), morning.last, ("clicks", "conversions", "spend"))
        for id in some:
            yield from _silence(morning, morning.members[id], rows[id], unknown)


def _silence(morning: Morning, member: Member, days: Mapping[date, Figures], unknown: list[str]) -> Iterator[Finding]:
    last = since = morning.newest(member.account)
    first = morning.last - timedelta(PAST)
    while since > first and not days.get(since - ONE_DAY, NOTHING)["conversions"]:
        since -= ONE_DAY
    usual = [one for day, one in days.items() if since - _MONTH <= day < since]
    conversions, clicks = (measures.total(one[name] for one in usual) for name in ("conversions", "clicks"))
    if not conversions or not clicks or clicks < conversions:
        return
    rate = Fraction(conversions) / Fraction(clicks)
    quiet = {day: one for day, one in days.items() if since <= day <= last and one["clicks"]}
    parts = {day: morning.known_part(member.account, day) for day in quiet}
    expected = sum((rate * (one["clicks"] or 0) * (parts[day] or 0) for day, one in quiet.items()), Fraction())
    if expected < EXPECTED:
        if None in parts.values() and rate * sum(one["clicks"] or 0 for one in quiet.values()) >= EXPECTED:
            unknown.append(f"tracking_silent of {lag_key(member.account)}: nobody knows how many conversions are late")
        return
    spent = sum((one["spend"] or Decimal(0) for one in quiet.values()), Decimal(0))
    yield found(
        *("tracking_silent", CRITICAL, member.whom, (since, last)),
        f"no conversion since {since}, of {shown(measures.total(one['clicks'] for one in quiet.values()))} clicks; "
        f"{float(expected):,.0f} were to be expected by now",
        figure="conversions",
        value=Decimal(0),
        expected=Decimal(round(expected * 100)) / 100,
        at_stake=spent,
        since=since,
        numbers={"conversionsBefore": conversions, "clicksBefore": clicks, "days": len(quiet)},
    )
