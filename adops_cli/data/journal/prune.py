"""Folds old batches into a new beginning of the book, so that the journal does not grow for ever."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee as pw

from adops_cli.data.journal import attributes, controls, moments
from adops_cli.errors import ConflictError
from adops_cli.storage.handle import atomically, db
from adops_cli.storage.models import Import
from adops_cli.storage.rows import Record
from adops_cli.values import written_instant


@dataclass(frozen=True, repr=False)
class Pruned(Record):
    """What was folded, or would be."""

    batches: int
    begins: datetime | None
    """Since when the book tells what was known."""


def foldable(older_than: datetime) -> Pruned:
    """How many batches are older, and when the book would begin."""
    db.require_ledger()
    older: Any = Import.select(pw.fn.COUNT(Import.id), pw.fn.MAX(Import.imported_at)).where(
        Import.imported_at < older_than
    )
    count, newest = older.tuples().get()
    began = moments.opening()
    if began is not None and count == 1 and began.imported_at < older_than:
        count = 0  # that is how the book begins already
    begins = Import.imported_at.python_value(newest) if count else began.imported_at if began else None
    return Pruned(count, begins)


def folded(older_than: datetime, *, needed: datetime | None = None) -> Pruned:
    """Fold the batches before this time. `ConflictError` if what was known at the time `needed` would be lost."""
    done = _folded(older_than, needed)
    controls.complete()
    return done


@atomically
def _folded(older_than: datetime, needed: datetime | None) -> Pruned:
    db.serialise_imports()
    found = foldable(older_than)
    if not found.batches or found.begins is None:
        return found
    if needed is not None and needed < found.begins:
        raise ConflictError(
            f"a close of {written_instant(needed)} needs what was known then",
            "Give --older-than an age that leaves it, or reopen that period",
        )
    left = attributes.left_until(found.begins)
    Import.delete().where(Import.imported_at <= found.begins).execute()
    controls.begin(found.begins)
    if (began := moments.opening()) is not None:
        attributes.keep(began, left)
    return found
