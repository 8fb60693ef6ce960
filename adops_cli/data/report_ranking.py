"""Ranks campaigns. Of thousands, only the value to rank by is calculated; those that are asked for become rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from operator import add
from typing import Any

from adops_cli import measures
from adops_cli.data import report_groups
from adops_cli.data.report_rows import Ranking, ReportRow, placed, unreported
from adops_cli.data.report_source import Source
from adops_cli.measures import LOWER_IS_BETTER, Measure

_ID, _CURRENCY, _SUMS = 0, 5, 7
"""Places in the rows of `Source.campaigns`."""


def ranked(source: Source, by: Measure, least: Mapping[str, Any], *, limit: int | None, bottom: bool) -> Ranking:
    """The best campaigns by a figure or ratio, or the worst, of those that reach the least figures."""
    found = [row for row in source.campaigns() if _reaches(source, row, least)]
    keys = _keys(source, by, largest_first=(by not in LOWER_IS_BETTER) is not bottom)
    found.sort(key=lambda row: (*keys(row), row[_ID]))
    best = (report_groups.of_campaign(source, row) for row in found[: limit or None])
    ranks = (replace(row, rank=place) for place, row in enumerate(best, start=1))
    return Ranking(ranks, unreported(_cells(source, found)))


def _reaches(source: Source, row: Sequence[Any], least: Mapping[str, Any]) -> bool:
    return all(
        (value := source.figure(name, row[_SUMS:])) is not None and value >= limit for name, limit in least.items()
    )


def _keys(source: Source, by: str, *, largest_first: bool) -> Callable[[Sequence[Any]], tuple[bool, Any]]:
    """The value of a row as a key to sort by, with None last in both directions."""
    parts = measures.PARTS.get(by, (by,))

    def key(row: Sequence[Any]) -> tuple[bool, Any]:
        figures = [source.figure(name, row[_SUMS:]) for name in parts]
        value = measures.ratio(figures[0], figures[1]) if len(figures) > 1 else figures[0]
        return placed(value, largest_first=largest_first)

    return key


def _cells(source: Source, found: Sequence[Sequence[Any]]) -> Sequence[ReportRow]:
    """The campaigns of each currency that report the same figures, added up."""
    cells: dict[tuple[Any, ...], tuple[int, Sequence[Any]]] = {}
    for row in found:
        sums = row[_SUMS:]
        reports = [source.reports(name, sums) for name in ("revenue", "conversions")]
        key = row[_CURRENCY], (source.figure("spend", sums) or 0) > 0, *reports
        count, before = cells.get(key, (0, None))
        cells[key] = count + 1, sums if before is None else list(map(add, before, sums))
    return [
        ReportRow(key[0] or None, campaigns=count, **source.figures(iter(sums))) for key, (count, sums) in cells.items()
    ]
