"""`metrics lag`, and what reports show of days that are not final."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from adops_cli import database
from adops_cli.storage.models import Import
from tests import late_conversions
from tests.conftest import Adops
from tests.importers.metrics.fake_export import put
from tests.late_conversions import pulls

TODAY = date(2026, 12, 1)
DAY = {"impressions": 100, "clicks": 10, "conversions": 40, "spend": 20, "revenue": 80}


def before(days: int) -> date:
    return TODAY - timedelta(days)


@pytest.fixture
def book(db_file: Path, adops: Adops) -> Iterator[Adops]:
    """Two campaigns with 40 conversions a day, of which half are known until two days later."""
    with late_conversions.on(TODAY):
        with database.bound(str(db_file), busy_timeout=5):
            put({name: {str(before(age)): DAY for age in range(40)} for name in "AB"}, account="One")
            put({"T": {str(before(age)): {"spend": 1} for age in range(40)}}, platform="ttd")
            Import.update(known=None).execute()
            pulls(TODAY)
        yield adops


def test_lag_lists_the_completion_of_each_age_with_its_sample(book: Adops) -> None:
    first = '{"platform": "google-ads", "account": "One", "figure": "conversions", "age": '
    assert book("metrics", "lag", "--limit", "3", "--format", "json").out == (
        f'[\n{first}0, "completion": 0.5, "days": 39, "value": 780}},\n'
        f'{first}1, "completion": 0.5, "days": 39, "value": 780}},\n'
        f'{first}2, "completion": 1, "days": 39, "value": 1560}}\n]\n'
    )
    table = book("metrics", "lag", "--account", "One", "--platform", "google-ads", "--limit", "1", "--format", "table")
    assert table.out.splitlines()[0] == "Platform    Account  Figure       Age  Completion  Days  Value"
    assert table.out.splitlines()[2] == "google-ads  One      conversions    0      50.00%    39    780"
    assert book("metrics", "lag", "--account", "Two", "--format", "json").json() == []


def test_a_lag_that_is_unknown_says_why(book: Adops, db_file: Path) -> None:
    with database.bound(str(db_file), busy_timeout=5):
        Import.delete().where(Import.imported_at < f"{before(10)}T00:00:00Z").execute()

    done = book("metrics", "lag", "--format", "json")

    assert {row["completion"] for row in done.json()} == {None}
    assert done.err == (
        "No completion of conversions and revenue of google-ads One: fewer than 14 days are known at two ages.\n"
    )


@pytest.mark.parametrize("format", ["table", "markdown"])
@pytest.mark.parametrize("command", [("report",), ("top", "--by", "spend")])
def test_columns_that_hold_open_days_are_marked_for_people(book: Adops, command: tuple[str, ...], format: str) -> None:
    done = book("metrics", *command, "--since", "3d", "--until", "today", "--format", format)
    closed = book("metrics", *command, "--until", str(before(2)), "--format", format)

    heading = done.out.splitlines()[0].replace("\\", "")
    for name in ("Conversions", "Revenue", "CPA", "CVR", "ROAS"):
        assert f"{name} ~" in heading
    assert heading.count("~") == 5
    assert "~ open until 3 December: late conversions and revenue can still change these columns.\n" in done.err
    assert "~" not in closed.out + closed.err


def test_other_formats_have_the_keys_that_they_always_had(book: Adops) -> None:
    plain = book("metrics", "report", "--format", "json")

    assert "open" not in plain.out + plain.err
    assert [set(row) & {"openDays", "conversionsEst"} for row in plain.json()] == [set()] * 2


def test_open_days_are_counted_on_request(book: Adops) -> None:
    ads, ttd = book("metrics", "report", "--with-openness", "--format", "json").json()
    assert (ads["openDays"], ttd["openDays"]) == (2, 0)

    top = book("metrics", "top", "--with-openness", "--until", "yesterday", "--format", "csv").out.splitlines()
    assert [line.rsplit(",", 1)[1] for line in top] == ["openDays", "1", "1", "0"]
    assert book("metrics", "report", "--with-openness", "--until", "2020-01-01", "--format", "csv").out.endswith(
        ",days,campaigns,openDays\n"
    )


def test_estimates_stand_in_columns_of_their_own_with_their_range(book: Adops) -> None:
    done = book("metrics", "report", "--by", "day", "--period", "today", "--estimate", "--format", "json")

    [ads] = [row for row in done.json() if row["currency"] == "EUR" and row["conversions"]]
    assert {key: ads[key] for key in ads if key in ("conversions", "cpa", "roas") or "Est" in key} == {
        "conversions": 80,
        "cpa": 0.5125,
        "roas": 3.902439,
        **{f"conversionsEst{end}": 160 for end in ("", "Low", "High")},
        **{f"cpaEst{end}": 0.25625 for end in ("", "Low", "High")},
        **{f"roasEst{end}": 7.804878 for end in ("", "Low", "High")},
    }
    assert "openDays" not in ads
    top = book("metrics", "top", "--estimate", "--since", "2d", "--limit", "1", "--format", "json").json()
    assert [(row["conversions"], row["conversionsEst"]) for row in top] == [(80, 120)]


def test_no_estimate_is_given_without_a_reason(book: Adops, db_file: Path) -> None:
    with database.bound(str(db_file), busy_timeout=5):
        Import.update(known=None).execute()

    done = book("metrics", "report", "--estimate", "--format", "json")

    assert done.json()[0]["conversionsEst"] is None
    told = "No estimate of conversions and revenue of google-ads One: no import tells how they were known before.\n"
    assert told in done.err


def test_a_day_without_a_known_lag_is_final_after_the_days_of_the_setting(book: Adops, db_file: Path) -> None:
    with database.bound(str(db_file), busy_timeout=5):
        Import.update(known=None).execute()
    asked = ("metrics", "report", "--with-openness", "--format", "json")

    assert book(*asked).json()[0]["openDays"] == 30
    Path("adops.toml").write_text('[books]\nfinal_after = "7d"\n', "utf-8")
    assert book(*asked).json()[0]["openDays"] == 7


def test_a_report_of_a_moment_shows_what_was_open_then(book: Adops, db_file: Path) -> None:
    with database.bound(str(db_file), busy_timeout=5):
        [first] = Import.select().where(Import.file == "file.csv", Import.platform == "google-ads")
        Import.update(imported_at="2026-10-01T00:00:00.000Z").where(Import.file == "file.csv").execute()
    asked = ("metrics", "report", "--by", "day", "--platform", "google-ads", "--with-openness", "--format", "json")

    rows = book(*asked, "--as-of", "2026-11-20").json()

    assert first.id
    assert [row["day"] for row in rows if row["openDays"]][-2:] == ["2026-11-20", "2026-11-19"]


def test_a_day_in_no_calendar_is_left_out_and_the_others_are_marked(book: Adops, db_file: Path) -> None:
    with database.bound(str(db_file), busy_timeout=5) as engine:
        engine.execute_sql("UPDATE metrics SET date = '2026-11-31' WHERE date = '2026-11-30'")

    for extra in ((), ("--estimate",)):
        done = book("metrics", "report", "--platform", "google-ads", *extra, "--format", "table")
        assert (done.code, "~ open until 3 December" in done.err) == (3, True)


def test_days_that_were_last_imported_too_early_are_told_apart(book: Adops, db_file: Path) -> None:
    with database.bound(str(db_file), busy_timeout=5):
        Import.delete().where(Import.imported_at > f"{before(5)}T23:00:00Z").execute()

    assert book("metrics", "report", "--format", "table").err.startswith(
        "~ open until 31 December: late conversions and revenue can still change these columns.\n"
        "~ some days are open until they are imported again: they were too young for their conversions and revenue.\n"
    )
