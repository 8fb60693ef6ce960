"""Stored sums: whatever anybody writes, by any path, a report is what the daily rows add up to."""

import contextlib
import os
import sqlite3
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import peewee as pw
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adops_cli import database
from adops_cli.care import maintenance, repair
from adops_cli.data import campaigns, metrics, reports
from adops_cli.errors import AdopsError, UnreadableRowError
from adops_cli.importers.imports import import_file
from adops_cli.storage.handle import current, db
from adops_cli.storage.rollups import build, check, follow, state
from tests.conftest import Adops
from tests.writes import (
    DAYS,
    NAMES,
    change_a_campaign,
    create_a_campaign,
    delete_a_campaign,
    delete_a_day,
    figures,
    import_a_file,
    move_a_campaign,
    record,
    record_many,
    some_days,
    undo_an_import,
)

WINDOWS: Sequence[dict[str, Any]] = [
    {},
    {"start_date": "2026-01-25", "end_date": "2026-03-15"},
    {"start_date": "2026-02-01", "end_date": "2026-02-28"},
    {"start_date": "2026-02-12"},
    {"start_date": "2026-02-26", "end_date": "2026-03-28"},
    {"end_date": "2026-02-20", "platform": "ttd"},
    {"project_id": "p"},
    {"campaign_ids": ["a", "c"]},
]
GROUPS: Sequence[reports.By] = ("platform", "project", "campaign", "day", "week", "month", "total")
EXAMPLES = int(os.environ.get("ADOPS_FUZZ", "6"))


def every_report(window: dict[str, Any]) -> list[Any]:
    best = [metrics.get_top_performers("roas", limit, **_days(window)) for limit in (None, 2)]
    return [*(reports.report(by, **window) for by in GROUPS), *best]


def _days(window: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in window.items() if name != "campaign_ids"}


def require_truth(windows: Sequence[dict[str, Any]] = WINDOWS) -> None:
    """Compare each report with what it would be if there were no stored sums."""
    for window in windows:
        found = every_report(window)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(state, "stale_months", lambda: None)
            assert found == every_report(window)


def add_up(_pick: Random) -> None:
    build.refresh()


def build_anew(_pick: Random) -> None:
    build.forget()
    build.refresh()


OURS = (
    *(record, record_many, record_many, delete_a_day, import_a_file, undo_an_import, change_a_campaign),
    *(move_a_campaign, delete_a_campaign, create_a_campaign, add_up, add_up, build_anew),
)

IN_A_FILE = (
    "INSERT OR REPLACE INTO metrics (campaignId, date, spend, clicks) VALUES (:id, :day, :spend, 7)",
    "INSERT OR REPLACE INTO metrics (id, campaignId, date, spend) SELECT max(id), :id, :day, :spend FROM metrics",
    "INSERT OR IGNORE INTO metrics (campaignId, date, spend) VALUES (:id, :day, :spend)",
    (
        "INSERT INTO metrics (campaignId, date, revenue) VALUES (:id, :day, 5) "
        "ON CONFLICT (campaignId, date) DO UPDATE SET revenue = excluded.revenue, spend = NULL"
    ),
    "UPDATE OR REPLACE metrics SET date = :day WHERE campaignId = :id",
    "UPDATE OR REPLACE metrics SET id = id + 1 WHERE campaignId = :id",
    "UPDATE OR IGNORE metrics SET campaignId = :id, clicks = NULL WHERE date = :day",
    "UPDATE metrics SET spend = spend + 0.1 WHERE date <= :day",
    "DELETE FROM metrics WHERE date = :day",
    "DELETE FROM metrics",
    "INSERT OR REPLACE INTO campaigns (id, name, platform, metadata) VALUES (:id, 'N', 'x', '{\"currency\": \"X\"}')",
    "INSERT OR REPLACE INTO campaigns (id, name, platform, externalId) VALUES (:id, 'N', 'ttd', 'x')",
    "INSERT INTO campaigns (id, name, platform) VALUES (:id, 'N', 'ttd') ON CONFLICT (id) DO UPDATE SET platform = 'x'",
    "UPDATE OR REPLACE campaigns SET externalId = 'x', platform = 'ttd' WHERE id = :id",
    "UPDATE campaigns SET metadata = NULL WHERE id = :id",
    "DELETE FROM campaigns WHERE id = :id",
)
ON_A_SERVER = (
    (
        'INSERT INTO metrics ("campaignId", date, revenue) SELECT id, :day, 5 FROM campaigns '
        'ON CONFLICT ("campaignId", date) DO UPDATE SET revenue = excluded.revenue, spend = NULL'
    ),
    "UPDATE metrics SET spend = spend + 0.1, clicks = NULL WHERE date <= :day",
    'UPDATE metrics SET date = date + 80 WHERE "campaignId" = :id',
    "DELETE FROM metrics WHERE date = :day",
    "TRUNCATE metrics",
    "UPDATE campaigns SET metadata = NULL, platform = 'dv360' WHERE id = :id",
    "DELETE FROM campaigns WHERE id = :id",
    "TRUNCATE campaigns CASCADE",
)


@contextlib.contextmanager
def another_program(url: str, *, foreign_keys: bool) -> Iterator[Callable[[str, dict[str, Any]], object]]:
    """A connection that knows nothing of adops."""
    if url.startswith("postgres"):
        with psycopg.connect(url, autocommit=True) as server:
            yield lambda sql, given: server.execute(
                sql.replace(":day", "%(day)s").replace(":id", "%(id)s").encode(), given
            )
        return
    with contextlib.closing(sqlite3.connect(url, isolation_level=None)) as file:
        file.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")
        yield file.execute


def by_another_program(pick: Random, url: str) -> None:
    sql = pick.choice(ON_A_SERVER if url.startswith("postgres") else IN_A_FILE)
    values = {"id": pick.choice(NAMES), "day": str(pick.choice(DAYS)), "spend": pick.choice([1, 0.25, None])}
    with another_program(url, foreign_keys=pick.random() < 0.5) as run, contextlib.suppress(sqlite3.IntegrityError):
        run(sql, {name: value for name, value in values.items() if f":{name}" in sql})


@settings(max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_a_report_is_what_the_daily_rows_add_up_to_whoever_wrote_them(database_url: str, seed: int) -> None:
    pick = Random(seed)  # noqa: S311 - so that a failure can be repeated
    with database.bound(database_url, busy_timeout=5):
        clear()
        for _ in range(8):
            take_a_step(pick, database_url)
            require_truth([WINDOWS[0], pick.choice(WINDOWS)])
        assert check.wrong_months() == []
        build.refresh()
        require_truth()
        assert not state.marked_months()
        assert check.wrong_months() == []


def take_a_step(pick: Random, url: str) -> None:
    step = pick.choice([*OURS, *[None] * 5])
    if step is None:
        db.close()  # both have the same rights
        by_another_program(pick, url)
    else:
        step(pick)


def clear() -> None:
    """What each example begins with."""
    for table in ("import_changes", "imports", "metrics", "campaigns", "projects", *state.TABLES, "stale_months"):
        db.execute_sql(f'DELETE FROM "{table}"')
    db.execute_sql("INSERT INTO projects (id, name, type, status) VALUES ('p', 'P', 'campaign', 'active')")
    for id in NAMES[:3]:
        campaigns.create(id=id, name=id, platform="ttd", metadata={"currency": "USD"})


class TestStaleMonths:
    """Which months a write leaves stale."""

    @pytest.fixture(autouse=True)
    def _some_months(self, bound: object) -> None:
        assert bound
        clear()
        metrics.record_many({"campaign_id": "a", "date": day, "spend": 1} for day in DAYS)
        build.refresh()

    def test_what_adops_writes_many_of_is_up_to_date_at_once(self) -> None:
        metrics.record_many({"campaign_id": id, "date": day, "spend": 2} for id in "ab" for day in DAYS)
        campaigns.delete("b")

        assert state.marked_months() == frozenset()
        assert {row.spend for row in reports.grouped("total")} == {2 * len(DAYS)}

    def test_what_another_program_writes_leaves_its_month_to_the_daily_rows(self) -> None:
        db.execute_sql("UPDATE metrics SET spend = 5 WHERE date = '2026-02-01'")

        assert state.marked_months() == {"2026-02"}
        assert reports.grouped("total")[0].spend == len(DAYS) + 4

    def test_a_change_of_other_columns_of_a_file_leaves_nothing(self) -> None:
        db.execute_sql("UPDATE metrics SET metadata = NULL, ctr = NULL")
        db.execute_sql("UPDATE campaigns SET name = 'other', metadata = metadata, status = 'paused'")

        if not isinstance(current(), pw.PostgresqlDatabase):  # which would have to compare all old rows with the new
            assert state.marked_months() == frozenset()
        require_truth()

    def test_an_import_adds_up_the_stale_months_of_its_days(self) -> None:
        db.execute_sql("UPDATE metrics SET spend = 5")
        Path("export.csv").write_text("Day,Campaign ID,Campaign,Cost\n2026-02-03,1,C,1", encoding="utf-8")

        import_file("export.csv", platform="google-ads", currency="USD")

        assert state.marked_months() == {"2026-01", "2026-03", "2026-04"}

    def test_a_campaign_that_another_program_moves_leaves_its_months(self) -> None:
        db.execute_sql("UPDATE campaigns SET platform = 'dv360' WHERE id = 'a'")

        assert len(state.marked_months()) == 4
        assert [row.platform for row in reports.grouped("platform")] == ["dv360"]

    def test_without_a_trigger_no_sum_is_used(self) -> None:
        on = " ON metrics" if isinstance(current(), pw.PostgresqlDatabase) else ""
        db.execute_sql(f"DROP TRIGGER rollup_metrics_update{on}")
        db.execute_sql("UPDATE metrics SET spend = 3")

        assert state.stale_months() is None
        assert reports.grouped("total")[0].spend == 3 * len(DAYS)

    def test_the_trigger_comes_back_with_a_repair_which_tells_of_it(self) -> None:
        on = " ON metrics" if isinstance(current(), pw.PostgresqlDatabase) else ""
        db.execute_sql(f"DROP TRIGGER rollup_metrics_update{on}")
        db.execute_sql("UPDATE metrics SET spend = 3")

        done = repair.repair()

        assert [(one.id, one.form) for one in done.findings] == [("rollup_metrics_update", "a missing trigger")]
        assert state.stale_months() == frozenset()
        assert reports.grouped("total")[0].spend == 3 * len(DAYS)

    def test_a_wrong_sum_is_found_and_added_up_anew(self) -> None:
        db.execute_sql("UPDATE campaign_totals SET spend = spend + 1 WHERE span = 'week' AND start = '2026-02-02'")

        assert check.wrong_months() == ["2026-02"]
        assert [one.id for one in repair.repair(dry_run=True).findings] == ["2026-02"]
        assert check.wrong_months() == ["2026-02"]
        repair.repair()
        assert check.wrong_months() == []

    def test_a_wrong_sum_of_all_time_is_found_too(self) -> None:
        db.execute_sql("UPDATE campaign_totals SET spend = spend + 1 WHERE span = 'all'")

        assert check.wrong_months() == [check.ALL_TIME]
        repair.repair()
        assert check.wrong_months() == []


def test_sums_are_sorted_in_half_of_the_cache_which_has_its_size_again(
    db_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def size() -> int:
        return int(db.execute_sql("PRAGMA cache_size").fetchone()[0])

    def fails(*_: Any) -> None:
        sizes.append(size())
        raise AdopsError("no more")

    monkeypatch.setattr(follow, "_add_to_periods", fails)
    with database.bound(str(db_file)):
        clear()
        sizes = [size()]
        with pytest.raises(AdopsError, match="no more"):
            metrics.record_many([{"campaign_id": "a", "date": "2026-03-01", "spend": 1}])

        assert [*sizes, size()] == [sizes[0], sizes[0] // 2, sizes[0]]


def test_a_window_that_ends_near_the_newest_day_is_what_its_days_add_up_to(db_file: Path) -> None:
    with database.bound(str(db_file)):
        clear()
        of_march = [f"2026-03-{day:02}" for day in range(1, 28)]
        rows = [("a", day) for day in of_march] + [("b", of_march[-1])]
        metrics.record_many({"campaign_id": id, "date": day, "spend": 1} for id, day in rows)

        assert state.stale_months() == frozenset()
        require_truth([{"start_date": "2026-03-01", "end_date": f"2026-03-{day}"} for day in (25, 26, 27, 28)])


@pytest.mark.parametrize("day", ["2026-02-31", "2026-02-27 at noon", "2026-02-28T00:00:00Z", "10.02.2026"])
def test_a_row_whose_day_is_none_keeps_reports_on_the_daily_rows(db_file: Path, day: str) -> None:
    with database.bound(str(db_file)):
        campaigns.create(id="a", name="A", platform="ttd")
        metrics.record_many({"campaign_id": "a", "date": f"2026-0{month}-02", "spend": 1} for month in (1, 2, 3))
        db.execute_sql("INSERT INTO metrics (campaignId, date, spend) VALUES ('a', ?, 2)", [day])

        assert "other" in build.refresh()
        assert state.stale_months() is None
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            spend = {row.spend for row in reports.grouped("month")}
            require_truth()
        is_read = day == "2026-02-28T00:00:00Z"
        assert spend == ({1, 3} if is_read else {1})
        assert bool(told) is not is_read
        db.execute_sql("UPDATE metrics SET date = '2026-02-28' WHERE date = ?", [day])
        assert build.refresh() == []
        assert check.wrong_months() == []
        assert reports.grouped("total")[0].spend == 5


def test_a_day_in_another_form_keeps_reports_on_the_daily_rows_until_it_is_mended(db_file: Path) -> None:
    with database.bound(str(db_file)):
        campaigns.create(id="a", name="A", platform="ttd")
        metrics.record_metrics("a", "2026-03-01", spend=2)
        db.execute_sql("INSERT INTO metrics (campaignId, date, spend) VALUES ('a', '2026-03-02T00:00:00Z', 1)")

        assert build.refresh() == ["2026-03", "other"]
        assert state.stale_months() is None
        assert reports.grouped("total")[0].spend == 3
        repair.repair()
        assert state.stale_months() == frozenset()
        assert reports.grouped("total")[0].spend == 3


def test_a_day_that_is_none_is_found_although_its_mark_is_lost(db_file: Path) -> None:
    with database.bound(str(db_file)):
        campaigns.create(id="a", name="A", platform="ttd")
        metrics.record_metrics("a", "2026-03-01", spend=2)
        db.execute_sql("INSERT INTO metrics (campaignId, date, spend) VALUES ('a', 'never', 1)")
        assert build.refresh() == ["other"]
        db.execute_sql("DELETE FROM stale_months")

        assert check.wrong_months() == ["other"]
        check.mend(["other"])
        assert check.wrong_months() == []


def test_a_month_of_the_year_0_is_none(db_file: Path) -> None:
    with database.bound(str(db_file)):
        campaigns.create(id="a", name="A", platform="ttd")
        db.execute_sql("INSERT INTO metrics (campaignId, date, spend) VALUES ('a', '0000-02-03', 1)")

        assert build.refresh() != []
        assert check.wrong_months() == []
        assert reports.grouped("total")[0].spend == 1


def test_whoever_keeps_the_triggers_of_a_file_from_working_is_found_out(db_file: Path) -> None:
    with database.bound(str(db_file)):
        clear()
        metrics.record_many({"campaign_id": "a", "date": day, "spend": 1} for day in DAYS)
        db.execute_sql("INSERT INTO rollup_writer VALUES (0)")
        db.execute_sql("UPDATE metrics SET spend = 3")

        assert state.stale_months() is None
        require_truth()
        assert [one.id for one in repair.repair().findings] == ["a row in rollup_writer"]
        assert state.stale_months() == frozenset()
        require_truth()


def test_a_migrated_database_with_rows_is_added_up_month_by_month(db_file: Path, adops_on: Adops) -> None:
    with database.bound(str(db_file)):
        clear()
        metrics.record_many({"campaign_id": "a", "date": day, "spend": 1} for day in DAYS)
    assert adops_on("db", "rollback", "--yes", on=db_file).code == 0

    assert adops_on("db", "migrate", on=db_file).code == 0

    with database.bound(str(db_file)):
        assert state.stale_months() == frozenset()
        assert check.wrong_months() == []
        require_truth()


def test_an_interrupted_build_goes_on_where_it_stopped(db_file: Path) -> None:
    def stop(month: str) -> None:
        if month == "2026-02":
            raise KeyboardInterrupt

    with database.bound(str(db_file)):
        clear()
        metrics.record_many({"campaign_id": "a", "date": day, "spend": 1} for day in DAYS)
        build.forget()
        with pytest.raises(KeyboardInterrupt):
            build.refresh(advance=stop)

        assert state.stale_months() == {"2026-03", "2026-04"}
        require_truth()
        maintenance.optimize()
        assert state.stale_months() == frozenset()
        require_truth()


def test_the_sums_stay_true_while_many_write_at_once(database_url: str) -> None:
    """Each thread has a connection of its own; one of them is another program's."""

    def recorder(pick: Random) -> None:
        rows = [(id, day) for id in NAMES[:3] for day in some_days(pick)]
        metrics.record_many({"campaign_id": id, "date": day, **figures(pick)} for id, day in rows)

    def mover(pick: Random) -> None:
        campaigns.update(pick.choice(NAMES[:3]), metadata={"currency": pick.choice(["EUR", "USD"])})

    def stranger(pick: Random) -> None:
        of_day = {"day": str(pick.choice(DAYS)), "id": pick.choice(NAMES[:3])}
        sql = pick.choice(["UPDATE metrics SET clicks = 3 WHERE date = :day", "DELETE FROM metrics WHERE date = :day"])
        with another_program(database_url, foreign_keys=True) as run:
            run(sql, {name: value for name, value in of_day.items() if f":{name}" in sql})

    def work(job: Callable[[Random], None], seed: int) -> None:
        pick = Random(seed)  # noqa: S311 - so that a failure can be repeated
        for _ in range(12):
            with contextlib.suppress(AdopsError, sqlite3.OperationalError, psycopg.errors.DeadlockDetected):
                job(pick)
        db.close()

    with database.bound(database_url, busy_timeout=5):
        clear()
        jobs = (recorder, recorder, mover, stranger, add_up)
        threads = [threading.Thread(target=work, args=(job, seed)) for seed, job in enumerate(jobs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert check.wrong_months() == []
        require_truth()


@pytest.mark.parametrize("window", [{"start_date": "9999-12-28"}, {"end_date": "0001-01-09"}, {}])
def test_days_at_the_ends_of_the_calendar_count_once(database_url: str, window: dict[str, Any]) -> None:
    with database.bound(database_url, busy_timeout=5):
        clear()
        for day in ("0001-01-02", "9999-12-31"):
            metrics.record_metrics("a", day, spend=5)
        require_truth([window])
        build.refresh()
        require_truth([window])


@pytest.mark.parametrize("bad", ["spend = 1e300", "spend = 9e999", "clicks = 'text'"])
def test_a_month_that_cannot_be_added_up_keeps_no_other_from_it(db_file: Path, bad: str) -> None:
    with database.bound(str(db_file)):
        clear()
        metrics.record_many({"campaign_id": "a", "date": day, "spend": 1} for day in ("2026-01-27", "2026-02-12"))
        build.refresh()
        db.execute_sql(f"UPDATE metrics SET {bad} WHERE date = '2026-01-27'")
        db.execute_sql("UPDATE metrics SET clicks = 5 WHERE date = '2026-02-12'")

        assert build.refresh() == ["2026-01"]
        assert check.wrong_months() == []


def test_metadata_that_is_no_json_keeps_nothing_from_being_added_up(db_file: Path) -> None:
    with database.bound(str(db_file)):
        clear()
        metrics.record_many({"campaign_id": id, "date": "2026-02-12", "spend": 1} for id in "ab")
        db.execute_sql("UPDATE campaigns SET metadata = '{bad' WHERE id = 'a'")

        assert build.refresh() == []
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            assert [(row.currency, row.spend) for row in reports.grouped("month")] == [("USD", 1)]
        assert told


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE OR REPLACE metrics SET rowid = (SELECT min(id) FROM metrics) WHERE date = '2026-03-30'",
        "INSERT OR REPLACE INTO campaigns (rowid, id, platform, name) SELECT min(rowid), 'z', 'x', 'Z' FROM campaigns",
        "UPDATE OR REPLACE campaigns SET rowid = (SELECT rowid FROM campaigns WHERE id = 'a') WHERE id = 'b'",
    ],
)
def test_a_row_that_another_one_replaces_by_its_rowid_leaves_its_month(db_file: Path, sql: str) -> None:
    with database.bound(str(db_file)):
        clear()
        metrics.record_many({"campaign_id": "a", "date": day, "spend": 1} for day in DAYS)
        build.refresh()
        db.close()
    with contextlib.closing(sqlite3.connect(db_file, isolation_level=None)) as other:
        other.execute(sql)

    with database.bound(str(db_file)):
        require_truth()
        build.refresh()
        require_truth()
        assert check.wrong_months() == []


class TestOnAServer:
    """What only other transactions can do."""

    @pytest.fixture
    def url(self, postgres_url: str) -> Iterator[str]:
        with database.bound(postgres_url, busy_timeout=5):
            clear()
            metrics.record_many({"campaign_id": "a", "date": day, "spend": 1} for day in DAYS)
            build.refresh()
            yield postgres_url

    @pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
    def test_a_campaign_that_changes_while_its_month_is_added_up(self, url: str, level: str) -> None:
        added = threading.Thread(target=lambda: (build.refresh(), db.close()))
        with psycopg.connect(url) as mover, psycopg.connect(url, autocommit=True) as other:
            mover.execute(f"SET TRANSACTION ISOLATION LEVEL {level}".encode())
            mover.execute("SELECT 1 FROM campaigns")
            if level == "READ COMMITTED":
                mover.execute("""UPDATE campaigns SET metadata = '{"currency": "SEK"}' WHERE id = 'a'""")
            other.execute("INSERT INTO metrics (\"campaignId\", date, spend) VALUES ('a', '2026-05-05', 7)")
            added.start()
            if level == "REPEATABLE READ":
                added.join()
                mover.execute("""UPDATE campaigns SET metadata = '{"currency": "SEK"}' WHERE id = 'a'""")
            mover.commit()
        added.join()

        require_truth()
        build.refresh()
        require_truth()
        assert (check.wrong_months(), state.marked_months()) == ([], frozenset())

    def test_a_table_that_is_emptied_by_an_old_snapshot(self, url: str) -> None:
        with psycopg.connect(url) as emptier, psycopg.connect(url, autocommit=True) as other:
            emptier.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            emptier.execute("SELECT 1 FROM campaigns")
            other.execute("INSERT INTO metrics (\"campaignId\", date, spend) VALUES ('b', '2026-08-05', 7)")
            build.refresh()
            emptier.execute("TRUNCATE metrics")

        require_truth()
        assert check.wrong_months() == []

    def test_a_temporary_table_of_the_writer_is_not_ours(self, url: str) -> None:
        with psycopg.connect(url, autocommit=True) as writer:
            writer.execute("CREATE TEMP TABLE stale_months (month text)")
            writer.execute("UPDATE metrics SET clicks = 77")

            assert writer.execute("SELECT count(*) FROM pg_temp.stale_months").fetchone() == (0,)
        require_truth()


def test_stored_sums_that_are_too_large_are_told_and_can_be_mended(db_file: Path) -> None:
    with database.bound(str(db_file)):
        clear()
        for id in NAMES[:3]:
            metrics.record_metrics(id, DAYS[0], clicks=1)
        build.refresh()
        db.execute_sql('UPDATE campaign_totals SET "clicks" = 9223372036854775807')

        with pytest.raises(UnreadableRowError, match=r"too large to be added up\. Use `adops db verify`"):
            reports.report("project")
        repair.repair()
        assert [row.clicks for row in reports.report("total").rows] == [3]
