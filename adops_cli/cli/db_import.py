"""`adops db import-json`: the JSON files of the old Node system."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from adops_cli import render
from adops_cli.cli.options import FormatOption
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
        typer.Argument(metavar="DIR|FILE", help="The folder, one of its files, or a mended file of rejected records."),
    ],
    on_conflict: Annotated[
        OnConflict, typer.Option(help="What to do with an id that the database has.", case_sensitive=False)
    ] = OnConflict.SKIP,
    rejects: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep rejected records here, to be mended.", show_default=False),
    ] = None,
    backup_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Copy the sources here.", show_default="data-backup/<time> beside the source"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")] = False,
    format: FormatOption = Format.AUTO,
) -> None:
    """Import the JSON files of the old Node system: projects.json, executions.json, events.json and their kin.

    Everything goes in together or not at all. Records whose id the database has are skipped, so that a second import
    changes nothing. Records that cannot be imported are reported, with exit code 3; --rejects keeps them, one JSON
    object a line, and once they are mended the same command imports that file.
    """
    done = importer.import_json(
        source, on_conflict=on_conflict, backup_dir=backup_dir, rejects_file=rejects, dry_run=dry_run
    )
    if format is Format.JSON:  # an object with a key for each file, where all other formats have a row for each
        render.json_document(
            {
                tally.file: {**{name: getattr(tally, name) for name in COUNTS}, "reasons": tally.reasons}
                for tally in done.files
            }
        )
    else:
        render.rows(done.files, COLUMNS, format)
    for words in _notices(done, None if dry_run else rejects, dry_run=dry_run):
        render.notice(words)
    raise typer.Exit(ExitCode.FINDINGS if done.rejected else ExitCode.DONE)


def _notices(done: ImportJsonResult, rejects: Path | None, *, dry_run: bool) -> Sequence[str]:
    notices = [*done.notes, *(record.told() for record in done.rejected[:MOST_LISTED])]
    if (more := len(done.rejected) - MOST_LISTED) > 0:
        notices.append(f"… and {more} more.")
    if done.rejected and rejects:
        notices.append(
            f"{_records(len(done.rejected))} rejected and kept in {rejects}. "
            f"Mend them there, then run `adops db import-json {rejects}`."
        )
    elif done.rejected:
        notices.append(f"{_records(len(done.rejected))} rejected; --rejects FILE keeps them, to be mended.")
    if done.backup:
        notices.append(f"Copies of the sources are in {done.backup}.")
    if dry_run:
        notices.append("A dry run: nothing was written.")
    return notices


def _records(count: int) -> str:
    return f"{count} record{'' if count == 1 else 's'}"
