"""Writes, moves and locks files.

A file appears complete or not at all, survives a crash, and never replaces another one.
"""

import contextlib
import errno
import itertools
import os
import shutil
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


def free_names(target: Path) -> Iterator[Path]:
    """The target itself if there is no such file, then the free ones of `name-2.csv`, `name-3.csv` and so on."""
    others = (target.with_stem(f"{target.stem}-{number}") for number in itertools.count(2))
    return (path for path in itertools.chain([target], others) if not os.path.lexists(path))


def move_into(file: Path, folder: Path) -> Path:
    """Move a file into a folder, under the next free name if its own is taken. Return where it is now."""
    if folder.samefile(file.parent):
        return file
    for target in free_names(folder / file.name):
        with contextlib.suppress(FileExistsError):  # another process has just taken the name
            move(file, target)
            return target
    raise AssertionError  # there is always one more name


def move(file: Path, target: Path) -> None:
    """Move a file, also to another disk. Raises `FileExistsError` if the target exists; then the file stays."""
    _claim(target)
    try:
        file.replace(target)
    except OSError as error:
        target.unlink()
        if error.errno != errno.EXDEV:
            raise
        with published(target) as partial:
            shutil.copy2(file, partial)
        file.unlink()


def _claim(target: Path) -> None:
    """Reserve the name. `FileExistsError` if another process has taken it meanwhile."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _sync(file: Path) -> None:
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


@contextlib.contextmanager
def locked(file: Path, timeout: float) -> Iterator[None]:
    """Hold a lock that ends with its process on every system, and leaves no file behind.

    Its file is unlinked while the lock is still held. Whoever waits may then get the lock of the unlinked file, with
    which it would exclude nobody: filelock sees that the file has no name any more, and tries again. Where an open file
    cannot be unlinked, as on Windows, the file stays as long as somebody has it open.

    Raises `TimeoutError` after `timeout` seconds, and other `OSError`s if the file cannot be made.
    """
    from filelock import FileLock  # noqa: PLC0415 - few commands need it

    lock = FileLock(file, timeout=timeout, mode=0o600)
    lock.acquire()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)
        lock.release()


def sync_folder(folder: Path) -> None:
    """Sync the names in a folder to the disk. Systems on which a folder cannot be opened do this on their own."""
    if os.name == "posix":
        handle: Any = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
