"""What was found before: since when, when it was told, whether somebody has acknowledged it.

A finding that was told stays quiet until it changes: its severity is another, or what is at stake has doubled. One that
was acknowledged stays quiet for as long as it lasts. Judges no figures.
"""

import builtins
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from adops_cli.data.access import crud
from adops_cli.data.alerts.finding import Finding, topic
from adops_cli.errors import BadRequestError
from adops_cli.storage.chunks import chunked_in
from adops_cli.storage.handle import atomically, db
from adops_cli.storage.rows import Record, Rows
from adops_cli.storage.table import columns_of, fields_of, now
from adops_cli.storage.told import Finding as Stored

CHANGED = 2
"""A finding has changed when so many times the money is at stake as when it was told."""
_MONEYS = ("value", "expected", "at_stake")
_OWN = ("id", "rule", "scope", "figure", "since", "first_seen", "last_seen", "told", "acknowledged", "ended")


@dataclass(frozen=True, repr=False)
class Known(Record):
    """A finding of an earlier run."""

    id: str
    state: str
    """`open`, `acknowledged` or `ended`."""
    rule: str
    severity: str
    scope: str
    platform: str | None
    campaign_id: str | None
    name: str | None
    currency: str | None
    figure: str | None
    from_: date
    to: date
    value: Decimal | None
    expected: Decimal | None
    at_stake: Decimal | None
    since: date
    first_seen: datetime
    last_seen: datetime
    told: datetime | None
    acknowledged: datetime | None
    ended: datetime | None
    message: str
    numbers: Mapping[str, Any]


def placed(found: Iterable[Finding]) -> tuple[Sequence[Finding], Collection[str]]:
    """The findings with their start, id and history, the worst first; and the ids of those that are to be quiet."""
    lasting = [*_stored(Stored.select(*_HISTORY).where(Stored.ended.is_null()).order_by(Stored.last_seen))]
    starts = {topic(one.rule, one.figure, one.scope): one.since for one in lasting}
    rows = [one.of(one.since if one.exact else starts.get(one.topic, one.since)) for one in found]
    before, quiet = {one.id: one for one in lasting}, set[str]()
    ended = {one.id for one in rows} - before.keys()
    for some in chunked_in(Stored.select(*_HISTORY), Stored.id, sorted(ended)):
        before |= {one.id: one for one in _stored(some)}
    for place, one in enumerate(rows):
        known = before.get(one.id)
        if known is not None:
            seen = {name: getattr(known, name) for name in ("first_seen", "told", "acknowledged")}
            rows[place] = replace(one, **seen)
            if known.acknowledged or (known.told and not _has_changed(one, known.told_as)):
                quiet.add(one.id)
    return sorted(rows, key=lambda one: one.place), quiet


class _History(NamedTuple):
    id: str
    rule: str
    scope: str
    figure: str | None
    since: date
    first_seen: datetime
    told: datetime | None
    told_as: Any
    acknowledged: datetime | None


_HISTORY = [fields_of(Stored)[name] for name in _History.__annotations__]


def _stored(query: Any) -> Iterator[_History]:
    return (_History(*row) for row in query.tuples().iterator())


def _has_changed(finding: Finding, told_as: Any) -> bool:
    severity, at_stake = told_as or (None, None)
    if severity != finding.severity:
        return True
    before = None if at_stake is None else Decimal(at_stake)
    return bool(before and finding.at_stake and finding.at_stake >= CHANGED * before)


@atomically
def keep(found: Sequence[Finding], told: Collection[str], rules: Collection[str], moment: datetime) -> None:
    """Remember what was found and what of it was told, and that other findings of these rules have ended."""
    ids = {one.id for one in found}
    lasting: Any = Stored.select(Stored.id, Stored.rule).where(Stored.ended.is_null()).tuples()
    over = [id for id, rule in lasting if id not in ids and rule in rules]
    for some in chunked_in(Stored.update(ended=moment), Stored.id, over):
        some.execute()
    _load([one for one in found if one.id in told], moment, moment, _TOLD)
    _load([one for one in found if one.id not in told], None, moment, _SEEN)


def _load(found: Sequence[Finding], told: datetime | None, moment: datetime, again: Sequence[str]) -> None:
    """Store findings; of those that are stored, only some columns."""
    columns = columns_of(Stored)
    rows = (
        [field.db_value(value) for field, value in zip(columns.values(), _row(one, told, moment), strict=True)]
        for one in found
    )
    listed = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in again)
    conflict = f'ON CONFLICT ("id") DO UPDATE SET {listed}'
    db.load_rows(Stored._meta.table_name, [*columns], rows, conflict=conflict, numbered=False)


def _row(one: Finding, told: datetime | None, moment: datetime) -> Sequence[Any]:
    """The values of a new row, in the order of its columns."""
    at_stake = None if one.at_stake is None else f"{one.at_stake:f}"
    told_as = None if told is None else [one.severity, at_stake]
    key = one.id, one.rule, one.scope, one.figure, one.since
    return *key, moment, moment, told, told_as, None, None, _written(one)


_SEEN = ("lastSeen", "ended", "finding")
_TOLD = (*_SEEN, "told", "toldAs")
"""What changes of a finding that is found again, and of one that is told."""


def _written(one: Finding) -> dict[str, Any]:
    left = ("id", "rule", "scope", "figure", "since", "first_seen", "told", "acknowledged", "exact")
    return {name: _plain(value) for name, value in one.to_dict().items() if name not in left}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, builtins.list | tuple) else value


def list() -> Rows[Known]:
    """The findings of all runs, those that are open first, then the newest."""
    db.require_ledger()
    rows = crud.select(Stored, {}, sort="-last_seen")
    return Rows(sorted(map(_known, rows), key=lambda one: one.ended is not None))


def get(id: str) -> Known:
    """One finding. `NotFoundError` with similar ids."""
    db.require_ledger()
    return _known(crud.find(Stored, id))


def ack(ids: Sequence[str]) -> Rows[Known]:
    """Acknowledge findings: they stay quiet for as long as they last."""
    db.require_ledger()
    if not ids:
        raise BadRequestError("no finding is named", "`adops alerts list` shows their ids")
    return _acknowledged(ids)


@atomically
def _acknowledged(ids: Sequence[str]) -> Rows[Known]:
    rows = [crud.find(Stored, id) for id in dict.fromkeys(ids)]
    for row in rows:
        row.acknowledged = row.acknowledged or now()
        row.save()
    return Rows(map(_known, rows))


def _known(row: Stored) -> Known:
    kept: dict[str, Any] = dict(row.finding)
    kept |= {name: date.fromisoformat(kept[name]) for name in ("from_", "to")}
    kept |= {name: Decimal(kept[name]) for name in _MONEYS if kept[name] is not None}
    kept |= {name: getattr(row, name) for name in _OWN}
    return Known(state="ended" if row.ended else "acknowledged" if row.acknowledged else "open", **kept)
