"""A ranking of all rows on PostgreSQL, from its wheel, beside plain SQL over the daily rows."""

import contextlib
import sqlite3
import statistics
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from bench_postgres import BARE
from measure import timed

from adops_cli import database
from adops_cli.data import reports
from adops_cli.storage import schema
from adops_cli.storage.rollups import build
from scale import built
from scale.process import line
from tests.postgres import new_server

RUNS = 3
_COLUMNS = '"campaignId", date, impressions, clicks, conversions, spend, revenue'
_BLOCK = 1 << 20


def main(folder: Path) -> None:
    """Load the rows as CSV, migrate, and ask by turns in this process."""
    days, source = built.as_csv(folder, built.ROWS), built.plain(folder, built.ROWS)
    with new_server() as url, database.bound(url):
        schema.migrate(built.BEFORE)
        _load(url, source, days)
        schema.migrate()
        build.refresh()  # as `adops db migrate` does
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
            ours, bare = [], []
            for _ in range(RUNS):
                bare.append(timed(lambda: connection.execute(BARE).fetchall()))
                ours.append(timed(lambda: reports.get_top_performers("roas", 10)))
            _compare(connection.execute(BARE).fetchall(), reports.get_top_performers("roas", 10))
    took, base = statistics.median(ours), statistics.median(bare)
    line(
        f"top of {built.ROWS:,} rows on PostgreSQL",
        f"{took * 1000:,.0f} ms, bare SQL {base * 1000:,.0f} ms, {base / took:.1f} x as fast",
        ">= 10 x",
        met=base / took >= 10,
    )


def _load(url: str, source: Path, days: Path) -> None:
    with psycopg.connect(url) as connection:
        for table, columns in (
            ("projects", "id, name, type, status"),
            ("campaigns", 'id, "projectId", platform, "externalId", name, metadata'),
        ):
            with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in _rows(source, f"SELECT {columns} FROM {table}"):
                    copy.write_row(row)
        with (
            connection.cursor().copy(f"COPY metrics ({_COLUMNS}) FROM STDIN (FORMAT csv)") as copy,
            days.open() as file,
        ):
            while block := file.read(_BLOCK):
                copy.write(block)


def _rows(source: Path, sql: str) -> Iterator[Any]:
    with contextlib.closing(sqlite3.connect(source)) as connection:
        yield from connection.execute(sql)


def _compare(bare: Any, ours: Any) -> None:
    for row, one in zip(bare, ours, strict=True):
        figures = one.impressions, one.clicks, one.conversions, one.spend, one.revenue
        if (row[0], *map(Decimal, row[6:])) != (one.campaign_id, *figures):
            raise AssertionError(f"adops says {one}, plain SQL says {row}")
