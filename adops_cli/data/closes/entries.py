"""The list of closes and reopenings, each sealed with the seal of the one before. Owns the seal, and who is active."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from adops_cli.data.access import statements
from adops_cli.data.access.ids import new_id
from adops_cli.data.closes.scope import Scope, scope_of
from adops_cli.storage.choices import BookEntry
from adops_cli.storage.closes import Close
from adops_cli.storage.handle import db
from adops_cli.values import written_instant

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def every() -> Sequence[Close]:
    """All entries, oldest first. None in JSON mode."""
    query: Any = Close.select().order_by(Close.closed_at, Close.id)
    return list(query) if db.has_ledger else []


def active(entries: Iterable[Close] | None = None) -> Sequence[Close]:
    """The closes that have not been reopened, oldest first."""
    entries = every() if entries is None else list(entries)
    reopened = {entry.reopens for entry in entries if entry.kind == BookEntry.REOPEN}
    return [entry for entry in entries if entry.kind == BookEntry.CLOSE and entry.id not in reopened]


def scopes() -> Sequence[Scope]:
    """The scopes of the active closes, without reading what they keep."""
    if not db.has_ledger:
        return []
    return [scope_of(entry) for entry in _outlines()]


def overlapping(scope: Scope) -> Sequence[Close]:
    """The active closes that can have a row in common with a scope, oldest first."""
    ids = [entry.id for entry in _outlines() if scope_of(entry).overlaps(scope)] if db.has_ledger else []
    query: Any = Close.select().where(Close.id.in_(ids)).order_by(Close.closed_at, Close.id)
    return list(query) if ids else []


def _outlines() -> Sequence[Close]:
    """The active closes without what they keep, which is much."""
    columns = (Close.id, Close.kind, Close.reopens, Close.date_from, Close.date_to)
    query: Any = Close.select(*columns, Close.platform, Close.account, Close.project)
    return active(query)


def append(**fields: Any) -> Close:
    """Seal an entry and add it to the list."""
    before = every()
    entry = Close(id=new_id(Close.ID_PREFIX), previous=before[-1].seal if before else None, **fields)
    entry.seal = seal_of(entry)
    statements.insert(entry)
    return entry


def seal_of(entry: Close) -> str:
    """SHA-256 over everything that an entry says, in hexadecimal digits."""
    words = [
        entry.previous,
        entry.id,
        entry.kind,
        entry.period,
        str(entry.date_from),
        str(entry.date_to),
        entry.platform,
        entry.account,
        entry.project,
        written_instant(entry.closed_at),
        entry.closed_by,
        entry.totals,
        entry.campaigns,
        entry.reasons,
        entry.days,
        entry.gaps,
        entry.open_days,
        entry.hash,
        entry.reopens,
    ]
    return hashlib.sha256(_encode(words).encode()).hexdigest()
