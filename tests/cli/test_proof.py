"""What files of reports say of themselves."""

import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from adops_cli import render
from adops_cli.render import Section, View
from tests.conftest import Adops, run_adops


@pytest.fixture
def book(db_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adops:
    monkeypatch.chdir(tmp_path)
    rows = ("Brand,google-ads,EUR,2026-03-30,1.5,7,", "Video,meta-ads,EUR,2026-03-30,2,8,3")
    Path("pull.csv").write_text("\n".join(("Campaign,Platform,Currency,Date,Cost,Clicks,Revenue", *rows)))
    adops = functools.partial(run_adops, on=db_file)
    assert adops("metrics", "import", tmp_path / "pull.csv").code == 0
    return adops


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[Section]]:
    """The proof of each listing that is written from here on."""
    found: list[Sequence[Section]] = []

    def written(*_: Any, view: View = render.EVERYTHING, **__: Any) -> None:
        found.append(view.document.proof())

    monkeypatch.setattr(render, "rows", written)
    return found


def facts(sections: Sequence[Section]) -> list[tuple[object, object]]:
    return [(row["name"], row["value"]) for row in sections[0].rows]


def test_a_report_says_its_window_when_it_was_known_and_what_is_behind_it(book: Adops, proofs: Any) -> None:
    book("metrics", "report", "--period", "2026-03")

    [sections] = proofs
    assert [one.title for one in sections] == ["About", "Files behind the figures", "Notes"]
    said = facts(sections)
    assert said[:3] == [("Report", "Figures by platform"), ("Days", "2026-03-01 to 2026-03-31"), ("Known", "now")]
    assert [name for name, _ in said[3:]] == ["Open days", "Made", "Book"]
    [file] = sections[1].rows
    assert file["file"] == "pull.csv"
    assert file["sha256"] == hashlib.sha256(Path("pull.csv").read_bytes()).hexdigest()
    assert "/" not in str(said[-1])
    assert [row["note"] for row in sections[2].rows] == [
        "Note: 1 campaign with spend 1.50 EUR reports no revenue; ROAS without it is 1.50."
    ]


@pytest.mark.parametrize(
    "command",
    [
        ("metrics", "top"),
        ("metrics", "top", "--compare", "2026-02-01..2026-02-28", "--period", "2026-03"),
        ("metrics", "trend", "--by", "platform"),
        ("metrics", "list"),
        ("metrics", "latest", "Brand"),
        ("metrics", "history", "Brand", "2026-03-30"),
        ("metrics", "gaps"),
        ("metrics", "restated", "--since", "today"),
        ("metrics", "movers", "--by", "spend", "--period", "2026-03", "--format", "csv"),
        ("metrics", "pacing", "--by", "campaign", "--month", "2026-03"),
        ("alerts", "look"),
    ],
    ids=" ".join,
)
def test_every_command_with_figures_names_the_files_behind_them(book: Adops, proofs: Any, command: Any) -> None:
    book(*command)

    assert [row["file"] for row in proofs[0][1].rows] == ["pull.csv"]


def test_a_report_of_a_closed_period_says_so(book: Adops, proofs: Any) -> None:
    book("books", "close", "--period", "2026-03", "--anyway")
    book("metrics", "report", "--period", "2026-03", "--as-closed")
    assert book("metrics", "report", "--as-of", "today").code == 0

    closed, then = (dict(facts(sections)) for sections in proofs if sections)
    assert str(closed["Closed"]).startswith("2026-03 closed ")
    assert closed["Figures"] == "official for closed periods, as they are now for all other days"
    assert str(then["Known"]).startswith("as of 20")
    assert then["Days"] == "all; the book has 2026-03-30 to 2026-03-30"
