"""`import_files`: the export files of the ad platforms into the daily figures, each in a transaction of its own.

Owns what holds for several files: one that is refused does not stop the others, and the rejected rows of one are kept
when, and only when, it is imported. A failure or Ctrl-C leaves nothing of the file at hand.
"""

import contextlib
import glob
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from adops_cli.data import ledger
from adops_cli.errors import BadRequestError
from adops_cli.exports.export import ReadOptions
from adops_cli.exports.read import read_export
from adops_cli.importers import rejects
from adops_cli.importers.metrics import rejected_rows
from adops_cli.importers.metrics.outcome import FileOutcome, StoreOptions, refused
from adops_cli.importers.metrics.store import store
from adops_cli.storage.handle import db

Progress = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]
"""Begins a piece of work of so many rows under these words; the block says how many more are done."""


@contextlib.contextmanager
def _unwatched(_words: str, _total: int | None) -> Iterator[Callable[[int], None]]:
    yield lambda _count: None


def import_files(  # noqa: PLR0913 - its signature is its request
    files: Sequence[str],
    options: ReadOptions,
    store_options: StoreOptions,
    *,
    stdin: BinaryIO | None = None,
    rejects_file: Path | None = None,
    progress: Progress = _unwatched,
) -> Iterator[FileOutcome]:
    """Import files one after another; what became of each, as it is done.

    Args:
        files: paths; `-` is `stdin`, and a pattern that is not the name of a file stands for the files it matches.
        options: what the caller says over what is recognised in a file.
        store_options: how to store.
        stdin: where `-` is read from.
        rejects_file: where rejected rows go, with `_line` and `_error`; no file is made when there are none.
        progress: shows how far the work is.

    Raises `BadRequestError` in JSON mode, and for a rejects file with several files; errors of the database as they
    come. What is wrong with a file is the `error` of its outcome.
    """
    ledger.require()
    named = [name for file in files for name in _expanded(file)]
    if rejects_file is not None and len(named) > 1:
        raise BadRequestError("--rejects takes the rows of one file", "Import the files one by one")
    db.connection()  # a database that cannot be used is said before a large file is read
    for file in named:
        try:
            yield _import(file, options, store_options, stdin, rejects_file, progress)
        except BadRequestError as error:
            yield refused(file, error)


def _expanded(file: str) -> Sequence[str]:
    """The files that a pattern matches, in order; what matches nothing stays, to be refused under its own name."""
    if file == "-" or not glob.has_magic(file) or Path(file).exists():
        return [file]
    return sorted(glob.glob(file, recursive=True)) or [file]  # noqa: PTH207 - as the user wrote it, absolute or not


def _import(  # noqa: PLR0913, PLR0917 - one file of `import_files`
    file: str,
    options: ReadOptions,
    store_options: StoreOptions,
    stdin: BinaryIO | None,
    rejects_file: Path | None,
    progress: Progress,
) -> FileOutcome:
    _require_file(file)
    with rejects.set_aside(None if store_options.dry_run else rejects_file) as keep:
        name = Path(file).name  # the bar must have room beside it
        with progress(f"Reading {name}", None) as advance:
            export = read_export(file, options, stdin=stdin, progress=_counting(advance))
        with contextlib.closing(export), progress(f"Storing {name}", export.rows_kept) as advance:
            keep(rejected_rows.lines(export))
            return store(export, file, options, store_options, advance)


def _require_file(file: str) -> None:
    if file == "-":
        return
    try:
        mode = Path(file).stat().st_mode
    except PermissionError as error:
        raise BadRequestError(f"it cannot be read: {error.strerror}", "Look at the rights of its folder") from error
    except (OSError, ValueError) as error:  # also a name that no file can have
        if glob.has_magic(file):
            raise BadRequestError("no file matches this pattern", "Look at it and at the folder") from error
        raise BadRequestError("there is no such file", "Look at its name and the folder") from error
    if stat.S_ISDIR(mode):
        raise BadRequestError("this is a folder", "Name the files in it, as with folder/*.csv")
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        raise BadRequestError("this is a device, not a file", "Name an export file, or - for standard input")


def _counting(advance: Callable[[int], None]) -> Callable[[int], None]:
    """Takes how many rows are read so far, and tells how many more that is."""
    before = 0

    def told(count: int) -> None:
        nonlocal before
        advance(count - before)
        before = count

    return told
