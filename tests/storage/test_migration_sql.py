"""`adops db migrate --plan --sql`: the statements are what another program needs to do the same, and none is kept."""

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from adops_cli import database
from adops_cli.storage import schema
from adops_cli.storage.engines.base import known_migrations
from tests import sqlite_files
from tests.conftest import ROOT, Adops


@pytest.fixture
def empty(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> str:
    """A database without any table: a missing file, or one of a server."""
    return str(tmp_path / "new.db" if engine == "sqlite" else request.getfixturevalue("bare_postgres_url"))


def run(url: str, sql: str) -> None:
    """Run a script with another program."""
    if "://" not in url:
        with sqlite_files.opened(Path(url)) as connection:
            connection.executescript(f"PRAGMA foreign_keys = 0; {sql}")
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.encode())


def everything(url: str) -> Any:
    """What a plan could have changed."""
    if "://" not in url:
        path = Path(url)
        return path.exists() and path.read_bytes(), sorted(file.name for file in path.parent.iterdir())
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute("SELECT oid, relname, xmin::text FROM pg_class ORDER BY oid").fetchall()


def test_another_program_can_migrate_with_the_statements(adops_on: Adops, empty: str) -> None:
    before = everything(empty)

    planned = adops_on("db", "migrate", "--plan", "--sql", on=empty)

    assert (planned.code, planned.err) == (0, "")
    assert all(line.endswith(";") for line in planned.out.splitlines())
    assert everything(empty) == before

    run(empty, planned.out)
    assert adops_on("db", "status", "--exit-code", on=empty).code == 0
    failed = [row for row in adops_on("db", "verify", "--format", "json", on=empty).json() if row["state"] == "failed"]
    assert failed == []


def test_only_what_is_pending_is_planned(adops: Adops, database_url: str) -> None:
    with database.bound(database_url, busy_timeout=5):
        schema.rollback(1)
    before = everything(database_url)

    planned = adops("db", "migrate", "--plan", "--sql")

    assert re.findall(r"INTO .?migratehistory.* VALUES \('(\w+)'", planned.out) == known_migrations()[-1:]
    assert not re.search(r"^(SELECT|SAVEPOINT|RELEASE|ROLLBACK)", planned.out, re.MULTILINE)
    assert everything(database_url) == before

    run(database_url, planned.out)
    assert adops("db", "status", "--exit-code").code == 0
    again = adops("db", "migrate", "--plan", "--sql")
    assert (again.code, again.out, again.err) == (0, "", "Nothing to do.\n")


def test_a_plan_up_to_a_migration_ends_there(adops_on: Adops, empty: str) -> None:
    planned = adops_on("db", "migrate", "--to", "001_initial_schema", "--plan", "--sql", on=empty)

    assert re.findall(r"INTO .?migratehistory.* VALUES \('(\w+)'", planned.out) == ["001_initial_schema"]


def test_statements_alone_are_no_plan(adops: Adops) -> None:
    refused = adops("db", "migrate", "--sql")

    assert (refused.code, refused.err) == (2, "Error: --sql needs --plan. Use `adops db migrate --plan --sql`\n")


def test_rows_that_are_moved_one_by_one_are_no_statements(adops_on: Adops, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    old.write_bytes((ROOT / "fixtures" / "knex" / "ad-ops.db").read_bytes())

    refused = adops_on("db", "migrate", "--plan", "--sql", on=old)

    assert refused.code == 2
    assert "is a database of the Node system, whose rows are moved one by one. Leave out --sql" in refused.err
