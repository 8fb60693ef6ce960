"""Migration 004: what an old script left out is filled in again, and nothing else of a table changes."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database, values
from adops_cli.errors import AdopsError
from adops_cli.importers.node import take_over
from adops_cli.storage import other_forms, schema
from tests.conftest import ROOT
from tests.postgres import asked
from tests.sqlite_files import opened, run

NAME = "004_old_scripts"
SINCE = sorted(path.stem for path in (ROOT / "migrations").glob("[0-9]*.py") if path.stem >= NAME)
"""This migration and those that came after it."""
NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
SERVER_NOW = "date_trunc('milliseconds'::text, now())"
OURS = {("imports", "kind"): ("'import'", "'import'::text")}
"""A table that the scripts do not know."""
DEFAULTS = {
    ("projects", "status"): ("'planning'", "'planning'::text"),
    ("projects", "createdAt"): (NOW, SERVER_NOW),
    ("projects", "updatedAt"): (NOW, SERVER_NOW),
    ("executions", "status"): ("'queued'", "'queued'::text"),
    ("executions", "createdAt"): (NOW, SERVER_NOW),
    ("events", "processed"): ("0", "false"),
    ("events", "timestamp"): (NOW, SERVER_NOW),
    ("workflows", "enabled"): ("1", "true"),
    ("workflows", "createdAt"): (NOW, SERVER_NOW),
    ("workflows", "updatedAt"): (NOW, SERVER_NOW),
    ("campaigns", "createdAt"): (NOW, SERVER_NOW),
    ("campaigns", "updatedAt"): (NOW, SERVER_NOW),
}
"""All that the Node system had, in our form, but for the zeros of `metrics`."""
PARTIAL = (
    "INSERT INTO projects (id, name, type) VALUES ('new', 'N', 't')",
    """INSERT INTO executions (id, "workflowId") VALUES ('new', 'w')""",
    "INSERT INTO events (id, type) VALUES ('new', 't')",
    "INSERT INTO workflows (id, name) VALUES ('new', 'N')",
    "INSERT INTO campaigns (id, platform, name) VALUES ('new', 'ttd', 'N')",
    """INSERT INTO metrics ("campaignId", date, spend) VALUES ('new', '2026-02-10', 5)""",
)
"""What scripts of the Node system may write: the rest they leave to the database."""


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with opened(path) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """A database as it was in use before this migration, with rows in every table."""
    path = tmp_path / "before.db"
    with opened(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript((ROOT / "tests/golden/database-c0e071e.sql").read_text("utf-8"))
    return path


def migrate(path: Path) -> None:
    with database.bound(str(path)):
        assert schema.migrate(to=NAME).names == [NAME]


def roll_back(path: Path) -> None:
    with database.bound(str(path)):
        assert schema.rollback().names == [NAME]


def of_schema(path: Path) -> set[tuple[Any, ...]]:
    return set(rows(path, "SELECT type, name, tbl_name, sql FROM sqlite_master"))


def content(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the migrations' own and the statistics, with its rowid."""
    tables = [name for (name,) in rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    wanted = [name for name in tables if name not in ("migratehistory", "adops_migration", "sqlite_stat1")]
    return {name: rows(path, f'SELECT rowid, * FROM "{name}" ORDER BY rowid') for name in sorted(wanted)}


def defaults_of(path: Path, table: str) -> dict[str, Any]:
    return {name: default for _, name, _, _, default, _ in rows(path, f"PRAGMA table_info({table})") if default}


def test_a_file_has_the_defaults_of_the_node_system_but_for_figures(db_file: Path) -> None:
    found = {
        (table, column): default
        for table in ("projects", "executions", "events", "workflows", "campaigns", "metrics", "imports")
        for column, default in defaults_of(db_file, table).items()
    }

    assert found == {place: in_file for place, (in_file, _) in (DEFAULTS | OURS).items()}


def test_a_server_has_the_same(postgres_url: str) -> None:
    found = asked(
        postgres_url,
        "SELECT table_name, column_name, column_default FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND column_default IS NOT NULL AND is_identity = 'NO' "
        "AND table_name <> 'migratehistory'",
    )

    assert {(table, column): default for table, column, default in found} == {
        place: on_server for place, (_, on_server) in (DEFAULTS | OURS).items()
    }


def written_by_a_partial_insert(bound: Any) -> dict[str, Any]:
    for statement in PARTIAL:
        bound.execute_sql(statement)
    found: dict[str, Any] = {}
    for table, column in DEFAULTS:
        as_text = f'to_char("{column}", \'YYYY-MM-DD"T"HH24:MI:SS.US\')' if not bound.in_a_file else f'"{column}"'
        value = as_text if values.attribute(column).endswith(("_at", "timestamp")) else f'"{column}"'
        found[f"{table}.{column}"] = bound.execute_sql(f"SELECT {value} FROM {table} WHERE id = 'new'").fetchone()[0]
    return found


def require_defaults(bound: Any) -> None:
    found = written_by_a_partial_insert(bound)
    words = {name: value for name, value in found.items() if name.endswith(("status", "processed", "enabled"))}
    assert words == {
        "projects.status": "planning", "executions.status": "queued", "events.processed": 0, "workflows.enabled": 1,
    }  # fmt: skip
    for name in found.keys() - words.keys():
        written = found[name] if bound.in_a_file else found[name].removesuffix("000") + "Z"
        assert values.is_written_instant(written), (name, found[name])
        assert values.written_instant(values.instant(written)) == written
    figures = "SELECT spend, impressions, clicks, conversions, revenue, roas FROM metrics WHERE \"campaignId\" = 'new'"
    assert bound.execute_sql(figures).fetchone() == (5, None, None, None, None, None)


def test_a_row_that_says_the_least_gets_the_rest(bound: Any) -> None:
    require_defaults(bound)


def test_so_it_does_in_a_database_that_was_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    path.write_bytes((ROOT / "fixtures" / "knex" / "ad-ops.db").read_bytes())
    with database.bound(str(path)) as engine:
        assert NAME in take_over.migrate().applied
        require_defaults(engine)


def test_so_it_does_in_an_older_database_of_ours(before: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=r"NOT NULL constraint failed: projects\.status"):
        run(before, PARTIAL[0])

    with database.bound(str(before)) as engine:
        schema.migrate()
        require_defaults(engine)


def test_rows_stay_where_they_are_to_the_last_rowid(before: Path) -> None:
    run(before, "DELETE FROM events WHERE rowid % 3 = 0", "DELETE FROM metrics WHERE id > 90")
    was = content(before)
    assert sum(map(len, was.values())) > 100

    migrate(before)

    now = content(before)
    assert {name: sorted(now[name]) for name in now} == {name: sorted(was[name]) for name in was}
    assert rows(before, "PRAGMA integrity_check") == [("ok",)]
    assert rows(before, "PRAGMA foreign_key_check") == []
    run(before, """INSERT INTO metrics ("campaignId", date) SELECT id, '2030-01-01' FROM campaigns LIMIT 1""")
    assert rows(before, "SELECT max(id) > 100 FROM metrics") == [(1,)]  # a number is never used twice


OF_THE_USER = (
    "ALTER TABLE projects ADD COLUMN priority INTEGER DEFAULT 3 CHECK (priority BETWEEN 1 AND 5)",
    "ALTER TABLE events ADD COLUMN day TEXT GENERATED ALWAYS AS (substr(timestamp, 1, 10)) VIRTUAL",
    "CREATE INDEX mine ON projects (owner COLLATE NOCASE, status) WHERE budget > 0",
    "CREATE INDEX my_expression ON events (lower(type))",
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, projectId TEXT REFERENCES projects (id) ON DELETE CASCADE)",
    "CREATE TABLE log (words TEXT)",
    "CREATE VIEW busy AS SELECT p.name, count(e.id) AS events FROM projects p JOIN events e ON e.projectId = p.id",
    "CREATE VIEW of_view AS SELECT * FROM busy",
    "CREATE TRIGGER noted AFTER UPDATE OF status ON projects BEGIN INSERT INTO log VALUES (new.status); END",
    "CREATE TRIGGER elsewhere AFTER INSERT ON notes BEGIN UPDATE projects SET owner = 'x' WHERE id = new.projectId;END",
    "CREATE TRIGGER instead INSTEAD OF DELETE ON busy BEGIN INSERT INTO log VALUES ('deleted'); END",
    "INSERT INTO notes (projectId) SELECT id FROM projects",
    "ANALYZE",
)


def test_what_others_hung_on_the_tables_hangs_there_still(before: Path) -> None:
    run(before, *OF_THE_USER)
    was, statistics = of_schema(before), sorted(rows(before, "SELECT * FROM sqlite_stat1"))
    rebuilt = {"projects", "executions", "events", "workflows", "campaigns"}

    migrate(before)

    now = of_schema(before)
    assert {part for part in was if part not in now} == {
        part for part in was if part[0] == "table" and part[1] in rebuilt
    }
    assert {part[1] for part in now - was if part[0] != "table"} == set(other_forms.indexes())
    assert sorted(rows(before, "SELECT * FROM sqlite_stat1")) == statistics
    with opened(before) as connection:
        connection.execute("PRAGMA foreign_keys = 1")
        connection.execute("UPDATE projects SET status = 'paused' WHERE id = 'proj-spring'")
        assert connection.execute("SELECT words FROM log").fetchall() == [("paused",)]
        connection.execute("INSERT INTO notes (projectId) VALUES ('proj-spring')")
        assert connection.execute("SELECT owner FROM projects WHERE id = 'proj-spring'").fetchone() == ("x",)
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("UPDATE projects SET priority = 9")
        assert connection.execute("SELECT * FROM of_view").fetchall()
        connection.execute("DELETE FROM projects WHERE id = 'proj-spring'")
        assert connection.execute("SELECT count(*) FROM notes WHERE projectId = 'proj-spring'").fetchone() == (0,)
        assert connection.execute("SELECT DISTINCT length(day) FROM events").fetchall() == [(10,)]


def test_taken_back_it_leaves_the_schema_as_it_was(before: Path) -> None:
    run(before, *OF_THE_USER)
    was, held = of_schema(before), content(before)

    migrate(before)
    roll_back(before)

    assert of_schema(before) == was
    assert {name: sorted(found) for name, found in content(before).items()} == {
        name: sorted(found) for name, found in held.items()
    }


def test_taken_back_on_a_server_it_takes_the_defaults_along(postgres_url: str) -> None:
    with database.bound(postgres_url):
        assert schema.rollback(len(SINCE)).names == SINCE[::-1]
    with pytest.raises(Exception, match='null value in column "status"'):
        asked(postgres_url, PARTIAL[0])

    with database.bound(postgres_url) as engine:
        assert schema.migrate().names == SINCE
        require_defaults(engine)


BY_KNEX = """CREATE TABLE `projects` (`id` text NOT NULL PRIMARY KEY, `name` text NOT NULL, `type` text NOT NULL,
    `status` text NOT NULL, `note` text DEFAULT 'a, (b', `createdAt` datetime, `updatedAt` datetime)"""
BY_HAND = """CREATE TABLE projects(id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('planning', 'active')),
    [createdAt] TIMESTAMP,
    "updatedAt" TIMESTAMP, UNIQUE (name, type))"""


@pytest.mark.parametrize("definition", [BY_KNEX, BY_HAND], ids=["by knex", "by hand"])
def test_a_table_that_another_program_made_anew_gets_them_too(before: Path, definition: str) -> None:
    """Knex rewrites a table in its own spelling whenever one of its migrations changes it."""
    run(before, "DROP TABLE projects", definition)

    migrate(before)

    run(before, PARTIAL[0])
    assert rows(before, 'SELECT status, length("createdAt"), length("updatedAt") FROM projects') == [
        ("planning", 24, 24)
    ]
    roll_back(before)
    assert defaults_of(before, "projects").keys() <= {"note"}


def test_a_default_that_somebody_has_set_stays(before: Path) -> None:
    run(
        before,
        "DROP TABLE workflows",
        "CREATE TABLE workflows (id TEXT PRIMARY KEY, name TEXT, enabled BOOLEAN DEFAULT 0, createdAt TIMESTAMP, "
        "updatedAt TIMESTAMP DEFAULT CURRENT_TIMESTAMP)",
    )

    migrate(before)

    assert defaults_of(before, "workflows") == {"enabled": "0", "createdAt": NOW, "updatedAt": "CURRENT_TIMESTAMP"}


def test_a_definition_that_it_cannot_follow_stops_it_and_stays(before: Path) -> None:
    run(
        before,
        "DROP TABLE campaigns",
        "CREATE TABLE campaigns (id TEXT PRIMARY KEY, -- it's ours, whatever (they say\n createdAt TIMESTAMP)",
    )
    was, held = of_schema(before), content(before)
    assert len(rows(before, "PRAGMA foreign_key_check")) > 100  # of the campaigns that are gone: no matter of its own

    with database.bound(str(before)), pytest.raises(AdopsError, match="004_old_scripts could not be applied"):
        schema.migrate()

    assert (of_schema(before), content(before)) == (was, held)


def test_a_large_table_keeps_every_row(before: Path) -> None:
    run(
        before,
        "INSERT INTO events (id, type, payload, processed, timestamp) "
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
        """SELECT 'e' || i, 'large', '{"n":' || i || '}', i % 2, 1770710400000 + i FROM n""",
    )
    was = rows(before, "SELECT count(*), sum(rowid), sum(timestamp), sum(length(payload)) FROM events")

    migrate(before)

    assert rows(before, "SELECT count(*), sum(rowid), sum(timestamp), sum(length(payload)) FROM events") == was
    assert rows(before, "PRAGMA integrity_check") == [("ok",)]


def test_the_indexes_of_other_forms_are_those_that_are_asked_for(db_file: Path) -> None:
    found = rows(db_file, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND name LIKE '%other_forms'")

    assert dict(found) == dict(other_forms.indexes())
