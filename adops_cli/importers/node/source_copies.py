"""Copies the files that an import reads, before it writes anything. Overwrites nothing."""

import contextlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from adops_cli.errors import AdopsError, BadRequestError
from adops_cli.files import published


def default_backup_folder(source: Path) -> Path:
    """`data-backup/<UTC time>` next to the source, under a name that is not taken."""
    folder = source.resolve().parent / "data-backup"
    name = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    names = (name, *(f"{name}-{number}" for number in range(2, 1000)))
    return next(folder / free for free in names if not (folder / free).exists())


def back_up(contents: Mapping[str, bytes], folder: Path) -> None:
    """Write the files into the folder and read them back.

    Raises `BadRequestError` if a file with one of the names already exists, and `AdopsError` if a copy fails; then all
    copies are removed.
    """
    taken = [str(folder / name) for name in contents if (folder / name).exists()]
    if taken:
        raise BadRequestError(f"{taken[0]} already exists, and a backup overwrites nothing", "Name another folder")
    folders = [part for part in (folder, *folder.parents) if not part.exists()]
    copies: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            with published(folder / name) as partial:
                partial.write_bytes(content)
            copies.append(folder / name)
            if (folder / name).read_bytes() != content:
                raise OSError(0, "the copy reads back differently")  # noqa: TRY301 - handled like any failed copy
    except OSError as error:
        _undo(copies, folders)
        why = f"the sources cannot be copied to {folder}: {error.strerror}"
        raise AdopsError(why, "Nothing was imported; name another folder with --backup-dir") from error


def _undo(copies: Sequence[Path], folders: Sequence[Path]) -> None:
    for copy in copies:
        with contextlib.suppress(OSError):
            copy.unlink()
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()
