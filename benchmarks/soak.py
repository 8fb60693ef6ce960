"""`make soak`, which takes minutes: deletes 1,000,000 of 2,000,000 events while another process writes without waiting.

It is bounded: the cleanup is one process that ends. Nothing here fails; read the output.
"""

import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adops_cli import database
from adops_cli.data.access import bulk
from adops_cli.storage import schema
from adops_cli.storage.models import Event

EVENTS = 2_000_000
NOW = datetime.now(UTC)


def main() -> None:
    """Clean up once, and report."""
    found = cleaned_up()
    print(
        f"{found.said}\n{found.seconds:.0f} s, {EVENTS // 2 / found.seconds:,.0f} rows/s, "
        f"peak memory {found.peak:.0f} MB (aim < 100)"
    )
    print(
        f"{len(found.waits):,} writes meanwhile: median {sorted(found.waits)[len(found.waits) // 2] * 1000:.1f} ms, "
        f"longest {max(found.waits) * 1000:.0f} ms (aim <= 250)"
    )


@dataclass(frozen=True)
class CleanedUp:
    """How long a clean-up took, how much memory it needed, and how long each write beside it waited, in seconds."""

    said: str
    seconds: float
    peak: float
    waits: Sequence[float]


def cleaned_up(*, one_moment: bool = False) -> CleanedUp:
    """Fill a database, clean it up in a separate process, and write meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "soak.db"
        with database.bound(str(path)):
            schema.migrate()
            bulk.insert(Event, (event(place, one_moment=one_moment) for place in range(EVENTS)))
        began = time.perf_counter()
        cleanup = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "adops_cli",
                "--database",
                str(path),
                "events",
                "cleanup",
                "--older-than",
                "30d",
                "--yes",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        waits, peak = write_beside(path, cleanup)
        said = cleanup.stdout.read().strip() if cleanup.stdout else ""
        return CleanedUp(said, time.perf_counter() - began, peak, waits)


def event(place: int, *, one_moment: bool) -> dict[str, Any]:
    """An event of an executor's log, in order of time. The first half is processed and older than 30 days.

    With `one_moment`, each half is of one moment.
    """
    old = place < EVENTS // 2
    passed = 0 if one_moment else place / EVENTS
    age = timedelta(days=400 if old else 29) * (1 - passed)
    return {
        "id": f"soak-{place:07d}",
        "type": ("workflow.started", "workflow.completed", "budget.alert")[place % 3],
        "source": "executor",
        "payload": {"n": place, "note": "measured"},
        "processed": old or place % 3 == 0,
        "timestamp": NOW - age,
    }


def write_beside(path: Path, cleanup: "subprocess.Popen[str]") -> tuple[list[float], float]:
    """The duration of each write in a stream like an executor's, in seconds, and the cleanup's peak memory in MB."""
    connection = sqlite3.connect(path, timeout=5, isolation_level=None)
    connection.execute("PRAGMA synchronous = normal")
    waits: list[float] = []
    peak = 0.0
    while cleanup.poll() is None:
        began = time.perf_counter()
        connection.execute(
            "INSERT INTO events (id, type, processed) VALUES (?, 'beside', 0)", (f"beside-{len(waits)}",)
        )
        waits.append(time.perf_counter() - began)
        peak = max(peak, peak_memory(cleanup.pid))
        time.sleep(0.005)
    connection.close()
    return waits, peak


def peak_memory(pid: int) -> float:
    """VmHWM of a process in MB, as reported by Linux; 0 if the process has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main()
