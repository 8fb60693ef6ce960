"""`make bench-scale`: ten million daily rows, beside DuckDB and beside adops as it was. Takes many minutes.

`python benchmarks/bench_scale.py [SECTION …]` runs some sections only. `ADOPS_BENCH_FOLDER=DIR` keeps what is built
for the next run, and `ADOPS_BENCH_ROWS=N` takes another number of rows. A benchmark, not a test: a missed aim is
marked, and only two answers that differ make it fail.
"""

import importlib
import sys

from measure import compiled
from scale import built

SECTIONS = {
    "build": "only builds the databases",
    "reports": "reports and rankings, beside DuckDB",
    "acting": "what is missing, the pace of 215 budgets, comparisons and movers",
    "alerts": "what is wrong, by each kind of rule and by models",
    "size": "bytes per row",
    "growth": "report, import and size at a hundredth, a tenth and all of the rows",
    "export": "a folder of Parquet files, made, left as it is, and after a changed day",
    "imports": "a day's import into all rows and into none",
    "old": "a report on two million rows, beside adops at a commit from before",
    "journal": "120 daily pulls of a month, beside adops without a journal",
    "lag": "120 pulls of accounts whose conversions arrive late, by a known lag",
    "events": "a clean-up of a million events of one moment, beside one of as many moments",
    "postgres": "a ranking on PostgreSQL, beside plain SQL",
}


def main(names: list[str]) -> None:
    """Run these sections, or all."""
    if unknown := set(names) - set(SECTIONS):
        sys.exit(f"there is no section {unknown.pop()!r}; the sections are {', '.join(SECTIONS)}")
    compiled()
    with built.folder() as folder:
        for name in names or SECTIONS:
            print(f"{name}: {SECTIONS[name]}", flush=True)
            if name == "build":
                built.current(folder, built.ROWS)
                built.duckdb(folder, built.ROWS)
            else:
                importlib.import_module(f"scale.{name}").main(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
