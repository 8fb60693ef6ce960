"""Ready-made rules on delivery: no spend, a collapse, more than the daily budget, figures that cannot be.

What is usual of a day is the median of the same weekday in the four weeks before: whoever rests at weekends is not ill.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from statistics import median

from adops_cli.data.alerts.figures import Figures
from adops_cli.data.alerts.finding import CRITICAL, WARNING, Finding, found, shown
from adops_cli.data.alerts.morning import PAST, Morning
from adops_cli.periods import ONE_DAY

# The constants, and where they come from.
FEWEST_WEEKS = 3
"""So many of the four weekdays make a median; one may be a holiday."""
COLLAPSED = Decimal("0.10")
"""Delivery has collapsed at this part of the median or less (mureo)."""
LEAST_IMPRESSIONS = 1_000
"""A smaller median says too little (mureo)."""
DELIVERING = 14
"""Of the 28 days before, on so many there was delivery (mureo)."""
MOST_OF_BUDGET = 2
"""Google spends up to twice the daily budget on a day, and credits what is above it; Meta spends up to 1.75 times."""
RECENT = 7
"""The days in which figures that cannot be are looked for."""
_MONTH = timedelta(28)


def _usual(days: Sequence[Figures | None], figure: str) -> Decimal | None:
    """The median of the weekdays before. A day without a row is 0; None if too few of them report the figure."""
    known = [Decimal(0) if day is None else day[figure] for day in days]
    reported = [Decimal(value) for value in known if value is not None]
    return median(reported) if len(reported) >= FEWEST_WEEKS else None


def _now(day: Figures | None, figure: str) -> Decimal | None:
    value = Decimal(0) if day is None else day[figure]
    return None if value is None else Decimal(value)


def _silent(morning: Morning) -> Mapping[str, Decimal]:
    """The members that spend nothing, with what they usually do."""
    silent = {}
    for id, (now, *before) in morning.same_weekdays.items():
        if _now(now, "spend") == 0 and (usual := _usual(before, "spend")):
            silent[id] = usual
    return silent


def no_spend(morning: Morning) -> Iterator[Finding]:
    """Spends nothing while it is active."""
    silent = _silent(morning)
    if not silent:
        return
    first = morning.last - timedelta(PAST)
    rows = morning.rows(silent, first, morning.last, ("spend",))
    for id, usual in silent.items():
        member = morning.members[id]
        last = morning.newest(member.account)
        since = last
        while since > first and _now(rows[id].get(since - ONE_DAY), "spend") == 0:
            since -= ONE_DAY
        days = (last - since).days + 1
        words = f"no spend since {since} while active; {shown(usual, member.campaign.currency)} is usual on such a day"
        yield found(
            *("no_spend", CRITICAL, member.whom, (since, last), words),
            figure="spend",
            value=Decimal(0),
            expected=usual,
            at_stake=usual * days,
            since=since,
            numbers={"usual": usual, "days": days, "weekdaysBefore": _spends(morning.same_weekdays[id])},
        )


def _spends(days: Sequence[Figures | None]) -> Sequence[Decimal | None]:
    return [_now(day, "spend") for day in days[1:]]


def delivery_collapse(morning: Morning) -> Iterator[Finding]:
    """Far fewer impressions than usual."""
    silent, fallen = _silent(morning), {}
    for id, (now, *before) in morning.same_weekdays.items():
        usual, today = _usual(before, "impressions"), _now(now, "impressions")
        if (
            id not in silent
            and usual
            and usual >= LEAST_IMPRESSIONS
            and today is not None
            and today <= usual * COLLAPSED
        ):
            fallen[id] = usual, today
    if not fallen:
        return
    delivering = dict[str, int]()
    for last in {morning.newest(morning.members[id].account) for id in fallen}:
        ids = [id for id in fallen if morning.newest(morning.members[id].account) == last]
        delivering |= morning.delivering(ids, last - _MONTH, last - ONE_DAY)
    for id, (usual, today) in fallen.items():
        if delivering.get(id, 0) < DELIVERING:
            continue
        last = morning.newest(morning.members[id].account)
        spend, spent = _usual(morning.same_weekdays[id][1:], "spend"), _now(morning.same_weekdays[id][0], "spend")
        yield found(
            *("delivery_collapse", CRITICAL, morning.members[id].whom, (last, last)),
            f"{shown(today)} impressions on {last}; {shown(usual)} are usual on such a day",
            figure="impressions",
            value=today,
            expected=usual,
            at_stake=None if spend is None or spent is None else max(Decimal(0), spend - spent),
            exact=False,
            numbers={"usual": usual, "bound": usual * COLLAPSED, "deliveringDays": delivering[id]},
        )


def overspend(morning: Morning) -> Iterator[Finding]:
    """Spends more than twice its daily budget."""
    for id, (now, *_) in morning.same_weekdays.items():
        member = morning.members[id]
        budget = member.campaign.budget if member.campaign.budget_kind == "daily" else None
        spent = _now(now, "spend") if budget else None
        if not budget or spent is None or spent <= MOST_OF_BUDGET * budget:
            continue
        last, currency = morning.newest(member.account), member.campaign.currency
        yield found(
            *("overspend", WARNING, member.whom, (last, last)),
            f"{shown(spent, currency)} spent on {last}, more than twice the daily budget of {shown(budget, currency)}; "
            "the platform may have credited the excess already",
            figure="spend",
            value=spent,
            expected=MOST_OF_BUDGET * budget,
            at_stake=spent - MOST_OF_BUDGET * budget,
            exact=False,
            numbers={"dailyBudget": budget, "most": MOST_OF_BUDGET},
        )


def impossible_figures(morning: Morning) -> Iterator[Finding]:
    """More clicks than impressions, or spend without an impression."""
    for id, wrong in morning.impossible(morning.last - timedelta(RECENT - 1)).items():
        member = morning.members[id]
        days = sorted(wrong)
        first, last = days[0], days[-1]
        one = wrong[last]
        clicks = (one["clicks"] or 0) > (one["impressions"] or 0)
        what = (
            f"{shown(one['clicks'])} clicks of {shown(one['impressions'])} impressions"
            if clicks
            else f"{shown(one['spend'], member.campaign.currency)} spent without an impression"
        )
        yield found(
            *("impossible_figures", WARNING, member.whom, (first, last)),
            f"{what} on {last}" + (f", and {len(days) - 1} more such days" if len(days) > 1 else ""),
            figure="clicks" if clicks else "impressions",
            value=Decimal(one["clicks"] or 0) if clicks else Decimal(one["impressions"] or 0),
            expected=Decimal(one["impressions"] or 0) if clicks else None,
            at_stake=sum((day["spend"] or Decimal(0) for day in wrong.values()), Decimal(0)),
            since=first,
            exact=False,
            numbers={"days": [str(day) for day in days], "spend": one["spend"]},
        )
