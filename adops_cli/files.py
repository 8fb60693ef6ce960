"""Writes, moves and locks files.

A file appears complete or not at all, survives a crash, and never replaces another one unless that was asked for.

Owns the rule of working files, which become what was asked for or are thrown away. They are in a folder of their own
with a name that nobody can foretell, made exclusively and open to its owner alone. A lock in it shows that its process
lives. A folder whose process died without removing it is removed by the next command of the same kind.

Owns the modes, too: what is made here is for its owner alone, unless the user says that it is for others.
"""

import contextlib
import errno
import itertools
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_WORKING = re.compile(r"\.adops-(?P<kind>[a-z]+)-[0-9a-f]{16}\.working")
_LOCK = "lock"
_INNER = "files"
_CONTENT = "content"
MOVE = "move"
"""The kind of the working folders for moving a file to another disk."""
_NAMES_LOCK = ".adops-names.lock"
_WAIT = 10.0
"""Seconds for giving a file its name, which takes no time."""


class _Modes:
    """Before the umask."""

    file = 0o600
    folder = 0o700


@contextlib.contextmanager
def for_others_too() -> Iterator[None]:
    """Let the umask alone decide who can read the files that are made within the block."""
    before = _Modes.file, _Modes.folder
    _Modes.file, _Modes.folder = 0o666, 0o777
    try:
        yield
    finally:
        _Modes.file, _Modes.folder = before


@contextlib.contextmanager
def working_folder(kind: str, beside: Path | None = None) -> Iterator[Path]:
    """Yield an empty folder for working files, which is removed at the end of the block, however that ends.

    It is inside another one, beside the lock.

    Args:
        kind: a word in its name. Folders of the same kind at the same place are removed if their process is dead.
        beside: the folder to make it in, the one of the file to come; None is the system's for temporary files.
    """
    place = Path(tempfile.gettempdir()) if beside is None else beside
    remove_dead(kind, place)
    with contextlib.ExitStack() as stack:
        yield _owned(kind, place, stack)


def _owned(kind: str, place: Path, stack: contextlib.ExitStack) -> Path:
    """A new folder within a new, locked one."""
    while True:
        outer = place / f".adops-{kind}-{secrets.token_hex(8)}.working"
        # Registered first, as a signal can come at any moment; and done once more at the end, after the lock is
        # released, because Windows does not remove an open file.
        stack.callback(_remove, outer)
        outer.mkdir(0o700)
        inner = outer / _INNER
        try:
            inner.mkdir(0o700)
            stack.enter_context(locked(outer / _LOCK, 0))
        except (FileNotFoundError, TimeoutError):
            continue  # another process has taken it for dead before it was locked
        stack.callback(_remove, outer)
        if inner.exists():  # as above: locking has made the outer one again
            return inner


def remove_dead(kind: str, place: Path | None = None) -> None:
    """Remove the working folders of this kind, and of this user, whose process is dead. One that lives holds its lock.

    Never fails: a folder that cannot be removed only stays.
    """
    with contextlib.suppress(OSError), os.scandir(place or tempfile.gettempdir()) as entries:
        for entry in entries:
            made = _WORKING.fullmatch(entry.name)
            if made and made["kind"] == kind and _is_own_folder(entry):
                with contextlib.suppress(OSError), locked(Path(entry) / _LOCK, 0):
                    _remove(Path(entry))


def _is_own_folder(entry: os.DirEntry[str]) -> bool:
    with contextlib.suppress(OSError):
        own = not hasattr(os, "getuid") or entry.stat(follow_symlinks=False).st_uid == os.getuid()
        return own and entry.is_dir(follow_symlinks=False)
    return False


def _remove(outer: Path) -> None:
    """Remove the inner folder first, so that whoever gets the lock can see that it is dead."""
    shutil.rmtree(outer / _INNER, ignore_errors=True)
    shutil.rmtree(outer, ignore_errors=True)


def new_file(path: Path) -> Path:
    """Make an empty file where there is none, not even a link."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0), _Modes.file))
    return path


def make_folder(folder: Path) -> None:
    """Make a folder, and those around it, unless it exists."""
    for part in [part for part in (*reversed(folder.parents), folder) if not part.is_dir()]:
        part.mkdir(_Modes.folder, exist_ok=True)


@contextlib.contextmanager
def published(target: Path, kind: str, *, replace: bool = False) -> Iterator[Path]:
    """Yield a working file to write. It gets its name, and is synced to the disk, only if the block succeeds.

    It is on the disk of the target. Raises `FileExistsError` if the target exists, so of two processes that finish at
    the same time, neither replaces the file of the other.

    Args:
        target: the file, in an existing folder.
        kind: as for `working_folder`.
        replace: whether to take the place of a file that exists, with the rights that people have to it.
    """
    with working_folder(kind, target.parent) as folder:  # also for a name that is taken, as a kill may have left others
        if os.path.lexists(target) and not replace:
            raise _taken(target)
        partial = new_file(folder / _CONTENT)
        yield partial
        if replace:
            put(partial, target)
        else:
            publish(partial, target)


def put(file: Path, target: Path) -> None:
    """Give a working file its name, in place of a file that has it, with the rights that people have to that."""
    if target.exists():
        shutil.copymode(target, file)
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())
    file.replace(target)
    sync_folder(target.parent)


def publish(file: Path, target: Path) -> None:
    """Give a working file its name. Then it is on the disk, with its name. `FileExistsError` if the name is taken."""
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())
    _rename(file, target)
    try:
        sync_folder(target.parent)
    except OSError:
        target.unlink()
        raise


def _rename(file: Path, target: Path) -> None:
    """Rename a file, unless the name is taken. At no moment does an empty file have the name.

    A link is refused where there is a file. Where there are no links, a lock keeps the other processes of adops out
    between a look at the name and the renaming.
    """
    if not file.is_symlink():
        try:
            os.link(file, target)
        except FileExistsError:
            if not _is_same(file, target):
                raise
        except OSError as error:
            if error.errno == errno.EXDEV:
                raise
        if _is_same(file, target):  # now, or before a kill
            file.unlink()
            return
    with locked(target.with_name(_NAMES_LOCK), _WAIT):
        if os.path.lexists(target):
            raise _taken(target)
        file.rename(target)


def _is_same(file: Path, target: Path) -> bool:
    """Whether two names are of one file."""
    try:
        return os.path.samestat(file.lstat(), target.lstat())
    except OSError:
        return False


def _taken(target: Path) -> FileExistsError:
    return FileExistsError(errno.EEXIST, "already exists", str(target))


def as_text(name: str) -> str:
    """A name of the system as text that can be stored: bytes that are no UTF-8 are written as escapes."""
    return name.encode(errors="backslashreplace").decode()


def free_names(file: Path, folder: Path) -> Iterator[Path]:
    """Names for a file in a folder: its own if there is no such file, then the free ones of `name-2.csv` and so on.

    A name that the file itself has there is free, too: a kill has left it with both.
    """
    target = folder / file.name
    others = (target.with_stem(f"{target.stem}-{number}") for number in itertools.count(2))
    return (path for path in itertools.chain([target], others) if not os.path.lexists(path) or _is_same(file, path))


def move_into(file: Path, folder: Path) -> Path:
    """Move a file into a folder, under the next free name if its own is taken. Return where it is now."""
    if folder.samefile(file.parent):
        return file
    for target in free_names(file, folder):
        with contextlib.suppress(FileExistsError):  # another process has just taken the name
            move(file, target)
            return target
    raise AssertionError  # there is always one more name


def move(file: Path, target: Path) -> None:
    """Move a file, also to another disk. Raises `FileExistsError` if the target exists; then the file stays."""
    try:
        _rename(file, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with published(target, MOVE) as partial:
            shutil.copy2(file, partial)
        file.unlink()


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
        with contextlib.suppress(OSError):  # it ends with the process: what was done within the lock is done
            lock.release()


def sync_folder(folder: Path) -> None:
    """Sync the names in a folder to the disk. Systems on which a folder cannot be opened do this on their own."""
    if os.name == "posix":
        handle: Any = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
