"""What imports have known of each day, and what follows for the days of an account: whether they are final."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from adops_cli.data import finality, runoff
from adops_cli.data.closes.scope import Scope
from adops_cli.data.finality import NEVER
from adops_cli.data.runoff import Account
from tests import late_conversions
from tests.late_conversions import knew, pulls

TODAY = date(2026, 6, 1)
ONE = Account("google-ads", "One")
pytestmark = pytest.mark.usefixtures("db_file")


def before(days: int, since: date = TODAY) -> date:
    return since - timedelta(days)


@pytest.fixture(autouse=True)
def today(bound: object) -> Iterator[None]:  # noqa: ARG001 - bound first
    with late_conversions.on(TODAY):
        yield


def test_the_lag_is_that_of_each_account_and_figure() -> None:
    pulls(TODAY)
    pulls(TODAY, account="")

    rows = runoff.get_lag()

    assert [(row.platform, row.account, row.figure, row.age) for row in rows] == [
        ("google-ads", account, figure, age)
        for account in (None, "One")
        for figure in ("conversions", "revenue")
        for age in range(29)
    ]
    assert [(row.completion, row.days, row.value) for row in rows[:3]] == [
        (0.5, 39, 780),
        (0.5, 39, 780),
        (1, 39, 1560),
    ]
    assert not rows.unknown
    assert {row.account for row in runoff.get_lag(account="One")} == {"One"}
    assert runoff.get_lag(platform="meta-ads") == []


def test_who_pulls_a_week_knows_nothing_of_older_days() -> None:
    for on in map(before, range(40)):
        knew(on, {before(age, on): (1, 0, 40 + age, None) for age in range(7)})

    rows = runoff.get_lag()

    assert max(row.age for row in rows) == 5
    assert {row.completion for row in rows} == {None}
    assert rows.unknown == [
        "conversions of google-ads One: imports reach back 6 days only, and the figures still change then"
    ]


def test_an_import_that_was_undone_does_not_count() -> None:
    pulls(TODAY)
    expected = runoff.get_lag()
    knew(before(3), {before(9): (20, 0, 1, 1)}, account="One", status="undone")

    assert runoff.get_lag() == expected


def test_a_file_of_a_few_campaigns_says_nothing_of_the_account() -> None:
    pulls(TODAY)
    expected = runoff.get_lag()
    knew(TODAY + timedelta(1), {before(40): (1, 19, 20, 40)})

    assert runoff.get_lag() == expected


def test_an_account_in_two_files_is_whole_after_the_second() -> None:
    for on in map(before, range(40)):
        knew(on, {before(age, on): (9, 11, 1, 1) for age in range(30)})
        knew(on, {**{before(age, on): (11, 9, 40, 80) for age in range(30)}, before(99): (1, 0, 1, 1)})

    assert runoff.get_lag()[0].value == 39 * 40


def test_figures_that_mean_something_else_now_begin_anew() -> None:
    pulls(TODAY, means={"accounts": ["One"], "conversions": "purchases"})
    knew(TODAY + timedelta(1), {TODAY: (20, 0, 900, 80)}, means={"accounts": ["One"], "conversions": "leads"})

    assert runoff.read()[ONE].lags["conversions"].factors == {}
    assert runoff.read()[ONE].lags["revenue"].factors[0].days == 40


def test_a_day_is_final_when_enough_is_known_of_every_figure() -> None:
    pulls(TODAY)
    known = finality.read()

    assert [known.open_until(ONE, str(before(age))) for age in range(4)] == [
        TODAY + timedelta(2), TODAY + timedelta(1), None, None,
    ]  # fmt: skip
    assert known.open_until(Account("ttd", ""), str(before(29))) == TODAY + timedelta(1)
    assert known.open_until(Account("ttd", ""), str(before(30))) is None
    assert finality.read(10).open_until(Account("ttd", ""), str(before(10))) is None


def test_a_day_that_was_last_imported_too_early_stays_open() -> None:
    pulls(before(60))

    assert finality.read().open_until(ONE, str(before(61))) == NEVER
    assert finality.read().open_until(ONE, str(before(62))) is None


def test_a_day_of_a_closed_period_is_final() -> None:
    pulls(TODAY)
    known = replace(finality.read(), closed=[Scope(TODAY, TODAY, account="One")])

    assert known.open_until(ONE, str(TODAY)) is None
    assert known.open_until(ONE, str(before(1))) is not None
    assert known.open_until(ONE._replace(account="Two"), str(TODAY)) is not None


def test_accounts_with_the_same_reason_are_told_together() -> None:
    for place in range(5):
        knew(TODAY, {TODAY: (1, 0, 3, None if place else 5)}, account=f"A{place}")

    why = "fewer than 14 days are known at two ages"
    assert runoff.get_lag().unknown == [
        f"conversions and revenue of google-ads A0: {why}",
        f"conversions of google-ads A1, google-ads A2, google-ads A3 and 1 more: {why}",
    ]
