"""`adops metrics import`, `metrics history` and `adops imports`: real files, the reports on them, exit codes."""

import csv
import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from adops_cli.cli.import_report import COLUMNS
from tests.conftest import ROOT, Adops
from tests.exports.files import sheet, workbook

EXPORTS = ROOT / "fixtures" / "exports"
PULLS = [EXPORTS / "google-ads" / f"pull{n}.csv" for n in (1, 2, 3, 4)]
KEYS = [
    *("file", "platform", "grain", "currency", "rowsRead", "rowsKept", "merged", "skipped", "rejected"),
    *(
        "inserted",
        "updated",
        "unchanged",
        "removed",
        "kept",
        "dateFrom",
        "dateTo",
        "totals",
        "fileTotals",
        "reconciled",
    ),
    *("refusedBecause", "coverage", "leftOut", "meaning", "notices", "batchId"),
]
FIGURES = ("impressions", "clicks", "conversions", "spend", "revenue")
HEADER = "campaignId,date,impressions,clicks,conversions,spend,revenue"


def exactly(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


def said(adops: Adops, *args: str | Path) -> tuple[int, Any]:
    """The exit code, and the report on the one file."""
    done = adops("metrics", "import", *args, "--format", "json")
    [one] = exactly(done.out)
    return done.code, one


def by_campaign(adops: Adops) -> list[Any]:
    """The stored figures in the form of the expected files."""
    window = ("--since", "2000-01-01", "--until", "2100-01-01")
    rows = exactly(adops("metrics", "report", "--by", "campaign", *window, "--format", "json").out)
    found = [
        {"campaign": row["name"], "externalId": row["externalId"]} | {name: row[name] for name in FIGURES}
        for row in rows
    ]
    return sorted(found, key=lambda row: (row["campaign"], row["externalId"] or ""))


def numbers(row: Any) -> Any:
    """The figures of an expected file as numbers. The file has exact decimals as texts."""
    return {key: Decimal(value) if key in FIGURES and isinstance(value, str) else value for key, value in row.items()}


def own_rows(file: Path, *rows: str) -> Path:
    file.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return file


def test_the_object_of_a_file_has_the_keys_of_the_contract_in_their_order(adops: Adops) -> None:
    done = adops("metrics", "import", PULLS[0], "--format", "json")

    [one] = exactly(done.out)
    assert list(one) == [column.key for column in COLUMNS] == KEYS
    assert (done.code, one["file"], one["platform"], one["currency"]) == (0, str(PULLS[0]), "google-ads", "AUD")
    assert (one["inserted"], one["updated"], one["unchanged"], one["removed"]) == (155, 0, 0, 0)
    assert one["totals"]["spend"] == Decimal("3885.52")
    assert (one["refusedBecause"], one["notices"], one["reconciled"]) == (None, [], None)
    assert one["batchId"].startswith("imp-")
    assert done.err == ""


@pytest.mark.parametrize("ids", ["", "_id"])
@pytest.mark.parametrize(("mode", "end"), [("upsert", "upsert_in_order"), ("replace-range", "replace_range_in_order")])
def test_four_pulls_in_order_end_as_they_should(adops: Adops, ids: str, mode: str, end: str) -> None:
    expected = exactly((EXPORTS / "google-ads" / f"pulls{ids}.expected.json").read_text(encoding="utf-8"))
    removed, renamed = {}, []
    for n in (1, 2, 3, 4):
        code, one = said(adops, EXPORTS / "google-ads" / f"pull{n}{ids}.csv", "--mode", mode)
        assert code == 0
        removed[f"pull{n}"] = one["removed"]
        renamed += [words.split(";")[0] for words in one["notices"] if "renamed: " in words]

    assert by_campaign(adops) == [numbers(row) for row in expected[end]["byCampaign"]]
    assert adops("metrics", "list", "--format", "tsv").out.count("\n") == expected[end]["rowsKept"] + 1
    if mode == "replace-range":
        assert removed == expected["removed_by_pull"]
    for old, new in expected["renames"]:
        assert any(words.endswith(f"renamed: {old} -> {new}") for words in renamed)


def test_with_rename_the_pulls_keep_each_campaign_one(adops: Adops) -> None:
    for pull in PULLS:
        assert adops("metrics", "import", pull, "--rename").code == 0

    names = [row["campaign"] for row in by_campaign(adops)]
    assert len(names) == 5
    assert {"FP_Pmax_With_Feed_180825", "FP_Std_Shp_Winstonia_071125"} <= set(names)


def test_each_of_the_pulls_can_be_undone_again(adops: Adops, database_url: str) -> None:
    def stored() -> list[Any]:
        with database.bound(database_url) as engine:
            return [
                engine.execute_sql(f"SELECT * FROM {table} ORDER BY id").fetchall()
                for table in ("campaigns", "metrics")
            ]

    states = [stored()]
    for pull in PULLS:
        adops("metrics", "import", pull, "--mode", "replace-range", "--rename")
        states.append(stored())
    listed = exactly(adops("imports", "list", "--format", "json").out)

    for batch, state in zip(listed, reversed(states[:-1]), strict=True):
        assert adops("imports", "undo", batch["id"], "--yes").code == 0
        assert stored() == state


def test_what_metrics_list_writes_comes_in_again_and_changes_nothing(adops: Adops, tmp_path: Path) -> None:
    adops("metrics", "import", PULLS[0])
    (tmp_path / "own.csv").write_text(adops("metrics", "list", "--format", "csv").out, encoding="utf-8")

    code, one = said(adops, tmp_path / "own.csv")

    assert (code, one["inserted"], one["updated"], one["unchanged"]) == (0, 0, 0, 155)


def test_a_file_with_gaps_leaves_the_figures_that_it_has_no_column_for(adops: Adops, tmp_path: Path) -> None:
    own_rows(tmp_path / "a.csv", "x,2026-09-01,100,10,2,5,9")
    (tmp_path / "b.csv").write_text("campaignId,date,spend\nx,2026-09-01,6\n", encoding="utf-8")
    for name in ("a.csv", "b.csv"):
        assert adops("metrics", "import", tmp_path / name).code == 0

    [row] = by_campaign(adops)
    assert (row["spend"], row["conversions"], row["revenue"]) == (6, 2, 9)


def test_a_refused_file_prints_its_object_too_and_does_not_stop_the_others(adops: Adops) -> None:
    bad = EXPORTS / "google-ads" / "weekly_grain.csv"
    done = adops("metrics", "import", bad, PULLS[0], "--format", "json")

    refused, accepted = exactly(done.out)
    assert done.code == 2
    assert list(refused) == KEYS
    assert (refused["platform"], refused["refusedBecause"], refused["rowsKept"]) == ("google-ads", "not_daily", None)
    assert (refused["skipped"], refused["rejected"], refused["totals"], refused["grain"]) == ({}, [], None, None)
    assert accepted["inserted"] == 155
    assert done.err.startswith(f"Error: {bad}: ")


def test_the_exit_code_of_several_files_is_the_worst(adops: Adops) -> None:
    rejected = EXPORTS / "hostile" / "ten_bad_of_fifty.csv"
    other_total = EXPORTS / "google-ads" / "filtered_not_reconciled.csv"

    assert adops("metrics", "import", PULLS[0], rejected).code == 3
    assert adops("metrics", "import", other_total).code == 3
    assert adops("metrics", "import", rejected, "missing.csv").code == 2
    assert adops("metrics", "import", PULLS[0]).code == 0


def test_files_that_are_not_there_and_patterns_that_match_none_are_told(adops: Adops, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    long = "n" * 300
    done = adops("metrics", "import", "no.csv", "no*.csv", "folder", long, "/dev/null", "--format", "json")

    assert (done.code, [one["refusedBecause"] for one in exactly(done.out)]) == (2, [None] * 5)
    assert done.err.splitlines() == [
        "Error: no.csv: there is no such file. Check its name and the folder",
        "Error: no*.csv: no file matches this pattern. Check the pattern and the folder",
        "Error: folder: this is a folder. Name the files in it, such as folder/*.csv",
        f"Error: {long}: there is no such file. Check its name and the folder",
        "Error: /dev/null: this is a device, not a file. Name an export file, or - for standard input",
    ]


def test_a_refusal_names_the_file_once(adops: Adops, tmp_path: Path) -> None:
    (tmp_path / "nothing.csv").touch()
    own_rows(tmp_path / "days.csv", "a,soon,9,1,1,1,1")
    done = adops("metrics", "import", "nothing.csv", "days.csv", "--strict", "--format", "json")

    assert [line.count(".csv") for line in done.err.splitlines()] == [1, 1]


def test_patterns_that_the_shell_left_are_expanded_in_order(adops: Adops) -> None:
    done = adops("metrics", "import", EXPORTS / "google-ads" / "pull[1-4].csv", "--format", "json")

    assert [one["file"] for one in exactly(done.out)] == [str(pull) for pull in PULLS]


def test_stdin_and_packed_files_are_read_too(adops: Adops, tmp_path: Path) -> None:
    text = PULLS[0].read_text(encoding="utf-8")
    (tmp_path / "pull.csv.gz").write_bytes(gzip.compress(text.encode()))

    done = adops("metrics", "import", "-", "--format", "json", stdin=text)
    code, packed = said(adops, tmp_path / "pull.csv.gz")

    assert (done.code, exactly(done.out)[0]["inserted"], exactly(done.out)[0]["file"]) == (0, 155, "-")
    assert (code, packed["unchanged"]) == (0, 155)


def test_a_dry_run_tells_all_and_writes_nothing(adops: Adops) -> None:
    done = adops("metrics", "import", PULLS[0], "--dry-run", "--format", "json")

    [one] = exactly(done.out)
    assert (done.code, one["inserted"], one["batchId"]) == (0, 155, None)
    assert done.err == "Dry run: nothing was written.\n"
    assert adops("campaigns", "list", "--format", "json").json() == []
    assert adops("imports", "list", "--format", "json").json() == []


def test_the_same_file_again_names_the_batch_that_holds_its_rows(adops: Adops) -> None:
    _, first = said(adops, PULLS[0])
    code, again = said(adops, PULLS[0])

    assert (code, again["batchId"], again["inserted"], again["unchanged"]) == (0, first["batchId"], 0, 155)
    assert again["notices"][0].startswith(f"the same file as {PULLS[0]}, imported on 20")
    assert again["notices"][0].endswith("; nothing changed")


def test_a_filtered_export_does_not_remove_most_of_what_is_stored(adops: Adops, tmp_path: Path) -> None:
    own_rows(tmp_path / "all.csv", *(f"{name},2026-09-01,9,1,1,1,1" for name in "abc"))
    one = own_rows(tmp_path / "one.csv", "a,2026-09-01,9,1,1,1,1")
    adops("metrics", "import", tmp_path / "all.csv")

    code, refused = said(adops, one, "--mode", "replace-range")

    assert (code, refused["refusedBecause"], refused["batchId"], refused["removed"]) == (2, None, None, None)
    assert (refused["platform"], refused["rowsRead"], refused["rowsKept"]) == ("generic", 1, None)
    assert "lacks 2 of the 3 days" in refused["notices"][0]
    assert "use --yes to remove them" in refused["notices"][0]

    code, meant = said(adops, one, "--mode", "replace-range", "--yes")
    assert (code, meant["removed"]) == (0, 2)
    assert {"removed: b 2026-09-01", "removed: c 2026-09-01"} <= set(meant["notices"])


def test_rejected_rows_are_kept_to_be_mended_and_imported_again(adops: Adops, tmp_path: Path) -> None:
    source = EXPORTS / "hostile" / "absurd_numbers.csv"
    done = adops("metrics", "import", source, "--rejects", "rejects.csv", "--format", "json")
    [one] = exactly(done.out)

    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as file:
        header, *kept = csv.reader(file)
    assert done.code == 3
    assert header[:2] == ["_line", "_error"]
    assert [int(row[0]) for row in kept] == [row["line"] for row in one["rejected"]]
    assert kept[0][1] == f"{one['rejected'][0]['why']}: {one['rejected'][0]['column']}"
    assert "saved to rejects.csv. Fix them there, then import that file." in done.err

    mended = [[cell if at != header.index("Cost") else "1.50" for at, cell in enumerate(row)] for row in kept]
    for name in ("Impr.", "Clicks", "Conversions", "Conv. value"):
        for row in mended:
            row[header.index(name)] = "1"
    with (tmp_path / "mended.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *mended])
    code, again = said(adops, tmp_path / "mended.csv")
    assert (code, again["rowsKept"], again["rejected"]) == (0, len(kept), [])


def test_mended_rejects_leave_nothing_of_their_own_in_what_is_stored(adops: Adops, tmp_path: Path) -> None:
    source = tmp_path / "days.csv"
    header = "Day,Campaign,Currency code,Impr.,Clicks,Cost,Video views\n"
    source.write_text(f"{header}2026-02-01,A,EUR,10,1,1.50,4\n2026-02-02,A,EUR,10,1,oops,5\n", encoding="utf-8")
    assert adops("metrics", "import", source, "--rejects", "rejects.csv").code == 3
    kept = (tmp_path / "rejects.csv").read_text(encoding="utf-8")

    (tmp_path / "mended.csv").write_text(kept.replace("oops", "2.50"), encoding="utf-8")
    done = adops("metrics", "import", "mended.csv")

    assert (done.code, kept.splitlines()[1][:21]) == (0, "3,not_a_number: Cost,")
    stored = adops("metrics", "list", "--format", "json").json()
    assert [(row["spend"], row["metadata"]) for row in stored] == [(2.5, {"video_views": 5}), (1.5, {"video_views": 4})]


def test_a_mended_row_of_an_api_keeps_its_lists_of_actions(adops: Adops, tmp_path: Path) -> None:
    def row(day: str, spend: str) -> dict[str, Any]:
        said_of_day = {"date_start": day, "date_stop": day, "campaign_id": "1", "campaign_name": "A", "spend": spend}
        sale = {"action_type": "purchase", "value": "2"}
        return {**said_of_day, "actions": [sale], "action_values": [{**sale, "value": 20.5}]}

    rows = [row("2026-02-01", "1.5"), row("2026-02-02", "oops")]
    (tmp_path / "insights.json").write_text(json.dumps(rows), encoding="utf-8")
    assert adops("metrics", "import", "insights.json", "--rejects", "rejects.csv").code == 3
    kept = (tmp_path / "rejects.csv").read_text(encoding="utf-8")
    (tmp_path / "mended.csv").write_text(kept.replace("oops", "1.5"), encoding="utf-8")

    assert adops("metrics", "import", "mended.csv").code == 0
    mended, other = adops("metrics", "list", "--format", "json").json()
    assert [mended[name] for name in FIGURES] == [other[name] for name in FIGURES] == [None, None, 2, 1.5, 20.5]


def test_a_mended_row_of_a_workbook_keeps_its_day(adops: Adops, tmp_path: Path) -> None:
    header = ["Day", "Campaign", "Currency code", "Impr.", "Clicks", "Cost"]
    rows = sheet(header, [46266, "A", "EUR", 10, 1, 1.5], [46267, "A", "EUR", 10, 1, "oops"])
    (tmp_path / "days.xlsx").write_bytes(workbook(report=rows))
    assert adops("metrics", "import", "days.xlsx", "--rejects", "rejects.csv").code == 3
    kept = (tmp_path / "rejects.csv").read_text(encoding="utf-8")
    (tmp_path / "mended.csv").write_text(kept.replace("oops", "2.5"), encoding="utf-8")

    assert adops("metrics", "import", "mended.csv").code == 0
    stored = adops("metrics", "list", "--format", "json").json()
    assert [(row["date"], row["spend"]) for row in stored] == [("2026-09-02", 2.5), ("2026-09-01", 1.5)]


def test_a_file_of_rejects_is_never_overwritten_nor_made_without_need(adops: Adops, tmp_path: Path) -> None:
    (tmp_path / "there.csv").write_text("mine")
    bad = EXPORTS / "hostile" / "ten_bad_of_fifty.csv"

    refused = adops("metrics", "import", bad, "--rejects", "there.csv")
    clean = adops("metrics", "import", PULLS[0], "--rejects", "none.csv")
    tried = adops("metrics", "import", bad, "--rejects", "tried.csv", "--dry-run")
    several = adops("metrics", "import", bad, bad, "--rejects", "several.csv")

    assert (refused.code, clean.code, tried.code, several.code) == (2, 0, 3, 2)
    assert (tmp_path / "there.csv").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.glob("*.csv")) == ["there.csv"]
    assert "--rejects can be used with only one file" in several.err


def test_how_many_rejects_are_bearable_can_be_said(adops: Adops) -> None:
    bad = EXPORTS / "hostile" / "ten_bad_of_fifty.csv"

    assert said(adops, bad, "--strict")[1]["refusedBecause"] == "too_many_errors"
    assert said(adops, bad, "--max-errors", "9")[1]["refusedBecause"] == "too_many_errors"
    assert said(adops, bad, "--max-errors", "10")[0] == 3
    assert adops("metrics", "import", bad, "--strict", "--max-errors", "5").code == 2


def test_another_currency_than_the_stored_one_is_refused(adops: Adops, tmp_path: Path) -> None:
    file = own_rows(tmp_path / "a.csv", "x,2026-09-01,9,1,1,1,1")
    assert adops("metrics", "import", file, "--currency", "eur").code == 0

    code, refused = said(adops, file, "--currency", "USD")

    assert (code, refused["refusedBecause"], refused["platform"], refused["rowsRead"]) == (
        2, "mixed_currencies", "generic", 1,
    )  # fmt: skip
    assert "correct metadata.currency with `adops campaigns update camp-" in refused["notices"][0]
    assert refused["notices"][0].endswith(" --metadata`, which replaces all metadata")


def test_the_advice_to_import_another_currency_under_an_account_of_its_own_holds(adops: Adops, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Day,Campaign,Currency code,Impr.,Clicks,Cost\n2026-02-01,A,EUR,10,1,1.50\n")
    (tmp_path / "b.csv").write_text("Day,Campaign,Currency code,Impr.,Clicks,Cost\n2026-02-01,A,USD,10,1,1.50\n")
    adops("metrics", "import", "a.csv")

    code, refused = said(adops, "b.csv")
    assert (code, refused["refusedBecause"]) == (2, "mixed_currencies")
    assert refused["notices"][0].endswith("Use --account to import the other currency under an account of its own")

    code, kept = said(adops, "b.csv", "--account", "USA")
    assert (code, kept["inserted"], kept["currency"]) == (0, 1, "USD")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--currency", "EURO"], "--currency must be three letters, not 'EURO'"),
        (["--currency", "EUX"], "--currency EUX is no code of a currency in ISO 4217. Give a code such as EUR"),
        (["--map", "Spend EUR"], "--map cannot be read: 'Spend EUR'"),
        (["--map", "=spend"], "--map cannot be read: '=spend'"),
        (["--mode", "merge"], "Invalid value for '--mode'"),
        (["--max-errors", "-1"], "Invalid value for '--max-errors'"),
    ],
)
def test_an_option_that_makes_no_sense_is_told_before_any_file_is_read(
    adops: Adops, options: list[str], words: str
) -> None:
    done = adops("metrics", "import", "missing.csv", *options)

    assert (done.code, done.out) == (2, "")
    assert words in done.err


def test_columns_of_any_other_file_are_named_by_map(adops: Adops, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('Wann,Was,"Kosten, netto",Zahl\n2026-09-01,A,5.50,3\n', encoding="utf-8")

    code, one = said(
        adops, tmp_path / "a.csv", "--map", "Wann=day,Was=campaign,Kosten, netto=spend", "--map", "Zahl=clicks"
    )

    assert (code, one["totals"]["spend"], one["totals"]["clicks"]) == (0, Decimal("5.5"), 3)


def test_the_report_for_people_says_what_was_done_and_what_moved(adops: Adops) -> None:
    adops("metrics", "import", PULLS[0])
    done = adops("metrics", "import", PULLS[1], "--format", "table", "--show-changes", "2")

    lines = done.out.splitlines()
    assert lines[:7] == [
        f"File    {PULLS[1]}",
        "Export  google-ads, daily, AUD",
        "Days    2026-05-08 to 2026-06-07",
        "Rows    154 read: 154 kept, 0 merged, 0 skipped, 0 rejected",
        "Stored  35 inserted, 22 updated, 97 unchanged, 0 removed",
        "Moved   22 days restated; spend of these days moved by +47.05 AUD",
        "Totals  impressions 246,846, clicks 2,432, conversions 75.4, spend 3,955.36, revenue 9,087.54",
    ]
    assert lines[7].startswith("Batch   imp-")
    assert lines[10:] == [
        "revenue 2026-05-31: 0 -> 244.89  FP_Pmax_No_Feed_180825",
        "conversions 2026-05-22: 1 -> 3   FP_DemGen_030226",
    ]
    assert done.err == (
        "49 figures were restated; --show-changes N shows more of them.\n"
        "Note: the file lacks 1 stored day within its span, with spend 15.58 (FP_Video_View_14/5/26 2026-05-20): it "
        "was kept; --mode replace-range removes such days\n"
    )
    assert "->" not in adops("metrics", "import", PULLS[2], "--format", "table", "--show-changes", "0").out


def test_the_report_for_people_fits_a_narrow_terminal(adops: Adops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = adops("metrics", "import", *PULLS, "--format", "table", "--explain")

    assert max(map(len, done.out.splitlines())) <= 80


def test_what_the_files_own_total_says_stands_in_the_report(adops: Adops) -> None:
    right = adops("metrics", "import", EXPORTS / "google-ads" / "daily_totals_5_labels.csv", "--format", "table")
    wrong = adops("metrics", "import", EXPORTS / "google-ads" / "filtered_not_reconciled.csv", "--format", "table")

    assert "Check   the file's own total matches" in right.out
    assert "Check   the file's own total differs: " in wrong.out
    assert wrong.code == 3


def test_a_total_that_differs_is_told_on_stderr_where_stdout_is_for_programs(adops: Adops, tmp_path: Path) -> None:
    file = tmp_path / "nothing.csv"
    file.write_text("Day,Campaign,Cost,Impr.\nTotal: Account,,7.50,0\n", encoding="utf-8")
    done = adops("metrics", "import", file, "--format", "json")

    assert done.code == 3
    assert "nothing.csv: the file's own total differs: spend 7.5; check whether the report was filtered" in done.err
    assert "own total" not in adops("metrics", "import", PULLS[0], "--format", "json").err


def test_rejected_rows_are_listed_for_people_and_notes_stand_below(adops: Adops, tmp_path: Path) -> None:
    done = adops("metrics", "import", EXPORTS / "hostile" / "ten_bad_of_fifty.csv", "--format", "table")
    own_rows(tmp_path / "own.csv", "x,2026-09-01,9,1,1,1,1")
    noted = adops("metrics", "import", "own.csv", "--format", "table")

    assert done.out.count("not_a_number") == 10
    assert done.err == "10 of 50 rows rejected. Use --rejects FILE to save and fix them.\n"
    assert noted.err.startswith("Note: the file does not state its currency")


def test_what_is_said_of_several_files_names_each_of_them(adops: Adops) -> None:
    bad, moving = EXPORTS / "hostile" / "ten_bad_of_fifty.csv", PULLS[1]
    adops("metrics", "import", PULLS[0])

    people = adops("metrics", "import", bad, moving, "--dry-run", "--format", "table")
    places = [people.out.index(words) for words in (str(bad), "Reason", str(moving), "Restated")]
    assert places == sorted(places)

    programs = adops("metrics", "import", bad, moving, "--show-changes", "1", "--format", "json")
    assert programs.err.splitlines() == [
        f"{bad}: 10 of 50 rows rejected. Use --rejects FILE to save and fix them.",
        f"{moving}: revenue 2026-05-31: 0 -> 244.89  FP_Pmax_No_Feed_180825",
        f"{moving}: 22 days restated; spend of these days moved by +47.05 AUD",
        f"{moving}: 49 figures were restated; --show-changes N shows more of them.",
    ]


def test_the_end_of_a_report_on_several_files_names_those_that_were_refused(adops: Adops) -> None:
    bad, good = EXPORTS / "hostile" / "zero_bytes.csv", PULLS[0]

    assert adops("metrics", "import", bad, good, "--format", "table").err.splitlines()[-1] == (
        f"1 of 2 files was refused: {bad}"
    )
    assert "files" not in adops("metrics", "import", bad, "--format", "table").err


def test_figures_that_moved_are_told_on_stderr_where_stdout_is_for_programs(adops: Adops) -> None:
    adops("metrics", "import", PULLS[0])
    done = adops("metrics", "import", PULLS[1], "--format", "json", "--show-changes", "1")

    assert done.err.splitlines()[0] == f"{PULLS[1]}: revenue 2026-05-31: 0 -> 244.89  FP_Pmax_No_Feed_180825"
    assert len(exactly(done.out)) == 1


def test_explain_says_what_each_column_became(adops: Adops) -> None:
    done = adops("metrics", "import", PULLS[0], "--explain", "--dry-run", "--format", "table")

    became = {line.split("  ")[0]: line for line in done.out.splitlines()}
    assert "spend" in became["Cost"]
    assert "ignored: a ratio" in became["CTR"]
    assert "14.93" in became["Cost"]


@pytest.mark.parametrize("format", ["csv", "tsv", "ndjson", "markdown"])
def test_every_format_has_a_row_for_each_file(adops: Adops, format: str) -> None:
    done = adops("metrics", "import", *PULLS[:2], "missing.csv", "--format", format)

    assert (done.code, len(done.out.splitlines())) == (2, {"ndjson": 3, "markdown": 5}.get(format, 4))
    assert ("3,885.52" if format == "markdown" else "3885.52") in done.out
    assert ("{" in done.out) == (format == "ndjson")  # nothing nested where cells are flat


def test_many_files_have_a_line_each_and_what_is_to_be_known_of_several_is_said_once(adops: Adops) -> None:
    refused, own = EXPORTS / "hostile" / "one_column.csv", EXPORTS / "generic" / "own_keys.csv"
    files = [PULLS[0], PULLS[1], EXPORTS / "google-ads" / "accounts_two_currencies.csv", refused, own]

    done = adops("metrics", "import", *files, "--format", "table")

    lines = {line.split()[0]: line for line in done.out.splitlines()}
    assert list(lines) == [
        "File",
        lines["─" * len(done.out.splitlines()[1])].split()[0],
        *(file.name for file in files),
    ]
    assert "3,885.52" in lines["pull1.csv"]
    assert "225.01 EUR and 128.47 GBP" in lines["accounts_two_currencies.csv"]
    assert "refused: unrecognised" in lines["one_column.csv"]
    assert f"Error: {refused}: no row of the file is the header" in done.err
    assert "pull2.csv: 22 days restated; spend of these days moved by +47.05 AUD" in done.err
    assert "Restated" not in done.out


def test_what_is_said_of_several_files_alike_is_said_once(adops: Adops, tmp_path: Path) -> None:
    files = [own_rows(tmp_path / f"{name}.csv", f"{name},2026-09-01,9,1,1,1,1") for name in "abcd"]

    done = adops("metrics", "import", *files, "--format", "table")

    assert done.err.count("the file does not state its currency") == 1
    assert "a.csv, b.csv, c.csv and 1 more: the file does not state its currency" in done.err


def test_a_line_for_each_file_can_be_asked_for_and_details_bring_the_blocks_back(adops: Adops) -> None:
    brief = adops("metrics", "import", PULLS[0], "--summary", "--format", "table")
    full = adops(
        "metrics", "import", *PULLS, EXPORTS / "ttd" / "usd_only_template.csv", "--explain", "--format", "table"
    )

    assert brief.out.startswith("File ")
    assert "Rows " not in brief.out
    assert full.out.count("Rows  ") == len(PULLS) + 1


def test_a_rejected_row_shows_the_value_that_cannot_be_read(adops: Adops) -> None:
    done = adops("metrics", "import", EXPORTS / "hostile" / "absurd_numbers.csv", "--format", "table")

    assert "   5  Cost         1e400                 out_of_range" in done.out.splitlines()


def test_a_rejected_part_of_a_day_is_not_to_be_imported_alone(adops: Adops, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    head = "Day,Campaign,Campaign ID,Device,Currency code,Impr.,Clicks,Cost"
    rows = "2026-08-01,A,71,Mobile,EUR,500,20,12.00", "2026-08-01,A,71,Desktop,EUR,x,20,5.00"
    file.write_text("\n".join((head, *rows)), encoding="utf-8")

    done = adops("metrics", "import", file, "--rejects", tmp_path / "rej.csv", "--format", "table")

    assert done.code == 3
    assert "import that file" not in done.err
    assert "Fix them in the file itself and import it again." in done.err
    assert "would replace the sums of its day" in done.err


def test_a_dry_run_of_many_files_says_what_would_be_done(adops: Adops) -> None:
    done = adops("metrics", "import", *PULLS, "--summary", "--dry-run", "--format", "table")

    assert done.out.count("would be imported") == len(PULLS)
    assert "3,885.52 AUD" in done.out


def test_a_file_in_several_currencies_shows_its_spend_in_each(adops: Adops) -> None:
    file = EXPORTS / "google-ads" / "accounts_two_currencies.csv"

    assert "spend 225.01 EUR and 128.47 GBP" in adops("metrics", "import", file, "--format", "table").out


@pytest.mark.parametrize("format", ["json", "ndjson", "tsv"])
def test_totals_are_exact_in_every_format_whatever_their_size(adops: Adops, tmp_path: Path, format: str) -> None:
    rows = [f"c{at % 50},2026-09-{at // 50 + 1:02d},9,1,1,7999999999.999999,1" for at in range(1_200)]

    done = adops("metrics", "import", own_rows(tmp_path / "large.csv", *rows), "--format", format)

    wanted = "\t9599999999999.9988\t" if format == "tsv" else '"spend": 9599999999999.9988'
    assert wanted in done.out


def test_history_shows_what_each_import_made_of_a_day(adops: Adops) -> None:
    for pull in PULLS[:2]:
        adops("metrics", "import", pull)
    campaign = next(
        row["id"] for row in adops("campaigns", "list", "--format", "json").json() if row["name"] == "FP_DemGen_030226"
    )

    found = exactly(adops("metrics", "history", campaign, "2026-05-22", "--format", "json").out)
    shown = adops("metrics", "history", campaign, "2026-05-22", "--format", "table").out

    assert [(one["before"] or {}).get("conversions") for one in found] == [1, None]
    assert [one["after"]["conversions"] for one in found] == [3, 1]
    assert "conversions 1 -> 3" in shown
    assert adops("metrics", "history", "nobody", "2026-05-22").code == 4
    assert adops("metrics", "history", campaign, "soon").code == 2


def test_history_shows_a_change_to_its_end_in_a_narrow_terminal(adops: Adops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for pull in PULLS[:2]:
        adops("metrics", "import", pull)
    [campaign] = [
        row["id"] for row in adops("campaigns", "list", "--format", "json").json() if row["name"] == "FP_DemGen_030226"
    ]

    _, _, *lines = adops("metrics", "history", campaign, "2026-05-22", "--format", "table").out.splitlines()

    assert max(map(len, lines)) <= 80
    assert [line[52:] for line in lines[:3]] == [
        "conversions 1 -> 3, spend",
        "27.14 -> 25.84, revenue",
        "174.54 -> 321.14",
    ]
    assert not lines[1][:52].strip()


def test_imports_are_listed_shown_and_undone(adops: Adops) -> None:
    _, one = said(adops, PULLS[0])
    id = one["batchId"]

    listed = exactly(adops("imports", "list", "--format", "json").out)
    shown = exactly(adops("imports", "get", id, "--format", "json").out)
    tried = adops("imports", "undo", id, "--dry-run", "--format", "json")
    refused = adops("imports", "undo", id)
    undone = adops("imports", "undo", id, "--yes", "--format", "json")

    assert [row["id"] for row in listed] == [id]
    assert (shown["file"], shown["rowsKept"], shown["totals"]["spend"]) == (str(PULLS[0]), 155, Decimal("3885.52"))
    assert exactly(tried.out) == exactly(undone.out)
    assert exactly(undone.out)[0] == {
        "importId": id, "file": str(PULLS[0]), "deleted": 155, "restored": 0, "campaignsDeleted": 5, "lost": 0,
    }  # fmt: skip
    assert (refused.code, "cannot ask for confirmation without a terminal: Undo import" in refused.err) == (2, True)
    assert adops("campaigns", "list", "--format", "json").json() == []
    assert adops("imports", "undo", id, "--yes").code == 5
    assert adops("imports", "undo", "imp-x", "--yes").code == 4


def test_days_that_a_newer_pull_has_confirmed_are_told_and_stay(adops: Adops, tmp_path: Path) -> None:
    _, one = said(adops, PULLS[0])
    again = tmp_path / "again.csv"
    again.write_bytes(PULLS[0].read_bytes() + b"\n")
    adops("metrics", "import", again)

    done = adops("imports", "undo", one["batchId"], "--yes", "--format", "json")

    assert (done.code, done.json()[0]["deleted"]) == (0, 0)
    assert "155 days stayed, because a later import has found them unchanged." in done.err
    assert len(adops("metrics", "list", "--limit", "0", "--format", "json").json()) == 155


def test_days_that_cannot_be_put_back_are_told(adops: Adops) -> None:
    adops("metrics", "import", PULLS[0])
    _, one = said(adops, PULLS[1])
    for row in adops("campaigns", "list", "--format", "json").json():
        adops("campaigns", "delete", row["id"], "--yes")

    done = adops("imports", "undo", one["batchId"], "--yes", "--cascade")

    assert done.code == 0
    assert "22 days could not be restored, because the campaign has been deleted." in done.err


def test_a_later_import_stands_in_the_way_of_undo_unless_it_goes_too(adops: Adops) -> None:
    first, second = (said(adops, pull)[1]["batchId"] for pull in PULLS[:2])

    refused = adops("imports", "undo", first, "--yes")
    cascade = adops("imports", "undo", first, "--yes", "--cascade", "--format", "json")

    assert (refused.code, second in refused.err, "--cascade" in refused.err) == (5, True, True)
    assert [row["importId"] for row in exactly(cascade.out)] == [second, first]


def test_json_mode_has_no_ledger_and_refuses_in_one_line(adops_on: Adops, json_dir: Path, db_file: Path) -> None:
    assert json_dir.name == "json"
    done = adops_on("metrics", "import", PULLS[0])

    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "in JSON mode the data are the files in" in done.err
    assert adops_on("imports", "list", on=db_file).code == 0


def test_an_unfit_database_is_told_before_a_file_is_read(adops: Adops) -> None:
    done = adops("metrics", "import", "missing.csv", "--format", "json", on="none.db")

    assert (done.code, done.out) == (6, "")
    assert "Create it with `adops db migrate`" in done.err


def test_an_import_waits_for_the_write_lock_and_then_gives_up(adops: Adops, db_file: Path) -> None:
    holder = sqlite3.connect(db_file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        busy = adops("--busy-timeout", "0.05", "metrics", "import", PULLS[0], "--format", "json")
        tried = adops("--busy-timeout", "0.05", "metrics", "import", PULLS[0], "--dry-run", "--format", "json")
    finally:
        holder.execute("ROLLBACK")
        holder.close()

    assert (busy.code, busy.out) == (75, "")
    assert "another process is writing" in busy.err
    assert (tried.code, exactly(tried.out)[0]["inserted"]) == (0, 155)


def test_imports_at_once_make_each_campaign_once(database_url: str, adops: Adops) -> None:
    command = [
        sys.executable,
        "-m",
        "adops_cli",
        "--database",
        database_url,
        "--busy-timeout",
        "30",
        "metrics",
        "import",
    ]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = [subprocess.Popen([*command, str(pull)], env=env, stdout=subprocess.PIPE) for pull in PULLS[:3]]

    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
    for process in started:
        process.communicate()
    names = [row["campaign"] for row in by_campaign(adops)]
    assert len(names) == len(set(names)) == 6


def test_an_import_that_is_interrupted_leaves_nothing(tmp_path: Path, database_url: str, adops: Adops) -> None:
    source = tmp_path / "endless.csv"
    os.mkfifo(source)
    command = [sys.executable, "-m", "adops_cli", "--database", database_url, "metrics", "import", str(source)]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE)
    with source.open("w") as out:  # waits until the import has opened it
        out.write(f"{HEADER}\n" + "x,2026-09-01,9,1,1,1,1\n" * 1000)
        out.flush()
        process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)

    assert process.returncode == 130
    assert adops("campaigns", "list", "--format", "json").json() == []
    assert adops("imports", "list", "--format", "json").json() == []


def test_explain_shows_the_columns_of_a_file_that_is_refused(adops: Adops, tmp_path: Path) -> None:
    path = tmp_path / "network.csv"
    path.write_text("Reporting day,Campaign,Cost,Visits\n2026-09-14,A,1.50,4\n2026-09-15,A,2.50,5\n")
    done = adops("metrics", "import", str(path), "--explain", "--format", "table")
    assert done.code == 2
    assert "line 1 is its header" in done.err
    assert ["Reporting", "day", "not", "known,", "perhaps", "date", "2026-09-14"] in [
        line.split()[:7] for line in done.out.splitlines()
    ]
    assert "Reporting day" not in adops("metrics", "import", str(path), "--format", "table").out


def test_a_sheet_is_chosen_by_its_name_and_is_part_of_what_was_asked(adops: Adops) -> None:
    path = str(ROOT / "fixtures" / "cases" / "c03_second_sheet.xlsx")
    first = json.loads(adops("metrics", "import", path, "--format", "json").out)[0]
    second = json.loads(adops("metrics", "import", path, "--sheet", "Meta", "--format", "json").out)[0]
    assert (first["platform"], second["platform"]) == ("google-ads", "meta-ads")
    assert first["batchId"] != second["batchId"]
    again = adops("metrics", "import", path, "--sheet", "March", "--format", "json")
    assert (again.code, "Its sheets are Pmax, Meta" in again.err) == (2, True)


def test_the_database_itself_is_no_export_file(adops: Adops, db_file: Path) -> None:
    """Opened and closed as a file, it would lose the locks of the connection beside it."""
    other = db_file.with_name("link.db")
    other.symlink_to(db_file)
    for name in (db_file, other):
        done = adops("metrics", "import", name)

        assert (done.code, "this is the database itself" in done.err) == (2, True), done.err


def test_a_file_whose_name_is_not_utf8_is_imported_under_a_name_that_can_be_stored(
    adops: Adops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOGNAME", "\udcff")
    name = "ü\udcff.csv"
    Path(name).write_text("campaign,date,spend\nC,2026-02-01,1\n")

    assert adops("metrics", "import", name, "--platform", "generic").code == 0
    [batch] = adops("imports", "list", "--format", "json").json()
    assert (batch["file"], batch["importedBy"]) == (r"ü\udcff.csv", r"\udcff")
    assert adops("metrics", "import", name, "--platform", "generic").code == 0
