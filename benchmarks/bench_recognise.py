"""Measures how long recognition takes among all platforms, compared with the first five and the generic one.

Called by `make bench`. Processor time over the first rows of every sample in `fixtures/exports`, in one run.
"""

import contextlib
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from unittest import mock

from measure import report, timed

from adops_cli.exports import recognise
from adops_cli.exports.cells.cell import Cells
from adops_cli.exports.export import ReadOptions, RefusedError
from adops_cli.exports.platforms import PLATFORMS, dv360, generic, google_ads, meta_ads, pinterest, ttd
from adops_cli.exports.sources.source import opened
from adops_cli.exports.sources.table import open_table

EXPORTS = Path(__file__).parents[1] / "fixtures" / "exports"
FIRST = tuple(one.PLATFORM for one in (google_ads, meta_ads, pinterest, ttd, dv360, generic))
ROWS = 200
RUNS = 15
Heads = Sequence[Sequence[tuple[int, Cells]]]


def main() -> None:
    """Read the samples once, then recognise them again and again."""
    samples = {*EXPORTS.glob("*/*")} - {*EXPORTS.glob("*/*.expected.json"), *EXPORTS.glob("hostile/*")}
    heads = [head(path) for path in sorted(samples)]
    few, many = [], []
    for _ in range(RUNS):
        with mock.patch.object(recognise, "PLATFORMS", FIRST):
            few.append(timed(lambda: work(heads), time.process_time))
        many.append(timed(lambda: work(heads), time.process_time))
    ratio = min(many) / min(few)
    report(f"recognising among {len(PLATFORMS)} platforms", f"{ratio:.2f} x the time among {len(FIRST)}", "1.1 x")


def head(path: Path) -> Sequence[tuple[int, Cells]]:
    """The rows in which a header is looked for."""
    with opened(path, None) as source:
        return list(islice(open_table(source, recognise.Scores(ReadOptions()).score).rows(), ROWS))


def work(heads: Heads) -> None:
    """Recognise every file."""
    for rows in heads:
        with contextlib.suppress(RefusedError):
            recognise.recognise(rows, ReadOptions())


if __name__ == "__main__":
    main()
