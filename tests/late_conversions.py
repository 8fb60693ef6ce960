"""An invented account whose conversions arrive late, by a lag that is known, and its daily pulls of the last 30 days.

A quarter of the conversions of a day is reported on the day itself, 83 % after a week, and all after 30 days. The tests
import the pulls of a few campaigns, and `make bench-scale` those of a thousand.
"""

import contextlib
import math
import random
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any
from unittest import mock

from adops_cli import periods
from adops_cli.data.journal import ledger
from adops_cli.exports.export import ReadOptions
from adops_cli.importers.metrics.files import import_files
from adops_cli.importers.metrics.outcome import FileOutcome, StoreOptions
from adops_cli.storage.handle import db
from adops_cli.storage.models import Import

FIRST = date(2026, 3, 2)
"""The first day of the account."""
PULLS = 120
WINDOW = 30
OLDEST = 30
HEADER = "Day,Campaign,Campaign ID,Customer ID,Currency code,Cost,Clicks,Impr.,Conversions,Conv. value"
ACCOUNT = "1234567890"
_WEEKEND = 5


def truth(age: int) -> float:
    """Which part of the conversions of a day has been reported at this age."""
    return min(1.0, (1 - 0.75 * math.exp(-0.212 * age)) / (1 - 0.75 * math.exp(-0.212 * OLDEST)))


@dataclass
class LateAccount:
    """The account: of each campaign and day, how many of its conversions have been reported at each age."""

    campaigns: int
    a_day: float
    """About so many conversions a day, of all campaigns; fewer at weekends."""
    seed: int = 5
    of_days: dict[date, list[list[int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)  # noqa: S311 - figures, not secrets
        reported = [truth(age) for age in range(OLDEST + 1)]
        sizes = [chance.uniform(0.2, 1.8) * self.a_day / self.campaigns for _ in range(self.campaigns)]
        for day in (FIRST + timedelta(place) for place in range(PULLS + WINDOW)):
            weekday = 0.65 if day.weekday() >= _WEEKEND else 1.14
            self.of_days[day] = [_arrivals(chance, size * weekday, reported) for size in sizes]

    def pulled(self, on: date) -> Iterator[str]:
        """The lines of the export of this day: its last 30 days."""
        yield HEADER
        for day in (on - timedelta(place) for place in range(WINDOW)):
            for place, arrived in enumerate(self.of_days.get(day, ())):
                count = arrived[(on - day).days]
                yield (
                    f"{day},Campaign {place},{10**9 + place},{ACCOUNT},EUR,{place % 40 + 10}.50,{place % 90 + 20},"
                    f"{place % 900 + 100},{count}.00,{count * (place % 7 + 3)}.00"
                )

    def final(self, first: date, last: date) -> int:
        """The conversions of these days, once all have been reported."""
        return sum(one[-1] for day, of_day in self.of_days.items() if first <= day <= last for one in of_day)


def _arrivals(chance: random.Random, mean: float, reported: list[float]) -> list[int]:
    """The conversions of one campaign and day by age: of a Poisson number, each arrives at an age of its own."""
    count, below, line = 0, math.exp(-mean), chance.random()
    while line > below:
        count, line = count + 1, line * chance.random()
    new = [0] * len(reported)
    for _ in range(count):
        new[bisect(reported, chance.random())] += 1
    return list(accumulate(new))


@contextlib.contextmanager
def on(day: date) -> Iterator[None]:
    """Let it be this day, in the evening."""
    moment = datetime.combine(day, time(20), UTC)
    clock = mock.patch.object(ledger, "now", return_value=moment)
    with clock, mock.patch.object(periods, "today", return_value=day):
        yield


def days(pulls: int = PULLS) -> list[date]:
    """The days on which the account is pulled."""
    return [FIRST + timedelta(WINDOW + place) for place in range(pulls)]


def pull(account: LateAccount, day: date, folder: Path) -> FileOutcome:
    """Import the export of this day, on this day."""
    file = folder / f"{day}.csv"
    file.write_text("\n".join(account.pulled(day)), encoding="utf-8")
    with on(day):
        [done] = import_files([str(file)], ReadOptions(), StoreOptions())
    file.unlink()
    if done.error:
        raise done.error
    return done


def knew(on: date, days: Mapping[date, Sequence[int | None]], *, account: str = "One", **about: Any) -> None:
    """An import of this day that has known these days: rows, rows of other campaigns, conversions and revenue."""
    known = {account: {str(day): [*of[:2], *(one and one * 1_000_000 for one in of[2:])] for day, of in days.items()}}
    nothing = dict.fromkeys(("rows_read", "rows_kept", "rejected", "inserted", "updated", "unchanged", "removed"), 0)
    place = Import.select().count()
    moment = datetime.combine(on, time(12, 0, 0, place * 1000), UTC)
    said = {"platform": "google-ads", "file": "f.csv", "sha256": "", "options": {}, "mode": "upsert", "totals": {}}
    Import.create(id=f"imp-{place}", imported_at=moment, known=known, **{**nothing, **said, **about})


def pulls(last: date, *, window: int = WINDOW, count: int = 40, **about: Any) -> None:
    """Daily imports: half of a day's 40 conversions are known until two days later, and then all."""
    with db.atomic():
        for on_day in (last - timedelta(place) for place in range(count)):
            ages = {on_day - timedelta(age): age for age in range(window)}
            knew(on_day, {day: (20, 0, *((40, 80) if age > 1 else (20, 40))) for day, age in ages.items()}, **about)
