"""A report on two million rows, beside adops at a commit from before anything was done for such sizes."""

import json
import tempfile
from decimal import Decimal
from pathlib import Path

from scale import built, process, reports
from scale.process import line

COMMIT = "c0e071e"
ROWS = 2_000_000
_REPOSITORY = Path(__file__).parent.parent.parent


def main(folder: Path) -> None:
    """Build the old one from the history of the repository, let it make its own database, and ask both by turns."""
    old = built.installed(folder, COMMIT, _REPOSITORY)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        theirs, ours = Path(name) / "old.db", built.current(folder, ROWS)
        process.run([old, "--database", theirs, "db", "migrate"])
        built.filled(theirs, ROWS)
        asked = reports.command("platform")
        here, there = process.by_turns([process.ADOPS, "--database", ours, *asked], [old, "--database", theirs, *asked])
    first, second = (json.loads(one.output, parse_float=Decimal) for one in (here, there))
    if first != second:
        raise AssertionError(f"adops says {first}, and said {second}")
    ratio = there.seconds / here.seconds
    line(
        f"by platform, {ROWS:,} rows",
        f"{here}, {COMMIT} {there}, {ratio:.0f} x as fast",
        ">= 20 x",
        met=ratio >= 20,
    )
