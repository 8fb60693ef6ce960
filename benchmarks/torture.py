"""`make torture`: attacks adops with kills, signals, failing system calls, damage, crowds and hostile inputs.

Takes about a quarter of an hour, or `ADOPS_TORTURE` seconds; a section that is out of time stops short of its aim, and
`ADOPS_TORTURE=inf` lets each reach it.
`python benchmarks/torture.py [SECTION …]` runs some sections only. The seed is printed, and `ADOPS_TORTURE_SEED`
repeats it. After each round the database is sound, everything is as before or as after, the next command works, and
nothing is left over. Ends with 1 if that was not so even once.
"""

import importlib
import os
import secrets
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from attacks import commands, judge, rounds

SECTIONS = {
    "kills": (140, "kills at random moments"),
    "syscalls": (110, "kills at the system calls that matter"),
    "errors": (110, "system calls that fail with EIO or ENOSPC"),
    "damage": (240, "damaged copies of a database"),
    "crowd": (100, "eight writers and readers, on SQLite and on PostgreSQL"),
    "signals": (150, "signals that end a command"),
    "hostile": (90, "hostile files, names and settings"),
}
"""The share of the time of each, and what it does."""
SECONDS = float(os.environ.get("ADOPS_TORTURE", "900"))


def main(names: list[str]) -> int:
    """Run these sections, or all."""
    if unknown := set(names) - set(SECTIONS):
        sys.exit(f"there is no section {unknown.pop()!r}; the sections are {', '.join(SECTIONS)}")
    until = time.monotonic() + SECONDS
    seed = os.environ.get("ADOPS_TORTURE_SEED") or secrets.token_hex(4)
    print(f"seed {seed}, at most {SECONDS:.0f} s", flush=True)
    tallies = []
    with tempfile.TemporaryDirectory(prefix="adops-torture-") as folder:
        commands.warm()
        torture = rounds.Torture(Path(folder), judge.learned(Path(folder)), seed)
        wanted = [name for name in SECTIONS if name in names or not names]
        for place, name in enumerate(wanted):
            share, what = SECTIONS[name]
            left = sum(SECTIONS[other][0] for other in wanted[place:])
            print(f"{name}: {what}", flush=True)
            now = time.monotonic()
            tallies.append(importlib.import_module(f"attacks.{name}").main(torture, now + (until - now) * share / left))
    print(rounds.table(tallies))
    return int(any(tally.kinds.total() for tally in tallies))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
