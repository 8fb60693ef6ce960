"""Random writes to figures, by each way that adops has. Each takes one step."""

import contextlib
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from adops_cli.data import campaigns, imports, metrics
from adops_cli.errors import AdopsError
from adops_cli.importers.imports import import_file
from adops_cli.storage.models import Campaign, Import

FIRST = date(2026, 1, 20)
DAYS = [FIRST + timedelta(n) for n in range(0, 75, 3)]
"""From the middle of a month to the beginning of another one, with weeks across both borders."""
NAMES = ["a", "b", "c", "d"]


def figures(pick: Random) -> dict[str, Any]:
    amounts = [None, Decimal(0), Decimal("0.1"), Decimal("-2.5"), Decimal("7999999999.999999"), Decimal(10) ** 12 - 1]
    amounts.append(Decimal(pick.randrange(10**12)) / 10**6)
    counts = [None, 0, 1, 2**53, pick.randrange(10**6)]
    found: dict[str, Any] = {name: pick.choice(counts) for name in ("impressions", "clicks")}
    found |= {name: pick.choice(amounts) for name in ("spend", "revenue")}
    return {**found, "conversions": pick.choice([None, 0, Decimal("2.96"), 7])}


def some_days(pick: Random) -> Sequence[date]:
    return sorted(pick.sample(DAYS, pick.randrange(1, 9)))


def record(pick: Random) -> None:
    with contextlib.suppress(AdopsError):  # the campaign may be gone
        metrics.record_metrics(pick.choice(NAMES), pick.choice(DAYS), **figures(pick))


def record_many(pick: Random) -> None:
    rows = [(row.id, day) for row in Campaign.select() for day in some_days(pick)]
    metrics.record_many({"campaign_id": id, "date": day, **figures(pick)} for id, day in rows)


def delete_a_day(pick: Random) -> None:
    metrics.delete(pick.choice(NAMES), pick.choice(DAYS))


def import_a_file(pick: Random) -> None:
    lines = ["Day,Campaign ID,Campaign,Currency code,Impressions,Clicks,Cost,Conversions,Conv. value"]
    for number in (1, 2):
        for day in some_days(pick):
            values = [pick.randrange(1000) for _ in range(5)]
            lines.append(f"{day},{number},C{number},EUR,{','.join(map(str, values))}")
    file = Path("export.csv")
    file.write_text("\n".join(lines), encoding="utf-8")
    mode: Any = pick.choice(["upsert", "replace-range"])
    import_file(file, platform="google-ads", mode=mode, remove_many=True)


def undo_an_import(pick: Random) -> None:
    standing = [row.id for row in Import.select().where(Import.status == "imported", Import.kind != "undo")]
    if standing:
        imports.undo(pick.choice(standing), cascade=True)


def change_a_campaign(pick: Random) -> None:
    if campaigns.get(id := pick.choice(NAMES)):
        known: Any = pick.choice([None, {"currency": "EUR"}, {"currency": "USD"}, {"other": 5}])
        campaigns.update(id, metadata=known, platform=pick.choice(["ttd", "dv360"]))


def move_a_campaign(pick: Random) -> None:
    if campaigns.get(id := pick.choice(NAMES)):
        campaigns.update(id, project_id=pick.choice([None, "p"]))


def delete_a_campaign(pick: Random) -> None:
    campaigns.delete(pick.choice(NAMES))


def create_a_campaign(pick: Random) -> None:
    if not campaigns.get(id := pick.choice(NAMES)):
        campaigns.create(id=id, name=id, platform="ttd", metadata={"currency": "EUR"})
