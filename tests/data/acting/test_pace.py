"""The arithmetic of pacing, by examples worked out by hand and by a simulation."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adops_cli.data.acting import pace, plan
from adops_cli.data.acting.pace import Flight, Pace
from adops_cli.data.acting.plan import Version

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)  # from a Sunday to a Monday
WORKDAYS = {weekday: Fraction(10 if weekday < 5 else 0) for weekday in range(7)}


def day(number: int) -> date:
    return date(2026, 11, number)


def version(amount: float | str, first: date = FIRST, last: date = LAST, **more: Any) -> Version:
    return Version(Decimal(str(amount)), first, last, **more)


def spending(per_day: Mapping[date, float]) -> dict[date, Fraction]:
    return {one: Fraction(str(amount)) for one, amount in per_day.items()}


def flight(today: date, *versions: Version, per_day: float | Mapping[date, float] = 10, **more: Any) -> Flight:
    """One that has spent so much on each day since its first one, and nothing before."""
    whole = [versions[-1].first + timedelta(n) for n in range((today - versions[-1].first).days)]
    recent = spending(per_day if isinstance(per_day, Mapping) else dict.fromkeys(whole, per_day))
    spent = sum((amount for one, amount in recent.items() if one <= versions[-1].last), Fraction(0))  # type: ignore[operator]
    return Flight(versions, today, more.pop("spent", spent), recent, dict, **more)


def judged(today: date, *versions: Version, **more: Any) -> Pace:
    return pace.pace(flight(today, *versions, **more))


def test_exactly_on_plan() -> None:
    found = judged(day(16), version(300))

    assert found == Pace("on-track", 15, 150, 1, 10, 10, 300, LAST)  # type: ignore[arg-type]
    assert not found.is_low


@pytest.mark.parametrize(
    ("today", "state", "elapsed"),
    [
        (date(2026, 10, 31), "not-started", 0),
        (day(1), "unknown", 0),
        (day(2), "on-track", 1),
        (day(30), "on-track", 29),
    ],
)
def test_from_before_the_first_day_to_the_last(today: date, state: str, elapsed: int) -> None:
    found = judged(today, version(300))

    assert (found.state, found.elapsed) == (state, elapsed)
    assert found.is_low == (elapsed == 1)


def evenly(first: int, last: int, *, amount: int = 10) -> dict[date, float]:
    return {FIRST + timedelta(n): amount for n in range(first, last + 1)}


@pytest.mark.parametrize(
    ("known", "others", "low_until"),
    [
        (evenly(0, 9), {}, 7),  # a new campaign, of which no weekday is known before it was there
        (evenly(0, 9), evenly(-30, 9), 5),  # the weekdays of others are known
        (evenly(-3, 9), {}, 5),  # it has run before, so that seven days are known on the fourth
        (evenly(-30, 9), {}, 5),
        (evenly(-30, -2, amount=0) | evenly(0, 9), {}, 7),  # the weights of what did not run say nothing
    ],
)
def test_confidence_is_low_until_seven_days_or_the_weekdays_are_known(
    known: dict[date, float], others: dict[date, float], low_until: int
) -> None:
    for elapsed in range(1, 10):
        recent = spending({one: amount for one, amount in known.items() if one < FIRST + timedelta(elapsed)})
        today = FIRST + timedelta(elapsed)
        one = Flight((version(300),), today, Fraction(10), recent, lambda: spending(others))
        assert pace.pace(one).is_low == (elapsed < low_until), elapsed


def test_days_that_nobody_knows_make_it_low_again() -> None:
    assert judged(day(25), version(300), per_day={day(n): 10 for n in range(1, 25) if n not in (20, 22)}).is_low
    assert not judged(day(25), version(300), per_day={day(n): 10 for n in range(1, 25) if n != 17}).is_low


def test_what_is_over_needs_no_projection() -> None:
    assert not judged(day(6), version(10, day(5), day(5)), per_day={day(5): 8}).is_low


def test_what_has_ended_is_final() -> None:
    found = judged(date(2026, 12, 5), version(200), per_day={day(n): 10 for n in range(1, 31)})

    assert (found.state, found.elapsed, found.index, found.projected) == ("ended", 30, Fraction(3, 2), 300)
    assert found.per_day_needed is None


def test_a_flight_of_one_day_can_be_measured_once_it_is_over() -> None:
    one_day = version(10, day(5), day(5))

    assert judged(day(5), one_day).state == "unknown"
    found = judged(day(6), one_day, per_day={day(5): 8})
    assert (found.state, found.index, found.projected) == ("ended", Fraction(4, 5), 8)


@pytest.mark.parametrize(
    ("per_day", "state", "off"),
    [(9, "on-track", False), (8.9, "under", True), (11, "on-track", False), (11.1, "over", True)],
)
def test_a_tenth_of_the_budget_is_tolerated(per_day: float, state: str, off: bool) -> None:
    one = flight(day(16), version(300), per_day=per_day)

    assert pace.pace(one).state == state
    assert pace.is_off(pace.pace(one).state, one) == off
    assert pace.pace(one, Fraction(2, 10)).state == "on-track"


def test_what_is_spent_before_the_last_day_is_off() -> None:
    spent = {day(n): 30 if n <= 10 else 0 for n in range(1, 30)}
    early = flight(day(29), version(300), per_day={one: spent[one] for one in spent if one < day(29)})
    late = flight(day(30), version(300), per_day=spent)

    assert [pace.pace(one).state for one in (early, late)] == ["spent", "spent"]
    assert pace.is_off("spent", early)
    assert not pace.is_off("spent", late)
    assert pace.pace(early).per_day_needed == 0


def test_what_is_paused_is_never_off() -> None:
    assert judged(day(16), version(300), per_day=0, halted="paused").state == "paused"
    assert judged(day(16), version(300), per_day=99, halted="ended").state == "ended"


@pytest.mark.parametrize(("per_day", "state"), [(0, "on-track"), (0.01, "over")])
def test_a_budget_of_0_means_to_spend_nothing(per_day: float, state: str) -> None:
    found = judged(day(16), version(0), per_day=per_day)

    assert (found.state, found.index) == (state, None)


def test_a_budget_can_be_lowered_below_what_was_to_be_spent_already() -> None:
    """On the 16th, 300 become 50: the plan takes back 100 over the 15 days that are left."""
    found = judged(day(28), version(300), version(50, effective=day(16)))

    assert (found.state, found.expected, found.index) == ("over", 70, Fraction(270, 70))


def test_an_unknown_spend_is_not_0() -> None:
    assert judged(day(16), version(300), spent=None).state == "unknown"


def test_a_change_holds_from_its_day() -> None:
    """To the 10th a third of 300; what is left of the new amount over 20 days."""
    versions = (version(300), version(500, effective=day(11)))

    assert plan.expected(versions, day(10), {}) == 100
    assert plan.expected(versions, day(11), {}) == 120
    assert plan.expected(versions, LAST, {}) == 500
    assert judged(day(21), *versions, per_day=15).index == 1


def test_a_flight_can_be_moved() -> None:
    """On the 11th, the end is moved from the 20th to the 30th: 200 of 400 are left for 20 days."""
    versions = (version(400, last=day(20)), version(400, effective=day(11)))

    assert [plan.expected(versions, day(n), {}) for n in (5, 10, 15, 30)] == [100, 200, 250, 400]
    later = (version(300), version(300, first=day(16), effective=day(1)))
    assert plan.begin_of(later) == day(16)
    assert [plan.expected(later, day(n), {}) for n in (15, 16, 30)] == [0, 20, 300]
    on_the_way = (version(300), version(300, first=day(16), effective=day(10)))
    assert plan.begin_of(on_the_way) == FIRST
    assert [plan.expected(on_the_way, day(n), {}) for n in (9, 15, 16, 30)] == [90, 90, 104, 300]


def test_the_shapes_of_a_plan() -> None:
    week = {"first": day(2), "last": day(8)}  # Monday to Sunday
    table = {day(2): Decimal(50), day(8): Decimal(20)}

    def sums(**more: Any) -> list[Fraction | None]:
        one = version(70, **week, **more)
        return [plan.expected([one], day(number), WORKDAYS) for number in (2, 6, 7, 8)]

    assert sums() == [10, 50, 60, 70]
    assert sums(shape="weekday") == [14, 70, 70, 70]
    assert sums(shape="ahead") == [12, 60, 70, 70]
    assert sums(shape="asap") == [None] * 4
    assert sums(table=table) == [50, 50, 50, 70]
    assert plan.expected([version(70, **week, shape="weekday")], day(3), {}) == 20


def test_as_soon_as_possible_only_says_when_it_runs_out() -> None:
    found = judged(day(6), version(300, shape="asap"), per_day=50)

    assert (found.state, found.expected, found.index, found.runs_out) == ("on-track", None, None, day(6))
    assert judged(day(16), version(300, shape="asap"), per_day=1).state == "on-track"


def test_a_month_takes_what_was_agreed_for_it() -> None:
    def months(*versions: Version) -> list[list[tuple[Decimal, date, date | None, date | None]]]:
        spans = [(date(2026, 10, 1), date(2026, 10, 31)), (FIRST, LAST), (date(2026, 12, 1), date(2026, 12, 31))]
        found = [plan.of_month(versions, *span) for span in spans]
        return [[(one.amount, one.first, one.effective, one.last) for one in month] for month in found]

    changed = tuple(
        Version(Decimal(amount), day(10), None, effective=since) for amount, since in ((100, None), (200, day(20)))
    )

    assert months(*changed) == [
        [],
        [(100, day(10), None, LAST), (200, day(10), day(20), LAST)],
        [(200, date(2026, 12, 1), None, date(2026, 12, 31))],
    ]


def test_the_projection_follows_the_weekdays_at_the_level_of_the_last_seven_days() -> None:
    """8 weeks with 10 on workdays and 0 at weekends, then twice as much for a week: 20 for each workday left."""
    asof = day(15)  # a Sunday
    recent = {asof - timedelta(n): 0 if (asof - timedelta(n)).weekday() > 4 else 20 if n < 7 else 10 for n in range(56)}
    one = flight(day(16), version(500), per_day=recent, spent=Fraction(150))

    assert pace.pace(one).projected == 150 + 11 * 20
    assert pace.pace(one).per_day_now == Fraction(100, 7)


def test_a_flight_that_is_new_is_projected_from_its_own_days_and_the_weekdays_of_others() -> None:
    others = {day(3) - timedelta(n): Fraction(WORKDAYS[(day(3) - timedelta(n)).weekday()]) for n in range(56)}
    before = {day(1) - timedelta(n): 0.0 for n in range(1, 50)}
    one = Flight(
        (version(300),), day(4), Fraction(14), spending({**before, day(1): 0, day(2): 7, day(3): 7}), lambda: others
    )

    assert pace.pace(one).projected == 14 + 19 * 7


def test_without_weekdays_or_with_none_that_spent_the_last_days_go_on() -> None:
    assert judged(day(4), version(300)).projected == 300
    weekend = {day(8) - timedelta(n): 10 if (day(8) - timedelta(n)).weekday() > 4 else 0 for n in range(56)}
    only_workdays = {one: amount for one, amount in weekend.items() if one >= day(2)}
    one = flight(day(7), version(300, first=day(2)), per_day={**weekend, **dict.fromkeys(only_workdays, 1)})
    assert pace.pace(one).per_day_now == 1


spends = st.lists(st.integers(0, 10**9), min_size=12, max_size=12)


@given(spends, spends, st.integers(1, 10**9))
def test_the_pace_of_a_set_is_the_pace_of_its_sum(one: list[int], other: list[int], amount: int) -> None:
    def found(values: list[int]) -> Pace:
        return judged(day(13), version(amount), per_day={day(n + 1): value for n, value in enumerate(values)})

    both = found([a + b for a, b in zip(one, other, strict=True)])
    for name in ("index", "per_day_now"):
        assert getattr(both, name) == getattr(found(one), name) + getattr(found(other), name)
    assert both.expected == found(one).expected


@given(st.sampled_from(plan.SHAPES), st.integers(0, 10**9), st.integers(2, 30), st.integers(0, 10**9))
def test_a_plan_adds_up_to_what_was_agreed_last(shape: plan.Shape, amount: int, change: int, changed: int) -> None:
    shape = "even" if shape == "asap" else shape
    versions = (version(amount, shape=shape), version(changed, shape=shape, effective=day(change)))

    assert plan.expected(versions, LAST, WORKDAYS) == changed


@pytest.mark.parametrize(("number", "alone", "beside"), [(5, 9.3, 6.9), (6, 7.1, 6.2), (7, 5.9, 5.7)])
def test_how_much_the_projection_of_a_new_campaign_misses(number: int, alone: float, beside: float) -> None:
    """30 days from any weekday on, weekends at half, a noise of 20 % a day; with and without the weekdays of others.

    The mean errors in percent, for which `LOW_CONFIDENCE` and `LEVEL_DAYS` are what they are.
    """
    for weekdays, expected in (({}, alone), ({day(1) - timedelta(n): 50 + 50 * _works(n) for n in range(35)}, beside)):
        pick, errors = Random(7), []  # noqa: S311 - no secret
        for place in range(210):
            days = [FIRST + timedelta(place % 7 + n) for n in range(30)]
            noise = [pick.lognormvariate(0, 0.2) for _ in range(86)][-30:]
            true = {one: (50 if one.weekday() > 4 else 100) * by for one, by in zip(days, noise, strict=True)}
            known = spending({one: round(true[one], 2) for one in days[:number]})
            today, spent = days[number], sum(known.values(), Fraction(0))
            one = Flight((version(3000, days[0], days[-1]),), today, spent, known, partial(spending, weekdays))
            errors.append(abs(float(pace.pace(one).projected or 0) / sum(true.values()) - 1) * 100)

        assert sum(errors) / len(errors) == pytest.approx(expected, abs=0.5)


def _works(days_before: int) -> bool:
    return (day(1) - timedelta(days_before)).weekday() < 5


@pytest.mark.parametrize(
    ("number", "most", "step"), [(3, 6.4, 0), (5, 6.5, 0), (10, 5.7, 0), (20, 2.9, 0), (20, 5.7, 40)]
)
def test_the_projection_of_a_month_misses_it_by_little(number: int, most: float, step: int) -> None:
    """Weekends at half, a noise of 20 % a day; with a step up in the middle of the month. The mean error in percent."""
    pick, errors = Random(7), []  # noqa: S311 - no secret
    for _ in range(150):
        days = [FIRST + timedelta(n) for n in range(-56, 30)]
        true = {
            one: (50 if one.weekday() > 4 else 100) * pick.lognormvariate(0, 0.2) * (1 + step / 100 * (one > day(10)))
            for one in days
        }
        known = {
            one: round(amount, 2) for one, amount in true.items() if day(number) - timedelta(56) < one <= day(number)
        }
        spent = sum((Fraction(amount) for one, amount in true.items() if FIRST <= one <= day(number)), Fraction(0))
        one = flight(
            day(number + 1), version(3000), per_day={key: round(value, 2) for key, value in known.items()}, spent=spent
        )
        total = sum(amount for one_day, amount in true.items() if one_day >= FIRST)
        errors.append(abs(float(pace.pace(one).projected or 0) / total - 1) * 100)

    assert sum(errors) / len(errors) < most
