"""Writes files that appear complete or not at all, and that survive a crash."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any


@contextlib.contextmanager
def published(target: Path, *, unless_empty: bool = False) -> Iterator[Path]:
    """Yield a temporary file to write. It gets its name, and is synced to the disk, only if the block succeeds.

    It is next to the target, used by no other process, and readable only by its owner. Raises `FileExistsError` if the
    target exists, so of two processes that finish at the same time, neither replaces the file of the other.

    Args:
        target: the file, in an existing folder.
        unless_empty: whether to drop a file without any bytes.
    """
    if target.exists():
        raise FileExistsError(errno.EEXIST, "already exists", str(target))
    handle, name = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".partial", dir=target.parent)
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        if unless_empty and partial.stat().st_size == 0:
            return
        _sync(partial)
        _claim(target)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _claim(target: Path) -> None:
    """Reserve the name. `FileExistsError` if another process has taken it meanwhile."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _sync(file: Path) -> None:
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


def sync_folder(folder: Path) -> None:
    """Sync the names in a folder to the disk. Systems on which a folder cannot be opened do this on their own."""
    if os.name == "posix":
        handle: Any = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
