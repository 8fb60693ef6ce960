"""The weekday model and CUSUM: by hand, and simulated with fixed seeds, with the bounds that people rely on."""

import math
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from adops_cli.data.alerts import cusum, weekday

WEEKDAYS = (1.1, 1.2, 1.15, 1.1, 1.0, 0.7, 0.75)
DAYS = weekday.HISTORY + cusum.START


def series(seed: int, noise: float, *, days: int = DAYS, fall: float = 0.0, at: int = 10**6) -> list[float | None]:
    """Days of a campaign with a weekday pattern and log-normal noise, which fall from a day on."""
    random = Random(seed)  # noqa: S311 - invented figures
    return [
        100 * WEEKDAYS[day % 7] * math.exp(random.gauss(0, noise)) * (1 - fall if day >= at else 1)
        for day in range(days)
    ]


class TestWeekday:
    def test_a_day_beside_the_same_weekdays_by_hand(self) -> None:
        """Eight weeks of 100 and 110 in turn, then one day of 60."""
        values = [100.0 if day % 2 else 110.0 for day in range(112)] + [60.0]
        *_, day = weekday.days(values, last=1)

        # Day 112 is a same weekday of days 56, 63, …, 105: four of 100 and four of 110, so that their median is 105.
        # Each e is ln(100/105) or ln(110/105), as many of both: c is in the middle, and all are as far from it.
        assert day is not None
        assert day.base == 105
        low, high = math.log(100 / 105), math.log(110 / 105)
        assert day.centre == pytest.approx((low + high) / 2)
        assert day.spread == pytest.approx(max(0.05, 1.4826 * (high - low) / 2))
        assert day.z == pytest.approx((math.log(60 / 105) - day.centre) / day.spread)
        assert day.expected == pytest.approx(105 * math.sqrt(100 * 110) / 105)
        assert day.change == pytest.approx(60 / math.sqrt(100 * 110) - 1)
        assert day.is_unusual

    def test_a_large_change_alone_or_an_unusual_day_alone_is_nothing(self) -> None:
        assert not weekday.Day(value=80, base=100, centre=0, spread=0.05, z=-4.5).is_unusual
        assert not weekday.Day(value=60, base=100, centre=0, spread=0.3, z=-1.7).is_unusual
        assert weekday.Day(value=60, base=100, centre=0, spread=0.1, z=-5.1).is_unusual

    def test_a_trend_is_expected(self) -> None:
        grown = [100 * 1.01**day for day in range(weekday.HISTORY + 1)]

        *_, day = weekday.days(grown, last=1)

        assert day is not None
        assert day.expected == pytest.approx(grown[-1])

    def test_too_little_history_a_zero_and_a_missing_day_are_unknown(self) -> None:
        whole = [100.0] * weekday.HISTORY

        assert list(weekday.days([*whole, 100.0], last=1)) != [None]
        assert list(weekday.days([100.0] * 56, last=1)) == [None]
        assert list(weekday.days([*whole, 0.0], last=1)) == [None]
        assert list(weekday.days([*whole, None], last=1)) == [None]
        assert list(weekday.days([0.0] * 113, last=1)) == [None]


class TestCusum:
    def test_an_alarm_by_hand(self) -> None:
        """Each day of z = 2 adds 1.5: above 5 on the fourth day; then all begins again."""
        assert list(cusum.alarms([0.4, 2.0, 2.0, 2.0, 2.0, 2.0])) == [cusum.Drift(1, 4, 6.0, upward=True)]
        assert [one.upward for one in cusum.alarms([-2.0] * 8)] == [False, False]

    def test_a_single_shock_and_a_day_that_is_unknown_are_no_drift(self) -> None:
        assert list(cusum.alarms([100.0, None, 0.0, -100.0, None])) == []

    def test_a_small_shift_within_the_slack_never_alarms(self) -> None:
        assert list(cusum.alarms([0.5] * 1000)) == []


class TestCounts:
    def test_a_few_less_by_chance_alone_is_no_shock(self) -> None:
        """3 instead of 12 is 9 less, and 3.5 x sqrt(12) is 12.1; of 120 and 30, it is 90 and 38.3."""
        few = weekday.Day(value=3, base=12, centre=0, spread=0.2, z=-6.9, is_count=True)

        assert not few.is_unusual
        assert replace(few, is_count=False).is_unusual
        assert replace(few, value=25, z=3.7).is_unusual
        assert replace(few, value=30, base=120).is_unusual

    def test_fewer_than_five_a_day_are_unknown(self) -> None:
        assert list(weekday.days([4.0] * 113, last=1, counts=True)) == [None]
        assert list(weekday.days([5.0] * 113, last=1, counts=True)) != [None]
        assert list(weekday.days([4.0] * 113, last=1)) != [None]


# What was measured, and is promised in docs/acting.md.


def counted(seed: int, mean: float) -> list[float | None]:
    """Counts of a mean that varies as a series does, by 20 % a day, and by chance (Poisson)."""
    random = Random(1000 + seed)  # noqa: S311 - invented figures
    return [float(_poisson(random, mean * (value or 0) / 100)) for value in series(seed, 0.2)]


def _poisson(random: Random, mean: float) -> int:
    count, product, least = 0, random.random(), math.exp(-mean)
    while product > least:
        count, product = count + 1, product * random.random()
    return count


def test_false_alarms_of_small_counts_are_no_more_than_those_of_money() -> None:
    days = shocks = both = 0
    for seed in range(60):
        for mean in (6, 10, 20):
            found = [day for day in weekday.days(counted(seed, mean), last=cusum.START, counts=True) if day is not None]
            days += len(found)
            shocks += sum(day.is_unusual for day in found)
            both += sum(day.is_unusual for day in found) + len(list(cusum.alarms(day.z for day in found)))

    assert shocks / days * 1000 <= 2
    assert both / days * 1000 <= 10


def judged(values: list[float | None]) -> Iterator[weekday.Day]:
    return (day for day in weekday.days(values, last=cusum.START) if day is not None)


def test_false_alarms_at_20_percent_noise_stay_within_their_bounds() -> None:
    days = shocks = both = 0
    for seed in range(80):
        found = list(judged(series(seed, 0.2)))
        days += len(found)
        unusual = sum(day.is_unusual for day in found)
        shocks += unusual
        both += unusual + len(list(cusum.alarms(day.z for day in found)))

    assert days == 80 * cusum.START
    assert shocks / days * 1000 <= 5
    assert both / days * 1000 <= 10


def test_a_lasting_fall_of_30_percent_is_found_within_10_days() -> None:
    begins, seeds = weekday.HISTORY + 30, range(1000, 1100)
    found = 0
    for seed in seeds:
        known = list(judged(series(seed, 0.2, fall=0.3, at=begins)))
        falls = range(30, 40)
        shock = any(known[day].is_unusual and known[day].z < 0 for day in falls)
        drift = any(one.place in falls and not one.upward for one in cusum.alarms(day.z for day in known))
        found += shock or drift

    assert found / len(seeds) >= 0.85


def test_false_alarms_of_delivery_are_hardly_more_than_those_of_spend_alone() -> None:
    """Spend, impressions and clicks move together; of each day and direction, the first one is told. Only spend drifts.

    The model alone: that a run tells no more is `test_runs`' business.
    """
    days, told = 0, list[tuple[int, int, bool]]()
    for seed in range(80):
        random = Random(1000 + seed)  # noqa: S311 - invented figures
        impressions = [round(200 * (value or 0)) for value in series(seed, 0.2)]
        clicks = [float(_poisson(random, one / 100 * math.exp(random.gauss(0, 0.1)))) for one in impressions]
        spend = [one / 200 * math.exp(random.gauss(0, 0.1)) for one in impressions]
        found = set[tuple[int, int, bool]]()
        for values, counts in ((spend, False), (impressions, True), (clicks, True)):
            known = list(weekday.days(values, last=cusum.START, counts=counts))
            found |= {(seed, at, day.z > 0) for at, day in enumerate(known) if day is not None and day.is_unusual}
            if not counts:
                found |= {
                    (seed, one.place, one.upward)
                    for one in cusum.alarms(None if day is None else day.z for day in known)
                }
        days, told = days + cusum.START, [*told, *found]

    assert len(told) / days * 1000 <= 13
