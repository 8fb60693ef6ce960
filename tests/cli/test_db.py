"""`adops db`: migrate, rollback, status, backup, seed, as people and scripts see them."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import MIGRATIONS, ROOT, Adops


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    path.write_bytes((ROOT / "fixtures" / "knex" / "ad-ops.db").read_bytes())
    return path


def test_migrate_makes_a_database_and_says_so(adops_on: Adops, tmp_path: Path) -> None:
    new = tmp_path / "database" / "data" / "ad-ops.db"

    names = ", ".join(MIGRATIONS)

    assert adops_on("db", "migrate", "--plan", on=new).err == f"Would apply {names}.\n"
    assert not new.exists()
    assert adops_on("db", "migrate", on=new).err == f"Applied {names}.\n"
    again = adops_on("db", "migrate", on=new)
    assert (again.code, again.out, again.err) == (0, "", "Nothing to do: the database is up to date.\n")


def test_migrate_can_stop_at_an_older_schema(adops_on: Adops, tmp_path: Path) -> None:
    new = tmp_path / "new.db"

    done = adops_on("db", "migrate", "--to", "006_event_order", on=new)
    assert (done.code, done.err.startswith("Applied 001_initial_schema, ")) == (0, True)
    assert adops_on("db", "migrate", on=new).code == 0


def test_migrate_as_json_is_one_object(adops_on: Adops, tmp_path: Path) -> None:
    made = adops_on("db", "migrate", "--format", "json", on=tmp_path / "new.db")

    assert made.json() == {"planned": False, "applied": MIGRATIONS, "backup": None, "takeOver": None}


def test_status_lists_the_migrations_and_gates_a_deployment(adops: Adops, tmp_path: Path) -> None:
    found = adops("db", "status", "--exit-code", "--format", "json")
    assert found.code == 0
    assert [(row["name"], row["state"]) for row in found.json()] == [(name, "applied") for name in MIGRATIONS]
    assert all(row["appliedAt"].endswith("Z") for row in found.json())

    empty = tmp_path / "empty.db"
    sqlite3.connect(empty).close()
    assert adops("db", "status", on=empty).code == 0
    assert adops("db", "status", "--exit-code", on=empty).code == 3
    assert adops("db", "status", on=tmp_path / "none.db").code == 6


def test_rollback_asks_and_where_nobody_answers_it_refuses(adops: Adops) -> None:
    newest = MIGRATIONS[-1]
    assert adops("db", "rollback", "--dry-run").out == f"Would roll back {newest}.\n"

    refused = adops("db", "rollback")
    assert refused.code == 2
    assert f"cannot ask for confirmation without a terminal: Roll back {newest} and drop" in refused.err
    assert adops("projects", "list").code == 0

    done = adops("db", "rollback", "--yes")
    assert (done.code, done.out) == (0, f"Rolled back {newest}.\n")
    assert adops("projects", "list").code == 6


@pytest.mark.usefixtures("db_file")
def test_backup_prints_where_the_copy_is(adops: Adops, tmp_path: Path) -> None:
    made = adops("db", "backup", tmp_path / "copy.db")
    assert (made.code, made.out) == (0, f"{tmp_path}/copy.db\n")

    again = adops("db", "backup", tmp_path / "copy.db")
    assert again.code == 5
    assert adops("db", "backup", on=tmp_path / "none.db").code == 6


def test_a_database_of_the_node_system_is_taken_over(adops_on: Adops, old: Path) -> None:
    assert "`adops db migrate` backs it up and takes it over" in adops_on("db", "status", on=old).err
    planned = adops_on("db", "migrate", "--plan", "--format", "json", on=old)
    assert planned.code == 0
    assert planned.json()["takeOver"]["tables"][-1] == {
        "table": "metrics", "read": 542, "taken": 542, "normalised": 181, "detached": 0, "rejected": 0,
    }  # fmt: skip

    done = adops_on("db", "migrate", "--format", "json", on=old)

    assert done.code == 0
    assert Path(done.json()["backup"]).exists()
    assert done.json() == planned.json() | {"planned": False, "backup": done.json()["backup"]}
    assert adops_on("metrics", "list", "--limit", "0", "--format", "ndjson", on=old).out.count("\n") == 542


def test_rows_that_do_not_fit_are_listed_and_end_the_command(adops_on: Adops, old: Path, tmp_path: Path) -> None:
    connection = sqlite3.connect(old)
    connection.execute("UPDATE events SET executionId = 'gone' WHERE id = 'evt-00001'")
    connection.commit()
    connection.close()
    before = old.read_bytes()

    planned = adops_on("db", "migrate", "--plan", on=old)
    assert planned.code == 3
    stopped = adops_on("db", "migrate", on=old)
    assert stopped.code == 1
    assert "stops: events evt-00001: executionId refers to an unknown execution: 'gone'\n" in stopped.err
    assert "the take-over stopped" in stopped.err
    assert "The take-over would stop there" in planned.err
    assert old.read_bytes() == before

    rejected = adops_on("db", "migrate", "--on-bad-row", "reject", "--rejects", tmp_path / "r.ndjson", on=old)
    assert rejected.code == 3
    assert '"_file": "events.json"' in (tmp_path / "r.ndjson").read_text()


def test_seeding_is_idempotent(adops_on: Adops, tmp_path: Path) -> None:
    new = tmp_path / "new.db"

    first = adops_on("db", "seed", "--format", "json", on=new)
    assert {row["table"]: row["inserted"] for row in first.json()} == {
        "projects": 5, "workflows": 4, "executions": 10, "campaigns": 15, "events": 20, "metrics": 100,
    }  # fmt: skip
    again = adops_on("db", "seed", "--format", "json", on=new)
    assert {row["inserted"] for row in again.json()} == {0}
    platforms = adops_on("metrics", "report", "--format", "json", on=new).json()
    assert {row["platform"] for row in platforms} == {"google-ads", "meta-ads", "pinterest", "ttd", "dv360"}


def test_seeding_refuses_a_database_in_use_unless_told_so(adops: Adops, old: Path) -> None:
    adops("projects", "create", "--name", "Ours", "--type", "campaign")

    refused = adops("db", "seed")
    assert refused.code == 2
    assert "The database already holds 1 row of other data" in refused.err
    assert adops("campaigns", "list", "--format", "json").json() == []
    assert adops("db", "seed", "--yes").code == 0
    assert adops("db", "seed", on=old).code == 6


def test_sample_data_does_not_go_in_where_its_keys_are_taken(adops: Adops) -> None:
    adops("campaigns", "create", "--name", "Ours", "--platform", "google-ads", "--external-id", "21000000001")

    refused = adops("db", "seed", "--yes")

    assert refused.code == 5
    words = "another campaign already has the platform and external id of sample campaign 'camp-01'"
    assert words in refused.err
    assert adops("projects", "list", "--format", "json").json() == []


@pytest.mark.usefixtures("db_file")
def test_processes_that_seed_at_once_wait_for_each_other(tmp_path: Path, adops_process: Adops) -> None:
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda _: adops_process("db", "seed", "--yes", on=tmp_path / "new.db"), range(3)))

    assert [result.code for result in done] == [0, 0, 0], done
    assert adops_process("metrics", "list", on=tmp_path / "new.db").out.count("\n") == 101
