"""Closes a period, and reopens one. Refuses to close what is incomplete or not final, unless it is told to."""

import warnings
from collections.abc import Sequence
from datetime import date
from typing import Any

from adops_cli import periods
from adops_cli.data import coverage, finality
from adops_cli.data.access import statements
from adops_cli.data.closes import entries, rows
from adops_cli.data.closes.rows import Rows
from adops_cli.data.closes.scope import Scope, owners, scope, scope_of
from adops_cli.data.closes.statement import Statement, find, statement_of
from adops_cli.data.journal import ledger
from adops_cli.data.runoff import Account
from adops_cli.errors import AdopsError, ConflictError, UnreadableRowWarning
from adops_cli.periods import Given
from adops_cli.settings import load
from adops_cli.storage.choices import BookEntry
from adops_cli.storage.closes import Close
from adops_cli.storage.handle import atomically, db
from adops_cli.storage.models import Campaign

_NAMED = 3
_COUNTING = frozenset({"missing_day", "partial", "stale"})
"""The gaps that keep a period open. That a campaign has stopped is only a suspicion."""


def close(
    period: Given,
    *,
    platform: str | None = None,
    account: str | None = None,
    project_id: str | None = None,
    anyway: bool = False,
) -> Statement:
    """Close a period: keep what its figures are now, with their sums and their hash.

    Args:
        period: a month such as 2026-10, or any other window in the words of `periods`.
        platform: only this platform.
        account: only this account.
        project_id: only this project.
        anyway: close it although days are missing or not final; the reasons are kept.

    Raises `AdopsError` if days are missing or not final, and `ConflictError` if a close has rows of it already.
    """
    db.require_ledger()
    return statement_of(_closed(scope(period, platform=platform, account=account, project_id=project_id), anyway))


@atomically
def _closed(asked: Scope, anyway: bool) -> Close:
    db.serialise_imports()
    _require_free(asked)
    known = owners()
    statements.lock(Campaign, [id for id, owner in known.items() if asked.has(owner)])
    found = rows.read(asked, known)
    gaps, unread = _gaps(asked)
    open_days = _open_days(asked, found)
    reasons = [*gaps, *unread, *([f"{_span(open_days)} not final"] if open_days else [])]
    if not found.totals:
        reasons.append("no figures")
    if reasons and not anyway:
        more = f", and {len(reasons) - _NAMED} more" if len(reasons) > _NAMED else ""
        raise AdopsError(
            f"{asked} cannot be closed: {'; '.join(reasons[:_NAMED])}{more}",
            "Import what is missing and wait for the rest, or close it all the same with --anyway",
        )
    return entries.append(
        kind=BookEntry.CLOSE.value,
        **_about(asked),
        totals=rows.by_currency(found.totals),
        campaigns={id: list(owner[:4]) for id, owner in found.campaigns.items()},
        reasons=reasons,
        days=len({day for *_, day in found.days}),
        gaps=len(gaps),
        open_days=len(open_days),
        hash=found.hash,
    )


def _about(asked: Scope) -> dict[str, Any]:
    return {
        "period": asked.period,
        "date_from": asked.first,
        "date_to": asked.last,
        "platform": asked.platform,
        "account": asked.account,
        "project": asked.project,
        "closed_at": ledger.next_moment(),
        "closed_by": ledger.user(),
    }


def _require_free(asked: Scope) -> None:
    for entry in entries.overlapping(asked):
        other = scope_of(entry)
        what = "is closed already" if other == asked else f"overlaps {other}, which is closed"
        raise ConflictError(f"{asked} {what}", f"Reopen that with `adops books reopen {other.period}` first")


def _gaps(asked: Scope) -> tuple[Sequence[str], Sequence[str]]:
    """What is missing, and what cannot be read, in words."""
    if asked.account is not None and not any(asked.has(owner) for owner in owners().values()):
        return [], []
    of: dict[str, Any] = {"platform": asked.platform, "account": asked.account, "project_id": asked.project}
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", UnreadableRowWarning)
        found = coverage.gaps(asked.first, asked.last, **of, max_age=0)  # the last day of the period is due, too
    unread = [str(one.message) for one in told if issubclass(one.category, UnreadableRowWarning)]
    return [gap.message for gap in found if gap.kind in _COUNTING], unread


def _open_days(asked: Scope, found: Rows) -> Sequence[str]:
    """The days that are not final for an account with rows, and those that are not over."""
    known = finality.read(load().final_after, platform=asked.platform)
    today = periods.today(db.timezone)
    days = {day for platform, account, day in found.days if known.open_until(Account(platform, account or ""), day)}
    return sorted({*days, *(str(day) for day in _days(asked) if day >= today)})


def _days(asked: Scope) -> Sequence[date]:
    return [date.fromordinal(day) for day in range(asked.first.toordinal(), asked.last.toordinal() + 1)]


def _span(days: Sequence[str]) -> str:
    if len(days) == 1:
        return f"{days[0]} is"
    return f"{len(days)} days from {days[0]} to {days[-1]} are"


@atomically
def reopen(
    period: Given, *, platform: str | None = None, account: str | None = None, project_id: str | None = None
) -> Statement:
    """Reopen a closed period. The close stays in the list, and the period can be closed again."""
    db.require_ledger()
    asked = scope(period, platform=platform, account=account, project_id=project_id)
    entry = find(asked)
    before = statement_of(entry)
    nothing: dict[str, Any] = {"totals": [], "campaigns": {}, "reasons": [], "days": 0, "gaps": 0, "open_days": 0}
    entries.append(kind=BookEntry.REOPEN.value, reopens=entry.id, **_about(asked), **nothing)
    return before
