"""The lock for migrating a SQLite file."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from adops_cli.errors import BusyError, DatabaseUnusableError, reason
from adops_cli.files import locked


@contextlib.contextmanager
def migration_lock(path: Path, timeout: float) -> Iterator[None]:
    """Hold the lock of a database file, the same one for all links to it. `BusyError` after `timeout` seconds."""
    file = Path(f"{os.path.realpath(path)}.migrate-lock")  # `resolve` fails for a link that points to itself
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(file, timeout))
        except TimeoutError as error:
            raise BusyError(f"another process is migrating {path}; gave up after {timeout:g} s", "Try again") from error
        except OSError as error:
            raise DatabaseUnusableError(
                f"{path} cannot be migrated: its lock {file}: {reason(error)}", "Check the permissions of the folder"
            ) from error
        yield
