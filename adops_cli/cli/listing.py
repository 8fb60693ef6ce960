"""The options of every listing and report: which columns, in which order, how many rows, where to, and how written."""

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from adops_cli.cli import proof
from adops_cli.errors import BadRequestError
from adops_cli.render import CsvStyle, Format, Output, View
from adops_cli.render.output import SUFFIXES

_OPTIONS: dict[str, tuple[Any, Any]] = {
    "columns": (
        Annotated[
            str | None,
            typer.Option(metavar="A,B,…", help="Only these columns, in this order.", show_default=False),
        ],
        None,
    ),
    "sort": (
        Annotated[
            str | None,
            typer.Option(
                metavar="COLUMN", help="Sort by this column; -COLUMN sorts in descending order.", show_default=False
            ),
        ],
        None,
    ),
    "limit": (
        Annotated[
            int | None,
            typer.Option(min=0, metavar="N", help="Show at most this many rows; 0 shows all.", show_default=False),
        ],
        None,
    ),
    "no_header": (Annotated[bool, typer.Option("--no-header", help="Leave out the line with the headings.")], False),
    "no_pager": (
        Annotated[bool, typer.Option("--no-pager", help="Print all rows to the terminal, without PAGER.")],
        False,
    ),
    "output": (
        Annotated[
            Path | None,
            typer.Option(metavar="FILE", help=f"Write to this file. Its suffix decides: {', '.join(SUFFIXES)}."),
        ],
        None,
    ),
    "force": (Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")], False),
    "bom": (Annotated[bool, typer.Option("--bom", help="Begin CSV with a byte order mark, for Excel.")], False),
    "decimal_mark": (
        Annotated[
            Literal[".", ","] | None, typer.Option(help="Between units and decimals in CSV.", show_default=False)
        ],
        None,
    ),
    "delimiter": (
        Annotated[
            str | None, typer.Option(metavar="SIGN", help="Between the cells of CSV, such as ';'.", show_default=False)
        ],
        None,
    ),
}
"""Those that a command has itself are left to it: a list sorts and limits in the database."""


def listing(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that prints rows the options of a listing, in place of its parameter `view`."""
    own = dict(inspect.signature(command).parameters)
    added = {name: option for name, option in _OPTIONS.items() if name not in own}

    @functools.wraps(command)
    def run(**given: Any) -> None:
        wishes = {name: given.pop(name) for name in added}
        header, pages = not wishes.pop("no_header"), not wishes.pop("no_pager")
        stops = pages and given.get("limit", wishes.get("limit")) is None
        to = _output(wishes, given["format"])
        if to is not None:
            given["format"] = to.format
            if "ctx" in given:
                given["ctx"].params["format"] = to.format  # where some commands look
        csv = _csv_style(wishes, given["format"])
        document = proof.unproven((command.__doc__ or "").partition("\n")[0].rstrip("."))
        view = View(header=header, pages=pages, stops=stops, csv=csv, output=to, document=document, **wishes)
        command(**given, view=view)

    del own["view"]
    parameters = [
        *own.values(),
        *(
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            for name, (annotation, default) in added.items()
        ),
    ]
    run.__dict__["__signature__"] = inspect.Signature(parameters)  # which Typer reads
    run.__annotations__ = {one.name: one.annotation for one in parameters} | {"return": None}
    return run


def _output(wishes: dict[str, Any], fmt: Format) -> Output | None:
    """The file to write to, which is checked before anything is asked."""
    path, force = wishes.pop("output"), wishes.pop("force")
    if path is None:
        if force:
            raise BadRequestError("--force is for a file", "Use it with --output FILE")
        return None
    to = Output(path, force)
    if fmt not in (Format.AUTO, to.format):
        raise BadRequestError(f"--format {fmt} and --output {path.name} differ", "Leave out --format")
    to.check()
    return to


def _csv_style(wishes: dict[str, Any], fmt: Format) -> CsvStyle:
    """How CSV is to look. `BadRequestError` for another format, or for what no reader of CSV would understand."""
    given = {name: value for name in ("bom", "decimal_mark", "delimiter") if (value := wishes.pop(name))}
    if given and fmt is not Format.CSV:
        first = next(iter(given)).replace("_", "-")
        raise BadRequestError(f"--{first} is for CSV", "Use --format csv or --output FILE.csv")
    delimiter = given.get("delimiter", ",")
    if delimiter == r"\t":
        given["delimiter"] = "\t"
    elif len(delimiter) != 1 or delimiter.isalnum() or delimiter in '"\r\n.+-':
        raise BadRequestError(f"{delimiter!r} cannot stand between the cells of CSV", "Use one of , ; | and \\t")
    return CsvStyle(**given)
