"""120 daily pulls of invented accounts whose lag is known: how well it is found, and what it costs."""

import statistics
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from adops_cli import database
from adops_cli.data import open_days, reports, runoff
from adops_cli.storage import schema
from adops_cli.storage.handle import db
from scale.process import ADOPS, by_turns, line
from tests import late_conversions
from tests.late_conversions import LateAccount

ACCOUNTS = (
    # campaigns, conversions a day, and the errors that were found before: bias and standard deviation
    (20, 20, 0.05, 0.088),
    (20, 100, 0.024, 0.042),
    (1_000, 1_000, 0.024, 0.042),
)
_POINTS = 0.02
_FROM = 30
"""The first pull of which the estimate is judged, and every seventh after it, so that no day is judged twice."""


def main(_folder: Path) -> None:
    """Import the pulls of each account, and compare with what was invented."""
    for campaigns, a_day, bias, deviation in ACCOUNTS:
        with TemporaryDirectory() as name:
            _judge(Path(name), LateAccount(campaigns, a_day), bias, deviation)


def _judge(folder: Path, account: LateAccount, bias: float, deviation: float) -> None:
    path, took, raw, estimated = folder / "late.db", [], [], []
    with database.bound(str(path)):
        schema.migrate()
        for place, day in enumerate(late_conversions.days()):
            start = time.perf_counter()
            late_conversions.pull(account, day, folder)
            took.append(time.perf_counter() - start)
            if place >= _FROM and place % 7 == 0:
                first = day - timedelta(6)
                final = account.final(first, day)
                with late_conversions.on(day):
                    rows = reports.report("platform", start_date=first, end_date=day).rows
                    [row] = open_days.of_rows(rows, "platform", estimate=True, start_date=first, end_date=day).rows
                raw.append(float(row.conversions or 0) / final - 1)
                estimated.append(float(row.conversions_est or 0) / final - 1)
        start = time.perf_counter()
        found = [row for row in runoff.get_lag() if row.figure == "conversions"]
        read = time.perf_counter() - start
        ((kept,),) = db.execute_sql("SELECT SUM(length(known)) FROM imports").fetchall()
    worst = max(abs(float(row.completion or 0) - late_conversions.truth(row.age)) for row in found)
    whose = f"{account.campaigns:,} campaigns, {account.a_day:,} a day"
    line(f"completion by age: {whose}", f"at most {worst:.1%} off", f"<= {_POINTS:.0%}", met=worst <= _POINTS)
    off, spread = abs(statistics.fmean(estimated)), statistics.stdev(estimated)
    shown = f"raw {statistics.fmean(raw):.1%}; bias {statistics.fmean(estimated):+.1%}, deviation {spread:.1%}"
    aim = f"<= {bias:.1%}, {deviation:.1%}"
    line("the last 7 days", shown, aim, met=off <= bias and spread <= deviation)
    pulls = (
        f"{statistics.median(took):.2f} s each; {kept / len(took):,.0f} bytes of what was known; read in {read:.2f} s"
    )
    line("pulls, and what they leave", pulls)
    [command] = by_turns([ADOPS, "--database", path, "metrics", "lag", "--format", "json"])
    line("metrics lag", str(command))
