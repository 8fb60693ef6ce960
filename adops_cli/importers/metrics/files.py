"""`import_files`: imports the ad platforms' export files into the daily figures, each in its own transaction.

Owns the rules for several files: a refused file does not stop the others, and the rejected rows of a file are on the
disk before its import commits. A failure or Ctrl-C leaves nothing of the current file.
"""

import contextlib
import glob
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from adops_cli.data import imports
from adops_cli.data.journal import batches, ledger
from adops_cli.errors import AdopsError, BadRequestError, reason, words_of
from adops_cli.exports.export import ReadOptions
from adops_cli.exports.read import read_export
from adops_cli.files import MOVE, move_into, remove_dead
from adops_cli.importers import layouts, rejects
from adops_cli.importers.metrics import rejected_rows
from adops_cli.importers.metrics.outcome import FileOutcome, StoreOptions, refused
from adops_cli.importers.metrics.store import store
from adops_cli.storage.handle import db
from adops_cli.storage.rollups import build
from adops_cli.storage.table import now

_MOST_NAMED = 10
Progress = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]
"""Starts a progress bar with this text for this many rows. The block reports how many more rows are done."""


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
    move_to: Path | None = None,
    progress: Progress = _unwatched,
) -> Iterator[FileOutcome]:
    """Import files one after another. Yield the outcome of each when it is done.

    Args:
        files: paths; `-` is `stdin`, and a pattern that is not itself the name of a file means the files it matches.
        options: the caller's choices, which override what is detected in a file.
        store_options: how to store the files.
        stdin: where to read `-` from.
        rejects_file: where to save rejected rows, with `_line` and `_error`; no file is made if there are none.
        move_to: a folder for the files that were imported; a file never takes the place of another there.
        progress: shows the progress.

    Raises `BadRequestError` in JSON mode, for a rejects file with several files, and for a folder to move files to that
    cannot be used, and passes on errors of the database. If a file itself is refused, the reason is the `error` of its
    outcome. A `KeyboardInterrupt` says what was stored.
    """
    ledger.require()
    named = [name for file in files for name in _expanded(file)]
    _require_sensible(named, rejects_file, move_to)
    if not store_options.dry_run:
        db.require_writable()
    db.connection()  # so that an unusable database is reported before a large file is read
    batches: dict[str, str] = {}
    for file in named:
        try:
            if move_to is not None:
                _require_movable(file)
            done = _import(file, options, store_options, stdin, rejects_file, progress)
        except BadRequestError as error:
            yield refused(file, error)
            continue
        except KeyboardInterrupt as error:
            raise KeyboardInterrupt(_left(str(error) or f"nothing of {file} was stored", batches)) from error
        if done.batch_id is not None:
            done.notices = [*done.notices, *_of_split_files(done, list(batches.values()))]
            batches[file] = done.batch_id
        failure = None if store_options.dry_run else _moved(done, move_to)
        yield done
        if failure is not None:
            raise failure


def _left(words: str, batches: Mapping[str, str]) -> str:
    """What an interruption leaves behind."""
    if not batches:
        return words
    more = f" and {len(batches) - _MOST_NAMED:,} more" if len(batches) > _MOST_NAMED else ""
    return f"{words}; imported before it: {', '.join(list(batches)[:_MOST_NAMED])}{more}"


def _moved(done: FileOutcome, folder: Path | None) -> AdopsError | None:
    """Move an imported file away. Return what prevents it: the file is imported all the same."""
    if folder is None:
        return None
    try:
        target = move_into(Path(done.file), folder)
    except OSError as error:
        return AdopsError(
            f"{done.file} was imported, but cannot be moved to {folder}: {words_of(error)}",
            "Move it by hand, or import it again: the same file changes nothing",
        )
    if target != Path(done.file):
        is_renamed = target.name != Path(done.file).name
        done.notices = [*done.notices, f"moved to {target if is_renamed else folder}"]
    return None


def _require_sensible(named: Sequence[str], rejects_file: Path | None, folder: Path | None) -> None:
    if rejects_file is not None and len(named) > 1:
        raise BadRequestError("--rejects can be used with only one file", "Import the files one by one")
    if folder is None:
        return
    if not folder.is_dir():
        raise BadRequestError(f"there is no folder {folder} to move files to", "Create it, or name another one")
    remove_dead(MOVE, folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadRequestError(f"files cannot be moved to {folder}: its permissions do not allow it", "Change them")


def _require_movable(file: str) -> None:
    if file == "-" or Path(file).is_fifo():
        what = "standard input" if file == "-" else "a pipe"
        raise BadRequestError(f"{what} cannot be moved", "Leave out --move-to, or name a file")


def _of_split_files(done: FileOutcome, earlier: Sequence[str]) -> Iterator[str]:
    """A sentence on days that an earlier file of the same call has set, and a file of parts sets again."""
    if not (done.parts and done.updated and done.batch_id):
        return
    batch = imports.find(done.batch_id)
    for other in map(imports.find, earlier):
        if batches.overlap(other, batch):
            parts = " and ".join(map(repr, done.parts))
            yield (
                f"days that {other.file} has just set were restated; if both files hold parts of the same days, by "
                f"{parts}, undo both imports and join the files"
            )
            return


def import_one(
    file: str, options: ReadOptions, store_options: StoreOptions, *, rejects_file: Path | None = None
) -> FileOutcome:
    """Import one file, whatever characters are in its name. `BadRequestError` if it is refused."""
    ledger.require()
    db.connection()
    return _import(file, options, store_options, None, rejects_file, _unwatched)


def _expanded(file: str) -> Sequence[str]:
    """The files that a pattern matches, in order. A pattern without a match is kept, to be refused under its name."""
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
    with rejects.set_aside(None if store_options.dry_run else rejects_file) as aside:
        name = Path(file).name  # leaves room for the bar
        with progress(f"Reading {name}", None) as advance:
            known = layouts.known()
            export = read_export(file, options, stdin=stdin, progress=_counting(advance), layouts=known)
        with contextlib.closing(export), progress(f"Storing {name}", export.rows_kept) as advance:
            aside.write(rejected_rows.lines(export))
            with _interrupted_after_all(file, export.sha256):
                done = store(export, file, export.options, store_options, advance, before_commit=aside.keep)
                if not store_options.dry_run:  # what other programs have changed meanwhile
                    build.refresh_between(export.date_from, export.date_to)
                return done


@contextlib.contextmanager
def _interrupted_after_all(file: str, sha256: str) -> Iterator[None]:
    """Make an interruption that comes just after the commit say that the file is stored."""
    moment = now()
    try:
        yield
    except KeyboardInterrupt:
        if (batch := batches.stored_since(moment, sha256)) is not None:
            raise KeyboardInterrupt(f"{file} had just been imported, as {batch}") from None
        raise


def _require_file(file: str) -> None:
    if file == "-":
        return
    try:
        mode = Path(file).stat().st_mode
    except PermissionError as error:
        raise BadRequestError(f"it cannot be read: {reason(error)}", "Check the permissions of its folder") from error
    except (OSError, ValueError) as error:  # including a name that no file can have
        if glob.has_magic(file):
            raise BadRequestError("no file matches this pattern", "Check the pattern and the folder") from error
        raise BadRequestError("there is no such file", "Check its name and the folder") from error
    if db.in_a_file and any(Path(file).resolve() == Path(f"{db.name}{end}").resolve() for end in ("", "-wal", "-shm")):
        # Whoever closes a file gives up all locks of the process on it, those of SQLite's own connection, too.
        raise BadRequestError("this is the database itself", "Name the export files")
    if stat.S_ISDIR(mode):
        raise BadRequestError("this is a folder", "Name the files in it, such as folder/*.csv")
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        raise BadRequestError("this is a device, not a file", "Name an export file, or - for standard input")


def _counting(advance: Callable[[int], None]) -> Callable[[int], None]:
    """Turn the number of rows read so far into the number of additional rows."""
    before = 0

    def told(count: int) -> None:
        nonlocal before
        advance(count - before)
        before = count

    return told
