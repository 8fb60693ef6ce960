"""The ledger, a journal of every change of a day's figures: records what each batch changes.

Owns the form of `import_changes`, with one row per campaign. `days` is {day: [before, after]}. Before is null for a day
that did not exist, otherwise the whole stored row (id, the five figures, the four ratios, metadata, syncedAt), so that
undoing restores it to the last bit. After is null for a day that was removed, otherwise the five figures and metadata.
`campaign` is {"created": updatedAt} for a campaign that the batch created, {"changed": {column: [before, after]}} for
one that it changed, and {"deleted": {column: value}} for one that it deleted. `confirmed` has the days that the batch
found as they were, as spans. What a batch has recorded is never changed: what was known at a moment can be asked for
ever. Changes neither days nor campaigns; batches are looked up in `batches`.
"""

import getpass
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from adops_cli import values
from adops_cli.data.access import bulk, statements
from adops_cli.data.access.ids import new_id
from adops_cli.data.daily_rows import COLUMNS, FIGURES_AT
from adops_cli.data.journal.spans import days_of, spans_of
from adops_cli.files import as_text
from adops_cli.storage.choices import ImportKind, ImportMode, ImportStatus
from adops_cli.storage.column import as_sql
from adops_cli.storage.handle import db
from adops_cli.storage.models import Import, ImportChange
from adops_cli.storage.stored_json import parsed_json
from adops_cli.storage.table import now

StoredRow = Sequence[Any]
"""A stored row, as `daily_rows.COLUMNS`."""

_CAMPAIGN = COLUMNS.index("campaignId")
_DATE = COLUMNS.index("date")
_METADATA = COLUMNS.index("metadata")
_KEY = ("importId", "campaignId")
_CHANGE = ("importId", "campaignId", "dateFrom", "dateTo", "campaign", "days", "confirmed", "controls")
_AT_ONCE = 200


def _plain(value: Any) -> Any:
    """What JSON cannot write as it is: bytes that are no text, and the exact numbers of a server."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes):
        return as_sql(value)
    raise TypeError(type(value).__name__)


_encode = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True, default=_plain
).encode


def before(row: StoredRow) -> list[Any]:
    """What the ledger stores of a row that is changed or removed."""
    return [*row[:_CAMPAIGN], *row[_DATE + 1 :]]


def after(row: StoredRow) -> list[Any]:
    """What the ledger stores of a row that is written. It shows whether the row is still as the batch left it."""
    return [*row[FIGURES_AT], row[_METADATA]]


def told(kept: Sequence[Any] | None) -> Sequence[Any] | None:
    """What `after` keeps of a row, with metadata as a value: engines write the same JSON in different ways.

    Text that is not JSON differs from any value, because another program wrote it.
    """
    if kept is None or kept[-1] is None:
        return kept
    try:
        return [*kept[:-1], parsed_json(kept[-1])]
    except (ValueError, TypeError):
        return [*kept[:-1], ("not JSON", kept[-1])]


def row_of(kept: Sequence[Any], campaign_id: str, day: str) -> list[Any]:
    """The stored row that `before` was made from."""
    return [*kept[:_CAMPAIGN], campaign_id, day, *kept[_CAMPAIGN:]]


def compared(
    was: Mapping[tuple[str, str], StoredRow], now: Mapping[tuple[str, str], StoredRow | None]
) -> list["Change"]:
    """What became of days: their rows before, and those now, by campaign and day. Days without a row have none.

    One of the same figures and metadata is confirmed.
    """
    days: dict[str, dict[str, Sequence[Any]]] = {}
    confirmed: dict[str, list[str]] = {}
    for id, day in sorted({*was, *now}):
        old, new = was.get((id, day)), now.get((id, day))
        if old is not None and new is not None and after(old) == after(new):
            confirmed.setdefault(id, []).append(day)
        elif old is not None or new is not None:
            kept = [None if old is None else before(old), None if new is None else after(new)]
            days.setdefault(id, {})[day] = kept
    return [
        Change(id, days.get(id, {}), confirmed=spans_of(confirmed.get(id, ()))) for id in sorted({*days, *confirmed})
    ]


def require() -> None:
    """`BadRequestError` in JSON mode, which has no ledger."""
    db.require_ledger()


@dataclass(frozen=True)
class Change:
    """What a batch did to one campaign."""

    campaign_id: str
    days: Mapping[str, Sequence[Any]]
    campaign: Mapping[str, Any] | None = None
    confirmed: Sequence[Sequence[str]] = ()
    """Spans of days that the batch found unchanged: the first and the last of each, in their order."""
    inherited: Mapping[str, Sequence[Any]] | None = None
    """What undone batches had done to days that this one has confirmed, in the form of `days`."""
    controls: Mapping[str, Sequence[Any]] | None = None
    """Those of all days of the campaign, in the form of `journal.controls`."""

    @property
    def undone_by(self) -> Mapping[str, Sequence[Any]]:
        """What undoing the batch undoes: its own changes, and those that it has inherited."""
        return {**self.days, **(self.inherited or {})}


class Batch:
    """A batch that is being written, within the caller's transaction. `about` holds the fields of its `Import`."""

    def __init__(self, about: Mapping[str, Any]) -> None:
        self.id = new_id(Import.ID_PREFIX)
        self.imported_at = next_moment()
        self._about = about
        self._saved = False
        self._noted: set[str] = set()

    def note(self, changes: Sequence[Change], wait: Callable[[], None] = lambda: None) -> None:
        """Record what was done to campaigns. Waits for the database before it uses it, and not before it must."""
        again = [change for change in changes if change.campaign_id in self._noted]
        rows = [self._written(change) for change in changes if change.campaign_id not in self._noted]
        wait()
        self._save()
        bulk.write_as_stored(ImportChange, _CHANGE, rows)
        if again:
            self._note_again(again)
        self._noted.update(change.campaign_id for change in changes)

    def _note_again(self, changes: Sequence[Change]) -> None:
        """Add to what the batch has already recorded of these campaigns."""
        of_campaigns = ImportChange.campaign_id.in_([change.campaign_id for change in changes])
        known = {change.campaign_id: change for change in _changes(self.id, of_campaigns)}
        rows = [self._written(_together(known[change.campaign_id], change)) for change in changes]
        bulk.write_as_stored(ImportChange, _CHANGE, rows, key=_KEY)

    def discard(self) -> None:
        """Forget the batch and all that it has recorded: it turned out to be one that stands already."""
        if self._saved:
            Import.delete().where(Import.id == self.id).execute()
            self._saved = False

    def finish(self, counts: Mapping[str, Any]) -> None:
        """Record the final counts, and whatever else of its `Import` is known only now."""
        self._save()
        if counts:
            Import.update(**counts).where(Import.id == self.id).execute()

    def _save(self) -> None:
        """Insert the batch, with zero counts, before rows that refer to it."""
        if not self._saved:
            made = {"id": self.id, "imported_at": self.imported_at, "imported_by": user()}
            statements.insert_values(Import, {**_NOTHING, **self._about, **made})
            self._saved = True

    def _written(self, change: Change) -> tuple[Any, ...]:
        days = change.days
        return (
            self.id,
            change.campaign_id,
            min(days, default=None),
            max(days, default=None),
            None if change.campaign is None else values.json_text(change.campaign),
            _encode(days),
            _encode(change.confirmed) if change.confirmed else None,
            _encode(change.controls) if change.controls else None,
        )


_NOTHING: dict[str, Any] = {
    "file": "",
    "sha256": "",
    "options": {},
    "platform": "",
    "mode": ImportMode.UPSERT.value,
    "status": ImportStatus.IMPORTED.value,
    "kind": ImportKind.IMPORT.value,
    "totals": {},
} | dict.fromkeys(("rows_read", "rows_kept", "rejected", "inserted", "updated", "unchanged", "removed"), 0)
"""What a batch has of the fields that only a file has."""


def _together(known: Change, change: Change) -> Change:
    """What the same batch did to a campaign before and after."""
    days = {**known.days}
    for day, (before, after) in change.days.items():
        days[day] = [known.days[day][0] if day in known.days else before, after]
    confirmed = {*days_of(known.confirmed), *days_of(change.confirmed)} - days.keys()
    campaign = {**(known.campaign or {}), **(change.campaign or {})} or None
    return replace(change, days=days, confirmed=spans_of(sorted(confirmed)), campaign=campaign)


def changes_of(batch_id: str) -> Iterator[list[Change]]:
    """What a batch did, a few campaigns at a time.

    In the order of the index, which has one row for each campaign of a batch: in that of their ids, all rows of the
    batch would be sorted anew each time.
    """
    last = ""
    while rows := _changes(batch_id, ImportChange.campaign_id > last, limit=_AT_ONCE):
        last = rows[-1].campaign_id
        yield rows


def _changes(batch_id: str, condition: Any, *, limit: int | None = None) -> list[Change]:
    query: Any = ImportChange.select(
        ImportChange.campaign_id,
        ImportChange.days,
        ImportChange.campaign,
        ImportChange.confirmed,
        ImportChange.inherited,
    ).where(ImportChange.batch == batch_id, condition)
    rows = query.order_by(ImportChange.campaign_id).limit(limit).tuples()
    return [Change(id, days, campaign, confirmed or (), inherited) for id, days, campaign, confirmed, inherited in rows]


_NEWEST = (
    'SELECT MAX("newest") FROM (SELECT MAX("importedAt") AS "newest" FROM "imports" '
    'UNION ALL SELECT MAX("closedAt") FROM "closes") AS "both"'
)


def next_moment() -> Any:
    """Now, or just after the newest batch or close if the clock has not advanced, so that their times sort them."""
    newest = db.execute_sql(_NEWEST).fetchone()[0]
    moment = now()
    if newest is None:
        return moment
    return max(moment, values.instant(newest) + timedelta(milliseconds=1))


def user() -> str | None:
    """The system's name for the user."""
    try:
        return as_text(getpass.getuser())
    except (OSError, KeyError, ImportError):
        return None
