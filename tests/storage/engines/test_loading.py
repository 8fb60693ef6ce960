"""Many rows are loaded while the caller makes the next ones, on both engines, and all or none of them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from adops_cli import database
from adops_cli.data import campaigns, daily_rows, imports, metrics
from adops_cli.database import db
from adops_cli.errors import ConflictError
from adops_cli.storage.models import Metrics
from tests.importers.metrics.fake_export import counts, put


def days(campaign: str, first: int, last: int) -> Iterator[list[Any]]:
    for number in range(first, last):
        day = f"{2000 + number // 336}-{number // 28 % 12 + 1:02d}-{number % 28 + 1:02d}"
        yield [campaign, day, number, None, *[None] * 8, "2026-02-10T08:00:00.000Z"]


@pytest.mark.usefixtures("bound")
def test_rows_are_written_in_their_order_however_they_are_added() -> None:
    campaigns.create(id="a", name="A", platform="ttd")

    with db.atomic(), daily_rows.writing() as loading:
        for first, last in ((0, 1), (1, 2500), (2500, 2500), (2500, 9000)):
            loading.add(days("a", first, last))
            loading.wait()
        loading.add(days("a", 0, 10))  # these have a key already

    assert [row.impressions for row in metrics.list(sort="id")] == [*range(9000)]


@pytest.mark.usefixtures("bound")
def test_new_rows_and_those_whose_keys_can_be_taken_are_written_side_by_side() -> None:
    campaigns.create(id="a", name="A", platform="ttd")

    with db.atomic(), daily_rows.writing() as loading:
        loading.add((), new=days("a", 0, 2500))
        loading.add(([*row[:2], 7, *row[3:]] for row in days("a", 0, 2100)), new=days("a", 2500, 4600))

    assert [row.impressions for row in metrics.list(sort="date")] == [*[7] * 2100, *range(2100, 4600)]


def test_a_day_that_another_program_stores_meanwhile_is_restated(postgres_url: str) -> None:
    def commit_once_waited_for() -> None:
        while not other.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
            pass
        other.commit()

    with database.bound(postgres_url), psycopg.connect(postgres_url) as other, ThreadPoolExecutor(1) as threads:
        put({"Brand": {"2026-02-09": {"clicks": 1}}})
        [campaign] = campaigns.list()
        other.execute("INSERT INTO metrics (\"campaignId\", date, clicks) VALUES (%s, '2026-02-10', 5)", (campaign.id,))
        waited = threads.submit(commit_once_waited_for)
        done = put({"Brand": {"2026-02-10": {"clicks": 8}}})

        waited.result()
        assert counts(done) == (0, 1, 0, 0)
        assert metrics.list(sort="-date")[0].clicks == 8
        imports.undo(done.batch_id or "")
        assert metrics.list(sort="-date")[0].clicks == 5


@pytest.mark.usefixtures("bound")
def test_a_row_that_is_refused_leaves_none() -> None:
    campaigns.create(id="a", name="A", platform="ttd")

    def load() -> None:
        with db.atomic(), daily_rows.writing() as loading:
            loading.add(days("a", 0, 4500))
            loading.add(days("nobody", 0, 4500))

    with pytest.raises(ConflictError):
        load()
    assert Metrics.select().count() == 0
    assert metrics.record_metrics("a", "2026-02-10", clicks=1).id


@pytest.mark.usefixtures("bound")
def test_a_caller_that_gives_up_leaves_none() -> None:
    campaigns.create(id="a", name="A", platform="ttd")

    def load() -> None:
        with db.atomic(), daily_rows.writing() as loading:
            loading.add(days("a", 0, 9000))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load()
    assert Metrics.select().count() == 0


def test_a_caller_that_gives_up_does_not_wait_for_the_lock_of_another(postgres_url: str) -> None:
    def load() -> None:
        with db.atomic(), daily_rows.writing() as loading:
            loading.add(days("a", 0, 4000))
            while not other.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                pass
            raise KeyboardInterrupt

    with database.bound(postgres_url, busy_timeout=3600), psycopg.connect(postgres_url) as other:
        campaigns.create(id="a", name="A", platform="ttd")
        other.execute("INSERT INTO metrics (\"campaignId\", date) VALUES ('a', '2000-01-02')")
        with pytest.raises(KeyboardInterrupt):
            load()
        other.rollback()
        assert metrics.record_metrics("a", "2026-02-10", clicks=1).id
