"""A folder of Parquet files: made, run again when nothing has changed, and after one day has."""

import shutil
import tempfile
from pathlib import Path

from scale import built, process, rows
from scale.process import Measured, line


def main(folder: Path) -> None:
    """Export a copy of the database, whose day is changed. Whole processes; the least of three where it can be."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        database = built.copied(built.current(folder, built.ROWS), Path(name) / "copy.db")
        to = Path(name) / "parquet"
        adops: list[str | Path] = [process.ADOPS, "--database", database]
        export = [*adops, "export", "parquet", to, "--quiet"]
        made = []
        for _ in range(3):
            shutil.rmtree(to, ignore_errors=True)
            made.append(process.run(export))
        again = [process.run(export) for _ in range(3)]
        process.run([*adops, "metrics", "record", rows.campaign(0), str(rows.LAST), "--spend", "1", "--quiet"])
        changed = [process.run(export)]
        size = sum(file.stat().st_size for file in to.rglob("*.parquet"))
    for what, runs in (("made", made), ("run again", again), ("after a changed day", changed)):
        line(f"export parquet, {what}", _least(runs))
    line("size", f"{size / 1e6:,.0f} MB, {size / built.ROWS:.0f} bytes per row")


def _least(runs: list[Measured]) -> str:
    processor, megabytes = min(one.processor for one in runs), max(one.megabytes for one in runs)
    each = processor / built.ROWS * 1e6
    return f"{processor:.1f} s of processor time, {each:.1f} us per row, {megabytes:.0f} MB"
