"""The language of threshold rules, and where its errors point."""

from decimal import Decimal

import pytest

from adops_cli.data.alerts import grammar
from adops_cli.errors import BadRequestError


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("roas<1.5 over 7d", "roas < 1.5 over 7d"),
        ("ROAS < 1.5 OVER 7d WHERE Spend > 100 BY Campaign", "roas < 1.5 over 7d where spend > 100 by campaign"),
        ("ctr<=0.5% over 30d by platform", "ctr <= 0.005 over 30d by platform"),
        (
            "conversions = 0 over 3d where clicks >= 100 and spend > 50 by account",
            "conversions = 0 over 3d where clicks >= 100 and spend > 50 by account",
        ),
        ("spend > 10000 over 1d by project", "spend > 10000 over 1d by project"),
    ],
)
def test_a_rule_is_read_and_written_in_one_spelling(written: str, read: str) -> None:
    assert str(grammar.parse(written)) == read
    assert grammar.parse(read) == grammar.parse(written)


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ("", "ends too early, where one of impressions, clicks, conversions, spend, revenue, ctr, cpc, cpa, cvr, roas"),
        ("raos < 1 over 7d", "has 'raos' at character 1, where one of"),
        ("roas ! 1 over 7d", "has '!' at character 6, where one of < <= > >= = should be"),
        ("roas < much over 7d", "has 'much' at character 8, where a number such as 1.5 or 2% should be"),
        ("roas < 1.5", "ends too early, where over should be"),
        ("roas < 1.5 over 7", "has '7' at character 17, where a window of 1d to 366d, such as 7d should be"),
        ("roas < 1.5 over 0d", "has '0d' at character 17, where a window"),
        ("roas < 1.5 over 7d when spend > 1", "has 'when' at character 20, where where, by or the end should be"),
        ("roas < 1.5 over 7d where spend > 1 or clicks > 1", "has 'or' at character 36, where and, by or the end"),
        ("roas < 1.5 over 7d by country", "has 'country' at character 23, where one of campaign, account, platform,"),
        ("roas < 1.5 over 7d by campaign now", "has 'now' at character 32, where the end should be"),
    ],
)
def test_an_error_names_the_place(rule: str, error: str) -> None:
    with pytest.raises(BadRequestError) as refused:
        grammar.parse(rule)

    assert f"the rule {rule!r} {error}" in str(refused.value)


def test_a_mistyped_word_gets_the_nearest_one() -> None:
    with pytest.raises(BadRequestError, match="Did you mean roas"):
        grammar.parse("raos < 1 over 7d")


def test_a_condition_on_what_is_not_known_does_not_hold() -> None:
    condition = grammar.parse("roas < 1.5 over 7d").condition

    assert condition.holds({"revenue": Decimal(14), "spend": Decimal(10)})
    assert not condition.holds({"revenue": Decimal(15), "spend": Decimal(10)})
    assert not condition.holds({"revenue": None, "spend": Decimal(10)})
    assert not condition.holds({"revenue": Decimal(1), "spend": Decimal(0)})


def test_conversions_revenue_and_what_is_made_of_them_are_late() -> None:
    names = ("roas", "cpa", "cvr", "conversions", "revenue", "ctr", "cpc", "spend")

    assert [grammar.parse(f"{name} < 1 over 7d").is_late for name in names] == [True] * 5 + [False] * 3
    assert grammar.parse("spend > 1 over 7d where conversions = 0").is_late
