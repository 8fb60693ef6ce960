"""The further figures of a report: reach, video views, leads, installs and view-through conversions.

They are in the metadata of daily rows, which are added up for each report: stored sums do not have them. A figure that
is never added is known only of a group that is a single day of a single campaign.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import peewee as pw

from adops_cli import measures
from adops_cli.data import report_groups
from adops_cli.data.report_rows import Ranking, ReportRow, placed
from adops_cli.data.report_scope import Scope
from adops_cli.data.report_source import Source
from adops_cli.errors import BadRequestError
from adops_cli.measures import FURTHER, NEVER_ADDED
from adops_cli.storage.amounts import plain
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Metrics
from adops_cli.storage.rollups.dialect import dialect

_KEYS = {
    "total": (),
    "platform": ("platform",),
    "project": ("project_id",),
    "campaign": ("campaign_id",),
    "day": ("day",),
    "week": ("week",),
    "month": ("month",),
}
"""The attributes of a row that tell its group, beside the currency."""
_ID, _CURRENCY, _SUMS = 0, 5, 7
"""Places in the rows of `Source.campaigns`."""
Key = tuple[str, ...]
Values = Mapping[str, Any]


def require(names: Sequence[str]) -> Sequence[str]:
    """The names. `BadRequestError` for one that is none of the further figures."""
    for name in names:
        if name not in FURTHER:
            raise BadRequestError(f"there is no further figure {name!r}", f"Use one of {', '.join(FURTHER)}")
    return names


def added(rows: Sequence[ReportRow], by: str, names: Sequence[str], of: Scope) -> list[ReportRow]:
    """The rows of a report with these figures."""
    if not names:
        return list(rows)
    found = _sums(by, names, of)
    return [replace(row, **found.get(_key_of(row, by), {})) for row in rows]


def _key_of(row: ReportRow, by: str) -> Key:
    return (*(str(getattr(row, name) or "") for name in _KEYS[by]), row.currency or "")


def of_total(total: ReportRow, rows: Sequence[ReportRow], names: Sequence[str]) -> ReportRow:
    """The total with the sums of these rows, which share no daily row."""
    sums: dict[str, Any] = {
        name: measures.total(getattr(row, name) for row in rows) for name in names if name not in NEVER_ADDED
    }
    return replace(total, **sums, **_alone(rows, names))


def _alone(rows: Sequence[ReportRow], names: Sequence[str]) -> Values:
    return {name: getattr(rows[0], name) for name in names if name in NEVER_ADDED and len(rows) == 1}


def ranked(source: Source, by: str, least: Mapping[str, Any], of: Scope, *, limit: int | None, bottom: bool) -> Ranking:
    """The campaigns with the most of a further figure, or the least, of those that reach the least figures."""
    values = _sums("campaign", [by], of)
    found = [
        (values.get((str(row[_ID]), str(row[_CURRENCY] or "")), {}), row)
        for row in source.campaigns()
        if all((had := source.sums.figure(name, row[_SUMS:])) is not None and had >= few for name, few in least.items())
    ]
    found.sort(key=lambda pair: (*placed(pair[0].get(by), largest_first=not bottom), pair[1][_ID]))
    rows = (
        replace(report_groups.of_campaign(source, row), rank=rank, **value)
        for rank, (value, row) in enumerate(found[: limit or None], start=1)
    )
    return Ranking(rows, ())


def _sums(by: str, names: Sequence[str], of: Scope) -> Mapping[Key, Values]:
    """The figures of each group and currency."""
    keys = [*_columns(by, of), pw.fn.COALESCE(db.text_under(Campaign.metadata, "currency"), "")]
    between = of.between(of.first, of.last)
    conditions = [*([] if between is None else [between]), *of.of_campaigns, *of.left_out]
    named = [key.alias(f"k{place}") for place, key in enumerate(keys)]
    rows: Any = Metrics.select(*named, Metrics.metadata.alias("metadata")).join(Campaign).where(True, *conditions)
    inner, given = rows.sql()
    parts = [dialect().number_parts(name) for name in names]
    sums = ", ".join(f"SUM({part})" for of_name in parts for part in of_name)
    groups = ", ".join(f'"k{place}"' for place in range(len(keys)))
    sql = f'SELECT {groups}, COUNT(*), {sums} FROM ({inner}) AS "of_days" GROUP BY {groups}'
    with db.translated_errors():
        return dict(_read(row, len(keys), names) for row in db.execute_sql(sql, given))


def _columns(by: str, of: Scope) -> Sequence[Any]:
    of_row = {
        "platform": lambda: Campaign.platform,
        "project": lambda: Campaign.project,
        "campaign": lambda: Metrics.campaign,
        "day": lambda: of.day,
        "week": lambda: db.week_start(of.day),
        "month": lambda: db.month(of.day),
    }
    return [of_row[by]()] if by in of_row else []


def _read(row: Sequence[Any], width: int, names: Sequence[str]) -> tuple[Key, Values]:
    key, count, sums = row[:width], row[width], row[width + 1 :]
    each = len(sums) // len(names)
    values = {}
    for place, name in enumerate(names):
        reported, *parts = sums[place * each : (place + 1) * each]
        is_known = reported and (count == 1 or name not in NEVER_ADDED)
        values[name] = plain(dialect().number(*parts)) if is_known else None
    return tuple("" if one is None else str(one) for one in key), values
