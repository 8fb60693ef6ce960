"""The file of a SQLite database: which one it is, how it is created, and how it is opened for a reader on the side."""

import contextlib
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from adops_cli import files
from adops_cli.errors import DatabaseUnusableError, option, reason
from adops_cli.storage.engines.base import no_database

BACKUP = "backup"
"""The kind of the working folders in which backups are made."""


class Connection(sqlite3.Connection):
    """A connection that knows its file, which can lose its name to another while it is open."""

    file: tuple[int, int] | None = None
    """What `identity` said when it was opened."""
    writes = False
    """Whether its transaction is one that writes."""


def identity(path: Path) -> tuple[int, int] | None:
    """Device and inode of the file that has this name now; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def require_file(path: Path, *, create: bool) -> None:
    """Make sure that there is a file, which SQLite can open. Creates a missing one with `create`."""
    if is_there(path):
        return
    if not create:
        raise no_database(path)
    make_folder(path)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise _not_created(path, error) from error


def is_there(path: Path) -> bool:
    """Whether there is a file. `DatabaseUnusableError` for anything else with this name, and for an impossible name."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else error
        raise DatabaseUnusableError(f"{path} cannot be opened: {why}", "Give the path of a file") from error
    if stat.S_ISREG(mode):
        return True
    what = "a folder" if stat.S_ISDIR(mode) else "a device or a pipe"
    raise DatabaseUnusableError(f"{path} is {what}, not a database", "Give the path of a file")


@contextlib.contextmanager
def nothing_left(path: Path, close: Callable[[], object]) -> Iterator[None]:
    """Remove what a killed process has left of backups, and a file that the block makes, fails, and leaves empty."""
    files.remove_dead(BACKUP, path.parent)
    is_new = not is_there(path)
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            if is_new:
                close()
                if path.stat().st_size == 0:
                    path.unlink()
        raise


def make_folder(path: Path) -> None:
    """Create the folder of the file if it is missing."""
    try:
        files.make_folder(path.parent)
    except OSError as error:
        raise _not_created(path, error) from error


def _not_created(path: Path, error: OSError) -> DatabaseUnusableError:
    return DatabaseUnusableError(
        f"{path} cannot be created: {reason(error)}", f"Choose another place with {option('url')}"
    )


def reader(path: Path, timeout: float, *, immutable: bool = False) -> sqlite3.Connection:
    """A separate connection that writes nothing and leaves no file behind.

    It is separate because the backup of a connection that is writing would wait for itself for ever. An existing log is
    only read, while a normal connection would merge it into the database. If there is no log, the connection is not
    read-only, because a read-only one would leave an empty log.

    An `immutable` file is one that no process writes to. It is read without locks, and without any file beside it.
    """
    logged = has_log(path)
    if immutable and logged:
        raise DatabaseUnusableError(
            f"{path} has rows in {path.name}-wal, which immutable=1 would leave out", "Open it without immutable=1"
        )
    how = "immutable=1" if immutable else f"mode={'ro' if logged else 'rw'}"
    connection = sqlite3.connect(f"{path.as_uri()}?{how}", uri=True, timeout=timeout, isolation_level=None)
    connection.execute("PRAGMA query_only = 1")
    return connection


def has_log(path: Path) -> bool:
    """Whether rows stand in a log beside the file."""
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


_kept_open: dict[tuple[int, int] | None, int] = {}


def is_wal(path: Path) -> bool:
    """Whether the header of the file says WAL mode. False if it cannot be read.

    What is opened here stays open. When a process closes any descriptor of a file, it loses all of its POSIX locks on
    the file, those of SQLite, too. Then another process takes itself for the last one, and removes the log that is
    still written to.
    """
    try:
        if (known := identity(path)) not in _kept_open:
            _kept_open[known] = os.open(path, os.O_RDONLY)
        os.lseek(_kept_open[known], 18, os.SEEK_SET)
        return os.read(_kept_open[known], 2) == b"\2\2"
    except OSError:
        return False


def text_or_bytes(stored: bytes) -> str | bytes:
    """Text, or bytes if it is not UTF-8. No column of text accepts bytes."""
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored
