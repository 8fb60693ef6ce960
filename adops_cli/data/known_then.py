"""Which figures a report is about: those of now, those known at a moment or at an age, or the official ones.

Most reports are about now: what the others need is imported when one is asked for.
"""

from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any

from adops_cli.storage.handle import db


def tables(
    first: date | None, last: date | None, *, as_of: datetime | None, as_closed: bool, at_age: int | None = None
) -> AbstractContextManager[Any]:
    """Let `metrics` and `campaigns` have these figures within the block, as of one moment, for the days of a window."""
    if as_closed:
        from adops_cli.data.closes.official import tables_as_closed  # noqa: PLC0415 - see above

        return tables_as_closed(first, last)
    if at_age is not None and first is not None and last is not None:
        from adops_cli.data.journal.at_age import tables_at_age  # noqa: PLC0415 - see above

        return tables_at_age(at_age, first, last)
    if as_of is None:
        return db.snapshot()
    from adops_cli.data.journal.as_of import tables_as_of  # noqa: PLC0415 - see above

    return tables_as_of(as_of, first, last)
