"""Moments in the life of the book, by a day, a time or a batch, and when it begins."""

import re
from datetime import date, datetime
from typing import Any

from adops_cli import periods, values
from adops_cli.data.access import crud
from adops_cli.errors import BadRequestError, option
from adops_cli.storage.choices import ImportKind
from adops_cli.storage.handle import db
from adops_cli.storage.models import Import
from adops_cli.values import written_instant

Given = date | datetime | str
"""A day, which means its end in the book's time zone, a time, or the id of a batch, which means right after it."""
_BATCH = re.compile(rf"{Import.ID_PREFIX}-", re.ASCII)


def moment(given: Given, *, called: str = "as_of") -> datetime:
    """The moment that is meant. `BadRequestError` for one before the journal is complete, or that is none."""
    db.require_ledger()
    is_batch = isinstance(given, str) and _BATCH.match(given.strip())
    found = crud.find(Import, str(given).strip()).imported_at if is_batch else _read(given, called)
    began = opening()
    if began is not None and found < began.imported_at:
        then, start = written_instant(found), written_instant(began.imported_at)
        raise BadRequestError(
            f"{option(called)} is {then}, but the book begins on {start}",
            "What was known before was not recorded; give a later time",
        )
    return found


def chosen(as_of: Given | None, *, as_closed: bool) -> datetime | None:
    """The moment that is meant; None means now. `BadRequestError` together with `as_closed`."""
    if as_closed:
        db.require_ledger()
        if as_of is not None:
            raise BadRequestError(
                f"{option('as_of')} and {option('as_closed')} ask for different figures", "Leave out one of them"
            )
    return None if as_of is None else moment(as_of)


def opening() -> Import | None:
    """The batch with which the book begins. None if it began empty."""
    query: Any = Import.select().where(Import.kind == ImportKind.OPENING)
    return next(iter(query.order_by(Import.imported_at.desc()).limit(1)), None)


def _read(given: Given, called: str) -> datetime:
    _, last = periods.moments(None, given, None, timezone=db.timezone, called=option(called))
    if last is None:
        raise BadRequestError(f"{option(called)} is empty", "Give a day, a time, or the id of a batch")
    return values.instant(last)
