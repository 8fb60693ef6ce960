"""Measures how fast export files are read, and with how much memory: files of 200 MB, each in a separate process.

Called by `make soak`. Nothing here fails; read the output. Memory that does not grow from 20 MB to 200 MB is bounded.
"""

import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

_MEASURED = """
import resource, sys, time
from adops_cli.exports.sources.source import opened
from adops_cli.exports.sources.table import open_table
began = time.perf_counter()
with opened(sys.argv[1], sys.stdin.buffer) as source:
    table = open_table(source, lambda cells: sum(cell in ("Day", "Cost", "segments.date") for cell in cells))
    rows = sum(1 for _ in table.rows())
took = time.perf_counter() - began
print(f"{rows:>10,} rows  {took:6.1f} s  {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:5.0f} MB at most")
"""
_HEADER = "Day,Campaign,Currency code,Cost,Impr.,Clicks,Conversions,Conv. value\n"


def main() -> None:
    """Make the files, read each of them, and report."""
    with tempfile.TemporaryDirectory() as folder:
        for megabytes in (20, 200):
            for name, lines in KINDS.items():
                path = Path(folder) / name
                write(path, lines, megabytes << 20)
                arguments, stdin = ([str(path)], None) if name != "stdin.csv" else (["-"], path)
                print(f"{name:<12} {megabytes:>4} MB  {measured(arguments, stdin)}")
                path.unlink()


def measured(arguments: list[str], stdin: Path | None) -> str:
    """Read a file in a new process, and return its report."""
    command = [sys.executable, "-c", _MEASURED, *arguments]
    if stdin is None:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.rstrip()
    with stdin.open("rb") as file:
        return subprocess.run(command, check=True, capture_output=True, text=True, stdin=file).stdout.rstrip()


def write(path: Path, lines: Callable[[], Iterator[str]], size: int) -> None:
    """Write lines until the file has this many characters. It is packed if the name ends in .gz."""
    written = 0
    with (
        gzip.open(path, "wt", 1, encoding="utf-8") if path.suffix == ".gz" else path.open("w", encoding="utf-8") as file
    ):
        for line in lines():
            file.write(line)
            written += len(line)
            if written >= size and line.endswith("\n"):
                break
        if "document" in path.name:
            file.write("{}]}\n")


def csv_lines() -> Iterator[str]:
    """A daily Google Ads export."""
    yield _HEADER
    for n in count():
        figures = f"{n % 997}.{n % 100:02},{n % 9973},{n % 83},2.00,81.5"
        yield f'2026-{n % 12 + 1:02}-{n % 28 + 1:02},"Campaign {n % 10_000}, brand",EUR,{figures}\n'


def record(n: int) -> str:
    """A row of the Google Ads API."""
    return json.dumps(
        {
            "campaign": {"id": str(n % 10_000), "name": f"Campaign {n % 10_000}"},
            "metrics": {"impressions": str(n % 9973), "clicks": n % 83, "costMicros": str(n * 10_000), "ctr": 0.0321},
            "segments": {"date": f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}"},
        }
    )


def ndjson_lines() -> Iterator[str]:
    """One record per line."""
    return (f"{record(n)}\n" for n in count())


def document_lines() -> Iterator[str]:
    """One object around all records."""
    yield '{"results": ['
    yield from (f"{record(n)},\n" for n in count())


KINDS: dict[str, Callable[[], Iterator[str]]] = {
    "daily.csv": csv_lines,
    "stdin.csv": csv_lines,
    "daily.csv.gz": csv_lines,
    "nd.json": ndjson_lines,
    "document.json": document_lines,
}

if __name__ == "__main__":
    main()
