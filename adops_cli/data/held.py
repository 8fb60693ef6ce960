"""Which days the database holds: for the answer to a window in which there is nothing."""

import warnings
from datetime import date, datetime

from adops_cli import periods
from adops_cli.data.access import crud
from adops_cli.errors import UnreadableRowWarning
from adops_cli.storage.handle import db
from adops_cli.storage.models import newest_of, table_named
from adops_cli.values import attribute


def days(table: str) -> tuple[date, date] | None:
    """The first and the last day with a row in a table, in the time zone of the bound database. None if it is empty.

    A row that cannot be read, or has no time, is passed over without a word.
    """
    model = table_named(table)
    name = attribute(newest_of(model).column_name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnreadableRowWarning)
        ends = [crud.select(model, {}, sort=sort, limit=1) for sort in (name, f"-{name}")]
    first, last = (getattr(row, name) for [row] in ends) if all(ends) else (None, None)
    return (_day(first), _day(last)) if first and last else None


def _day(moment: date) -> date:
    return periods.day_of(moment, db.timezone) if isinstance(moment, datetime) else moment
