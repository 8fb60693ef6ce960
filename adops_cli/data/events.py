"""Events: what happened, as seen by the event bus. Old processed events can be cleaned up."""

import functools
import itertools
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Unpack

import peewee as pw

from adops_cli.data import windows
from adops_cli.data.access import batch, crud, reading
from adops_cli.data.access.conditions import Condition, between
from adops_cli.data.inputs import EventFields
from adops_cli.errors import BadRequestError
from adops_cli.periods import Given
from adops_cli.storage import other_forms
from adops_cli.storage.chunks import IDS_PER_QUERY, as_stored, chunked_in
from adops_cli.storage.handle import atomically, db
from adops_cli.storage.models import Event
from adops_cli.storage.rows import Rows
from adops_cli.storage.table import now

__all__ = [
    "cleanup_old_events",
    "count_old",
    "create",
    "create_many",
    "cutoff",
    "delete",
    "delete_old",
    "find",
    "get",
    "get_by_type",
    "get_unprocessed",
    "list",
    "mark_all_processed",
    "mark_many_processed",
    "mark_processed",
    "tail",
]


BATCH_SIZE = 1_000
_OVERLAP = timedelta(minutes=5)
"""How late an event can be written and still be seen by `tail`."""
WRITER = batch.TableWriter(Event, lambda fields: crud.new_values(Event, fields), is_plain=True)
"""How to write many events."""


def create(**fields: Unpack[EventFields]) -> Event:
    """Create an event. Needs `type`. By default it is not processed."""
    return crud.create(Event, fields)


def create_many(rows: Iterable[Mapping[str, Any]]) -> Sequence[str]:
    """Create events, all or none. Return their ids, in the order of the rows.

    Each row is a mapping of the fields that `create` takes, in either spelling. Raises as `create` does, with the
    position of the row, from 1. Rows are read one at a time, so a generator can yield any number.
    """
    return batch.write_all(WRITER, rows).ids or []


def get(id: str) -> Event | None:
    """The event, or None."""
    return crud.get(Event, Event.id == id)


def find(id: str) -> Event:
    """The event. `NotFoundError` if there is none."""
    return crud.find(Event, id)


def list(
    *,
    type: str | None = None,
    source: str | None = None,
    execution_id: str | None = None,
    project_id: str | None = None,
    processed: bool | None = None,
    since: Any = None,
    until: Any = None,
    period: Given = None,
    sort: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Rows[Event]:
    """Events, newest first. A filter that is None is ignored.

    `since` and `until` are times, both inclusive, or days or words such as `7d`; `period` sets both.
    """
    filters = {"type": type, "source": source, "execution_id": execution_id, "project_id": project_id}
    conditions = between(Event.timestamp, *windows.moments(since, until, period))
    if processed is not None:
        is_wanted = Event.processed == True if processed else _UNPROCESSED  # noqa: E712 - an expression
        conditions.append(Condition("processed", is_wanted, lambda value: bool(value) is processed))
    return crud.select(Event, filters, conditions, sort=sort, newest="timestamp", limit=limit, offset=offset)


def get_unprocessed() -> Rows[Event]:
    """All events that are not processed, oldest first."""
    return list(processed=False, sort="timestamp")


def get_by_type(type: str) -> Rows[Event]:
    """All events of a type, newest first."""
    return list(type=type)


def mark_processed(id: str) -> Event:
    """Mark one event as processed."""
    return crud.update(Event, id, {"processed": True})


def mark_many_processed(ids: Iterable[str]) -> int:
    """Mark events as processed. Return how many exist, even if they were processed before. Unknown ids are ignored."""
    return _mark(dict.fromkeys(ids))


@atomically
def _mark(ids: Collection[str]) -> int:
    return sum(query.execute() for query in chunked_in(Event.update(processed=True), Event.id, ids))


@atomically
def mark_all_processed(ids: Sequence[str]) -> int:
    """The same, but with `NotFoundError` for an unknown id; then no event is marked."""
    for id in ids:
        find(id)
    return _mark(dict.fromkeys(ids))


def delete(id: str) -> dict[str, bool]:
    """Delete an event permanently."""
    return crud.delete(Event, id)


def cutoff(age: timedelta) -> datetime:
    """The time before which events are cleaned up."""
    if age < timedelta(0):
        raise BadRequestError("an age cannot be negative")
    try:
        return now() - age
    except OverflowError as error:
        raise BadRequestError("the age reaches back before the year 1", "Give a smaller age") from error


def count_old(before: datetime) -> int:
    """How many events `delete_old` would delete."""
    return int(Event.select().where(*_old(before)).count()) + len(_old_in_other_forms(before))


def cleanup_old_events(days: float, *, batch_size: int = BATCH_SIZE) -> int:
    """Delete processed events older than this many days of 24 hours. Return how many were deleted."""
    return delete_old(cutoff(timedelta(days=days)), batch_size=batch_size)


def delete_old(before: datetime, *, batch_size: int = BATCH_SIZE, progress: Callable[[int], None] | None = None) -> int:
    """Delete processed events older than a time, in whatever form it is written. Return how many were deleted.

    Each batch is a transaction of its own. After each, this function pauses for at least as long as it wrote, so that
    other processes that wait for the lock get it in between. `progress` is called with the size of each batch.
    """
    if batch_size < 1:
        raise BadRequestError(f"a batch must have 1 row or more, not {batch_size}")
    deleted = 0
    others: Iterable[Collection[str]] = pw.chunked(_old_in_other_forms(before), batch_size)
    works = itertools.chain(
        (functools.partial(_delete_in_other_forms, ids, before) for ids in others),
        (functools.partial(_delete, ids, before) for ids in _batches(before, batch_size)),
    )
    for work in works:
        began = time.monotonic()
        with db.atomic():
            count = work()
        deleted += count
        if progress:
            progress(count)
        time.sleep(_rest(time.monotonic() - began))
    return deleted


def tail(lines: int, *, type: str | None = None, wait: Callable[[], None] | None = None) -> Iterator[Event]:
    """The newest events, oldest first. With `wait`, which is called between two queries, new events follow for ever.

    Each query goes back a few minutes along the index on `timestamp` and `id`, so that an event that is written late is
    found, and reads the rows of those alone that were not there before. A file that was replaced is opened anew.
    """
    seen = _recent() if wait else set()
    newest = list(type=type, limit=lines) if lines else ()
    yield from reversed(newest)
    seen.update(event.id for event in newest)
    while wait:
        wait()
        if db.replaced():
            db.close()  # the next query opens the one that is there now
        recent = _recent()
        yield from _of_ids(recent - seen, type)
        seen = recent


def _recent() -> set[str]:
    """The ids of the events of the last minutes, from the index alone where every row is in our form."""
    first = now() - _OVERLAP
    query: Any = Event.select(Event.id).where(Event.timestamp >= first, *_in_our_form())
    others = reading.in_other_forms(Event, ("id", "timestamp"))
    ids = {id for (id,) in reading.raw_rows(query) if isinstance(id, str)}
    return ids | {row["id"] for row in others if row["timestamp"] and row["timestamp"] >= first}


def _of_ids(ids: Collection[str], type: str | None) -> Sequence[Event]:
    """These events, oldest first; of a type, if one is given."""
    found: Any = []
    for some in pw.chunked(sorted(ids), IDS_PER_QUERY):
        among = Condition("id", Event.id.in_([as_stored(id) for id in some]), frozenset(some).__contains__)
        found += crud.select(Event, {}, [among], sort="timestamp")
    found.sort(key=lambda event: (event.timestamp, event.id))
    return [event for event in found if type in (None, event.type)]


_UNPROCESSED = (Event.processed == False) | Event.processed.is_null()  # noqa: E712 - an expression


def _old(before: datetime) -> tuple[Any, ...]:
    """Processed and older than a time. COALESCE avoids the index on `processed`, which covers half of the table.

    Only for rows in our form: an epoch is less than any text, and would always be old.
    """
    old = Event.timestamp < before, pw.fn.COALESCE(Event.processed, False) == True  # noqa: E712 - an expression
    return (*old, *_in_our_form())


def _in_our_form() -> tuple[Any, ...]:
    others = None if db.keeps_types else other_forms.suspicious(Event)
    return () if others is None else (pw.SQL(f"{others.sql} IS NOT TRUE"),)


def _delete(ids: Collection[str], before: datetime) -> int:
    some_at_a_time = chunked_in(Event.delete().where(*_old(before)), Event.id, map(as_stored, ids))
    return sum(query.execute() for query in some_at_a_time)


def _old_in_other_forms(before: datetime, ids: Collection[str] | None = None) -> Sequence[str]:
    """The ids of those that only Python can compare. With `ids`, only some of these."""
    among = () if ids is None else (Event.id, ids)
    found = reading.in_other_forms(Event, ("id", "timestamp", "processed"), *among)
    return [row["id"] for row in found if row["processed"] and row["timestamp"] and row["timestamp"] < before]


def _delete_in_other_forms(ids: Collection[str], before: datetime) -> int:
    """Checks each again, because nobody else can change it within the transaction."""
    old = _old_in_other_forms(before, ids)
    return sum(query.execute() for query in chunked_in(Event.delete(), Event.id, map(as_stored, old)))


def _batches(before: datetime, size: int) -> Iterator[Sequence[str]]:
    """The ids of old processed events in the order of their times, read batch by batch.

    Follows the index on `timestamp` and `id` backwards, so that no row is read twice however many share a moment, and
    checks `processed` only here: without statistics, SQLite would use the index on `processed` and sort a million rows
    for every batch.
    """
    last: Sequence[Any] = ()
    while found := _next(before, last, size):
        last = found[-1]
        yield [id for id, _, processed in found if processed]


def _next(before: datetime, last: Sequence[Any], size: int) -> Sequence[Sequence[Any]]:
    """The next events older than a time, oldest first, after the last one: stored id, timestamp and processed.

    Of one moment, the largest id comes first. What is left of the last one's moment is asked for by itself, because
    neither engine can seek to a place in an index whose columns run in opposite directions.
    """
    query: Any = Event.select(Event.id, Event.timestamp, Event.processed).where(True, *_in_our_form())
    found: tuple[Sequence[Any], ...] = ()
    if last:
        id, moment = map(as_stored, last[:2])
        same = query.where(Event.timestamp == moment, Event.id < id)
        found += tuple(reading.raw_rows(same.order_by(Event.id.desc()).limit(size)))
        query = query.where(Event.timestamp > moment)
    if len(found) < size:
        later = query.where(Event.timestamp < before).order_by(Event.timestamp.asc(nulls="first"), Event.id.desc())
        found += tuple(reading.raw_rows(later.limit(size - len(found))))
    return found


def _rest(worked: float) -> float:
    """Seconds to pause after this many seconds of work. SQLite's waiting writers retry after at most 0.1 s."""
    return max(worked, 0.001)
