"""Every look-alike export in `fixtures/exports` gives the result in the file next to it, to the last digit."""

import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adops_cli.exports.export import Export, Figures, ReadOptions, RefusedError
from adops_cli.exports.platforms import PLATFORMS
from adops_cli.exports.read import read_export

FOLDER = Path(__file__).parents[2] / "fixtures" / "exports"
CASES = sorted(path for path in FOLDER.glob("*/*.expected.json") if not path.name.startswith("pulls"))
NOTHING: dict[str, Any] = {"rejected": [], "skipped": {}, "byCampaign": []}
FIGURES = ("impressions", "clicks", "conversions", "spend", "revenue")


def sample(case: Path) -> Path:
    """The export that belongs to an expected file."""
    stem = case.name.removesuffix("expected.json")
    (found,) = [path for path in case.parent.glob(f"{stem}*") if path != case]
    return found


def options(words: list[str]) -> ReadOptions:
    """The options of the command line in the form for the reader."""
    given: dict[str, Any] = {"columns": {}}
    for option, value in zip(words[::2], words[1::2], strict=True):
        if option == "--map":
            header, _, key = value.partition("=")
            given["columns"][header] = key
        else:
            given[option.removeprefix("--")] = value
    return ReadOptions(**given)


def written(number: Decimal | int | None) -> str | int | None:
    """A decimal in the form of the expected files."""
    if not isinstance(number, Decimal):
        return number
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def figures(found: Figures | None) -> dict[str, Any] | None:
    return None if found is None else {name: written(getattr(found, name)) for name in FIGURES}


def by_campaign(export: Export) -> list[dict[str, Any]]:
    """The days summed by campaign, in the form of the expected files."""
    sums: dict[int, list[int | None]] = defaultdict(lambda: [None] * len(FIGURES))
    for number, _, *values, _ in export.days():
        mine = sums[number]
        for at, value in enumerate(values):
            if value is not None:
                mine[at] = int(value) + (mine[at] or 0)
    rows = []
    for campaign in export.campaigns:
        impressions, clicks, *amounts = sums[campaign.number]
        row: dict[str, Any] = {"campaign": campaign.name, "externalId": campaign.external_id}
        if len(export.currencies) > 1:
            row["currency"] = campaign.currency
        row |= {"impressions": impressions, "clicks": clicks}
        scaled = (None if amount is None else Decimal(amount).scaleb(-6) for amount in amounts)
        row |= dict(zip(FIGURES[2:], map(written, scaled), strict=True))
        rows.append(row)
    return sorted(rows, key=lambda row: (row["campaign"], row["externalId"] or ""))


def accepted(export: Export) -> dict[str, Any]:
    """A file that was read, in the form of the expected files."""
    found: dict[str, Any] = {
        "platform": export.platform,
        "grain": export.grain,
        "refusedBecause": None,
        "currency": export.currency,
        "rowsRead": export.rows_read,
        "rowsKept": export.rows_kept,
        "merged": export.merged,
        "skipped": dict(export.skipped),
        "rejected": [{"line": row.line, "column": row.column, "why": row.why} for row in export.rejected],
        "dateFrom": export.date_from,
        "dateTo": export.date_to,
        "totals": figures(export.totals),
        "byCampaign": by_campaign(export),
        "fileTotals": figures(export.file_totals),
        "reconciled": export.reconciled,
    }
    if len(export.currencies) > 1:
        found["currencies"] = list(export.currencies)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_an_export_comes_out_as_its_expected_file_says(case: Path) -> None:
    expected = json.loads(case.read_text(encoding="utf-8"))
    del expected["notes"]
    given = options(expected.pop("options"))
    try:
        export = read_export(sample(case), given)
    except RefusedError as refused:
        found = dict.fromkeys(expected) | NOTHING
        found |= {"platform": refused.platform, "refusedBecause": refused.because, "rowsRead": refused.rows_read}
    else:
        found = accepted(export)
        kept = found["rowsKept"] + found["merged"] + sum(found["skipped"].values()) + len(found["rejected"])
        assert found["rowsRead"] == kept
        export.close()
    assert found == expected


def test_every_platform_has_its_samples() -> None:
    assert {platform.name for platform in PLATFORMS} <= {case.parent.name for case in CASES}
    assert len(CASES) >= 121
