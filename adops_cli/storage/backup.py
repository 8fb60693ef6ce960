"""Makes reliable copies of a SQLite database with SQLite's own backup, and checks them before they get their name.

Never overwrites a file, and never leaves an incomplete one. Knows no table.
"""

import contextlib
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from adops_cli.errors import AdopsError, ConflictError, DatabaseUnusableError
from adops_cli.files import published
from adops_cli.storage.engines.base import no_database
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.engines.sqlite_dialect import quoted
from adops_cli.storage.engines.sqlite_errors import words_about
from adops_cli.storage.engines.sqlite_file import BACKUP, is_there

_PAGES = 2_000
_OF_DAMAGE = ("malformed", "readonly database")
"""In what SQLite says of the database, or of a copy that has its damaged header."""
_OUR_NAME = re.compile(r"(?P<stem>.+)-backup-(?P<time>\d{8}T\d{6}Z)(?:-(?P<number>\d+))?(?P<ending>\.db|\.dump)")
"""As `free_name` makes them."""


def make(engine: Sqlite, target: Path | None = None, *, checked: bool = True) -> Path:
    """Copy the database as of this moment, while other processes write. Return the path of the copy.

    Args:
        engine: the database; needs no open connection.
        target: the new file; None is `<name>-backup-<UTC time>.db` next to the database.
        checked: whether the copy must be sound; a damaged database that will be replaced is copied page by page.

    Raises `ConflictError` if the target exists, `DatabaseUnusableError` if the database is damaged, and `AdopsError` if
    the copy cannot be made or is not complete; then no file is left.
    """
    engine.require_file()
    target = (target or free_name(engine.path)).absolute()
    try:
        with published(target, BACKUP) as partial:
            _copy(engine, partial, target, checked=checked)
    except FileExistsError as error:
        raise taken(target) from error
    except (OSError, sqlite3.Error) as error:
        why = words_about(error, target)
        kind = DatabaseUnusableError if any(sign in why for sign in _OF_DAMAGE) else AdopsError
        raise kind(f"the backup {target} could not be made: {why}", "Nothing was changed") from error
    return target


def taken(target: Path) -> ConflictError:
    """The refusal to overwrite a file."""
    return ConflictError(f"{target} already exists, and a backup overwrites nothing", "Name another file")


def _copy(engine: Sqlite, partial: Path, target: Path, *, checked: bool) -> None:
    if not is_there(engine.path):
        raise no_database(engine.path)
    with (
        contextlib.closing(engine.reader()) as source,
        contextlib.closing(sqlite3.connect(partial, isolation_level=None)) as copy,
    ):
        with engine.translated_errors():
            source.execute("BEGIN")  # one snapshot for the counts and the copy
            source.execute(
                "SELECT count(*) FROM sqlite_master"
            ).fetchone()  # times out on a lock, which a backup never does
        counts = _row_counts(source) if checked else {}
        source.backup(copy, pages=_PAGES)
        if checked:
            copy.execute("PRAGMA journal_mode = DELETE")  # one file without extra files
            _check(copy, counts, target)


def free_name(path: Path, ending: str = ".db") -> Path:
    """A free name next to a database, for a copy of its current state."""
    stem = f"{path.stem}-backup-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    names = (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
    return next(file for name in names if not (file := path.with_name(f"{name}{ending}")).exists())


def older_than(copy: Path) -> list[Path]:
    """The other copies of the same database with names of our own, in the same folder, newest first.

    Only their names say whose they are. A link or a folder with such a name is none of ours.
    """
    made = _OUR_NAME.fullmatch(copy.name)
    if made is None:
        return []
    others = [(found, path) for path in copy.parent.iterdir() if (found := _OUR_NAME.fullmatch(path.name))]
    same = [(found, path) for found, path in others if _whose(found) == _whose(made) and _when(found) < _when(made)]
    return [path for found, path in sorted(same, key=lambda one: _when(one[0]), reverse=True) if _is_file(path)]


def _whose(name: re.Match[str]) -> tuple[str, str]:
    return name["stem"], name["ending"]


def _when(name: re.Match[str]) -> tuple[str, int]:
    return name["time"], int(name["number"] or 1)


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    tables = [
        name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    ]
    return {name: connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()[0] for name in tables}


def _check(copy: sqlite3.Connection, counts: dict[str, int], target: Path) -> None:
    problem = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if problem != "ok":
        raise DatabaseUnusableError(f"the backup {target} would be damaged: {problem}", "Nothing was changed")
    if _row_counts(copy) != counts:
        raise AdopsError(f"the backup {target} would lack rows", "Nothing was changed")
