"""Writes the figures as a folder of Parquet files, by platform and month, with the campaigns and projects beside them.

Only files whose rows have changed are rewritten. All are as of one moment.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from adops_cli import __version__, files
from adops_cli.data import finality
from adops_cli.data.parquet import days, folder
from adops_cli.data.parquet.days import Fingerprint, Owners
from adops_cli.data.parquet.folder import Entry, Folder
from adops_cli.data.parquet.making import TABLES, Maker, Part, Told, values_of
from adops_cli.render import parquet
from adops_cli.storage.handle import db
from adops_cli.values import written_instant

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Changed:
    """A file that was written or removed, and how many rows it has, or had."""

    file: str
    state: Literal["written", "removed"]
    rows: int


@dataclass(frozen=True)
class Exported:
    """What an export has done."""

    changed: Sequence[Changed]
    kept: int
    """Files that were left as they are."""
    rows: int
    """Daily rows in all files."""


def export(
    path: Path,
    *,
    told: Told = lambda _proof, _title: (),
    final_after: int = finality.FINAL_AFTER,
    progress: Progress = lambda _rows: None,
) -> Exported:
    """Make or update the folder of an export, while other processes write.

    A file stays as it is while it, and its rows in the database, are what they were. A row that cannot be read is left
    out, with an `UnreadableRowWarning`. Raises as `folder.opened` does, and `BadRequestError` without pyarrow.

    Args:
        path: the folder.
        told: what is written into a file beside its rows, of what stands behind them.
        final_after: the age in days at which figures are final where nobody knows.
        progress: called with a number of rows each time that they were compared or written.
    """
    parquet.require()
    with db.snapshot():
        of, moment = days.owners(), datetime.now(UTC)  # asks the database, before a folder is made
        with folder.opened(path.absolute()) as target:
            before = dict(target.entries)
            tables = {name: values_of(name) for name in TABLES}
            parts = _fingerprints(of, progress)
            prints = {name: _fingerprint(values) for name, values in tables.items()}
            prints |= {part.name: found for part, found in parts.items()}
            changed = {name: found for name, found in prints.items() if not target.holds(name, found)}
            if changed:
                target.claim(changed)
            with files.working_folder(folder.WORKING, target.path) as working:
                maker = Maker(target, working, told, final_after)
                for name in [name for name in tables if name in changed]:
                    maker.table(name, tables[name], prints[name])
                for some in _by_month({part: found for part, found in parts.items() if part.name in changed}):
                    maker.month(some, of, progress)
            for name in target.entries.keys() - prints.keys():
                target.remove(name)
            target.write({"adops": __version__, "exported": written_instant(moment)})
            return _done(before, target, changed)


def _fingerprints(of: Owners, progress: Progress) -> dict[Part, str]:
    """What the daily rows of each platform and month are."""
    found: dict[Part, Fingerprint] = defaultdict(Fingerprint)
    for month in days.months():
        for platform, rows, currencies in days.of_month(month, of):
            found[Part(month, platform)].add(zip(rows, currencies, strict=True))
            progress(len(rows))
    return {part: str(one) for part, one in found.items()}


def _fingerprint(values: Sequence[Sequence[Any]]) -> str:
    found = Fingerprint()
    found.add((repr(row),) for row in zip(*values, strict=True))
    return str(found)


def _by_month(parts: Mapping[Part, str]) -> Iterable[Mapping[Part, str]]:
    found: dict[Any, dict[Part, str]] = {}
    for part, fingerprint in parts.items():
        found.setdefault(part.month, {})[part] = fingerprint
    return found.values()


def _done(before: Mapping[str, Entry], target: Folder, changed: Mapping[str, str]) -> Exported:
    written = [Changed(name, "written", entry.rows) for name, entry in target.entries.items() if name in changed]
    removed = [Changed(name, "removed", entry.rows) for name, entry in before.items() if name not in target.entries]
    rows = sum(entry.rows for name, entry in target.entries.items() if name not in TABLES)
    listed = sorted([*written, *removed], key=lambda one: one.file)
    return Exported(listed, len(target.entries) - len(written), rows)
