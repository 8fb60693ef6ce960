"""Failures of PostgreSQL: each is one line with its exit code, and nothing is half-written."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from adops_cli import database
from adops_cli.data import campaigns, events, metrics, projects, workflows
from adops_cli.data.access import bulk
from adops_cli.database import atomically, db
from adops_cli.errors import AdopsError, BusyError, ConflictError, DatabaseUnusableError
from adops_cli.exports.export import ReadOptions
from adops_cli.importers.metrics.files import import_files
from adops_cli.importers.metrics.outcome import StoreOptions
from adops_cli.storage import schema
from adops_cli.storage.engines.base import CollisionError, known_migrations
from adops_cli.storage.models import Event, Project
from tests.conftest import ROOT, Adops
from tests.postgres import asked


@pytest.fixture
def role(postgres_url: str) -> Iterator[Callable[[str], str]]:
    """`role("LOGIN PASSWORD 'x'")`: the URL of the test's own database for a new user."""
    made: list[str] = []

    def create(options: str) -> str:
        name = f"adops_role_{os.getpid()}_{len(made)}"
        asked(postgres_url, f"CREATE ROLE {name} LOGIN {options}")
        made.append(name)
        return postgres_url.replace("postgres@", f"{name}@")

    yield create
    for name in made:
        asked(postgres_url, f"DROP OWNED BY {name}")
        asked(postgres_url, f"DROP ROLE {name}")


def one_line(result: Any, code: int, *words: str) -> None:
    assert result.code == code, result.err
    assert result.out == ""
    assert result.err.count("\n") == 1
    for word in words:
        assert word in result.err


def test_a_server_that_is_not_there_is_told_with_its_place(adops_on: Adops) -> None:
    url = "postgresql://trader:secret@127.0.0.1:1/adops?connect_timeout=2"

    refused = adops_on("projects", "list", on=url)

    one_line(refused, 6, "postgresql://trader:***@127.0.0.1:1/adops", "cannot be reached", "Connection refused")
    assert "secret" not in refused.err


def test_a_database_that_is_not_there_says_how_to_make_it(adops_on: Adops, postgres_url: str) -> None:
    name = str(conninfo_to_dict(postgres_url)["dbname"])

    one_line(
        adops_on("projects", "list", on=postgres_url.replace(name, "nowhere")),
        6,
        "Create it, for example with `createdb`",
    )


def test_a_bare_database_says_how_to_begin(adops_on: Adops, bare_postgres_url: str) -> None:
    one_line(adops_on("projects", "list", on=bare_postgres_url), 6, "has no adops tables yet", "adops db migrate")
    assert adops_on("db", "status", "--format", "json", on=bare_postgres_url).json()[0]["state"] == "pending"


@pytest.mark.parametrize("url", ["postgresql://[", "postgresql://host/db?nonsense=1", "postgresql://a:b:c@/x?port=x"])
def test_what_is_no_url_is_a_wrong_request(adops_on: Adops, url: str) -> None:
    refused = adops_on("projects", "list", on=url)

    assert refused.code in (2, 6)
    assert refused.err.count("\n") == 1


def test_without_the_driver_the_error_says_how_to_get_it(
    adops_on: Adops, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    one_line(adops_on("projects", "list", on=postgres_url), 2, "pip install 'adops-cli[postgres]'")


def test_every_connection_is_in_utc_whatever_the_user_has(role: Callable[[str], str]) -> None:
    url = role("SUPERUSER")
    name = conninfo_to_dict(url)["user"]
    asked(url, f"ALTER ROLE {name} SET TimeZone = 'America/New_York'")

    with database.bound(f"{url}&options=-cTimeZone%3DAsia/Tokyo"):
        made = projects.create(name="x", type="y", created_at="2026-02-10T08:00:00Z")
        read = projects.find(made.id).created_at
        assert db.execute_sql("SHOW TimeZone").fetchone() == ("UTC",)

    assert read
    assert read.isoformat() == "2026-02-10T08:00:00+00:00"
    assert asked(url, "SELECT \"createdAt\" AT TIME ZONE 'UTC' FROM projects")[0][0].hour == 8


def test_the_settings_of_a_database_user_change_no_day_no_digit_and_no_letter(
    role: Callable[[str], str], tmp_path: Path
) -> None:
    url = role("SUPERUSER")
    odd = {"DateStyle": "German", "extra_float_digits": "-5", "client_encoding": "LATIN1"}
    for name, value in odd.items():
        asked(url, f"ALTER ROLE {conninfo_to_dict(url)['user']} SET {name} = '{value}'")
    file = tmp_path / "days.csv"

    def imported(rest: str) -> Any:
        row = "2026-02-13,\U0001f600,EUR,1234567890.123456"
        file.write_text(f"date,campaign,currency,spend\n{row}\n{rest}", encoding="utf-8")
        return next(iter(import_files([str(file)], ReadOptions(), StoreOptions())))

    with database.bound(url):
        assert imported("").inserted == 1
        again = imported("2026-02-14,\U0001f600,EUR,1\n")
        assert (again.inserted, again.updated, again.unchanged) == (1, 0, 1)
        assert [(day.date.isoformat(), day.spend) for day in metrics.list(sort="date")] == [
            ("2026-02-13", Decimal("1234567890.123456")),
            ("2026-02-14", Decimal(1)),
        ]
        assert [one.name for one in campaigns.list()] == ["\U0001f600"]
        assert events.create(type="t", timestamp="2026-02-13T00:00:00Z").id
        assert [str(event.timestamp) for event in events.list()] == ["2026-02-13 00:00:00+00:00"]


def test_a_lock_that_lasts_is_busy(adops_on: Adops, postgres_url: str) -> None:
    with database.bound(postgres_url):
        made = projects.create(name="x", type="y").id
    with psycopg.connect(postgres_url) as other:
        other.execute("SELECT * FROM projects WHERE id = %s FOR UPDATE", (made,))
        busy = adops_on("--busy-timeout", "0.2", "projects", "update", made, "--name", "z", on=postgres_url)

    one_line(busy, 75, "held a lock for more than 0.2 s", "--busy-timeout")


def test_a_statement_that_the_server_stops_is_busy(role: Callable[[str], str], adops_on: Adops) -> None:
    url = role("SUPERUSER")
    asked(url, f"ALTER ROLE {conninfo_to_dict(url)['user']} SET statement_timeout = '150ms'")

    with database.bound(url), pytest.raises(BusyError, match="the server stopped the statement"):
        db.execute_sql("SELECT pg_sleep(5)")
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE projects IN ACCESS EXCLUSIVE MODE")
        one_line(adops_on("projects", "list", on=url), 75, "the server stopped the statement")


def test_who_migrates_is_alone(adops_on: Adops, bare_postgres_url: str) -> None:
    with database.bound(bare_postgres_url), schema.session():
        waited = adops_on("--busy-timeout", "0.2", "db", "migrate", on=bare_postgres_url)

    one_line(waited, 75, "another process is migrating")


@pytest.mark.usefixtures("postgres_url")
def test_two_migrations_at_once_apply_each_once(adops_process: Adops, bare_postgres_url: str) -> None:
    def migrate(place: int) -> None:
        found[place] = adops_process("db", "migrate", on=bare_postgres_url)

    found: dict[int, Any] = {}
    threads = [threading.Thread(target=migrate, args=(place,)) for place in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [result.code for result in found.values()] == [0, 0, 0]
    assert sorted("Applied" in result.err for result in found.values()) == [False, False, True]


def test_a_plan_is_of_one_moment_though_somebody_else_migrates(
    adops_on: Adops, bare_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def states(engine: Any) -> Any:
        found = of_schema(engine)
        if asked_before:
            monkeypatch.setattr(schema, "states", of_schema)
            assert adops_on("db", "migrate", on=bare_postgres_url).code == 0
        asked_before.append(True)
        return found

    asked_before: list[bool] = []
    of_schema = schema.states
    monkeypatch.setattr(schema, "states", states)
    with database.bound(bare_postgres_url, busy_timeout=5):
        assert schema.plan() == known_migrations()


def test_a_lost_connection_is_one_line_and_leaves_nothing(postgres_url: str) -> None:
    def loses_it() -> None:
        with db.atomic():
            projects.create(id="half", name="x", type="y")
            asked(postgres_url, "SELECT pg_terminate_backend(%s)", db.connection().info.backend_pid)
            projects.create(id="other", name="x", type="y")

    with database.bound(postgres_url):
        with pytest.raises(DatabaseUnusableError, match=r"was lost: .*Unfinished changes were rolled back"):
            loses_it()
        db.close()
        assert projects.list() == []


def test_a_server_that_goes_away_in_the_middle_of_a_command_is_exit_6(
    adops_process: Adops, postgres_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "events.ndjson"
    file.write_text("".join(f'{{"id": "e{n}", "type": "t"}}\n' for n in range(60_000)), encoding="utf-8")
    ended = threading.Event()

    def terminate() -> None:
        while not ended.is_set():
            time.sleep(0.05)
            asked(
                postgres_url,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'adops' "
                "AND datname = current_database() AND query LIKE 'COPY%%'",
            )

    killer = threading.Thread(target=terminate)
    killer.start()
    try:
        lost = adops_process("events", "create", "--from", file, on=postgres_url)
    finally:
        ended.set()
        killer.join()

    one_line(lost, 6, "the connection to", "was lost")
    assert asked(postgres_url, "SELECT count(*) FROM events") == [(0,)]


def test_a_migration_that_loses_the_connection_is_exit_6_and_leaves_nothing(
    adops_on: Adops, bare_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loses_it(*_: Any, **__: Any) -> None:
        asked(bare_postgres_url, "SELECT pg_terminate_backend(%s)", db.connection().info.backend_pid)
        db.execute_sql("SELECT 1")

    monkeypatch.setattr(schema, "_record", loses_it)

    lost = adops_on("db", "migrate", on=bare_postgres_url)

    one_line(lost, 6, "migration 001_initial_schema could not be applied", "was lost", "It left nothing behind")
    assert asked(bare_postgres_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_a_copy_whose_both_sides_are_lost_is_one_line(
    adops_process: Adops, postgres_url: str, bare_postgres_url: str
) -> None:
    asked(postgres_url, "INSERT INTO events (id, type) SELECT 'e' || n, 't' FROM generate_series(1, 60000) AS n")
    names = [conninfo_to_dict(url)["dbname"] for url in (postgres_url, bare_postgres_url)]
    copying = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = ANY(%s) AND query LIKE 'COPY%%' AND state = 'active'"
    )
    found: list[Any] = []
    command = threading.Thread(
        target=lambda: found.append(adops_process("db", "copy", "--to", bare_postgres_url, on=postgres_url))
    )
    command.start()
    while asked(postgres_url, copying, names) == [(0,)]:
        time.sleep(0.01)
    asked(
        postgres_url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'adops' AND datname = ANY(%s)",
        names,
    )
    command.join()

    one_line(found[0], 6, "was lost")
    assert asked(bare_postgres_url, "SELECT count(*) FROM events") == [(0,)]


def test_ctrl_c_in_the_middle_of_a_load_leaves_nothing(postgres_url: str, tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    file.write_text("".join(f'{{"id": "e{n}", "type": "t"}}\n' for n in range(200_000)), encoding="utf-8")
    command = [sys.executable, "-m", "adops_cli", "--database", postgres_url, "events", "create", "--from", str(file)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    working = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'adops' AND datname = current_database()"
    while asked(postgres_url, working) == [(0,)]:
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)

    assert (process.returncode, b"Traceback" in err) == (130, False)
    assert asked(postgres_url, "SELECT count(*) FROM events") == [(0,)]


def test_a_user_without_rights_is_told_so(role: Callable[[str], str], adops_on: Adops) -> None:
    one_line(adops_on("projects", "list", on=role("")), 6, "does not allow this user to do that", "permission denied")


def test_a_read_only_session_cannot_be_written(postgres_url: str, adops_on: Adops) -> None:
    url = f"{postgres_url}&options=-cdefault_transaction_read_only%3Don"
    with database.bound(url), pytest.raises(DatabaseUnusableError, match="it is a standby, or read-only"):
        db.execute_sql("DELETE FROM projects")
    assert adops_on("projects", "list", on=url).code == 0


def test_a_service_file_names_the_server(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = conninfo_to_dict(postgres_url)
    lines = [f"{key}={parts[key]}" for key in ("host", "user", "dbname")]
    (tmp_path / "services").write_text("[team]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))

    with database.bound("postgresql:///?service=team"):
        assert projects.list() == []


def test_tls_that_the_server_lacks_is_one_line(adops_on: Adops, postgres_url: str) -> None:
    host = asked(postgres_url, "SHOW listen_addresses")[0][0]
    url = postgres_url if not host else f"{postgres_url}&sslmode=verify-full&sslrootcert=none.pem"

    found = adops_on("projects", "list", on=f"{url}&sslmode=nonsense")

    assert found.code in (2, 6)
    assert found.err.count("\n") == 1
    assert "sslmode" in found.err


def test_a_password_is_shown_nowhere(postgres_url: str, adops_on: Adops) -> None:
    url = postgres_url.replace("postgres@", "postgres:hunter2@")
    for command in (("db", "info"), ("config", "show"), ("db", "verify"), ("projects", "get", "none")):
        found = adops_on(*command, on=url)
        assert "hunter2" not in found.out + found.err


@pytest.mark.parametrize(
    "place",
    [
        "u:QX%zzQX@127.0.0.1:1/t",
        "u:QX QX@127.0.0.1:1/t",
        "u:QX@QX@127.0.0.1:1/t",
        "u:QX/QX@127.0.0.1:1/t",
        "u:QX@[::1]x/t",
        "u@127.0.0.1:1/t?password=QX%zz",
        "u:QX@127.0.0.1:1/t?application_name=a@b",
    ],
)
def test_a_password_is_not_shown_where_the_url_is_cited_either(adops_on: Adops, place: str) -> None:
    refused = adops_on("--debug", "projects", "list", on=f"postgresql://{place}")

    assert refused.code in (2, 6)
    assert "QX" not in refused.err
    assert "***" in refused.err


def test_a_password_with_an_at_sign_or_a_slash_says_how_it_is_written(adops_on: Adops) -> None:
    for secret in ("a@b", "a/b"):
        one_line(adops_on("projects", "list", on=f"postgresql://u:{secret}@127.0.0.1:1/t"), 2, "@ as %40 and / as %2F")


def test_an_empty_password_is_none(adops_on: Adops, postgres_url: str) -> None:
    assert adops_on("projects", "list", on=postgres_url.replace("@", ":@")).code == 0


def test_how_long_to_wait_for_a_server_is_said_by_the_environment_too(
    adops_on: Adops, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as environment:
        environment.setenv("PGCONNECT_TIMEOUT", "later")
        refused = adops_on("projects", "list", on=postgres_url)

    one_line(refused, 6, "bad value for connect_timeout: 'later'")


def test_a_server_without_a_free_place_is_busy(role: Callable[[str], str], adops_on: Adops) -> None:
    url = role("CONNECTION LIMIT 1")
    with psycopg.connect(url):
        one_line(
            adops_on("projects", "list", on=url), 75, "accepts no more connections", "too many connections for role"
        )
    url, others = role(""), []
    try:
        while True:
            others.append(psycopg.connect(url))
    except psycopg.OperationalError:
        full = adops_on("projects", "list", on=url)
    finally:
        for other in others:
            other.close()
    one_line(full, 75, "accepts no more connections")


def test_a_text_that_no_index_can_hold_is_a_wrong_request(adops_on: Adops, postgres_url: str) -> None:
    long = "".join(f"{number:x}" for number in range(4_000))

    one_line(
        adops_on("projects", "create", "--name", "x", "--type", long, on=postgres_url),
        2,
        "a text is too long for an index",
    )


def test_what_met_another_transaction_is_tried_again(postgres_url: str) -> None:
    tries: list[int] = []

    @atomically
    def collides() -> str:
        tries.append(1)
        if len(tries) < 3:
            db.execute_sql("DO $$ BEGIN RAISE EXCEPTION 'met' USING ERRCODE = '40001'; END $$")
        return str(projects.create(id="one", name="x", type="y").id)

    with database.bound(postgres_url):
        assert collides() == "one"
        assert [row.id for row in projects.list()] == ["one"]
    assert len(tries) == 3


def test_what_always_meets_another_transaction_is_busy_in_the_end(postgres_url: str) -> None:
    @atomically
    def collides() -> None:
        db.execute_sql("DO $$ BEGIN RAISE EXCEPTION 'met' USING ERRCODE = '40P01'; END $$")

    with database.bound(postgres_url), pytest.raises(CollisionError, match="conflict with another transaction"):
        collides()


def test_a_row_that_came_in_between_is_seen_at_the_second_look(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []

    def overtaken(id: str) -> Any:
        found = get(id)
        if not looked:
            asked(postgres_url, "INSERT INTO workflows (id, name) VALUES ('w', 'theirs')")
        looked.append(1)
        return found

    get = workflows.get
    monkeypatch.setattr(workflows, "get", overtaken)
    with database.bound(postgres_url):
        assert workflows.register(id="w", name="ours").name == "ours"
    assert asked(postgres_url, "SELECT id, name FROM workflows") == [("w", "ours")]


def test_changes_at_once_to_one_row_lose_none(postgres_url: str) -> None:
    with database.bound(postgres_url):
        project = projects.create(name="x", type="y").id
        campaign = campaigns.create(name="x", platform="ttd").id

        def change(writer: int) -> None:
            for place in range(8):
                projects.add_milestone(project, {"id": f"{writer}-{place}"})
                name = ("impressions", "clicks", "spend", "revenue")[writer]
                metrics.record_metrics(campaign, f"2026-02-{place + 1:02}", **{name: 10 + writer})
            db.close()

        threads = [threading.Thread(target=change, args=(writer,)) for writer in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(projects.find(project).milestones) == 32
        rows = metrics.list()
        assert [(row.impressions, row.clicks, row.spend, row.revenue) for row in rows] == [(10, 11, 12, 13)] * 8
        assert all(row.roas is not None and row.ctr is not None for row in rows)


def test_a_load_that_breaks_off_leaves_nothing_and_the_connection_works(postgres_url: str) -> None:
    def broken() -> Iterator[dict[str, Any]]:
        yield {"id": "a", "type": "t"}
        raise ValueError("the source ended")

    with database.bound(postgres_url):
        with pytest.raises(ValueError, match="the source ended"):
            bulk.insert(Event, broken())
        with pytest.raises(ConflictError, match=r"UNIQUE constraint refused the row: events\.id"):
            bulk.insert(Event, [{"id": "a", "type": "t"}, {"id": "a", "type": "t"}])
        assert events.list() == []
        with pytest.raises(AdopsError, match="U\\+0000"):
            projects.create(name="a\x00b", type="t")
        with pytest.raises(ConflictError, match=r"NOT NULL constraint refused the row: projects\.name"):
            db.execute_sql("INSERT INTO projects (id, type, status) VALUES ('x', 't', 'active')")
        assert not Project.select().exists()


def test_a_load_leaves_no_table_of_its_own_behind_in_the_session(postgres_url: str) -> None:
    with database.bound(postgres_url), db.atomic():
        for _ in range(2):
            assert bulk.insert(Event, [{"id": "a", "type": "t"}], replace_by=["id"]) == 1
        assert db.execute_sql("SELECT relname FROM pg_class WHERE relpersistence = 't'").fetchall() == []


def test_campaigns_are_found_by_their_metadata_along_an_index(postgres_url: str) -> None:
    asked(
        postgres_url,
        "INSERT INTO campaigns (id, platform, name, metadata) "
        "SELECT 'c' || n, 'ttd', 'x', jsonb_build_object('account', 'a' || n) FROM generate_series(1, 5000) AS n",
    )
    asked(postgres_url, "VACUUM (ANALYZE) campaigns")  # as `adops db optimize` does, because new entries wait in a list

    plan = asked(postgres_url, 'EXPLAIN SELECT id FROM campaigns WHERE metadata @> \'{"account": "a77"}\'')

    assert any("campaigns_metadata" in line for (line,) in plan)
