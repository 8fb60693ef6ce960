"""Verify also finds what is wrong with a PostgreSQL database, and leaves nothing behind there."""

import os
import signal
import subprocess
import sys
from urllib.parse import quote

import pytest

from adops_cli import database
from adops_cli.care import maintenance, verify
from adops_cli.data import seed as seeds
from adops_cli.storage import schema
from tests.conftest import ROOT, Adops
from tests.postgres import asked

NOT_VALID = (
    'ALTER TABLE events DROP CONSTRAINT "events_projectId_fkey", ADD CONSTRAINT later '
    'FOREIGN KEY ("projectId") REFERENCES projects (id) ON DELETE SET NULL NOT VALID'
)


@pytest.fixture
def seeded(postgres_url: str) -> str:
    """The sample data on a server."""
    with database.bound(postgres_url, busy_timeout=5):
        seeds.seed()
    return postgres_url


@pytest.fixture
def without_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """The trials in a temporary schema are the same every time."""
    monkeypatch.setattr(verify.trial, "checks", lambda _database, _timeout: iter(()))


def failures(url: str) -> dict[str, str]:
    with database.bound(url, busy_timeout=5):
        return {check.check: check.detail for check in verify.run() if check.state == "failed"}


def test_a_sound_database_passes_every_check_and_nothing_stays_behind(seeded: str, adops: Adops) -> None:
    found = adops("db", "verify", "--format", "json", on=seeded)

    assert found.code == 0
    checks = {row["check"]: row["state"] for row in found.json()}
    assert set(checks.values()) == {"ok", "figure"}
    assert {"engine", "references", "schema", "migrations", "times", "constraints", "concurrent writes"} <= set(checks)
    assert asked(seeded, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'adops%%'") == []


@pytest.mark.usefixtures("without_trial")
@pytest.mark.parametrize(
    ("statement", "check", "words"),
    [
        ('DROP INDEX "metrics_campaignId_date"', "schema", "unique index metrics"),
        ("ALTER TABLE campaigns ALTER COLUMN budget TYPE numeric(20,2)", "schema", "campaigns.budget numeric(18,6)"),
        (
            'ALTER TABLE campaigns ALTER COLUMN status TYPE text COLLATE "POSIX"',
            "schema",
            "campaigns.status text COLLATE C",
        ),
        ('ALTER TABLE events DROP CONSTRAINT "events_projectId_fkey"', "schema", "key events.projectId to projects n"),
        ("DROP VIEW lifetime; CREATE VIEW lifetime AS SELECT * FROM monthly", "schema", "view lifetime"),
        (NOT_VALID, "references", "not validated: later"),
        (
            "UPDATE projects SET status = 'lost' WHERE id = 'proj-spring'",
            "closed sets",
            "projects proj-spring (status)",
        ),
        ("UPDATE metrics SET clicks = -1 WHERE id = 1", "counts and flags", "metrics 1 (clicks)"),
        ("UPDATE metrics SET spend = 8000000000.5 WHERE id = 2", "money in range", "metrics 2 (spend)"),
        ("UPDATE metrics SET conversions = -1 WHERE id = 3", "money in range", "metrics 3 (conversions)"),
        ("UPDATE metrics SET roas = roas + 0.000001 WHERE id = 4", "calculated fields", "metrics 4 (roas)"),
        ("UPDATE metrics SET date = '20000-01-01' WHERE id = 5", "days", "metrics 5 (date)"),
        ("UPDATE events SET timestamp = 'infinity' WHERE id = 'evt-01'", "times", "events evt-01 (timestamp)"),
        ("UPDATE adops_migration SET sha256 = 'x'", "migrations", "001_initial_schema is changed"),
    ],
)
def test_what_is_wrong_is_found_and_named(seeded: str, statement: str, check: str, words: str) -> None:
    asked(seeded, statement)

    assert words in failures(seeded)[check]


def test_a_schema_whose_name_wants_quotes_is_one_like_any_other(bare_postgres_url: str) -> None:
    asked(bare_postgres_url, 'CREATE SCHEMA "Team X"')
    path = quote(r'-csearch_path="Team\ X"')
    with database.bound(f"{bare_postgres_url}&options={path}", busy_timeout=5):
        schema.migrate()
        seeds.seed()
        assert {check.state for check in verify.run()} == {"ok", "figure"}

    assert asked(bare_postgres_url, 'SELECT count(*) FROM "Team X".metrics') == [(100,)]


def test_a_user_without_the_right_to_make_schemas_still_gets_the_trial(
    seeded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.bound(seeded, busy_timeout=5) as engine:
        execute = engine.execute_sql
        refused = "CREATE SCHEMA nonsense syntax"
        monkeypatch.setattr(
            engine, "execute_sql", lambda sql, *rest: execute(refused if "CREATE SCHEMA" in sql else sql, *rest)
        )
        assert {check.state for check in verify.run()} == {"ok", "figure"}


def test_info_tells_of_a_server_without_its_password(postgres_url: str, adops: Adops) -> None:
    url = postgres_url.replace("postgres@", "postgres:secret@")

    found = adops("db", "info", "--format", "json", on=url).json()

    assert found["database"] == postgres_url.replace("postgres@", "postgres:***@")
    assert found["engine"].startswith("PostgreSQL ")
    assert found["journalMode"] is None
    assert found["bytes"] > 1_000_000


def test_optimize_renews_the_statistics(seeded: str) -> None:
    with database.bound(seeded, busy_timeout=5):
        done = maintenance.optimize()

    assert done.before > 0
    assert asked(seeded, "SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'metrics'") == [(True,)]


STUCK = """
import sys, time
from adops_cli.care.verify import trial
from adops_cli.cli import app

def stuck():
    print("here", flush=True)
    time.sleep(60)
    yield

trial._speeds = stuck
sys.argv = ["adops", "--database", sys.argv[1], "db", "verify"]
app.main()
"""


def test_the_schema_of_a_check_that_was_killed_is_dropped_by_the_next_one_but_no_living_one(
    seeded: str, adops: Adops
) -> None:
    """A signal that can be caught has it dropped at once."""

    def stopped() -> "subprocess.Popen[str]":
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        started = subprocess.Popen([sys.executable, "-c", STUCK, seeded], env=env, stdout=subprocess.PIPE, text=True)
        assert started.stdout is not None
        assert started.stdout.readline() == "here\n"
        return started

    def schemas() -> int:
        return len(asked(seeded, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'adops%%'"))

    killed = stopped()
    killed.kill()
    killed.communicate()
    assert schemas() == 1
    living = stopped()
    assert schemas() in (1, 2)  # the server may not know yet that the first one is dead

    assert adops("db", "verify", on=seeded).code == 0

    assert schemas() == 1
    living.send_signal(signal.SIGTERM)
    living.communicate(timeout=60)
    assert (living.returncode, schemas()) == (128 + signal.SIGTERM, 0)
