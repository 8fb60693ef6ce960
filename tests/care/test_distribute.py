"""A database is distributed by campaign, and taken back. Citus is not here: what it refuses and keeps is imitated.

On Citus itself this was run by hand, as `docs/team.md` tells.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from adops_cli import database
from adops_cli.care import verify
from adops_cli.data import reports
from adops_cli.errors import BusyError
from adops_cli.storage.distribution import NAMES, ON_EVERY_NODE
from tests.conftest import Adops
from tests.postgres import Databases, asked

# What Citus 14 refuses, with its words, and the part of its catalogue that adops reads.
CITUS = """
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass, partmethod "char", colocationid int);
INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
SELECT 90000, 'citus', oid, 'pg_catalog'::regnamespace, false, '14.0-1' FROM pg_roles WHERE rolname = current_user;
CREATE FUNCTION pg_catalog.take(t regclass, method "char", colocation int) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = t AND NOT tgisinternal) THEN
        RAISE 'cannot distribute relation %% because it has triggers', t;
    ELSIF EXISTS (SELECT FROM pg_constraint WHERE conrelid = t AND contype = 'f') THEN
        RAISE 'referenced table must be a distributed table or a reference table';
    END IF;
    INSERT INTO pg_dist_partition VALUES (t, method, colocation);
END $$;
CREATE FUNCTION pg_catalog.create_distributed_table(t regclass, key text, colocate_with regclass DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT FROM pg_index WHERE indrelid = t AND indisunique AND (
        SELECT attnum FROM pg_attribute WHERE attrelid = t AND attname = key) <> ALL (indkey)) THEN
        RAISE 'Distributed relations cannot have UNIQUE constraints that do not include the partition column';
    END IF;
    PERFORM take(t, 'h', 1);
END $$;
CREATE FUNCTION pg_catalog.create_reference_table(t regclass) RETURNS void LANGUAGE sql AS $$ SELECT take(t, 'n', 2) $$;
CREATE FUNCTION pg_catalog.truncate_local_data_after_distributing_table(t regclass) RETURNS void LANGUAGE sql AS '';
CREATE FUNCTION pg_catalog.undistribute_table(t regclass) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = t AND attidentity <> '') THEN
        RAISE 'cannot complete operation on a table with identity column';
    END IF;
    DELETE FROM pg_dist_partition WHERE logicalrelid = t;
END $$;
"""
DISTRIBUTED = "SELECT logicalrelid::text, partmethod FROM pg_dist_partition ORDER BY 1"
KEYS = (
    "SELECT indrelid::regclass::text, pg_get_indexdef(indexrelid, 1, true) FROM pg_index "
    "WHERE indisprimary AND indrelid IN ('metrics'::regclass, 'import_changes'::regclass) ORDER BY 1"
)
FILE = "campaign,date,spend\nC,2026-02-01,1\nC,2026-02-02,2\nD,2026-02-01,3\n"
OFF = "Distributed by campaign: stored sums are off, and reports read the daily rows.\n"


@pytest.fixture(autouse=True)
def _no_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify.trial, "checks", lambda _database, _timeout: iter(()))


@pytest.fixture
def with_citus(databases: Databases, migrated_template: str, adops_on: Adops) -> Iterator[str]:
    """A server with Citus, on which a file is imported."""
    url = databases.new(migrated_template)
    asked(url, CITUS)
    Path("first.csv").write_text(FILE)
    Path("second.csv").write_text(FILE.replace(",3", ",4"))
    assert adops_on("metrics", "import", "first.csv", "--platform", "generic", on=url).code == 0
    yield url
    databases.drop(url)


def spend(adops_on: Adops, url: str) -> dict[str, float]:
    by = adops_on("metrics", "report", "--by", "campaign", "--format", "json", on=url).json()
    return {row["name"]: row["spend"] for row in by}


def checks(adops_on: Adops, url: str) -> tuple[int, dict[str, str]]:
    done = adops_on("db", "verify", "--format", "json", on=url)
    return done.code, {row["check"]: row["detail"] for row in json.loads(done.out)}


def test_a_distributed_database_works_on_and_its_sums_are_off(with_citus: str, adops_on: Adops) -> None:
    done = adops_on("db", "distribute", "--format", "json", on=with_citus)

    assert done.code == 0, done.err
    assert {(row["table"], row["kept"], row["rows"]) for row in done.json()} >= {
        ("metrics", "by campaign", 3),
        ("import_changes", "by campaign", 2),
        ("campaigns", "on every node", 2),
        ("events", "on every node", 0),
    }
    kept = dict(asked(with_citus, DISTRIBUTED))
    assert (kept.pop("metrics"), kept.pop("import_changes"), set(kept.values())) == ("h", "h", {"n"})
    assert asked(with_citus, KEYS) == [("import_changes", '"campaignId"'), ("metrics", '"campaignId"')]
    assert adops_on("metrics", "import", "second.csv", "--platform", "generic", on=with_citus).code == 0
    assert spend(adops_on, with_citus) == {"C": 3, "D": 4}
    assert adops_on("imports", "undo", "--last", "--yes", on=with_citus).code == 0
    assert spend(adops_on, with_citus) == {"C": 3, "D": 3}
    assert adops_on("db", "info", on=with_citus).err == OFF
    assert adops_on("db", "repair", on=with_citus).code == 0
    code, details = checks(adops_on, with_citus)
    assert (code, details["sums"]) == (0, "off, since the database is distributed: reports read the daily rows")
    assert asked(with_citus, "SELECT count(*) FROM campaign_totals") == [(0,)]


def test_a_distributed_database_can_be_made_plain_again(with_citus: str, adops_on: Adops) -> None:
    asked(with_citus, "CREATE ROLE adops_reader; GRANT SELECT ON metrics TO adops_reader")
    asked(with_citus, "DELETE FROM metrics WHERE id = (SELECT max(id) FROM metrics)")  # its number stays used
    assert adops_on("imports", "adopt", on=with_citus).code == 0
    left = spend(adops_on, with_citus)
    shape = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    before = asked(with_citus, shape)
    assert adops_on("db", "distribute", on=with_citus).code == 0

    done = adops_on("db", "distribute", "--undo", on=with_citus)

    assert done.code == 0, done.err
    assert asked(with_citus, shape) == before
    assert [table for table, _ in asked(with_citus, DISTRIBUTED) if table in ("campaigns", "events")] == []
    assert asked(with_citus, "SELECT has_table_privilege('adops_reader', 'metrics', 'SELECT')") == [(True,)]
    assert asked(with_citus, "SELECT nextval(pg_get_serial_sequence('metrics', 'id'))") == [(4,)]
    verified = adops_on("db", "verify", on=with_citus)
    assert (verified.code, verified.err) == (0, "")
    assert spend(adops_on, with_citus) == left
    asked(with_citus, "DROP OWNED BY adops_reader; DROP ROLE adops_reader")


def test_a_dry_run_prints_the_statements_and_runs_none(with_citus: str, adops_on: Adops) -> None:
    done = adops_on("db", "distribute", "--dry-run", on=with_citus)

    lines = done.out.splitlines()
    assert (done.code, asked(with_citus, DISTRIBUTED)) == (0, [])
    assert lines[0] == "SET LOCAL citus.multi_shard_modify_mode = 'sequential';"
    assert [line for line in lines if "_table('" in line] == [
        "SELECT create_distributed_table('metrics', 'campaignId');",
        "SELECT create_distributed_table('import_changes', 'campaignId', colocate_with => 'metrics');",
        *(f"SELECT create_reference_table('{table}');" for table in ON_EVERY_NODE),
        *(f"SELECT truncate_local_data_after_distributing_table('{table}');" for table in NAMES),
    ]
    assert 'ALTER TABLE metrics ADD CONSTRAINT metrics_pkey PRIMARY KEY ("campaignId", "id");' in lines
    assert 'ALTER TABLE metrics ADD CONSTRAINT "metrics_campaignId_fkey" FOREIGN KEY ("campaignId") ' in done.out
    assert "setval(pg_get_serial_sequence('metrics', 'id'), GREATEST(3, (SELECT max" in done.out
    assert " SET timezone = 'UTC';" in done.out
    assert checks(adops_on, with_citus)[1]["sums"] == "what the daily rows add up to"


def test_rows_that_are_lost_on_the_way_stop_it(with_citus: str, adops_on: Adops) -> None:
    asked(
        with_citus,
        "CREATE OR REPLACE FUNCTION pg_catalog.create_reference_table(t regclass) RETURNS void LANGUAGE sql "
        "AS 'DELETE FROM metrics WHERE spend = 3'",
    )

    done = adops_on("db", "distribute", on=with_citus)

    assert (done.code, done.err) == (
        1,
        "Error: metrics would differ: rows 3 and 2, spend 6 and 3. Nothing was changed\n",
    )
    assert (asked(with_citus, DISTRIBUTED), spend(adops_on, with_citus)) == ([], {"C": 3, "D": 3})


def test_what_is_distributed_or_has_triggers_of_others_is_refused(with_citus: str, adops_on: Adops) -> None:
    assert adops_on("db", "distribute", "--undo", on=with_citus).code == 5
    asked(
        with_citus,
        "CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; "
        "CREATE TRIGGER mine AFTER INSERT ON events EXECUTE FUNCTION mine()",
    )
    foreign = adops_on("db", "distribute", on=with_citus)
    assert (foreign.code, "mine on events" in foreign.err) == (5, True)
    asked(with_citus, "DROP TRIGGER mine ON events")
    assert adops_on("db", "distribute", on=with_citus).code == 0

    for words in ([], ["--dry-run"]):
        twice = adops_on("db", "distribute", *words, on=with_citus)
        assert twice.code == 5
        assert "is distributed already, by campaign" in twice.err


def test_a_team_s_schema_that_citus_keeps_on_one_node_has_no_sums_either(with_citus: str, adops_on: Adops) -> None:
    asked(
        with_citus,
        "DROP TRIGGER rollup_metrics_insert ON metrics; INSERT INTO pg_dist_partition VALUES ('metrics', 'n', 7)",
    )

    assert adops_on("db", "info", on=with_citus).err.endswith(OFF.replace("campaign:", "schema:"))
    assert checks(adops_on, with_citus)[1]["sums"].startswith("off, ")
    assert adops_on("db", "distribute", on=with_citus).code == 5
    undone = adops_on("db", "distribute", "--undo", on=with_citus)
    assert (undone.code, "Copy it with `adops db copy`" in undone.err) == (5, True)


def test_only_citus_distributes(postgres_url: str, db_file: Path, adops_on: Adops) -> None:
    for url, why in ((postgres_url, "has no Citus"), (db_file, "only a PostgreSQL database with Citus")):
        done = adops_on("db", "distribute", on=url)
        assert (done.code, len(done.err.splitlines())) == (2, 1)
        assert why in done.err


def test_json_mode_has_nothing_to_distribute(json_dir: Path, adops_on: Adops) -> None:
    assert adops_on("db", "distribute").code == 2
    assert not json_dir.exists()


def test_a_report_of_a_distributed_database_waits_for_an_import(with_citus: str, adops_on: Adops) -> None:
    """Its nodes have a snapshot each, so that a report would see half of what an import commits on all of them."""
    for distributed in (False, True):
        if distributed:
            assert adops_on("db", "distribute", on=with_citus).code == 0
        with database.bound(with_citus, busy_timeout=5) as importing, importing.atomic():
            importing.serialise_imports()
            with database.bound(with_citus, busy_timeout=0.1):
                if distributed:
                    with pytest.raises(BusyError):
                        reports.grouped("platform")
                else:
                    assert len(reports.grouped("platform")) == 1
    assert spend(adops_on, with_citus) == {"C": 3, "D": 3}
