"""The ready-made rules by name: what each says, by which formula, and which function finds it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adops_cli.data.alerts import cost, cusum, delivery, rates, reporting, weekday
from adops_cli.data.alerts.finding import CRITICAL, NOTE, WARNING, Finding
from adops_cli.data.alerts.morning import Morning


@dataclass(frozen=True)
class Ready:
    """A ready-made rule."""

    severity: str
    """The usual one."""
    formula: str
    find: Callable[[Morning, list[str]], Iterator[Finding]] | None = None
    """What finds it, given where to note what is unknown. None for the models."""


def _plain(find: Callable[[Morning], Iterator[Finding]]) -> Any:
    return lambda morning, _unknown: find(morning)


READY: Mapping[str, Ready] = {
    "stale": Ready(
        CRITICAL,
        "an account with a campaign that is neither paused nor over has no newer day than `metrics gaps` expects; no "
        "other rule looks at it",
        _plain(reporting.stale),
    ),
    "no_spend": Ready(
        CRITICAL,
        "spend = 0 on the account's newest day, campaign neither paused nor over, and the median spend of the same "
        f"weekday in the 4 weeks before (at least {delivery.FEWEST_WEEKS}) > 0",
        _plain(delivery.no_spend),
    ),
    "delivery_collapse": Ready(
        CRITICAL,
        f"impressions <= {delivery.COLLAPSED} x the median of the same weekday in the 4 weeks before; the median at "
        f"least {delivery.LEAST_IMPRESSIONS}, and {delivery.DELIVERING} days with impressions in the 28 before",
        _plain(delivery.delivery_collapse),
    ),
    "tracking_silent": Ready(
        CRITICAL,
        "no conversion since a day, while clicks x (conversions / clicks of the 28 days before), by the part that is "
        f"known at each day's age, >= {rates.EXPECTED}",
        rates.tracking_silent,
    ),
    "cpa_up": Ready(
        WARNING,
        f"cpa of {cost.NOW} days >= {float(cost.UP)} x that of the {cost.BEFORE} before as they were known at the same "
        f"age (critical: {cost.FAR_UP} x), with {cost.LEAST_CONVERSIONS} conversions on the larger side, and "
        "more than chance explains; where the journal does not reach back, with conversions / the part that is known "
        "at each day's age",
        cost.cpa_up,
    ),
    "ctr_down": Ready(
        WARNING,
        f"ctr of {rates.NOW} days <= {rates.CTR_DOWN} x that of the {rates.BEFORE} before (critical: "
        f"{rates.CTR_FAR_DOWN} x), with {rates.LEAST_IMPRESSIONS} impressions on both sides, and more than "
        "chance explains",
        _plain(rates.ctr_down),
    ),
    "overspend": Ready(
        WARNING,
        f"spend of the newest day > {delivery.MOST_OF_BUDGET} x the campaign's daily budget",
        _plain(delivery.overspend),
    ),
    "impossible_figures": Ready(
        WARNING,
        f"clicks > impressions, or spend > 0 with 0 impressions, on one of the last {delivery.RECENT} days",
        _plain(delivery.impossible_figures),
    ),
    "missing_day": Ready(
        WARNING,
        "an account lacks days between others, as `metrics gaps` sees it",
        _plain(reporting.missing_day),
    ),
    "late_restatement": Ready(
        NOTE,
        f"a batch of the last {reporting.RECENT} days has changed days that were older than [books] final_after",
        _plain(reporting.late_restatement),
    ),
    "anomaly": Ready(
        WARNING,
        "|z| > "
        f"{weekday.UNUSUAL} and |change| >= {weekday.LEAST_CHANGE:.0%}, with z = (e - c) / s, e = ln(x / base), base = "
        "median of the same weekday in the 8 weeks before, c = median(e) and s = 1.4826 x median|e - c| of the 56 days "
        "before; change = x / (base x exp(c)) - 1; of counts, |x - base x exp(c)| > "
        f"{weekday.UNUSUAL} x sqrt(base x exp(c)), and base >= {weekday.LEAST_COUNT}",
    ),
    "drift": Ready(
        WARNING,
        f"CUSUM of that z: u = max(0, u + z - {cusum.SLACK}), l = max(0, l - z - {cusum.SLACK}), z within +-"
        f"{cusum.CLIPPED:g}, alarm above {cusum.LIMIT:g}",
    ),
}
"""By name, in the order of the list."""
