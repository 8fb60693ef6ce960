"""Notices for what figures do not show by themselves: whose figures are missing, and what may be added twice."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from adops_cli import render
from adops_cli.render import Kind, cells

if TYPE_CHECKING:
    from adops_cli.data.brief import Brief
    from adops_cli.data.report_rows import Ranking, Report, Unreported
    from adops_cli.data.trends import Trend


def of_report(report: "Report | Brief") -> Iterator[str]:
    """Which campaigns make a total's ratios misleading, and that platforms may count the same conversion."""
    for one in report.unreported:
        yield _misleading(one, list(one.ratios))
    if (platforms := report.claiming_platforms) > 1:
        yield f"Note: each platform counts its own conversions; the sum over {platforms} platforms may count one twice."


def of_trend(trend: "Trend", figures: Sequence[str]) -> Iterator[str]:
    """Which campaigns make the ratios of a series misleading, of those that are shown."""
    for one in trend.unreported:
        yield _misleading(one, [name for name in one.ratios if name in figures])


def of_ranking(ranking: "Ranking", by: str) -> Iterator[str]:
    """Which campaigns cannot be ranked by a ratio, and that a ranking by money ignores currencies."""
    for one in ranking.unreported:
        if by in one.ratios:
            yield f"{_who(one)}; without {by.upper()}, {'it comes' if one.campaigns == 1 else 'they come'} last."
    if by in ("spend", "revenue", "cpc", "cpa") and len({row.currency for row in ranking}) > 1:
        yield f"The campaigns have several currencies; {by} is ranked by its number, without conversion."


def _misleading(one: "Unreported", ratios: Sequence[str]) -> str:
    """What campaigns do not report, and what these ratios are without them."""
    [first, *others] = ratios
    without = f"{first.upper()} without {'it' if one.campaigns == 1 else 'them'} is {_seen(one, first)}"
    return f"{_who(one)}; {', '.join([without, *(f'{name.upper()} {_seen(one, name)}' for name in others)])}."


def _who(one: "Unreported") -> str:
    """`Note: 2 campaigns with spend 12,345.00 EUR report no revenue`."""
    spend = f"{one.spend:,.2f} {one.currency or ''}".rstrip()
    verb = "reports" if one.campaigns == 1 else "report"
    return f"Note: {render.counted(one.campaigns, 'campaign')} with spend {spend} {verb} no {one.figure}"


def _seen(one: "Unreported", ratio: str) -> str:
    return cells.seen(one.ratios[ratio], Kind.PERCENT if ratio == "cvr" else Kind.RATIO)
