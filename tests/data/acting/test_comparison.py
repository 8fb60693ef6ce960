"""Reports, rankings and movers beside another window, as the database has them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adops_cli.data import campaigns, metrics
from adops_cli.data.acting import comparison, movement
from adops_cli.data.journal import prune
from adops_cli.errors import BadRequestError
from adops_cli.measures import FIGURES, RATIOS
from tests.importers.metrics.fake_export import put
from tests.late_conversions import on

DAYS: dict[str, Any] = {"start_date": "2026-03-09", "end_date": "2026-03-15"}
EARLIER: dict[str, Any] = {"start_date": "2026-03-02", "end_date": "2026-03-08"}
pytestmark = pytest.mark.usefixtures("no_json_mode")


def record(id: str, currency: str, **of_days: dict[str, Any]) -> None:
    if campaigns.get(id) is None:
        campaigns.create(id=id, name=id.title(), platform="ttd", metadata={"currency": currency})
    for day, figures in of_days.items():
        metrics.record_metrics(id, f"2026-03-{day.removeprefix('d')}", **figures)


@pytest.fixture
def book(bound: object) -> None:  # noqa: ARG001 - bound first
    record("brand", "EUR", d02={"spend": 100, "revenue": 400}, d09={"spend": 80, "revenue": 200})
    record("shop", "EUR", d03={"spend": 100, "revenue": 200}, d10={"spend": 120, "revenue": 240})
    record("old", "USD", d04={"spend": 7})
    record("new", "USD", d11={"spend": 5, "revenue": 1})


@pytest.mark.usefixtures("book")
def test_a_group_of_either_window_is_a_row() -> None:
    found = comparison.report("campaign", "previous", **DAYS)

    rows = {row.now.campaign_id: row for row in found.rows}
    assert list(rows) == ["shop", "brand", "new", "old"]
    assert (rows["new"].before["spend"], rows["new"].difference["spend"], rows["new"].days_before) == (None, 5, 0)
    assert (rows["old"].now.spend, rows["old"].difference["spend"], rows["old"].now.name) == (None, -7, "Old")
    assert (rows["old"].days_before, rows["old"].now.days) == (1, 0)
    assert rows["brand"].difference["roas"] == Decimal("-1.5")
    assert (found.now.days, found.before.days, found.before.first) == (3, 3, date(2026, 3, 2))


@pytest.mark.usefixtures("book")
def test_the_total_is_compared_too_and_has_no_money_of_two_currencies() -> None:
    found = comparison.report("platform", "previous", **DAYS).total
    alone = comparison.report("platform", "previous", **DAYS, campaign_ids=["brand", "shop"]).total

    assert found is not None
    assert alone is not None
    assert found.difference["spend"] is None
    assert (alone.before["roas"], alone.now.roas, alone.difference["roas"]) == (3, Decimal("2.2"), Decimal("-0.8"))


@pytest.mark.usefixtures("book")
def test_days_stand_beside_those_of_the_same_place() -> None:
    found = comparison.report("day", "previous", **DAYS, campaign_ids=["brand", "old"])

    assert [(str(row.now.day), row.now.spend, row.before["spend"]) for row in found.rows] == [
        ("2026-03-11", None, 7),
        ("2026-03-09", 80, 100),
    ]


@pytest.mark.usefixtures("book")
def test_a_ranking_ends_with_the_campaigns_that_are_gone() -> None:
    found = comparison.ranking("roas", "previous", **DAYS)
    first = comparison.ranking("roas", "previous", 2, **DAYS)
    rich = comparison.ranking("roas", "previous", **DAYS, min_spend=50)

    assert [(row.now.rank, row.now.campaign_id, row.before["spend"]) for row in found.rows] == [
        *((1, "brand", 100), (2, "shop", 100), (3, "new", None), (4, "old", 7)),
    ]
    assert (
        [row.now.campaign_id for row in first.rows] == [row.now.campaign_id for row in rich.rows] == ["brand", "shop"]
    )
    assert first.rows[0].before["roas"] == 4


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("by", ["platform", "campaign", "day", "week", "month", "project"])
def test_a_window_beside_itself_has_not_changed(by: Any) -> None:
    found = comparison.report(by, "2026-03-02..2026-03-15", start_date="2026-03-02", end_date="2026-03-15")

    assert found.rows
    for row in found.rows:
        assert {**row.difference} == {name: None if row.before[name] is None else 0 for name in (*FIGURES, *RATIOS)}


@pytest.mark.usefixtures("book")
def test_movers_of_each_currency() -> None:
    [eur, usd] = movement.moved("roas", **DAYS).currencies

    assert (eur.currency, eur.movement.difference) == ("EUR", Decimal("-0.8"))
    assert [(row.campaign_id, row.name, row.moved.rate) for row in eur.rows] == [
        *(("brand", "Brand", Decimal("-0.675")), ("shop", "Shop", 0)),
    ]
    assert (usd.movement.difference, usd.movement.reason) == (None, "no campaign reports revenue before")
    [spend] = movement.moved("spend", "previous", **DAYS, campaign_ids=["old", "new"]).currencies
    assert [(row.campaign_id, row.moved.kind, row.moved.contribution) for row in spend.rows] == [
        *(("old", "gone", -7), ("new", "new", 5)),
    ]
    assert movement.moved("spend", **DAYS | {"end_date": "2026-03-08", "start_date": "2026-03-08"}).currencies == []


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(*[st.integers(0, 10**9).map(lambda whole: Decimal(whole).scaleb(-6))] * 4), min_size=1, max_size=6
    )
)
def test_movers_add_up_to_the_difference_of_the_report(bound: object, figures: Any) -> None:  # noqa: ARG001 - bound first
    for number in range(6):
        campaigns.delete(f"c{number}") if campaigns.get(f"c{number}") else None
    for number, (*before, spend, revenue) in enumerate(figures):
        record(
            f"c{number}",
            "EUR",
            d02=dict(zip(("spend", "revenue"), before, strict=True)),
            d09={"spend": spend, "revenue": revenue},
        )

    of = movement.moved("roas", "previous", **DAYS).currencies[0].movement
    total = comparison.report("campaign", "previous", **DAYS).total

    assert total is not None
    if of.difference is None:
        assert total.difference["roas"] is None
        return
    assert abs(of.difference - total.difference["roas"]) < Fraction(1, 10**6)
    added = sum(one.contribution or 0 for one in of.movers)
    assert abs(added - of.difference) <= Decimal(len(of.movers) + 1).scaleb(-12)


@pytest.mark.parametrize("asked", [{}, {"start_date": "2026-03-09"}, {"end_date": "2026-03-15"}])
def test_without_a_window_there_is_nothing_to_compare(bound: object, asked: Any) -> None:  # noqa: ARG001 - as above
    with pytest.raises(BadRequestError, match="no window to compare"):
        comparison.report("platform", "previous", **asked)


TODAY = date(2026, 3, 16)


def pulled(first: date, last: date, length: int = 3) -> None:
    """Daily files of the last days: 10 conversions are known of a day on the next one, and 20 after two more."""
    for pull in (first + timedelta(days) for days in range((last - first).days + 1)):
        days = [pull - timedelta(age) for age in range(1, length + 1)]
        figures = {str(day): {"spend": 5, "conversions": 10 if (pull - day).days < 3 else 20} for day in days}
        with on(pull):
            put({"A": figures}, bytes_of_file=f"{pull}")


def test_both_windows_as_they_were_known_at_the_same_age(bound: object) -> None:  # noqa: ARG001 - as above
    pulled(date(2026, 3, 3), TODAY)

    with on(TODAY):
        as_now = comparison.report("campaign", "previous", **DAYS).rows[0]
        found = comparison.report("campaign", "previous", same_age=True, **DAYS)
        ranked = comparison.ranking("cpa", "previous", same_age=True, **DAYS)
        [moved] = movement.moved("conversions", "previous", same_age=True, **DAYS).currencies

        back = comparison.report("campaign", "2026-03-09..2026-03-15", same_age=True, **EARLIER)

    assert (back.at_age, back.rows[0].before["conversions"]) == (1, 70)
    assert (as_now.now.conversions, as_now.before["conversions"]) == (120, 140)
    [row] = found.rows
    assert found.at_age == 1
    assert (row.now.conversions, row.before["conversions"], row.difference["conversions"]) == (70, 70, 0)
    assert (found.now.days, found.before.days) == (7, 7)
    assert ranked.rows[0].difference["cpa"] == moved.movement.difference == 0


def test_the_same_age_needs_a_journal_that_reaches_so_far(bound: object) -> None:  # noqa: ARG001 - as above
    pulled(date(2026, 3, 3), TODAY)
    prune.folded(datetime(2026, 3, 12, tzinfo=UTC))

    with on(TODAY), pytest.raises(BadRequestError, match="2026-03-09 was of age 1 before the book begins on"):
        comparison.report("campaign", "previous", same_age=True, **DAYS)


def test_the_same_age_needs_days_that_were_known_then(bound: object) -> None:  # noqa: ARG001 - as above
    pulled(TODAY, TODAY, length=20)

    with on(TODAY), pytest.raises(BadRequestError, match="nothing from 2026-03-02 to 2026-03-08 was known 1 day"):
        comparison.report("campaign", "previous", same_age=True, **DAYS)


@pytest.mark.usefixtures("book")
def test_the_same_age_needs_an_import_and_no_other_time() -> None:
    with pytest.raises(BadRequestError, match="no import has 2026-03-11"):
        comparison.report("campaign", "previous", same_age=True, **DAYS)
    with pytest.raises(BadRequestError, match="ask for different figures"):
        comparison.report("campaign", "previous", same_age=True, as_of="2026-03-20", **DAYS)
