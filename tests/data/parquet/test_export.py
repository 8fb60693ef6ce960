"""`adops export parquet`: the folder has what the database has, and only what changed is written again."""

import contextlib
import functools
import json
import sqlite3
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest
from pyarrow import parquet as pq

from adops_cli import database, files
from adops_cli.data.parquet import days, folder
from adops_cli.values import written_instant
from tests.conftest import Adops, Result, run_adops

GOOGLE = "metrics/platform=google-ads/month=2026-02/metrics.parquet"
META = "metrics/platform=meta-ads/month=2026-02/metrics.parquet"


@pytest.fixture
def book(sample_db: Path) -> Adops:
    return functools.partial(run_adops, on=sample_db)


def export(book: Adops, code: int = 0) -> Any:
    """What an export has changed: the state of each file."""
    done = book("export", "parquet", "out", "--format", "json")
    assert done.code == code, done.err
    return {row["file"]: row["state"] for row in json.loads(done.out)} if code in (0, 3) else done.err


def rows_of(path: Path = Path("out")) -> list[dict[str, Any]]:
    """The daily rows of an export, by id, as other tools read them."""
    found = ds.dataset(path / "metrics", partitioning="hive", exclude_invalid_files=True).to_table()
    return sorted(found.to_pylist(), key=lambda row: row["id"])


def stored(path: Path) -> dict[str, tuple[bytes, int]]:
    """The files of a folder with their bytes and times."""
    return {str(one.relative_to(path)): (one.read_bytes(), one.stat().st_mtime_ns) for one in path.rglob("*.parquet")}


@contextlib.contextmanager
def written(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection of another program."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        yield connection


def test_an_export_has_each_row_as_a_list_has_it_to_the_last_digit(adops: Adops, sample_url: str) -> None:
    assert (
        adops("metrics", "record", "camp-01", "2026-03-01", "--spend", "8000000000", "--metadata", '{"b":1}').code == 0
    )
    assert (
        adops(
            "metrics", "record", "camp-02", "2026-03-01", "--spend", "0.000001", "--revenue", "7999999999.999999"
        ).code
        == 0
    )
    assert adops("export", "parquet", "out").code == 0

    listed = json.loads(adops("metrics", "list", "--limit", "0", "--format", "json").out, parse_float=Decimal)
    found = {row["id"]: row for row in rows_of()}
    assert len(found) == len(listed) == 102
    for row in listed:
        row["date"], row["metadata"] = str(row["date"]), row["metadata"] and json.dumps(row["metadata"])
        known = found[row["id"]]
        assert known["platform"] == row["platform"]
        assert known["month"] == row["date"][:7]
        as_listed = {**known, "date": str(known["date"]), "syncedAt": written_instant(known["syncedAt"])}
        assert {key: as_listed[key] for key in row if key != "name"} == {k: v for k, v in row.items() if k != "name"}
    assert sample_url


def test_an_export_has_types_that_add_up(book: Adops) -> None:
    export(book)
    types = {field.name: str(field.type) for field in pq.read_schema(f"out/{GOOGLE}")}
    assert types["spend"] == types["revenue"] == types["conversions"] == "decimal128(18, 6)"
    assert types["roas"] == "decimal128(38, 6)"
    assert (types["date"], types["syncedAt"]) == ("date32[day]", "timestamp[ms, tz=UTC]")
    spend = {row["currency"]: Decimal(0) for row in rows_of()}
    for row in rows_of():
        spend[row["currency"]] += row["spend"] or 0
    reported = json.loads(book("metrics", "report", "--by", "month", "--format", "json").out, parse_float=Decimal)
    assert spend == {row["currency"]: row["spend"] for row in reported}
    campaigns = {row["id"]: row for row in pq.read_table("out/campaigns.parquet").to_pylist()}
    assert (len(campaigns), campaigns["camp-07"]["currency"]) == (15, "EUR")
    assert pq.read_table("out/projects.parquet").num_rows == 5


def test_a_file_says_which_imports_are_behind_its_figures(book: Adops) -> None:
    Path("pull.csv").write_text("Campaign,Platform,Currency,Date,Cost,Clicks\nBrand,google-ads,EUR,2026-03-30,1.5,7\n")
    book("metrics", "import", "pull.csv")
    export(book)
    name = "metrics/platform=google-ads/month=2026-03/metrics.parquet"
    said = json.loads(pq.read_schema(f"out/{name}").metadata[b"adops"])
    assert said["title"] == "Daily figures of google-ads in 2026-03"
    [file] = said["proof"][1]["rows"]
    assert file["file"] == "pull.csv"
    [entry] = [one for one in json.loads(Path("out", folder.MANIFEST).read_text())["files"] if one["path"] == name]
    assert entry["batches"] == [file["id"]]


def test_a_second_export_writes_nothing_and_a_changed_day_its_month_of_its_platform(book: Adops) -> None:
    assert set(export(book).values()) == {"written"}
    before = stored(Path("out"))
    assert export(book) == {}
    assert stored(Path("out")) == before

    book("metrics", "record", "camp-01", "2026-02-09", "--spend", "5.5")
    assert export(book) == {GOOGLE: "written"}
    after = stored(Path("out"))
    assert {name for name in before if after[name] != before[name]} == {GOOGLE}


def test_what_another_program_changes_is_seen_too(book: Adops, sample_db: Path) -> None:
    export(book)
    with written(sample_db) as connection:
        connection.execute("UPDATE metrics SET metadata = '{\"note\": 1}' WHERE campaignId = 'camp-04'")
    assert export(book) == {META: "written"}
    with written(sample_db) as connection:
        connection.execute("UPDATE campaigns SET platform = 'google-ads' WHERE platform = 'meta-ads'")
    assert export(book) == {"campaigns.parquet": "written", GOOGLE: "written", META: "removed"}
    assert not Path("out", META).parent.parent.exists()


def test_a_currency_that_becomes_known_is_in_each_row(book: Adops, sample_db: Path) -> None:
    export(book)
    with written(sample_db) as connection:
        connection.execute("UPDATE campaigns SET metadata = '{\"currency\": \"SEK\"}' WHERE id = 'camp-04'")
    assert export(book) == {"campaigns.parquet": "written", META: "written"}
    assert {row["currency"] for row in rows_of() if row["campaignId"] == "camp-04"} == {"SEK"}


def test_a_deleted_campaign_is_in_no_file(book: Adops) -> None:
    export(book)
    book("campaigns", "delete", "camp-04", "--yes")
    assert export(book) == {"campaigns.parquet": "written", META: "written"}
    assert "camp-04" not in {row["campaignId"] for row in rows_of()}


def test_what_is_damaged_or_missing_is_made_again(book: Adops) -> None:
    export(book)
    Path("out", GOOGLE).unlink()
    Path("out", META).write_bytes(b"x")
    assert export(book) == {GOOGLE: "written", META: "written"}
    assert len(rows_of()) == 100


@pytest.mark.parametrize("done", range(4))
def test_an_export_that_fails_between_leaves_files_that_are_old_or_new_and_the_next_one_mends(
    book: Adops, monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    export(book)
    before = stored(Path("out"))
    for campaign in ("camp-01", "camp-04", "camp-07"):
        book("metrics", "record", campaign, "2026-02-09", "--spend", "5.5")
    real, left = files.put, iter([True] * (done + 1))  # one for the manifest, which comes first

    def put(file: Path, target: Path) -> None:
        if not next(left, False):
            raise OSError(28, "No space left on device")
        real(file, target)

    with monkeypatch.context() as patch:
        patch.setattr(files, "put", put)
        assert "cannot be written: the disk is full" in export(book, 1)
    after = stored(Path("out"))
    assert after.keys() == before.keys()
    assert len([name for name in before if after[name] != before[name]]) == done
    assert len(rows_of()) == 100
    assert list(Path("out").glob(".adops-*")) == []

    assert set(export(book)) == {GOOGLE, META, META.replace("meta-ads", "pinterest")}
    assert export(book) == {}
    assert {
        row["spend"] for row in rows_of() if str(row["date"]) == "2026-02-09" and row["campaignId"] == "camp-07"
    } == {Decimal("5.5")}


def test_a_file_that_was_begun_and_whose_rows_are_gone_since_is_removed(
    book: Adops, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(book)
    book("metrics", "record", "camp-01", "2026-03-09", "--spend", "5.5")
    march = GOOGLE.replace("2026-02", "2026-03")
    with monkeypatch.context() as patch:
        patch.setattr(folder.Folder, "remove", lambda *_: None)
        patch.setattr(folder.Folder, "write", killed_after_claim(folder.Folder.write))
        assert book("export", "parquet", "out").code == 9
    assert Path("out", march).exists()
    book("metrics", "delete", "camp-01", "2026-03-09", "--yes")
    assert export(book) == {march: "removed"}
    assert stored(Path("out")).keys() == {one for one in stored(Path("out")) if "2026-03" not in one}


def killed_after_claim(write: Any) -> Any:
    """The manifest is written for the claim, and not at the end."""
    calls = iter([True])

    def run(*args: Any) -> None:
        if not next(calls, False):
            raise SystemExit(9)
        write(*args)

    return run


def test_files_of_others_stay_and_a_folder_of_others_is_refused(book: Adops) -> None:
    export(book)
    for mine in ("notes.txt", "metrics/platform=meta-ads/month=2026-02/mine.parquet"):
        Path("out", mine).write_text("mine")
    book("metrics", "delete", "camp-04", "2026-02-09", "--yes")
    assert export(book) == {META: "written"}
    assert Path("out", "metrics/platform=meta-ads/month=2026-02/mine.parquet").read_text() == "mine"

    Path("other").mkdir()
    Path("other", "x").write_text("mine")
    refused = book("export", "parquet", "other")
    assert refused.code == 5
    assert refused.err.endswith("other is not empty, and not the folder of an export. Name a new folder\n")
    Path("file").write_text("mine")
    assert book("export", "parquet", "file").code == 5


def test_a_file_of_others_where_one_is_to_be_made_is_not_replaced(book: Adops) -> None:
    export(book)
    march = Path("out", GOOGLE.replace("2026-02", "2026-03"))
    march.parent.mkdir()
    march.write_text("mine")
    book("metrics", "record", "camp-01", "2026-03-09", "--spend", "5.5")
    assert "is not from an export" in export(book, 5)
    assert march.read_text() == "mine"


@pytest.mark.parametrize(
    "manifest",
    [
        "nonsense",
        "[]",
        '{"adopsExport": 2, "files": []}',
        '{"adopsExport": 1, "files": [{"path": "../mine.parquet", "fingerprint": "x"}]}',
        '{"adopsExport": 1, "files": [{"path": "metrics/platform=../month=a/../metrics.parquet", "fingerprint": "x"}]}',
    ],
)
def test_a_manifest_that_is_not_ours_is_refused(book: Adops, manifest: str) -> None:
    Path("mine.parquet").write_text("mine")
    Path("out").mkdir()
    Path("out", folder.MANIFEST).write_text(manifest)
    assert "is not of this adops" in export(book, 5)
    assert Path("mine.parquet").read_text() == "mine"


def test_a_platform_of_any_name_is_read_back_as_it_is(book: Adops, sample_db: Path) -> None:
    names = ["A/B ü=%&\\..", "FB", "..", "123", "google-ads "]
    with written(sample_db) as connection:
        for number, name in enumerate(names, start=1):
            connection.execute(f"UPDATE campaigns SET platform = ? WHERE id = 'camp-{number:02}'", (name,))
        connection.execute("UPDATE campaigns SET platform = '' WHERE id = 'camp-06'")
        connection.execute("DELETE FROM campaigns WHERE id = 'camp-07'")  # and not its days
    export(book)
    found = {row["campaignId"]: row["platform"] for row in rows_of()}
    assert [found[f"camp-{number:02}"] for number in range(1, 8)] == [*names, None, None]
    assert len(rows_of()) == 100
    assert all(len(path.parts) <= 5 for path in Path("out").rglob("*.parquet"))


def test_two_exports_into_one_folder_exclude_each_other(book: Adops) -> None:
    export(book)
    with files.locked(Path("out", ".adops-export.lock"), 0):
        assert "another export writes to" in export(book, 75)
    assert export(book) == {}


def test_a_row_that_cannot_be_read_is_left_out_and_told_each_time(book: Adops, sample_db: Path) -> None:
    with written(sample_db) as connection:
        connection.execute("UPDATE metrics SET spend = 'much' WHERE campaignId = 'camp-01' AND date = '2026-02-09'")
        connection.execute("UPDATE metrics SET date = 'once' WHERE campaignId = 'camp-04' AND date = '2026-02-09'")
        connection.execute("UPDATE metrics SET date = ' 2026-02-10T00:00:00Z' WHERE date = '2026-02-10'")
    for _ in range(2):
        done = book("export", "parquet", "out", "--format", "json")
        assert done.code == 3
        assert 'is left out: spend holds "much"' in done.err
        assert 'is left out: date holds "once"' in done.err
        assert len(rows_of()) == 98
    assert [row["file"] for row in json.loads(done.out)] == [GOOGLE]
    assert sum(str(row["date"]) == "2026-02-10" for row in rows_of()) == 15


@pytest.mark.parametrize("day", ["2026-02-31", "2026-13-01", "0000-01-01", "9999-12-31"])
def test_a_day_in_no_calendar_is_told_and_the_last_one_exported(book: Adops, sample_db: Path, day: str) -> None:
    with written(sample_db) as connection:
        connection.execute("UPDATE metrics SET date = ? WHERE campaignId = 'camp-01' AND date = '2026-02-09'", (day,))
        connection.execute(
            "UPDATE metrics SET date = '2027-01-01' WHERE campaignId = 'camp-04' AND date = '2026-02-09'"
        )
    done = book("export", "parquet", "out")
    known = day.startswith("9")
    assert (done.code, len(rows_of())) == ((0, 100) if known else (3, 99))
    assert (f'is left out: date holds "{day}"' in done.err) is not known


def test_a_day_that_only_a_server_has_is_told(adops_on: Adops, postgres_url: str) -> None:
    adops_on("db", "seed", "--yes", on=postgres_url)
    with database.bound(postgres_url) as engine:
        changed = "UPDATE metrics SET date = 'infinity' WHERE \"campaignId\" = 'camp-01' AND date = '2026-02-09'"
        engine.execute_sql(changed)
    done = adops_on("export", "parquet", "out", on=postgres_url)
    assert (done.code, len(rows_of())) == (3, 99)
    assert "is left out: date holds" in done.err


def test_all_files_are_as_of_one_moment(book: Adops, sample_db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def months() -> Any:
        found = real()
        with written(sample_db) as connection:
            connection.execute("DELETE FROM campaigns")
            connection.execute("DELETE FROM metrics")
        return found

    real = days.months
    with monkeypatch.context() as patch:
        patch.setattr(days, "months", months)
        export(book)
    assert (len(rows_of()), pq.read_table("out/campaigns.parquet").num_rows) == (100, 15)
    assert "removed" in export(book).values()
    assert not Path("out/metrics").exists()
    assert pq.read_table("out/campaigns.parquet").num_rows == 0


def test_json_mode_exports_too(book: Adops, monkeypatch: pytest.MonkeyPatch) -> None:
    book("db", "export-json", "json")
    monkeypatch.setenv("USE_DATABASE", "false")
    monkeypatch.setenv("ADOPS_JSON_DIR", "json")
    done: Result = run_adops("export", "parquet", "out")
    assert (done.code, len(rows_of())) == (0, 100)


def test_what_is_impossible_makes_no_folder(book: Adops, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert run_adops("export", "parquet", "out", on=tmp_path / "none.db").code == 6
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert book("export", "parquet", "out").code == 2
    assert not Path("out").exists()
