"""Controls: what the days of each campaign were when the book began, as the number and a checksum of each month's days.

They show that figures which nobody has changed through adops are still those with which the book began, and cost a few
bytes a month instead of a copy of every day. A checksum is the sum of the checksums of its days modulo 2^64, so that
days can be taken off. Owns their form.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from math import isfinite
from typing import Any

import peewee as pw

from adops_cli.data import daily_rows
from adops_cli.data.access import bulk
from adops_cli.data.daily_rows import FIGURES_AT
from adops_cli.data.journal import moments
from adops_cli.data.journal.as_of import before_changes
from adops_cli.data.journal.ledger import Batch, StoredRow
from adops_cli.storage.choices import ImportKind
from adops_cli.storage.handle import db
from adops_cli.storage.models import Campaign, Import, ImportChange

Controls = dict[str, list[Any]]
"""Month -> [number of days, checksum in hexadecimal digits]."""
_AT_ONCE = 100
_MODULUS = 2**64
_COMPLETE = "complete"


def checksum(row: StoredRow) -> int:
    """That of a day and its five figures."""
    words = [str(row[2]), *(_word(value) for value in row[FIGURES_AT])]
    return int.from_bytes(hashlib.blake2b(",".join(words).encode(), digest_size=8).digest())


def _word(figure: Any) -> str:
    """The same for a number however an engine stores it. Other programs can store text, or no finite number."""
    return str(round(figure * 1_000_000)) if type(figure) in {int, float} and isfinite(figure) else repr(figure)


def of(rows: Iterable[StoredRow]) -> Controls:
    """The controls of these days of a campaign."""
    sums: dict[str, list[int]] = {}
    for row in rows:
        month = sums.setdefault(str(row[2])[:7], [0, 0])
        month[0] += 1
        month[1] = (month[1] + checksum(row)) % _MODULUS
    return {month: [count, f"{total:016x}"] for month, (count, total) in sums.items()}


def less(controls: Controls, rows: Iterable[StoredRow]) -> Controls:
    """The controls of the other days, without months that have none."""
    left = {month: [count, int(total, 16)] for month, (count, total) in controls.items()}
    for row in rows:
        month = left.setdefault(str(row[2])[:7], [0, 0])
        month[0] -= 1
        month[1] = (month[1] - checksum(row)) % _MODULUS
    return {month: [count, f"{total:016x}"] for month, (count, total) in left.items() if count or total}


def begin(moment: datetime | None = None, **about: Any) -> None:
    """Begin the book with the figures that there are, at this moment or now. `complete` has to follow."""
    batch = Batch({"kind": ImportKind.OPENING.value, **about})
    batch.imported_at = moment or batch.imported_at
    batch.finish({})


def is_complete() -> bool:
    """Whether all controls of the book's beginning are there."""
    began = moments.opening()
    return began is None or bool(began.options.get(_COMPLETE))


def complete(progress: Callable[[int], None] = lambda _count: None) -> None:
    """Write the controls that are missing, some campaigns at a time, so that others can write in between."""
    began = moments.opening()
    if began is None or is_complete():
        return
    for some in pw.chunked([id for (id,) in _todo(began).tuples()], _AT_ONCE):
        with db.atomic():
            _add(began, some)
        progress(len(some))
    Import.update(options={**began.options, _COMPLETE: True}).where(Import.id == began.id).execute()


def missing() -> int:
    """How many campaigns lack their controls."""
    began = moments.opening()
    return 0 if began is None or is_complete() else int(_todo(began).count())


def _todo(began: Import) -> Any:
    done: Any = ImportChange.select(ImportChange.campaign_id).where(
        ImportChange.batch == began.id, ImportChange.controls.is_null(False)
    )
    return Campaign.select(Campaign.id).where(Campaign.id.not_in(done)).order_by(Campaign.id)


def _add(began: Import, ids: Sequence[str]) -> None:
    daily_rows.lock(ids)
    changed = before_changes(began.imported_at, campaign_ids=ids).days
    rows: dict[str, list[StoredRow]] = {id: [] for id in ids}
    for row in daily_rows.stored(ids):
        if (row[1], row[2]) not in changed:
            rows[row[1]].append(row)
    for (id, _), before in changed.items():
        if before is not None:
            rows[id].append(before)
    columns = ("importId", "campaignId", "days", "controls")
    found = ((began.id, id, "{}", ImportChange.controls.db_value(of(rows[id]))) for id in ids)
    bulk.write_as_stored(ImportChange, columns, found, key=("importId", "campaignId"))
