"""The file of a SQLite database: which one it is, how it is created, and how it is opened for a reader on the side."""

import os
import sqlite3
import stat
from pathlib import Path

from adops_cli.errors import DatabaseUnusableError, option
from adops_cli.storage.engines.base import no_database


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
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        mode = None
    except OSError as error:
        raise DatabaseUnusableError(f"{path} cannot be opened: {error.strerror}") from error
    if mode is not None and stat.S_ISDIR(mode):
        raise DatabaseUnusableError(f"{path} is a folder, not a database", "Give the path of a file")
    if mode is not None:
        return
    if not create:
        raise no_database(path)
    make_folder(path)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise _not_created(path, error) from error


def make_folder(path: Path) -> None:
    """Create the folder of the file if it is missing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_created(path, error) from error


def _not_created(path: Path, error: OSError) -> DatabaseUnusableError:
    return DatabaseUnusableError(
        f"{path} cannot be created: {error.strerror}", f"Choose another place with {option('url')}"
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


def is_wal(path: Path) -> bool:
    """Whether the header of the file says WAL mode. False if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(20)[18:] == b"\2\2"
    except OSError:
        return False
