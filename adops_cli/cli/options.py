"""What several commands share: their options, the reading of JSON options, the question before destruction."""

import json
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from adops_cli import periods, render
from adops_cli.cli import complete
from adops_cli.errors import BadRequestError
from adops_cli.render import Format

FormatOption = Annotated[
    Format, typer.Option("--format", help="auto is a table on a terminal and TSV in a pipe.", case_sensitive=False)
]
CsvSafeOption = Annotated[
    bool, typer.Option("--csv-safe", help="Guard CSV cells that a spreadsheet would run as a formula.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")]
CreatedSinceOption = Annotated[str | None, typer.Option(metavar="TIME", help="Created at this time or later.")]
CreatedUntilOption = Annotated[str | None, typer.Option(metavar="TIME", help="Created at this time or earlier.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
LimitOption = Annotated[
    int | None, typer.Option(min=0, metavar="N", help="At most this many rows; 0 is all.", show_default=False)
]
OffsetOption = Annotated[int, typer.Option(min=0, metavar="N", help="Leave out the first rows.")]
SortOption = Annotated[
    str | None,
    typer.Option(
        metavar="FIELD",
        autocompletion=complete.sort_fields,
        help="Sort by a field; -FIELD is the largest first.",
        show_default="newest first",
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option(metavar="DAY", help="First day: YYYY-MM-DD; or a window: 7d, mtd, ytd, yesterday, last-month."),
]
UntilOption = Annotated[str | None, typer.Option(metavar="DAY", help="Last day, included; takes the same words.")]
ProjectOption = Annotated[
    str | None,
    typer.Option("--project", metavar="ID", autocompletion=complete.ids("projects"), help="Only of this project."),
]
PlatformOption = Annotated[
    str | None,
    typer.Option(
        metavar="SLUG",
        autocompletion=complete.values_of("Platform", "campaigns", "platform"),
        help="google-ads, meta-ads, pinterest, ttd, dv360, …",
    ),
]


def read_json(text: str) -> Any:
    """A JSON value given as an option; an empty text stays one, which empties the field."""
    if not text:
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise typer.BadParameter(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except (RecursionError, ValueError) as error:
        raise typer.BadParameter("nested too deeply, or a number with too many digits") from error


def json_option(help: str) -> Any:
    """An option whose value is JSON text."""
    return typer.Option(parser=read_json, metavar="JSON", help=help, show_default=False)


def given(**fields: Any) -> dict[str, Any]:
    """The fields that were given on the command line; an empty text empties the field."""
    return {name: None if value == "" else value for name, value in fields.items() if value is not None}


PAGE = 50
"""How many rows of a log are listed unless --limit says otherwise."""


def one_more(limit: int | None) -> int | None:
    """The limit to ask the data for: one row above the page tells that there are more."""
    return PAGE + 1 if limit is None else limit


def first_page(found: Sequence[Any], limit: int | None) -> Sequence[Any]:
    """The rows to print; says so when that is not all of them."""
    if limit is not None or len(found) <= PAGE:
        return found
    render.notice(f"The newest {PAGE} are shown; --limit 0 shows all.")
    return found[:PAGE]


def window(ctx: typer.Context, since: str | None, until: str | None) -> dict[str, Any]:
    """The days of --since and --until, as the data functions take them."""
    days = periods.window(since, until, periods.today(ctx.obj.timezone))
    return {"start_date": days.first, "end_date": days.last}


def confirm(question: str, *, yes: bool) -> None:
    """Ask before destruction. Declined ends with 1; where nobody can answer, it is refused with 2."""
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise BadRequestError(f"nobody can be asked here: {question}", "Repeat it with --yes")
    typer.confirm(question, abort=True, err=True)
