"""`adops db distribute`."""

from typing import Annotated

import typer

from adops_cli import render
from adops_cli.cli.options import DryRunOption, FormatOption
from adops_cli.render import Column, Format, Kind

KEPT = (
    Column("table", "Table", weight=10),
    Column("kept", "Kept", weight=9),
    Column("rows", "Rows", Kind.COUNT, weight=8),
)


def distribute(
    undo: Annotated[
        bool, typer.Option("--undo", help="Make plain tables of them again, on the coordinator, by copying.")
    ] = False,
    dry_run: DryRunOption = False,
    format: FormatOption = Format.AUTO,
) -> None:
    """Distribute the database with Citus.

    For PostgreSQL with Citus. The figures of each campaign come to lie on one node, with what imports did to them, and
    all other tables on every node. This is one transaction, in which nobody else can use the tables; the rows and sums
    of every table are compared before it commits. Stored sums are off afterwards. --dry-run prints the statements.
    """
    from adops_cli.care import distribute as distributing  # noqa: PLC0415 - the other commands do not need it

    if dry_run:
        for statement in distributing.plan(undo=undo):
            render.line(f"{statement};")
        render.notice("Dry run: nothing was written. These are the statements of one transaction.")
        return
    render.rows(distributing.distribute(undo=undo), KEPT, format)
