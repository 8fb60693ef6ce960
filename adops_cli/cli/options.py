"""What several commands share: options, the parsing of JSON options, the question before a destructive action."""

import json
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from adops_cli import render
from adops_cli.cli import complete
from adops_cli.errors import BadRequestError
from adops_cli.render import Format

FormatOption = Annotated[
    Format, typer.Option("--format", help="auto is a table on a terminal and TSV in a pipe.", case_sensitive=False)
]
CsvSafeOption = Annotated[
    bool, typer.Option("--csv-safe", help="Escape CSV cells that a spreadsheet would run as formulas.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be done without doing it.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
LimitOption = Annotated[
    int | None, typer.Option(min=0, metavar="N", help="Show at most this many rows; 0 shows all.", show_default=False)
]
OffsetOption = Annotated[int, typer.Option(min=0, metavar="N", help="Skip the first N rows.")]
SortOption = Annotated[
    str | None,
    typer.Option(
        metavar="FIELD",
        autocompletion=complete.sort_fields,
        help="Sort by this field; -FIELD sorts in descending order.",
        show_default="newest first",
    ),
]
ProjectOption = Annotated[
    str | None,
    typer.Option("--project", metavar="ID", autocompletion=complete.ids("projects"), help="Only this project."),
]
CampaignArgument = Annotated[
    str,
    typer.Argument(
        metavar="CAMPAIGN",
        autocompletion=complete.ids("campaigns"),
        help="Its id, its external id as google-ads/123, or its name or the beginning of it.",
    ),
]
_WHOLE_CAMPAIGN = typer.Argument(
    metavar="CAMPAIGN",
    autocompletion=complete.ids("campaigns"),
    help="Its id, its external id as google-ads/123, or its whole name.",
    show_default=False,
)
WholeCampaignArgument = Annotated[str, _WHOLE_CAMPAIGN]
"""For a command that changes a campaign: the beginning of a name is not enough."""
OptionalCampaignArgument = Annotated[str | None, _WHOLE_CAMPAIGN]
CampaignsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--campaign",
        metavar="CAMPAIGN",
        autocompletion=complete.ids("campaigns"),
        help="Only this campaign, by id, external id or name; can be repeated.",
    ),
]
PlatformOption = Annotated[
    str | None,
    typer.Option(
        metavar="SLUG",
        autocompletion=complete.values_of("Platform", "campaigns", "platform"),
        help="google-ads, meta-ads, pinterest, ttd, dv360, …",
    ),
]

OfStatusOption = Annotated[
    str | None,
    typer.Option(
        "--status",
        metavar="STATUS",
        autocompletion=complete.words("campaigns", "status"),
        help="Only campaigns with this status, such as active.",
    ),
]


def read_json(text: str) -> Any:
    """Parse a JSON value from the command line. Empty text stays empty text, which clears the field."""
    if not text:
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise typer.BadParameter(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except (RecursionError, ValueError) as error:
        raise typer.BadParameter("nested too deeply, or contains a number with too many digits") from error


def json_option(help: str) -> Any:
    """An option that takes JSON text."""
    return typer.Option(parser=read_json, metavar="JSON", help=help, show_default=False)


MergeMetadataOption = Annotated[
    Any,
    typer.Option(
        "--metadata",
        parser=read_json,
        metavar="JSON",
        help="Other fields to set; those that are not named stay.",
        show_default=False,
    ),
]
ReplaceMetadataOption = Annotated[
    Any,
    typer.Option(
        "--replace-metadata",
        parser=read_json,
        metavar="JSON",
        help="All other fields: those that are not named go.",
        show_default=False,
    ),
]


def given(**fields: Any) -> dict[str, Any]:
    """The fields that were given on the command line. Empty text becomes None, which clears the field."""
    return {name: None if value == "" else value for name, value in fields.items() if value is not None}


def given_fields(ctx: typer.Context, *others: str) -> dict[str, Any]:
    """The fields of a row that were given as options of the command, by the names of its parameters.

    Every parameter is a field, except for --from, --rejects, --match, --yes, --format and `others`.
    """
    return given(**{name: value for name, value in ctx.params.items() if name not in (*_NO_FIELDS, *others)})


_NO_FIELDS = ("file", "rejects", "match", "yes", "format")
DRY_RUN_NOTICE = "Dry run: nothing was written."
PAGE = 50
"""How many rows of a log are listed by default."""


def one_more(limit: int | None) -> int | None:
    """The limit for the query: one row more than the page shows whether there are more."""
    return PAGE + 1 if limit is None else limit


def first_page(found: Sequence[Any], limit: int | None) -> Sequence[Any]:
    """The rows to print. Prints a notice if there are more."""
    if limit is not None or len(found) <= PAGE:
        return found
    render.notice(f"Only the first {PAGE} rows are shown; --limit 0 shows all.")
    return found[:PAGE]


def confirm(question: str, *, yes: bool) -> None:
    """Ask before a destructive action. A no ends with 1; without a terminal the command is refused with 2.

    Where nothing can be written, nothing is asked.
    """
    from adops_cli.storage.handle import current  # noqa: PLC0415 - Peewee is half of the start-up time of --help

    current().require_writable()
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise BadRequestError(f"cannot ask for confirmation without a terminal: {question}", "Use --yes to confirm")
    try:
        typer.confirm(render.question(question), abort=True, err=True)
    except typer.Abort as error:
        if isinstance(error.__context__, KeyboardInterrupt | EOFError):
            typer.echo(err=True)  # ends the line of the question
        if isinstance(error.__context__, KeyboardInterrupt):  # Typer takes Ctrl-C for a no
            raise KeyboardInterrupt from error
        raise
