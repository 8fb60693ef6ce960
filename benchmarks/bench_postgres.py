"""Loads daily figures into PostgreSQL (from its wheel) and ranks a million of them, as ratios within one run.

Called by `make bench`; `python benchmarks/bench_postgres.py` runs only this. Nothing here fails; read the output.
"""

import statistics
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).parent.parent))

from measure import report, timed

from adops_cli import database
from adops_cli.data import reports
from adops_cli.data.access import bulk
from adops_cli.storage import schema
from adops_cli.storage.models import Campaign, Metrics
from tests.postgres import new_server

CAMPAIGNS = 1_000
LOADED = 200_000
RANKED = 1_000_000
TURNS = 3
RUNS = 5
FIRST = date(2024, 1, 1)
COLUMNS = '"campaignId", date, impressions, clicks, conversions, spend, revenue, ctr, cpc, cpa, roas'


def main() -> None:
    """Measure both on a separate server."""
    with new_server() as url, database.bound(url):
        schema.migrate()
        bulk.insert(Campaign, ({"id": f"c{n:05}", "name": f"C{n}", "platform": "ttd"} for n in range(CAMPAIGNS)))
        loading(url)
        ranking(url)


def figures(count: int) -> Iterator[tuple[Any, ...]]:
    """Rows, one day after another."""
    for place in range(count):
        day, campaign = divmod(place, CAMPAIGNS)
        spend, revenue = Decimal(place % 9_973) / 100, Decimal(place % 49_999) / 100
        yield (
            f"c{campaign:05}",
            FIRST + timedelta(days=day),
            place % 100_003,
            place % 997,
            Decimal(place % 7),
            spend,
            revenue,
            None,
            None,
            None,
            None,
        )


def loading(url: str) -> None:
    """200,000 rows with `bulk.insert`, compared with a bare COPY and INSERT … ON CONFLICT of the same, alternating."""
    names = ("campaign_id", "date", "impressions", "clicks", "conversions", "spend", "revenue")
    rows = list(figures(LOADED))
    ours, bare = [], []
    for _ in range(TURNS):
        emptied()
        ours.append(timed(lambda: bulk.insert(Metrics, (dict(zip(names, row, strict=False)) for row in rows))))
        emptied()
        bare.append(timed(lambda: through_psycopg(url, rows)))
    best, base = min(ours), min(bare)
    report(f"{LOADED:,} rows into PostgreSQL", f"{LOADED / best:,.0f}/s, {base / best:.2f} of bare COPY", ">= 0.5")


def through_psycopg(url: str, rows: list[tuple[Any, ...]]) -> None:
    """The fastest possible way: COPY into a temporary table, and one INSERT from there."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE stage ON COMMIT DROP AS SELECT {COLUMNS} FROM metrics WITH NO DATA")
        with cursor.copy(f"COPY stage ({COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f"INSERT INTO metrics ({COLUMNS}) SELECT {COLUMNS} FROM stage "
            'ON CONFLICT ("campaignId", date) DO UPDATE SET spend = excluded.spend'
        )


BARE = """
SELECT c.id, c."externalId", c.name, c.platform, c."projectId", c.metadata ->> 'currency',
    sum(m.impressions), sum(m.clicks), sum(m.conversions), sum(m.spend), sum(m.revenue)
FROM metrics m JOIN campaigns c ON c.id = m."campaignId"
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY sum(m.revenue) / nullif(sum(m.spend), 0) DESC NULLS LAST, c.id LIMIT 10
"""


def ranking(url: str) -> None:
    """`metrics top` on a million rows, in this process, compared with bare SQL for the same question, alternating."""
    emptied()
    with psycopg.connect(url) as connection:
        with connection.cursor().copy(f"COPY metrics ({COLUMNS}) FROM STDIN") as copy:
            for row in figures(RANKED):
                copy.write_row(row)
        connection.execute("ANALYZE metrics")
    ours, bare = [], []
    with psycopg.connect(url) as connection:
        for _ in range(RUNS):
            bare.append(timed(lambda: connection.execute(BARE).fetchall()))
            ours.append(timed(lambda: reports.get_top_performers("roas", 10)))
    took, base = statistics.median(ours), statistics.median(bare)
    report(f"top of {RANKED:,} rows on PostgreSQL", f"{took * 1000:,.0f} ms, {took / base:.2f} x bare SQL", "<= 1.3 x")


def emptied() -> None:
    """Delete all daily figures."""
    database.db.execute_sql("TRUNCATE metrics")


if __name__ == "__main__":
    main()
