"""A ready-made rule: a conversion costs more than before, by more than chance explains (two counts of Poisson).

The newest week is compared with the four weeks before. Conversions arrive late, so both sides must be of the same age:
each day of the four weeks counts as it was known when it was as old as the same weekday of the newest week is now.
Where the journal does not say that, what is known of each day is divided by the part that is known at its age. Where
nobody knows that either, nothing is said of it but that it is unknown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from adops_cli.data.accounts import Account
from adops_cli.data.acting.compare import NOT_CHANCE
from adops_cli.data.alerts.figures import Day, Figures
from adops_cli.data.alerts.finding import CRITICAL, WARNING, Finding, found, shown
from adops_cli.data.alerts.morning import Member, Morning, lag_key
from adops_cli.data.daily_rows import COLUMNS
from adops_cli.data.journal import at_age

# The constants, and where they come from.
NOW, BEFORE = 7, 28
"""Days of both sides: whole weeks, so that weekdays weigh alike."""
UP, FAR_UP = Fraction(3, 2), Fraction(2)
"""Cost per action is up, and critical, at so many times of before (mureo)."""
LEAST_CONVERSIONS = 30
"""On the larger side; fewer say too little (mureo, openppc)."""
FEWEST_DAYS = 14
"""Of the four weeks, on so many it must be known how they were known; a pull may have failed."""
DOUBT = Fraction(8, 10)
"""Whoever is below so much of the bound, with the conversions that its whole account will still get, is not looked at:
the journal is long."""
_FINAL, _SAME_AGE, _COMPLETION = "final days", "the same age", "completion"
_WORDS = {
    _FINAL: "",
    _SAME_AGE: ", both as known at the same age",
    _COMPLETION: ", both with the conversions that are still to come",
}
_PLACES = {name: COLUMNS.index(name) for name in ("conversions", "spend")}


class _Side(NamedTuple):
    """What some days have cost."""

    counted: Fraction
    conversions: Fraction
    """Those that were counted or, by completion, those with the ones that are still to come."""
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
        """Whether it costs much more, there are enough of them, and it is more than chance explains."""
        if self.times < UP or max(self.now.counted, self.before.counted) < LEAST_CONVERSIONS:
            return False
        expected = self.now.counted * self.times  # so many for this money, if they cost what they did
        missing = expected - self.now.counted
        return missing**2 > NOT_CHANCE**2 * expected * (1 + expected / self.before.counted)


def cpa_up(morning: Morning, unknown: list[str]) -> Iterator[Finding]:
    """Conversions cost more than before."""
    by_account: dict[int, dict[str, _Sides]] = {}
    for id_, member in morning.members.items():
        if (sides := _as_known(morning, member)) and sides.is_up:
            by_account.setdefault(id(member.account), {})[id_] = sides
    for suspects in by_account.values():
        account = morning.members[next(iter(suspects))].account
        compared = _compared(morning, account, suspects)
        if None in compared.values():
            unknown.append(f"cpa_up of {lag_key(account)}: {_why(morning, account)}")
        for id_, found_sides in compared.items():
            if found_sides and found_sides.is_up:
                yield _found(morning.members[id_], morning.newest(account), found_sides)


def _as_known(morning: Morning, member: Member) -> _Sides | None:
    """By the figures of now, of which the newest lack conversions. None for whom they do not cost so much more."""
    last, id = morning.newest(member.account), member.campaign.id
    now, before = morning.over(last, NOW).get(id), morning.over(last - timedelta(NOW), BEFORE).get(id)
    if now is None or before is None or not now["conversions"] or not before["conversions"]:
        return None
    spent, usual = (now["spend"] or 0) * before["conversions"], (before["spend"] or 0) * now["conversions"]
    if spent * UP.denominator < usual * UP.numerator:
        return None
    return _Sides(_sum([now]), _sum([before]), _FINAL)


def _sum(days: Iterable[Figures]) -> _Side:
    known = list(days)
    conversions, spend = (
        Fraction(sum((one[name] or Decimal(0) for one in known), Decimal(0))) for name in ("conversions", "spend")
    )
    return _Side(conversions, conversions, spend)


def _compared(morning: Morning, account: Account, suspects: Mapping[str, _Sides]) -> Mapping[str, _Sides | None]:
    """The sides of campaigns of an account as they can be compared, given those by the figures of now.

    None for a campaign of which nobody knows. One that is far from it by what is still to come is left out.
    """
    last = morning.newest(account)
    days = [last - timedelta(n) for n in range(NOW + BEFORE)]
    if all(morning.is_final(account, day) for day in days):
        return suspects
    parts = {day: morning.known_part(account, day) for day in days}
    week = [part for day in days[:NOW] if (part := parts[day])]
    if all(parts.values()):
        suspects = {id: one for id, one in suspects.items() if one.times * sum(week) / NOW >= UP * DOUBT}
    then = _at_the_same_age(morning, account, [*suspects])
    by_age = {id for id, rows in then.items() if BEFORE - list(rows.values()).count(None) >= FEWEST_DAYS}
    found: dict[str, _Sides | None] = dict.fromkeys(suspects)
    asked = suspects if all(parts.values()) else by_age
    for id, rows in morning.rows(asked, days[-1], last, ("conversions", "spend")).items():
        found[id] = _of_same_age(rows, last, then[id]) if id in by_age else None
        if found[id] is None and all(parts.values()):
            found[id] = _by_completion(rows, parts, last)
    return found


def _at_the_same_age(morning: Morning, account: Account, ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """By campaign, the rows of the four weeks' days that were others at that age. None for one not known then."""
    last = morning.newest(account)
    known = morning.finality.accounts.get(lag_key(account))
    ages = known.ages.get("conversions", {}) if known else {}

    def age_of(day: date) -> int:
        newest = last - timedelta((last - day).days % NOW)
        return ages.get(str(newest), (morning.today - newest).days)

    found: dict[str, dict[str, Any]] = {id: {} for id in ids}
    until = last - timedelta(NOW)
    for (id, day), row in at_age.rows_at_age(ids, until - timedelta(BEFORE - 1), until, age_of).items():
        found[id][day] = row
    return found


def _of_same_age(days: Mapping[date, Figures], last: date, then: Mapping[str, Any]) -> _Sides | None:
    """The sides of a campaign, with the days of the four weeks as they were then. None if too few were known."""
    until = last - timedelta(NOW)
    before = [then.get(str(day), one) for day, one in days.items() if day <= until]
    known = [one if isinstance(one, Mapping) else Day(_PLACES, one) for one in before if one is not None]
    if len(known) < min(FEWEST_DAYS, len(before)):
        return None
    return _Sides(_sum(one for day, one in days.items() if day > until), _sum(known), _SAME_AGE)


def _by_completion(days: Mapping[date, Figures], parts: Mapping[date, Fraction | None], last: date) -> _Sides:
    """The sides with all the conversions that are to come, of each day by the part of them that is known."""
    until = last - timedelta(NOW)

    def side(some: Mapping[date, Figures]) -> _Side:
        whole = (Fraction(one["conversions"] or 0) / (parts[day] or 1) for day, one in some.items())
        counted = _sum(some.values())
        return _Side(counted.counted, sum(whole, Fraction(0)), counted.spend)

    now, before = ({day: one for day, one in days.items() if (day > until) is late} for late in (True, False))
    return _Sides(side(now), side(before), _COMPLETION)


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
