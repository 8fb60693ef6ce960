"""A filter that names nothing is an error with the nearest names; one that names something may find no rows."""

import pytest

from adops_cli.data import campaigns, executions, projects
from adops_cli.database import db
from tests.conftest import Adops


@pytest.fixture
def seeded(sample_url: str, bound: object, adops: Adops) -> Adops:  # noqa: ARG001 - filled and bound first
    return adops


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("metrics report --platform gogle-ads", "there is no platform 'gogle-ads'. Did you mean google-ads"),
        ("metrics top --platform goggle", "there is no platform 'goggle'. Did you mean google-ads?"),
        ("campaigns list --platform pintrest", "there is no platform 'pintrest'. Did you mean pinterest?"),
        (
            "projects list --platform zzz",
            "no platform 'zzz'. The platforms are amazon-ads, apple-ads, cm360, criteo,",
        ),
        ("imports list --platform meta-adz", "there is no platform 'meta-adz'. Did you mean meta-ads"),
        ("metrics report --project proj-sprng", "there is no project 'proj-sprng'. Did you mean proj-spring"),
        ("metrics top --project x", "there is no project 'x'. Use `adops projects list` to see all ids"),
        ("campaigns list --project proj-sprng", "there is no project 'proj-sprng'. Did you mean proj-spring"),
        ("executions list --project proj-sprng", "there is no project 'proj-sprng'"),
        ("events list --project proj-sprng", "there is no project 'proj-sprng'"),
        ("metrics list --campaign camp-99", "there is no campaign 'camp-99'. Did you mean camp-0"),
        ("metrics report --campaign camp-01 --campaign cmp-02", "there is no campaign 'cmp-02'. Did you mean camp-02"),
        ("executions list --workflow create-campagn", "no workflow 'create-campagn'. Did you mean create-campaign?"),
        ("executions recent --workflow create-campagn", "there is no workflow 'create-campagn'"),
        ("events list --execution exec-99", "there is no execution 'exec-99'. Did you mean exec-0"),
        ("metrics report --project proj-sprng --since 2020-01-01 --format json", "there is no project 'proj-sprng'"),
    ],
)
def test_a_mistyped_filter_is_told_with_the_nearest_names(seeded: Adops, command: str, words: str) -> None:
    done = seeded(*command.split())

    assert (done.code, done.out) == (4, "")
    assert words in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "command",
    [
        "metrics report --platform google-ads",
        "campaigns list --platform Facebook",
        "metrics top --platform dv360",
        "imports list --platform ttd",
        "imports list --platform generic",
        "projects list --platform pinterest",
    ],
)
def test_a_platform_that_adops_knows_is_never_mistyped(adops: Adops, command: str) -> None:
    done = adops(*command.split(), "--format", "json")

    assert (done.code, done.out, done.err) == (0, "[]\n", "")


def test_what_occurs_anywhere_is_never_mistyped(bound: object, adops: Adops) -> None:  # noqa: ARG001 - bound first
    projects.create(id="p", name="P", type="t")
    projects.create(id="gone", name="P", type="t")
    projects.delete("gone")
    campaigns.create(id="c", name="C", platform="taboola")
    executions.create(id="x", workflow_id="never-registered")

    for command in (
        "metrics report --platform taboola",
        "projects list --platform taboola",
        "imports list --platform taboola",
        "campaigns list --project p",
        "campaigns list --project gone",
        "metrics list --campaign c",
        "metrics report --campaign c --campaign c",
        "executions list --workflow never-registered --status failed",
        "events list --execution x",
    ):
        done = adops(*command.split(), "--format", "json")
        assert (done.code, done.out, done.err) == (0, "[]\n", ""), command


def test_a_project_that_only_a_campaign_names_is_not_mistyped(db_file: object, bound: object, adops: Adops) -> None:  # noqa: ARG001 - bound first
    """As old files have it, whose references were never checked."""
    db.execute_sql("PRAGMA foreign_keys = OFF")
    db.execute_sql("INSERT INTO campaigns (id, name, platform, projectId) VALUES ('c', 'C', 'ttd', 'lost')")

    assert [row["id"] for row in adops("campaigns", "list", "--project", "lost", "--format", "json").json()] == ["c"]
