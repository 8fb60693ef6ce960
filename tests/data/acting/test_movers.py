"""What each campaign has moved: worked examples, and that all of them add up to the difference to the last digit."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adops_cli.data.acting import movers
from adops_cli.data.acting.movers import Mover

M = 10**6


def in_millionths(side: dict[str, Any]) -> dict[str, Any]:
    return {
        id: tuple(None if part is None else part * M for part in (parts if isinstance(parts, tuple) else (parts,)))
        for id, parts in side.items()
    }


def by_id(found: movers.Movement) -> dict[str, Mover]:
    return {mover.id: mover for mover in found.movers}


def test_a_figure_by_hand() -> None:
    found = movers.of_figure(
        "spend",
        in_millionths({"brand": 100, "shop": 50, "old": 30}),
        in_millionths({"brand": 60, "shop": 55, "fresh": 45}),
    )

    assert (found.before, found.now, found.difference) == (180, 160, -20)
    assert [(one.id, one.kind, one.contribution, one.share) for one in found.movers] == [
        ("fresh", "new", 45, Decimal("-2.25")),
        ("brand", "both", -40, 2),
        ("old", "gone", -30, Decimal("1.5")),
        ("shop", "both", 5, Decimal("-0.25")),
    ]
    assert {(one.rate, one.mix, one.entry) for one in found.movers} == {(None, None, None)}


def test_a_ratio_by_hand() -> None:
    """ROAS 3 -> 2.2. Brand: w 0.5 -> 0.4, r 4 -> 2.5. Shop: w 0.5 -> 0.6, r 2 -> 2. M = 2.6."""
    found = movers.of_ratio(
        *("revenue", "spend"),
        in_millionths({"brand": (400, 100), "shop": (200, 100)}),
        in_millionths({"brand": (200, 80), "shop": (240, 120)}),
    )

    assert (found.before, found.now, found.difference) == (3, Decimal("2.2"), Decimal("-0.8"))
    brand, shop = (by_id(found)[id] for id in ("brand", "shop"))
    # rate (0.5 + 0.4) / 2 x (2.5 - 4), mix (0.4 - 0.5) x ((4 + 2.5) / 2 - 2.6)
    assert (brand.rate, brand.mix, brand.entry) == (Decimal("-0.675"), Decimal("-0.065"), 0)
    # rate 0, mix (0.6 - 0.5) x (2 - 2.6)
    assert (shop.rate, shop.mix, shop.entry) == (0, Decimal("-0.06"), 0)
    assert [one.contribution for one in found.movers] == [Decimal("-0.74"), Decimal("-0.06")]
    assert [one.share for one in found.movers] == [Decimal("0.925"), Decimal("0.075")]


def test_entry_and_exit_by_hand() -> None:
    """CPA 10 -> 15. The new one has spent, without a conversion; the old one is gone. M = 12.5."""
    found = movers.of_ratio(
        *("spend", "conversions"),
        in_millionths({"kept": (60, 10), "old": (140, 10)}),
        in_millionths({"kept": (60, 10), "new": (90, 0)}),
    )

    assert (found.before, found.now, found.difference) == (10, 15, 5)
    kept, old, new = (by_id(found)[id] for id in ("kept", "old", "new"))
    assert (kept.rate, kept.mix, kept.entry) == (0, Decimal("-3.25"), 0)  # w 0.5 -> 1: 0.5 x (6 - 12.5)
    assert (old.kind, old.rate, old.mix, old.entry) == ("gone", 0, 0, Decimal("-0.75"))  # -140 / 20 + 0.5 x 12.5
    assert (new.kind, new.rate, new.mix, new.entry) == ("new", 0, 0, 9)  # 90 / 10


def test_what_is_not_reported_counts_as_0_and_is_flagged() -> None:
    found = movers.of_ratio(
        *("revenue", "spend"),
        in_millionths({"a": (100, 50), "b": (None, 50)}),
        in_millionths({"a": (100, 50), "b": (None, 50)}),
    )

    assert (found.before, found.difference) == (1, 0)
    assert {one.id: one.not_reported for one in found.movers} == {"a": False, "b": True}
    assert {one.share for one in found.movers} == {None}


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        ({"a": (10, 0)}, {"a": (10, 5)}, "conversions is 0 before"),
        ({}, {"a": (10, 5)}, "conversions is unknown before"),
        ({"a": (10, 5)}, {"a": (10, None)}, "conversions is unknown now"),
        ({"a": (None, 5)}, {"a": (10, 5)}, "no campaign reports spend before"),
    ],
)
def test_a_side_without_a_ratio_gives_the_reason(before: Any, now: Any, reason: str) -> None:
    found = movers.of_ratio("spend", "conversions", in_millionths(before), in_millionths(now))

    assert (found.difference, found.reason) == (None, reason)
    assert {(one.contribution, one.rate, one.mix, one.entry, one.share) for one in found.movers} == {(None,) * 5}


def test_a_figure_that_nobody_reports_on_a_side_has_no_difference() -> None:
    found = movers.of_figure("revenue", in_millionths({"a": None}), in_millionths({"a": 5}))

    assert (found.before, found.now, found.difference) == (None, 5, None)
    assert found.reason == "no campaign reports revenue before"
    assert movers.of_figure("revenue", {}, in_millionths({"a": 5})).difference == 5


def test_digits_are_rounded_half_to_even() -> None:
    """Of 2.5, 3.5 and -2.5 in the twelfth decimal."""
    total = 10**12 * 2
    found = movers.of_ratio(
        "clicks", "impressions", {"a": (0, total), "b": (0, 0)}, {"a": (5, total), "b": (7, 0), "c": (-5, 0)}
    )

    assert {one.id: one.contribution for one in found.movers} == {
        "a": Decimal("0.000000000002"),
        "b": Decimal("0.000000000004"),
        "c": Decimal("-0.000000000002"),
    }


PARTS = st.none() | st.integers(0, 10**13)
SIDES = st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(PARTS, PARTS), max_size=8)


@given(SIDES, SIDES)
def test_the_contributions_to_a_ratio_are_those_of_the_formulas_and_add_up(before: Any, now: Any) -> None:
    found = movers.of_ratio("n", "d", before, now)
    if found.difference is None:
        return

    exact = literally(before, now)
    assert sum(sum(parts) for parts in exact.values()) == ratio(now) - ratio(before)
    assert found.difference == twelve(ratio(now) - ratio(before))
    for one in found.movers:
        assert (one.rate, one.mix, one.entry) == tuple(map(twelve, exact[one.id]))
        assert one.contribution == twelve(sum(exact[one.id], Fraction(0)))
    assert [one.id for one in found.movers] == sorted(exact, key=lambda one: (-abs(sum(exact[one])), one))


@given(SIDES, SIDES)
def test_the_contributions_to_a_figure_add_up(before: Any, now: Any) -> None:
    found = movers.of_figure("n", before, now)
    if found.difference is not None:
        assert sum(one.contribution or 0 for one in found.movers) == found.difference


@given(SIDES)
def test_a_window_beside_itself_has_not_moved(side: Any) -> None:
    for found in (movers.of_figure("n", side, side), movers.of_ratio("n", "d", side, side)):
        assert found.difference in (0, None)
        assert {one.contribution for one in found.movers} <= {0, None}
        assert {one.rate for one in found.movers} | {one.mix for one in found.movers} <= {0, None}


def sums(side: Any) -> tuple[Fraction, Fraction]:
    n, d = (Fraction(sum(parts[place] or 0 for parts in side.values())) for place in (0, 1))
    return n, d


def ratio(side: Any) -> Fraction:
    n, d = sums(side)
    return n / d


def literally(before: Any, now: Any) -> dict[str, tuple[Fraction, Fraction, Fraction]]:
    """Rate, mix and entry of each campaign, as they are defined."""
    total0, total1 = sums(before)[1], sums(now)[1]
    mean, found = (ratio(before) + ratio(now)) / 2, {}
    for id in {*before, *now}:
        n0, d0 = (Fraction(part or 0) for part in before.get(id, (0, 0)))
        n1, d1 = (Fraction(part or 0) for part in now.get(id, (0, 0)))
        w0, w1 = d0 / total0, d1 / total1
        if d0 and d1:
            r0, r1 = n0 / d0, n1 / d1
            found[id] = ((w0 + w1) / 2 * (r1 - r0), (w1 - w0) * ((r0 + r1) / 2 - mean), Fraction(0))
        else:
            found[id] = (Fraction(0), Fraction(0), n1 / total1 - n0 / total0 - (w1 - w0) * mean)
    return found


def twelve(value: Fraction) -> Decimal:
    return Decimal(round(value * 10**12)).scaleb(-12)  # `round` of a Fraction is half to even
