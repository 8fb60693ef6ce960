"""`--from FILE`: many rows for a command that otherwise writes one; its options, and the report on rejected records."""

import contextlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from adops_cli import render
from adops_cli.errors import BadRequestError, ExitCode
from adops_cli.render import Column, Format, Kind

FromOption = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="FILE", help="Load many from a JSON list or NDJSON file; - reads stdin.", show_default=False
    ),
]
RejectsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Save rejected records to this file, to fix and load later.",
        show_default=False,
    ),
]

COLUMNS = tuple(
    Column(name, name.capitalize(), Kind.COUNT, weight=10) for name in ("read", "created", "updated", "rejected")
)


def load(table: str, file: str, rejects: Path | None, fields: Mapping[str, Any], format: Format) -> None:
    """Write the records of the file of --from, with which no other fields can be given."""
    if fields:
        raise BadRequestError("--from reads all fields from the file", "Leave out the other options, or --from")
    with opened(file) as source:
        write(table, source, file, rejects, format)


def carry_out(file: str, fields: Mapping[str, Any], format: Format) -> None:
    """Change the campaigns of a plan, with which no other fields can be given."""
    from adops_cli.importers import campaign_plan  # noqa: PLC0415 - keeps Peewee out of --help

    if fields:
        raise BadRequestError("--from reads all fields from the file", "Leave out the other options, or --from")
    done = campaign_plan.carry_out(file, getattr(sys.stdin, "buffer", None))
    render.record(done, [column for column in COLUMNS if column.key in ("read", "updated")], format)


def refuse_alone(rejects: Path | None) -> None:
    """Refuse --rejects without --from."""
    if rejects:
        raise BadRequestError("--rejects needs --from FILE", "Add it, or leave out --rejects")


def one_object(source: IO[bytes], file: str) -> Mapping[str, Any] | None:
    """The fields of the only object in the file; None if there are several. The source can then be read again."""
    from adops_cli.importers import from_file  # noqa: PLC0415 - keeps Peewee out of --help

    return from_file.one_object(source, _named(file))


def write(table: str, source: IO[bytes], file: str, rejects: Path | None, format: Format) -> None:
    """Write records and report on them.

    Valid ones are written in one transaction. Invalid ones are saved to `rejects` or listed, with exit code 3.
    """
    from adops_cli.importers import from_file  # noqa: PLC0415 - keeps Peewee out of --help

    done = from_file.load(table, source, _named(file), rejects_file=rejects)
    render.record(done, COLUMNS, format)
    if done.rejected and rejects:
        again = "register" if table == "workflows" else "record --from" if table == "metrics" else "create --from"
        render.problem(
            f"{render.counted(done.rejected, 'record')} rejected and saved to {rejects}. "
            f"Fix them there, then run `adops {table} {again} {rejects}`."
        )
    elif done.rejected:
        for record in done.first_rejected:
            render.problem(record.told(_named(file)))
        if (more := done.rejected - len(done.first_rejected)) > 0:
            render.problem(f"… and {more:,} more. Use --rejects FILE to save them all and fix them.")
    if done.rejected:
        raise typer.Exit(ExitCode.FINDINGS)


@contextlib.contextmanager
def opened(file: str) -> Iterator[IO[bytes]]:
    """The file, or stdin for `-`, as something that can be read twice."""
    from adops_cli.importers import from_file  # noqa: PLC0415 - keeps Peewee out of --help

    if file == "-":
        with from_file.rereadable(sys.stdin.buffer) as source:
            yield source
        return
    with Path(file).open("rb") as source, from_file.rereadable(source) as content:
        yield content


def _named(file: str) -> str:
    return "stdin" if file == "-" else file
