"""What the benchmarks share: a stopwatch, and the line with a figure and its target."""

import compileall
import time
from collections.abc import Callable
from pathlib import Path

import adops_cli


def compiled() -> None:
    """Compile the package, as pip does when it installs one. Where nothing writes bytecode, each start would."""
    compileall.compile_dir(Path(adops_cli.__file__).parent, quiet=1)


def timed(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """The duration of the work in seconds."""
    start = clock()
    work()
    return clock() - start


def report(what: str, figure: str, aim: str) -> None:
    """Print one line."""
    print(f"{what:<36} {figure:<40} aim {aim}")
