"""`metrics trend`: curves for people, rows for programs."""

import functools
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from adops_cli import database
from tests import late_conversions
from tests.conftest import Adops, run_adops
from tests.importers.metrics.fake_export import put
from tests.late_conversions import pulls

TREND = ("metrics", "trend")


@pytest.fixture
def seeded(sample_db: Path, monkeypatch: pytest.MonkeyPatch) -> Adops:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "40")
    return functools.partial(run_adops, on=sample_db)


def test_in_a_pipe_it_is_rows_oldest_first(seeded: Adops) -> None:
    asked = (*TREND, "--by", "platform", "--platform", "meta-ads", "--figure", "spend,roas", "--until", "2026-02-04")
    assert seeded(*asked).out == (
        "day\tseries\tname\tcurrency\tfigure\tvalue\n"
        "2026-02-03\tmeta-ads\t\tUSD\tspend\t509.9\n"
        "2026-02-04\tmeta-ads\t\tUSD\tspend\t491.09\n"
        "2026-02-03\tmeta-ads\t\tUSD\troas\t0.509159\n"
        "2026-02-04\tmeta-ads\t\tUSD\troas\t0.688407\n"
    )
    assert seeded(*asked, "--figure", "clicks", "--limit", "0", "--format", "json").json()[-1] == {
        "day": "2026-02-04", "series": "meta-ads", "name": None, "currency": "USD", "figure": "clicks", "value": 421,
    }  # fmt: skip


def test_for_people_it_is_a_drawing_with_a_panel_for_each_figure_and_currency(seeded: Adops) -> None:
    done = seeded(*TREND, "--by", "platform", "--figure", "spend", "--figure", "roas", "--format", "table")
    lines = done.out.splitlines()
    assert done.code == 0
    assert done.err == "Note: 1 campaign with spend 804.97 USD reports no revenue; ROAS without it is 3.49.\n"
    titles = ["Spend, EUR  2026-02-03", "Spend, USD  2026-02-03", "ROAS  2026-02-03"]
    assert [line.partition(" to ")[0] for line in lines if line.endswith(" to 2026-02-10")] == titles
    assert lines[-1] == "A pinterest EUR  B google-ads USD  C dv360 USD  D meta-ads USD  E ttd USD"
    assert max(map(len, lines)) == 80
    assert len(lines) < 38


def test_a_window_is_drawn_whole_and_so_is_its_emptiness(seeded: Adops) -> None:
    done = seeded(*TREND, "--period", "2026-02", "--figure", "revenue", "--platform", "ttd", "--format", "table")
    assert done.out.startswith("Revenue, USD  2026-02-01 to 2026-02-28\n")
    none = seeded(*TREND, "--period", "2026-05", "--format", "table")
    assert (none.code, none.out) == (0, "")
    assert none.err.startswith("No rows.\nNothing from 2026-05-01 to 2026-05-31; the book holds metrics from ")


def test_with_columns_or_an_order_it_is_a_table(seeded: Adops) -> None:
    asked = (*TREND, "--platform", "ttd", "--until", "2026-02-03", "--format", "table")
    assert seeded(*asked, "--columns", "day,value,currency").out.splitlines()[2].split() == [
        "2026-02-03", seeded(*asked[:-2]).out.split()[-1], "USD",
    ]  # fmt: skip
    assert seeded(*asked, "--sort", "-value").out.startswith("Day ")
    assert seeded(*TREND, "--figure", "ctr", "--sort", "day", "--format", "table").out.splitlines()[2].endswith("%")


def test_what_is_left_out_is_told(seeded: Adops) -> None:
    some = seeded(*TREND, "--by", "campaign", "--limit", "2", "--figure", "roas")
    assert some.err == "11 campaigns with less spend are left out; --limit 0 shows all.\n"
    assert len({line.split("\t")[1] for line in some.out.splitlines()}) == 1 + 4
    assert seeded(*TREND, "--by", "project", "--limit", "0").err == ""


def test_a_drawing_names_what_has_a_letter_and_tells_what_has_none(db_file: Path, adops_on: Adops) -> None:
    with database.bound(str(db_file), busy_timeout=5):
        put({f"c{place:02}": {"2026-03-01": {"spend": place}} for place in range(30)})
    done = adops_on(*TREND, "--by", "campaign", "--limit", "0", "--format", "table", on=db_file)
    assert done.err.startswith("The first 26 of 30 curves are drawn; --format csv has all.\n")
    assert "A c29  B c28" in done.out
    assert "Z c04" in done.out


def test_a_ratio_that_misleads_is_told_of(seeded: Adops) -> None:
    told = "Note: 1 campaign with spend 804.97 USD reports no conversions; CPA without it is 38.88.\n"
    assert seeded(*TREND, "--figure", "spend,cpa").err == told
    assert "CPA without it is 19.00, CVR 6.59%." in seeded(*TREND, "--figure", "cvr,cpa", "--platform", "ttd").err
    assert seeded(*TREND, "--figure", "spend").err == ""


def test_what_has_no_trend_is_refused(seeded: Adops) -> None:
    done = seeded(*TREND, "--figure", "spend,leads")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: there is no trend of 'leads'. Use one of impressions, clicks, ")


def test_open_days_are_marked_where_they_are(db_file: Path, adops_on: Adops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    today = date(2026, 12, 1)
    day = {"clicks": 10, "conversions": 40, "spend": 20, "revenue": 80}
    with late_conversions.on(today):
        with database.bound(str(db_file), busy_timeout=5):
            put({"A": {str(today - timedelta(age)): day for age in range(40)}}, account="One")
            pulls(today)
        asked = (*TREND, "--since", "30d", "--until", "today")
        drawn = adops_on(*asked, "--figure", "spend,roas", "--format", "table", on=db_file)
        spend = adops_on(*asked, "--format", "table", on=db_file)
        rows = adops_on(*asked, "--figure", "roas", "--format", "markdown", on=db_file)
    assert re.findall(r"^(\w+.*?)  20", drawn.out, re.MULTILINE) == ["Spend, EUR", "ROAS ~"]
    [money, roas] = [line for line in drawn.out.splitlines() if "└" in line]
    assert "~" not in money
    assert re.fullmatch(r" +└[─┬]+~{3,4}", roas)
    assert drawn.err == "~ open until 3 December: late conversions and revenue can still change these curves.\n"
    assert "~" not in spend.out + spend.err
    assert "| Value \\~ |" in rows.out
    assert rows.err.endswith("can still change these columns.\n")


def test_quiet_leaves_the_drawing(seeded: Adops) -> None:
    done = seeded(*TREND, "--by", "campaign", "--limit", "1", "--format", "table", "--quiet")
    assert done.out.startswith("Spend, EUR")
    assert done.err == ""


def test_an_empty_book_has_no_curve(db_file: Path) -> None:
    done = run_adops(*TREND, "--format", "table", on=db_file)
    assert (done.code, done.out, done.err) == (0, "", "No rows.\n")
