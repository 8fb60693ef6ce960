"""The databases that are measured, each built once in a folder: with all rows, for SQLite and for DuckDB.

`ADOPS_BENCH_FOLDER` names a folder that keeps them for the next run; otherwise it is a temporary one.
`ADOPS_BENCH_ROWS` is the number of rows, by default ten million.
"""

import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from scale import process

ROWS = int(os.environ.get("ADOPS_BENCH_ROWS", "10_000_000"))
BEFORE = "006_event_order"
"""The last migration without anything that exists only to make reports fast."""
DUCKDB = "duckdb==2.0.1"
_HERE = Path(__file__).parent
_MIGRATIONS = _HERE.parent.parent / "migrations"


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """The folder of the databases."""
    if kept := os.environ.get("ADOPS_BENCH_FOLDER"):
        Path(kept).mkdir(parents=True, exist_ok=True)
        yield Path(kept).absolute()
        return
    with tempfile.TemporaryDirectory(prefix="adops-bench-") as name:
        yield Path(name)


def plain(folder: Path, rows: int) -> Path:
    """A database of so many rows with the schema of `BEFORE`. It is only ever copied."""

    def build(path: Path) -> None:
        process.run([process.ADOPS, "--database", path, "db", "migrate", "--quiet", "--to", BEFORE])
        filled(path, rows)

    return _once(folder / f"rows-{rows}-plain.db", build)


def current(folder: Path, rows: int) -> Path:
    """The same, migrated to the newest schema. A change of later migrations makes another one."""
    source, later = plain(folder, rows), [path for path in _MIGRATIONS.glob("[0-9]*.py") if path.stem > BEFORE]
    if not later:
        return source
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(later))).hexdigest()[:8]

    def build(path: Path) -> None:
        shutil.copyfile(source, path)
        process.run([process.ADOPS, "--database", path, "db", "migrate", "--quiet"])

    return _once(folder / f"rows-{rows}-{digest}.db", build)


def filled(path: Path, rows: int) -> None:
    """Insert the rows into a migrated database."""
    process.run([sys.executable, _HERE / "rows.py", path, str(rows)])


def copied(path: Path, copy: Path) -> Path:
    """A copy that may be changed."""
    shutil.copyfile(path, copy)
    return copy


def duckdb_python(folder: Path) -> Path:
    """The Python of a virtual environment that has DuckDB, which the project itself does not need."""
    return environment(folder / "duckdb", DUCKDB)


def environment(home: Path, *what: str | Path) -> Path:
    """The Python of a virtual environment in which something is installed."""
    python = home / "bin" / "python"
    if not (home / ".installed").exists():
        process.run([sys.executable, "-m", "venv", "--clear", home])
        process.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what])
        (home / ".installed").touch()
    return python


def duckdb(folder: Path, rows: int) -> Path:
    """DuckDB's file with the same rows."""
    source, days = plain(folder, rows), as_csv(folder, rows)

    def build(path: Path) -> None:
        campaigns, projects = path.with_name("campaigns.csv"), path.with_name("projects.csv")
        for table, sql in ((campaigns, _CAMPAIGNS), (projects, "SELECT id, name FROM projects")):
            _write_csv(source, sql, table)
        process.run([duckdb_python(folder), "-c", _LOAD, path, projects, campaigns, days])

    return _once(folder / f"rows-{rows}.duckdb", build)


def as_csv(folder: Path, rows: int) -> Path:
    """The daily rows as a CSV file, from which other engines are filled."""
    source = plain(folder, rows)
    return _once(folder / f"rows-{rows}.csv", lambda path: _write_csv(source, _DAYS, path))


_CAMPAIGNS = """
SELECT id, platform, externalId, name, projectId, json_extract(metadata, '$.currency') FROM campaigns ORDER BY rowid
"""
_DAYS = """
SELECT campaignId, date, impressions, clicks, printf('%.6f', conversions), printf('%.6f', spend),
    CASE WHEN revenue IS NOT NULL THEN printf('%.6f', revenue) END
FROM metrics ORDER BY id
"""
_LOAD = """
import sys, duckdb
file, projects, campaigns, days = sys.argv[1:]
connection = duckdb.connect(file)
for table, path, columns in (
    ("projects", projects, {"id": "VARCHAR", "name": "VARCHAR"}),
    ("campaigns", campaigns, dict.fromkeys(("id", "platform", "externalId", "name", "projectId", "currency"), "VARCHAR")),
    ("metrics", days, {"campaignId": "VARCHAR", "date": "DATE", "impressions": "BIGINT", "clicks": "BIGINT",
        "conversions": "DECIMAL(18,6)", "spend": "DECIMAL(18,6)", "revenue": "DECIMAL(18,6)"}),
):
    connection.execute(f"CREATE TABLE {table} AS FROM read_csv(?, header = false, columns = {columns})", [path])
connection.execute("CHECKPOINT")
"""  # noqa: E501 - a program, not prose


def _write_csv(source: Path, sql: str, path: Path) -> None:
    with contextlib.closing(sqlite3.connect(source)) as connection, path.open("w", encoding="utf-8") as out:
        for row in connection.execute(sql):
            out.write(",".join("" if value is None else str(value) for value in row) + "\n")


def _once(path: Path, build: Callable[[Path], None]) -> Path:
    """The file, built first if it is not there. Its name appears when it is complete."""
    if path.exists():
        return path
    print(f"building {path.name} ...", end=" ", flush=True)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".building-") as aside:  # with backups and the like
        build(Path(aside) / path.name)
        (Path(aside) / path.name).rename(path)
    print(f"{time.perf_counter() - began:.0f} s", flush=True)
    return path


def installed(folder: Path, commit: str, repository: Path) -> Path:
    """The command of an older adops, in a virtual environment of its own."""
    home = folder / f"adops-{commit}"
    source = home.with_name(f"{home.name}-source")
    if not source.exists() or not home.exists():
        shutil.rmtree(source, ignore_errors=True)
        source.mkdir()
        packed = subprocess.run(["git", "-C", repository, "archive", commit], capture_output=True, check=True)  # noqa: S607 - the git on the path
        subprocess.run(["tar", "-x", "-C", source], input=packed.stdout, check=True)  # noqa: S607 - as above
    python = environment(home, "--constraint", source / "constraints.txt", source)
    return python.with_name("adops")
