"""Ranks campaigns. Of thousands, only the value to rank by is calculated; those that are asked for become rows."""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from adops_cli import measures
from adops_cli.data import report_groups
from adops_cli.data.report_rows import Ranking, ReportRow, Unreported, placed, unreported
from adops_cli.data.report_source import Source
from adops_cli.measures import FIGURES, LOWER_IS_BETTER, Measure
from adops_cli.storage.chunks import as_stored
from adops_cli.storage.models import Campaign

_ID, _CURRENCY, _SUMS = 0, 5, 7
"""Places in the rows of `Source.campaigns`."""
_FEW = 100
"""So many campaigns are read a second time, with all figures, rather than all campaigns with all figures."""
Rows = Sequence[Sequence[Any]]


def ranked(source: Source, by: Measure, least: Mapping[str, Any], *, limit: int | None, bottom: bool) -> Ranking:
    """The best campaigns by a figure or ratio, or the worst, of those that reach the least figures."""
    parts = measures.PARTS.get(by, (by,))
    is_short = limit is not None and 0 < limit <= _FEW
    some = source.only({*parts, *least, "spend", "revenue"}) if is_short else source
    found = _reaching(some, least)
    keys = _keys(some, parts, largest_first=(by not in LOWER_IS_BETTER) is not bottom)
    best: Rows = heapq.nsmallest(limit or len(found), found, lambda row: (*keys(row), row[_ID]))
    rows = _with_all_figures(source, best) if is_short else (report_groups.of_campaign(source, row) for row in best)
    ranks = (replace(row, rank=place) for place, row in enumerate(rows, start=1))
    return Ranking(ranks, _unreported(source, least, some, found))


def _reaching(source: Source, least: Mapping[str, Any]) -> Rows:
    return [row for row in source.campaigns() if _reaches(source, row, least)]


def _reaches(source: Source, row: Sequence[Any], least: Mapping[str, Any]) -> bool:
    return all(
        (value := source.sums.figure(name, row[_SUMS:])) is not None and value >= limit for name, limit in least.items()
    )


def _keys(source: Source, parts: Sequence[str], *, largest_first: bool) -> Callable[[Sequence[Any]], tuple[bool, Any]]:
    """The figure or the ratio of a row as a key to sort by, with None last in both directions."""

    def key(row: Sequence[Any]) -> tuple[bool, Any]:
        sums = row[_SUMS:]
        figures = [source.sums.millionths(name, sums) for name in parts]
        value = measures.ratio(figures[0], figures[1]) if len(figures) > 1 else figures[0]
        return placed(value, largest_first=largest_first)

    return key


def _with_all_figures(source: Source, best: Rows) -> Iterator[ReportRow]:
    ids = [report_groups.text(Campaign.id, row[_ID]) for row in best]
    rows = {row[_ID]: row for row in source.only(FIGURES, [as_stored(id) for id in ids]).campaigns()}
    return (report_groups.of_campaign(source, rows[id]) for id in ids)


def _unreported(source: Source, least: Mapping[str, Any], some: Source, found: Rows) -> Sequence[Unreported]:
    """What these campaigns do not report. More figures are read where that is found out to be conversions."""
    if some is not source and len({some.sums.reports("conversions", row[_SUMS:]) for row in found}) > 1:
        some, found = source, _reaching(source, least)
    cells: dict[tuple[Any, ...], list[Sequence[Any]]] = {}
    for row in found:
        sums = row[_SUMS:]
        reports = [some.sums.reports(name, sums) for name in ("revenue", "conversions")]
        cells.setdefault((row[_CURRENCY], (some.sums.millionths("spend", sums) or 0) > 0, *reports), []).append(sums)
    return unreported(
        ReportRow(currency or None, campaigns=len(rows), **some.sums.figures([*map(sum, zip(*rows, strict=True))]))
        for (currency, *_), rows in cells.items()
    )
