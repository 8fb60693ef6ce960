"""Copies the files that an import reads, before it writes anything. Overwrites nothing."""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from adops_cli import files
from adops_cli.errors import AdopsError, BadRequestError, reason
from adops_cli.files import make_folder, new_file, publish, sync_folder, working_folder

_KIND = "copies"


def default_backup_folder(source: Path) -> Path:
    """`data-backup/<UTC time>` next to the source, under a name that is not taken."""
    folder = source.resolve().parent / "data-backup"
    name = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    names = (name, *(f"{name}-{number}" for number in range(2, 1000)))
    return next(folder / free for free in names if not (folder / free).exists())


def remove_dead(folder: Path) -> None:
    """Remove what an import that was killed has left beside the folder for the copies."""
    files.remove_dead(_KIND, folder.parent)


@contextlib.contextmanager
def set_aside(contents: Mapping[str, bytes], folder: Path) -> Iterator[Callable[[], None]]:
    """Copy the files to a working folder and read them back. Yield a function that puts the copies into the folder.

    It is to be called just before the import commits; then they are synced to the disk. If the block fails after all,
    no copy is left.

    Raises `BadRequestError` if a file with one of the names already exists, and `AdopsError` if a copy fails.
    """
    taken = [str(folder / name) for name in contents if (folder / name).exists()]
    if taken:
        raise BadRequestError(f"{taken[0]} already exists, and a backup overwrites nothing", "Name another folder")
    folders = [part for part in (folder, *folder.parents) if not part.exists()]
    copies: list[Path] = []
    has_failed = True

    def put() -> None:
        with _told(folder):
            copies.extend(_put(aside, list(contents), folder))

    try:
        with contextlib.ExitStack() as stack:
            with _told(folder):
                make_folder(folder.parent)
                aside = stack.enter_context(working_folder(_KIND, folder.parent)) / "content"
                make_folder(aside)
                for name, content in contents.items():
                    _copy(content, new_file(aside / name))
            yield put
            has_failed = False
    finally:
        if has_failed:  # and not if only the working folder cannot be cleared away: the import has committed
            _undo(copies, folders)


def _copy(content: bytes, file: Path) -> None:
    with file.open("wb") as copy:
        copy.write(content)
        copy.flush()
        os.fsync(copy.fileno())
    if file.read_bytes() != content:
        raise OSError(0, "the copy reads back differently")


def _put(aside: Path, names: Sequence[str], folder: Path) -> Iterator[Path]:
    """Put the copies into the folder, all at once if it is new. Yield each that is there."""
    if folder.exists():
        for name in names:
            publish(aside / name, folder / name)
            yield folder / name
        return
    sync_folder(aside)
    aside.rename(folder)
    yield from (folder / name for name in names)
    sync_folder(folder.parent)


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = f"the sources cannot be copied to {folder}: {reason(error)}"
        raise AdopsError(why, "Nothing was imported; name another folder with --backup-dir") from error


def _undo(copies: Sequence[Path], folders: Sequence[Path]) -> None:
    for copy in copies:
        with contextlib.suppress(OSError):
            copy.unlink()
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()
