"""`--read-from standby`: reports and lists are read from a replica, which tells how old its data is."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from adops_cli import database
from adops_cli.data import campaigns, metrics, projects
from adops_cli.errors import BadRequestError, DatabaseUnusableError
from tests.conftest import Adops, Result, run_adops
from tests.json_mode import PROJECT, Write
from tests.postgres import (
    asked,
    folder_of,
    new_server,
    new_standby,
    programs,
    run_program,
    wait_for,
    wait_until_followed,
)

CURRENT = "Read from a standby, whose data is 0 s old.\n"
READS = [
    ["metrics", "report", "--by", "campaign"],
    ["metrics", "top"],
    ["campaigns", "list"],
    ["metrics", "import", "days.csv", "--dry-run"],
    ["db", "status"],
    ["db", "info"],
    ["db", "export-json", "files"],
    ["db", "copy", "--to", "copy.db"],
    ["db", "backup", "copy.dump"],
    ["db", "wait"],
]
WRITES = [
    ["projects", "create", "--name", "x", "--type", "y"],
    ["campaigns", "delete", "c", "--yes"],
    ["metrics", "record", "c", "2026-01-02", "--spend", "1"],
    ["metrics", "import", "days.csv"],
    ["events", "cleanup", "--older-than", "0d", "--yes"],
    ["db", "migrate"],
    ["db", "optimize"],
]


@pytest.fixture(scope="module")
def primary() -> Iterator[Path]:
    """The folder of a server with a campaign of one day."""
    with new_server() as server:
        folder = folder_of(server)
        assert run_adops("db", "migrate", on=url_of(folder)).code == 0
        with database.bound(url_of(folder), busy_timeout=5):
            campaigns.create(id="c", name="C", platform="ttd")
            metrics.record_metrics("c", "2026-01-01", spend=1)
        yield folder


@pytest.fixture(scope="module")
def standby(primary: Path) -> Iterator[Path]:
    """The folder of a server that follows the primary."""
    with new_standby(primary) as folder:
        wait_for(url_of(folder), FOLLOWS)
        yield folder


@pytest.fixture
def both(primary: Path, standby: Path) -> str:
    """The URL by which the primary is written, and which names the standby, too. The standby is up to date."""
    wait_until_followed(primary, standby)
    return url_of(primary, standby) + "&target_session_attrs=read-write"


FOLLOWS = "SELECT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')"


def url_of(*folders: Path) -> str:
    return f"postgresql://postgres@/postgres?host={','.join(map(str, folders))}"


@contextlib.contextmanager
def paused(standby: Path) -> Iterator[None]:
    """The standby receives what the primary writes, but its data stays as it is."""
    asked(url_of(standby), "SELECT pg_wal_replay_pause()")
    wait_for(url_of(standby), "SELECT pg_get_wal_replay_pause_state() = 'paused'")
    try:
        yield
    finally:
        asked(url_of(standby), "SELECT pg_wal_replay_resume()")


def refused(result: Result, code: int, words: str) -> None:
    assert (result.code, result.out) == (code, "")
    assert words in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize("command", READS, ids=" ".join)
def test_everything_that_only_reads_is_read_from_the_standby(
    adops_on: Adops, both: str, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(programs()))  # pg_dump
    Path("days.csv").write_text("date,campaign,currency,spend\n2026-01-01,A,EUR,1\n", encoding="utf-8")

    from_primary = adops_on(*command, on=both)
    for made in ("files", "copy.db", "copy.dump"):
        if Path(made).exists():
            Path(made).rename(f"{made}.1")
    from_standby = adops_on("--read-from", "standby", *command, on=both)

    assert (from_standby.code, from_primary.code) == (0, 0)
    assert from_standby.err.endswith(CURRENT)
    assert "standby" not in from_primary.err
    if command != ["db", "info"]:  # the size of a database can differ
        assert from_standby.out == from_primary.out


@pytest.mark.parametrize("command", WRITES, ids=" ".join)
def test_every_write_is_refused(adops_on: Adops, both: str, command: list[str]) -> None:
    Path("days.csv").write_text("date,campaign,currency,spend\n2026-01-01,A,EUR,1\n", encoding="utf-8")

    done = adops_on("--read-from", "standby", *command, on=both)

    assert done.code == 6
    assert "opened read-only" in done.err


def test_the_data_of_a_standby_that_is_behind_has_an_age(
    adops_on: Adops, both: str, primary: Path, standby: Path
) -> None:
    assert adops_on("projects", "create", "--id", "old", "--name", "x", "--type", "y", on=both).code == 0
    wait_until_followed(primary, standby)
    with paused(standby):
        assert adops_on("projects", "create", "--id", "new", "--name", "x", "--type", "y", on=both).code == 0
        wait_for(url_of(standby), "SELECT pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()")
        behind = adops_on("--read-from", "standby", "projects", "get", "new", on=both)
        tolerated = adops_on("--read-from", "standby", "--max-lag", "3600", "projects", "list", on=both)
        too_old = adops_on("--read-from", "standby", "--max-lag", "0", "projects", "list", on=both)
        directly = adops_on("--max-lag", "0", "projects", "list", on=url_of(standby))
        waited = adops_on("--read-from", "standby", "--max-lag", "0", "db", "wait", "--timeout", "0.1", on=both)

    assert behind.code == 4
    assert "Read from a standby, whose data is " in behind.err
    assert CURRENT not in behind.err
    assert tolerated.code == 0
    assert "old" in tolerated.out
    assert "new" not in tolerated.out
    refused(too_old, 6, " s old, more than the 0 s of --max-lag")
    refused(directly, 6, " s old, more than the 0 s of --max-lag")
    refused(waited, 6, "gave up after 0.1 s: ")


def test_before_its_first_transaction_the_age_is_unknown(
    adops_on: Adops, both: str, primary: Path, standby: Path
) -> None:
    asked(url_of(primary), "CHECKPOINT")  # from which the standby starts
    wait_until_followed(primary, standby)
    run_program("pg_ctl", "-w", "-D", standby / "data", "-l", standby / "log", "restart")
    with paused(standby):
        assert adops_on("projects", "create", "--name", "x", "--type", "y", on=both).code == 0
        wait_for(url_of(standby), "SELECT pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()")
        told = adops_on("--read-from", "standby", "campaigns", "list", on=both)
        limited = adops_on("--read-from", "standby", "--max-lag", "3600", "campaigns", "list", on=both)

    assert told.code == 0
    assert told.err == "Read from a standby, whose data is of unknown age, since it has replayed no transaction yet.\n"
    refused(limited, 6, "the data of the standby is of unknown age")


def test_the_primary_is_verified_not_the_standby(adops_on: Adops, both: str) -> None:
    done = adops_on("--read-from", "standby", "db", "verify", on=both)

    assert (done.code, done.out) == (6, "")
    assert "is a standby, on which nothing can be tried. Verify the primary" in done.err


def test_once_all_is_replayed_its_data_is_0_seconds_old(adops_on: Adops, both: str) -> None:
    read = adops_on("--read-from", "standby", "--max-lag", "0", "campaigns", "list", on=both)

    assert (read.code, read.err) == (0, CURRENT)
    assert adops_on("--max-lag", "0", "campaigns", "list", on=both).err == ""


def test_a_standby_without_its_primary_does_not_pass_for_up_to_date(adops_on: Adops, both: str, standby: Path) -> None:
    [(primary,)] = asked(url_of(standby), "SELECT quote_literal(current_setting('primary_conninfo'))")
    asked(url_of(standby), "ALTER SYSTEM SET primary_conninfo = ''")
    asked(url_of(standby), "SELECT pg_reload_conf()")
    wait_for(url_of(standby), "SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver)")
    try:
        alone = adops_on("--read-from", "standby", "--max-lag", "0", "campaigns", "list", on=both)
        told = adops_on("--read-from", "standby", "campaigns", "list", on=both)
    finally:
        asked(url_of(standby), f"ALTER SYSTEM SET primary_conninfo = {primary}")
        asked(url_of(standby), "SELECT pg_reload_conf()")
        wait_for(url_of(standby), FOLLOWS)

    refused(alone, 6, "the data of the standby is ")
    assert told.code == 0
    assert "Read from a standby, whose data is " in told.err
    assert CURRENT not in told.err


def test_without_a_standby_the_primary_is_read_and_still_not_written(adops_on: Adops, primary: Path) -> None:
    read = adops_on("--read-from", "standby", "--max-lag", "0", "campaigns", "list", on=url_of(primary))
    assert (read.code, read.err) == (0, "No standby answered; this was read from the primary.\n")

    written = adops_on("--read-from", "standby", "campaigns", "delete", "c", "--yes", on=url_of(primary))
    assert written.code == 6
    assert "opened read-only" in written.err


def test_the_setting_does_the_same_in_the_environment_and_from_python(
    adops_on: Adops, both: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.bound(both, busy_timeout=5, read_from="standby", max_lag=0) as engine:
        assert [row.id for row in campaigns.list()] == ["c"]
        assert engine.freshness == CURRENT.strip()
        with pytest.raises(DatabaseUnusableError, match="opened read-only"):
            projects.create(name="x", type="y")

    monkeypatch.setenv("ADOPS_READ_FROM", "standby")
    assert adops_on("campaigns", "list", on=both).err == CURRENT
    assert adops_on("--read-from", "any", "campaigns", "list", on=both).err == ""
    with database.bound(both), pytest.raises(DatabaseUnusableError, match="opened read-only"):
        projects.create(name="x", type="y")
    with database.bound(both, read_only=False) as engine:
        campaigns.list()
        assert engine.freshness == ""


def test_a_file_has_no_standby(adops_on: Adops, db_file: Path, write_json: Write, json_dir: Path) -> None:
    asked_of = "--read-from standby needs a database on a server, and {} is none"
    refused(adops_on("--read-from", "standby", "campaigns", "list", on=db_file), 2, asked_of.format(db_file))
    assert adops_on("--max-lag", "0", "campaigns", "list", on=db_file).code == 0
    with pytest.raises(BadRequestError, match="read_from standby"), database.bound(str(db_file), read_from="standby"):
        pass

    write_json("projects", [PROJECT])
    refused(adops_on("--read-from", "standby", "projects", "list"), 2, asked_of.format(json_dir))


@pytest.mark.parametrize(
    "flags", [["--read-from", "primary"], ["--max-lag", "-1"], ["--max-lag", "soon"]], ids=" ".join
)
def test_other_values_are_wrong_requests(adops_on: Adops, db_file: Path, flags: list[str]) -> None:
    refused(adops_on(*flags, "campaigns", "list", on=db_file), 2, flags[1])
