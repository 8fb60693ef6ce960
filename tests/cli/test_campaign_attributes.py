"""What an export says of its campaigns besides figures, by the commands: imported, asked for, undone."""

from tests.conftest import ROOT, Adops

CASE = str(ROOT / "fixtures" / "cases" / "21_google_status_type_budget.csv")


def statuses(adops: Adops, *options: str) -> list[tuple[str, str, int]]:
    rows = adops("campaigns", "list", "--sort", "name", *options, "--format", "json").json()
    return [(row["name"], row["status"], row["budget"]) for row in rows]


def test_campaigns_have_the_status_type_and_budget_of_their_file(adops: Adops) -> None:
    adops("metrics", "import", CASE)
    assert statuses(adops) == [("New", "active", 20), ("Old", "removed", 50)]
    assert statuses(adops, "--status", "active", "--platform", "google-ads") == [("New", "active", 20)]
    assert [row["metadata"] for row in adops("campaigns", "list", "--sort", "name", "--format", "json").json()] == [
        {"currency": "EUR", "type": "Performance Max"},
        {"currency": "EUR", "type": "Search"},
    ]


def test_reports_and_rankings_are_of_campaigns_with_a_status(adops: Adops) -> None:
    adops("metrics", "import", CASE)
    for status, name in (("active", "New"), ("removed", "Old")):
        top = adops("metrics", "top", "--status", status, "--format", "json").json()
        by_campaign = adops("metrics", "report", "--by", "campaign", "--status", status, "--format", "json").json()
        by_month = adops("metrics", "report", "--by", "month", "--status", status, "--format", "json").json()
        assert [row["name"] for row in top] == [row["name"] for row in by_campaign] == [name]
        assert [(row["month"], row["impressions"], row["campaigns"]) for row in by_month] == [("2026-10", 10, 1)]
    assert adops("metrics", "top", "--status", "ended", "--format", "json").out == "[]\n"


def test_the_option_leaves_stored_campaigns_alone(adops: Adops) -> None:
    adops("metrics", "import", CASE, "--take-attributes", "never")
    assert [status for _, status, _ in statuses(adops)] == [None, None]
    adops("metrics", "import", CASE, "--take-attributes", "when-empty")
    assert [status for _, status, _ in statuses(adops)] == ["active", "removed"]
    adops("imports", "undo", "--last", "--yes")
    assert [status for _, status, _ in statuses(adops)] == [None, None]
