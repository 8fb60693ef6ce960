"""The data API is tested twice: on a database, and in JSON mode, on the files of the old system."""

from collections.abc import Iterator

import pytest

from adops_cli import database


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `db_file` needs the database itself, and runs on that alone."""
    if "bound" in metafunc.fixturenames:
        modes = ["database"] if "db_file" in metafunc.fixturenames else ["database", "json"]
        metafunc.parametrize("bound", modes, indirect=True)


@pytest.fixture
def bound(request: pytest.FixtureRequest) -> Iterator[database.Sqlite]:
    """The data API, bound to a database of the test's own or to a folder of its own."""
    needed = request.getfixturevalue("json_dir" if request.param == "json" else "db_file")
    with database.bound(None if request.param == "json" else str(needed), busy_timeout=5) as engine:
        yield engine
