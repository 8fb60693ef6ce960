"""The duration of a workbook, compared with XlsxWriter alone, which is given the cells as it wants them; its memory."""

import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from measure import report, timed
from scale import process

from adops_cli.cli.metric_columns import LISTED
from adops_cli.render import Document, workbook

ROWS = 100_000
RUNS = 3
MOST_MEGABYTES = 60


def main() -> None:
    """Measure both by turns in the time of the processor, and the memory of a process that writes all rows."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "days.xlsx")
        prepared = [list(map(as_wanted, row.values())) for row in days(ROWS // 5)]
        rows = list(days(ROWS // 5))
        pairs = [
            (timed(lambda: ours(file, rows), time.process_time), timed(lambda: bare(file, prepared), time.process_time))
            for _ in range(RUNS)
        ]
        mine, plain = (min(times) for times in zip(*pairs, strict=True))
        report(f"a workbook of {len(rows):,} days", f"{mine:.2f} s, {mine / plain:.2f} x XlsxWriter alone", "<= 1.2 x")
        measured = process.run([sys.executable, __file__, file])
    size = f"{measured.megabytes:.0f} MB of memory"
    report(f"a workbook of {ROWS:,} days", size, f"<= {MOST_MEGABYTES} MB")


def days(count: int) -> Iterator[dict[str, Any]]:
    """Daily figures of a thousand campaigns."""
    for place in range(count):
        spend, revenue = Decimal(place * 7919) / 100, Decimal(place * 104_729) / 100
        yield {
            "id": place,
            "campaignId": f"camp-{place % 1000:018}",
            "name": f"Campaign {place % 1000}",
            "platform": "google-ads",
            "date": date(2026, 1, 1) + timedelta(days=place // 1000),
            "impressions": 10_000 + place,
            "clicks": 100 + place,
            "conversions": Decimal(place) / 4,
            "spend": spend,
            "revenue": revenue,
            "ctr": Decimal("0.0149"),
            "cpc": Decimal("1.5669"),
            "cpa": Decimal("26.021587"),
            "roas": Decimal("1.148324"),
            "metadata": None,
            "syncedAt": datetime(2026, 2, 10, 8, tzinfo=UTC),
        }


def ours(file: Path, rows: Any) -> None:
    """As `metrics list --output` writes it."""
    workbook.write(file, rows, LISTED, Document("Days"), apart=None, total=None, header=True)


def as_wanted(value: Any) -> Any:
    """A value as XlsxWriter has it."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return float(value) if isinstance(value, Decimal) else value


def bare(file: Path, rows: list[list[Any]]) -> None:
    """The fastest way in its documentation: the method for each type, in constant memory."""
    book = xlsxwriter.Workbook(str(file), {"constant_memory": True, "tmpdir": str(file.parent)})
    sheet = book.add_worksheet()
    amount = book.add_format({"num_format": "#,##0.00"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for at, row in enumerate(rows):
        for place, value in enumerate(row):
            kind = value.__class__
            if kind is str:
                sheet.write_string(at, place, value)
            elif kind is float or kind is int:
                sheet.write_number(at, place, value, amount)
            elif value is not None:
                sheet.write_datetime(at, place, value, day)
    book.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        ours(Path(sys.argv[1]), days(ROWS))
    else:
        main()
