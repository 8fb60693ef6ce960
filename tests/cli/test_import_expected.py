"""Every look-alike export, imported by the command on either engine: what it prints, and what is stored afterwards."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adops_cli.exports.export import Refusal
from tests.conftest import ROOT, Adops

EXPORTS = ROOT / "fixtures" / "exports"
OF_LANGUAGES = re.compile(r"(?:it|nl|pl|pt_br|ru|sv|tr|zh|zh_tw)_(?:daily|purchases)\.expected\.json")
"""Languages differ in how they are read, which `tests/exports/test_expected.py` tests. One of them is imported."""
CASES = sorted(
    path
    for path in EXPORTS.rglob("*.expected.json")
    if not (path.name.startswith("pulls") or OF_LANGUAGES.fullmatch(path.name))
)
KEYS = [
    "file", "platform", "grain", "currency", "rowsRead", "rowsKept", "merged", "skipped", "rejected", "inserted",
    "updated", "unchanged", "removed", "kept",
    "dateFrom", "dateTo", "totals", "fileTotals", "reconciled", "refusedBecause",
    "coverage", "leftOut", "meaning", "notices", "batchId",
]  # fmt: skip
AS_EXPECTED = (
    "platform", "grain", "currency", "rowsRead", "rowsKept", "merged", "skipped", "rejected", "dateFrom", "dateTo",
    "reconciled", "refusedBecause",
)  # fmt: skip
FIGURES = ("impressions", "clicks", "conversions", "spend", "revenue")
REPORT = ("metrics", "report", "--by", "campaign", "--since", "2000-01-01", "--until", "2100-01-01", "--format", "json")


def of(case: Path) -> Path:
    """The export of which a file gives the outcome."""
    stem = case.name.removesuffix(".expected.json")
    return next(path for path in case.parent.glob(f"{stem}.*") if not path.name.endswith(".expected.json"))


def exact(text: str) -> Any:
    """JSON with its numbers as they are written."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def figures(found: Any) -> Any:
    return found and {name: None if found[name] is None else Decimal(str(found[name])) for name in FIGURES}


def stored(adops: Adops, wanted: Any) -> list[dict[str, Any]]:
    """The report by campaign in the form of `byCampaign`."""
    several = len(wanted.get("currencies", ())) > 1
    rows = [
        {"campaign": row["name"], "externalId": row["externalId"]}
        | ({"currency": row["currency"]} if several else {})
        | figures(row)
        for row in exact(adops(*REPORT).out)
    ]
    return sorted(rows, key=order)


def order(row: dict[str, Any]) -> tuple[str, ...]:
    return row["campaign"], row["externalId"] or "", row.get("currency") or ""


def by_campaign(wanted: Any) -> list[dict[str, Any]]:
    return sorted((row | figures(row) for row in wanted["byCampaign"] or ()), key=order)


@pytest.mark.no_cover
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.relative_to(EXPORTS)).removesuffix(".expected.json"))
def test_an_export_comes_out_as_expected(adops: Adops, case: Path) -> None:
    wanted = json.loads(case.read_text(encoding="utf-8"))
    file = str(of(case))
    refused = wanted["refusedBecause"] is not None

    planned = adops("metrics", "import", file, *wanted["options"], "--dry-run", "--format", "json")
    done = adops("metrics", "import", file, *wanted["options"], "--format", "json")
    again = adops("metrics", "import", file, *wanted["options"], "--format", "json")

    code = 2 if refused else 3 if wanted["rejected"] or wanted["reconciled"] is False else 0
    assert (planned.code, done.code, again.code) == (code, code, code)
    [found] = exact(done.out)
    assert list(found) == KEYS
    assert found["file"] == file
    kept = wanted["rowsKept"]
    assert {name: found[name] for name in AS_EXPECTED} == {name: wanted[name] for name in AS_EXPECTED}
    assert figures(found["totals"]) == figures(wanted["totals"])
    assert figures(found["fileTotals"]) == figures(wanted["fileTotals"])
    assert bool(found["batchId"]) == (not refused)
    if not refused:
        assert [found[name] for name in ("inserted", "updated", "unchanged", "removed")] == [kept, 0, 0, 0]
        assert exact(planned.out)[0] == found | {"batchId": None, "notices": exact(planned.out)[0]["notices"]}
        repeated = exact(again.out)[0]
        assert [repeated[name] for name in ("inserted", "updated", "unchanged", "removed")] == [0, 0, kept, 0]
        assert repeated["batchId"] == found["batchId"]
    assert stored(adops, wanted) == by_campaign(wanted)


@pytest.mark.parametrize("suffix", ["", "_id"])
@pytest.mark.parametrize(("mode", "end"), [("upsert", "upsert_in_order"), ("replace-range", "replace_range_in_order")])
def test_a_series_of_pulls_ends_as_expected(adops: Adops, suffix: str, mode: str, end: str) -> None:
    series = json.loads((EXPORTS / "google-ads" / f"pulls{suffix}.expected.json").read_text(encoding="utf-8"))
    wanted = series[end]

    for number in range(1, 5):
        file = EXPORTS / "google-ads" / f"pull{number}{suffix}.csv"
        done = adops("metrics", "import", str(file), "--mode", mode, "--format", "json")
        assert done.code == 0, done.err
        removed = series["removed_by_pull"][f"pull{number}"] if mode == "replace-range" else 0
        assert exact(done.out)[0]["removed"] == removed

    assert stored(adops, wanted) == by_campaign(wanted)
    assert len(exact(adops("metrics", "list", "--limit", "0", "--format", "json").out)) == wanted["rowsKept"]


def test_each_reason_for_a_refusal_has_a_row_in_the_docs_and_a_file_that_shows_it(adops: Adops) -> None:
    page = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")
    examples = dict(re.findall(r"^\| `(\w+)` \|.* \| \[file\]\(\.\./(\S+)\) \|$", page, flags=re.MULTILINE))
    adops("metrics", "import", ROOT / "fixtures" / "cases" / "a14_link_then_all_clicks_1.csv")

    assert examples.keys() == {str(word) for word in Refusal}
    done = adops("metrics", "import", *(ROOT / file for file in examples.values()), "--format", "json")
    assert [one["refusedBecause"] for one in done.json()] == list(examples)
