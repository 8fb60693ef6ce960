"""Runs whole processes, and measures their time and their peak memory."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ADOPS = str(Path(sys.executable).with_name("adops"))
RUNS = 5
_PATIENCE = 60
"""Seconds after which a side that is slow is not run again, so that a run of all benchmarks stays bounded."""


@dataclass(frozen=True)
class Measured:
    """How long a process took, how much memory it needed at most, what it wrote, and its processor time."""

    seconds: float
    megabytes: float
    output: str
    processor: float

    def __str__(self) -> str:
        return f"{self.seconds * 1000:,.0f} ms {self.megabytes:.0f} MB"


_STARTED = """
import json, os, subprocess, sys, time
began = time.perf_counter()
process = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
took = time.perf_counter() - began
process.returncode = os.waitstatus_to_exitcode(status)
with open(sys.argv[1], "w") as out:
    json.dump([took, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime], out)
sys.exit(process.returncode)
"""


def run(command: Sequence[str | Path]) -> Measured:
    """Run a process to its end. An error, with what it said, if it fails.

    Linux counts the memory of the process that starts another one as the other's until that begins. So a small process
    in between starts and measures it.
    """
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as figures:
        starter = [sys.executable, "-I", "-S", "-c", _STARTED, figures.name]
        done = subprocess.run([*starter, *map(str, command)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(map(str, command))[:200]}: {done.stderr}")
        took, megabytes, processor = json.load(figures)
        return Measured(took, megabytes, done.stdout, processor)


def by_turns(*commands: Sequence[str | Path]) -> list[Measured]:
    """Run commands by turns: the median time of each, the most memory, and what it wrote last."""
    runs: list[list[Measured]] = [[] for _ in commands]
    for _ in range(RUNS):
        for command, of_this in zip(commands, runs, strict=True):
            if sum(one.seconds for one in of_this) < _PATIENCE:
                of_this.append(run(command))
    return [median(of_this) for of_this in runs]


def median(runs: Sequence[Measured]) -> Measured:
    """Their median time, most memory and last output."""
    took = statistics.median(one.seconds for one in runs)
    return replace(runs[-1], seconds=took, megabytes=max(one.megabytes for one in runs))


def line(what: str, figure: str, aim: str = "", *, met: bool = True) -> None:
    """Print one line: what was measured, and whether the aim was met."""
    print(f"{what:<44} {figure:<62} {aim and f'aim {aim}'}{'' if met else ' - MISSED'}".rstrip(), flush=True)
