"""The columns of daily figures, and of the reports on them."""

from typing import Any

from adops_cli.periods import ONE_DAY
from adops_cli.render import Column, Kind

SUMS = (
    Column("impressions", "Impressions", Kind.COUNT, weight=4),
    Column("clicks", "Clicks", Kind.COUNT, weight=5),
    Column("conversions", "Conversions", Kind.QUANTITY, weight=6),
    Column("spend", "Spend", Kind.MONEY, weight=8, needs="currency"),
    Column("revenue", "Revenue", Kind.MONEY, weight=7, needs="currency"),
    Column("ctr", "CTR", Kind.PERCENT, weight=4),
    Column("cpc", "CPC", Kind.RATIO, weight=4, needs="currency"),
    Column("cpa", "CPA", Kind.RATIO, weight=5, needs="currency"),
    Column("cvr", "CVR", Kind.PERCENT, weight=3),
    Column("roas", "ROAS", Kind.RATIO, weight=9),
)


def _days_of_week(row: Any) -> str:
    """The days of a week that a row covers, such as `(Wed-Sun)`; nothing for a whole week."""
    first, last = row.first_day, row.last_day
    return "" if first is None or (last - first).days == _WEEK - 1 else _between(f"{first:%a}", f"{last:%a}")


def _days_of_month(row: Any) -> str:
    """The days of a month that a row covers, such as `(1-10)`; nothing for a whole month."""
    first, last = row.first_day, row.last_day
    if first is None:
        return ""
    whole = first.day == 1 and (last + ONE_DAY).day == 1
    return "" if whole else _between(str(first.day), str(last.day))


def _between(first: str, last: str) -> str:
    return f"({first})" if first == last else f"({first}\N{EN DASH}{last})"


_WEEK = 7
FURTHER = {
    name: Column(name, heading, Kind.QUANTITY, weight=6)
    for name, heading in (
        ("reach", "Reach"),
        ("video_views", "Video views"),
        ("leads", "Leads"),
        ("installs", "Installs"),
        ("view_through_conversions", "View-through conv."),
    )
}
"""The further figures, which are only shown if they are asked for."""
CURRENCY = Column("currency", "Cur.", weight=9)
COVERAGE = (Column("days", "Days", Kind.COUNT, weight=2), Column("campaigns", "Campaigns", Kind.COUNT, weight=2))

ROW = (
    Column("id", "Id", weight=0),
    Column("campaignId", "Campaign", weight=6, needs="name"),
    Column("date", "Date", Kind.DAY, weight=10),
    *(column for column in SUMS if column.key != "cvr"),
    Column("metadata", "Metadata", Kind.JSON, weight=0),
    Column("syncedAt", "Synced", Kind.INSTANT, weight=1),
)
LISTED = (*ROW[:2], Column("name", "Name", weight=10), Column("platform", "Platform", weight=5), *ROW[2:])
OFFICIAL = (*LISTED[:4], CURRENCY, Column("account", "Account", weight=3), *LISTED[4:])
"""The same with what a close is made of."""
TOP = (
    Column("rank", "#", Kind.COUNT, weight=10),
    Column("campaignId", "Campaign", weight=6, needs="name"),
    Column("name", "Name", weight=10),
    Column("platform", "Platform", weight=5),
    Column("projectId", "Project", weight=1),
    CURRENCY,
    *SUMS,
)
GROUPS = {
    "platform": (Column("platform", "Platform", weight=10), CURRENCY),
    "project": (Column("projectId", "Project", weight=6, needs="name"), Column("name", "Name", weight=10), CURRENCY),
    "campaign": (
        Column("campaignId", "Campaign", weight=6, needs="name"),
        Column("externalId", "External id", weight=1),
        Column("name", "Name", weight=10),
        Column("platform", "Platform", weight=5),
        CURRENCY,
    ),
    "day": (Column("day", "Day", Kind.DAY, weight=10), CURRENCY),
    "week": (Column("week", "Week of", Kind.DAY, weight=10, note=_days_of_week), CURRENCY),
    "month": (Column("month", "Month", Kind.DAY, weight=10, note=_days_of_month), CURRENCY),
}

MOVED = {
    "campaign": (
        Column("campaignId", "Campaign", weight=6, needs="name"),
        Column("name", "Name", weight=10),
        Column("platform", "Platform", weight=5),
        CURRENCY,
        Column("days", "Days", Kind.COUNT, weight=7),
    ),
    "day": (Column("day", "Day", Kind.DAY, weight=10), CURRENCY, Column("days", "Days", Kind.COUNT, weight=7)),
}
_SIDES = {"Before": "before", "Now": "now", "Difference": "\N{PLUS-MINUS SIGN}"}
RESTATED = tuple(
    Column(f"{column.key}{side}", f"{column.heading} {word}", column.kind, weight=column.weight, needs=column.needs)
    for column in sorted(SUMS[:5], key=lambda column: -column.weight)
    for side, word in _SIDES.items()
)
"""Each figure before, now, and by how much it has moved."""


def flat(row: Any) -> dict[str, Any]:
    """The figures of a row of restated days, each under its key in `RESTATED`."""
    return {f"{figure}{side}": getattr(row, side.lower())[figure] for side in _SIDES for figure in row.now}
