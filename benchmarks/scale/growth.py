"""What grows with the number of rows: the time of a report, of a ranking and of a day's import, and the file."""

import tempfile
from pathlib import Path

from scale import built, process, reports
from scale.imports import google_file, imported
from scale.process import line


def main(folder: Path) -> None:
    """One run of each at a hundredth, a tenth and all of the rows."""
    for rows in (built.ROWS // 100, built.ROWS // 10, built.ROWS):
        path = built.current(folder, rows)
        report, top = (
            process.run([process.ADOPS, "--database", path, *reports.command(by)]) for by in ("platform", "top")
        )
        with tempfile.TemporaryDirectory(dir=folder) as name:
            day = imported(built.copied(path, Path(name) / "copy.db"), google_file(Path(name), 0))
        bytes_per_row = path.stat().st_size / rows
        line(f"{rows:,} rows", f"report {report}, top {top}, import {day}, {bytes_per_row:.0f} bytes per row")
