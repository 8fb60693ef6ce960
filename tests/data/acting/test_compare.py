"""Which windows stand beside each other, and what has changed between them: worked examples."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adops_cli.data.acting import compare
from adops_cli.errors import BadRequestError
from adops_cli.measures import FIGURES, RATIOS, ratios


@pytest.mark.parametrize(
    ("how", "window", "before"),
    [
        # Monday to Wednesday: the days just before are a weekend, the same weekdays are a week before.
        ("previous", ("2026-11-23", "2026-11-25"), ("2026-11-20", "2026-11-22")),
        ("weeks", ("2026-11-23", "2026-11-25"), ("2026-11-16", "2026-11-18")),
        ("weeks", ("2026-11-16", "2026-11-25"), ("2026-11-02", "2026-11-11")),  # ten days: two weeks before
        ("weeks", ("2026-11-16", "2026-11-22"), ("2026-11-09", "2026-11-15")),
        ("year", ("2026-11-23", "2026-11-25"), ("2025-11-24", "2025-11-26")),
        ("year", ("2025-11-24", "2026-11-23"), ("2023-11-27", "2024-11-25")),  # 365 days: 728 before
        ("last-month", ("2026-11-23", "2026-11-25"), ("2026-10-23", "2026-10-25")),
        ("last-month", ("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
        ("last-month", ("2024-03-30", "2024-03-31"), ("2024-02-29", "2024-02-29")),
        ("last-month", ("2026-01-01", "2026-01-10"), ("2025-12-01", "2025-12-10")),
        ("auto", ("2026-11-23", "2026-11-25"), ("2026-11-16", "2026-11-18")),
        ("auto", ("2026-11-10", "2026-11-23"), ("2026-10-27", "2026-11-09")),
    ],
)
def test_the_window_before(how: str, window: tuple[str, str], before: tuple[str, str]) -> None:
    found = compare.window_before(how, *map(date.fromisoformat, window))

    assert (str(found.first), str(found.last)) == before


@pytest.mark.parametrize("how", ["yesterday", ""])
def test_a_word_that_is_none_is_refused(how: str) -> None:
    with pytest.raises(BadRequestError, match="nothing to compare with"):
        compare.window_before(how, date(2026, 1, 1), date(2026, 1, 2))


def test_before_the_calendar_there_is_nothing() -> None:
    with pytest.raises(BadRequestError, match="no window before 0001-01-01"):
        compare.window_before("previous", date(1, 1, 1), date(1, 1, 2))


def test_days_weeks_and_months_stand_beside_those_of_the_same_place() -> None:
    before, now = date(2026, 1, 28), date(2026, 3, 4)  # both are Wednesdays

    assert compare.beside("day", date(2026, 1, 29), before, now) == date(2026, 3, 5)
    assert compare.beside("week", date(2026, 1, 26), before, now) == date(2026, 3, 2)
    assert compare.beside("week", date(2026, 2, 2), before, now) == date(2026, 3, 9)
    assert compare.beside("month", "2026-01", before, now) == "2026-03"
    assert compare.beside("month", "2025-12", date(2025, 12, 1), date(2026, 1, 1)) == "2026-01"


def figures(**known: Any) -> dict[str, Any]:
    return dict.fromkeys(FIGURES) | {
        name: value if value is None or name in ("impressions", "clicks") else Decimal(value)
        for name, value in known.items()
    }


def test_what_has_changed() -> None:
    before = figures(impressions=1000, clicks=10, conversions="2", spend="5", revenue=None)
    now = figures(impressions=1500, clicks=12, conversions="0", spend="9", revenue="30")

    found = compare.compared(before, now)

    assert found.difference == {
        "impressions": 500,
        "clicks": 2,
        "conversions": Decimal(-2),
        "spend": Decimal(4),
        "revenue": None,
        # 12 / 1500 - 10 / 1000, 9 / 12 - 5 / 10, undefined, 0 / 12 - 2 / 10, unknown
        "ctr": Decimal("-0.002"),
        "cpc": Decimal("0.25"),
        "cpa": None,
        "cvr": Decimal("-0.2"),
        "roas": None,
    }
    assert found.change_percent == {
        "impressions": Decimal(50),
        "clicks": Decimal(20),
        "conversions": Decimal(-100),
        "spend": Decimal(80),
        "revenue": None,
        "ctr": Decimal(-20),
        "cpc": Decimal(50),
        "cpa": None,
        "cvr": Decimal(-100),
        "roas": None,
    }


def test_a_side_without_rows_is_0_for_figures_and_has_no_ratios() -> None:
    side = figures(impressions=10, clicks=2, spend="1.5")

    new, gone = compare.compared(None, side), compare.compared(side, None)

    assert {**new.difference, "ctr": 0} == {**dict.fromkeys(RATIOS), **side, "ctr": 0}
    assert set(new.change_percent.values()) == {None}
    assert gone.difference["spend"] == Decimal("-1.5")
    assert gone.change_percent["spend"] == Decimal(-100)
    assert gone.difference["ctr"] is gone.change_percent["ctr"] is None
    assert set(compare.compared(None, None).difference.values()) == {None}


def test_a_change_of_what_was_0_or_unknown_is_none() -> None:
    found = compare.compared(figures(spend="0", clicks=None), figures(spend="1", clicks=1))

    assert (found.difference["spend"], found.change_percent["spend"]) == (1, None)
    assert found.difference["clicks"] is found.change_percent["clicks"] is None


@pytest.mark.parametrize(
    ("before", "now", "significant"),
    [
        # By hand: p = 0.055, standard error = sqrt(0.055 x 0.945 x 2 / 1000) = 0.010196, z = 0.01 / 0.010196 = 0.98
        (("50", 1000), ("60", 1000), False),
        # p = 0.065, standard error = 0.011025, z = 0.03 / 0.011025 = 2.72
        (("50", 1000), ("80", 1000), True),
        (("80", 1000), ("50", 1000), True),
        (("50", 1000), ("50", 1000), False),
        (("0", 10), ("0", 10), None),  # p = 0
        (("10", 10), ("10", 10), None),  # p = 1
        (("12", 10), ("5", 10), None),  # view-through conversions: more than clicks
        (("1", 10), ("5", 0), None),
        ((None, 10), ("5", 10), None),
        (("2.5", 1000), ("80", 1000), None),  # fractions of few
        (("50.5", 1000), ("80", 1000), True),  # counted as 50: half to even
    ],
)
def test_a_rate_is_tested_against_chance(before: Any, now: Any, significant: bool | None) -> None:
    sides = [figures(conversions=above, clicks=below) for above, below in (before, now)]

    assert compare.compared(*sides).significant["cvr"] is significant


AMOUNTS = st.none() | st.integers(0, 10**12).map(lambda whole: Decimal(whole).scaleb(-6))
COUNTS = st.none() | st.integers(0, 10**9)
SIDES = st.builds(
    lambda counts, amounts: dict(zip(FIGURES, (*counts, *amounts), strict=True)),
    st.tuples(COUNTS, COUNTS),
    st.tuples(AMOUNTS, AMOUNTS, AMOUNTS),
)


@given(SIDES)
def test_a_window_beside_itself_has_not_changed(side: dict[str, Any]) -> None:
    found = compare.compared(side, side)

    assert set(found.difference.values()) <= {0, None}
    assert set(found.change_percent.values()) <= {0, None}
    assert True not in found.significant.values()
    assert {name for name, value in found.difference.items() if value is None} == {
        name for name, value in (side | ratios(side)).items() if value is None
    }


@given(SIDES, SIDES)
def test_what_was_and_the_difference_are_what_is_now(before: dict[str, Any], now: dict[str, Any]) -> None:
    found = compare.compared(before, now)

    for name in FIGURES:
        if None not in (before[name], now[name]):
            assert before[name] + found.difference[name] == now[name]
    was, is_now = ratios(before), ratios(now)
    for name in RATIOS:
        gap = found.difference[name]
        assert (gap is None) == (was[name] is None or is_now[name] is None)
        if gap is not None:
            assert abs(is_now[name] - was[name] - gap) <= Decimal("0.000001")  # type: ignore[operator]
