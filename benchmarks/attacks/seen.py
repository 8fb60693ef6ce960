"""What stands in a folder: the content of its databases and files, without what differs each time.

Reads databases with SQLite alone, so that a fault of adops cannot hide here.
"""

import contextlib
import hashlib
import re
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet as pq

from tests.pages import CHANGING

_OURS = re.compile(r"\.adops-")
_NUMBER = re.compile(r"(?<=…)-\d|-\d(?=\.csv)")
"""Of what finds its name taken, by one of the same second or by what `watch` has imported before."""
_BACKUP = re.compile(r".*-backup-\d{8}T\d{6}Z(-\d+)?\.db")
_SUMS = ("campaign_totals", "period_totals", "stale_months", "rollup_changes", "rollup_writer")
"""These may be stale, or not yet be made. `adops_cli.storage.rollups.check` says whether they are right."""
_BY_CHANCE = {("migratehistory", "id"), ("adops_migration", "duration_ms"), ("import_changes", "id")}
FOLDER = "folder"


@dataclass
class Seen:
    """A folder. Two that are equal are in the same state."""

    files: dict[str, str] = field(default_factory=dict)
    """By its name: a word for what a file contains, the same for the same content."""
    backups: set[str] = field(default_factory=set)
    """The words of the copies that adops makes by itself."""
    left: set[str] = field(default_factory=set)
    """Working files."""
    damaged: list[str] = field(default_factory=list)
    """Databases that are not sound."""


def seen(here: Path) -> Seen:
    """Look at everything below a folder."""
    found = Seen()
    for path in sorted(here.rglob("*")):
        name = str(path.relative_to(here))
        if _OURS.search(name) or name.endswith((".partial", "-journal", ".migrate-lock")):
            found.left.add(name)
        elif path.is_dir():
            found.files[_NUMBER.sub("", CHANGING.sub("…", name))] = FOLDER
        elif path.suffix == ".db":
            content, wrong = database(path)
            found.damaged += [f"{name}: {wrong}"] if wrong else []
            if _BACKUP.fullmatch(name):
                found.backups.add(content)
            else:
                found.files[name] = content
        elif path.suffix == ".parquet":
            content, wrong = parquet(path)
            found.damaged += [f"{name}: {wrong}"] if wrong else []
            found.files[name] = content
        elif path.name == "adops-export.json":  # which names what is to be made before it is there
            found.files[name] = "manifest"
        elif not name.endswith(("-wal", "-shm")):
            # What `watch` imports again has a report of its own, and may find its name taken.
            found.files[_NUMBER.sub("", CHANGING.sub("…", name))] = (
                "report"
                if name.endswith(".csv.json")
                else _word(_plain(path.read_bytes().decode(errors="replace"), here))
            )
    return found


def parquet(path: Path) -> tuple[str, str]:
    """A word for the rows of a file, and what is wrong with it."""
    try:
        rows = pq.ParquetFile(path).read(use_threads=False)  # this process forks commands
        return _word(CHANGING.sub("…", str(rows.to_pylist()))), ""
    except (pa.ArrowException, OSError) as error:
        return "unreadable", str(error)


def beside(here: Path) -> set[str]:
    """What SQLite keeps beside a database that is open."""
    return {path.name for path in here.rglob("*") if path.name.endswith(("-wal", "-shm"))}


def database(path: Path) -> tuple[str, str]:
    """A word for all rows of a database, and what is wrong with it."""
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=10)) as connection:
            connection.text_factory = lambda text: text.decode(errors="surrogateescape")
            wrong = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if wrong == "ok" and connection.execute("PRAGMA foreign_key_check").fetchone():
                wrong = "a reference to no row"
            return _word("\n".join(_rows(connection, path.parent))), "" if wrong == "ok" else wrong
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return "unreadable", str(error)


def _rows(connection: sqlite3.Connection, here: Path) -> list[str]:
    found = []
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    for (table,) in tables.fetchall():
        if table not in _SUMS:
            rows = connection.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in rows.description]
            for row in rows:
                cells = {name: cell for name, cell in zip(names, row, strict=True) if (table, name) not in _BY_CHANCE}
                found.append(_plain(f"{table} {sorted(cells.items())}", here))
    return sorted(found)


def _plain(text: str, here: Path) -> str:
    return CHANGING.sub("…", text.replace(str(here.resolve()), "HERE").replace(str(here), "HERE"))


def _word(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:16]
