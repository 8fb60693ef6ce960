"""The official figures: those of closed periods as they were when they were closed, and all others as they are."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from adops_cli.data.closes import entries
from adops_cli.data.closes.scope import Owner, Scope, owners, scope_of
from adops_cli.data.journal import ledger
from adops_cli.data.journal.as_of import Before, before_changes, tables_with
from adops_cli.data.journal.campaign_records import record_of
from adops_cli.storage.closes import Close
from adops_cli.storage.models import Campaign
from adops_cli.storage.stored_json import parsed_json


def closes(first: date | None, last: date | None, **of: str | None) -> Sequence[Close]:
    """The active closes with a day in a window and, if they are given, of a platform, an account or a project."""
    return entries.overlapping(Scope(first or date.min, last or date.max, **of))


def closed_days(batch_id: str) -> int:
    """How many closed days a batch has changed, so that undoing it changes them again."""
    scopes = entries.scopes()
    if not scopes:
        return 0
    known, count = owners(), 0
    for changes in ledger.changes_of(batch_id):
        for change in changes:
            of_campaign = [one for one in scopes if _is_in(one, known.get(change.campaign_id))]
            count += sum(any(str(one.first) <= day <= str(one.last) for one in of_campaign) for day in change.undone_by)
    return count


def tables_as_closed(first: date | None, last: date | None) -> AbstractContextManager[None]:
    """Let `metrics` and `campaigns` have the official figures within the block, for the days of a window."""
    return tables_with(lambda: _before(first, last), first, last)


def tables_of(entry: Close) -> AbstractContextManager[None]:
    """The same for what one close has, whether it is active or not."""
    return tables_with(lambda: of_close(entry, owners()), entry.date_from, entry.date_to)


def _before(first: date | None, last: date | None) -> Before:
    now, found = owners(), Before()
    for entry in closes(first, last):
        part = of_close(entry, now, first, last)
        found.days |= part.days
        found.deleted |= part.deleted
    return found


def of_close(entry: Close, now: Mapping[str, Owner], first: date | None = None, last: date | None = None) -> Before:
    """What the days of a close, within a window, were when it was made, as far as they have changed since."""
    asked = scope_of(entry)
    start, end = max(asked.first, first or date.min), min(asked.last, last or date.max)
    before = before_changes(entry.closed_at, start, end)
    kept: Mapping[str, Sequence[Any]] = entry.campaigns
    days = {key: row for key, row in before.days.items() if key[0] in kept or _is_in(asked, now.get(key[0]))}
    return Before(days, dict(_seen_otherwise(kept, now, before, asked.project)))


def _is_in(asked: Scope, owner: Owner | None) -> bool:
    return owner is not None and asked.has(owner)


def _seen_otherwise(
    kept: Mapping[str, Sequence[Any]], now: Mapping[str, Owner], before: Before, project: str | None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The records of campaigns that are gone, or not of the platform, account, currency or project of the close."""
    for id, (name, platform, account, currency) in kept.items():
        owner = now.get(id)
        if owner is not None and owner[1:4] == (platform, account, currency) and project in {None, owner.project_id}:
            continue
        record = dict(before.deleted.get(id) or record_of(id) or {"id": id, "name": name, "createdAt": None})
        metadata = _object(record.get("metadata")) | {"account": account, "currency": currency}
        written = Campaign.metadata.db_value({key: value for key, value in metadata.items() if value is not None})
        known = {} if project is None else {"projectId": project}
        yield id, record | {"platform": platform, "metadata": written} | known


def _object(metadata: Any) -> dict[str, Any]:
    try:
        found = parsed_json(metadata) if isinstance(metadata, str) else metadata
    except ValueError:
        return {}
    return dict(found) if isinstance(found, dict) else {}
