"""Which figures a report is about: those of now, those that were known at a moment, or the official ones."""

from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any

from adops_cli.data.closes.official import tables_as_closed
from adops_cli.data.journal.as_of import tables_as_of
from adops_cli.storage.handle import db


def tables(
    first: date | None, last: date | None, *, as_of: datetime | None, as_closed: bool
) -> AbstractContextManager[Any]:
    """Let `metrics` and `campaigns` have these figures within the block, as of one moment, for the days of a window."""
    if as_closed:
        return tables_as_closed(first, last)
    return db.snapshot() if as_of is None else tables_as_of(as_of, first, last)
