"""The spool sums exactly what plain Python sums, in any order and of any size."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adops_cli.importers.exports.export import Day
from adops_cli.importers.exports.spool import Spool

figures = st.none() | st.integers(-(10**18), 10**18)
counts = st.none() | st.integers(0, 2**53)
metadata = st.none() | st.dictionaries(st.sampled_from(["reach", "views", "ü"]), st.integers(-5, 5) | st.just(0.25))
rows = st.lists(
    st.tuples(
        st.integers(0, 3), st.sampled_from(["2026-09-01", "2026-09-02", "2025-12-31"]),
        counts, counts, figures, figures, figures, metadata,
    )
)  # fmt: skip


def added(one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else one + other


def by_hand(given_rows: list[Any], not_additive: frozenset[str]) -> list[Any]:
    found: dict[Any, list[Any]] = {}
    for row in given_rows:
        found.setdefault(row[:2], []).append(row[2:])
    summed = []
    for key in sorted(found):
        first, *others = found[key]
        total, further = list(first[:5]), first[5]
        for other in others:
            total = [added(*pair) for pair in zip(total, other[:5], strict=True)]
        if others:
            texts = [other[5] for other in found[key] if other[5] is not None]
            sums: dict[str, Any] = {}
            for text in texts:
                for name, value in text.items():
                    if name not in not_additive:
                        sums[name] = sums.get(name, 0) + value
            further = sums or None
        summed.append([*key, *total, further])
    return summed


def read(days: Iterator[Day]) -> list[Any]:
    return [[*day[:7], None if day[7] is None else json.loads(day[7])] for day in days]


@given(rows, st.sampled_from([frozenset(), frozenset(["reach"])]))
def test_rows_that_share_campaign_and_day_are_summed_exactly(found: list[Any], not_additive: frozenset[str]) -> None:
    with closing(Spool()) as spool:
        spool.add_many((*row[:7], None if row[7] is None else json.dumps(row[7], sort_keys=True)) for row in found)
        counted = spool.finish()
        summed = read(spool.days(not_additive))
        assert read(spool.days(not_additive)) == summed  # as often as asked

    wanted = by_hand(found, not_additive)
    assert summed == wanted
    assert counted == (len(found), len(wanted))
