"""`adops db`: commands for the database as a whole."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from adops_cli import render
from adops_cli.care import maintenance, proof
from adops_cli.cli import db_maintenance, options
from adops_cli.cli.db_distribute import distribute
from adops_cli.cli.db_import import import_json
from adops_cli.cli.listing import listing
from adops_cli.cli.options import DryRunOption, FormatOption, YesOption
from adops_cli.data import export_json as exports
from adops_cli.data import seed as seeds
from adops_cli.errors import BadRequestError, ExitCode
from adops_cli.importers.node import take_over
from adops_cli.importers.node.knex_rows import BadRow
from adops_cli.importers.node.take_over import Migrated, OnBadRow
from adops_cli.render import EVERYTHING, Column, Format, Kind, View
from adops_cli.storage import schema

app = typer.Typer(
    help="Database: migrate, back up, copy and check.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

MIGRATIONS = (
    Column("name", "Migration", weight=10),
    Column("state", "State", weight=9),
    Column("appliedAt", "Applied (UTC)", Kind.INSTANT, weight=8),
)
TAKEN_OVER = (
    Column("table", "Table", weight=10),
    *(
        Column(key, key.capitalize(), Kind.COUNT, weight=9)
        for key in ("read", "taken", "normalised", "detached", "rejected")
    ),
)
MOST_NAMED = 50
EXPORTED = (Column("file", "File", weight=10), Column("records", "Records", Kind.COUNT, weight=9))
SEEDED = (
    Column("table", "Table", weight=10),
    Column("inserted", "Inserted", Kind.COUNT, weight=9),
    Column("present", "Already there", Kind.COUNT, weight=8),
)


@app.command(epilog="Example: adops db migrate --plan")
def migrate(
    to: Annotated[
        str | None, typer.Option(metavar="NAME", help="The last migration to apply.", show_default="all")
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would be done without doing it.")] = False,
    sql: Annotated[
        bool, typer.Option("--sql", help="With --plan: print the statements, by running them and rolling back.")
    ] = False,
    on_bad_row: Annotated[
        OnBadRow | None,
        typer.Option(help="For a database of the Node system: what to do with invalid rows.", show_default="stop"),
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Save rejected rows to this file, to fix and import later.")
    ] = None,
    keep_foreign: Annotated[
        bool, typer.Option("--keep-foreign", help="Keep triggers that are not adops's own in a copied file.")
    ] = False,
    format: FormatOption = Format.AUTO,
) -> None:
    """Create, update or take over the database.

    Creates the tables, applies the migrations that are pending, or takes over a database of the Node system. A file
    that holds rows is backed up first, so the command does not ask: the backup can be restored. On PostgreSQL each
    migration is a transaction, and backups are left to the server.
    """
    if sql:
        _print_sql(to, planned=plan, keep_foreign=keep_foreign)
        return
    if plan:
        found = take_over.plan(to, on_bad_row=on_bad_row, rejects_file=rejects, keep_foreign=keep_foreign)
    else:
        found = take_over.migrate(to, on_bad_row=on_bad_row, rejects_file=rejects, keep_foreign=keep_foreign)
    _show(found, format, planned=plan)
    if not plan:
        found.require_done()
        _add_up()
    raise typer.Exit(ExitCode.FINDINGS if found.take_over and found.take_over.bad else ExitCode.DONE)


def _add_up() -> None:
    """Bring the sums of all months up to date, and write down what the journal begins with."""
    if months := maintenance.stale_months():
        with render.progress("Adding up months", months) as advance:
            maintenance.add_up(advance)
        if left := maintenance.stale_months():
            render.notice(f"{render.counted(left, 'month')} could not be added up; `adops db verify` says why.")
    if campaigns := maintenance.uncontrolled():
        with render.progress("Opening the book", campaigns) as advance:
            maintenance.control(advance)


@app.command(epilog="Example: adops db rollback --steps 1 --dry-run")
def rollback(
    steps: Annotated[int, typer.Option(min=1, metavar="N", help="How many migrations to roll back.")] = 1,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
) -> None:
    """Roll back the newest migrations.

    This drops the tables and columns that they added. A database file is backed up first.
    """
    names = ", ".join(schema.rollback_plan(steps))
    if dry_run:
        render.line(f"Would roll back {names}.")
        return
    options.confirm(f"Roll back {names} and drop what they added?", yes=yes)
    done = schema.rollback(steps)
    render.line(f"Rolled back {names}.")
    _say_backup(done.backup)


@app.command(epilog="Example: adops db status --exit-code")
@listing
def status(
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with code 3 unless every migration is applied and unchanged.")
    ] = False,
    format: FormatOption = Format.AUTO,
    view: View = EVERYTHING,
) -> None:
    """List the migrations and their states.

    A migration is applied, pending, changed since it was applied, or missing.
    """
    found = schema.status()
    render.rows(found, MIGRATIONS, format, view=view)
    if take_over.is_knex():
        render.notice("This is a database of the Node system. `adops db migrate` backs it up and takes it over.")
    behind = any(migration.state != "applied" for migration in found)
    raise typer.Exit(ExitCode.FINDINGS if exit_code and behind else ExitCode.DONE)


@app.command(epilog="Example: adops db backup --prove before-cleanup.db")
def backup(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="File to create.", show_default="a new file next to the database"),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Then keep only the N newest of the backups that adops has named itself, this one included.",
            show_default="all",
        ),
    ] = None,
    prove: Annotated[
        bool, typer.Option("--prove", help="Also restore the copy to a temporary place, and verify that.")
    ] = False,
) -> None:
    """Back up the database to a checked copy.

    Copies the database as it is at this moment, while other processes go on writing, and prints the copy's path. For
    PostgreSQL the copy is a dump made by `pg_dump`, to be restored with `pg_restore`. With --prove, the exit code is 3
    if a check of `adops db verify` fails on the restored copy; then no older backup is removed.
    """
    if file is not None and keep is not None:
        raise BadRequestError("--keep knows only backups with names of adops' own", "Leave out FILE, or --keep")
    made = maintenance.back_up(file)
    render.line(str(made))
    if prove and not _proved(made):
        raise typer.Exit(ExitCode.FINDINGS)
    if keep is not None and (removed := maintenance.remove_older_backups(made, keep=keep)):
        names = ", ".join(path.name for path in removed)
        render.notice(f"Removed {render.counted(len(removed), 'older backup')}: {names}.")


def _proved(copy: Path) -> bool:
    """Whether the copy passes all checks when it is restored. Tells the result."""
    checks = list(proof.prove(copy))
    failed = [check for check in checks if check.state == "failed"]
    for check in failed:
        render.problem(f"failed: {check.check}: {check.detail}")
    if failed:
        render.problem(f"{copy} was restored to be verified, and {len(failed)} of {len(checks)} checks failed.")
    else:
        render.notice(f"{copy.name} was restored to be verified, and passed {len(checks)} checks.")
    return not failed


@app.command(epilog="Example: adops db seed")
def seed(yes: YesOption = False, format: FormatOption = Format.AUTO) -> None:
    """Insert the sample data.

    It consists of 5 projects, 15 campaigns on 5 platforms and 100 rows of daily figures, plus workflows, executions and
    events. Sample rows that are already there stay as they are.
    """
    if others := seeds.other_rows():
        found = render.counted(others, "row")
        options.confirm(f"The database already holds {found} of other data. Add the sample data?", yes=yes)
    render.rows(seeds.seed(), SEEDED, format)


@app.command("export-json", epilog="Example: adops db export-json ad-ops-files")
def export_json(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to create.")],
    format: FormatOption = Format.AUTO,
) -> None:
    """Write all tables as JSON files.

    The files are like those of the old Node system; import-json and JSON mode can read them. They include deleted
    projects. Importing the folder into an empty database gives an equal database.
    """
    render.rows(exports.export_json(folder), EXPORTED, format)


app.command("import-json", epilog="Example: adops db import-json database/ --rejects rejected.ndjson")(import_json)
app.command(epilog="Example: adops db verify")(db_maintenance.verify)
app.command(epilog="Example: adops db repair --dry-run")(db_maintenance.repair)
app.command(epilog="Example: adops db restore ad-ops-backup-20260210T080000Z.db --dry-run")(db_maintenance.restore)
app.command(epilog="Example: adops db copy --to postgresql://adops@db.example.com/adops")(db_maintenance.copy)
app.command(epilog="Example: adops db distribute --dry-run")(distribute)
app.command(epilog="Example: adops db optimize")(db_maintenance.optimize)
app.command(epilog="Example: adops db wait --timeout 120")(db_maintenance.wait)
app.command(epilog="Example: adops db info --format json")(db_maintenance.info)
app.command(epilog='Example: adops db shell -- -header "SELECT * FROM projects"')(db_maintenance.shell)


def _print_sql(to: str | None, *, planned: bool, keep_foreign: bool) -> None:
    """Print the statements of the pending migrations, each with its semicolon on a line."""
    if not planned:
        raise BadRequestError("--sql needs --plan", "Use `adops db migrate --plan --sql`")
    found = take_over.statements(to, keep_foreign=keep_foreign)
    for statement in found:
        render.line(f"{statement};")
    if not found:
        render.notice("Nothing to do.")


def _show(found: Migrated, format: Format, *, planned: bool) -> None:
    if format is Format.JSON:
        render.json_document(_document(found, planned=planned))
        return
    if taken := found.take_over:
        render.notice(f"This is a database of the Node system at migration {taken.knex_state}.")
        render.rows(taken.tables, TAKEN_OVER, format)
        _name_bad_rows(taken.bad)
        if taken.stops:
            if planned:
                render.notice(f"The take-over would stop there and leave the database as it is. {take_over.ADVICE}.")
            return
    names = ", ".join(found.applied)
    if planned:
        render.notice(f"Would apply {names}." if names else "Nothing to do.")
    else:
        render.notice(f"Applied {names}." if names else "Nothing to do: the database is up to date.")
    _say_backup(found.backup)


def _name_bad_rows(bad: Sequence[BadRow]) -> None:
    """Print each row on a line of its own, in full: a table could cut it."""
    for row in bad[:MOST_NAMED]:
        value = f" (it was {row.value!r})" if row.fate == "detached" else ""
        render.problem(f"{row.fate}: {row.table} {'without id' if row.id is None else row.id}: {row.reason}{value}")
    if (more := len(bad) - MOST_NAMED) > 0:
        render.problem(f"… and {more:,} more. Use --format json to list them all.")


def _say_backup(path: Path | None) -> None:
    if path:
        render.notice(f"The database was backed up to {path}.")


def _document(found: Migrated, *, planned: bool) -> dict[str, Any]:
    taken = found.take_over
    return {
        "planned": planned,
        "applied": list(found.applied),
        "backup": found.backup and str(found.backup),
        "takeOver": taken
        and {
            "knexState": taken.knex_state,
            "tables": [vars(table) for table in taken.tables],
            "badRows": [vars(row) for row in taken.bad],
        },
    }
