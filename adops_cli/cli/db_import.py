"""`adops db import-json`: imports the JSON files of the old Node system."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from adops_cli import render
from adops_cli.cli.options import DRY_RUN_NOTICE, DryRunOption, FormatOption
from adops_cli.errors import ExitCode
from adops_cli.importers.node import import_json as importer
from adops_cli.importers.node.decide import OnConflict
from adops_cli.importers.node.import_json import ImportJsonResult
from adops_cli.render import Column, Format, Kind

COUNTS = ("read", "inserted", "updated", "skipped", "normalised", "rejected")
COLUMNS = (
    Column("file", "File", weight=10),
    *(Column(name, name.capitalize(), Kind.COUNT, weight=9) for name in COUNTS),
    Column("reasons", "Reasons", Kind.JSON, weight=0),
)
MOST_LISTED = 20


def import_json(
    source: Annotated[
        Path,
        typer.Argument(metavar="DIR|FILE", help="Folder, one of its files, or a fixed file of rejected records."),
    ],
    on_conflict: Annotated[
        OnConflict, typer.Option(help="What to do if the id of a record is already taken.", case_sensitive=False)
    ] = OnConflict.SKIP,
    rejects: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Save rejected records to this file, to fix and import later.", show_default=False
        ),
    ] = None,
    backup_dir: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Copy the source files here.", show_default="data-backup/<time> next to the source"
        ),
    ] = None,
    dry_run: DryRunOption = False,
    format: FormatOption = Format.AUTO,
) -> None:
    """Import the Node system's JSON files.

    These are projects.json, workflows.json, executions.json, campaigns.json, events.json and metrics.json. They are
    imported in one transaction. Records with an id that is already taken are skipped, so that importing twice changes
    nothing. Records that cannot be imported are reported, and the exit code is 3. --rejects saves them, one JSON
    object per line; fix them and import that file with the same command.
    """
    done = importer.import_json(
        source, on_conflict=on_conflict, backup_dir=backup_dir, rejects_file=rejects, dry_run=dry_run
    )
    if format is Format.JSON:  # an object with a key for each file, whereas all other formats have a row for each
        render.json_document(
            {
                tally.file: {**{name: getattr(tally, name) for name in COUNTS}, "reasons": tally.reasons}
                for tally in done.files
            }
        )
    else:
        render.rows(done.files, COLUMNS, format)
    for words in _notices(done, None if dry_run else rejects, dry_run=dry_run):
        (render.problem if done.rejected else render.notice)(words)
    raise typer.Exit(ExitCode.FINDINGS if done.rejected else ExitCode.DONE)


def _notices(done: ImportJsonResult, rejects: Path | None, *, dry_run: bool) -> Sequence[str]:
    notices = [*done.notes, *(record.told() for record in done.rejected[:MOST_LISTED])]
    if (more := len(done.rejected) - MOST_LISTED) > 0:
        notices.append(f"… and {more} more.")
    rejected = render.counted(len(done.rejected), "record")
    if done.rejected and rejects:
        notices.append(
            f"{rejected} rejected and saved to {rejects}. Fix them there, then run `adops db import-json {rejects}`."
        )
    elif done.rejected:
        notices.append(f"{rejected} rejected. Use --rejects FILE to save and fix them.")
    if done.backup:
        notices.append(f"The source files were copied to {done.backup}.")
    if dry_run:
        notices.append(DRY_RUN_NOTICE)
    return notices
