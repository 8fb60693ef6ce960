"""The lock for migrating a SQLite file. It ends with its process on every system, and leaves no file behind.

Its file is unlinked while the lock is still held. Whoever waits may then get the lock of the unlinked file, with which
it would exclude nobody: filelock sees that the file has no name any more, and tries again. Where an open file cannot be
unlinked, as on Windows, the file stays as long as somebody has it open.
"""

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
        with contextlib.suppress(OSError):
            Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()
