"""Translates SQLite's errors, by their text, into our own, which state what to do next."""

import shutil
import sqlite3
from pathlib import Path
from typing import Any

from adops_cli.errors import (
    AdopsError,
    BusyError,
    ConflictError,
    DatabaseUnusableError,
    UnreadableRowError,
    option,
    words_of,
)
from adops_cli.storage.engines.base import opened_read_only
from adops_cli.storage.engines.sqlite_file import has_log, is_wal
from adops_cli.storage.engines.sqlite_url import url_of

import peewee as pw  # isort: skip - after the engines' base, which keeps it from loading drivers


def replaced(path: Path) -> DatabaseUnusableError:
    """The refusal to write to a file that is not the one of its name any more."""
    return DatabaseUnusableError(
        f"{path} was removed or replaced while adops was working",
        "What this command has written is not in it; run it again",
    )


def damage_in(error: UnicodeDecodeError) -> sqlite3.DatabaseError | None:
    """SQLite's error that Python could not raise, because it quotes a schema that is not UTF-8. None for any other."""
    words = error.object.decode(errors="replace")
    return sqlite3.DatabaseError(words) if words.startswith("malformed") else None


_FIND = "Use `adops db verify` to find such rows"
_UNUSABLE = {
    "unable to open database file": "cannot be opened; check the folder and its permissions",
    "file is not a database": "is not a SQLite database",
    "malformed": "is damaged; restore a backup",
    "readonly database": "cannot be written; check the permissions of the file and its folder",
    "unsupported file format": "is damaged; restore a backup",
    "same text encoding": "is damaged in its header, but can be read; copy it with `adops db copy --to FILE`",
    "disk i/o error": "cannot be read or written: the disk reports an error",
    "no such table": "lacks a table; run `adops db status`",
    "no such column": "lacks a column; run `adops db status`",
    "has no column named": "lacks a column; run `adops db status`",
}


def translated(error: Exception, path: Path, timeout: float, *, read_only: bool = False) -> AdopsError:
    """Our own error for one of SQLite's, or for Peewee's around it."""
    words = str(error)
    lower = words.lower()
    if "locked" in lower or "busy" in lower:
        waited = f"{timeout:g} s"
        return BusyError(
            f"another process is writing to {path}; gave up after {waited}",
            f"Try again, or wait longer with {option('busy_timeout')}",
        )
    return _of_row(words) or _of_file(error, path, read_only) or AdopsError(f"the database reported an error: {words}")


def _of_row(words: str) -> AdopsError | None:
    lower = words.lower()
    if "constraint failed" in lower:
        return ConflictError(words.replace("constraint failed", "constraint refused the row"))
    if "malformed json" in lower:
        return UnreadableRowError("a JSON column contains text that is not JSON", _FIND)
    if "integer overflow" in lower:
        return UnreadableRowError("a column contains numbers that are too large to be added up", _FIND)
    if "could not decode to utf-8" in lower:
        return UnreadableRowError("a column contains text that is not UTF-8", _FIND)
    return None


def _of_file(error: Exception, path: Path, read_only: bool) -> AdopsError | None:
    words = str(error)
    if is_full(error, path):
        return DatabaseUnusableError(
            f"{path} cannot be opened or written: the disk is full ({words})", "Free some space, and try again"
        )
    if _lacks_log_index(error, path):
        return _without_log_index(path)
    if read_only and "readonly database" in words:
        return opened_read_only(path)
    meaning = next((meaning for sign, meaning in _UNUSABLE.items() if sign in words.lower()), None)
    return DatabaseUnusableError(f"{path} {meaning} ({words})") if meaning else None


_LITTLE = 1 << 16
"""Bytes. SQLite needs as many to open a file in WAL mode."""


def is_full(error: Exception, path: Path) -> bool:
    """Whether a file cannot be opened or written because its disk is full. SQLite itself says so only sometimes."""
    words = str(error).lower()
    if "database or disk is full" in words:
        return True
    if "disk i/o error" not in words and "unable to open database file" not in words:
        return False
    try:
        return shutil.disk_usage(path.parent).free < _LITTLE
    except OSError:
        return False


def words_about(error: Exception, path: Path) -> str:
    """What an error of SQLite or of the system about a file says."""
    return "the disk is full" if is_full(error, path) else words_of(error)


_NO_INDEX = (
    "SQLITE_CANTOPEN",
    "SQLITE_READONLY_DIRECTORY",
    "SQLITE_READONLY_CANTINIT",
    "SQLITE_READONLY_RECOVERY",
    "SQLITE_READONLY_CANTLOCK",
)


def _lacks_log_index(error: Exception, path: Path) -> bool:
    """Whether SQLite cannot open a file only because it cannot make the `-shm` file that WAL mode needs."""
    if getattr(getattr(error, "orig", error), "sqlite_errorname", None) not in _NO_INDEX:
        return False
    return is_wal(path)


def _without_log_index(path: Path) -> DatabaseUnusableError:
    what = f"{path} cannot be opened: it is in WAL mode, and {path.name}-shm beside it cannot be made or used"
    if has_log(path):
        return DatabaseUnusableError(
            what,
            f"Its newest rows are in {path.name}-wal: copy both to a folder that can be written, and open them there",
        )
    return DatabaseUnusableError(
        what, f"If no process writes to it meanwhile, open it with {option('url')} {url_of(str(path), 'immutable=1')!r}"
    )


class TranslatedErrors:
    """Translates the errors within a block. Not a generator, which would take as long as many a statement."""

    __slots__ = ("_engine",)

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        told = damage_in(error) if isinstance(error, UnicodeDecodeError) else error
        if isinstance(told, (pw.PeeweeException, sqlite3.Error)):
            engine = self._engine
            engine.require_own_file()
            raise translated(told, engine.path, engine.timeout, read_only=engine.read_only) from told
