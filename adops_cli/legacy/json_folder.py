"""A folder of files that several processes read and write: all changes appear at once or not at all.

Owns the lock, the order of writing, recovery after a crash, and the detection of changed files. Knows nothing of the
files' content.
"""

import contextlib
import json
import os
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from adops_cli.errors import AdopsError, BusyError, DatabaseUnusableError, reason
from adops_cli.files import make_folder, new_file, sync_folder

LOCK = ".adops-lock"
JOURNAL = ".adops-commit"
"""Lists the files of a commit that is being completed. Once this file exists, the commit is durable."""

Stamps = Mapping[str, tuple[int, int, int] | None]
"""File name -> time, size and inode, which show whether a file was changed; None if there is no file."""


class Folder:
    """Files of a folder, which need not exist.

    Args:
        path: the folder.
        names: the files.
        timeout: seconds to wait for another process.
        read_only: whether to leave the commit of a dead process as it is, and refuse to read.
    """

    def __init__(self, path: Path, names: Sequence[str], timeout: float, *, read_only: bool = False) -> None:
        from filelock import FileLock  # noqa: PLC0415 - slow, and needed only in this mode

        self.path = path
        self.names = names
        self.timeout = timeout
        self._read_only = read_only
        self._lock = FileLock(path / LOCK, timeout=timeout, mode=0o600)

    def stamps(self) -> Stamps:
        """The current state of the files."""
        return {name: self._stamp(name) for name in (*self.names, JOURNAL)}

    def read(self) -> tuple[dict[str, bytes], Stamps]:
        """The existing files, as of one moment, without a lock: if another process writes meanwhile, it reads again.

        Raises `DatabaseUnusableError` for a file that cannot be read.
        """
        until = time.monotonic() + self.timeout
        while True:
            before = self.stamps()
            if before[JOURNAL] and not self._read_only:
                with self.locked():
                    self._finish()
                continue
            contents = None if before[JOURNAL] else self._contents(before)
            if contents is not None and self.stamps() == before:
                return contents, before
            if time.monotonic() > until:
                if before[JOURNAL]:
                    raise DatabaseUnusableError(
                        f"{self.path} has changes that another process did not complete, and is opened read-only",
                        "Run a command without --read-only, which completes them",
                    )
                raise self._busy("constantly changing the files in")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock against all other writers to the folder. A lock within a lock has no effect."""
        self.acquire()
        try:
            yield
        finally:
            self.release()

    def acquire(self) -> None:
        """Take the lock; create the folder if necessary. `BusyError` if another process holds the lock too long."""
        from filelock import Timeout  # noqa: PLC0415

        try:
            make_folder(self.path)
            self._lock.acquire()
        except Timeout as error:
            raise self._busy("writing to") from error
        except OSError as error:
            raise DatabaseUnusableError(
                f"{self.path} cannot be written: {reason(error)}", "Nothing was changed"
            ) from error

    def release(self) -> None:
        """Release the lock, if it is held."""
        self._lock.release()

    def write(self, contents: Mapping[str, bytes], known: Stamps) -> Stamps:
        """Write files, all of them or none. Return their new state. Needs the lock.

        Raises `BusyError` if a program that ignores the lock has changed a file since the state `known`, and
        `AdopsError` if a file cannot be written; then no file is changed.
        """
        if self.stamps() != known:
            raise BusyError(
                f"another program has just changed the files in {self.path}", "Nothing was written; try again"
            )
        asides = dict(contents) if len(contents) == 1 else {**contents, JOURNAL: json.dumps(list(contents)).encode()}
        try:
            for name in (*self.names, JOURNAL):
                self._aside(name).unlink(missing_ok=True)  # of a dead process, as this one holds the lock
            for name, content in asides.items():
                self._write_aside(name, content)
            last = next(reversed(asides))
            self._aside(last).replace(self._place(last))  # the moment of the commit
        except OSError as error:
            for name in asides:
                with contextlib.suppress(OSError):
                    self._aside(name).unlink(missing_ok=True)
            where = error.filename or self.path
            raise AdopsError(f"{where} cannot be written: {reason(error)}", "Nothing was written") from error
        self._finish()
        return self.stamps()

    def _finish(self) -> None:
        """Put the files of a commit in place, if this was not possible in one step. Needs the lock."""
        journal = self.path / JOURNAL
        try:
            if journal.exists():
                for name in self._listed(journal):
                    if self._aside(name).exists():
                        self._aside(name).replace(self._place(name))
                sync_folder(self.path)
                journal.unlink()
            sync_folder(self.path)
        except OSError as error:
            raise AdopsError(
                f"the changes saved in {self.path} could not be completed: {reason(error)}",
                "Nothing is lost: adops completes them the next time it reads the files",
            ) from error

    def _listed(self, journal: Path) -> list[str]:
        """The files of the commit. `DatabaseUnusableError` if it does not list files of ours."""
        try:
            listed = json.loads(journal.read_bytes())
        except (ValueError, RecursionError):
            listed = None
        if not isinstance(listed, list) or not all(name in self.names for name in listed):
            raise DatabaseUnusableError(
                f"{journal} is damaged: it does not list the files of a commit",
                "A file .NAME.adops-new beside it is newer than NAME: rename those that are there, then remove it",
            )
        return listed

    def _stamp(self, name: str) -> tuple[int, int, int] | None:
        try:
            found = (self.path / name).stat()
        except FileNotFoundError:
            return None
        except NotADirectoryError as error:
            raise DatabaseUnusableError(f"{self.path} is not a folder", "Set ADOPS_JSON_DIR to a folder") from error
        except OSError as error:
            raise self._unreadable(name, error) from error
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _contents(self, stamps: Stamps) -> dict[str, bytes] | None:
        """The files' bytes; None if one of them has disappeared meanwhile."""
        contents = {}
        for name in self.names:
            try:
                if stamps[name]:
                    contents[name] = (self.path / name).read_bytes()
            except FileNotFoundError:
                return None
            except OSError as error:
                raise self._unreadable(name, error) from error
        return contents

    def _place(self, name: str) -> Path:
        """The file itself, if its name is a link."""
        return Path(os.path.realpath(self.path / name))

    def _aside(self, name: str) -> Path:
        place = self._place(name)
        return place.with_name(f".{place.name}.adops-new")

    def _write_aside(self, name: str, content: bytes) -> None:
        place, made = self._place(name), new_file(self._aside(name))
        if place.exists():
            made.chmod(stat.S_IMODE(place.stat().st_mode))
        with made.open("wb") as aside:
            aside.write(content)
            aside.flush()
            moment = time.time_ns()  # finer than the system's own time stamp, which two writers can share
            os.utime(aside.fileno(), ns=(moment, moment))
            os.fsync(aside.fileno())

    def _unreadable(self, name: str, error: OSError) -> DatabaseUnusableError:
        return DatabaseUnusableError(f"{self.path / name} cannot be read: {reason(error)}")

    def _busy(self, what: str) -> BusyError:
        return BusyError(f"another process is {what} {self.path}; gave up after {self.timeout:g} s", "Try again")
