"""`watch`: imports the export files that arrive in a folder, and moves each away with a report beside it.

Owns the rules for such a folder: a file is taken once its size and time were the same twice in a row; it goes to
`done/`, or to `refused/`. It is moved only after it was imported, so that whatever ends the process, a file that is
still there is imported again, which changes nothing if it was imported before.
"""

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from adops_cli.data.journal import ledger
from adops_cli.errors import AdopsError, BadRequestError, BusyError, DatabaseUnusableError, reason, words_of
from adops_cli.exports.export import ReadOptions
from adops_cli.files import MOVE, free_names, locked, make_folder, move, published, remove_dead
from adops_cli.importers.metrics.files import Progress, import_files
from adops_cli.importers.metrics.outcome import FileOutcome, StoreOptions
from adops_cli.storage.handle import db

DONE, REFUSED = "done", "refused"
_LOCK = ".adops-watch.lock"
_REPORT = "report"
"""The kind of the working folders of reports."""
_UNFINISHED = (".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp")
_OTHERS = (".", "~$")
"""How names begin that are not for us: hidden files, and the lock files of LibreOffice and of Excel."""

_PATIENCE = 0.1
"""Seconds until a watch that waits sees that it is to end."""
_Sign = tuple[int, int, int]
"""Changes when a file is written or replaced."""


@dataclass(frozen=True)
class Taken:
    """A file that was imported or refused, and where it is now."""

    outcome: FileOutcome
    target: Path


@dataclass(frozen=True)
class Trouble:
    """What has kept a file from being imported, or the folder from being read. It is tried again."""

    error: str


class Stop:
    """Ends a watch. A signal handler can set it, wherever it interrupts.

    A `threading.Event` cannot be set there: its lock may be held by the very code that the handler has interrupted.
    """

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        """End the watch after the current file."""
        self._is_set = True

    def is_set(self) -> bool:
        """Whether the watch is to end."""
        return self._is_set

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until it is set. Return whether it is."""
        end = time.monotonic() + seconds
        while not self._is_set and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _PATIENCE))
        return self._is_set


def watch(  # noqa: PLR0913 - its signature is its request
    folder: Path,
    options: ReadOptions,
    store_options: StoreOptions,
    report: Callable[[FileOutcome], str],
    *,
    stop: Stop,
    interval: float,
    once: bool = False,
    progress: Progress,
) -> Iterator[Taken | Trouble]:
    """Import files as they arrive, the oldest first, until `stop` is set. A file that has been begun is finished.

    Args:
        folder: where they arrive; `done` and `refused` are made in it, and its other folders are left alone.
        options: as for `import_files`.
        store_options: as for `import_files`.
        report: writes the report on a file.
        stop: set it to end the watch.
        interval: seconds between two looks at the folder.
        once: whether to end after the second look.
        progress: shows the progress of each file.

    A database that is busy or cannot be used, and a full disk, are reported once and tried again; with `once` they are
    raised. Raises `BadRequestError` in JSON mode and without the folder, and `BusyError` if it is already watched.
    """
    ledger.require()
    db.require_writable()
    if not folder.is_dir():
        raise BadRequestError(f"there is no folder {folder}", "Create it, or name another one")
    with _alone(folder):
        for name in (DONE, REFUSED):
            for kind in (_REPORT, MOVE):
                remove_dead(kind, folder / name)
        watching = _Watching(folder, options, store_options, report, progress, once)
        for look in itertools.count(1):
            yield from watching.look(stop)
            if (once and look > 1) or stop.wait(interval):
                return


@dataclass
class _Watching:
    folder: Path
    options: ReadOptions
    store_options: StoreOptions
    report: Callable[[FileOutcome], str]
    progress: Progress
    raises: bool
    """Whether trouble ends the watch."""
    seen: Mapping[Path, _Sign] = field(default_factory=dict)
    """The files of the look before."""
    told: dict[Path, str] = field(default_factory=dict)
    """The trouble that was told, by file; that of the database and of the folder itself stands under the folder."""

    def look(self, stop: Stop) -> Iterator[Taken | Trouble]:
        """Import the files that are as they were at the look before."""
        try:
            for name in (DONE, REFUSED):
                make_folder(self.folder / name)
            found = _arrived(self.folder)
        except OSError as error:
            yield from self._trouble(self.folder, AdopsError(f"the folder cannot be used: {words_of(error)}"))
            return
        ready = [file for file, sign in found.items() if self.seen.get(file) == sign]
        self.seen = found
        for file in sorted(ready, key=lambda file: (found[file][1], file.name)):
            if stop.is_set():
                return
            try:
                yield from self._take(file, found[file])
            except (BusyError, DatabaseUnusableError) as error:
                yield from self._trouble(self.folder, error)
                return  # the other files would wait for the same
            except AdopsError as error:
                yield from self._trouble(file, error)
            except OSError as error:
                words = f"{file} was read, but cannot be moved away: {words_of(error)}"
                yield from self._trouble(file, AdopsError(words))
            else:
                self.told.pop(self.folder, None)
                self.told.pop(file, None)
            finally:
                db.close()  # a connection kept for days would not notice that the database was replaced

    def _take(self, file: Path, sign: _Sign) -> Iterator[Taken]:
        for outcome in import_files([str(file)], self.options, self.store_options, progress=self.progress):
            if _sign(file) == sign:  # otherwise it was changed or removed meanwhile, and the next look decides
                yield Taken(outcome, self._put_away(file, outcome))

    def _put_away(self, file: Path, outcome: FileOutcome) -> Path:
        """Move a file, after its report: a file that was moved has one, whatever ends the process."""
        folder = self.folder / (DONE if outcome.error is None else REFUSED)
        for target in free_names(file, folder):
            report = target.with_name(f"{target.name}.json")
            with contextlib.suppress(FileExistsError):
                with published(report, _REPORT) as partial:
                    partial.write_text(self.report(outcome), encoding="utf-8", errors="backslashreplace")
                try:
                    move(file, target)
                except OSError:
                    report.unlink()
                    raise
                return target
        raise AssertionError  # there is always one more name

    def _trouble(self, about: Path, error: AdopsError) -> Iterator[Trouble]:
        if self.raises:
            raise error
        words = str(error) if about == self.folder or str(about) in str(error) else f"{about}: {error}"
        if self.told.get(about) != words:
            self.told[about] = words
            yield Trouble(words)


def _arrived(folder: Path) -> dict[Path, _Sign]:
    """The files in the folder that may be exports. One that is being downloaded can have a twin that is empty."""
    names = {path.name for path in folder.iterdir()}
    found = {}
    for name in names:
        lower = name.lower()
        partial = lower.endswith(_UNFINISHED) or any(f"{name}{ending}" in names for ending in _UNFINISHED)
        if not partial and not name.startswith(_OTHERS) and (sign := _sign(folder / name)) is not None:
            found[folder / name] = sign
    return found


def _sign(file: Path) -> _Sign | None:
    """None if there is no such file."""
    if not file.is_file():
        return None
    with contextlib.suppress(FileNotFoundError):
        status = file.stat()
        return status.st_size, status.st_mtime_ns, status.st_ino
    return None


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Be the only watch on a folder."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(folder / _LOCK, 0))
        except TimeoutError as error:
            raise BusyError(
                f"another adops already watches {folder}", "End it first, or watch another folder"
            ) from error
        except OSError as error:
            raise AdopsError(f"{folder} cannot be watched: {reason(error)}", "Check its permissions") from error
        yield
