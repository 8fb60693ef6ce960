"""Events: the operations, marking, cleanup while other processes write, and following."""

import sqlite3
import threading
import time
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from adops_cli.data import events, executions
from adops_cli.data.access import bulk
from adops_cli.errors import BadRequestError, ConflictError, NotFoundError
from adops_cli.storage.engines.base import Engine
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.models import Event
from adops_cli.storage.table import now
from tests.plans import asked_by, plans_of

pytestmark = pytest.mark.usefixtures("bound")


def make(**fields: Any) -> Event:
    return events.create(**{"type": "workflow.completed", **fields})


def test_an_event_reads_back_as_it_was_given() -> None:
    run = executions.create(workflow_id="w")
    made = make(source="executor", payload={"duration": 4500, "text": "[bold]é"}, execution_id=run.id)

    read = events.find(made.id)

    assert (read.payload, read.execution_id, read.processed) == ({"duration": 4500, "text": "[bold]é"}, run.id, False)
    assert read.timestamp == made.timestamp
    assert events.get("evt-none") is None


def test_a_log_outlives_what_it_logged() -> None:
    run = executions.create(workflow_id="w")
    made = make(execution_id=run.id)

    executions.delete(run.id)

    assert events.find(made.id).execution_id is None


def test_a_run_that_is_not_there_is_a_conflict() -> None:
    with pytest.raises(ConflictError, match="execution_id refers to an unknown execution: 'exec-none'"):
        make(execution_id="exec-none")


def test_the_unprocessed_come_oldest_first() -> None:
    for day in (2, 1, 3):
        make(id=f"e{day}", timestamp=f"2026-02-0{day}T00:00:00Z", processed=None if day == 1 else day == 3)

    assert [row.id for row in events.get_unprocessed()] == ["e1", "e2"]
    assert [row.id for row in events.list(processed=True)] == ["e3"]
    assert [row.id for row in events.get_by_type("workflow.completed")] == ["e3", "e2", "e1"]
    assert [row.id for row in events.list(since="2026-02-02T00:00:00Z", until="2026-02-02T00:00:00Z")] == ["e2"]


def test_delete_is_for_good() -> None:
    made = make()

    assert events.delete(made.id) == {"success": True}
    assert events.delete(made.id) == {"success": False}


def test_marking_many_says_how_many_there_were() -> None:
    ids = [make().id for _ in range(3)]

    assert events.mark_many_processed([*ids[:2], ids[0], "evt-none"]) == 2
    assert events.mark_processed(ids[2]).processed is True
    assert events.get_unprocessed() == []
    assert events.mark_many_processed([]) == 0


def test_marking_more_than_a_statement_holds() -> None:
    bulk.insert(Event, ({"id": f"e{place:05}", "type": "t"} for place in range(1_201)))

    assert events.mark_many_processed(f"e{place:05}" for place in range(1_201)) == 1_201


def test_marking_all_marks_none_when_one_is_unknown() -> None:
    made = make()

    with pytest.raises(NotFoundError):
        events.mark_all_processed([made.id, "evt-none"])

    assert events.get_unprocessed() == [made]


def old_and_new() -> None:
    bulk.insert(
        Event,
        (
            {
                "id": f"e{place:03}",
                "type": "t",
                "processed": place % 2 == 0,
                "timestamp": now() - timedelta(days=place % 60, minutes=1),
            }
            for place in range(240)
        ),
    )


def test_cleanup_deletes_what_is_processed_and_old_and_nothing_else() -> None:
    old_and_new()
    before = events.cutoff(timedelta(days=30))
    wanted = {row.id for row in events.list() if row.processed and row.timestamp and row.timestamp < before}
    assert events.count_old(before) == len(wanted) > 50

    sizes: list[int] = []
    assert events.delete_old(before, batch_size=7, progress=sizes.append) == len(wanted)

    assert max(sizes) <= 7
    assert len(events.list()) == 240 - len(wanted)
    assert events.count_old(before) == 0
    assert events.cleanup_old_events(30) == 0


@pytest.mark.usefixtures("db_file")
def test_cleanup_never_reads_along_the_index_on_processed(bound: Sqlite) -> None:
    """That index covers half of the table. Without statistics, SQLite would use it for every batch."""
    old_and_new()
    asked = asked_by(bound, lambda: events.count_old(events.cutoff(timedelta(days=30))))
    asked += asked_by(bound, lambda: events.cleanup_old_events(30, batch_size=50), "FROM")

    plans = plans_of(bound, asked)
    assert len(plans) > 3
    assert not [plan for plan in plans if "event_processed" in plan or "SCAN" in plan.replace("SCAN t1 USING", "")]


def test_many_events_of_one_moment_are_cleaned_up_too() -> None:
    moment = now() - timedelta(days=40)
    bulk.insert(Event, ({"id": f"e{n:03}", "type": "t", "processed": True, "timestamp": moment} for n in range(100)))

    assert events.cleanup_old_events(30, batch_size=9) == 100


@pytest.mark.usefixtures("no_json_mode")
def test_each_step_of_a_clean_up_reads_its_own_rows_alone_however_many_share_a_moment(bound: Engine) -> None:
    moment = now() - timedelta(days=40)
    bulk.insert(
        Event, ({"id": f"e{n:05}", "type": "t", "processed": n % 2 == 0, "timestamp": moment} for n in range(3_000))
    )
    if not bound.in_a_file:
        bound.execute_sql("ANALYZE events")  # as the server does by itself
    plans = plans_of(bound, asked_by(bound, lambda: events.cleanup_old_events(30, batch_size=100), "ORDER BY"))

    assert len(plans) > 30
    # Sorting, or skipping what was read before, would read the whole moment each time.
    assert not [plan for plan in plans if "TEMP B-TREE" in plan or "Sort" in plan or "Seq Scan" in plan]
    assert not bound.in_a_file or not [plan for plan in plans if "event_timestamp_id" not in plan]
    assert Event.select().count() == 1_500


@pytest.mark.usefixtures("no_json_mode")
def test_the_newest_events_are_read_in_the_order_of_their_index(bound: Engine) -> None:
    moment = now()
    bulk.insert(Event, ({"id": f"e{n:05}", "type": "t", "timestamp": moment} for n in range(3_000)))
    found: list[Event] = []
    [plan] = plans_of(bound, asked_by(bound, lambda: found.extend(events.list(limit=50)), "ORDER BY"))

    assert [row.id for row in found] == [f"e{n:05}" for n in range(50)]
    assert "event_timestamp_id" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


def test_other_writers_get_in_between_two_batches(db_file: Path) -> None:
    old_and_new()
    written = 0
    ended = threading.Event()

    def writer() -> None:
        nonlocal written
        connection = sqlite3.connect(db_file, isolation_level=None, timeout=5)
        while not ended.is_set():
            connection.execute("INSERT INTO events (id, type, processed) VALUES (?, 't', 0)", (f"w{written}",))
            written += 1
            time.sleep(0.001)
        connection.close()

    thread = threading.Thread(target=writer)
    thread.start()
    try:
        events.cleanup_old_events(30, batch_size=2)
    finally:
        ended.set()
        thread.join()

    assert written > 10
    assert Event.select().where(Event.id.startswith("w")).count() == written


@pytest.mark.parametrize("days", [-1, 10**9])
def test_an_age_that_makes_no_sense_is_refused(days: int) -> None:
    with pytest.raises((BadRequestError, OverflowError)):
        events.cleanup_old_events(days)


def test_tail_prints_the_newest_and_then_what_comes() -> None:
    for day in (1, 2, 3):
        make(id=f"e{day}", timestamp=f"2026-02-0{day}T00:00:00Z")

    def something_comes() -> None:
        make(id=f"new-{len(events.list())}")

    found = islice(events.tail(2, wait=something_comes), 4)

    assert [row.id for row in found] == ["e2", "e3", "new-3", "new-4"]


def test_tail_sees_an_event_that_is_written_late() -> None:
    turns = iter(range(3))

    def one_comes_late() -> None:
        turn = next(turns)
        make(id=f"new-{turn}", timestamp=now() - timedelta(seconds=60 * turn))

    assert [row.id for row in islice(events.tail(0, wait=one_comes_late), 3)] == ["new-0", "new-1", "new-2"]
