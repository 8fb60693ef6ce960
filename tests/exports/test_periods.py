"""Rows of one day each, told from rows of weeks, months and flights by their starts and ends."""

import pytest

from adops_cli.exports.cells.cell import Cell
from adops_cli.exports.cells.dates import is_one_day
from adops_cli.exports.columns.periods import end_of, is_above
from adops_cli.exports.export import Refusal
from tests.exports.reading import Read, refusal, spend

PAIRS = [
    ("Start Date", "End Date"), ("Start Time", "End Time"), ("start_date", "end_date"), ("date_start", "date_stop"),
    ("Report Start", "Report End"), ("Start Date (in UTC)", "End Date (in UTC)"), ("From", "To"), ("Begin", "End"),
    ("Startdatum", "Enddatum"), ("Date de début", "Date de fin"), ("Fecha de inicio", "Fecha de finalización"),
    ("Data di inizio", "Data di fine"), ("開始日", "終了日"), ("startDate", "endDate"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "end"), PAIRS)
def test_a_start_that_is_mapped_as_the_day_is_a_day_only_beside_an_end_on_it(read: Read, start: str, end: str) -> None:
    header, columns = f"{start},{end},campaign,spend", {start: "date"}
    assert read(header, "2026-09-01,2026-09-01,A,5", "2026-09-02,2026-09-02,A,6", columns=columns).rows_kept == 2
    refused = refusal(read, header, "2026-09-01,2026-09-30,A,5", columns=columns)
    assert (refused.because, refused.rows_read) == (Refusal.NOT_DAILY, 1)
    assert refusal(read, header, "2026-09-01,N/A,A,5", columns=columns).because is Refusal.NOT_DAILY


def test_a_day_column_of_its_own_wins_over_a_campaign_s_start_and_end(read: Read) -> None:
    header = "Date,Start Date,End Date,Campaign Name,Spend"
    assert read(header, "2026-09-05,2026-09-01,2026-12-31,A,5").date_from == "2026-09-05"
    mapped = read(header.replace("Date", "When", 1), "2026-09-05,2026-09-01,,A,5", columns={"When": "date"})
    assert mapped.date_from == "2026-09-05"


@pytest.mark.parametrize(
    ("start", "end", "one"),
    [
        ("2026-09-01 00:00:00", "2026-09-01 23:59:59", True),
        ("2026-09-01 00:00:00", "2026-09-02 00:00:00", True),
        ("2026-09-01T00:00:00Z", "2026-09-02T00:00:00Z", True),
        ("2026-09-01 00:00:00", "2026-09-03 00:00:00", False),
        ("2026-09-01 00:00:00", "2026-09-30 23:59:59", False),
        ("2026-09-01", "2026-09-02", False),
        ("9/1/2026, 12:00 AM", "9/1/2026, 11:59 PM", True),
        (46266, 46267, False),
    ],
)
def test_the_hours_of_a_period_may_be_those_of_one_day(start: Cell, end: Cell, one: bool) -> None:
    assert is_one_day(start, end) is one


def test_rows_from_midnight_to_midnight_are_days(read: Read) -> None:
    header, columns = "Start Time,End Time,Campaign Name,Spend", {"Start Time": "date"}
    rows = ("2026-09-01 00:00:00,2026-09-02 00:00:00,A,5", "2026-09-02 00:00:00,2026-09-02 23:59:59,A,6")
    export = read(header, *rows, columns=columns)
    assert (export.date_from, export.date_to, spend(export), export.rejected) == ("2026-09-01", "2026-09-02", 11, [])


@pytest.mark.parametrize(
    "lines",
    [
        ('"Start Date: 02 Feb 2026"', '"End Date: 08 Feb 2026"'),
        ('"Report Time: 2/2/2026 - 2/8/2026"',),
        ('"February 2, 2026 - February 8, 2026"',),
        ("# 20260202-20260208",),
    ],
)
def test_a_start_under_a_longer_period_is_a_day_only_if_days_of_a_campaign_are_next_to_each_other(
    read: Read, lines: tuple[str, ...]
) -> None:
    header, columns = "Start Date,Campaign Name,Spend", {"Start Date": "date"}
    refused = refusal(read, *lines, header, "2026-02-02,A,5", "2026-02-03,B,5", "2026-02-09,A,1", columns=columns)
    assert (refused.because, refused.rows_read) == (Refusal.NOT_DAILY, 3)
    assert "lines above the table state a longer period" in refused.message
    assert read(*lines, header, "2026-02-02,A,5", "2026-02-03,A,5", columns=columns).rows_kept == 2
    assert read(header, "2026-02-02,A,5", columns=columns).rows_kept == 1
    assert read(*lines, header.replace("Start Date", "Date"), "2026-02-02,A,5").rows_kept == 1


def test_one_day_above_a_table_is_no_longer_period() -> None:
    assert not is_above(["Start: 9/1/2026, 12:00 AM", "End: 9/1/2026, 11:59 PM", "Date Generated: 9/3/2026", "x"])
    assert is_above(["Start: 9/1/2026, 12:00 AM", "End: 9/2/2026, 11:59 PM"])


def test_the_end_of_something_else_is_not_the_end_of_a_start() -> None:
    assert end_of("start date", ["campaign end date", "start date", "spend"]) is None
    assert end_of("campaign start date", ["campaign end date", "end date"]) == 0


META = "campaign_id,campaign_name,date_start,impressions,clicks,spend"


@pytest.mark.parametrize("days", [("2026-09-13", "2026-09-14"), ("2026-09-30", "2026-09-12", "2026-10-01")])
def test_meta_s_starts_alone_are_days_if_a_campaign_has_neighbouring_ones(read: Read, days: tuple[str, ...]) -> None:
    export = read(META, *(f"1,A,{day},10,1,2.00" for day in days))
    assert (export.platform, export.rows_kept, export.date_to) == ("meta-ads", len(days), max(days))


@pytest.mark.parametrize(
    "rows", [("1,A,2026-09-13",), ("1,A,2026-09-07", "1,A,2026-09-14"), ("1,A,2026-09-13", "2,B,2026-09-14")]
)
def test_meta_s_starts_alone_are_else_of_longer_periods(read: Read, rows: tuple[str, ...]) -> None:
    refused = refusal(read, META, *(f"{row},10,1,2.00" for row in rows))
    assert (refused.because, refused.platform, refused.rows_read) == (Refusal.NOT_DAILY, "meta-ads", len(rows))
    assert "--map 'date_start'=date" in str(refused.hint)
    assert read(META, *(f"{row},10,1,2.00" for row in rows), columns={"date_start": "date"}).rows_kept == len(rows)
