"""Days in every form that exports write them. Weeks, months and ranges are not days."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adops_cli.exports.cells.cell import CellError
from adops_cli.exports.cells.dates import Days, Form, UnsureError, form
from adops_cli.exports.export import Why

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
STYLES = ("{0:%Y-%m-%d}", "{0:%Y/%m/%d}", "{0:%Y%m%d}", "{0.year}-{0.month}-{0.day}", "{0:%Y-%m-%d} 00:00:00",
          "{0:%Y-%m-%d}T00:00:00.000Z", "{0:%B} {0.day}, {0.year}", "{0:%b} {0.day}, {0.year}",
          "{0.day} {0:%B} {0.year}", "{0:%a}, {0:%b} {0.day}, {0.year}", '="{0:%Y-%m-%d}"')  # fmt: skip


@given(DAYS, st.sampled_from(STYLES))
def test_a_day_comes_back_from_every_style(day: date, style: str) -> None:
    assert Days(None)[style.format(day)] == day.isoformat()


@given(DAYS, st.sampled_from(["/", ".", "-"]), st.booleans())
def test_digits_are_read_in_the_order_of_the_file(day: date, mark: str, padded: bool) -> None:
    first, second = (f"{day.day:02}", f"{day.month:02}") if padded else (str(day.day), str(day.month))
    assert Days("dmy")[mark.join([first, second, str(day.year)])] == day.isoformat()
    assert Days("mdy")[mark.join([second, first, str(day.year)])] == day.isoformat()


@given(DAYS)
def test_a_workbook_s_serial_number_is_its_day(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert Days(None, serials=True)[serial] == day.isoformat()
    assert Days(None, serials=True)[float(serial)] == day.isoformat()
    assert Days(None)[day] == Days(None)[datetime(day.year, day.month, day.day)] == day.isoformat()  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1 de septiembre de 2026", "2026-09-01"),
        ("3 de outubro de 2026", "2026-10-03"),
        ("1º de março de 2026", "2026-03-01"),
        ("1 sept. 2026", "2026-09-01"),
        ("1er août 2026", "2026-08-01"),
        ("12 févr. 2026", "2026-02-12"),
        ("2. September 2026", "2026-09-02"),
        ("13. März 2026", "2026-03-13"),
        ("13. Dez. 2026", "2026-12-13"),
        ("31 ene 2026", "2026-01-31"),
        ("5 de dic. de 2026", "2026-12-05"),
        ("Sept 9, 2026", "2026-09-09"),
        ("12 mei 2026", "2026-05-12"),
        ("1 giugno 2026", "2026-06-01"),
    ],
)
def test_months_have_names_in_seven_languages(text: str, day: str) -> None:
    assert Days(None)[text] == day


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-02-30", "2026-13-01", "0000-00-00", "Total", "1 Foo 2026", "46266", "2026-09-01x",
             "2026-09-01 25:00", "13:00", "2026-09-01 13", "May", "32 May 2026", "2026-09", "Sep 1 - 7", "Sep-26",
             "5-Foo-26", "31-Feb-26", "x" * 5000]
)  # fmt: skip
def test_what_is_no_day_of_the_calendar_is_told(text: str) -> None:
    with pytest.raises(CellError) as caught:
        Days("mdy")[text]
    assert caught.value.why is Why.NOT_A_DATE


@pytest.mark.parametrize("text", ["1999-12-31", "2100-01-01", "2199-01-01"])
def test_days_beyond_a_hundred_years_are_out_of_range(text: str) -> None:
    with pytest.raises(CellError) as caught:
        Days(None)[text]
    assert caught.value.why is Why.OUT_OF_RANGE


@pytest.mark.parametrize("text", ["", " --", "-", "NULL"])
def test_a_blank_is_an_empty_day(text: str) -> None:
    with pytest.raises(CellError) as caught:
        Days(None)[text]
    assert caught.value.why is Why.EMPTY_DAY


@pytest.mark.parametrize("cell", [True, -1, 10**9, 0.5, float("nan")])
def test_a_number_that_is_no_serial_number_is_no_day(cell: float) -> None:
    with pytest.raises(CellError):
        Days(None, serials=True).read(cell)


@pytest.mark.parametrize("cell", [46266.5, datetime(2026, 9, 1, 13)])  # noqa: DTZ001
def test_an_hour_of_a_workbook_is_its_day(cell: float | datetime) -> None:
    assert Days(None, serials=True).read(cell) == "2026-09-01"


@pytest.mark.parametrize(
    "time",
    [" 00:00:00", " 13:00", "T23:59:59.999Z", "T00:00:00-05:00", "T13", " 12:00 AM", ", 1:05 p.m.", " 1 PM",
     " 00:00:00 UTC", " 07:00:00.000000 +0000", " at 5:30 pm"],
)  # fmt: skip
@pytest.mark.parametrize("day", ["2026-09-05", "2026/9/5", "5.9.2026", "Sep 5, 2026", "5-Sep-26", "5/9/26", "20260905"])
def test_the_hours_of_a_day_are_that_day(day: str, time: str) -> None:
    assert Days("dmy")[day + time] == "2026-09-05"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5-Feb-26", "2026-02-05"), ("05-Feb-26", "2026-02-05"), ("5 Feb 26", "2026-02-05"), ("5/Feb/26", "2026-02-05"),
        ("5. Feb. 26", "2026-02-05"), ("05-févr-26", "2026-02-05"), ("5-okt-26", "2026-10-05"),
        ("Feb 5, 26", "2026-02-05"),
        ("5-Feb-'26", "2026-02-05"), ("2026年9月5日", "2026-09-05"), ("2026年09月05日(土)", "2026-09-05"),
        ("2026. 9. 5.", "2026-09-05"), ("2026년 9월 5일", "2026-09-05"),
    ],
)  # fmt: skip
def test_what_spreadsheets_and_east_asia_make_of_a_day_is_read(text: str, day: str) -> None:
    assert Days(None)[text] == day
    assert form(text) is Form.DAY


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("2026-09-01", Form.DAY), ("1 sept. 2026", Form.DAY), ("13/09/2026", Form.DAY_FIRST),
        ("9/13/2026", Form.MONTH_FIRST), ("9/8/2026", Form.EITHER), ("9/9/2026", Form.DAY), ("2026/07", Form.PERIOD),
        ("2026-W32", Form.PERIOD), ("September 2026", Form.PERIOD), ("Q3 2026", Form.PERIOD), ("2026", Form.PERIOD),
        ("2026-08-03 - 2026-08-09", Form.PERIOD), ("Aug 3, 2026 – Aug 9, 2026", Form.PERIOD),  # noqa: RUF001
        ("2026-08-03/2026-08-09", Form.PERIOD), ("03/08/2026-09/08/2026", Form.PERIOD),
        ("20260803-20260809", Form.PERIOD), ("03.08.2026 bis 09.08.2026", Form.PERIOD),
        ("Aug 3 - 9, 2026", Form.PERIOD), ("3 Aug – 9 Aug 2026", Form.PERIOD),  # noqa: RUF001
        ("Week of Aug 3, 2026", Form.PERIOD), ("KW 32/2026", Form.PERIOD), ("Quarter 3, 2026", Form.PERIOD),
        ("15/02/26", Form.DAY_FIRST), ("02/15/26", Form.MONTH_FIRST), ("2/2/26", Form.EITHER),
        ("2026-08-03 00:00 - 2026-08-09 23:59", Form.PERIOD), ("2026-08-03 13:00", Form.DAY),
        ("13/13/2026", Form.NONE), ("Total", Form.NONE), ("", Form.NONE), ("-", Form.NONE), ("soon", Form.NONE),
        (date(2026, 9, 1), Form.DAY),
    ],
)  # fmt: skip
def test_what_a_cell_says_about_the_days_of_its_file(cell: str | date, said: Form) -> None:
    assert form(cell) is said


def test_an_order_that_is_needed_but_not_known_is_asked_for() -> None:
    with pytest.raises(UnsureError):
        Days(None)["9/8/2026"]
    assert Days(None)["9/9/2026"] == "2026-09-09"


@given(st.text())
def test_any_text_at_all_is_a_day_or_told(text: str) -> None:
    form(text)
    try:
        day = Days("dmy")[text]
    except CellError:
        return
    assert date.fromisoformat(day) + timedelta(0)
