"""What the benchmarks share: a stopwatch, and the line with a figure and its target."""

import time
from collections.abc import Callable


def timed(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """The duration of the work in seconds."""
    start = clock()
    work()
    return clock() - start


def report(what: str, figure: str, aim: str) -> None:
    """Print one line."""
    print(f"{what:<36} {figure:<40} aim {aim}")
