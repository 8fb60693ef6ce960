"""The ledger of imports: records what each batch changes, and looks batches up.

Owns the form of `import_changes`, with one row per campaign. `days` is {day: [before, after]}. Before is null for a day
that did not exist, otherwise the whole stored row (id, the five figures, the four ratios, metadata, syncedAt), so that
undoing restores it to the last bit. After is null for a day that was removed, otherwise the five figures and metadata.
`campaign` is {"created": updatedAt} for a campaign that the batch created, and {"changed": {column: [before, after]}}
for one that it changed. `confirmed` has the days that the batch found as they were, as spans. Changes neither days nor
campaigns.
"""

import getpass
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import peewee as pw

from adops_cli import values
from adops_cli.data.access import bulk
from adops_cli.data.access.ids import new_id
from adops_cli.data.daily_rows import COLUMNS, FIGURES_AT
from adops_cli.storage.choices import ImportStatus
from adops_cli.storage.chunks import chunked_in
from adops_cli.storage.handle import db
from adops_cli.storage.models import Import, ImportChange
from adops_cli.storage.table import now

StoredRow = Sequence[Any]
"""A stored row, as `daily_rows.COLUMNS`."""

_CAMPAIGN = COLUMNS.index("campaignId")
_DATE = COLUMNS.index("date")
_METADATA = COLUMNS.index("metadata")
_CHANGE = ("importId", "campaignId", "dateFrom", "dateTo", "campaign", "days", "confirmed")
_AT_ONCE = 200
_LOOKED_BACK = 200
"""How many imports are searched for those of certain campaigns."""
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True).encode


def before(row: StoredRow) -> list[Any]:
    """What the ledger stores of a row that is changed or removed."""
    return [*row[:_CAMPAIGN], *row[_DATE + 1 :]]


def after(row: StoredRow) -> list[Any]:
    """What the ledger stores of a row that is written. It shows whether the row is still as the batch left it."""
    return [*row[FIGURES_AT], row[_METADATA]]


def row_of(kept: Sequence[Any], campaign_id: str, day: str) -> list[Any]:
    """The stored row that `before` was made from."""
    return [*kept[:_CAMPAIGN], campaign_id, day, *kept[_CAMPAIGN:]]


def require() -> None:
    """`BadRequestError` in JSON mode, which has no ledger."""
    db.require_ledger()


def standing(sha256: str, options: Mapping[str, Any], *, but: str) -> Import | None:
    """The newest batch with the same bytes and options that has not been undone, other than `but`."""
    same: Any = Import.select().where(Import.sha256 == sha256, Import.status == ImportStatus.IMPORTED, Import.id != but)
    wanted = _chosen(options)
    return next((batch for batch in same.order_by(Import.imported_at.desc()) if _chosen(batch.options) == wanted), None)


def stored_since(moment: datetime, sha256: str) -> str | None:
    """The id of a batch with these bytes that was imported at this moment or later."""
    query: Any = Import.select(Import.id).where(Import.sha256 == sha256, Import.imported_at >= moment)
    return next((id for (id,) in query.limit(1).tuples()), None)


def last() -> Import | None:
    """The newest batch that has not been undone."""
    standing: Any = Import.select().where(Import.status == ImportStatus.IMPORTED)
    return next(iter(standing.order_by(Import.imported_at.desc()).limit(1)), None)


def _chosen(options: Any) -> dict[str, Any]:
    """What the user chose; the header belongs to the bytes, and batches of former times do not have it."""
    return {key: value for key, value in dict(options).items() if key != "header"}


def of_other_layout(platform: str, header: str, campaign_ids: Sequence[str]) -> tuple[str, str] | None:
    """A campaign among these that a file of this platform with another header has changed, and the file's name."""
    batches: Any = Import.select().where(Import.platform == platform, Import.status == ImportStatus.IMPORTED)
    files = {one.id: one.file for one in batches if one.options.get("header", header) != header}
    changes: Any = ImportChange.select(ImportChange.campaign_id, ImportChange.batch).order_by(ImportChange.id)
    if files:
        for query in chunked_in(changes, ImportChange.campaign_id, campaign_ids):
            for id, batch in query.tuples():
                if batch in files:
                    return id, files[batch]
    return None


def meanings_as_kept(means: Mapping[str, str], accounts: Sequence[str], further: Mapping[str, Any]) -> dict[str, Any]:
    """The form in which a batch keeps what its figures mean: figure -> word, and its accounts, "" if unknown."""
    return {"accounts": accounts, **means, **further}


def meanings(
    platform: str, accounts: AbstractSet[str], campaign_ids: Sequence[str], figures: Collection[str]
) -> list[tuple[str, str, Import]]:
    """What these figures meant before: figure, word, and the newest import in which it was known, of each account.

    And of the campaigns themselves, whose account an earlier import may not have known. Figures of unknown meaning are
    left out. An import that was undone does not count.
    """
    found: dict[tuple[str | None, str], tuple[str, str, Import]] = {}
    wanted = len(figures) * (len(accounts) + bool(campaign_ids))
    batches: Any = Import.select(Import.id, Import.file, Import.means).where(
        Import.platform == platform, Import.status == ImportStatus.IMPORTED, Import.means.is_null(False)
    )
    for place, batch in enumerate(batches.order_by(Import.imported_at.desc()).iterator()):
        if len(found) == wanted:
            break
        known = [figure for figure in figures if figure in batch.means]
        owners: list[str | None] = [account for account in accounts if account in batch.means["accounts"]]
        if place < _LOOKED_BACK and any((None, figure) not in found for figure in known):
            owners += [None] * _touches(batch, campaign_ids)
        for owner in owners:
            for figure in known:
                found.setdefault((owner, figure), (figure, batch.means[figure], batch))
    return list(found.values())


def _touches(batch: Import, campaign_ids: Sequence[str]) -> bool:
    """Whether a batch has changed or confirmed days of one of these campaigns."""
    changes: Any = ImportChange.select(ImportChange.id).where(ImportChange.batch == batch.id)
    return any(query.exists() for query in chunked_in(changes, ImportChange.campaign_id, campaign_ids))


class Batch:
    """A batch that is being imported, within the caller's transaction. `about` holds the fields of its `Import`."""

    def __init__(self, about: Mapping[str, Any]) -> None:
        self.id = new_id(Import.ID_PREFIX)
        self.imported_at = _next_moment()
        self._about = about
        self._row: Import | None = None

    def note(self, changes: Sequence["Change"], wait: Callable[[], None] = lambda: None) -> None:
        """Record what was done to campaigns, each of them once. Waits for the database before it uses it."""
        rows = list(map(self._written, changes))
        wait()
        self._save()
        bulk.write_as_stored(ImportChange, _CHANGE, rows)

    def discard(self) -> None:
        """Forget the batch and all that it has recorded: it turned out to be one that stands already."""
        if self._row is not None:
            self._row.delete_instance()
            self._row = None

    def finish(self, counts: Mapping[str, int]) -> None:
        """Record the final counts."""
        self._save(counts)

    def _save(self, counts: Mapping[str, int] | None = None) -> None:
        """Insert the batch, with zero counts, before rows that refer to it. Update the counts once they are known."""
        if self._row is None:
            nothing = dict.fromkeys(("inserted", "updated", "unchanged", "removed"), 0)
            made = {"id": self.id, "imported_at": self.imported_at, "imported_by": _user()}
            self._row = Import(**self._about, **nothing, **made)
            self._row.save(force_insert=True)
        if counts is not None:
            Import.update(**counts).where(Import.id == self.id).execute()

    def _written(self, change: "Change") -> tuple[Any, ...]:
        days = change.days
        return (
            self.id,
            change.campaign_id,
            min(days, default=None),
            max(days, default=None),
            None if change.campaign is None else values.json_text(change.campaign),
            _encode(days),
            _encode(change.confirmed) if change.confirmed else None,
        )


@dataclass(frozen=True)
class Change:
    """What a batch did to one campaign."""

    campaign_id: str
    days: Mapping[str, Sequence[Any]]
    campaign: Mapping[str, Any] | None = None
    confirmed: Sequence[Sequence[str]] = ()
    """Spans of days that the batch found unchanged: the first and the last of each, in their order."""


def changes_of(batch_id: str) -> Iterator[list[Change]]:
    """What a batch did, a few campaigns at a time.

    In the order of the index, which has one row for each campaign of a batch: in that of their ids, all rows of the
    batch would be sorted anew each time.
    """
    last = ""
    while True:
        query: Any = ImportChange.select(ImportChange.campaign_id, ImportChange.days, ImportChange.campaign).where(
            ImportChange.batch == batch_id, ImportChange.campaign_id > last
        )
        rows = list(query.order_by(ImportChange.campaign_id).limit(_AT_ONCE).tuples())
        if not rows:
            return
        last = rows[-1][0]
        yield [Change(*row) for row in rows]


def later_than(batch: Import) -> Sequence[Import]:
    """The later batches that have not been undone, oldest first."""
    query: Any = Import.select().where(Import.imported_at > batch.imported_at, Import.status == ImportStatus.IMPORTED)
    return list(query.order_by(Import.imported_at))


def overlap(older: Import, newer: Import) -> bool:
    """Whether both batches changed the same day of a campaign, or the campaign itself."""
    other: Any = ImportChange.alias()
    query: Any = (
        ImportChange.select(ImportChange.days, ImportChange.campaign, other.days, other.campaign)
        .join(other, on=(ImportChange.campaign_id == other.campaign_id))
        .where(ImportChange.batch == older.id, other.batch == newer.id)
        .where(
            ((ImportChange.date_from <= other.date_to) & (ImportChange.date_to >= other.date_from))
            | (ImportChange.campaign.is_null(False) & other.campaign.is_null(False))
        )
    )
    return any(
        not days.keys().isdisjoint(others) or (_is_changed(campaign) and _is_changed(other_campaign))
        for days, campaign, others, other_campaign in query.tuples().iterator()
    )


def _is_changed(campaign: Mapping[str, Any] | None) -> bool:
    return "changed" in (campaign or {})


def creator(campaign_id: str) -> tuple[Import, str] | None:
    """The batch that created a campaign, and the campaign's `updatedAt` from then. None if no batch did."""
    query: Any = (
        ImportChange.select(ImportChange, Import)
        .join(Import)
        .where(ImportChange.campaign_id == campaign_id, ImportChange.campaign.is_null(False))
        .order_by(Import.imported_at.desc())
    )
    for change in query:
        if "created" in change.campaign:
            return change.batch, change.campaign["created"]
    return None


def changed(campaign_id: str) -> bool:
    """Whether an import has changed this campaign, which may be deleted by now."""
    require()
    return ImportChange.select(ImportChange.id).where(ImportChange.campaign_id == campaign_id).exists()


def of_day(campaign_id: str, day: str) -> Iterator[tuple[Import, Sequence[Any]]]:
    """Each batch that changed this day of this campaign, newest first, with the day before and after."""
    query: Any = (
        ImportChange.select(ImportChange, Import)
        .join(Import)
        .where(ImportChange.campaign_id == campaign_id, ImportChange.date_from <= day, ImportChange.date_to >= day)
        .order_by(Import.imported_at.desc())
    )
    for change in query:
        if day in change.days:
            yield change.batch, change.days[day]


def _next_moment() -> Any:
    """Now, or just after the newest batch if the clock has not advanced, so that batches sort by their times."""
    newest = Import.select(pw.fn.MAX(Import.imported_at)).scalar()
    moment = now()
    if newest is None:
        return moment
    return max(moment, values.instant(newest) + timedelta(milliseconds=1))


def _user() -> str | None:
    """The system's name for the user who imports."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return None
