"""`--spark`: small bars in the tables of reports and rankings, and nowhere else."""

import functools
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from adops_cli.render.output import SUFFIXES
from adops_cli.storage.engines.sqlite import Sqlite
from tests.conftest import Adops, run_adops
from tests.importers.metrics.fake_export import put

REPORT, TOP = ("metrics", "report"), ("metrics", "top")


@pytest.fixture
def book(db_file: Path, monkeypatch: pytest.MonkeyPatch) -> Adops:
    """Two campaigns over ten days: one that grows and has a gap, and one whose ROAS falls."""
    monkeypatch.setenv("COLUMNS", "120")
    days = [f"2026-03-{day:02}" for day in range(1, 11)]
    grows = {day: {"spend": 10 * place, "revenue": 10} for place, day in enumerate(days) if place != 5}
    falls = {day: {"spend": 50, "revenue": 200 - 20 * place} for place, day in enumerate(days)}
    with database.bound(str(db_file), busy_timeout=5):
        put({"Grows": grows, "Falls": falls})
        put({"Video": {days[0]: {"spend": 1}}}, platform="ttd")
    return functools.partial(run_adops, on=db_file)


def column(table: str, heading: str) -> list[str]:
    """The cells of a column that is aligned left."""
    head, _, *lines = table.splitlines()
    start = head.index(heading)
    return [line[start : start + 14].split("  ")[0].strip() for line in lines]


def test_a_report_shows_how_the_spend_of_each_row_has_gone(book: Adops) -> None:
    by_campaign = book(*REPORT, "--by", "campaign", "--spark", "--format", "table")
    assert column(by_campaign.out, "Spend trend")[:2] == ["██████████", "▁▁▂▃▄ ▅▆▇█"]
    assert (
        "Spend trend: each bar is a day, the last one until 2026-03-10; each row has its own scale.\n"
        in by_campaign.err
    )
    by_platform = book(*REPORT, "--spark", "--format", "table").out
    assert column(by_platform, "Spend trend")[:2] == ["▃▃▄▅▅▃▆▇▇█", "█"]
    assert by_platform.splitlines()[-1].startswith("Total")


def test_a_ranking_shows_how_the_figure_has_gone_by_which_it_ranks(book: Adops) -> None:
    table = book(*TOP, "--spark", "--format", "table").out
    assert column(table, "ROAS trend")[0] == "█▇▆▆▅▄▃▂▂▁"
    assert column(book(*TOP, "--by", "spend", "--spark", "--format", "table").out, "Spend trend")[2] == "█"


def test_bars_are_for_the_rows_and_the_order_that_are_shown(book: Adops) -> None:
    asked = (*REPORT, "--by", "campaign", "--spark", "--format", "table")
    some = book(*asked, "--sort", "spend", "--limit", "2", "--columns", "name,clicks").out.splitlines()
    assert some[0].split() == ["Name", "Clicks", "Spend", "trend"]
    assert [line.split()[-1] for line in some[2:4]] == ["█", "▅▆▇█"]


def test_one_more_query_has_the_bars_of_all_rows(book: Adops, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = (*REPORT, "--by", "campaign", "--spark", "--format", "table")
    counts, execute = [0], Sqlite.execute_sql

    def counted(*given: Any) -> Any:
        counts[-1] += 1
        return execute(*given)

    monkeypatch.setattr(Sqlite, "execute_sql", counted)
    for limit in "13":
        assert book(*asked, "--limit", limit).out.count("█") >= int(limit)
        counts.append(0)
    assert counts[0] == counts[1] > 0


@pytest.mark.parametrize("format", ["auto", "json", "ndjson", "csv", "tsv", "markdown"])
def test_nothing_but_a_table_has_them(book: Adops, format: str) -> None:
    for command in (REPORT, TOP):
        plain = book(*command, "--format", format)
        assert book(*command, "--format", format, "--spark") == plain


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_file_has_them(book: Adops, suffix: str) -> None:
    for spark in ([], ["--spark"]):
        assert book(*REPORT, *spark, "--output", f"some{len(spark)}{suffix}").code == 0
    if suffix not in (".xlsx", ".html", ".parquet"):  # which say when they were made
        assert Path(f"some0{suffix}").read_bytes() == Path(f"some1{suffix}").read_bytes()


@pytest.mark.parametrize(
    ("width", "command", "headings"),
    [
        (60, REPORT, "Platform Cur. Spend Spend trend Revenue ROAS Days"),
        (40, REPORT, "Platform Cur. Spend trend ROAS"),
        (30, REPORT, "Platform Cur. Spend trend"),
        (24, REPORT, "Platform Cur. ROAS"),
        (40, TOP, "# Name Cur. Spend ROAS ROAS trend"),
        (30, TOP, "# Name Cur. Spend ROAS"),
    ],
)
def test_a_narrow_table_keeps_them_where_they_fit_beside_the_name(
    book: Adops, monkeypatch: pytest.MonkeyPatch, width: int, command: tuple[str, ...], headings: str
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = book(*command, "--spark", "--format", "table").out.splitlines()
    assert lines[0].split() == headings.split()
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*REPORT, "--by", "week"), "--spark shows how a row has gone, and a week is a row here"),
        ((*REPORT, "--compare", "previous"), "--spark and --compare cannot be combined"),
        ((*TOP, "--by", "leads"), "--spark cannot show leads"),
    ],
)
def test_where_there_are_none_they_are_refused(book: Adops, words: tuple[str, ...], said: str) -> None:
    done = book(*words, "--spark")
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_an_empty_report_has_none(db_file: Path, adops_on: Adops) -> None:
    done = adops_on(*REPORT, "--spark", "--format", "table", on=db_file)
    assert (done.code, done.out, done.err) == (0, "", "No rows.\n")
