"""Times `adops brief` as a whole process for 500 campaigns with a year of days, and the size of its page."""

import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from measure import compiled, report

from adops_cli import periods

CAMPAIGNS, DAYS, RUNS = 500, 365, 5
ADOPS = str(Path(sys.executable).with_name("adops"))
WINDOWS = {"last month": ("--period", "last-month"), "a year": ("--since", f"{DAYS}d")}


def main() -> None:
    """Fill a book, and write its brief of a month and of a year."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = folder / "book.db"
        adops(book, "db", "migrate")
        adops(book, "metrics", "import", filled(folder / "year.csv"), "--platform", "google-ads", "--currency", "EUR")
        for what, window in WINDOWS.items():
            for suffix in ("html", "json"):
                file = folder / f"brief.{suffix}"
                wall, processor = measured(book, "brief", *window, "--force", "--output", file)
                figure = f"{wall:.2f} s, processor {processor:.2f} s, {file.stat().st_size / 1000:.0f} KB"
                report(f"adops brief, {what}, {suffix}", figure, "<= 1.5 s, 300 KB" if suffix == "html" else "none")


def filled(file: Path) -> Path:
    """An export with a row for each campaign and day."""
    made, first = random.Random(7), periods.today() - timedelta(DAYS)  # noqa: S311 - no secret
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["date", "campaign id", "campaign", "impressions", "clicks", "conversions", "cost", "revenue"])
        for place in range(CAMPAIGNS):
            size, worth = made.lognormvariate(3.5, 1), made.uniform(1, 5)
            for day in range(DAYS):
                spend = size * made.uniform(0.8, 1.2)
                clicks = int(spend / made.uniform(0.4, 1.1))
                figures = (clicks * made.randint(40, 90), clicks, clicks // made.randint(20, 60), f"{spend:.2f}")
                about = (first + timedelta(day), 1_000 + place, f"Prospecting, lookalike {place:03}")
                rows.writerow((*about, *figures, f"{spend * worth:.2f}"))
    return file


def measured(book: Path, *args: str | Path) -> tuple[float, float]:
    """The medians of the whole time and of the processor's time of a process, in seconds."""
    walls, processors = [], []
    for _ in range(RUNS):
        start, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        adops(book, *args)
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        walls.append(time.perf_counter() - start)
        processors.append(now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime)
    return sorted(walls)[RUNS // 2], sorted(processors)[RUNS // 2]


def adops(book: Path, *args: str | Path) -> None:
    """Run a command, which must succeed."""
    subprocess.run([ADOPS, "--database", book, *args], check=True, capture_output=True)


if __name__ == "__main__":
    compiled()
    main()
