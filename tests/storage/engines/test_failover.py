"""A primary goes down and its standby is promoted: with both in the URL, the next command works."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Adops
from tests.postgres import folder_of, new_server, new_standby, run_program, wait_until_followed


@pytest.fixture
def primary() -> Iterator[Path]:
    """The folder of a server, which also has its socket."""
    with new_server() as url:
        yield folder_of(url)


@pytest.fixture
def standby(primary: Path) -> Iterator[Path]:
    """The folder of a server that follows the primary."""
    with new_standby(primary) as folder:
        yield folder


def test_the_next_command_carries_on_with_the_promoted_standby(adops_on: Adops, primary: Path, standby: Path) -> None:
    both = f"postgresql://postgres@/postgres?host={standby},{primary}&target_session_attrs=read-write"
    assert adops_on("db", "migrate", on=both).code == 0
    assert adops_on("projects", "create", "--id", "before", "--name", "x", "--type", "y", on=both).code == 0
    wait_until_followed(primary, standby)
    follower = f"postgresql://postgres@/postgres?host={standby}"
    alone = adops_on("projects", "update", "before", "--name", "z", on=follower)
    assert (alone.code, alone.err.count("\n")) == (6, 1)
    assert "it is a standby, or read-only" in alone.err

    run_program("pg_ctl", "-w", "-m", "immediate", "-D", primary, "stop")
    nobody = adops_on("projects", "list", on=both)
    run_program("pg_ctl", "-w", "-D", standby / "data", "promote")
    after = adops_on("projects", "create", "--id", "after", "--name", "x", "--type", "y", on=both)

    assert (nobody.code, nobody.err.count("\n")) == (6, 1)
    assert after.code == 0
    assert {row["id"] for row in adops_on("projects", "list", "--format", "json", on=both).json()} == {
        "before",
        "after",
    }
