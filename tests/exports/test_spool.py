"""The sums of a file's rows per campaign and day."""

import json
import sqlite3
import tracemalloc
from collections import defaultdict
from collections.abc import Iterable
from decimal import Context, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adops_cli.errors import AdopsError
from adops_cli.exports.export import CampaignDay
from adops_cli.exports.rows.spool import Spool

figures = st.none() | st.integers(-(2**63), 2**63 - 1)
metadata = st.none() | st.dictionaries(
    st.sampled_from(["Views", "Reach", 'ünïcode "quoted"']),
    st.integers(-(10**25), 10**25) | st.decimals(-(10**9), 10**9, allow_nan=False, places=9),
)


def as_text(numbers: dict[str, Any] | None) -> str | None:
    """In the caller's form: with sorted keys and unchanged decimals."""
    if numbers is None:
        return None
    return "{" + ",".join(f"{json.dumps(name)}:{numbers[name]:f}" for name in sorted(numbers)) + "}"


days_in_any_order = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["2026-03-01", "2026-03-02", "2025-12-31"]),
        figures, figures, figures, figures, figures,
        metadata.map(as_text),
    ),
    max_size=30,
)  # fmt: skip


def plus(values: Iterable[Any]) -> Any:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def numbers(written: str | None) -> dict[str, Decimal]:
    return json.loads(written or "{}", parse_float=Decimal, parse_int=Decimal)  # type: ignore[no-any-return]


_EXACT = Context(prec=100)  # Python's own has 28 digits


@given(days_in_any_order)
def test_the_sums_are_those_of_plain_python_whatever_the_order_and_the_size(rows: list[CampaignDay]) -> None:
    pairs = defaultdict(list)
    for row in rows:
        pairs[row[:2]].append(row)
    with Spool() as spool:
        spool.add_many(rows[:10])
        spool.add_many(iter(rows[10:]))
        assert spool.finish() == (len(rows), len(pairs))
        found = list(spool.days())
        assert list(spool.days()) == found
        backwards = list(spool.days(order=[3, 2, 1, 0]))
        assert backwards == sorted(found, key=lambda day: -day[0])
    assert [day[:2] for day in found] == sorted(pairs)
    for day in found:
        group = pairs[day[:2]]
        assert day[2:7] == tuple(plus(row[at] for row in group) for at in range(2, 7))
        expected: dict[str, Decimal] = defaultdict(Decimal)
        for row in group:
            for name, number in numbers(row[7]).items():
                expected[name] = _EXACT.add(expected[name], number)
        assert numbers(day[7]) == expected


def test_null_plus_null_is_null_but_null_plus_three_is_three() -> None:
    with Spool() as spool:
        spool.add_many([(0, "2026-03-01", None, None, 0, None, None, None)] * 2)
        spool.add_many([(0, "2026-03-01", None, 3, None, None, None, None)])
        spool.finish()
        assert list(spool.days()) == [(0, "2026-03-01", None, 3, 0, None, None, None)]


def test_no_rows_have_no_sums() -> None:
    with Spool() as spool:
        assert spool.finish() == (0, 0)
        assert list(spool.days()) == []


def test_figures_that_cannot_be_added_are_left_out_of_merged_rows_alone() -> None:
    with Spool() as spool:
        for written in ('{"Reach":5,"Views":2.5}', '{"Reach":6,"Views":3.5}'):
            spool.add_many([(0, "2026-03-01", 1, 1, 1, 1, 1, written)])
        spool.add_many([(0, "2026-03-02", 1, 1, 1, 1, 1, '{"Reach":7}')])
        spool.add_many([(0, "2026-03-03", 1, 1, 1, 1, 1, '{"Reach":8}')] * 2)
        spool.finish()
        assert [day[-1] for day in spool.days(frozenset({"Reach"}))] == ['{"Views":6}', '{"Reach":7}', None]


def test_metadata_that_are_no_numbers_stay_where_all_rows_agree() -> None:
    texts = '{"a":{"b":1.50},"n":1,"t":"x","u":true}', '{"a":{"b":1.50},"n":2,"t":"y","u":true}'
    with Spool() as spool:
        spool.add_many((0, "2026-03-01", 1, 1, 1, 1, 1, text) for text in texts)
        spool.finish()
        [day] = spool.days()
    assert day[-1] == '{"a":{"b":1.50},"n":3,"u":true}'


def test_a_pair_of_very_many_rows_is_summed_without_holding_them_in_memory() -> None:
    rows, row = 30_000, (1, "2026-03-01", 1, None, 2**62, -1, None, '{"Reach":9,"Views":0.000000001}')
    with Spool() as spool:
        spool.add_many(row for _ in range(rows))
        spool.finish()
        tracemalloc.start()
        try:
            [day] = spool.days(frozenset({"Reach"}))
            assert tracemalloc.get_traced_memory()[1] < 2 << 20
        finally:
            tracemalloc.stop()
    assert day == (1, "2026-03-01", rows, None, rows * 2**62, -rows, None, '{"Views":0.00003}')


def test_two_readings_at_once_do_not_disturb_each_other() -> None:
    with Spool() as spool:
        spool.add_many((n, "2026-03-01", n, 1, 1, 1, 1, None) for n in range(100) for _ in range(2))
        spool.finish()
        first, second = spool.days(), spool.days()
        assert [next(first), next(first)] == [next(second), next(second)]
        assert list(first) == list(second)


def test_very_large_and_very_small_numbers_stay_short() -> None:
    with Spool() as spool:
        spool.add_many([(0, "2026-03-01", 1, 1, 1, 1, 1, '{"x":1e999999,"y":1e-999999,"z":0.0}')] * 2)
        spool.finish()
        assert [day[-1] for day in spool.days()] == ['{"x":2E+999999,"y":2E-999999,"z":0}']


def test_a_full_disk_is_told() -> None:
    with Spool() as spool:
        spool._db.execute("PRAGMA max_page_count = 10")
        with pytest.raises(
            AdopsError, match=r"cannot be written to a temporary file: database or disk is full.*TMPDIR"
        ):
            spool.add_many((n, "2026-03-01", 1, 1, 1, 1, 1, "x" * 100) for n in range(10_000))


def test_nothing_is_left_when_it_is_closed() -> None:
    with Spool() as spool:
        spool.finish()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        list(spool.days())
