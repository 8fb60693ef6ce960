"""The care of an existing database: `adops db restore`, `copy`, `optimize`, `wait`, `info`, `shell` and the like."""

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
    Column("replaced", "Old database"),
    Column("pending", "Migrations to apply", Kind.JSON),
)
OPTIMIZED = (
    Column("before", "Bytes before", Kind.COUNT),
    Column("after", "Bytes after", Kind.COUNT),
    Column("gained", "Bytes freed", Kind.COUNT),
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
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Backup to restore.", show_default=False)],
    keep_foreign: Annotated[
        bool, typer.Option("--keep-foreign", help="Restore it with triggers that are not adops's own.")
    ] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    format: FormatOption = Format.AUTO,
) -> None:
    """Replace the database with a backup.

    The backup is checked first, and the replaced database is kept in the same folder under a new name. After a backup
    made by an older adops, run `adops db migrate`; one made by a newer adops is refused, and so is one with triggers
    that are not adops's own: they would run at every write. Other processes read either the old database or the new
    one, and writers wait.
    """
    planned = restoring.check(file, keep_foreign=keep_foreign)
    if not dry_run:
        options.confirm(f"Replace {planned.database} (a copy is kept) with {file}?", yes=yes)
    done = planned if dry_run else restoring.restore(file, keep_foreign=keep_foreign)
    render.record(_plain(done, RESTORED), RESTORED, format)
    if dry_run:
        render.notice("Dry run: the backup is valid; nothing was written.")
    elif done.pending:
        render.notice("The backup was made by an older adops. Run `adops db migrate` now.")


def copy(
    to: Annotated[
        str, typer.Option(metavar="PATH|URL", help="Target: an empty database; created if it does not exist.")
    ],
    format: FormatOption = Format.AUTO,
) -> None:
    """Copy the database into an empty one.

    Either one can be SQLite or PostgreSQL. The target is migrated first. Everything is copied in one transaction, as of
    one moment, and the rows and sums of both databases are compared before it commits.
    """
    from adops_cli.data import database_copy  # noqa: PLC0415 - the other commands need none of it

    with render.progress("Copying", database_copy.count_rows()) as advance:
        done = database_copy.copy(to, progress=advance)
    render.rows(done, COPIED, format)


def optimize(format: FormatOption = Format.AUTO) -> None:
    """Update statistics and free disk space.

    Updates the statistics that queries are planned with (ANALYZE) and returns unused space to the disk (VACUUM).
    """
    render.record(maintenance.optimize(), OPTIMIZED, format)


def wait(
    timeout: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="Give up after so long, with exit code 6.")
    ] = 60,
) -> None:
    """Wait until the database can be used.

    A server must answer; a file must be there and be opened. Its tables may still be missing: `adops db migrate` can
    come next.
    """
    maintenance.wait(timeout)


def info(format: FormatOption = Format.AUTO) -> None:
    """Show location, size, schema and row counts.

    For each table, also shows the date of its newest row.
    """
    found = maintenance.info()
    if found.lacks:
        render.problem(found.lacks)
    if found.distributed:
        render.notice(f"Distributed {found.distributed}: stored sums are off, and reports read the daily rows.")
    if format is Format.JSON:
        render.json_document(_plain(found, INFO) | {"tables": [vars(table) for table in found.tables]})
        return
    render.record(found, INFO, format)
    render.rows(found.tables, TABLES, format)


def shell(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- ARGUMENTS]", help="Options or SQL, passed to the program.", show_default=False),
    ] = None,
) -> None:
    """Open the database in sqlite3 or psql.

    Exits with the exit code of that program.
    """
    raise typer.Exit(maintenance.shell(arguments or []))


def verify(format: FormatOption = Format.AUTO) -> None:
    """Check the database and this installation.

    Checks the structure, the migrations and every stored value of the database. This only reads, a little at a time,
    so that no other process has to wait. The command then does everything once on a temporary database and measures the
    speed. The exit code is 3 if a check fails.
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
        render.problem(f"failed: {check.check}: {check.detail}")  # in full: the table may have cut it
    if any(check.check in checks.OF_VALUES for check in failed):
        render.notice("`adops db repair --dry-run` shows which of these values it can mend.")
    raise typer.Exit(ExitCode.FINDINGS if failed else ExitCode.DONE)


def repair(
    table: Annotated[str | None, typer.Option(metavar="TABLE", help="Only this table.", show_default="all")] = None,
    replace_undecodable: Annotated[
        bool,
        typer.Option(
            "--replace-undecodable", help="Replace bytes that are not UTF-8 with U+FFFD. The old bytes are lost."
        ),
    ] = False,
    dry_run: DryRunOption = False,
    format: FormatOption = Format.AUTO,
) -> None:
    """Rewrite values that are in another form.

    Other programs write such values, for example a time in epoch milliseconds or a status in capitals. All commands
    read them as what they mean, and `adops db verify` names them. Values that cannot be read are left alone. Prints
    each value, old and new. The exit code is 0 if there was nothing to do, otherwise 3. Backs up a file first, and
    never asks.
    """
    from adops_cli.care import repair as repairs  # noqa: PLC0415 - the other commands do not need it

    done = repairs.repair(table=table, replace_undecodable=replace_undecodable, dry_run=dry_run)
    render.rows(done.findings, REPAIRED, format)
    mended = sum(one.fate == repairs.MENDED for one in done.findings)
    left = len(done.findings) - mended
    words = "would be mended" if dry_run else "mended"
    say = render.problem if done.findings else render.notice
    say(f"{mended:,} {words}, {left:,} left." if done.findings else "Nothing to repair.")
    if done.backup:
        render.notice(f"The database was backed up to {done.backup}.")
    if dry_run:
        render.notice("Dry run: nothing was written.")
    raise typer.Exit(ExitCode.FINDINGS if done.findings else ExitCode.DONE)


def _plain(found: object, columns: Sequence[Column]) -> dict[str, Any]:
    """The values of the columns, with paths as text."""
    told = {column.key: column.of(found) for column in columns}
    return {key: str(value) if isinstance(value, Path) else value for key, value in told.items()}
