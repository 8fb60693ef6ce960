"""What was agreed: budgets are set, changed from a day on, listed and deleted."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from adops_cli.data import campaigns, projects
from adops_cli.data.acting import budgets
from adops_cli.errors import AdopsError, NotFoundError, UnreadableRowError, UnreadableRowWarning
from adops_cli.storage.handle import db

pytestmark = pytest.mark.usefixtures("bound")
NOVEMBER: Any = {"start_date": "2026-11-01", "end_date": "2026-11-30"}


@pytest.fixture(autouse=True)
def _the_campaigns(bound: object) -> None:  # noqa: ARG001 - bound first
    projects.create(id="p", name="P", type="campaign")
    for id in ("a", "b"):
        campaigns.create(id=id, name=id, platform="ttd", project_id="p")


@pytest.mark.usefixtures("no_json_mode")
def test_a_budget_is_set_and_found() -> None:
    made = budgets.set_budget("N", campaign_ids=["b", "a"], amount="300.10", currency="eur", **NOVEMBER)

    assert (made.campaigns, made.currency, made.amount, made.shape) == (["a", "b"], "EUR", Decimal("300.10"), "even")
    assert budgets.find("N") == budgets.find(made.id) == made
    assert list(budgets.list()) == [made]
    assert budgets.delete("N") == made
    assert list(budgets.list()) == []


def test_a_change_corrects_the_budget_or_holds_from_a_day(db_file: object) -> None:  # noqa: ARG001
    budgets.set_budget("N", project_id="p", amount=300, **NOVEMBER)
    budgets.set_budget("N", amount=400)
    assert [one.amount for one in budgets.find("N").terms] == [400]

    budgets.set_budget("N", amount=500, effective="2026-11-11")
    budgets.set_budget("N", end_date="2026-12-10", effective="2026-11-20")
    budgets.set_budget("N", shape="ahead")
    assert [(one.amount, one.last, one.effective, one.shape) for one in budgets.find("N").terms] == [
        (400, date(2026, 11, 30), None, "even"),
        (500, date(2026, 11, 30), date(2026, 11, 11), "even"),
        (500, date(2026, 12, 10), date(2026, 11, 20), "ahead"),
    ]
    assert budgets.set_budget("N", amount=450, effective="2026-11-11").amount == 450
    assert [one.amount for one in budgets.find("N").terms] == [400, 450]


def test_a_plan_of_days_says_everything_itself(db_file: object) -> None:  # noqa: ARG001
    made = budgets.set_budget("N", platform="ttd", plan={"2026-11-05": "20.5", "2026-11-02": 10})

    assert (made.amount, made.from_, made.until, made.shape) == (
        Decimal("30.5"),
        date(2026, 11, 2),
        date(2026, 11, 5),
        "table",
    )
    assert made.versions[0]["plan"] == {"2026-11-02": "10", "2026-11-05": "20.5"}


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"amount": 1, **NOVEMBER}, 2, "the budget has no campaigns. Give campaigns, a project or a platform"),
        ({"campaign_ids": ["a"], "platform": "ttd", "amount": 1, **NOVEMBER}, 2, "is given campaigns and more"),
        ({"campaign_ids": ["z"], "amount": 1, **NOVEMBER}, 4, "there is no campaign 'z'"),
        ({"project_id": "z", "amount": 1, **NOVEMBER}, 4, "there is no project 'z'"),
        ({"platform": "ttd", **NOVEMBER}, 2, "the budget has no amount"),
        ({"platform": "ttd", "amount": 1}, 2, "the budget has no flight"),
        ({"platform": "ttd", "amount": 1, "start_date": "2026-11-01"}, 2, "the budget has no flight"),
        ({"platform": "ttd", "amount": -1, **NOVEMBER}, 2, "amount must not be negative"),
        ({"platform": "ttd", "amount": "lots", **NOVEMBER}, 2, "amount must be a number"),
        ({"platform": "ttd", "amount": 1, **NOVEMBER, "end_date": "2026-10-01"}, 2, "after its last day 2026-10-01"),
        ({"platform": "ttd", "amount": 1, **NOVEMBER, "shape": "odd"}, 2, "shape must be one of even, weekday, ahead"),
        ({"platform": "ttd", "plan": {}}, 2, "the plan has no days"),
        ({"platform": "ttd", "plan": {"2026-11-01": 1}, "amount": 1}, 2, "a plan of days says amount"),
    ],
)
def test_what_makes_no_sense_is_refused(db_file: object, fields: Any, code: int, words: str) -> None:  # noqa: ARG001
    with pytest.raises(AdopsError) as caught:
        budgets.set_budget("N", **fields)

    assert words in str(caught.value)
    assert caught.value.exit_code == code
    assert list(budgets.list()) == []


def test_many_are_set_or_none(db_file: object) -> None:  # noqa: ARG001
    good: Any = {"platform": "ttd", "amount": 1, **NOVEMBER}
    with pytest.raises(AdopsError, match=r"budget 2 \(M\): the budget has no amount"):
        budgets.set_many([("N", good), ("M", {"platform": "ttd"})])
    assert list(budgets.list()) == []
    budgets.set_budget("Spring", **good)
    with pytest.raises(NotFoundError, match=r"there is no budget 'spring'. Did you mean Spring\?"):
        budgets.find("spring")


@pytest.mark.parametrize("versions", ["[]", "{}", "[{}]", "null", '[{"amount": "x"}]'])
def test_a_budget_that_cannot_be_read_is_left_out_with_a_warning(db_file: object, versions: str) -> None:  # noqa: ARG001
    budgets.set_budget("N", platform="ttd", amount=1, **NOVEMBER)
    db.execute_sql("UPDATE budgets SET versions = ?", [versions])

    with pytest.warns(UnreadableRowWarning, match="which cannot be read"):
        assert list(budgets.list()) == []
    with pytest.raises(UnreadableRowError):
        budgets.find("N")
