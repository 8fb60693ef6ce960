"""Every look-alike export, through the commands: the object that is printed, the exit code, and what is stored then."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_metrics_import import EXPORTS, FIGURES, exactly, numbers, said
from tests.conftest import Adops

CASES = sorted(path for path in EXPORTS.glob("*/*.expected.json") if not path.name.startswith("pulls"))
SAME = (
    *("platform", "grain", "currency", "rowsRead", "rowsKept", "merged", "skipped", "rejected"),
    *("refusedBecause", "dateFrom", "dateTo", "reconciled"),
)
Stored = list[tuple[str, str, str | None, Any]]


def sample(case: Path) -> Path:
    [found] = [path for path in case.parent.glob(case.name.removesuffix("expected.json") + "*") if path != case]
    return found


def stored(adops: Adops) -> Stored:
    window = ("--since", "2000-01-01", "--until", "2100-01-01")
    rows = exactly(adops("metrics", "report", "--by", "campaign", *window, "--format", "json").out)
    found = [
        (row["name"], row["externalId"] or "", row["currency"], {name: row[name] for name in FIGURES}) for row in rows
    ]
    return sorted(found, key=lambda row: row[:2])


def expected(case: Any) -> Stored:
    rows = map(numbers, case["byCampaign"])
    return [
        (row["campaign"], row["externalId"] or "", row.get("currency", case["currency"]), {n: row[n] for n in FIGURES})
        for row in rows
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name.split('.')[0]}")
def test_an_export_is_said_and_stored_as_it_should_be(adops: Adops, case: Path) -> None:
    wanted = json.loads(case.read_text(encoding="utf-8"), parse_float=Decimal)
    code, found = said(adops, sample(case), *wanted["options"])

    assert {key: found[key] for key in SAME} == {key: wanted[key] for key in SAME}
    assert found["totals"] == (wanted["totals"] and numbers(wanted["totals"]))
    assert found["fileTotals"] == (wanted["fileTotals"] and numbers(wanted["fileTotals"]))
    assert code == (2 if wanted["refusedBecause"] else 3 if wanted["rejected"] or wanted["reconciled"] is False else 0)
    assert found["inserted"] == wanted["rowsKept"]
    assert stored(adops) == expected(wanted)

    _, again = said(adops, sample(case), *wanted["options"])
    assert again["batchId"] == found["batchId"]
    assert {again[name] for name in ("inserted", "updated", "removed")} <= {0, None}
