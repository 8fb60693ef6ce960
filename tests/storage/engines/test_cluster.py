"""What a cluster of servers asks of adops. Citus itself is not here: its catalogue and its refusals are imitated."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from adops_cli import database
from adops_cli.care import verify
from adops_cli.care.verify import stored
from adops_cli.care.verify.reading import through
from adops_cli.data import campaigns, daily_rows, metrics
from adops_cli.data.access import batch
from adops_cli.errors import ConflictError, DatabaseUnusableError
from adops_cli.storage.engines.base import Engine
from tests.conftest import Adops
from tests.postgres import asked

OTHER_SETTINGS = ("DateStyle = 'German'", "TimeZone = 'Asia/Tokyo'")
"""What a worker can have, since only the connection of adops itself has ours."""
# Citus lets no statement set the column by which rows are distributed, and no key can do without it.
AS_DISTRIBUTED = """
ALTER TABLE metrics DROP CONSTRAINT metrics_pkey, ADD PRIMARY KEY ("campaignId", "id");
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE 'modifying the partition value of rows is not allowed'; END $$;
CREATE TRIGGER partition BEFORE UPDATE OF "id", "campaignId", "date" ON metrics EXECUTE FUNCTION refuse();
"""


@pytest.fixture
def recorded(postgres_url: str) -> Iterator[Engine]:
    """A campaign with one day."""
    with database.bound(postgres_url, busy_timeout=5) as engine:
        campaigns.create(id="c", name="C", platform="ttd")
        metrics.record_metrics("c", "2026-02-03", spend="1.5", synced_at="2026-02-03T23:02:03.004Z")
        yield engine


def with_other_settings(engine: Engine) -> None:
    for setting in OTHER_SETTINGS:
        engine.execute_sql(f"SET {setting}")


def test_stored_days_are_read_alike_under_any_settings(recorded: Engine) -> None:
    before = list(daily_rows.stored(["c"], "2026-01-01", "2026-12-31"))

    with_other_settings(recorded)

    assert list(daily_rows.stored(["c"], "2026-01-01", "2026-12-31")) == before
    assert [before[0][2], before[0][-1]] == ["2026-02-03", "2026-02-03T23:02:03.004Z"]


def test_stored_values_are_judged_alike_under_any_settings(recorded: Engine) -> None:
    recorded.execute_sql("UPDATE metrics SET spend = 8000000000.5")  # so that verify looks at the whole row

    with_other_settings(recorded)

    failed = {check.check for check in stored.checks(through(recorded)) if check.state == "failed"}
    assert failed == {"money in range"}


def test_a_day_that_no_calendar_of_ours_has_is_still_found(recorded: Engine) -> None:
    for day in ("0044-03-15 BC", "infinity", "20000-01-01"):
        recorded.execute_sql("UPDATE metrics SET date = %s", (day,))
        [failed] = [check for check in stored.checks(through(recorded)) if check.state == "failed"]
        assert failed.check == "days"
        assert day in failed.detail


def test_a_day_is_recorded_again_by_its_key(postgres_url: str) -> None:
    with database.bound(postgres_url, busy_timeout=5) as engine:
        engine.execute_sql(AS_DISTRIBUTED)
        engine.execute_sql("SET DateStyle = 'ISO, DMY'")
        campaigns.create(id="c", name="C", platform="ttd")
        metrics.record_metrics("c", "2026-02-03", spend=1, clicks=7)

        metrics.record_metrics("c", "2026-02-03", spend=2)
        assert (
            metrics.record_many(
                [{"campaignId": "c", "date": day, "revenue": 4} for day in ("2026-02-03", "2026-03-02")]
            )
            == 2
        )

        found = [(str(row.date), row.spend, row.clicks, row.revenue) for row in metrics.list(sort="date")]
    assert found == [("2026-02-03", 2, 7, 4), ("2026-03-02", None, None, 4)]


def test_a_confirmed_day_is_handed_over_by_its_key(adops_on: Adops, postgres_url: str) -> None:
    asked(
        postgres_url,
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RAISE 'modifying the partition value of rows is not allowed'; END $$; "
        'CREATE TRIGGER partition BEFORE UPDATE OF "id", "campaignId" ON import_changes EXECUTE FUNCTION refuse()',
    )
    for name, further in (("first", "D,2026-02-01,3"), ("second", "E,2026-02-01,4")):
        Path(f"{name}.csv").write_text(f"campaign,date,spend\nC,2026-02-01,1\n{further}\n")
        assert adops_on("metrics", "import", f"{name}.csv", "--platform", "generic", on=postgres_url).code == 0
    (batch,) = (row["id"] for row in adops_on("imports", "list", "--format", "json", on=postgres_url).json()[1:])

    undone = adops_on("imports", "undo", batch, "--yes", on=postgres_url)

    assert undone.code == 0, undone.err
    with database.bound(postgres_url, busy_timeout=5):
        assert sorted(str(row.spend) for row in metrics.list()) == ["1", "4"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("XX000", "server closed the connection unexpectedly"),
        ("58030", "failed to COPY to shard 102011 on 10.0.0.2:5432"),
        ("08006", "connection to the remote node adops@10.0.0.2:5432 failed"),
    ],
)
def test_a_lost_node_makes_the_database_unusable(postgres_url: str, code: str, words: str) -> None:
    raised = f"DO $$ BEGIN RAISE '{words}' USING ERRCODE = '{code}'; END $$"
    with database.bound(postgres_url, busy_timeout=5) as engine, pytest.raises(DatabaseUnusableError, match="was lost"):
        engine.execute_sql(raised)


def test_a_day_that_another_program_writes_meanwhile_is_a_conflict(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = batch._stored

    def and_be_overtaken(*given: Any) -> object:
        found = look_up(*given)
        asked(
            postgres_url,
            'INSERT INTO metrics ("campaignId", "date", clicks, "syncedAt") VALUES (\'c\', \'2026-02-03\', 9, now())',
        )
        return found

    with database.bound(postgres_url, busy_timeout=5):
        campaigns.create(id="c", name="C", platform="ttd")
        monkeypatch.setattr(batch, "_stored", and_be_overtaken)
        with pytest.raises(ConflictError):
            metrics.record_many([{"campaignId": "c", "date": "2026-02-03", "spend": 1}])
        monkeypatch.undo()

        assert [(row.clicks, row.spend) for row in metrics.list()] == [(9, None)]


@pytest.fixture
def with_citus(postgres_url: str) -> Iterator[str]:
    """A database in whose catalogue Citus is."""
    asked(
        postgres_url,
        "INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion) "
        "SELECT 90000, 'citus', oid, 'pg_catalog'::regnamespace, false, '14.0-1' FROM pg_roles "
        "WHERE rolname = current_user",
    )
    yield postgres_url
    asked(postgres_url, "DELETE FROM pg_extension WHERE extname = 'citus'")
    asked(postgres_url, f"ALTER ROLE postgres IN DATABASE {name_of(postgres_url)} RESET ALL")


def name_of(url: str) -> str:
    return str(conninfo_to_dict(url)["dbname"])


def test_the_settings_that_the_nodes_of_citus_lack_are_named(
    adops: Adops, with_citus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify.trial, "checks", lambda _database, _timeout: iter(()))
    in_database = f"ALTER ROLE postgres IN DATABASE {name_of(with_citus)} SET"
    asked(with_citus, f"{in_database} datestyle = 'ISO, DMY'")
    asked(with_citus, f"{in_database} lock_timeout = 0")
    lacks = (
        "Citus's other nodes do not use what adops sets here, and the role postgres lacks timezone=UTC, "
        f"lock_timeout=5s. Run: {in_database} timezone = 'UTC'; {in_database} lock_timeout = '5s'"
    )

    info = adops("db", "info", "--format", "json", on=with_citus)
    verified = adops("db", "verify", on=with_citus)

    assert (info.code, info.err) == (0, f"{lacks}\n")
    assert info.json()["engine"].endswith(" with Citus 14.0-1")
    assert verified.code == 3
    assert f"failed: cluster: {lacks}\n" in verified.err

    for order in lacks.partition("Run: ")[2].split("; "):
        asked(with_citus, order)
    assert adops("db", "info", on=with_citus).err == ""
    verified = adops("db", "verify", on=with_citus)
    assert verified.code == 0
    assert "cluster\tok" in verified.out


def test_a_single_server_needs_no_settings(adops: Adops, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify.trial, "checks", lambda _database, _timeout: iter(()))

    assert adops("db", "info", on=postgres_url).err == ""
    assert "cluster" not in adops("db", "verify", on=postgres_url).out
