"""`--output FILE`: what a command prints goes into a file, which appears whole or not at all."""

import functools
import hashlib
import json
import stat
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adops_cli import __version__, periods
from adops_cli.render import Format
from adops_cli.render.output import SUFFIXES
from adops_cli.render.workbook import sheet
from tests.conftest import ROOT, Adops, run_adops
from tests.workbooks import cells_of, parts, sheets_of

REPORT = ("metrics", "report", "--by", "day")
WINDOW = ("--since", "2026-02-07", "--until", "2026-02-10")


@pytest.fixture
def seeded(sample_db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adops:
    monkeypatch.chdir(tmp_path)
    return functools.partial(run_adops, on=sample_db)


@pytest.mark.parametrize(
    ("suffix", "format"), [(suffix, one) for suffix, one in SUFFIXES.items() if isinstance(one, Format)]
)
def test_a_file_holds_what_its_format_prints(seeded: Adops, suffix: str, format: str) -> None:
    printed = seeded(*REPORT, "--format", format)
    written = seeded(*REPORT, "--output", f"days{suffix}")
    assert (written.code, written.out) == (0, "")
    assert written.err.startswith(f"16 rows in days{suffix}.\n")
    assert Path(f"days{suffix}").read_text(encoding="utf-8") == printed.out
    assert list(Path().glob(".adops-*")) == []


def test_a_comparison_in_a_file_has_the_columns_of_its_format(seeded: Adops) -> None:
    asked = ("metrics", "top", "--compare", "previous", "--period", "2026-02")
    printed = seeded(*asked, "--format", "json").out
    assert seeded(*asked, "--output", "top.json").code == 0
    assert Path("top.json").read_text() == printed


def test_csv_can_be_written_for_excel_in_europe(seeded: Adops) -> None:
    columns = ("--columns", "day,spend,roas", "--limit", "1")
    style = ("--bom", "--decimal-mark", ",", "--delimiter", ";")
    assert seeded(*REPORT, *columns, *style, "--output", "days.csv").code == 0
    assert Path("days.csv").read_bytes() == "\ufeffday;spend;roas\n2026-02-10;1564,83;3,421976\n".encode()
    assert (
        seeded(*REPORT, *columns, *style, "--format", "csv", "--no-header").out == "\ufeff2026-02-10;1564,83;3,421976\n"
    )


def test_a_cell_with_the_delimiter_is_quoted(seeded: Adops) -> None:
    asked = ("metrics", "report", "--columns", "currency,spend", "--limit", "1", "--sort", "spend", "--format", "csv")
    assert seeded(*asked, "--decimal-mark", ",").out.splitlines()[1].endswith(',"5213,89"')
    assert seeded(*asked, "--decimal-mark", ",", "--delimiter", r"\t").out.splitlines()[1].endswith("\t5213,89")


def test_a_file_that_exists_is_replaced_only_with_force(seeded: Adops) -> None:
    file = Path("days.csv")
    file.write_text("mine")
    file.chmod(0o640)
    refused = seeded(*REPORT, "--output", "days.csv")
    assert (refused.code, file.read_text()) == (5, "mine")
    assert refused.err == "Error: days.csv already exists. Name another file, or use --force to replace it\n"
    assert seeded(*REPORT, "--output", "days.csv", "--force").code == 0
    assert file.read_text().startswith("day,currency,")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_command_that_fails_leaves_no_file_and_replaces_none(seeded: Adops) -> None:
    assert seeded(*REPORT, "--columns", "nothing", "--output", "days.csv").code == 2
    assert not Path("days.csv").exists()
    Path("days.csv").write_text("mine")
    assert seeded(*REPORT, "--sort", "nothing", "--output", "days.csv", "--force").code == 2
    assert Path("days.csv").read_text() == "mine"


def test_a_database_is_never_replaced_whatever_its_name(seeded: Adops, sample_db: Path) -> None:
    Path("book.csv").write_bytes(sample_db.read_bytes())
    before = Path("book.csv").read_bytes()
    refused = seeded(*REPORT, "--output", "book.csv", "--force")
    assert (refused.code, Path("book.csv").read_bytes() == before) == (2, True)
    assert "book.csv is a database, and is not replaced" in refused.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--output", "days.doc"), "days.doc has no suffix that is known"),
        (("--output", "nowhere/days.csv"), "there is no folder nowhere for --output"),
        (("--output", "folder.csv", "--force"), "folder.csv is no regular file"),
        (("--output", "days.csv", "--format", "json"), "--format json and --output days.csv differ"),
        (("--force",), "--force is for a file"),
        (("--bom",), "--bom is for CSV"),
        (("--output", "days.json", "--decimal-mark", ","), "--decimal-mark is for CSV"),
        (("--format", "csv", "--delimiter", "ab"), "'ab' cannot stand between the cells of CSV"),
        (("--format", "csv", "--delimiter", "7"), "'7' cannot stand between the cells of CSV"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_asked(
    seeded: Adops, options: tuple[str, ...], words: str
) -> None:
    Path("folder.csv").mkdir()
    refused = seeded(*REPORT, *options)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith(f"Error: {words}")


@pytest.mark.parametrize(
    "asked",
    [
        (*REPORT, "--with-openness"),
        ("metrics", "report", "--by", "month"),
        ("metrics", "report", "--by", "campaign", "--also", "reach,leads"),
        ("metrics", "top", "--by", "cpa", "--bottom"),
        ("metrics", "list"),
        ("metrics", "pacing"),
        ("campaigns", "list"),
        ("events", "list"),
        ("executions", "list"),
        ("imports", "list", "--kind", "all"),
        ("alerts", "rules"),
        ("config", "show"),
    ],
    ids=" ".join,
)
def test_a_workbook_has_the_values_of_json(seeded: Adops, asked: tuple[str, ...]) -> None:
    expected = seeded(*asked, "--format", "json").json()
    assert seeded(*asked, "--output", "book.xlsx").code == 0
    assert_same(Path("book.xlsx"), expected)


def test_what_has_moved_is_a_workbook_too(seeded: Adops) -> None:
    asked = ("metrics", "movers", "--by", "roas", *WINDOW, "--compare", "previous")
    by_currency = seeded(*asked, "--format", "json").json()
    assert seeded(*asked, "--output", "moved.xlsx").code == 0
    rows = [{"currency": one["currency"], **row} for one in by_currency for row in one["rows"]]
    keys = ["campaignId", "name", "platform", "currency", "kind", "contribution", "rate", "mix", "entry", "share"]
    assert_same(Path("moved.xlsx"), [{key: row[key] for key in (*keys, "notReported")} for row in rows])
    assert "xl/charts/chart2.xml" in parts(Path("moved.xlsx"))


def test_findings_are_told_once_they_are_in_a_workbook(seeded: Adops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periods, "today", lambda _timezone="UTC": date(2026, 2, 11))
    rule = ("alerts", "run", "--rule", "spend > 1 over 7d by campaign")
    assert seeded(*rule, "--output", "nowhere/found.xlsx").code == 2
    written = seeded(*rule, "--output", "found.xlsx")
    assert (written.code, written.out) == (3, "")
    found = [row[0] for name in sheets_of(Path("found.xlsx"))[:-1] for row in cells_of(Path("found.xlsx"), name)[1:]]
    assert sorted(found) == sorted(row["id"] for row in seeded(*rule, "--again", "--format", "json").json())
    assert seeded(*rule).code == 0


def assert_same(book: Path, expected: list[dict[str, Any]]) -> None:
    """Compare the sheets of rows with JSON: each currency has its own, and the columns are in the order of the keys."""
    sheets: dict[str, list[list[Any]]] = {}
    for row in expected:
        name = (row["currency"] or "No currency") if "currency" in row else "Rows"
        sheets.setdefault(name, []).append(list(row.values()))
    assert [name for name in sheets_of(book) if name not in ("Charts", "About")] == list(sheets)
    for name, rows in sheets.items():
        found = cells_of(book, name)[1 : len(rows) + 1]
        assert len(found) == len(rows)
        for cells, values in zip(found, rows, strict=True):
            assert [agrees(cell, value) for cell, value in zip(cells, values, strict=True)] == [True] * len(values), (
                cells,
                values,
            )


def agrees(cell: Any, value: Any) -> bool:
    """Whether a cell is what JSON has: a day or a moment for its text, the text of what is nested, and ids as text."""
    match value:
        case None:
            return bool(cell == "")
        case dict() | list():
            return bool(json.loads(cell) == value)
        case str() if isinstance(cell, datetime):
            return f"{cell.isoformat(timespec='milliseconds')}Z" == value
        case str() if isinstance(cell, date):
            return cell.isoformat().startswith(value)
    return type(cell) in (type(value), float, str) and bool(cell == (str(value) if isinstance(cell, str) else value))


def test_what_proves_the_figures_is_in_the_workbook(seeded: Adops) -> None:
    exports = sorted((ROOT / "fixtures/exports/google-ads").glob("pull*.csv"))
    assert seeded("metrics", "import", *exports).code == 0
    done = seeded("metrics", "report", "--by", "campaign", "--output", "figures.xlsx")
    about = cells_of(Path("figures.xlsx"), "About")
    hashes = {hashlib.sha256(file.read_bytes()).hexdigest() for file in exports}
    assert hashes <= {cell for row in about for cell in row}
    assert ["Report", "Figures by campaign"] in [row[:2] for row in about]
    noted = [line for line in done.err.splitlines() if line.startswith("Note: ")]
    assert noted
    assert set(noted) <= {row[0] for row in about}


def test_every_listing_says_in_a_workbook_what_it_is(seeded: Adops) -> None:
    assert seeded("campaigns", "list", "--output", "campaigns.xlsx").code == 0
    about = dict(row[:2] for row in cells_of(Path("campaigns.xlsx"), "About"))
    assert about["Listing"] == "List campaigns, newest first"
    assert about["Made"].endswith(f"by adops {__version__}")
    assert about["Book"] == "adops.db"


def test_daily_rows_say_in_a_workbook_that_their_amounts_have_several_currencies(seeded: Adops) -> None:
    assert seeded("metrics", "list", "--output", "days.xlsx").code == 0
    [note] = [row[0] for row in cells_of(Path("days.xlsx"), "About") if str(row[0]).startswith("Amounts are in")]
    assert note.endswith("add up those of one currency only.")


def test_a_comparison_is_in_a_workbook_as_people_read_it(seeded: Adops) -> None:
    asked = ("metrics", "report", "--by", "platform", *WINDOW, "--compare", "previous")
    said = seeded(*asked, "--output", "compared.xlsx").err
    [expected, *_] = seeded(*asked, "--format", "json").json()
    headings, first, *_ = cells_of(Path("compared.xlsx"), expected["currency"])
    found = dict(zip(headings, first, strict=True))
    assert found["Spend before"] == expected["before"]["spend"]
    assert found["Spend ±"] == expected["difference"]["spend"]
    assert found["Spend ±%"] == expected["changePercent"]["spend"]
    assert said.splitlines()[1] in {row[0] for row in cells_of(Path("compared.xlsx"), "About")}


def test_a_total_in_a_workbook_is_that_of_all_rows_above_it(seeded: Adops) -> None:
    asked = (*REPORT, "--platform", "google-ads")
    total = seeded("metrics", "report", "--platform", "google-ads", "--format", "json").json()[0]
    assert seeded(*asked, "--output", "all.xlsx").code == 0
    assert cells_of(Path("all.xlsx"), "USD")[-1][:6] == [
        "Total", "USD", *(total[key] for key in ("impressions", "clicks", "conversions", "spend"))
    ]  # fmt: skip
    for limited in (asked, REPORT):  # the total of the second is of two currencies
        assert seeded(*limited, "--limit", "1", "--output", "one.xlsx", "--force").code == 0
        assert len(cells_of(Path("one.xlsx"), sheets_of(Path("one.xlsx"))[0])) == 2


def test_columns_with_open_days_are_marked_in_a_workbook(seeded: Adops) -> None:
    campaign = seeded("campaigns", "list", "--limit", "1", "--format", "json").json()[0]["id"]
    yesterday = str(periods.today() - timedelta(days=1))
    assert seeded("metrics", "record", campaign, yesterday, "--spend", "5", "--conversions", "1").code == 0
    assert seeded(*REPORT, "--since", yesterday, "--output", "open.xlsx").code == 0
    [sheet, *_] = sheets_of(Path("open.xlsx"))
    assert "Conversions ~" in cells_of(Path("open.xlsx"), sheet)[0]


@pytest.mark.parametrize("command", [("campaigns", "list"), ("campaigns", "get", "camp-x"), ("metrics", "record")])
def test_a_format_of_files_is_refused_before_anything_is_done(seeded: Adops, command: tuple[str, ...]) -> None:
    refused = seeded(*command, "--format", "xlsx")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.endswith("Use --output FILE.xlsx.\n")


def test_rows_that_do_not_fit_a_sheet_are_refused_wherever_they_come_from(
    seeded: Adops, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "MOST_ROWS", 16)
    for asked in (("metrics", "list"), ("events", "list"), REPORT):
        refused = seeded(*asked, "--output", "rows.xlsx", "--columns", "id" if asked != REPORT else "day")
        assert refused.err.startswith("Error: a sheet of a workbook holds 16 rows") is (asked != REPORT), refused.err
    assert list(Path().glob(".adops-*")) == []


def test_what_is_told_of_a_workbook_is_told_to_whoever_wants_quiet(seeded: Adops) -> None:
    created = ("campaigns", "create", "--name", "x" * 40_000, "--platform", "ttd", "--external-id", "7")
    assert seeded(*created).code == 0
    assert seeded("campaigns", "list", "--output", "all.xlsx", "--quiet").err == (
        "1 cell with text longer than the 32,767 characters that a cell holds: cut (Rows!E2).\n"
    )


def test_a_listing_as_a_page_has_its_marks_its_total_and_what_proves_it(seeded: Adops) -> None:
    yesterday = str(periods.today() - periods.ONE_DAY)
    assert seeded("metrics", "record", "camp-01", yesterday, "--spend", "7.5", "--conversions", "2").code == 0
    told = seeded("metrics", "report", "--since", yesterday, "--output", "platforms.html")
    assert (told.code, told.out) == (0, "")
    assert told.err.startswith("1 row in platforms.html.\n~ open until ")
    page = Path("platforms.html").read_text(encoding="utf-8")
    assert '<button type="button">Conversions ~</button>' in page
    assert '<tr><th scope="row">google-ads</th><td>USD</td>' in page
    assert '<tfoot>\n<tr><th scope="row">Total</th><td>USD</td>' in page
    assert '<th scope="row">Open days</th><td class="w">open until ' in page
    assert "<caption>Files behind the figures</caption>" in page
    assert "http" not in page.replace("http-equiv", "")
