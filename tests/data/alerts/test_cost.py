"""Whether a conversion costs more than before, though those of the newest days are not all there yet."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from adops_cli.data import alerts, campaigns, metrics
from adops_cli.data.alerts import Run
from tests.importers.metrics.fake_export import campaign, put
from tests.late_conversions import on, pulls

pytestmark = pytest.mark.usefixtures("bound", "db_file")
TODAY = date(2026, 3, 20)
Count = Callable[[date], int]


def ago(days: int) -> date:
    return TODAY - timedelta(days)


def late(age: int) -> Decimal:
    """A quarter of a day's conversions is known until it is five days old, and then all."""
    return Decimal("0.25") if age < 5 else Decimal(1)


def usual(_day: date) -> int:
    return 20


def dearer(day: date) -> int:
    """Half as many in the last week."""
    return 20 if day < ago(7) else 10


def pull(*, first: int = 60, window: int = 7, missed: tuple[int, ...] = (), **counts: Count) -> None:
    """Daily pulls of the last days, the first so many days ago: each day costs 100, and has so many conversions."""
    for on_day in (ago(age) for age in range(first, -1, -1) if age not in missed):
        days = [on_day - timedelta(age) for age in range(1, window + 1)]
        rows: Any = {
            campaign(name, account="One"): {
                str(day): {
                    "impressions": 900,
                    "clicks": 90,
                    "spend": 100,
                    "conversions": count(day) * late((on_day - day).days),
                }
                for day in days
            }
            for name, count in counts.items()
        }
        with on(on_day):
            put(rows, bytes_of_file=str(on_day))


def run(**more: Any) -> Run:
    with on(TODAY):
        return alerts.run(["cpa_up"], alerts={}, expect={}, **{"final_after": 30, **more})


def told(found: Run) -> list[tuple[str, Any, Any, Any]]:
    return [(one.severity, one.value, one.expected, one.at_stake) for one in found.findings]


def test_late_conversions_are_no_alarm_and_dear_ones_are_one_at_once() -> None:
    """Of the newest week, 4 days are known by a quarter: 20 x (4 / 4 + 3) = 80 at 8.75, as in each week before.

    With half as many, they cost 17.50; 700 - 40 x 8.75 are too dear.
    """
    pull(same=usual, dear=dearer)

    found = run()

    assert told(found) == [("critical", Decimal("17.5"), Decimal("8.75"), 350)]
    [one] = found.findings
    assert (one.name, one.from_, one.to, found.unknown) == ("dear", ago(7), ago(1), [])
    assert one.message == (
        "dear: a conversion costs 17.50 EUR, 2.0 times 8.75 EUR before, both as known at the same age"
    )
    assert {name: str(number) for name, number in one.numbers.items()} == {
        "conversionsNow": "40",
        "spendNow": "700",
        "conversionsBefore": "320",
        "spendBefore": "2800",
        "daysNow": "7",
        "daysBefore": "28",
        "comparedBy": "the same age",
    }


def test_a_pull_that_failed_leaves_its_days_out_of_both_figures() -> None:
    """14 days ago, nothing was pulled. The day before it was first known at the age of 2, and not at 1: 5 of 320 lack.

    And the day that was complete 14 days ago was known by a quarter, so that 15 lack: 2,700 / 300.
    """
    pull(missed=(14,), same=usual, dear=dearer)

    assert [(one.value, one.expected) for one in run().findings] == [(Decimal("17.5"), 9)]


def test_where_the_journal_does_not_reach_back_the_completion_of_days_tells() -> None:
    """All rows came yesterday; but what imports have known says that half is known until a day is two days old.

    The newest day has 20 of 40, so the week has 280, and 140 if there are half as many: 5 each, and 2.50 before.
    """
    pulls(TODAY)
    known = {"account": "One", "currency": "EUR"}
    for id, part in (("same", 1), ("dear", Decimal("0.5"))):
        campaigns.create(id=id, name=id, platform="google-ads", metadata=known)
        with on(ago(0)):
            metrics.record_many(
                {
                    "campaign_id": id,
                    "date": ago(age),
                    "spend": 100,
                    "conversions": (part if age < 8 else 1) * (20 if age < 2 else 40),
                }
                for age in range(1, 50)
            )

    found = run()

    assert told(found) == [("critical", 5, Decimal("2.5"), 350)]
    assert found.findings[0].message.endswith(", both with the conversions that are still to come")
    assert found.unknown == []


def test_where_nobody_knows_it_is_unknown_with_the_reason_and_no_alarm() -> None:
    pull(first=8, window=45, dear=dearer)

    assert told(run()) == []
    assert run().unknown == [
        (
            "cpa_up of google-ads One: its newest days lack conversions, the journal does not say how older ones were "
            "known at that age, and fewer than 14 days are known at two ages"
        )
    ]
    assert told(run(final_after=1)) == [("critical", Decimal("17.5"), 5, 500)]


def test_who_costs_no_more_by_what_is_known_so_far_is_never_unknown() -> None:
    pull(first=0, window=45, cheap=lambda day: 20 if day < ago(7) else 90)

    assert (told(run()), run().unknown) == ([], [])
