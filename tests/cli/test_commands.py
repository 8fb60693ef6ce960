"""Each command, once as people see it and once as scripts read it. The JSON keys are a contract."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from adops_cli.data.access import bulk
from adops_cli.storage.models import Event
from tests.conftest import MIGRATIONS, ROOT, Adops

PROJECT = (
    "id name type status owner startDate endDate budget platform metadata asanaProjectId milestones artifacts metrics "
    "createdAt updatedAt deletedAt"
)
CAMPAIGN = "id projectId platform externalId name status budget startDate endDate metadata syncedAt createdAt updatedAt"
EXECUTION = (
    "id projectId workflowId status params stages result error artifacts duration startedAt completedAt createdAt"
)
EVENT = "id type source payload executionId projectId processed timestamp"
WORKFLOW = "id name category version config enabled description metadata createdAt updatedAt"
METRIC = "id campaignId date impressions clicks conversions spend revenue ctr cpc cpa roas metadata syncedAt"
LISTED_METRIC = METRIC.replace("campaignId", "campaignId name platform")
FIGURES = "impressions clicks conversions spend revenue ctr cpc cpa cvr roas"
COVERED = f"{FIGURES} days campaigns"


@pytest.fixture
def seeded(sample_url: str, bound: object, adops: Adops) -> Adops:  # noqa: ARG001 - filled and bound first
    return adops


@pytest.mark.parametrize(
    ("command", "keys", "count"),
    [
        (["projects", "list"], PROJECT, 5),
        (["projects", "list", "--status", "active", "--limit", "1"], PROJECT, 1),
        (["projects", "stats"], "by value projects", 16),
        (["campaigns", "list"], CAMPAIGN, 15),
        (["campaigns", "list", "--platform", "ttd", "--status", "active"], CAMPAIGN, 2),
        (["executions", "list"], EXECUTION, 10),
        (["executions", "recent", "--limit", "2"], EXECUTION, 2),
        (["events", "list", "--unprocessed"], EVENT, 3),
        (["workflows", "list", "--disabled"], WORKFLOW, 1),
        (["metrics", "list"], LISTED_METRIC, 100),
        (
            ["metrics", "list", "--campaign", "camp-01", "--since", "2026-02-09", "--until", "2026-02-10"],
            LISTED_METRIC,
            2,
        ),
        (["metrics", "latest", "camp-01", "--days", "3"], METRIC, 3),
        (["metrics", "top", "--limit", "5"], f"rank campaignId name platform projectId currency {FIGURES}", 5),
        (["metrics", "report", "--by", "platform"], f"platform currency {COVERED}", 5),
        (["metrics", "report", "--by", "project"], f"projectId name currency {COVERED}", 7),
        (["metrics", "report", "--by", "campaign"], f"campaignId externalId name platform currency {COVERED}", 15),
        (["metrics", "report", "--by", "day"], f"day currency {COVERED}", 16),
        (["metrics", "report", "--by", "week"], f"week currency {COVERED}", 4),
        (["metrics", "report", "--by", "month"], f"month currency {COVERED}", 2),
        (["metrics", "top", "--since", "yesterday"], "", 0),
        (["db", "status"], "name state appliedAt", len(MIGRATIONS)),
    ],
)
def test_rows_as_json_and_as_tsv_have_the_same_keys(seeded: Adops, command: list[str], keys: str, count: int) -> None:
    rows = seeded(*command, "--format", "json").json()

    assert len(rows) == count
    assert all(list(row) == keys.split() for row in rows)
    lines = seeded(*command).out.splitlines()
    assert len(lines) == count + 1
    assert lines[0].split("\t") == (keys.split() or lines[0].split("\t"))


def test_the_same_numbers_stand_in_every_format(seeded: Adops) -> None:
    """An exact text. Any change here changes the contract."""
    top = ["metrics", "top", "--by", "spend", "--limit", "1"]

    assert seeded(*top, "--format", "json").out == (
        '[\n{"rank": 1, "campaignId": "camp-02", "name": "Generic search", "platform": "google-ads", '
        '"projectId": "proj-always-on", "currency": "USD", "impressions": 428200, "clicks": 9497, '
        '"conversions": 513.2, "spend": 19547.7, "revenue": 15711.98, "ctr": 0.022179, "cpc": 2.058303, '
        '"cpa": 38.089829, "cvr": 0.054038, "roas": 0.803776}\n]\n'
    )
    assert seeded(*top, "--format", "csv").out.splitlines()[1] == (
        "1,camp-02,Generic search,google-ads,proj-always-on,USD,428200,9497,513.2,19547.7,15711.98,"
        "0.022179,2.058303,38.089829,0.054038,0.803776"
    )
    assert "| 19,547.70 |" in seeded(*top, "--format", "markdown").out
    assert seeded(*top, "--format", "ndjson").json()["spend"] == 19547.7


def test_ranking_by_money_in_several_currencies_is_pointed_out(seeded: Adops) -> None:
    assert (
        "several currencies; spend is ranked by its number, without conversion"
        in seeded("metrics", "top", "--by", "spend").err
    )
    assert seeded("metrics", "top", "--by", "ctr").err == ""
    assert "several currencies" not in seeded("metrics", "top", "--by", "roas").err
    assert seeded("metrics", "top", "--by", "spend", "--platform", "ttd").err == ""


def test_no_rows_is_an_empty_list_and_no_failure(adops: Adops) -> None:
    for command in (["metrics", "top"], ["metrics", "report"], ["projects", "list"], ["events", "list"]):
        result = adops(*command, "--format", "json")
        assert (result.code, result.out, result.err) == (0, "[]\n", "")
    assert adops("projects", "list", "--format", "table").err == "No rows.\n"


def test_a_project_lives_its_life(adops: Adops) -> None:
    made = adops(
        "projects", "create", "--name", "Spring 🌷 [b]", "--type", "campaign", "--budget", "50000.5", "--owner", "ann",
        "--metadata", '{"z": 1, "a": "é"}', "--format", "json",
    )  # fmt: skip
    project = made.json()
    id = project["id"]
    assert (list(project), project["budget"], project["status"]) == (PROJECT.split(), 50000.5, "planning")
    assert '"metadata": {\n    "a": "é",\n    "z": 1\n  }' in made.out

    changed = adops("projects", "update", id, "--status", "active", "--owner", "", "--format", "json").json()
    assert (changed["status"], changed["owner"], changed["name"]) == ("active", None, "Spring 🌷 [b]")
    assert adops("projects", "add-milestone", id, "--name", "Launch", "--id", "ms-1").code == 0
    late = adops(
        "projects", "add-milestone", id, "--name", "Launch", "--id", "ms-1", "--status", "late", "--format", "json"
    )
    assert late.json()["milestones"] == [{"id": "ms-1", "name": "Launch", "status": "late"}]
    assert adops("projects", "update-metrics", id, '{"completion": 80}', "--format", "json").json()["metrics"] == {
        "completion": 80
    }
    shown = adops("projects", "get", id, "--format", "table").out
    assert "Name        Spring 🌷 [b]\n" in shown

    gone = adops("projects", "delete", id)
    assert (gone.code, gone.out, gone.err) == (
        0, "", f"Deleted project {id}; use `adops projects restore {id}` to restore it.\n",
    )  # fmt: skip
    assert adops("projects", "get", id).code == adops("projects", "delete", id).code == 4
    assert adops("projects", "list", "--include-deleted", "--format", "json").json()[0]["deletedAt"] is not None
    assert adops("projects", "restore", id, "--format", "json").json()["deletedAt"] is None


def test_a_campaign_lives_its_life(seeded: Adops) -> None:
    made = seeded("campaigns", "create-from-execution", "exec-01", "--format", "json").json()
    assert (list(made), made["id"], made["externalId"]) == (CAMPAIGN.split(), "camp-exec-01", "new-01")

    changed = seeded("campaigns", "update", made["id"], "--end-date", "2026-04-30", "--format", "json").json()
    assert changed["endDate"] == "2026-04-30"
    assert "Ends" not in seeded("campaigns", "get", made["id"], "--format", "table").out
    assert seeded("campaigns", "delete", made["id"]).code == 2
    assert seeded("campaigns", "get", made["id"]).code == 0
    assert seeded("campaigns", "delete", made["id"], "--yes").err == "Deleted campaign camp-exec-01.\n"
    assert seeded("campaigns", "get", made["id"]).code == 4


def test_figures_are_recorded_and_emptied(seeded: Adops) -> None:
    made = seeded(
        "metrics", "record", "camp-01", "2026-03-01", "--clicks", "4", "--spend", "10", "--format", "json"
    ).json()
    assert (list(made), made["cpc"], made["impressions"]) == (METRIC.split(), 2.5, None)

    emptied = seeded("metrics", "record", "camp-01", "2026-03-01", "--clicks", "", "--format", "json").json()
    assert (emptied["clicks"], emptied["spend"], emptied["cpc"]) == (None, 10, None)


def test_an_execution_lives_its_life(seeded: Adops) -> None:
    made = seeded(
        "executions", "create", "--workflow", "pacing-check", "--params", '{"a": 1}', "--format", "json"
    ).json()
    id = made["id"]
    assert (list(made), made["status"]) == (EXECUTION.split(), "queued")
    assert seeded("executions", "update", id, "--status", "running", "--format", "json").json()["startedAt"] is not None
    for status in ("running", "completed"):
        seeded("executions", "add-stage", id, "--id", "s1", "--name", "Check", "--status", status, "--agent", "analyst")
    seeded("executions", "add-stage", id, "--name", "Report", "--started-at", "2026-02-10T08:00:00Z")

    shown = seeded("executions", "get", id, "--format", "table").out
    assert "Stages         completed  Check (analyst)\n" in shown
    assert "               —          Report  2026-02-10T08:00:00Z ->\n" in shown

    ended = seeded("executions", "update", id, "--status", "failed", "--error", "Timeout", "--format", "json").json()
    assert (ended["error"], type(ended["duration"])) == ("Timeout", int)
    assert seeded("executions", "delete", id, "--yes").code == 0
    assert seeded("executions", "get", id).code == 4


def test_an_event_lives_its_life(seeded: Adops) -> None:
    made = seeded(
        "events", "create", "--type", "budget.alert", "--payload", '{"spent": 0.9}', "--format", "json"
    ).json()
    assert (list(made), made["processed"], made["payload"]) == (EVENT.split(), False, {"spent": 0.9})

    assert seeded("events", "mark-processed", made["id"], "evt-none").code == 4
    assert seeded("events", "get", made["id"], "--format", "json").json()["processed"] is False
    assert seeded("events", "mark-processed", made["id"], "evt-15").err == "Marked 2 events as processed.\n"
    assert "Processed   yes\n" in seeded("events", "get", made["id"], "--format", "table").out


def test_logs_are_listed_fifty_at_a_time(adops: Adops, bound: object) -> None:  # noqa: ARG001 - bound first
    bulk.insert(Event, ({"id": f"e{place}", "type": "t"} for place in range(60)))

    page = adops("events", "list")
    assert (page.out.count("\n"), page.err) == (51, "Only the first 50 rows are shown; --limit 0 shows all.\n")
    assert adops("events", "list", "--limit", "0").out.count("\n") == 61
    assert adops("events", "list", "--limit", "55").err == ""


def test_cleanup_names_its_cutoff_and_is_silent_when_asked(seeded: Adops) -> None:
    planned = seeded("events", "cleanup", "--older-than", "30d", "--dry-run")
    assert planned.out.startswith("17 processed events older than 20")
    assert planned.out.endswith(" UTC would be deleted.\n")
    assert seeded("events", "cleanup", "--older-than", "30d").code == 2
    assert seeded("events", "cleanup", "--older-than", "month", "--yes").code == 2

    done = seeded("events", "cleanup", "--older-than", "30d", "--yes", "--batch-size", "4")
    assert (done.code, done.out[:30], done.err) == (0, "Deleted 17 processed events ol", "")
    again = seeded("events", "cleanup", "--older-than", "30d", "--yes", "--quiet")
    assert (again.code, again.out, again.err) == (0, "", "")
    assert len(seeded("events", "list", "--format", "json").json()) == 3


def test_tail_prints_the_newest_last(seeded: Adops) -> None:
    lines = seeded("events", "tail", "--lines", "2").out.splitlines()
    assert lines[1].startswith("2026-02-10 07:12  workflow.completed  executor  exec-10  evt-20  {")
    objects = [json.loads(line) for line in seeded("events", "tail", "-n", "2", "--format", "ndjson").out.splitlines()]
    assert [event["id"] for event in objects] == ["evt-19", "evt-20"]


def test_following_prints_what_comes_and_ends_with_130(database_url: str, adops: Adops) -> None:
    follow = subprocess.Popen(
        [sys.executable, "-m", "adops_cli", "--database", database_url, "events", "tail", "-f", "--interval", "0.05"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert follow.stdout is not None
    adops("events", "create", "--type", "first", "--id", "e1")
    while "first" not in follow.stdout.readline():
        time.sleep(0.01)
    adops("events", "create", "--type", "second", "--id", "e2")
    assert "second" in follow.stdout.readline()

    follow.send_signal(2)

    rest, _ = follow.communicate(timeout=30)
    assert (follow.returncode, rest) == (130, "")


def test_a_workflow_lives_its_life(adops: Adops, tmp_path: Path) -> None:
    file = tmp_path / "workflow.json"
    file.write_text('\ufeff{"id": "w", "name": "W", "config": {"stages": []}, "createdAt": "2026-01-01T00:00:00Z"}')

    made = adops("workflows", "register", file, "--format", "json").json()
    assert (list(made), made["enabled"], made["createdAt"]) == (WORKFLOW.split(), True, "2026-01-01T00:00:00.000Z")
    assert (
        adops("workflows", "register", "-", "--format", "json", stdin='{"id": "w", "version": "2"}').json()["name"]
        == "W"
    )
    assert adops("workflows", "disable", "w", "--format", "json").json()["enabled"] is False
    assert "Enabled      no\n" in adops("workflows", "get", "w", "--format", "table").out
    assert adops("workflows", "enable", "w", "--format", "json").json()["enabled"] is True
    for wrong, words in (
        ("{a", "line 1, column 2"),
        ("5", "Give a list of objects"),
        ('{"id": "x"}', "name is missing"),
    ):
        refused = adops("workflows", "register", "-", stdin=wrong)
        assert (refused.code, words in refused.err) == (2, True), refused.err
    assert adops("workflows", "register", tmp_path / "none.json").code == 2
    assert adops("workflows", "delete", "w", "--yes").code == 0
    assert adops("workflows", "get", "w").code == 4
