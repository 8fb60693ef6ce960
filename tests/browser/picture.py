"""`python -m tests.browser.picture FILE.png`: the picture of a brief, with made-up campaigns, by the same browser."""

import random
import sys
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from adops_cli import database
from adops_cli.data import campaigns, metrics
from adops_cli.storage import schema
from tests.browser.conftest import CHROMIUM
from tests.conftest import run_adops

NAMES = {
    "google-ads": ("Brand search", "Generic search", "Performance Max", "Shopping"),
    "meta-ads": ("Prospecting", "Retargeting", "Lookalike"),
    "ttd": ("Native awareness", "Audio"),
    "pinterest": ("Inspiration",),
}
FIRST, DAYS = date(2026, 8, 24), 70
WIDTH, HEIGHT = 960, 930


def main(picture: Path) -> None:
    """Fill a book of one moment, write its brief, and take the picture of what is seen first."""
    with tempfile.TemporaryDirectory() as folder:
        book, page = Path(folder) / "book.db", Path(folder) / "brief.html"
        with database.bound(str(book)):
            schema.migrate()
            fill()
        asked = ("--since", "2026-10-01", "--until", "2026-10-31", "--title", "Autumn, all campaigns")
        run_adops("brief", *asked, "--output", page, on=book)
        with sync_playwright() as running:
            browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            window = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
            window.goto(page.as_uri())
            window.screenshot(path=str(picture))
            browser.close()
    sys.stdout.write(f"{picture}: {picture.stat().st_size:,} bytes\n")


def fill() -> None:
    """Some campaigns with figures that differ by weekday, the same each time."""
    made = random.Random(11)  # noqa: S311 - no secret
    rows: list[dict[str, Any]] = []
    for platform, names in NAMES.items():
        for name in names:
            one = campaigns.create(name=name, platform=platform, metadata={"currency": "EUR"})
            size, worth, growth = made.uniform(200, 900), made.uniform(1.6, 5), made.uniform(-0.002, 0.006)
            for place in range(DAYS):
                day = FIRST + timedelta(place)
                spend = size * (1 + growth * place) * (0.7 if day.weekday() > 4 else 1) * made.uniform(0.9, 1.1)
                clicks = int(spend / made.uniform(0.5, 0.7))
                rows.append({
                    "campaign_id": one.id, "date": day, "impressions": clicks * made.randint(45, 60), "clicks": clicks,
                    "conversions": clicks // made.randint(25, 35), "spend": Decimal(f"{spend:.2f}"),
                    "revenue": Decimal(f"{spend * worth * made.uniform(0.85, 1.15):.2f}"),
                })  # fmt: skip
    metrics.create_many(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
