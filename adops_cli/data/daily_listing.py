"""Lists daily figures some days at a time, so that ten million rows need no more memory than a few thousand."""

from collections.abc import Generator
from typing import Any

from adops_cli.data import metrics, reports
from adops_cli.data.metrics import AnyDay
from adops_cli.storage.handle import db
from adops_cli.storage.models import Metrics

_AT_ONCE = 2_000
"""Rows that are held, or those of a single day."""


def each(start_date: AnyDay | None = None, end_date: AnyDay | None = None, **of: Any) -> Generator[Metrics]:
    """The rows of `metrics.list`, newest first and as of one moment. No other order can be asked for.

    The database is read, as of that moment, for as long as the rows are taken: nobody should be waited for meanwhile.
    """
    with db.snapshot():
        days = reports.days(start_date, end_date, **of)
        last, span = len(days), 1
        while last:
            first = max(0, last - span)
            # Open at both ends, as a day that cannot be read is none of these days.
            since, until = days[first] if first else start_date, days[last - 1] if last < len(days) else end_date
            rows = metrics.list(start_date=since, end_date=until, **of)
            span = max(1, (last - first) * _AT_ONCE // max(1, len(rows)))
            last = first
            yield from rows
            del rows  # before the next ones are read
        if not days:
            yield from metrics.list(start_date=start_date, end_date=end_date, **of)
