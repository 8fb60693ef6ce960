"""Readers: what people and old systems write is converted to one form, or refused with a reason."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adops_cli import values


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (5, 5),
        ("12500.50", Decimal("12500.5")),
        (" 1e3 ", 1000),
        (0.1 + 0.2, Decimal("0.3")),
        (123.30000000000001, Decimal("123.3")),
        ("123.30000000000001", Decimal("123.3")),
        (Decimal("-0.000001"), Decimal("-0.000001")),
        (999_999_999_999, 999_999_999_999),
        ("7999999999.999999", Decimal("7999999999.999999")),
    ],
)
def test_money_is_read_to_the_millionth(written: Any, meant: Any) -> None:
    assert values.money(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        "abc",
        "1,5",
        "٣",
        "0x10",
        "1_000",
        True,
        None,
        [],
        "nan",
        float("inf"),
        "1e9999",
        10**12,
        -(10**12),
        "8e9.5",
        8_000_000_000.5,
    ],
)
def test_money_refuses_what_it_cannot_keep(written: Any) -> None:
    with pytest.raises(ValueError, match=r"must be|is out of range"):
        values.money(written)


@given(st.decimals(-(10**9), 10**9, places=6))
def test_money_survives_a_double(amount: Decimal) -> None:
    assert values.money(float(amount)) == amount
    assert values.money(str(amount)) == amount


@pytest.mark.parametrize("written", [10, 10.0, "10", "1e1", Decimal("10.0")])
def test_a_count_is_whole_however_it_is_written(written: Any) -> None:
    assert values.count(written) == 10
    assert type(values.count(written)) is int


@pytest.mark.parametrize("written", [-1, 1.5, 2**53 + 1, "ten", True])
def test_a_count_refuses_the_rest(written: Any) -> None:
    with pytest.raises(ValueError, match=r"must be|out of range"):
        values.count(written)


MOMENT = datetime(2026, 1, 5, 11, 16, 0, 123_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-01-05T11:16:00.123Z",
        "2026-01-05T11:16:00.123999Z",
        "2026-01-05 11:16:00.123",
        "2026-01-05T12:16:00.123+01:00",
        "2026-01-05T06:16:00,123-0500",
        1767611760123,
        1767611760123.9,
        MOMENT,
        MOMENT.astimezone(timezone(timedelta(hours=5))),
        MOMENT.replace(tzinfo=None),
    ],
)
def test_a_time_is_utc_to_the_millisecond_however_it_is_written(written: Any) -> None:
    assert values.instant(written) == MOMENT
    assert values.written_instant(values.instant(written)) == "2026-01-05T11:16:00.123Z"


@pytest.mark.parametrize(
    "written",
    [
        "yesterday",
        "",
        "2026-01-05",
        "2026-02-30T00:00:00Z",
        "2026-01-05T25:00:00Z",
        1767611760,
        True,
        None,
        "0001-01-01T00:00:00+05:00",
        10**18,
    ],
)
def test_what_is_no_time_is_refused(written: Any) -> None:
    with pytest.raises(ValueError, match=r"must be a time|is not a time in the calendar"):
        values.instant(written)


@given(st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 30), timezones=st.timezones()))  # noqa: DTZ001
def test_written_times_sort_like_times(moment: datetime) -> None:
    read = values.instant(moment)
    written = values.written_instant(read)

    assert values.instant(written) == read
    later = read + timedelta(milliseconds=1)
    assert written < values.written_instant(later)


@pytest.mark.parametrize(
    "written", ["2026-01-05", " 2026-01-05 ", date(2026, 1, 5), "2026-01-05T00:00:00.000Z", "2026-01-05 00:00:00"]
)
def test_a_day_is_a_day(written: Any) -> None:
    assert values.day(written) == date(2026, 1, 5)


@pytest.mark.parametrize(
    "written", ["05.01.2026", "2026-1-5", "2026-02-29", "2026-01-05T10:00:00Z", MOMENT, 20260105, "20260105"]
)
def test_what_is_no_day_is_refused(written: Any) -> None:
    with pytest.raises(ValueError, match=r"must be a day|not a day in the calendar"):
        values.day(written)


@pytest.mark.parametrize(("written", "meant"), [(True, True), (1, True), ("TRUE", True), (0, False), ("no", False)])
def test_a_flag_is_yes_or_no(written: Any, meant: bool) -> None:
    assert values.flag(written) is meant


@pytest.mark.parametrize("written", [2, "maybe", None, 1.0, []])
def test_anything_else_is_no_flag(written: Any) -> None:
    with pytest.raises(ValueError, match="must be true or false"):
        values.flag(written)


@pytest.mark.parametrize("written", ["a\x00", "\ud800", 5, None])
def test_text_that_no_database_keeps_is_refused(written: Any) -> None:
    with pytest.raises(ValueError, match=r"must be text|U\+0000|surrogate"):
        values.text(written)


@pytest.mark.parametrize("written", [{"a": ["\x00"]}, {"\x00": 1}, "\udfff", float("nan"), {1, 2}])
def test_json_that_no_database_keeps_is_refused(written: Any) -> None:
    with pytest.raises(ValueError, match=r"U\+0000|surrogate|not a JSON value"):
        values.json_text(written)


def test_json_numbers_are_those_that_every_database_keeps() -> None:
    given = {"a": [-0.0, 1e16, -1.5e21, 1e-7, -0.05], "text": "-0.0 1e+16"}

    assert values.json_text(given) == (
        '{"a":[0.0,10000000000000000,-1500000000000000000000,1e-07,-0.05],"text":"-0.0 1e+16"}'
    )
    assert repr(values.json_value(given)) == repr({"a": [0.0, 10**16, -15 * 10**20, 1e-7, -0.05], "text": "-0.0 1e+16"})


def test_json_text_keeps_order_and_characters() -> None:
    assert values.json_text({"b": "é \\u0000", "a": [1, 2.5, None]}) == '{"b":"é \\\\u0000","a":[1,2.5,null]}'


def test_a_long_value_is_cut_in_an_error() -> None:
    with pytest.raises(ValueError, match="…") as caught:
        values.number("x" * 500)

    assert len(str(caught.value)) < 100


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *((name, "google-ads") for name in ("google_ads", "Google Ads", "AdWords", "google", "GOOGLE-ADS")),
        *((name, "meta-ads") for name in ("facebook", "Meta", "Facebook Ads", "facebook_ads", "meta ads", "fb")),
        *((name, "ttd") for name in ("The Trade Desk", "TheTradeDesk", "ttd")),
        *((name, "dv360") for name in ("Display & Video 360", "Display and Video 360", "DV360", "dv-360")),
        ("Pinterest Ads", "pinterest"),
        *((name, "tiktok-ads") for name in ("TikTok", "tiktok_ads", "TikTok Marketing")),
        ("bing", "microsoft-ads"),
        ("Twitter", "x-ads"),
        ("TikTok Shop", "TikTok Shop"),
        ("google-ads-2", "google-ads-2"),
        ("--", "--"),
    ],
)
def test_a_known_platform_has_one_name_however_it_is_spelled(written: str, meant: str) -> None:
    assert values.platform(written) == meant
