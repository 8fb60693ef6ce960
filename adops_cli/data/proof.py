"""What stands behind figures that leave the book: the window, when it was known, open days, closes, and the batches.

A batch is behind figures if it has not been undone and has set or confirmed one of their days. An undo is not: what it
has brought back comes from a batch before. Adds up no figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import peewee as pw

from adops_cli.data import finality, held, open_days
from adops_cli.data.closes.told import Told, told
from adops_cli.data.open_days import Marks
from adops_cli.data.report_scope import Scope
from adops_cli.data.report_scope import scope as scope_of
from adops_cli.storage.choices import ImportKind, ImportStatus
from adops_cli.storage.handle import current, db
from adops_cli.storage.models import Campaign, Import, ImportChange


@dataclass(frozen=True)
class Proof:
    """What stands behind the figures of some days and campaigns."""

    database: str
    """A path, or a URL without its password."""
    made: datetime
    first: date | None
    """The window; None is as far as there are days."""
    last: date | None
    held: tuple[date, date] | None
    """The first and the last day in the book now, of whatever campaign; None if it has none."""
    as_of: datetime | None
    """When the figures were known; None means when this was made."""
    as_closed: bool
    openness: Marks
    closes: Sequence[Told]
    """The closes with a day in the window, with what has changed since."""
    batches: Sequence[Import]
    """What has set or confirmed the figures, oldest first: each with its file and SHA-256."""


def proof(
    start_date: date | str | None = None,
    end_date: date | str | None = None,
    *,
    final_after: int = finality.FINAL_AFTER,
    **of: Any,
) -> Proof:
    """What stands behind the figures of these days and campaigns, which are asked for as in a report."""
    asked = scope_of(start_date, end_date, **of)
    closes = told(asked.first, asked.last, platform=asked.platform, project=asked.project_id)
    return Proof(
        database=current().name,
        made=datetime.now(UTC),
        first=asked.first,
        last=asked.last,
        held=held.days("metrics"),
        as_of=asked.as_of,
        as_closed=asked.as_closed,
        openness=open_days.marks(start_date=asked.first, end_date=asked.last, final_after=final_after, **of),
        closes=closes if asked.as_of is None else (),
        batches=_batches(asked) if db.has_ledger else (),
    )


def _batches(asked: Scope) -> Sequence[Import]:
    """The batches behind the figures, oldest first, without what they have told of campaigns."""
    # A batch that only confirms days of a campaign has none that it changed; those of its file have to do.
    first, last = (pw.fn.COALESCE(getattr(ImportChange, end), getattr(Import, end)) for end in ("date_from", "date_to"))
    wanted: list[Any] = [ImportChange.batch == Import.id]
    wanted += [] if asked.last is None else [first <= db.stored_day(asked.last)]
    wanted += [] if asked.first is None else [last >= db.stored_day(asked.first)]
    if asked.of_campaigns:
        chosen: Any = Campaign.select(Campaign.id).where(*asked.of_campaigns)
        wanted.append(ImportChange.campaign_id.in_(chosen))
    touched: Any = ImportChange.select(pw.SQL("1")).where(*wanted)
    query: Any = Import.select(
        Import.id,
        Import.kind,
        Import.file,
        Import.sha256,
        Import.platform,
        Import.account,
        Import.date_from,
        Import.date_to,
        Import.imported_at,
    ).where(Import.status == ImportStatus.IMPORTED, Import.kind != ImportKind.UNDO, pw.fn.EXISTS(touched))
    if asked.as_of is not None:
        query = query.where(Import.imported_at <= asked.as_of)
    return list(query.order_by(Import.imported_at))
