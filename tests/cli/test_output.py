"""`--output FILE`: what a command prints goes into a file, which appears whole or not at all."""

import functools
import stat
from pathlib import Path

import pytest

from adops_cli import periods
from adops_cli.render import Format
from adops_cli.render.output import SUFFIXES
from tests.conftest import Adops, run_adops

REPORT = ("metrics", "report", "--by", "day")


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
