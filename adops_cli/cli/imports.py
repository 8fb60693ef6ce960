"""`adops imports`: the export files that were imported. Each is a batch that can be undone."""

from collections.abc import Sized
from typing import Annotated

import typer

from adops_cli import periods, render
from adops_cli.cli import complete, options
from adops_cli.cli.listing import listing
from adops_cli.cli.options import (
    CsvSafeOption,
    DryRunOption,
    FormatOption,
    LimitOption,
    OffsetOption,
    PlatformOption,
    SortOption,
    YesOption,
)
from adops_cli.errors import BadRequestError, ExitCode
from adops_cli.render import EVERYTHING, Column, Format, Kind, View

app = typer.Typer(
    help="History of imported export files, with undo.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

COLUMNS = (
    Column("id", "Id", weight=10),
    Column("kind", "Kind", weight=4),
    Column("importedAt", "Imported", Kind.INSTANT, weight=9),
    Column("status", "Status", weight=8),
    Column("file", "File", weight=9),
    Column("platform", "Platform", weight=5),
    Column("account", "Account", weight=3),
    Column("currency", "Cur.", weight=4),
    Column("mode", "Mode", weight=2),
    Column("dateFrom", "First day", Kind.DAY, weight=4),
    Column("dateTo", "Last day", Kind.DAY, weight=4),
    Column("rowsRead", "Read", Kind.COUNT, weight=1),
    Column("rowsKept", "Kept", Kind.COUNT, weight=1),
    Column("rejected", "Rejected", Kind.COUNT, weight=3),
    Column("inserted", "Inserted", Kind.COUNT, weight=7),
    Column("updated", "Updated", Kind.COUNT, weight=7),
    Column("unchanged", "Unchanged", Kind.COUNT, weight=3),
    Column("removed", "Removed", Kind.COUNT, weight=7),
    Column("totals", "Totals", Kind.JSON, weight=0),
    Column("options", "Options", Kind.JSON, weight=0),
    Column("sha256", "SHA-256", weight=0),
    Column("importedBy", "By", weight=2),
    Column("undoneAt", "Undone", Kind.INSTANT, weight=0),
    Column("means", "Means", Kind.JSON, weight=0),
)
UNEXPLAINED = (
    Column("campaignId", "Campaign", weight=8, needs="name"),
    Column("name", "Name", weight=10),
    Column("platform", "Platform", weight=5),
    Column("date", "Date", Kind.DAY, weight=9),
    Column("month", "Month", weight=7),
    Column("journal", "Journal", Kind.JSON, weight=6),
    Column("now", "Now", Kind.JSON, weight=6),
)
UNDONE = (
    Column("importId", "Id", weight=10),
    Column("file", "File", weight=8),
    Column("deleted", "Days deleted", Kind.COUNT, weight=9),
    Column("restored", "Days restored", Kind.COUNT, weight=9),
    Column("campaignsDeleted", "Campaigns deleted", Kind.COUNT, weight=7),
    Column("lost", "Days lost", Kind.COUNT, weight=6),
)

IdArgument = Annotated[
    str, typer.Argument(metavar="ID", autocompletion=complete.ids("imports"), help="Id of the import.")
]


@app.command("list", epilog="Example: adops imports list --platform google-ads --limit 10")
@listing
def list_(
    platform: PlatformOption = None,
    status: Annotated[
        str | None,
        typer.Option(autocompletion=complete.values_of("ImportStatus"), metavar="STATUS", help="imported or undone."),
    ] = None,
    kind: Annotated[
        str,
        typer.Option(
            autocompletion=complete.values_of("ImportKind"),
            metavar="KIND",
            help="What changed figures: import (a file), record, delete, undo, …; all lists every batch.",
        ),
    ] = "import",
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    sort: SortOption = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """List imports, newest first.

    Imports that were undone are listed, too. Whatever else has changed figures is a batch as well: see --kind.
    """
    from adops_cli.data import imports, known  # noqa: PLC0415 - keeps Peewee out of --help

    known.require("imports", platform=platform)
    found = imports.list(
        platform=platform,
        status=status,
        kind=None if kind == "all" else kind,
        sort=sort,
        limit=limit,
        offset=offset,
    )
    render.rows(found, COLUMNS, format, csv_safe=csv_safe, view=view)


@app.command(epilog="Example: adops imports get imp-01jdc5k2m8x4w7q0zr")
def get(id: IdArgument, format: FormatOption = Format.AUTO) -> None:
    """Show one import."""
    from adops_cli.data import imports  # noqa: PLC0415 - keeps Peewee out of --help

    render.record(imports.find(id), COLUMNS, format)


@app.command(epilog="Example: adops imports undo imp-01jdc5k2m8x4w7q0zr --dry-run")
def undo(
    id: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]", autocompletion=complete.ids("imports"), help="Id of the import.", show_default=False
        ),
    ] = None,
    last: Annotated[bool, typer.Option("--last", help="Undo the newest import that has not been undone.")] = False,
    cascade: Annotated[
        bool,
        typer.Option(
            "--cascade",
            help="First undo later imports of the same days; later changes made by hand are overwritten.",
        ),
    ] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    format: FormatOption = Format.AUTO,
) -> None:
    """Undo an import.

    Restores every day that the import replaced or removed, deletes the days that it inserted, and reverts renames. A
    day that a later import has found unchanged stays, and is undone with that import. If
    a later import or a change by hand has since changed one of these days, the undo is refused with exit code 5,
    unless --cascade is given.
    """
    from adops_cli.data import books, imports  # noqa: PLC0415 - keeps Peewee out of --help

    if last is (id is not None):
        raise BadRequestError("one import can be undone at a time", "Give its ID, or --last for the newest")
    batch = imports.last() if id is None else imports.find(id)
    if not dry_run:
        counts = f"{batch.inserted:,} inserted, {batch.updated:,} updated, {batch.removed:,} removed"
        closed = books.closed_days(batch.id)
        adjusts = f" {render.counted(closed, 'day')} of them are closed: this becomes an adjustment." if closed else ""
        options.confirm(f"Undo import {batch.id} of {batch.file} (days: {counts})?{adjusts}", yes=yes)
    with render.progress("Undoing", None) as advance:
        done = imports.undo(batch.id, cascade=cascade, dry_run=dry_run, progress=advance)
    render.rows(done, UNDONE, format)
    if kept := sum(one.kept for one in done):
        render.notice(f"{render.counted(kept, 'day')} stayed, because a later import has found them unchanged.")
    if lost := sum(one.lost for one in done):
        render.problem(f"{render.counted(lost, 'day')} could not be restored, because the campaign has been deleted.")
    if dry_run:
        render.notice(options.DRY_RUN_NOTICE)


@app.command(epilog="Example: adops imports verify")
@listing
def verify(format: FormatOption = Format.AUTO, csv_safe: CsvSafeOption = False, view: View = EVERYTHING) -> None:
    """Find figures that others have changed.

    The journal does not explain these. Ends with 3 if there are any; `adops imports adopt` writes them down.
    """
    from adops_cli.care import maintenance  # noqa: PLC0415 - keeps Peewee out of --help
    from adops_cli.data import imports  # noqa: PLC0415

    found = imports.unexplained()
    render.rows(found, UNEXPLAINED, format, csv_safe=csv_safe, view=view)
    if found:
        render.problem(f"{_days(found)} changed by another program; write that down with `adops imports adopt`.")
        raise typer.Exit(ExitCode.FINDINGS)
    if campaigns := maintenance.uncontrolled():
        them = render.counted(campaigns, "campaign")
        render.notice(f"What {them} began with is not written down yet: run `adops db optimize`.")
    render.notice("The journal explains every figure.")


@app.command(epilog="Example: adops imports adopt")
@listing
def adopt(format: FormatOption = Format.AUTO, csv_safe: CsvSafeOption = False, view: View = EVERYTHING) -> None:
    """Write down what others have changed.

    The figures stay as they are. From then on, the journal explains what other programs have made of them.
    """
    from adops_cli.data import imports  # noqa: PLC0415 - keeps Peewee out of --help

    found = imports.adopt()
    render.rows(found, UNEXPLAINED, format, csv_safe=csv_safe, view=view)
    render.notice(f"{_days(found)} written down." if found else "There is nothing to write down.")


@app.command(epilog="Example: adops imports prune --older-than 400d --dry-run")
def prune(
    older_than: Annotated[str, typer.Option(metavar="AGE", help="Only batches older than this: 400d, 52w.")],
    dry_run: DryRunOption = False,
    yes: YesOption = False,
) -> None:
    """Fold old batches into a new beginning.

    They can no longer be undone, and --as-of no longer reaches back before them. Figures stay as they are.
    """
    from adops_cli.data import events, imports  # noqa: PLC0415 - keeps Peewee out of --help

    before = events.cutoff(periods.age(older_than))
    found = imports.foldable(before)
    if not found.batches:
        render.notice("No batch is that old.")
        return
    if dry_run:
        render.notice(f"Would fold {_batches(found.batches)}. {options.DRY_RUN_NOTICE}")
        return
    options.confirm(f"Fold {_batches(found.batches)} for good?", yes=yes)
    done = imports.prune(before)
    render.notice(f"Folded {_batches(done.batches)}.")


def _days(found: Sized) -> str:
    return f"{render.counted(len(found), 'day')} {'was' if len(found) == 1 else 'were'}"


def _batches(count: int) -> str:
    return f"{count:,} {'batch' if count == 1 else 'batches'}"
