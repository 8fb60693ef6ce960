"""The data API is tested three times: on both engines, and in JSON mode on the files of the Node system."""

from collections.abc import Iterator
from typing import Any

import pytest

from adops_cli import database


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that uses `db_file` needs the database file itself, and runs only on that."""
    if "mode" in metafunc.fixturenames:
        modes = ["sqlite"] if "db_file" in metafunc.fixturenames else ["sqlite", "postgres", "json"]
        if "no_json_mode" in metafunc.fixturenames:
            modes.remove("json")
        metafunc.parametrize("mode", modes, scope="session")


@pytest.fixture
def no_json_mode() -> None:
    """For tests that need a database."""


@pytest.fixture
def bound(request: pytest.FixtureRequest, mode: str) -> Iterator[Any]:
    """The data API, bound to a database of the test's own or to a folder of its own."""
    needed = request.getfixturevalue({"sqlite": "db_file", "postgres": "postgres_url", "json": "json_dir"}[mode])
    with database.bound(None if mode == "json" else str(needed), busy_timeout=5) as engine:
        yield engine
