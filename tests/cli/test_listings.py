"""Every listing and report has the same options, and means the same with them."""

import pytest

from adops_cli.cli.groups import GROUPS, load_group
from adops_cli.data import campaigns, metrics
from tests import findings
from tests.conftest import Adops

LISTINGS = [
    ["projects", "list"],
    ["projects", "stats"],
    ["campaigns", "list"],
    ["executions", "list"],
    ["executions", "recent"],
    ["events", "list"],
    ["workflows", "list"],
    ["imports", "list"],
    ["layouts", "list"],
    ["platforms", "list"],
    ["metrics", "list"],
    ["metrics", "top"],
    ["metrics", "report"],
    ["metrics", "latest"],
    ["metrics", "history"],
    ["alerts", "list"],
    ["alerts", "rules"],
    ["config", "show"],
    ["db", "status"],
]
WITHOUT_ROWS = [
    *(["metrics", name] for name in ("restated", "movers", "lag", "gaps", "pacing", "trend")),
    *(["imports", name] for name in ("verify", "adopt")),
    *(["books", name] for name in ("list", "adjustments", "verify")),
    ["budgets", "list"],
    ["alerts", "run"],
    ["alerts", "look"],
]
"""Those that list nothing of the sample data, or what depends on the day, or that limit something else than rows."""
TO = "\N{EN DASH}"
FILE = {"--output", "--force", "--bom", "--decimal-mark", "--delimiter"}
ONLY_THEIRS = {"--columns", "--no-header", "--no-pager", "--output"}
OPTIONS = {"--columns", "--sort", "--limit", "--no-header", "--no-pager"} | FILE


def test_every_listing_and_report_has_the_options_of_a_listing() -> None:
    found = {
        (group, name): {option for parameter in command.params for option in parameter.opts}
        for group in GROUPS
        for name, command in load_group(group).commands.items()
    }
    listings = [*LISTINGS, *WITHOUT_ROWS]
    for group, name in listings:
        assert OPTIONS - found[group, name] == set()
    for key, options in found.items():
        assert bool(ONLY_THEIRS & options) is (list(key) in listings), key


@pytest.fixture
def seeded(sample_url: str, bound: object, adops: Adops) -> Adops:
    assert sample_url
    assert bound
    findings.create()
    return adops


COMPLETE = {
    "latest": ["camp-01"],
    "history": ["camp-01", "2026-02-10"],
    "restated": ["--since", "2026-02-01"],
    "movers": ["--by", "spend", "--since", "2026-02-07", "--until", "2026-02-10"],
}


@pytest.mark.parametrize("command", [*LISTINGS, *WITHOUT_ROWS])
def test_an_unknown_column_is_refused_with_the_names(seeded: Adops, command: list[str]) -> None:
    for option, words in (("--columns", "there is no column 'nme'. They are "), ("--sort", "'nme'")):
        result = seeded(*command, *COMPLETE.get(command[1], []), option, "nme")
        assert (result.code, result.out) == (2, "")
        assert words in result.err


@pytest.mark.parametrize(
    "command", [words for words in LISTINGS if words[0] not in ("imports", "layouts") and words[1] != "history"]
)
def test_columns_limit_and_no_header_work_on_every_listing(seeded: Adops, command: list[str]) -> None:
    words = [*command, *COMPLETE.get(command[1], [])]
    header, *lines = seeded(*words).out.splitlines()
    keys = header.split("\t")
    limit = [] if command[1] == "recent" else ["--limit", "1"]

    chosen = seeded(*words, "--columns", f"{keys[1]},{keys[0]}", "--no-header", *limit)

    assert (chosen.code, chosen.err) == (0, seeded(*words).err)
    first, second = lines[0].split("\t")[:2]
    assert chosen.out.splitlines()[0] == f"{second}\t{first}"
    assert len(chosen.out.splitlines()) == (1 if limit else len(lines))
    assert list(seeded(*words, "--columns", keys[1], "--format", "json").json()[0]) == [keys[1]]


def test_a_report_is_sorted_before_it_is_limited_and_its_total_stays(seeded: Adops) -> None:
    rows = seeded("metrics", "report", "--by", "campaign", "--format", "json").json()
    wanted = sorted((row for row in rows if row["roas"] is not None), key=lambda row: -row["roas"])[:3]

    found = seeded(
        "metrics", "report", "--by", "campaign", "--sort", "-roas", "--limit", "3", "--format", "json"
    ).json()
    assert found == wanted

    table = seeded("metrics", "report", "--by", "campaign", "--limit", "1", "--format", "table").out.splitlines()
    whole = seeded("metrics", "report", "--by", "campaign", "--format", "table").out.splitlines()
    assert table[-1].split() == whole[-1].split()


def test_what_was_ranked_can_be_sorted_otherwise(seeded: Adops) -> None:
    ranked = seeded("metrics", "top", "--limit", "5", "--format", "json").json()
    found = seeded("metrics", "top", "--limit", "5", "--sort", "name", "--format", "json").json()
    assert found == sorted(ranked, key=lambda row: str(row["name"]))


@pytest.mark.parametrize(
    ("by", "window", "first_cell"),
    [
        ("week", ["--since", "2026-02-02", "--until", "2026-02-08"], "2026-02-02"),
        ("week", ["--since", "2026-02-02", "--until", "2026-02-06"], f"2026-02-02 (Mon{TO}Fri)"),
        ("week", ["--since", "2026-02-04", "--until", "2026-02-04"], "2026-02-02 (Wed)"),
        ("month", ["--since", "2026-02-01", "--until", "2026-02-28"], "2026-02"),
        ("month", ["--since", "2026-02-03", "--until", "2026-02-28"], f"2026-02 (3{TO}28)"),
        ("month", ["--since", "2026-03-01"], f"2026-03 (1{TO}10)"),  # the data end there
    ],
)
def test_a_part_of_a_week_or_month_shows_its_days(
    bound: object, adops: Adops, by: str, window: list[str], first_cell: str
) -> None:
    assert bound
    campaigns.create(id="camp-1", name="C", platform="ttd")
    days = [f"2026-02-{day:02}" for day in range(1, 29)] + [f"2026-03-{day:02}" for day in range(1, 11)]
    metrics.record_many({"campaign_id": "camp-1", "date": day, "spend": 1} for day in days)
    command = ["metrics", "report", "--by", by, *window]

    assert adops(*command, "--format", "table").out.splitlines()[2].split("  ")[0] == first_cell
    assert adops(*command, "--format", "markdown").out.splitlines()[2].startswith(f"| {first_cell} |")
    key = first_cell.partition(" ")[0]
    assert adops(*command, "--format", "json").json()[0][by] == key
    assert adops(*command, "--format", "csv").out.splitlines()[1].split(",")[0] == key
