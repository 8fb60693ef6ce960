"""Ranks campaigns. Of thousands, only the value to rank by is calculated; those that are asked for become rows."""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from adops_cli import measures
from adops_cli.data import report_groups
from adops_cli.data.report_rows import Ranking, ReportRow, Unreported, unreported
from adops_cli.data.report_source import Source
from adops_cli.measures import FIGURES, LOWER_IS_BETTER, Measure
from adops_cli.storage.chunks import as_stored
from adops_cli.storage.models import Campaign

_ID, _CURRENCY, _SUMS = 0, 1, 2
"""Places in the rows of `Source.amounts`."""
_FEW = 100
"""So many campaigns are read a second time, with all figures, rather than all campaigns with all figures."""
_MILLION = 10**6
Rows = Sequence[Sequence[Any]]


def ranked(source: Source, by: Measure, least: Mapping[str, Any], *, limit: int | None, bottom: bool) -> Ranking:
    """The best campaigns by a figure or ratio, or the worst, of those that reach the least figures."""
    parts = measures.PARTS.get(by, (by,))
    is_short = limit is not None and 0 < limit <= _FEW
    some = source.only({*parts, *least, "spend", "revenue"}) if is_short else source
    whole = {} if is_short else _by_id(source)
    found = _reaching(some, some.amounts() if is_short else map(_amounts_of, whole.values()), least)
    keys = _keys(some, parts, largest_first=(by not in LOWER_IS_BETTER) is not bottom)
    best: Rows = heapq.nsmallest(limit or len(found), found, keys)
    if is_short:
        whole = _by_id(source.only(FIGURES, [as_stored(report_groups.text(Campaign.id, row[_ID])) for row in best]))
    rows = (report_groups.of_campaign(source, whole[row[_ID]]) for row in best)
    ranks = (replace(row, rank=place) for place, row in enumerate(rows, start=1))
    return Ranking(ranks, _unreported(source, least, some, found))


def _by_id(source: Source) -> Mapping[Any, Sequence[Any]]:
    return {row[0]: row for row in source.campaigns()}


def _amounts_of(row: Sequence[Any]) -> Sequence[Any]:
    """A row of `Source.campaigns` as `Source.amounts` has it."""
    return (row[0], row[5], *row[7:])


def _reaching(source: Source, rows: Iterable[Sequence[Any]], least: Mapping[str, Any]) -> Rows:
    """The rows that have at least these figures."""
    found = list(rows)
    for name, limit in least.items():
        found = [row for row in found if (had := source.sums.figure(name, row[_SUMS:])) is not None and had >= limit]
    return found


def _keys(source: Source, parts: Sequence[str], *, largest_first: bool) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """The figure or the ratio of a row as a key to sort by, with None last in both directions, and then the id."""
    above, *others = (source.sums.reader(name, _SUMS) for name in parts)
    below, sign = others[0] if others else None, -1 if largest_first else 1

    def key(row: Sequence[Any]) -> tuple[Any, ...]:
        value, by = above(row), below(row) if below else _MILLION
        if value is None or not by:
            return True, 0, row[_ID]
        return False, sign * measures.rounded(value * _MILLION, by), row[_ID]

    return key


def _unreported(source: Source, least: Mapping[str, Any], some: Source, found: Rows) -> Sequence[Unreported]:
    """What these campaigns do not report. More figures are read where that is found out to be conversions."""
    revenue, conversions = _counts(some)
    if some is not source and len({bool(row[conversions]) for row in found}) > 1:
        some, found = source, _reaching(source, source.amounts(), least)
        revenue, conversions = _counts(some)
    spend, cells = some.sums.reader("spend", _SUMS), dict[Any, list[Sequence[Any]]]()
    for row in found:
        signs = (spend(row) or 0) > 0, bool(row[revenue]), bool(row[conversions])
        cells.setdefault((row[_CURRENCY], *signs), []).append(row[_SUMS:])
    return unreported(
        ReportRow(currency or None, campaigns=len(rows), **some.sums.figures([*map(sum, zip(*rows, strict=True))]))
        for (currency, *_), rows in cells.items()
    )


def _counts(source: Source) -> tuple[int, int]:
    """The places in a row of how many days report revenue, and conversions."""
    return source.sums.counts["revenue"] + _SUMS, source.sums.counts["conversions"] + _SUMS
