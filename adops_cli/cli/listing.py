"""The options of every listing and report: which columns, in which order, how many rows, with or without a heading."""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from adops_cli.render import View

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
        command(**given, view=View(header=header, pages=pages, stops=stops, **wishes))

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
