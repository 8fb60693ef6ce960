"""No file of one platform is taken for another's, even if columns are missing and the others are in another order."""

import json
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import pytest

from adops_cli.exports.cells.cell import Cells
from adops_cli.exports.export import ReadOptions, RefusedError
from adops_cli.exports.platforms import PLATFORMS, generic
from adops_cli.exports.recognise import Scores, recognise
from adops_cli.exports.sources.source import opened
from adops_cli.exports.sources.table import open_table
from tests.conftest import ROOT
from tests.exports.reading import Read
from tests.exports.test_expected import options

EXPORTS = ROOT / "fixtures" / "exports"
SAMPLES = sorted(
    path
    for platform in PLATFORMS
    for path in (EXPORTS / platform.name).iterdir()
    if not path.name.endswith(".expected.json")
)
DEALS = 40
"""How often the columns of a file are dealt anew."""
Rows = Sequence[tuple[int, Cells]]


def given(path: Path) -> ReadOptions:
    """The options that the sample is read with."""
    return options(json.loads(path.with_name(f"{path.stem}.expected.json").read_text(encoding="utf-8"))["options"])


def first_rows(path: Path) -> Rows:
    with opened(path, None) as source:
        table = open_table(source, Scores(ReadOptions()).score, codec=given(path).encoding)
        return list(islice(table.rows(), 30))


def platform(rows: Rows) -> str:
    """The platform by name. A file without a header that is known is nobody's."""
    try:
        return recognise(rows, ReadOptions()).platform.name
    except RefusedError:
        return generic.PLATFORM.name


def dealt(rows: Rows, width: int, seed: str) -> Rows:
    """The rows without a third of the columns, and with the others in another order. Lines above the header stay."""
    deal = random.Random(seed)  # noqa: S311 - not for secrets
    columns = deal.sample(range(width), max(width - width // 3, 2))
    return [(line, [cells[at] for at in columns] if len(cells) == width else cells) for line, cells in rows]


def deals(rows: Rows, name: str) -> Iterator[Rows]:
    width = len(recognise(rows, ReadOptions()).header.cells)
    return (dealt(rows, width, f"{name} {number}") for number in range(DEALS if width else 0))


@pytest.mark.no_cover
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_is_recognised_as_its_own_platform_s_or_as_nobody_s(path: Path) -> None:
    own = path.parent.name
    rows = first_rows(path)
    assert platform(rows) == (generic.PLATFORM.name if given(path).platform else own)
    found = {platform(deal) for deal in deals(rows, path.name)}
    assert found <= {own, generic.PLATFORM.name}


@pytest.mark.parametrize("one", PLATFORMS, ids=lambda platform: platform.name)
def test_no_platform_has_a_mark_that_another_one_has(one: object) -> None:
    others = [other for other in PLATFORMS if other is not one]
    shared = {
        f"{mark}: {other.name}"
        for other in others
        for mark in one.signature & (other.signature | other.signature_coded)  # type: ignore[attr-defined]
    }
    assert not shared


def test_a_header_with_the_marks_of_two_platforms_is_nobody_s(read: Read) -> None:
    rows = ("2026-09-14,A,1,3",)
    assert read("Date,Campaign Name,Spend,Taps", *rows).platform == "apple-ads"
    assert read("Date,Campaign Name,Spend,Swipe Ups", *rows).platform == "snapchat-ads"
    assert read("Date,Campaign Name,Spend,Taps,Swipe Ups", f"{rows[0]},4").platform == "generic"
