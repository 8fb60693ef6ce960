"""What the benchmarks share: a stopwatch, and the line with a figure and its target."""

import time
from collections.abc import Callable


def timed(work: Callable[[], object]) -> float:
    """The duration of the work in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def report(what: str, figure: str, aim: str) -> None:
    """Print one line."""
    print(f"{what:<36} {figure:<40} aim {aim}")
