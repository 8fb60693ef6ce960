"""Files that appear whole or not at all, and last."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any


@contextlib.contextmanager
def published(target: Path, *, unless_empty: bool = False) -> Iterator[Path]:
    """A file to write, which gets its name, and is on the disk, when the block ends well; else there is none.

    Of this process's own until then, beside the target, and readable by its owner alone. Raises `FileExistsError`
    when the target exists: of two that end at once, neither replaces the other.

    Args:
        target: the file, in a folder that is there.
        unless_empty: whether a file without a byte is not wanted.
    """
    if target.exists():
        raise FileExistsError(errno.EEXIST, "is there already", str(target))
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
    """Take the name; `FileExistsError` where another took it meanwhile."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _sync(file: Path) -> None:
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last; where a folder cannot be opened, the system sees to that itself."""
    if os.name == "posix":
        handle: Any = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
