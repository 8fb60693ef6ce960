"""Invented daily figures, the same in every run: 10,000 campaigns on five platforms, in two currencies and 50 projects.

A fifth of the campaigns reports no revenue; two platforms have money with six decimals, the others with cents.
`python benchmarks/scale/rows.py FILE ROWS` fills a migrated database, in a process of its own because of its memory.
"""

import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

CAMPAIGNS = 10_000
PROJECTS = 50
PLATFORMS = ("google-ads", "meta-ads", "pinterest", "ttd", "dv360")
CURRENCIES = ("EUR", "USD")
LAST = date(2025, 9, 26)
"""The last day; the first one depends on the number of rows."""
_TIME = "2023-01-01T00:00:00.000Z"
_IN_MICROS = ("ttd", "dv360")


def fill(path: Path, rows: int) -> None:
    """Insert projects, campaigns and as many days as make this many rows, one day after another, as imports do."""
    connection = sqlite3.connect(path, isolation_level=None)
    # Whoever is interrupted begins anew, so nothing needs to be safe. The cache holds the index, which is written in
    # another order than its own: it gets the shape that years of daily imports give it.
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -1500000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO projects (id, name, type, status, createdAt, updatedAt) VALUES (?, ?, 'campaign', 'active', ?, ?)",
        ((project(n), f"Project {n}", _TIME, _TIME) for n in range(PROJECTS)),
    )
    connection.executemany(
        "INSERT INTO campaigns (id, projectId, platform, externalId, name, metadata, createdAt, updatedAt, syncedAt) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        campaigns(),
    )
    connection.execute("CREATE TEMP TABLE numbered (n INTEGER PRIMARY KEY, id TEXT, reports INTEGER, micros INTEGER)")
    connection.executemany(
        "INSERT INTO numbered VALUES (?, ?, ?, ?)",
        ((n, campaign(n), n // 500 % 5 > 0, platform(n) in _IN_MICROS) for n in range(CAMPAIGNS)),
    )
    days = rows // CAMPAIGNS
    connection.executemany(
        _FIGURES, (((LAST - timedelta(days - 1 - n)).isoformat(), days - n, _TIME) for n in range(days))
    )
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


_FIGURES = """
WITH chance AS (
    SELECT *, (n * 7919 + ?2 * 104729 + n * ?2 * 31) % 1000003 AS h FROM numbered
), counted AS (
    SELECT *, 200 + h % 19800 AS shown, (200 + h % 19800) / (20 + h % 80) AS clicked FROM chance
), worth AS (
    SELECT *, clicked * (h % 13) / 100.0 AS sales,
        (clicked * (20 + h % 280) * 10000 + micros * (h % 10000)) / 1000000.0 AS cost,
        CASE WHEN reports THEN clicked * (h % 13) * 37 / 100.0 END AS value
    FROM counted
)
INSERT INTO metrics
    ("campaignId", date, impressions, clicks, conversions, spend, revenue, ctr, cpc, cpa, roas, "syncedAt")
SELECT id, ?1, shown, clicked, sales, cost, value, round(1.0 * clicked / shown, 6), round(cost / clicked, 6),
    round(cost / sales, 6), round(value / cost, 6), ?3
FROM worth ORDER BY n
"""
"""All campaigns on one day, given the day and its number."""


def campaigns() -> Iterator[tuple[str, ...]]:
    """The rows of the campaigns."""
    for n in range(CAMPAIGNS):
        metadata = json.dumps({"currency": CURRENCIES[n // 250 % 2]}, separators=(",", ":"))
        home = project(n // len(PLATFORMS) % PROJECTS)
        yield campaign(n), home, platform(n), external_id(n), f"Campaign {n}", metadata, _TIME, _TIME, _TIME


def campaign(n: int) -> str:
    """The id of a campaign, in the form and in the disorder of those that imports create."""
    return f"camp-{hashlib.sha256(str(n).encode()).hexdigest()[:18]}"


def external_id(n: int) -> str:
    """The platform's id of a campaign."""
    return str(10**10 + n)


def platform(n: int) -> str:
    """The platform of a campaign."""
    return PLATFORMS[n % len(PLATFORMS)]


def project(n: int) -> str:
    """The id of a project."""
    return f"proj-{n:018d}"


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]))
