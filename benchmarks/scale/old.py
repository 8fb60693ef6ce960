"""A report on two million rows, beside adops at a commit from before anything was done for such sizes."""

import json
import shutil
import subprocess
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
    old = installed(folder)
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


def installed(folder: Path) -> Path:
    """The command of the old adops, in a virtual environment of its own."""
    home = folder / f"adops-{COMMIT}"
    source = home.with_name(f"{home.name}-source")
    if not source.exists() or not home.exists():
        shutil.rmtree(source, ignore_errors=True)
        source.mkdir()
        packed = subprocess.run(["git", "-C", _REPOSITORY, "archive", COMMIT], capture_output=True, check=True)  # noqa: S607 - the git on the path
        subprocess.run(["tar", "-x", "-C", source], input=packed.stdout, check=True)  # noqa: S607 - as above
    python = built.environment(home, "--constraint", source / "constraints.txt", source)
    return python.with_name("adops")
