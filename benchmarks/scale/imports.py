"""A day's import into a database with all rows, and into one with the same campaigns and no rows."""

import json
import tempfile
from datetime import timedelta
from pathlib import Path

from scale import built, process, rows
from scale.process import Measured, line

_DAYS = len(rows.PLATFORMS)
"""A file is of one platform, which has a fifth of the campaigns: as many days make a day's number of rows."""
_HEADER = "Day,Campaign,Campaign ID,Currency code,Cost,Clicks,Impr.,CTR,Avg. CPC,Conversions,Conv. value"


def main(folder: Path) -> None:
    """Import by turns, each time later days."""
    full, empty = (built.current(folder, count) for count in (built.ROWS, 0))
    with tempfile.TemporaryDirectory(dir=folder) as name:
        aside = Path(name)
        copies = built.copied(full, aside / "full.db"), built.copied(empty, aside / "empty.db")
        here, there = (process.median(runs) for runs in zip(*_turns(aside, *copies), strict=True))
    ratio = here.seconds / there.seconds
    line(
        f"a day's 10,000 rows into {built.ROWS:,}",
        f"{here}, into none {there}, {ratio:.2f} x",
        "<= 1.3 x",
        met=ratio <= 1.3,
    )


def _turns(aside: Path, *databases: Path) -> list[list[Measured]]:
    return [[imported(path, google_file(aside, turn)) for path in databases] for turn in range(process.RUNS)]


def imported(path: Path, file: Path) -> Measured:
    """Import a file of new days in a process of its own."""
    done = process.run([process.ADOPS, "--database", path, "metrics", "import", file, "--format", "json"])
    [outcome] = json.loads(done.output)
    if outcome["inserted"] != rows.CAMPAIGNS:
        raise AssertionError(f"{outcome['inserted']} days were new, not {rows.CAMPAIGNS}")
    return done


def google_file(folder: Path, turn: int) -> Path:
    """A Google Ads export of 10,000 rows, later than all stored days and those of earlier turns."""
    first = rows.LAST + timedelta(1 + turn * _DAYS)
    file = folder / f"google-{turn}.csv"
    with file.open("w", encoding="utf-8") as out:
        out.write(f"Campaign report\n{first} - {first + timedelta(_DAYS - 1)}\n{_HEADER}\n")
        for day in range(_DAYS):
            for n in range(0, rows.CAMPAIGNS, _DAYS):
                clicks, currency = 10 + n % 89, rows.CURRENCIES[n // 250 % 2]
                out.write(
                    f"{first + timedelta(day)},Campaign {n},{rows.external_id(n)},{currency},{clicks * 0.37:.2f},"
                    f"{clicks},{clicks * 31},3.23%,0.37,{clicks / 20:.2f},{clicks * 0.83:.2f}\n"
                )
    return file
