"""SQLite keeps its locks while its database is open: nothing else closes a descriptor of the file in this process.

POSIX takes all locks of a process on a file away as soon as it closes any descriptor of it. Then another process that
closes the database takes itself for the last one, removes the log, and what is written to the log is lost.
"""

import subprocess
import sys
from pathlib import Path

from adops_cli import database
from adops_cli.data import campaigns
from adops_cli.storage.engines.sqlite_file import is_wal

COMES_AND_GOES = """
import contextlib, sqlite3, sys
with contextlib.closing(sqlite3.connect(sys.argv[1])) as connection:
    print(*[name for (name,) in connection.execute("SELECT name FROM campaigns ORDER BY name")], flush=True)
"""


def seen_by_another(path: Path) -> list[str]:
    """The names of the campaigns as another process sees them, which then closes the database."""
    done = subprocess.run([sys.executable, "-c", COMES_AND_GOES, path], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_what_is_stored_stays_when_another_process_comes_and_goes(db_file: Path) -> None:
    with database.bound(str(db_file)):
        assert campaigns.list() == []  # the database is open before the first row is written
        campaigns.create(name="first", platform="ttd")
        assert seen_by_another(db_file) == ["first"]
        campaigns.create(name="second", platform="ttd")

        assert seen_by_another(db_file) == ["first", "second"]

    assert seen_by_another(db_file) == ["first", "second"]


def test_looking_at_the_header_of_an_open_database_takes_no_lock_away(db_file: Path) -> None:
    with database.bound(str(db_file)):
        campaigns.create(name="first", platform="ttd")
        assert [is_wal(db_file), is_wal(db_file)] == [True, True]
        assert seen_by_another(db_file) == ["first"]
        campaigns.create(name="second", platform="ttd")

    assert seen_by_another(db_file) == ["first", "second"]
