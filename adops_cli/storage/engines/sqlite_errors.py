"""Translates SQLite's errors, by their text, into our own, which state what to do next."""

from pathlib import Path

from adops_cli.errors import AdopsError, BusyError, ConflictError, DatabaseUnusableError, UnreadableRowError, option

_FIND = "Use `adops db verify` to find such rows"
_UNUSABLE = {
    "unable to open database file": "cannot be opened; check the folder and its permissions",
    "file is not a database": "is not a SQLite database",
    "malformed": "is damaged; restore a backup",
    "readonly database": "cannot be written; check the permissions of the file and its folder",
    "disk i/o error": "cannot be read or written: the disk reports an error",
    "database or disk is full": "cannot grow: the disk is full",
    "no such table": "lacks a table; run `adops db status`",
    "no such column": "lacks a column; run `adops db status`",
}


def translated(error: Exception, path: Path, timeout: float) -> AdopsError:
    """Our own error for one of SQLite's, or for Peewee's around it."""
    words = str(error)
    lower = words.lower()
    if "locked" in lower or "busy" in lower:
        waited = f"{timeout:g} s"
        return BusyError(
            f"another process is writing to {path}; gave up after {waited}",
            f"Try again, or wait longer with {option('busy_timeout')}",
        )
    if "constraint failed" in lower:
        return ConflictError(words.replace("constraint failed", "constraint refused the row"))
    if "malformed json" in lower:
        return UnreadableRowError("a JSON column contains text that is not JSON", _FIND)
    if "could not decode to utf-8" in lower:
        return UnreadableRowError("a column contains text that is not UTF-8", _FIND)
    for sign, meaning in _UNUSABLE.items():
        if sign in lower:
            return DatabaseUnusableError(f"{path} {meaning} ({words})")
    return AdopsError(f"the database reported an error: {words}")
