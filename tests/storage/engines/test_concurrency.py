"""Eight processes import overlapping files and read reports at once: no error, no lost row, no duplicate."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from adops_cli import database
from adops_cli.data import campaigns, imports, metrics
from tests.conftest import ROOT

PROCESSES = 8
SECONDS = 2.5
CAMPAIGNS = 12
DAYS = 30
WINDOW = 14
FIRST = date(2026, 3, 1)


def figures(campaign: int, day: int) -> tuple[int, int, Decimal, Decimal, Decimal]:
    """The figures that every file has for a campaign and day."""
    seed = campaign * 31 + day
    return 1000 + seed, seed % 97, Decimal(seed % 7) / 4, Decimal(seed) / 100, Decimal(seed * 3) / 1000


def rows(first: int, last: int) -> Iterator[str]:
    for day in range(first, last):
        for campaign in range(CAMPAIGNS):
            told = ",".join(map(str, figures(campaign, day)))
            yield f"{FIRST + timedelta(days=day)},{9_000 + campaign},Campaign {campaign},EUR,{told}\n"


def write(file: Path, first: int, last: int) -> str:
    header = "date,externalId,campaign,currency,impressions,clicks,conversions,spend,revenue\n"
    file.write_text(header + "".join(rows(first, last)), encoding="utf-8")
    return str(file)


def test_eight_processes_import_and_read_at_once(database_url: str, tmp_path: Path) -> None:
    starts = [place * (DAYS - WINDOW) // (PROCESSES - 1) for place in range(PROCESSES)]
    files = [write(tmp_path / f"{place}.csv", first, first + WINDOW) for place, first in enumerate(starts)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.storage.engines.worker", database_url, str(SECONDS), file, files[0]],
            stdout=subprocess.PIPE,
            env=environment,
        )
        for file in files
    ]
    done: list[dict[str, Any]] = [json.loads(worker.communicate(timeout=120)[0]) for worker in workers]

    assert [worker["wrong"] for worker in done] == [[]] * PROCESSES
    assert all(worker["rounds"] for worker in done)
    with database.bound(database_url, busy_timeout=5):
        assert len(campaigns.list()) == CAMPAIGNS
        stored = metrics.list(limit=0)
        assert len(stored) == len({(row.campaign_id, row.date) for row in stored}) == CAMPAIGNS * DAYS
        [total] = metrics.aggregate()
        wanted = [figures(campaign, day) for campaign in range(CAMPAIGNS) for day in range(DAYS)]
        found = (total.impressions, total.clicks, total.conversions, total.spend, total.revenue)
        assert found == tuple(map(sum, zip(*wanted, strict=True)))
        batches = imports.list(limit=0)
        assert sum(batch.inserted for batch in batches) == CAMPAIGNS * DAYS
        assert sum(batch.updated + batch.removed for batch in batches) == 0
