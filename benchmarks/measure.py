"""What the benchmarks share: a stopwatch, and the line that says a figure beside its aim."""

import time
from collections.abc import Callable


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def report(what: str, figure: str, aim: str) -> None:
    """One line."""
    print(f"{what:<36} {figure:<40} aim {aim}")
