"""Imported export files, each a batch of the ledger: list, inspect and undo them, and see how they changed a day.

Importing itself is left to `importers.imports`, which has these functions, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from adops_cli.data import windows
from adops_cli.data.access import crud
from adops_cli.data.closes import entries
from adops_cli.data.journal import batches, ledger
from adops_cli.data.journal.explained import Unexplained, adopt, unexplained
from adops_cli.data.journal.prune import Pruned, foldable, folded
from adops_cli.data.journal.undo import Undone, undo
from adops_cli.errors import NotFoundError
from adops_cli.measures import FIGURES, FURTHER
from adops_cli.storage.choices import ImportKind
from adops_cli.storage.models import Campaign, Import, Metrics
from adops_cli.storage.rows import Record, Rows
from adops_cli.storage.stored_json import parsed_json
from adops_cli.storage.table import fields_of

__all__ = [
    "Pruned",
    "Restatement",
    "Undone",
    "Unexplained",
    "adopt",
    "find",
    "foldable",
    "get",
    "history",
    "last",
    "list",
    "prune",
    "undo",
    "unexplained",
]


@dataclass(frozen=True, repr=False)
class Restatement(Record):
    """How one batch changed one day of a campaign. The figures are None if the day did not exist."""

    import_id: str
    imported_at: datetime
    file: str
    status: str
    kind: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def get(id: str) -> Import | None:
    """The batch, or None."""
    ledger.require()
    return crud.get(Import, Import.id == id)


def find(id: str) -> Import:
    """The batch. `NotFoundError` if there is none."""
    ledger.require()
    return crud.find(Import, id)


def last() -> Import:
    """The newest batch that has not been undone. `NotFoundError` if there is none."""
    ledger.require()
    if (found := batches.last()) is None:
        raise NotFoundError("there is no import to undo", "Use `adops imports list` to see what was imported")
    return found


def list(
    *,
    platform: str | None = None,
    status: str | None = None,
    kind: str | None = ImportKind.IMPORT.value,
    sort: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Rows[Import]:
    """Batches, newest first, including those that were undone. A filter that is None is ignored.

    `kind` is that of imported files unless another is given; None means whatever has changed figures.
    """
    ledger.require()
    filters = {"platform": platform, "status": status, "kind": kind}
    return crud.select(Import, filters, sort=sort, newest="imported_at", limit=limit, offset=offset)


def history(campaign_id: str, day: date | str) -> Rows[Restatement]:
    """Each batch that inserted, changed or removed this day, newest first, including those that were undone.

    Raises `NotFoundError` for a campaign that does not exist and was never imported.
    """
    ledger.require()
    written = windows.day(day).isoformat()
    found = Rows(_restatement(batch, *kept) for batch, kept in batches.of_day(campaign_id, written))
    if not found:
        crud.find(Campaign, campaign_id)
    return found


def prune(older_than: datetime) -> Pruned:
    """Forget the batches before this time. They can no longer be undone, and nothing before can be asked for.

    Raises `ConflictError` if a closed period needs what was known then.
    """
    closes = entries.active()
    return folded(older_than, needed=min((entry.closed_at for entry in closes), default=None))


def _restatement(batch: Import, before: Sequence[Any] | None, after: Sequence[Any] | None) -> Restatement:
    was = None if before is None else ledger.after(ledger.row_of(before, "", ""))
    return Restatement(
        batch.id, batch.imported_at, batch.file, batch.status, batch.kind, _figures(was), _figures(after)
    )


def _figures(kept: Sequence[Any] | None) -> dict[str, Any] | None:
    """The five figures of a day, and the further ones that it has."""
    if kept is None:
        return None
    fields = fields_of(Metrics)
    figures = {name: fields[name].python_value(value) for name, value in zip(FIGURES, kept, strict=False)}
    return figures | _further(kept[len(FIGURES)])


def _further(metadata: Any) -> dict[str, Any]:
    try:
        known = parsed_json(metadata) if isinstance(metadata, str) else metadata
    except ValueError:
        return {}
    return {name: known[name] for name in FURTHER if name in known} if isinstance(known, dict) else {}
