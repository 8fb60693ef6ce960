"""Daily rows as plain tuples: fast, and equal to the last digit to what the fields and `measures` would write."""

import sqlite3
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adops_cli import database
from adops_cli.data import daily_rows
from adops_cli.measures import FIGURES, STORED_RATIOS, stored_ratios
from adops_cli.storage.models import Metrics
from adops_cli.storage.table import fields_of

counts = st.none() | st.integers(0, 2**53) | st.integers(0, 50)
small = st.integers(-(8 * 10**15), 8 * 10**15)
whole = st.integers(-(10**12) + 1, 10**12 - 1).map(lambda units: units * 10**6)
amounts = st.none() | small | st.integers(-50, 50) | whole
conversions = amounts.map(lambda amount: None if amount is None else abs(amount))


@pytest.fixture(scope="module")
def column() -> Iterator[sqlite3.Connection]:
    """A table with one DECIMAL column like those of the figures."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE kept (value DECIMAL)")
    with database.bound(":memory:", busy_timeout=1):  # whose form the fields write
        yield connection
    connection.close()


def kept(column: sqlite3.Connection, value: object) -> tuple[object, str]:
    """A value as the database stores it, and its type there."""
    column.execute("DELETE FROM kept")
    column.execute("INSERT INTO kept VALUES (?)", (value,))
    found: tuple[object, str] = column.execute("SELECT value, typeof(value) FROM kept").fetchone()
    return found


@given(millionths=amounts)
@example(millionths=1)
@example(millionths=8 * 10**15 - 1)
@example(millionths=(10**12 - 1) * 10**6)
def test_an_amount_is_kept_as_the_field_keeps_it(column: sqlite3.Connection, millionths: int | None) -> None:
    amount = None if millionths is None else Decimal(millionths).scaleb(-6)

    assert kept(column, daily_rows.number(millionths)) == kept(column, fields_of(Metrics)["spend"].db_value(amount))


@given(impressions=counts, clicks=counts, converted=conversions, spend=amounts, revenue=amounts)
@example(impressions=2_000_000, clicks=1, converted=0, spend=-1, revenue=0)  # a half, which rounds to even
@example(impressions=2_000_000, clicks=3, converted=2_000_000, spend=1, revenue=None)
@example(impressions=1, clicks=2**53, converted=1, spend=8 * 10**15 - 1, revenue=(10**12 - 1) * 10**6)
def test_ratios_are_rounded_as_measures_rounds_them(  # noqa: PLR0913, PLR0917 - a row has five figures
    column: sqlite3.Connection,
    impressions: int | None,
    clicks: int | None,
    converted: int | None,
    spend: int | None,
    revenue: int | None,
) -> None:
    decimals = [None if value is None else Decimal(value).scaleb(-6) for value in (converted, spend, revenue)]
    right = stored_ratios(dict(zip(FIGURES, (impressions, clicks, *decimals), strict=True)))
    fields = fields_of(Metrics)

    found = daily_rows.ratios(impressions, clicks, converted, spend, revenue)

    assert [kept(column, value) for value in found] == [
        kept(column, fields[name].db_value(right[name])) for name in STORED_RATIOS
    ]
    row = (impressions, clicks, converted, spend, revenue)
    many = daily_rows.ratios_of_many(*zip(row, (1, 2, 3, 4, 5), row, strict=True))
    assert [*zip(*many, strict=True)] == [found, daily_rows.ratios(1, 2, 3, 4, 5), found]
    assert daily_rows.numbers((converted, spend)) == [*map(daily_rows.number, (converted, spend))]
    of_stored = daily_rows.ratios_of_stored([impressions, clicks, *map(daily_rows.number, (converted, spend, revenue))])
    assert [kept(column, value) for value in of_stored] == [kept(column, value) for value in found]
