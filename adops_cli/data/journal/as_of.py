"""The daily figures as the book knew them at a moment: those of now, with each change since then taken back.

Within `tables_as_of`, the names of the tables mean what was known then, and every query for figures
can be asked of it. Campaigns that have been deleted since are there as the journal keeps them; all others are as they
are now. Changes no table of the database.
"""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from adops_cli import values
from adops_cli.data.daily_rows import COLUMNS, KEY
from adops_cli.data.journal import ledger
from adops_cli.data.journal.campaign_records import DELETED, row_of
from adops_cli.data.journal.ledger import StoredRow
from adops_cli.storage import scratch
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign
from adops_cli.storage.table import columns_of

_ROWS, _KEYS, _CAMPAIGNS = "as_of_rows", "as_of_keys", "as_of_campaigns"
_FIRST, _LAST = "0000-00-00", "9999-99-99"
Key = tuple[str, str]
"""A campaign and a day."""


@dataclass
class Before:
    """What stood before all changes since a moment."""

    days: dict[Key, StoredRow | None] = field(default_factory=dict)
    """The row of each day that has changed since. None if there was none."""
    deleted: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """The records of campaigns that have been deleted since, or that are to be seen otherwise than they are."""


def before_changes(
    moment: datetime,
    first: date | None = None,
    last: date | None = None,
    *,
    campaign_ids: Sequence[str] | None = None,
    until: Callable[[str], datetime] | None = None,
) -> Before:
    """What days in a window, of these campaigns or of all, were before they changed after the moment.

    `until` gives each day a moment of its own, none before `moment`.
    """
    start, end = str(first or _FIRST), str(last or _LAST)
    found = Before()
    for id, days, campaign, _, changed in changes_since(moment, first, last, campaign_ids):
        if campaign is not None and f'"{DELETED}"' in campaign and (record := json.loads(campaign).get(DELETED)):
            found.deleted.setdefault(id, record)
        for day, (before, _) in json.loads(days).items():
            if (
                start <= day <= end
                and (id, day) not in found.days
                and (until is None or _is_after(changed, until(day)))
            ):
                found.days[id, day] = None if before is None else ledger.row_of(before, id, day)
    return found


def _is_after(changed: Any, moment: datetime) -> bool:
    return values.instant(changed) > moment


def changes_since(
    moment: datetime | None,
    first: date | None = None,
    last: date | None = None,
    campaign_ids: Sequence[str] | None = None,
) -> Iterator[Sequence[Any]]:
    """Campaign, days and what became of the campaign, as text, batch and time of each later change, in their order."""
    where, given = [f'i."importedAt" > {db.param}'], ["0001-01-01T00:00:00.000Z"]
    if moment is not None:
        given = [values.written_instant(moment)]
    inside = [f'c."{end}" {sign} {db.param}' for end, sign, day in _ends(first, last) if day is not None]
    if inside:
        where.append(f'({" AND ".join(inside)} OR c."campaign" IS NOT NULL)')
        given += [str(day) for _, _, day in _ends(first, last) if day is not None]
    if campaign_ids is not None:
        where.append(f'c."campaignId" IN ({", ".join(db.param for _ in campaign_ids)})')
        given += campaign_ids
    return iter(
        db.execute_sql(
            'SELECT c."campaignId", c."days", c."campaign", i."id", i."importedAt" '
            'FROM "imports" AS i JOIN "import_changes" AS c '
            f'ON c."importId" = i."id" WHERE {" AND ".join(where)} ORDER BY i."importedAt", i."id"',
            given,
        )
    )


def _ends(first: date | None, last: date | None) -> Sequence[tuple[str, str, date | None]]:
    return ("dateTo", ">=", first), ("dateFrom", "<=", last)


def tables_as_of(moment: datetime, first: date | None = None, last: date | None = None) -> AbstractContextManager[None]:
    """Let `metrics` and `campaigns` be those of that moment within the block, for the days of a window."""
    return tables_with(lambda: before_changes(moment, first, last), first, last)


@contextlib.contextmanager
def tables_with(find: Callable[[], Before], first: date | None, last: date | None) -> Iterator[None]:
    """The same with the days and campaigns that are found, as of the moment at which the block reads."""
    window = [f"\"date\" {sign} '{day}'" for sign, day in ((">=", first), ("<=", last)) if day is not None]
    with scratch.snapshot("metrics") as schema:
        before = find()
        with scratch.making():
            _make_tables(before, schema, window)
        yield


def _make_tables(before: Before, schema: str, window: Sequence[str]) -> None:
    for table, source, columns in (
        (_ROWS, "metrics", COLUMNS),
        (_KEYS, "metrics", KEY),
        (_CAMPAIGNS, "campaigns", tuple(columns_of(Campaign))),
    ):
        listed = _listed(columns)
        db.execute_sql(f'CREATE TEMP TABLE "{table}" AS SELECT {listed} FROM {schema}."{source}" WHERE false')
    rows = (row for row in before.days.values() if row is not None)
    db.load_rows(_ROWS, COLUMNS, rows, conflict="", numbered=False)
    db.load_rows(_KEYS, KEY, iter(before.days), conflict="", numbered=False)
    db.execute_sql(f'CREATE INDEX {"" if schema != "main" else "temp."}"as_of_key" ON "{_KEYS}" ({_listed(KEY)})')
    columns = tuple(columns_of(Campaign))
    gone = map(row_of, before.deleted.values())
    db.load_rows(_CAMPAIGNS, columns, gone, conflict="", numbered=False)
    same = " AND ".join(f'k."{name}" = m."{name}"' for name in KEY)
    changed = f'EXISTS (SELECT 1 FROM "{_KEYS}" AS k WHERE {same})'
    if db.distributed:  # then no query can look into another table for each row
        changed = f'({_listed(KEY)}) IN (SELECT {_listed(KEY)} FROM "{_KEYS}")'
    conditions = " AND ".join([*window, f"NOT {changed}"])
    db.execute_sql(
        f'CREATE TEMP VIEW "metrics" AS SELECT {_listed(COLUMNS)} FROM {schema}."metrics" AS m WHERE {conditions} '
        f'UNION ALL SELECT {_listed(COLUMNS)} FROM "{_ROWS}"'
    )
    db.execute_sql(
        f'CREATE TEMP VIEW "campaigns" AS SELECT {_listed(columns)} FROM {schema}."campaigns" '
        f'WHERE "id" NOT IN (SELECT "id" FROM "{_CAMPAIGNS}") UNION ALL SELECT {_listed(columns)} FROM "{_CAMPAIGNS}"'
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
