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


def load_instead(table: str, file: str | None, rejects: Path | None, fields: Mapping[str, Any], format: Format) -> None:
    """With --from, write the records of the file and end the command. Without it, do nothing.

    Valid records are written in one transaction. Invalid ones are saved to `rejects` or listed, with exit code 3.
    """
    if file is None:
        if rejects:
            raise BadRequestError("--rejects needs --from FILE", "Add it, or leave out --rejects")
        return
    if fields:
        raise BadRequestError("--from reads all fields from the file", "Leave out the other options, or --from")
    with _opened(file) as source:
        _load(table, source, file, rejects, format)


def one_object(table: str, file: str, rejects: Path | None, format: Format) -> Mapping[str, Any]:
    """The fields of the only object in the file. If there are several, write them and end the command."""
    from adops_cli.importers import from_file  # noqa: PLC0415 - keeps Peewee out of --help

    with _opened(file) as source, from_file.rereadable(source) as content:
        fields = from_file.one_object(content, _named(file))
        if fields is None:
            _load(table, content, file, rejects, format)
    return fields or {}


def _load(table: str, source: IO[bytes], file: str, rejects: Path | None, format: Format) -> None:
    """Write the records and end the command."""
    from adops_cli.importers import from_file  # noqa: PLC0415 - keeps Peewee out of --help

    done = from_file.load(table, source, _named(file), rejects_file=rejects)
    render.record(done, COLUMNS, format)
    if done.rejected and rejects:
        again = "register" if table == "workflows" else "record --from" if table == "metrics" else "create --from"
        render.notice(
            f"{render.counted(done.rejected, 'record')} rejected and saved to {rejects}. "
            f"Fix them there, then run `adops {table} {again} {rejects}`."
        )
    elif done.rejected:
        for record in done.first_rejected:
            render.notice(record.told(_named(file)))
        if (more := done.rejected - len(done.first_rejected)) > 0:
            render.notice(f"… and {more:,} more. Use --rejects FILE to save them all and fix them.")
    raise typer.Exit(ExitCode.FINDINGS if done.rejected else ExitCode.DONE)


def _named(file: str) -> str:
    return "stdin" if file == "-" else file


@contextlib.contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    if file == "-":
        yield sys.stdin.buffer
        return
    with Path(file).open("rb") as source:
        yield source
