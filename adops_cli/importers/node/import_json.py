"""`import_json`: imports the JSON files of the Node system into the tables, in one transaction.

Owns the order of the steps, so that nothing is lost or half-written: read everything, decide, save rejected records,
copy the sources, write the rows, commit.
"""

import contextlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adops_cli.data.access import bulk
from adops_cli.data.journal.recorded import recorded
from adops_cli.errors import BadRequestError
from adops_cli.importers import rejects
from adops_cli.importers.node import source_copies
from adops_cli.importers.node.decide import OnConflict, Plan, Tally, plan_all
from adops_cli.importers.rejects import RejectedRecord
from adops_cli.legacy import json_files
from adops_cli.legacy.json_files import RecordFiles
from adops_cli.storage.choices import ImportKind
from adops_cli.storage.chunks import chunked_in
from adops_cli.storage.handle import db
from adops_cli.storage.models import Metrics
from adops_cli.storage.rollups import build
from adops_cli.storage.table import fields_of


@dataclass(frozen=True)
class ImportJsonResult:
    """What an import did, or would do."""

    files: Sequence[Tally]
    """One for each file, parents before children."""
    rejected: Sequence[RejectedRecord]
    notes: Sequence[str]
    """Anything else the user should know: keys that no table can store, files that were not read."""
    backup: Path | None
    """Where the copies of the sources are; None if nothing was written."""


def import_json(
    source: Path,
    *,
    on_conflict: OnConflict = OnConflict.SKIP,
    backup_dir: Path | None = None,
    rejects_file: Path | None = None,
    dry_run: bool = False,
) -> ImportJsonResult:
    """Import a folder of JSON files, one such file, or a fixed file of rejected records.

    Args:
        source: the folder or the file.
        on_conflict: what to do with an id (for metrics: a campaign and day) that the database already has.
        backup_dir: where to copy the sources before anything is written; None is `data-backup/<UTC time>` next to the
            source. No copies are made if there is nothing to write.
        rejects_file: where to save rejected records, as NDJSON; no file is made if there are none.
        dry_run: only decide; no row and no file is written.

    Raises:
        BadRequestError: the source cannot be read, or a file to be written already exists.
        ConflictError: the database already has an id, and `on_conflict` is ERROR.

    An error leaves the database unchanged.
    """
    found = _read(source)
    with (
        rejects.set_aside(None if dry_run else rejects_file) as aside,
        contextlib.ExitStack() as copies,
        contextlib.nullcontext() if dry_run else db.atomic(),
    ):
        if not dry_run:
            db.serialise_imports()  # otherwise two simultaneous imports would both find nothing stored
        plans = plan_all(found.elements, on_conflict)
        rejected = [record for plan in plans for record in plan.rejected]
        aside.write(rejects.lines(rejected))
        folder, backup = backup_dir or source_copies.default_backup_folder(source), None
        if not dry_run:
            source_copies.remove_dead(folder)
        if not dry_run and any(plan.inserts or plan.updates for plan in plans):
            backup = folder
            put_copies = copies.enter_context(source_copies.set_aside(found.contents, backup))
            with recorded(ImportKind.IMPORT_JSON, _campaigns(plans)):
                for plan in plans:
                    _write(plan)
            put_copies()
        aside.keep()
    if not dry_run:
        build.refresh()
    notes = [*found.ignored, *(note for plan in plans for note in _left_out(plan))]
    return ImportJsonResult([plan.tally for plan in plans], rejected, notes, backup)


def _read(source: Path) -> RecordFiles:
    if source.is_dir():
        return json_files.read_folder(source)
    if not source.exists():
        raise BadRequestError(f"there is no folder or file {source}")
    if source.suffix == ".json" and source.stem in json_files.TABLES:
        return json_files.read_file(source)
    return rejects.read(source)


def _campaigns(plans: Iterable[Plan]) -> Collection[str]:
    """The campaigns whose days are written."""
    days = [plan for plan in plans if plan.model is Metrics]
    updates = [update for plan in days for update in plan.updates]
    query: Any = Metrics.select(Metrics.campaign).distinct()
    known = chunked_in(query, Metrics.id, [id for id, _ in updates])
    before = {id for some in known for (id,) in some.tuples()}
    changed = {changes["campaign_id"] for _, changes in updates if "campaign_id" in changes}
    return {*before, *changed, *(row["campaign_id"] for plan in days for row in plan.inserts)}


def _write(plan: Plan) -> None:
    # Rows with an id come first, so that no row without one is given their id.
    bulk.insert(plan.model, sorted(plan.inserts, key=lambda row: row["id"] is None))
    fields = fields_of(plan.model)
    for id, changes in plan.updates:
        plan.model.update({fields[name]: value for name, value in changes.items()}).where(plan.model.id == id).execute()


def _left_out(plan: Plan) -> list[str]:
    notes = {
        "keys without a column are left out, as the table has no metadata column": plan.left_out,
        "ids that have lost digits in a float are moved to the metadata": plan.lost_ids,
    }
    return [
        f"{plan.tally.file}.json: {note}: " + ", ".join(f"{key} ({count})" for key, count in sorted(counts.items()))
        for note, counts in notes.items()
        if counts
    ]
