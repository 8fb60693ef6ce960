"""The same data on both engines: every reading command prints the same bytes, including its errors."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from adops_cli import database
from adops_cli.data import campaigns, database_copy, metrics, projects
from adops_cli.importers.node import take_over
from tests.conftest import ROOT, Adops
from tests.postgres import Databases

NASTY = {
    "ü": ["\U0001f600", None, 1.5, {"b": 1, "a": 2}],
    "text": 'a "quote"\t\x1b[31m',
    "big": 2**53,
    "tiny": 1e-7,
    "huge": 1e300,
    "zero": -0.0,
}

LARGE = "7999999999.999999"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[tuple[str, str]]:
    """A database of the Node system, taken over and made nastier, on SQLite and on PostgreSQL."""
    file = tmp_path_factory.mktemp("alike") / "ad-ops.db"
    shutil.copy(ROOT / "fixtures" / "knex" / "ad-ops.db", file)
    url = databases.new()
    with database.bound(str(file), busy_timeout=5):
        take_over.migrate()
        projects.create(
            id="nasty", name="[b]x[/b] :smile: \x1b[1m", type="x", budget="7999999999.999999", metadata=NASTY
        )
        projects.create(id="Nasty", name="Ä", type="x", owner="é", budget=-1)
        for id, name in (("camp-é", "É"), ("camp-Z", "Z"), ("camp-a", "a")):
            campaigns.create(id=id, name=name, platform="ttd", metadata={"currency": "EUR"})
        metrics.record_metrics(
            "camp-é", "2026-02-01", impressions=2**53, clicks=1, spend="0.000001", conversions="2.96"
        )
        metrics.record_metrics("camp-Z", "2026-02-01", impressions=0, clicks=0, spend=0, revenue=-5)
        metrics.record_metrics("camp-a", "2025-12-31", spend=LARGE, metadata={"reach": 1.50})
        database_copy.copy(url)
    yield str(file), url
    databases.drop(url)


REPORTS = [f"metrics report --by {by}" for by in ("platform", "project", "campaign", "day", "week", "month")]
TOPS = [f"metrics top --by {by} --limit 0" for by in ("roas", "cpa", "cpc", "ctr", "cvr", "spend", "revenue", "clicks")]
LISTS = [
    f"{table} list --limit 0{sort}"
    for table in ("projects", "executions", "events", "campaigns", "workflows", "metrics")
    for sort in ("", " --sort id", " --sort -id")
]
OTHERS = [
    "projects list --include-deleted --sort owner",
    "projects list --sort -budget",
    "projects get nasty",
    "projects stats",
    "campaigns list --platform ttd --sort name",
    "campaigns get camp-é",
    "metrics latest camp-004",
    "metrics list --since 2026-01-01 --until 2026-01-31 --sort -spend",
    "metrics report --by campaign --platform ttd --since 2026-01-05 --until 2026-02-01",
    "events list --processed",
    "executions list --status completed",
]
REFUSED = [
    "projects get nastie",
    "campaigns create --name x --platform ttd --id camp-Z",
    "campaigns create --name x --platform ttd --project proj-none",
    "metrics record camp-none 2026-01-01 --spend 1",
    "metrics record camp-Z 2026-02-30 --spend 1",
    "projects update nasty --status lost",
    "projects update nasty --budget 1e12",
    "projects list --sort metadata",
    "metrics top --by luck",
    "executions update none --status running",
    "projects create --name x --type y --from -",
]


@pytest.mark.parametrize("format", ["json", "csv", "table"])
@pytest.mark.parametrize("command", [*REPORTS, *TOPS, *LISTS, *OTHERS])
def test_what_is_read_is_printed_alike(adops_on: Adops, both: tuple[str, str], command: str, format: str) -> None:
    file, server = (adops_on(*command.split(), "--format", format, on=url) for url in both)

    assert file.code == 0
    assert file.out
    assert (server.code, server.out, server.err) == (file.code, file.out, file.err)


@pytest.mark.parametrize("command", REFUSED)
def test_what_is_refused_is_refused_alike(adops_on: Adops, both: tuple[str, str], command: str) -> None:
    file, server = (adops_on(*command.split(), on=url) for url in both)

    assert file.code not in (0, 1)
    assert (server.code, server.out, server.err) == (file.code, file.out, file.err)


def test_what_is_exported_is_the_same_but_for_the_order_of_json_keys(
    adops_on: Adops, both: tuple[str, str], tmp_path: Path
) -> None:
    import json  # noqa: PLC0415 - reads them back

    for url, name in zip(both, ("file", "server"), strict=True):
        assert adops_on("db", "export-json", tmp_path / name, on=url).code == 0

    for exported in sorted((tmp_path / "file").iterdir()):
        server = (tmp_path / "server" / exported.name).read_text(encoding="utf-8")
        assert json.loads(server) == json.loads(exported.read_text(encoding="utf-8"))
        assert [sorted(line) for line in server.splitlines()] == [
            sorted(line) for line in exported.read_text(encoding="utf-8").splitlines()
        ]
