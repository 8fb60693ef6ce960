"""The daily figures at one age: each day as it was known at the end of so many days after it.

So two windows can be compared of which the later one is still open: both are as incomplete as the later one.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import peewee as pw

from adops_cli import periods, values
from adops_cli.data.journal import moments
from adops_cli.data.journal.as_of import Before, Key, before_changes, tables_with
from adops_cli.data.journal.ledger import StoredRow
from adops_cli.errors import BadRequestError
from adops_cli.storage.choices import ImportKind, ImportStatus
from adops_cli.storage.handle import db
from adops_cli.storage.models import Import
from adops_cli.values import written_instant

_AT_ONCE = 500


def age_of(day: date, *, platform: str | None = None) -> int:
    """How many days after a day its newest import was. `BadRequestError` if no import has known it."""
    db.require_ledger()
    chosen: list[Any] = [Import.kind == ImportKind.IMPORT, Import.status == ImportStatus.IMPORTED]
    chosen += [Import.date_from <= day, Import.date_to >= day]
    chosen += [] if platform is None else [Import.platform.matches(platform)]
    newest = Import.select(pw.fn.MAX(Import.imported_at)).where(*chosen).scalar()
    if newest is None:
        raise BadRequestError(f"no import has {day}, so its age is unknown", "Compare as it is known now")
    return max(0, (periods.day_of(values.instant(newest), db.timezone) - day).days)


def rows_at_age(
    campaign_ids: Sequence[str], first: date, last: date, age_of: Callable[[date], int]
) -> Mapping[Key, StoredRow | None]:
    """What days of these campaigns, each at an age of its own, were known to be, if that is not what they are now.

    None for a day that was not known then, or that was of its age before the book begins.
    """
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    ends = {str(day): _end_of(day + timedelta(age_of(day))) for day in days}
    began = moments.opening()
    unknown = [] if began is None else [day for day, end in ends.items() if end < began.imported_at]
    found: dict[Key, StoredRow | None] = {}
    for some in pw.chunked(campaign_ids if len(unknown) < len(days) else (), _AT_ONCE):
        found |= before_changes(min(ends.values()), first, last, campaign_ids=some, until=ends.__getitem__).days
    return found | {(id, day): None for id in campaign_ids for day in unknown}


def tables_at_age(age: int, first: date, last: date) -> AbstractContextManager[None]:
    """Let `metrics` and `campaigns` be those of this age within the block, for the days of a window.

    `BadRequestError` if the book begins after the first day was of this age.
    """
    began, start = moments.opening(), _end_of(first + timedelta(age))
    if began is not None and start < began.imported_at:
        raise BadRequestError(
            f"{first} was of age {age} before the book begins on {written_instant(began.imported_at)}",
            "What was known before was not recorded; compare later days, or without the same age",
        )
    return tables_with(lambda: _before(age, first, last), first, last)


def _before(age: int, first: date, last: date) -> Before:
    @cache
    def known(day: str) -> datetime:
        return _end_of(date.fromisoformat(day) + timedelta(age))

    return before_changes(known(str(first)), first, last, until=known)


def _end_of(day: date) -> datetime:
    _, end = periods.moments(until=day, timezone=db.timezone)
    return end or datetime.now(UTC)
