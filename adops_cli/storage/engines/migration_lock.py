"""The lock for migrating a SQLite file. It ends with its process on every system."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from adops_cli.errors import BusyError, DatabaseUnusableError


@contextlib.contextmanager
def migration_lock(path: Path, timeout: float) -> Iterator[None]:
    """Hold the lock of a database file, the same one for all links to it. `BusyError` after `timeout` seconds."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - few commands need it

    lock = FileLock(f"{path.resolve()}.migrate-lock", timeout=timeout, mode=0o600)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError(f"another process is migrating {path}; gave up after {timeout:g} s", "Try again") from error
    except OSError as error:
        raise DatabaseUnusableError(
            f"{path} cannot be migrated: its lock {lock.lock_file}: {error.strerror}",
            "Check the permissions of the folder",
        ) from error
    try:
        yield
    finally:
        lock.release()
