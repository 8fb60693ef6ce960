"""`adops budgets` and `adops metrics pacing`, as people and as scripts see them."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from adops_cli import periods
from adops_cli.data import campaigns, metrics
from tests.conftest import Adops

FLIGHT = ("--from", "2026-11-01", "--until", "2026-11-30")
TODAY = date(2026, 11, 16)


@pytest.fixture
def book(adops: Adops, db_file: Path, bound: object, monkeypatch: pytest.MonkeyPatch) -> Adops:  # noqa: ARG001
    """Two campaigns that spend 10 and 20 a day, the one with a budget for that, the other with half of it."""
    monkeypatch.setattr(periods, "today", lambda _timezone="UTC": TODAY)
    for id, name, spend in (("camp-1", "Brand", 10), ("camp-2", "Generic", 20)):
        campaigns.create(id=id, platform="google-ads", name=name, metadata={"account": "1", "currency": "EUR"})
        days = [TODAY - timedelta(age) for age in range(1, 60)]
        metrics.record_many({"campaign_id": id, "date": day, "spend": spend} for day in days)
    assert adops("budgets", "set", "Brand Nov", "--campaign", "camp-1", "--amount", "300", *FLIGHT).code == 0
    assert adops("budgets", "set", "Generic Nov", "--campaign", "Generic", "--amount", "300", *FLIGHT).code == 0
    return adops


def test_pacing_as_json(book: Adops) -> None:
    """An exact text. Any change here changes the contract."""
    ids = {row["name"]: row["id"] for row in book("budgets", "list", "--format", "json").json()}

    result = book("metrics", "pacing", "--format", "json")

    assert (result.code, result.err) == (0, "")
    assert result.out == (
        f'[\n{{"budgetId": "{ids["Generic Nov"]}", "campaignId": "camp-2", "projectId": null, "name": "Generic Nov", '
        '"platform": "google-ads", "currency": "EUR", "budget": 300, "flightStart": "2026-11-01", '
        '"flightEnd": "2026-11-30", "daysTotal": 30, "daysElapsed": 15, "spent": 300, "expected": 150, "paceIndex": 2, '
        '"perDayNow": 20, "perDayNeeded": 0, "projectedEnd": 600, "state": "over", "confidence": "normal", '
        '"dataUntil": "2026-11-15"},\n'
        f'{{"budgetId": "{ids["Brand Nov"]}", "campaignId": "camp-1", "projectId": null, "name": "Brand Nov", '
        '"platform": "google-ads", "currency": "EUR", "budget": 300, "flightStart": "2026-11-01", '
        '"flightEnd": "2026-11-30", "daysTotal": 30, "daysElapsed": 15, "spent": 150, "expected": 150, "paceIndex": 1, '
        '"perDayNow": 10, "perDayNeeded": 10, "projectedEnd": 300, "state": "on-track", "confidence": "normal", '
        '"dataUntil": "2026-11-15"}\n]\n'
    )


@pytest.mark.parametrize("width", [40, 80, 120])
def test_pacing_as_a_table_keeps_what_matters_most(book: Adops, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))

    lines = book("metrics", "pacing", "--format", "table").out.splitlines()

    assert all(len(line) <= width for line in lines)
    assert [line.split()[0] for line in lines[2:]] == ["Generic", "Brand"]
    assert all(word in lines[0] for word in {40: ["Name", "State"], 80: ["Spent", "Pace"], 120: ["Projected"]}[width])


def test_the_exit_code_says_whether_anything_is_off(book: Adops) -> None:
    assert book("metrics", "pacing", "--exit-code", "--quiet").code == 3
    assert book("budgets", "set", "Generic Nov", "--amount", "590").code == 0
    assert book("metrics", "pacing", "--exit-code").code == 0
    assert book("metrics", "pacing", "--exit-code", "--tolerance", "1%").code == 3


def test_a_budget_lives_its_life(book: Adops) -> None:
    changed = book("budgets", "set", "Brand Nov", "--amount", "400.5", "--effective", "2026-11-10", "--format", "json")
    assert changed.code == 0

    found = book("budgets", "get", "Brand Nov", "--format", "json").json()
    assert found == changed.json()
    assert " ".join(found) == (
        "id name campaigns projectId platform currency monthly amount from until shape versions createdAt updatedAt"
    )
    assert [one["amount"] for one in found["versions"]] == [300, 400.5]
    assert book("budgets", "delete", "Brand Nov").code == 2
    assert book("budgets", "delete", "Brand Nov", "--yes").err == "Deleted budget Brand Nov.\n"
    assert [row["name"] for row in book("budgets", "list", "--format", "json").json()] == ["Generic Nov"]
    assert book("budgets", "get", "Brand Nov").code == 4


def test_budgets_are_imported_from_a_table_or_json(book: Adops) -> None:
    Path("b.csv").write_text(
        "name,campaign,platform,amount,from,until,shape,monthly,day\n"
        "one,camp-1;camp-2,,10.5,2026-11-01,2026-11-30,ahead,,\n"
        "two,,google-ads,100,2026-11-01,,,yes,\n"
        "three,camp-1,,5,,,,,2026-11-02\n"
        "three,,,6,,,,,2026-11-01\n",
        encoding="utf-8",
    )
    Path("b.json").write_text(
        '{"name": "four", "project": null, "platform": "google", "amount": 0.1, "from": "2026-11-01", "monthly": true}',
        encoding="utf-8",
    )

    rows = book("budgets", "import", "b.csv", "--format", "json").json()
    rows += book("budgets", "import", "b.json", "--format", "json").json()

    assert [(row["name"], row["campaigns"], row["amount"], row["shape"], row["monthly"]) for row in rows] == [
        ("one", ["camp-1", "camp-2"], 10.5, "ahead", False),
        ("two", None, 100, "even", True),
        ("three", ["camp-1"], 11, "table", False),
        ("four", None, 0.1, "even", True),
    ]
    assert [row["platform"] for row in rows][1::2] == ["google-ads", "google-ads"]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("name,amunt\nx,1\n", 2, "b.csv, record 1 has an unknown column 'amunt'. They are name, campaign"),
        ("amount\n1\n", 2, "b.csv, record 1 has no name"),
        ("name,platform,amount\nx,ttd,1\n", 2, "budget 1 (x): the budget has no flight"),
        ("name,campaign\nx,camp-9\n", 4, "there is no campaign 'camp-9'"),
        ("name,amount\nx,1\nx,2\n", 2, "b.csv, record 2 has the budget 'x' again"),
        ("name,amount,day\nx,1,2026-11-01\nx,1,2026-11-01\n", 2, "record 2 has 2026-11-01 of 'x' again"),
        ("name,day\nx,2026-11-01\n", 2, "record 1 has no amount for 2026-11-01"),
        ("name,monthly\nx,often\n", 2, "monthly must be true or false, not 'often'"),
        ("[1]", 2, "b.csv has a record that is no budget: 1"),
        ("[{", 2, "b.csv is not JSON"),
    ],
)
def test_a_file_that_makes_no_sense_sets_nothing(book: Adops, text: str, code: int, words: str) -> None:
    Path("b.csv").write_text(text, encoding="utf-8")

    result = book("budgets", "import", "b.csv")

    assert (result.code, result.out) == (code, "")
    assert words in result.err
    assert len(book("budgets", "list", "--format", "json").json()) == 2
