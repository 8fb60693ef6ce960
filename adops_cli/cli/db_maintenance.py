"""`adops db restore`, `optimize`, `info`, `shell`, `verify` and `repair`: the care of a database that is there."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from adops_cli import render
from adops_cli.care import maintenance
from adops_cli.care import restore as restoring
from adops_cli.cli import options
from adops_cli.cli.options import DryRunOption, FormatOption, YesOption
from adops_cli.errors import ExitCode
from adops_cli.render import Column, Format, Kind

RESTORED = (
    Column("file", "Restored from"),
    Column("database", "Database"),
    Column("replaced", "Kept as"),
    Column("pending", "Migrations to apply", Kind.JSON),
)
OPTIMIZED = (
    Column("before", "Bytes before", Kind.COUNT),
    Column("after", "Bytes after", Kind.COUNT),
    Column("gained", "Gained", Kind.COUNT),
)
COPIED = (
    Column("table", "Table", weight=10),
    Column("figure", "Figure", weight=10),
    Column("source", "Source", Kind.QUANTITY, weight=9),
    Column("target", "Target", Kind.QUANTITY, weight=9),
)
INFO = (
    Column("database", "Database"),
    Column("engine", "Engine"),
    Column("bytes", "Bytes", Kind.COUNT),
    Column("journalMode", "Journal mode"),
    Column("schema", "Schema"),
    Column("pending", "Migrations to apply", Kind.COUNT),
)
TABLES = (
    Column("table", "Table", weight=10),
    Column("rows", "Rows", Kind.COUNT, weight=9),
    Column("newest", "Newest", weight=8),
)
CHECKS = (
    Column("check", "Check", weight=9),
    Column("state", "State", weight=10),
    Column("figure", "Figure", Kind.QUANTITY, weight=7),
    Column("unit", "Unit", weight=7),
    Column("detail", "Detail", weight=8),
)
REPAIRED = (
    Column("table", "Table", weight=10),
    Column("id", "Id", weight=9),
    Column("column", "Column", weight=10),
    Column("form", "Was", weight=5),
    Column("old", "Old value", weight=8),
    Column("new", "New value", weight=8),
    Column("fate", "Fate", weight=7),
)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.", show_default=False)],
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    format: FormatOption = Format.AUTO,
) -> None:
    """Put a backup in the place of the database, which is kept beside it under a name of its own.

    The file is checked first. One of an older adops is taken, and `adops db migrate` is next; one of a newer adops is
    refused. Readers see the old database or the new one, and a writer waits.
    """
    planned = restoring.check(file)
    if not dry_run:
        options.confirm(f"Replace {planned.database} with {file}? What it holds now is kept beside it", yes=yes)
    done = planned if dry_run else restoring.restore(file)
    render.record(_plain(done, RESTORED), RESTORED, format)
    if dry_run:
        render.notice("A dry run: the file is fit, and nothing was written.")
    elif done.pending:
        render.notice("The backup is of an older adops: run `adops db migrate` now.")


def copy(
    to: Annotated[str, typer.Option(metavar="PATH|URL", help="An empty database; made where there is none.")],
    format: FormatOption = Format.AUTO,
) -> None:
    """Copy everything into another, empty database, on SQLite or PostgreSQL; the target is migrated first.

    In one transaction, as of one moment; rows and sums of both sides are compared before it commits.
    """
    from adops_cli.data import database_copy  # noqa: PLC0415 - the other commands need none of it

    with render.progress("Copying", database_copy.count_rows()) as advance:
        done = database_copy.copy(to, progress=advance)
    render.rows(done, COPIED, format)


def optimize(format: FormatOption = Format.AUTO) -> None:
    """Renew the statistics that queries are planned by (ANALYZE), and give free space back to the disk (VACUUM)."""
    render.record(maintenance.optimize(), OPTIMIZED, format)


def info(format: FormatOption = Format.AUTO) -> None:
    """Tell what the database is: where, how large, of which schema, how many rows, and how new the newest are."""
    found = maintenance.info()
    if format is Format.JSON:
        render.json_document(_plain(found, INFO) | {"tables": [vars(table) for table in found.tables]})
        return
    render.record(found, INFO, format)
    render.rows(found.tables, TABLES, format)


def shell(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[-- ARGUMENTS]", help="Handed on to the program: its options, or SQL.", show_default=False
        ),
    ] = None,
) -> None:
    """Open the database in its own program, `sqlite3` or `psql`; ends with its exit code."""
    raise typer.Exit(maintenance.shell(arguments or []))


def verify(format: FormatOption = Format.AUTO) -> None:
    """Check the database, and that this adops works on this machine; ends with 3 when a check failed.

    Reads the database only, a little at a time, so that nobody waits: its structure, its migrations, every stored
    value. Then does everything once on a temporary database, and measures how fast that is.
    """
    from adops_cli.care import verify as checks  # noqa: PLC0415 - the data API of every table, which the others do not need

    found = []
    with render.progress("Verifying", None) as advance:
        for check in checks.run():
            found.append(check)
            advance(1)
    render.rows(found, CHECKS, format)
    failed = [check for check in found if check.state == "failed"]
    for check in failed:
        render.notice(f"failed: {check.check}: {check.detail}")  # whole: a table may have no room for it
    raise typer.Exit(ExitCode.FINDINGS if failed else ExitCode.DONE)


def repair(
    table: Annotated[str | None, typer.Option(metavar="TABLE", help="Only this table.", show_default="all")] = None,
    replace_undecodable: Annotated[
        bool,
        typer.Option(
            "--replace-undecodable", help="Replace bytes that are not UTF-8 by U+FFFD; what they were is lost."
        ),
    ] = False,
    dry_run: DryRunOption = False,
    format: FormatOption = Format.AUTO,
) -> None:
    """Rewrite values that other programs left in another form.

    A time in epoch milliseconds, say, or a status in capitals: every command reads such values as what they mean, and
    `adops db verify` names them. What cannot be read stays as it is. Prints each value, old and new. Ends with 0 when
    there was nothing to do, else with 3. Backs up a file first, and never asks.
    """
    from adops_cli.care import repair as repairs  # noqa: PLC0415 - the other commands need none of it

    done = repairs.repair(table=table, replace_undecodable=replace_undecodable, dry_run=dry_run)
    render.rows(done.findings, REPAIRED, format)
    mended = sum(one.fate == repairs.MENDED for one in done.findings)
    left = len(done.findings) - mended
    words = "would be mended" if dry_run else "mended"
    render.notice(f"{mended:,} {words}, {left:,} left." if done.findings else "Nothing to repair.")
    if done.backup:
        render.notice(f"The database as it was is in {done.backup}.")
    if dry_run:
        render.notice("A dry run: nothing was written.")
    raise typer.Exit(ExitCode.FINDINGS if done.findings else ExitCode.DONE)


def _plain(found: object, columns: Sequence[Column]) -> dict[str, Any]:
    """What the columns say of it, paths as text."""
    told = {column.key: column.of(found) for column in columns}
    return {key: str(value) if isinstance(value, Path) else value for key, value in told.items()}
