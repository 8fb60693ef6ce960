"""A ready-made rule: a conversion costs more than before.

The newest week is compared with the four weeks before. Conversions arrive late, so both sides must be of the same age:
each day of the four weeks counts as it was known when it was as old as the same weekday of the newest week is now.
Where the journal does not say that, what is known of each day is divided by the part that is known at its age. Where
nobody knows that either, nothing is said of it but that it is unknown.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from adops_cli.data.accounts import Account
from adops_cli.data.alerts.finding import CRITICAL, WARNING, Finding, found, shown
from adops_cli.data.alerts.morning import Day, Member, Morning, lag_key
from adops_cli.data.daily_rows import COLUMNS
from adops_cli.data.journal import at_age
from adops_cli.storage.models import Metrics

# The constants, and where they come from.
NOW, BEFORE = 7, 28
"""Days of both sides: whole weeks, so that weekdays weigh alike."""
UP, FAR_UP = Fraction(3, 2), Fraction(2)
"""Cost per action is up, and critical, at so many times of before (mureo)."""
LEAST_CONVERSIONS = 30
"""On the larger side; fewer say too little (mureo, openppc)."""
FEWEST_DAYS = 14
"""Of the four weeks, on so many it must be known how they were known; a pull may have failed."""
_FINAL, _SAME_AGE, _COMPLETION = "final days", "the same age", "completion"
_WORDS = {
    _FINAL: "",
    _SAME_AGE: ", both as known at the same age",
    _COMPLETION: ", both with the conversions that are still to come",
}
_PLACES = [COLUMNS.index(name) for name in ("conversions", "spend")]


class _Side(NamedTuple):
    """What some days have cost. Conversions that are estimated are no whole numbers."""

    conversions: Fraction
    spend: Fraction

    @property
    def cost(self) -> Fraction | None:
        """Of a conversion. None if there is none."""
        return self.spend / self.conversions if self.conversions > 0 else None


class _Sides(NamedTuple):
    now: _Side
    before: _Side
    basis: str

    @property
    def times(self) -> Fraction:
        """By how much a conversion costs more than before. 0 if nobody knows."""
        cost, usual = self.now.cost, self.before.cost
        return cost / usual if cost and usual else Fraction(0)

    @property
    def is_up(self) -> bool:
        """Whether it costs much more, and there are enough of them."""
        return self.times >= UP and max(self.now.conversions, self.before.conversions) >= LEAST_CONVERSIONS


def cpa_up(morning: Morning, unknown: list[str]) -> Iterator[Finding]:
    """Conversions cost more than before."""
    suspects: dict[int, list[Member]] = {}
    for member in morning.members.values():
        if (sides := _as_known(morning, member)) and sides.is_up:
            suspects.setdefault(id(member.account), []).append(member)
    for members in suspects.values():
        sides_of = dict(_compared(morning, members))
        if len(sides_of) < len(members):
            unknown.append(f"cpa_up of {lag_key(members[0].account)}: {_why(morning, members[0].account)}")
        for member in members:
            sides = sides_of.get(member.campaign.id)
            if sides and sides.is_up:
                yield _found(member, morning.newest(member.account), sides)


def _as_known(morning: Morning, member: Member) -> _Sides | None:
    """By the figures of now, of which the newest lack conversions: who costs no more by them, does not at all."""
    last = morning.newest(member.account)
    now, before = (
        morning.over(end, days).get(member.campaign.id) for end, days in ((last, NOW), (last - timedelta(NOW), BEFORE))
    )
    if now is None or before is None or not now.conversions or not before.conversions:
        return None
    return _Sides(_sum([now]), _sum([before]), _FINAL)


def _sum(days: Iterable[Day]) -> _Side:
    known = [(one.conversions or Decimal(0), one.spend or Decimal(0)) for one in days]
    return (
        _Side(*(Fraction(sum(values)) for values in zip(*known, strict=True))) if known else _Side(*[Fraction(0)] * 2)
    )


def _compared(morning: Morning, members: Collection[Member]) -> Iterator[tuple[str, _Sides]]:
    """The sides of campaigns of an account, as they can be compared. Nothing of those that cannot."""
    account = next(iter(members)).account
    last = morning.newest(account)
    first, ids = last - timedelta(NOW + BEFORE - 1), [one.campaign.id for one in members]
    if all(morning.is_final(account, first + timedelta(n)) for n in range(NOW + BEFORE)):
        yield from ((one.campaign.id, sides) for one in members if (sides := _as_known(morning, one)))
        return
    then: dict[str, dict[str, Any]] = {}
    for (campaign_id, day), row in _at_the_same_age(morning, account, ids).items():
        then.setdefault(campaign_id, {})[day] = row
    for campaign_id, days in morning.rows(ids, first, last, ("conversions", "spend")).items():
        by_age = _of_same_age(days, last, then.get(campaign_id, {}))
        if sides := by_age or _by_completion(morning, account, days, last):
            yield campaign_id, sides


def _at_the_same_age(morning: Morning, account: Account, ids: Collection[str]) -> Mapping[tuple[str, str], Any]:
    last = morning.newest(account)
    known = morning.finality.accounts.get(lag_key(account))
    ages = known.ages.get("conversions", {}) if known else {}

    def age_of(day: date) -> int:
        newest = last - timedelta((last - day).days % NOW)
        return ages.get(str(newest), (morning.today - newest).days)

    before = last - timedelta(NOW)
    return at_age.rows_at_age(sorted(ids), before - timedelta(BEFORE - 1), before, age_of)


def _of_same_age(days: Mapping[date, Day], last: date, then: Mapping[str, Any]) -> _Sides | None:
    """The sides of a campaign, given the rows of the days that were others at that age. None if too few were known."""
    week = last - timedelta(NOW)
    before = [_read(then[str(day)]) if str(day) in then else one for day, one in days.items() if day <= week]
    known = [one for one in before if one is not None]
    if len(known) < min(FEWEST_DAYS, len(before)):
        return None
    return _Sides(_sum(one for day, one in days.items() if day > week), _sum(known), _SAME_AGE)


def _read(row: Any) -> Day | None:
    if row is None:
        return None
    conversions, spend = (row[place] for place in _PLACES)
    return Day(None, None, Metrics.conversions.python_value(conversions), Metrics.spend.python_value(spend), None)


def _by_completion(morning: Morning, account: Account, days: Mapping[date, Day], last: date) -> _Sides | None:
    """The sides with all the conversions that are to come. None if nobody knows how many."""
    parts = {day: morning.known_part(account, day) for day in days}
    if not all(parts.values()):
        return None
    week = last - timedelta(NOW)

    def side(some: Collection[date]) -> _Side:
        whole = (Fraction(days[day].conversions or 0) / (parts[day] or 1) for day in some)
        return _Side(sum(whole, Fraction(0)), sum((Fraction(days[day].spend or 0) for day in some), Fraction(0)))

    return _Sides(side([day for day in days if day > week]), side([day for day in days if day <= week]), _COMPLETION)


def _why(morning: Morning, account: Account) -> str:
    known = morning.finality.accounts.get(lag_key(account))
    lag = known.lags.get("conversions") if known else None
    why = (lag and lag.unknown) or "no import tells how complete its days are"
    return (
        f"its newest days lack conversions, the journal does not say how older ones were known at that age, and {why}"
    )


def _found(member: Member, last: date, sides: _Sides) -> Finding:
    now, before, basis = sides
    cost, usual = (_rounded(one.cost) for one in (now, before))
    currency = member.campaign.currency
    return found(
        *("cpa_up", CRITICAL if sides.times >= FAR_UP else WARNING, member.whom, (last - timedelta(NOW - 1), last)),
        f"a conversion costs {shown(cost, currency)}, {float(sides.times):.1f} times {shown(usual, currency)} before"
        f"{_WORDS[basis]}",
        figure="cpa",
        value=cost,
        expected=usual,
        at_stake=_rounded(now.spend - now.conversions * (before.cost or 0)),
        since=last,
        exact=False,
        numbers={
            **{f"{name}Now": _rounded(getattr(now, name)) for name in ("spend", "conversions")},
            **{f"{name}Before": _rounded(getattr(before, name)) for name in ("spend", "conversions")},
            "daysNow": NOW,
            "daysBefore": BEFORE,
            "comparedBy": basis,
        },
    )


def _rounded(value: Fraction | None) -> Decimal:
    return Decimal(round((value or Fraction(0)) * 10**6)).scaleb(-6).normalize() + 0
