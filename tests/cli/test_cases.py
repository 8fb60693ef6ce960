"""Files that are easy to read wrongly, imported on either engine: `fixtures/cases/README.md` explains the cases."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Adops

CASES = ROOT / "fixtures" / "cases"
IDENTITY = ("platform", "campaign", "externalId", "date")


def exact(text: str) -> Any:
    """JSON with its numbers as they are written."""
    return json.loads(text, parse_float=Decimal)


def stored(adops: Adops) -> list[dict[str, Any]]:
    """Every stored day, with what names its campaign."""
    campaigns = {row["id"]: row for row in exact(adops("campaigns", "list", "--format", "json").out)}
    days = exact(adops("metrics", "list", "--limit", "0", "--format", "json").out)
    rows = [
        day | {name: campaigns[day["campaignId"]][name] for name in ("platform", "externalId")}
        | {"campaign": campaigns[day["campaignId"]]["name"]}
        for day in days
    ]  # fmt: skip
    return sorted(rows, key=identity)


def identity(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in IDENTITY)


def run(adops: Adops, step: dict[str, Any]) -> None:
    files = [str(CASES / name) for name in step["files"]]
    done = adops("metrics", "import", *files, *step.get("options", ()), "--format", "json")
    found = exact(done.out) if done.out else []
    told = done.err + "\n".join(notice for one in found for notice in one["notices"])
    assert done.code == step["code"], told
    for words in step.get("notices", ()):
        assert words in told
    if "file" in step:
        assert {name: found[-1][name] for name in step["file"]} == step["file"]


@pytest.mark.no_cover
@pytest.mark.parametrize("case", sorted(CASES.glob("*.expected.json")), ids=lambda case: case.name.split(".")[0])
def test_a_file_that_is_easy_to_read_wrongly_is_read_rightly(adops: Adops, case: Path) -> None:
    wanted = exact(case.read_text(encoding="utf-8"))

    for step in wanted["steps"]:
        run(adops, step)

    found = stored(adops)
    assert [identity(row) for row in found] == [identity(row) for row in sorted(wanted["stored"], key=identity)]
    for row, right in zip(found, sorted(wanted["stored"], key=identity), strict=True):
        assert {name: row[name] for name in right} == right
