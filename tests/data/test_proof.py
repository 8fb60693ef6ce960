"""What stands behind figures that leave the book."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from adops_cli.data import books, metrics
from adops_cli.data.proof import Proof, proof
from adops_cli.importers import imports

GOOGLE, META = "google.csv", "meta.csv"


@pytest.fixture
def book(no_json_mode: None, bound: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: ARG001 - only a database has a ledger
    """A book with days of March from one file and with days of April from another."""
    assert bound
    monkeypatch.chdir(tmp_path)
    header = "Campaign,Platform,Currency,Date,Cost,Clicks"
    Path(GOOGLE).write_text(f"{header}\nBrand,google-ads,EUR,2026-03-30,1.5,7\nBrand,google-ads,EUR,2026-03-31,2,8\n")
    Path(META).write_text(f"{header}\nVideo,meta-ads,EUR,2026-04-01,3,9\n")
    for file in (GOOGLE, META):
        imports.import_file(file)
    return tmp_path


def files(found: Proof) -> list[str]:
    return [batch.file for batch in found.batches]


def test_the_files_behind_a_window_are_those_with_one_of_its_days(book: Path) -> None:
    assert files(proof()) == [GOOGLE, META]
    march = proof("2026-03-01", "2026-03-31")
    assert files(march) == [GOOGLE]
    assert march.batches[0].sha256 == hashlib.sha256((book / GOOGLE).read_bytes()).hexdigest()
    assert (march.first, march.last) == (date(2026, 3, 1), date(2026, 3, 31))
    assert files(proof("2026-05-01")) == []


def test_the_files_behind_campaigns_are_those_that_have_them(book: Path) -> None:
    assert book
    assert files(proof(platform="meta-ads")) == [META]
    [brand] = {row.campaign_id for row in metrics.list(platform="google-ads")}
    assert files(proof(campaign_ids=[brand])) == [GOOGLE]


def test_a_file_that_only_confirms_a_day_stands_behind_it_too(book: Path) -> None:
    again = book / "again.csv"
    again.write_text((book / META).read_text() + "\n")
    imports.import_file(again.name)

    assert files(proof("2026-04-01")) == [META, "again.csv"]


def test_an_undone_import_stands_behind_nothing(book: Path) -> None:
    assert book
    imports.undo(imports.last().id)

    assert files(proof("2026-04-01")) == []


def test_what_came_after_a_moment_does_not_stand_behind_what_was_known_then(book: Path) -> None:
    assert book
    known = imports.last()
    imports_before = files(proof(as_of=known.id))
    metrics.record_metrics(metrics.list(platform="meta-ads")[0].campaign_id, "2026-04-01", spend=4)

    then = proof(as_of=known.id)

    assert files(then) == imports_before == [GOOGLE, META]
    assert then.as_of == known.imported_at
    assert len(proof().batches) == 3


def test_closes_in_the_window_are_named_with_what_has_changed_since(book: Path) -> None:
    assert book
    books.close("2026-03", anyway=True)
    metrics.record_metrics(metrics.list(platform="google-ads")[0].campaign_id, "2026-03-31", spend=4)

    [close] = proof("2026-03-31", "2026-04-01").closes

    assert (close.name, close.adjustments) == ("2026-03", 1)
    assert proof("2026-04-01").closes == []
