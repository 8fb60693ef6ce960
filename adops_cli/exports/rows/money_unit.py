"""Whether the costs of a file are millionths of the currency, as several APIs give them under a plain name.

Millionths are always whole numbers, and make a click or a thousand impressions cost what no currency's would. Nothing
here changes a figure.
"""

import math
from collections.abc import Iterable, Sequence

from adops_cli.exports.cells.cell import words
from adops_cli.exports.cells.figures import MICRO
from adops_cli.exports.columns.layout import Layout
from adops_cli.exports.export import Export, FileCampaign, ReadOptions
from adops_cli.exports.platforms.generic import ACCOUNTS_IN_MICROS, HEADERS_IN_MICROS, PLATFORMS_IN_MICROS

_CLICK, _THOUSAND_IMPRESSIONS = 50_000, 200_000
"""What each must cost, in the file's unit, to be absurd: 0.05 and 0.20 if it is in millionths."""
_SMALL_UNITS = words(
    "ARS BIF CDF CLP COP GNF IDR IQD IRR KHR KPW KRW LAK LBP MGA MMK MNT MWK NGN PYG RWF SLL SYP TZS UGX UZS VND ZWL"
)
"""Currencies of which a US dollar buys about a thousand or more."""
_SMALLER = 100
_SAME_UNIT = 1_000
"""Revenue that is this many times smaller than the costs is in another unit."""

IN_MILLIONTHS = (
    "the amounts are millionths, as the API that the file comes from gives them, and were read as such; "
    "--money-unit unit takes them as they are"
)


class InMillionthsError(Exception):
    """The file is of a layout whose money is in millionths, and has been read as if it were not."""


class WholeNumbers:
    """Whether every amount so far is a whole number of the currency. Looks no further once one is not."""

    def __init__(self) -> None:
        self._divisor = 0
        """Of all amounts, in millionths."""

    def add(self, millionths: Iterable[int | None]) -> None:
        """Add the amounts of many rows."""
        if self._divisor % MICRO == 0:
            self._divisor = math.gcd(self._divisor, *filter(None, millionths))

    @property
    def all(self) -> bool:
        """Whether there are amounts, and all are whole."""
        return self._divisor > 0 and self._divisor % MICRO == 0


def _absurd_cost(export: Export, whole: WholeNumbers, layout: Layout) -> str | None:
    """What is absurd about the costs, in words. None if they are plausible, or known to be in millionths."""
    spend, source = export.totals.spend, layout.figures.get("spend")
    if not whole.all or source is None or source.micros or source.special or spend is None:
        return None
    scale = _SMALLER if _SMALL_UNITS.intersection(export.currencies) else 1
    costs = [
        (what, spend * per / count, limit * scale)
        for what, count, per, limit in (
            ("a click costs", export.totals.clicks, 1, _CLICK),
            ("a thousand impressions cost", export.totals.impressions, 1_000, _THOUSAND_IMPRESSIONS),
        )
        if count
    ]
    if not costs or any(cost < limit for _, cost, limit in costs):
        return None
    what, cost, _ = costs[0]
    return f"{what} {cost:,.0f}"


def notices(export: Export, whole: WholeNumbers, layout: Layout, options: ReadOptions) -> list[str]:
    """What the user should know about the unit of the costs.

    Raises:
        InMillionthsError: the file's layout is known to give millionths, and its figures agree.
    """
    absurd = _absurd_cost(export, whole, layout) if options.money_unit is None else None
    if absurd is None:
        return []
    revenue, spend = export.totals.revenue, export.totals.spend
    if _is_known(layout, export.campaigns, options) and not (revenue and spend and revenue * _SAME_UNIT < spend):
        raise InMillionthsError
    advice = "if they are, import the file with --money-unit micro, else with --money-unit unit"
    return [f"these look like millionths: all costs are whole numbers, and {absurd}; {advice}"]


def _is_known(layout: Layout, campaigns: Sequence[FileCampaign], options: ReadOptions) -> bool:
    """Whether the file shows that it comes from an API that gives millionths."""
    if HEADERS_IN_MICROS.intersection(layout.header.names):
        return True
    by_file = options.platform or layout.platform.name
    platforms = {(campaign.platform or by_file).casefold() for campaign in campaigns}
    if all(platform.startswith(PLATFORMS_IN_MICROS) for platform in platforms):
        return True
    accounts = {campaign.account or "" for campaign in campaigns}
    return all(ACCOUNTS_IN_MICROS.fullmatch(account) for account in accounts)
