"""Imports a daily Google Ads CSV of a million rows, compared with a bare loop, and again with nothing to change.

The bare loop is the fastest possible way: `csv.reader`, the five figures converted, four ratios, `executemany` upserts
into the same tables, no ledger. `python benchmarks/bench_import.py [CAMPAIGNS] [DAYS]` runs only this.
"""

import csv
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from measure import report

from adops_cli import database
from adops_cli.storage import schema

CAMPAIGNS = 10_000
DAYS = 100
HEADER = "Day,Campaign,Campaign ID,Currency code,Cost,Clicks,Impr.,CTR,Avg. CPC,Conversions,Conv. value"
FIRST = date(2026, 1, 1)
IMPORT = """
import pathlib, re, sys, time
from adops_cli import database
from adops_cli.exports.export import ReadOptions
from adops_cli.importers.metrics.outcome import StoreOptions
from adops_cli.importers.metrics.files import import_files
with database.bound(sys.argv[1]):
    start, processor = time.perf_counter(), time.process_time()
    [done] = import_files([sys.argv[2]], ReadOptions(), StoreOptions())
    if done.error:
        raise done.error
    took, processor = time.perf_counter() - start, time.process_time() - processor
# Not getrusage: that counts the memory of the process that started this one, too.
peak = re.search(r"VmHWM:\\s+(\\d+) kB", pathlib.Path("/proc/self/status").read_text())
print(took, processor, done.inserted, done.updated, done.unchanged, peak[1] if peak else 0)
"""


def main(campaigns: int = CAMPAIGNS, days: int = DAYS) -> None:
    """Measure and print four lines."""
    rows = campaigns * days
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = made(folder / "daily.csv", campaigns, days)
        again = folder / "again.csv"
        shutil.copyfile(file, again)
        with again.open("a", encoding="utf-8") as out:
            out.write("\n")  # different bytes, the same figures
        for place in ("bare", "ours"):
            with database.bound(str(folder / f"{place}.db")):
                schema.migrate()
        processor = time.process_time()
        bare = bare_loop(folder / "bare.db", file)
        processor = time.process_time() - processor
        first, processor_of_first, *counts, peak = imported(folder / "ours.db", file)
        assert counts == [rows, 0, 0], counts  # noqa: S101 - measuring something else would be misleading
        second, _, *counts, later_peak = imported(folder / "ours.db", again)
        assert counts == [0, 0, rows], counts  # noqa: S101 - as above
    report(f"import of {rows:,} days", f"{first:.1f} s, {bare / first:.2f} of a bare loop", ">= 1 on two cores")
    share = f"{processor_of_first:.1f} s, {processor / processor_of_first:.2f} of a bare loop"
    report("its time of the processor", share, ">= 0.8, as on one core")
    report("the same figures in different bytes", f"{second:.1f} s, {first / second:.2f} of the first", ">= 1")
    report("peak memory of the import", f"{max(peak, later_peak) / 1024:.0f} MB", "< 150 MB")


def made(file: Path, campaigns: int, days: int) -> Path:
    """The export, in Google's order: by day."""
    chance = random.Random(5)  # noqa: S311 - figures, not secrets
    with file.open("w", encoding="utf-8") as out:
        out.write(f"Campaign report\n{FIRST} - {FIRST + timedelta(days - 1)}\n{HEADER}\n")
        for day in range(days):
            written = (FIRST + timedelta(day)).isoformat()
            for place in range(campaigns):
                impressions = chance.randrange(50, 9_999)
                clicks = impressions // chance.randrange(20, 90)
                cost, sales = clicks * chance.randrange(20, 300), chance.randrange(0, 400)
                shown = f'"{impressions:,}"' if impressions > 999 else impressions
                out.write(
                    f"{written},Campaign {place},{10**10 + place},EUR,{cost / 100:.2f},{clicks},{shown},1.00%,0.50,"
                    f"{sales / 100:.2f},{sales * 0.37:.2f}\n"
                )
    return file


def bare_loop(path: Path, file: Path) -> float:
    """The duration of the loop in seconds."""
    start = time.perf_counter()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = normal")
    seen: dict[str, str] = {}
    batch: list[tuple[Any, ...]] = []
    for id, name, row in converted(file):
        if id not in seen:
            seen[id] = f"camp-{len(seen):018d}"
            connection.execute(
                "INSERT INTO campaigns (id, platform, externalId, name) VALUES (?, 'google-ads', ?, ?)",
                (seen[id], id, name),
            )
        batch.append((seen[id], *row))
        if len(batch) == 1_000:
            connection.executemany(UPSERT, batch)
            batch.clear()
    connection.executemany(UPSERT, batch)
    connection.commit()
    connection.close()
    return time.perf_counter() - start


COLUMNS = (
    "campaignId",
    "date",
    "impressions",
    "clicks",
    "conversions",
    "spend",
    "revenue",
    "ctr",
    "cpc",
    "cpa",
    "roas",
)
UPSERT = (
    f"INSERT INTO metrics ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))}) "
    f"ON CONFLICT (campaignId, date) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in COLUMNS[2:])}"
)


def converted(file: Path) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    """The id, the name, and the day with its figures and ratios."""
    with file.open(encoding="utf-8", newline="") as source:
        rows = csv.reader(source)
        for _ in range(3):
            next(rows)
        for day, name, id, _, cost, clicks, shown, _, _, sales, value in rows:
            spend, revenue, conversions = Decimal(cost), Decimal(value), Decimal(sales)
            count, impressions = int(clicks), int(shown.replace(",", ""))
            ratios = (
                ratio(Decimal(count), impressions),
                ratio(spend, count),
                ratio(spend, conversions),
                ratio(revenue, spend),
            )
            yield id, name, (day, impressions, count, float(conversions), float(spend), float(revenue), *ratios)


def ratio(above: Decimal, below: Decimal | int) -> float | None:
    """The quotient to six decimals."""
    return float(round(above / below, 6)) if below else None


def imported(path: Path, file: Path) -> list[float]:
    """Seconds, those of the processor, days inserted, updated and unchanged, peak memory in KB of another process.

    Linux counts the memory of this process as the other one's until that starts, so this process must stay small.
    """
    done = subprocess.run([sys.executable, "-c", IMPORT, path, file], stdout=subprocess.PIPE, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
