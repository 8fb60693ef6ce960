"""Names where one must type: every command that takes a campaign takes its name, and many are changed at once."""

import json
from pathlib import Path

import pytest

from adops_cli.data import campaigns, metrics, projects
from adops_cli.storage.models import Campaign
from tests.conftest import Adops

ACME = ("ACME Search", "ACME Display", "Acme Video")


@pytest.fixture
def filled(bound: object, adops: Adops) -> Adops:
    assert bound
    projects.create(id="proj-1", name="P", type="jbp")
    campaigns.create_many(
        {"id": f"camp-{place}", "name": name, "platform": "google-ads", "external_id": f"9{place}", "status": "live"}
        for place, name in enumerate((*ACME, "Other"), start=1)
    )
    for campaign in ("camp-1", "camp-4"):
        metrics.record_metrics(campaign, "2026-02-10", spend=5)
    return adops


def stored(id: str) -> Campaign:
    return campaigns.find(id)


@pytest.mark.parametrize("typed", ["camp-1", "google-ads/91", "ACME Search", "acme s"])
@pytest.mark.parametrize(
    "command",
    [
        ["campaigns", "get", "{}"],
        ["metrics", "latest", "{}"],
        ["metrics", "history", "{}", "2026-02-10"],
        ["metrics", "list", "--campaign", "{}"],
        ["metrics", "report", "--campaign", "{}", "--by", "campaign"],
    ],
)
def test_a_command_that_shows_takes_any_name(filled: Adops, command: list[str], typed: str) -> None:
    shown = filled(*[word.format(typed) for word in command])

    assert shown.code == 0
    assert shown.out == filled(*[word.format("camp-1") for word in command]).out


@pytest.mark.parametrize(
    "command",
    [
        ["campaigns", "update", "{}", "--status", "paused"],
        ["campaigns", "delete", "{}", "--yes"],
        ["metrics", "record", "{}", "2026-02-11", "--spend", "1"],
        ["metrics", "delete", "{}", "2026-02-10", "--yes"],
    ],
)
@pytest.mark.parametrize("typed", ["google-ads/91", "ACME Search"])
def test_a_command_that_changes_takes_only_a_whole_name(filled: Adops, command: list[str], typed: str) -> None:
    refused = filled(*[word.format("acme s") for word in command])

    assert (refused.code, refused.out) == (4, "")
    assert "there is no campaign 'acme s'. Did you mean camp-1 (ACME Search, google-ads)?" in refused.err
    assert filled(*[word.format(typed) for word in command]).code == 0


def test_an_ambiguous_name_lists_its_candidates(filled: Adops) -> None:
    result = filled("metrics", "latest", "acme")

    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "Error: 'acme' names 3 campaigns: camp-1 (ACME Search, google-ads), camp-2 (ACME Display, google-ads), "
        "camp-3 (Acme Video, google-ads). Give the id of one of them.\n"
    ).replace("them.\n", "them\n")


def test_campaigns_are_listed_by_a_pattern_of_names(filled: Adops) -> None:
    rows = filled("campaigns", "list", "--name", "acme*", "--format", "json").json()
    assert sorted(row["name"] for row in rows) == sorted(ACME)


def test_what_was_listed_can_be_recorded_again(filled: Adops) -> None:
    rows = filled("metrics", "list", "--platform", "google-ads", "--format", "ndjson").out

    assert json.loads(rows.splitlines()[0])["name"] == "ACME Search"
    assert filled("metrics", "record", "--from", "-", stdin=rows).code == 0


def test_all_campaigns_with_such_a_name_are_changed(filled: Adops) -> None:
    changes = ["--status", "paused", "--project", "proj-1", "--budget", "7", "--currency", "eur", "--account", "A1"]

    refused = filled("campaigns", "update", "--match", "ACME*", *changes)
    assert (refused.code, refused.out) == (2, "")
    assert 'Change 3 campaigns with a name like \'ACME*\': status "paused", project "proj-1"' in refused.err
    assert stored("camp-1").status == "live"

    done = filled("campaigns", "update", "--match", "ACME*", *changes, "--yes", "--format", "json")
    assert (done.code, done.err, len(done.json())) == (0, "Changed 3 campaigns.\n", 3)
    for id in ("camp-1", "camp-2", "camp-3"):
        row = stored(id)
        assert (row.status, row.project_id, row.budget) == ("paused", "proj-1", 7)
        assert row.metadata == {"currency": "EUR", "account": "A1"}
    assert stored("camp-4").status == "live"


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (["--match", "NONE*", "--status", "x", "--yes"], 4, "no campaign has a name that matches 'NONE*'"),
        (["--match", "ACME*", "--yes"], 2, "--match needs fields"),
        (["--match", "ACME*", "--name", "x", "--yes"], 2, "--match needs fields"),
        (["--match", "ACME*", "camp-1", "--status", "x"], 2, "say which campaigns to change"),
        (["--status", "x"], 2, "say which campaigns to change"),
        (["--match", "ACME*", "--project", "nope", "--yes"], 5, "refers to an unknown project"),
        (["--from", "plan.csv", "--status", "x"], 2, "--from reads all fields from the file"),
        (["camp-1", "--currency", "EURO"], 2, 'currency must be a code of a currency in ISO 4217, not "EURO"'),
    ],
)
def test_a_change_of_many_is_refused(filled: Adops, words: list[str], code: int, error: str) -> None:
    result = filled("campaigns", "update", *words)

    assert (result.code, result.out) == (code, "")
    assert error in result.err
    assert stored("camp-1").status == "live"


def test_metadata_merges_and_is_replaced_only_where_one_says_so(filled: Adops) -> None:
    for command in (
        ("campaigns", "update", "camp-1"),
        ("projects", "update", "proj-1"),
        ("metrics", "record", "camp-1", "2026-02-10"),
    ):
        filled(*command, "--metadata", '{"a": 1, "b": 1}')
        merged = filled(*command, "--metadata", '{"b": 2}', "--format", "json").json()
        assert merged["metadata"] == {"a": 1, "b": 2}
        replaced = filled(*command, "--replace-metadata", '{"c": 3}', "--format", "json").json()
        assert replaced["metadata"] == {"c": 3}
        assert filled(*command, "--metadata", "", "--format", "json").json()["metadata"] is None


@pytest.mark.parametrize(
    "plan",
    [
        "id,platform,name,budget,currency\ncamp-1,,,100,eur\n,google-ads,Other,200,\n",
        "Platform;Name;Budget;Currency\nGoogle Ads;ACME Search;100;EUR\ngoogle-ads;Other;200;\n",
        '[{"id": "camp-1", "budget": 100, "currency": "EUR"}, {"id": "camp-4", "budget": 200}]',
        (
            '{"id": "camp-1", "budget": 100, "currency": "EUR"}\n'
            '{"platform": "google-ads", "name": "Other", "budget": 200}'
        ),
    ],
)
def test_a_plan_changes_campaigns_by_id_or_by_platform_and_name(filled: Adops, plan: str) -> None:
    Path("plan").write_text(plan, encoding="utf-8")

    done = filled("campaigns", "update", "--from", "plan", "--format", "json")

    assert (done.code, done.json()) == (0, {"read": 2, "updated": 2})
    assert [(stored(id).budget, stored(id).status) for id in ("camp-1", "camp-4")] == [(100, "live"), (200, "live")]
    assert stored("camp-1").metadata == {"currency": "EUR"}


def test_a_list_of_campaigns_is_a_plan(filled: Adops) -> None:
    campaigns.update("camp-1", metadata={"a": [1]}, budget="1.5")
    before = filled("campaigns", "list", "--format", "csv").out

    assert filled("campaigns", "update", "--from", "-", stdin=before).code == 0

    assert (stored("camp-1").metadata, stored("camp-1").budget) == ({"a": [1]}, campaigns.find("camp-1").budget)
    after = filled("campaigns", "list", "--format", "csv").out
    assert [line.rsplit(",", 1)[0] for line in after.splitlines()] == [
        line.rsplit(",", 1)[0] for line in before.splitlines()
    ]


@pytest.mark.parametrize(
    ("plan", "code", "error"),
    [
        ("id,budget\ncamp-1,5\nnope,6\n", 4, "plan.csv, row 2: there is no campaign 'nope'"),
        ("id,budget\ncamp-1,5\ncamp-2,lots\n", 2, "plan.csv, row 2: budget must be a number"),
        ("id,budget\ncamp-1,5\n,6\n", 2, "plan.csv, row 2: the campaign is not named"),
        (
            "platform,name,budget\ngoogle-ads,ACME Search,5\nttd,Other,6\n",
            4,
            "row 2: there is no campaign ttd, 'Other'",
        ),
        ("id,bugdet\ncamp-1,5\n", 2, "a plan has no column 'bugdet'"),
        ("id,budget\ncamp-1,5\ncamp-1,6\n", 5, "row 2: it is about the same campaign as row 1"),
    ],
)
def test_a_plan_is_carried_out_completely_or_not_at_all(filled: Adops, plan: str, code: int, error: str) -> None:
    Path("plan.csv").write_text(plan, encoding="utf-8")

    result = filled("campaigns", "update", "--from", "plan.csv")

    assert (result.code, result.out) == (code, "")
    assert error in result.err
    assert stored("camp-1").budget is None


def test_two_campaigns_with_one_name_are_not_changed_by_it(filled: Adops) -> None:
    campaigns.create(id="twin", name="Other", platform="google-ads")

    result = filled("campaigns", "update", "--from", "-", stdin="platform,name,status\ngoogle-ads,Other,x\n")

    assert result.code == 2
    assert "stdin, row 1: google-ads, 'Other' names 2 campaigns: camp-4, twin" in result.err


def test_the_history_of_a_deleted_campaign_is_still_found_by_its_id(filled: Adops) -> None:
    Path("a.csv").write_text("Day,Campaign,Cost,Platform\n2026-02-10,New one,5,ttd\n", encoding="utf-8")
    assert filled("metrics", "import", "a.csv", "--map", "Platform=platform").code == 0
    [made] = campaigns.list(name="new one")
    campaigns.delete(made.id)

    assert filled("metrics", "history", made.id, "2026-02-10").code == 0
    assert filled("metrics", "history", "New one", "2026-02-10").code == 4
