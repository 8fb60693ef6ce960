"""Chain ladder over what days were known to be: pure arithmetic, with figures that can be followed by hand."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest

from adops_cli.data import lag
from adops_cli.data.lag import Lag, Seen

MILLION = 1_000_000
Curve = Callable[[int], float]


def days(curve: Curve, *, count: int = 40, reach: int = 29, of: int = 100, campaigns: int = 20) -> list[list[Seen]]:
    """Days that are known at each age from 0 on, as far as they are old enough."""
    return [
        [(age, round(of * curve(age) * MILLION), campaigns) for age in range(min(age_now, reach) + 1)]
        for age_now in range(count)
    ]


def slow(age: int) -> float:
    return min(1, 0.5 + 0.05 * age)


def completions(found: Lag) -> list[float | None]:
    return [None if (one := found.completion(age)) is None else float(one) for age in range(12)]


def test_the_completion_is_one_over_the_product_of_the_later_factors() -> None:
    found = lag.of_days(days(slow))

    assert (found.factors[0].days, found.factors[0].before) == (39, 39 * 50 * MILLION)
    assert found.factors[0].after == 39 * 55 * MILLION
    assert completions(found) == pytest.approx([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1, 1])
    assert found.completion(500) == 1
    assert (found.final_at(3), found.final_at(9), found.final_at(20)) == (9, 9, 20)


def test_a_factor_is_a_ratio_of_sums_so_that_a_large_day_weighs_more() -> None:
    large, small = days(lambda age: 0.5 if age == 0 else 1, of=1000), days(lambda _: 1, of=10)

    assert float(lag.of_days([*large, *small]).completion(0) or 0) == pytest.approx(510 / 1010, abs=1e-6)


def test_between_two_imports_a_day_is_known_as_the_first_has_left_it() -> None:
    weekly = [[(0, 50 * MILLION, 1), (7, 100 * MILLION, 1), (29, 100 * MILLION, 1)] for _ in range(20)]

    assert completions(lag.of_days(weekly))[5:9] == [0.5, 0.5, 1, 1]


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (lag.of_days([]), "fewer than 14 days are known at two ages"),
        (lag.of_days(days(slow, count=14)), "fewer than 14 days are known at two ages"),
        (lag.of_days(days(slow, of=9)), "fewer than 10 conversions a day"),
        (lag.of_days(days(slow), a_day=9.9), "fewer than 10 conversions a day"),
        (lag.of_days(days(slow, reach=7)), "imports reach back 7 days only, and the figures still change then"),
    ],
)
def test_what_has_too_little_behind_it_is_unknown_and_says_why(found: Lag, why: str) -> None:
    assert found.unknown == why
    assert set(completions(found)) == {None}
    assert found.final_at(5) is found.estimate([(5, MILLION)]) is None


def test_imports_that_reach_as_far_as_nothing_changes_any_more_are_enough() -> None:
    found = lag.of_days(days(slow, reach=14))

    assert found.unknown is None
    assert completions(found)[0] == pytest.approx(0.5)


def test_days_of_different_ages_can_be_compared_though_nobody_knows_the_final_figure() -> None:
    """Imports reach back four days, at which 0.7 of all is known: of that, 5/7 are known on the day itself."""
    found = lag.of_days(days(slow, reach=4))

    assert (found.completion(0), found.final_at(4)) == (None, None)
    assert [found.part(age) for age in (0, 2, 4, 30)] == [Fraction(5, 7), Fraction(6, 7), 1, 1]
    assert lag.of_days(days(slow, reach=4, of=9)).part(0) is None  # too few conversions a day
    assert lag.of_days(days(slow, count=10)).part(0) is None


def test_figures_that_are_taken_back_are_more_than_complete_before() -> None:
    found = lag.of_days(days(lambda age: 1.25 if age < 3 else 1))

    assert completions(found)[:4] == [1.25, 1.25, 1.25, 1]
    assert found.final_at(0) == 3


def test_a_small_step_back_among_increases_leaves_the_completion_rising_and_at_most_one() -> None:
    found = lag.of_days(days(lambda age: 1.01 if age == 10 else slow(age)))

    rising = completions(found)
    assert rising == sorted(rising, key=lambda one: one or 0)
    assert max(one or 0 for one in rising) == 1


def test_values_of_different_campaigns_are_not_compared() -> None:
    grown = [[*seen[:10], *((age, value * 2, 40) for age, value, _ in seen[10:])] for seen in days(slow)]
    found = lag.of_days([*days(slow), *grown])

    assert completions(found)[0] == pytest.approx(0.5)
    assert found.factors[9].days == 30
    assert found.factors[10].days == 58


def test_an_estimate_adds_up_each_day_by_its_completion() -> None:
    found = lag.of_days(days(slow))
    part = found.estimate([(0, 50 * MILLION), (4, 70 * MILLION), (29, 100 * MILLION)])

    assert part is not None
    assert lag.estimate([part, (Fraction(5 * MILLION), 0.0)]) == lag.Estimate(*(Decimal(305),) * 3)


def test_the_range_of_an_estimate_is_as_wide_as_days_have_differed() -> None:
    uneven = [[(0, half * MILLION, 1), *((age, 100 * MILLION, 1) for age in range(1, 30))] for half in (40, 60) * 15]
    found = lag.of_days(uneven)
    part = found.estimate([(0, 50 * MILLION)])

    assert part is not None
    one = lag.estimate([part])
    assert one.value == 100
    assert 30 < one.high - one.value == one.value - one.low < 60


def test_a_figure_is_final_between_95_and_105_percent() -> None:
    for completion, final in {"0.949999": False, "0.95": True, "1.05": True, "1.050001": False}.items():
        assert lag.is_final(Decimal(completion)) is final
    assert not lag.is_final(None)
