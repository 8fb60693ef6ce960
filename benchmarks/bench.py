"""`make bench`: speeds as figures and as ratios within one run, because machines are noisy. A benchmark, not a test.

Each line shows the project's target. Nothing here fails; read the output.
"""

import contextlib
import io
import json
import math
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import bench_brief
import bench_import
import bench_list
import bench_postgres
import bench_recognise
import bench_workbook
import peewee as pw
from measure import compiled, report, timed

from adops_cli import database
from adops_cli.data import campaigns, metrics, projects, seed
from adops_cli.data.access import bulk, crud
from adops_cli.importers import from_file
from adops_cli.storage import schema
from adops_cli.storage.models import Event, Execution, Project

RUNS = 11
SINGLE = 1_000
BATCH = 100_000


def main() -> None:
    """Measure everything in a temporary folder."""
    compiled()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        with database.bound(str(path)):
            seed.seed()
        start_up(path)
        with database.bound(str(path)):
            queries()
        single_inserts(Path(folder))
        single_records(Path(folder))
        batch_inserts(Path(folder))
    bench_brief.main()
    bench_list.main()
    bench_workbook.main()
    bench_recognise.main()
    bench_import.main()
    bench_postgres.main()


def start_up(path: Path) -> None:
    """Whole processes, as medians of 11, compared with a Python process that does nothing."""
    nothing = median_of([sys.executable, "-c", "pass"])
    adops = str(Path(sys.executable).with_name("adops"))
    top = [adops, "--database", str(path), "metrics", "top", "--format"]
    commands = {
        "adops --help": ([adops, "--help"], 8),
        "adops metrics top --format json": ([*top, "json"], 11),
        "adops metrics top --format table": (
            [adops, "--database", str(path), "metrics", "top", "--format", "table"],
            None,
        ),
    }
    print(f"python -c pass: {nothing * 1000:.1f} ms")
    for name, (command, aim) in commands.items():
        took = median_of(command)
        report(name, f"{took * 1000:.0f} ms, {took / nothing:.1f} x", f"<= {aim} x" if aim else "no aim")


def single_inserts(folder: Path) -> None:
    """Events one by one, each in its own transaction: with the data API and with bare SQLite, alternating."""
    rows = [event(place) for place in range(SINGLE)]
    ours: list[float] = []
    bare: list[float] = []
    for turn in range(3):
        with empty_database(folder / f"one-ours-{turn}.db"):
            ours.append(timed(lambda: [crud.create(Event, row) for row in rows]))
        with empty_database(folder / f"one-bare-{turn}.db") as path:
            bare.append(timed(lambda path=path: one_by_one(path, rows)))  # type: ignore[misc]
    best, base = min(ours), min(bare)
    report(f"{SINGLE:,} events one by one", f"{SINGLE / best:,.0f}/s, {base / best:.2f} of bare SQLite", ">= 0.3")


def single_records(folder: Path) -> None:
    """Days of one campaign, each recorded in its own transaction, and with bare SQLite, which upserts them unread."""
    rows = [figures(place) for place in range(SINGLE)]
    ours: list[float] = []
    bare: list[float] = []
    for turn in range(3):
        for name, times in (("ours", ours), ("bare", bare)):
            with empty_database(folder / f"record-{name}-{turn}.db") as path:
                id = campaigns.create(name="Bench", platform="ttd").id
                record = recorded_one_by_one if name == "ours" else upserted_one_by_one
                times.append(timed(lambda: record(path, id, rows)))  # noqa: B023 - run at once
    best, base = min(ours), min(bare)
    report(
        f"{SINGLE:,} days recorded one by one", f"{SINGLE / best:,.0f}/s, {base / best:.2f} of bare SQLite", ">= 0.3"
    )


def recorded_one_by_one(_path: Path, campaign: str, rows: list[dict[str, Any]]) -> None:
    """With the data API."""
    for row in rows:
        metrics.record_metrics(campaign, **row)


def upserted_one_by_one(path: Path, campaign: str, rows: list[dict[str, Any]]) -> None:
    """With the same pragmas, and the ratios calculated within the time."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("foreign_keys = 1", "synchronous = normal", "cache_size = -32000"):
        connection.execute(f"PRAGMA {pragma}")
    for row in rows:
        impressions, clicks, conversions, spend, revenue = list(row.values())[1:]
        ratios = [
            bench_import.ratio(Decimal(clicks), impressions),
            bench_import.ratio(spend, clicks),
            bench_import.ratio(spend, conversions),
            bench_import.ratio(revenue, spend),
        ]
        written = (impressions, clicks, float(conversions), float(spend), float(revenue), *ratios)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(bench_import.UPSERT, (campaign, str(row["day"]), *written))
        connection.execute("COMMIT")
    connection.close()


def figures(place: int) -> dict[str, Any]:
    """A day's figures."""
    return {
        "day": date(2026, 1, 1) + timedelta(days=place),
        "impressions": 10_000 + place,
        "clicks": 100 + place,
        "conversions": Decimal(place) / 4,
        "spend": Decimal(place * 7919) / 100,
        "revenue": Decimal(place * 104_729) / 100,
    }


def queries() -> None:
    """The guide's table, measured in this process on the sample data, as medians of 11."""
    every = [campaign.id for campaign in campaigns.list()]
    for name, ask, aim in (
        ("simple query, 1 project", lambda: projects.get("proj-spring"), 5),
        ("query with joins, 10 executions", with_joins, 10),
        ("aggregate over 100 metric rows", lambda: metrics.aggregate(campaign_ids=every), 20),
    ):
        seconds = statistics.median(timed(ask) for _ in range(RUNS))
        report(name, f"{seconds * 1000:.2f} ms", f"< {aim} ms")


def with_joins() -> list[Any]:
    """Ten executions with their projects."""
    return list(Execution.select(Execution, Project).join(Project, pw.JOIN.LEFT_OUTER).limit(10))


def batch_inserts(folder: Path) -> None:
    """The same rows with `bulk.insert` and a bare `executemany`, each into its own empty schema, alternating.

    And as a file of JSON lines, with `events create --from` and a bare loop that reads each line for `executemany`.
    Measured in the time of the processor: a hundred thousand rows are also written to a disk.
    """
    rows = [event(place) for place in range(BATCH)]
    plain = list(map(stored, rows))
    lines = "\n".join(map(json.dumps, rows)).encode()
    ways: dict[str, Callable[[Path], object]] = {
        "ours": lambda _path: bulk.insert(Event, rows),
        "bare": lambda path: through_sqlite(path, plain),
        "from": lambda _path: from_file.load("events", io.BytesIO(lines), "events.jsonl"),
        "bare-from": lambda path: through_sqlite(path, (stored(json.loads(line)) for line in lines.split(b"\n"))),
    }
    took: dict[str, float] = dict.fromkeys(ways, math.inf)
    for turn in range(3):
        for name, way in ways.items():
            with empty_database(folder / f"{name}-{turn}.db") as path:
                took[name] = min(took[name], timed(lambda: way(path), time.process_time))  # noqa: B023 - run at once
    for what, one, base in (("events in a batch", "ours", "bare"), ("events from a file", "from", "bare-from")):
        share = f"{BATCH / took[one]:,.0f}/s, {took[base] / took[one]:.2f} of bare SQLite"
        report(f"{BATCH:,} {what}", share, ">= 0.75")


@contextlib.contextmanager
def empty_database(path: Path) -> Iterator[Path]:
    """Bind a migrated database without rows."""
    with database.bound(str(path)):
        schema.migrate()
        yield path


def through_sqlite(path: Path, plain: Iterable[tuple[Any, ...]]) -> None:
    """The fastest possible way: prepared rows, one statement, one transaction."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = normal")
    connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", plain)
    connection.commit()
    connection.close()


def one_by_one(path: Path, rows: list[dict[str, Any]]) -> None:
    """The same with a transaction for each row, which is made within the time."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = normal")
    for row in rows:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", stored(row))
        connection.execute("COMMIT")
    connection.close()


def stored(row: dict[str, Any]) -> tuple[Any, ...]:
    """An event as the columns hold it."""
    return row["id"], row["type"], row["source"], json.dumps(row["payload"]), None, None, 0, row["timestamp"]


def event(place: int) -> dict[str, Any]:
    """An event as emitted by the Node system's executor."""
    return {
        "id": f"bench-{place:06d}",
        "type": ("workflow.started", "workflow.completed", "budget.alert")[place % 3],
        "source": "executor",
        "payload": {"n": place, "note": "measured"},
        "timestamp": f"2026-02-10T08:{place // 60 % 60:02d}:{place % 60:02d}.000Z",
    }


def median_of(command: list[str]) -> float:
    """The median duration of a whole process in seconds."""
    return statistics.median(
        timed(lambda: subprocess.run(command, capture_output=True, check=True)) for _ in range(RUNS)
    )


if __name__ == "__main__":
    main()
