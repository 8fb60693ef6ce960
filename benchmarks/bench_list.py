"""The duration of a list of daily rows, compared with plain sqlite3 that makes a dataclass of each row as it is."""

import dataclasses
import sqlite3
import tempfile
from datetime import date, timedelta
from pathlib import Path

from measure import report, timed

from adops_cli import database
from adops_cli.data import campaigns, metrics
from adops_cli.storage import schema
from adops_cli.storage.models import Metrics
from adops_cli.storage.table import fields_of

CAMPAIGNS = 40
DAYS = 300
RUNS = 7

Row = dataclasses.make_dataclass("Row", fields_of(Metrics), frozen=True)


def main() -> None:
    """Measure both by turns, and report the best of each."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.db"
        with database.bound(str(path)):
            fill()
            pairs = [(timed(metrics.list), timed(lambda: through_sqlite(path))) for _ in range(RUNS)]
    ours, plain = (min(times) for times in zip(*pairs, strict=True))
    report(f"metrics.list of {CAMPAIGNS * DAYS:,} rows", f"{ours:.2f} s, {ours / plain:.1f} x plain sqlite3", "<= 4 x")


def fill() -> None:
    """Record figures with decimals, as platforms report them."""
    schema.migrate()
    ids = campaigns.create_many({"name": f"Campaign {place}", "platform": "ttd"} for place in range(CAMPAIGNS))
    metrics.record_many(
        {
            "campaign_id": id,
            "date": date(2026, 1, 1) + timedelta(days=day),
            "impressions": 10_000 + day,
            "clicks": 100 + place,
            "conversions": day / 4,
            "spend": (day * 7919 + place) / 100,
            "revenue": (day * 104_729 + place) / 100,
            "metadata": {"reach": day},
        }
        for place, id in enumerate(ids)
        for day in range(DAYS)
    )


def through_sqlite(path: Path) -> list[object]:
    """The same rows, without reading a value."""
    connection = sqlite3.connect(path)
    rows = connection.execute('SELECT * FROM "metrics" ORDER BY "date" DESC, "id"')
    found: list[object] = [Row(*row) for row in rows]
    connection.close()
    return found


if __name__ == "__main__":
    main()
