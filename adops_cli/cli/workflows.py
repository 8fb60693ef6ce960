"""`adops workflows`: the workflow definitions that executions run."""

from typing import Annotated

import typer

from adops_cli import render
from adops_cli.cli import complete, from_file, options
from adops_cli.cli.from_file import RejectsOption
from adops_cli.cli.listing import listing
from adops_cli.cli.options import CsvSafeOption, FormatOption, LimitOption, OffsetOption, SortOption, YesOption
from adops_cli.render import EVERYTHING, Column, Format, Kind, View

app = typer.Typer(
    help="Workflow definitions that executions run.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

COLUMNS = (
    Column("id", "Id", weight=9, needs="name"),
    Column("name", "Name", weight=10),
    Column("category", "Category", weight=7),
    Column("version", "Version", weight=5),
    Column("config", "Config", Kind.JSON, weight=0),
    Column("enabled", "Enabled", Kind.FLAG, weight=8),
    Column("description", "Description", weight=3),
    Column("metadata", "Metadata", Kind.JSON, weight=0),
    Column("createdAt", "Created", Kind.INSTANT, weight=1),
    Column("updatedAt", "Updated", Kind.INSTANT, weight=4),
)

IdArgument = Annotated[
    str, typer.Argument(metavar="ID", autocompletion=complete.ids("workflows"), help="Id of the workflow.")
]


@app.command("list", epilog="Example: adops workflows list --category reporting --enabled")
@listing
def list_(
    category: Annotated[
        str | None,
        typer.Option(
            autocompletion=complete.words("workflows", "category"), metavar="TEXT", help="Only this category."
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Only workflows with this name.")] = None,
    enabled: Annotated[
        bool | None, typer.Option("--enabled/--disabled", help="Only enabled or only disabled workflows.")
    ] = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    sort: SortOption = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """List workflows, newest first."""
    from adops_cli.data import workflows  # noqa: PLC0415 - keeps Peewee out of --help

    found = workflows.list(category=category, name=name, enabled=enabled, limit=limit, offset=offset, sort=sort)
    render.rows(found, COLUMNS, format, csv_safe=csv_safe, view=view)


@app.command(epilog="Example: adops workflows get create-campaign")
def get(id: IdArgument, format: FormatOption = Format.AUTO) -> None:
    """Show one workflow."""
    from adops_cli.data import workflows  # noqa: PLC0415 - keeps Peewee out of --help

    render.record(workflows.find(id), COLUMNS, format)


@app.command(epilog="Example: adops workflows register workflow.json")
def register(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="JSON object, JSON list or NDJSON, with id and name; - reads stdin."),
    ],
    rejects: RejectsOption = None,
    format: FormatOption = Format.AUTO,
) -> None:
    """Create a workflow, or update it by its id.

    A list or NDJSON registers many workflows.
    """
    from adops_cli.data import workflows  # noqa: PLC0415 - keeps Peewee out of --help

    with from_file.opened(file) as source:
        fields = from_file.one_object(source, file)
        if fields is None:
            from_file.write("workflows", source, file, rejects, format)
            return
    render.record(workflows.register(**fields), COLUMNS, format)


@app.command(epilog="Example: adops workflows enable create-campaign")
def enable(id: IdArgument, format: FormatOption = Format.AUTO) -> None:
    """Enable a workflow."""
    from adops_cli.data import workflows  # noqa: PLC0415 - keeps Peewee out of --help

    render.record(workflows.set_enabled(id, True), COLUMNS, format)


@app.command(epilog="Example: adops workflows disable create-campaign")
def disable(id: IdArgument, format: FormatOption = Format.AUTO) -> None:
    """Disable a workflow."""
    from adops_cli.data import workflows  # noqa: PLC0415 - keeps Peewee out of --help

    render.record(workflows.set_enabled(id, False), COLUMNS, format)


@app.command(epilog="Example: adops workflows delete create-campaign --yes")
def delete(id: IdArgument, yes: YesOption = False) -> None:
    """Delete a workflow.

    This cannot be undone. The workflow's executions stay.
    """
    from adops_cli.data import workflows  # noqa: PLC0415 - keeps Peewee out of --help

    name = workflows.find(id).name
    options.confirm(f"Delete workflow {id} ({name})?", yes=yes)
    workflows.delete(id)
    render.notice(f"Deleted workflow {id}.")
