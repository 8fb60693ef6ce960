"""What a close says, with what has changed since: for people, and for programs that check its hash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from adops_cli.data.closes import adjustments, entries, rows
from adops_cli.data.closes.scope import Owner, Scope, owners, scope, scope_of
from adops_cli.errors import NotFoundError
from adops_cli.periods import Given
from adops_cli.storage.choices import BookEntry
from adops_cli.storage.closes import Close
from adops_cli.storage.handle import db
from adops_cli.storage.rows import Record, Rows


@dataclass(frozen=True, repr=False)
class Statement(Record):
    """A closed period."""

    id: str
    period: str
    from_: date
    to: date
    platform: str | None
    account: str | None
    project: str | None
    closed_at: datetime
    closed_by: str | None
    totals: Sequence[Mapping[str, Any]]
    """By currency: the number of rows, and the sums of the five figures."""
    hash: str | None
    """SHA-256 over the rows, in hexadecimal digits: see `closes.rows`."""
    campaigns: int
    """How many have a row."""
    days: int
    """How many different days have one."""
    gaps: int
    open_days: int
    reasons: Sequence[str]
    """Why it could have been refused, if it was closed anyway."""
    adjustments: int
    """How many closed figures a later batch has changed."""
    adjusted: Sequence[Mapping[str, Any]]
    """By currency: by how much they have moved in all."""
    previous: str | None
    """The seal of the entry before."""
    seal: str
    reopened_at: datetime | None = None


def get(
    period: Given, *, platform: str | None = None, account: str | None = None, project_id: str | None = None
) -> Statement:
    """The close of exactly this period and scope. `NotFoundError` if there is none, or it was reopened."""
    db.require_ledger()
    with db.snapshot():
        return statement_of(find(scope(period, platform=platform, account=account, project_id=project_id)))


def list() -> Rows[Statement]:
    """Every close, newest first, including those that were reopened."""
    db.require_ledger()
    with db.snapshot():
        every, now = entries.every(), owners()
        reopened = {entry.reopens: entry.closed_at for entry in every if entry.kind == BookEntry.REOPEN}
        closed = [entry for entry in every if entry.kind == BookEntry.CLOSE]
        return Rows(statement_of(entry, now, reopened.get(entry.id)) for entry in reversed(closed))


def find(asked: Scope) -> Close:
    """The active close of this scope. `NotFoundError` if there is none."""
    found = entries.overlapping(asked)
    for entry in found:
        if scope_of(entry) == asked:
            return entry
    near = [str(scope_of(entry)) for entry in found]
    hint = f"Closed is {near[0]}" if near else "Use `adops books list` to see what is closed"
    raise NotFoundError(f"{asked} is not closed", hint)


def statement_of(
    entry: Close, now: Mapping[str, Owner] | None = None, reopened_at: datetime | None = None
) -> Statement:
    """What a close says."""
    count, sums = adjustments.adjusted(entry, owners() if now is None else now)
    return Statement(
        id=entry.id,
        period=entry.period,
        from_=entry.date_from,
        to=entry.date_to,
        platform=entry.platform,
        account=entry.account,
        project=entry.project,
        closed_at=entry.closed_at,
        closed_by=entry.closed_by,
        totals=[rows.in_units(one) for one in entry.totals],
        hash=entry.hash,
        campaigns=len(entry.campaigns),
        days=entry.days,
        gaps=entry.gaps,
        open_days=entry.open_days,
        reasons=entry.reasons,
        adjustments=count,
        adjusted=[rows.in_units(one) for one in sums],
        previous=entry.previous,
        seal=entry.seal,
        reopened_at=reopened_at,
    )
