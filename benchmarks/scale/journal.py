"""120 daily pulls of the last 30 days: what the journal costs, and how quickly it tells what was known."""

import subprocess
import time
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from adops_cli import database
from adops_cli.storage.handle import db
from scale import built
from scale.process import ADOPS, by_turns, line
from tests import late_conversions
from tests.late_conversions import LateAccount

COMMIT = "0aeac34"
"""The last one without a journal."""
CAMPAIGNS = 1_000
_REPOSITORY = Path(__file__).parent.parent.parent
_HALFWAY = 60


def main(folder: Path, pulls: int = late_conversions.PULLS) -> None:
    """Import each pull with both builds by turns, and ask for a month as it was known halfway and as it is."""
    old = built.installed(folder, COMMIT, _REPOSITORY)
    account, days = LateAccount(CAMPAIGNS, CAMPAIGNS), late_conversions.days(pulls)
    with TemporaryDirectory(dir=folder) as name:
        ours, theirs = Path(name) / "ours.db", Path(name) / "theirs.db"
        took = {ours: 0.0, theirs: 0.0}
        programs = {ours: ADOPS, theirs: str(old)}
        for path, program in programs.items():
            _run(program, "--database", path, "db", "migrate")
        for place, day in enumerate(days):
            file = Path(name) / f"{day}.csv"
            file.write_text("\n".join(account.pulled(day)), encoding="utf-8")
            for path in (ours, theirs) if place % 2 else (theirs, ours):
                start = time.perf_counter()
                _run(programs[path], "--database", path, "metrics", "import", file, "--quiet")
                took[path] += time.perf_counter() - start
            file.unlink()
        ratio = took[ours] / took[theirs]
        each = f"{took[ours] / pulls:.2f} s, {COMMIT} {took[theirs] / pulls:.2f} s, {ratio:.2f} x"
        line(f"{pulls} pulls of {CAMPAIGNS:,} campaigns, each", each, "<= 1.2 x", met=ratio <= 1.2)
        _size(ours)
        _as_of(ours, days[min(_HALFWAY, pulls - 1)])


def _run(*command: object) -> None:
    subprocess.run(list(map(str, command)), check=True, capture_output=True)


def _size(path: Path) -> None:
    with database.bound(str(path)):
        sizes = dict(db.execute_sql("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name").fetchall())
        ((changed, confirmed),) = db.execute_sql(
            "SELECT SUM(inserted + updated + removed), SUM(unchanged) FROM imports"
        ).fetchall()
        ((of_changes,),) = db.execute_sql("SELECT SUM(length(days) - 2) FROM import_changes").fetchall()
    journal = sum(size for name, size in sizes.items() if "import" in name)
    each = (journal - of_changes) / confirmed
    line("bytes of the journal", f"{journal / 1e6:,.0f} MB: {changed:,} days changed, {confirmed:,} confirmed")
    line("a day that was changed", f"{of_changes / changed:,.0f} bytes")
    line("a day that was confirmed, with all the rest", f"{each:,.1f} bytes", "<= 25", met=each <= 25)


def _as_of(path: Path, moment: date) -> None:
    with database.bound(str(path)):
        query = "SELECT id FROM imports WHERE \"dateTo\" = ? AND kind = 'import'"
        ((batch,),) = db.execute_sql(query, (str(moment),)).fetchall()
    window = ["--since", str(moment - timedelta(29)), "--until", str(moment), "--format", "json"]
    report: list[str | Path] = [ADOPS, "--database", path, "metrics", "report", "--by", "platform", *window]
    now, then = by_turns(report, [*report, "--as-of", batch])
    ratio = then.seconds / now.seconds
    line("30 days as they were known halfway", f"{then}, as they are {now}, {ratio:.1f} x", "<= 3 x", met=ratio <= 3)
