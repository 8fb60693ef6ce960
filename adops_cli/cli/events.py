"""`adops events`: the event log, and its cleanup for cron."""

import time
from typing import Annotated, Any, Literal

import typer

from adops_cli import render
from adops_cli.cli import complete, from_file, options, windows
from adops_cli.cli.from_file import FromOption, RejectsOption
from adops_cli.cli.listing import listing
from adops_cli.cli.options import (
    CsvSafeOption,
    DryRunOption,
    FormatOption,
    LimitOption,
    OffsetOption,
    ProjectOption,
    SortOption,
    YesOption,
)
from adops_cli.cli.windows import PeriodOption, SinceTimeOption, UntilTimeOption
from adops_cli.render import EVERYTHING, Column, Format, Kind, View

app = typer.Typer(
    help="Event log: what the event bus reported.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

COLUMNS = (
    Column("id", "Id", weight=8),
    Column("type", "Type", weight=10),
    Column("source", "Source", weight=7),
    Column("payload", "Payload", Kind.JSON, weight=3),
    Column("executionId", "Execution", weight=5),
    Column("projectId", "Project", weight=4),
    Column("processed", "Processed", Kind.FLAG, weight=6),
    Column("timestamp", "Time (UTC)", Kind.INSTANT, weight=9),
)
LINE = tuple(COLUMNS[place] for place in (7, 1, 2, 4, 0, 3))
"""The columns of a line of `tail`, in this order: time, type, source, execution, id, payload."""

IdArgument = Annotated[
    str, typer.Argument(metavar="ID", autocompletion=complete.ids("events"), help="Id of the event.")
]
TypeOption = Annotated[
    str | None,
    typer.Option(
        autocompletion=complete.words("events", "type"),
        metavar="TYPE",
        help="Only this type, such as workflow.completed.",
    ),
]


@app.command("list", epilog="Example: adops events list --type workflow.failed --unprocessed")
@listing
def list_(
    ctx: typer.Context,
    type: TypeOption = None,
    source: Annotated[
        str | None,
        typer.Option(
            autocompletion=complete.words("events", "source"), metavar="NAME", help="Only events from this component."
        ),
    ] = None,
    execution_id: Annotated[
        str | None,
        typer.Option(
            "--execution", metavar="ID", autocompletion=complete.ids("executions"), help="Only this execution."
        ),
    ] = None,
    project_id: ProjectOption = None,
    processed: Annotated[
        bool | None, typer.Option("--processed/--unprocessed", help="Only processed or only unprocessed events.")
    ] = None,
    since: SinceTimeOption = None,
    until: UntilTimeOption = None,
    period: PeriodOption = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    sort: SortOption = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """List events, newest first.

    Shows the first 50 unless --limit is given.
    """
    from adops_cli.data import events, known  # noqa: PLC0415 - keeps Peewee out of --help

    times = windows.times(ctx, since, until, period)
    known.require("events", project_id=project_id, execution_id=execution_id)
    found = events.list(
        type=type,
        source=source,
        execution_id=execution_id,
        project_id=project_id,
        processed=processed,
        **times,
        limit=options.one_more(limit),
        offset=offset,
        sort=sort,
    )
    render.rows(options.first_page(found, limit), COLUMNS, format, csv_safe=csv_safe, view=view)
    windows.tell_empty(found, "events", times)


@app.command(epilog="Example: adops events get evt-01")
def get(id: IdArgument, format: FormatOption = Format.AUTO) -> None:
    """Show one event."""
    from adops_cli.data import events  # noqa: PLC0415 - keeps Peewee out of --help

    render.record(events.find(id), COLUMNS, format)


@app.command(epilog="Example: adops events create --type budget.alert --payload '{\"spent\": 0.9}'")
def create(
    ctx: typer.Context,
    type: Annotated[
        str | None,
        typer.Option(
            autocompletion=complete.words("events", "type"), metavar="TYPE", help="Type, such as workflow.completed."
        ),
    ] = None,
    id: Annotated[str | None, typer.Option(metavar="ID", help="Id of the event.", show_default="a new id")] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Component that emits the event.")] = None,
    payload: Annotated[Any, options.json_option("Payload of the event.")] = None,
    execution_id: Annotated[
        str | None,
        typer.Option(
            "--execution",
            metavar="ID",
            autocompletion=complete.ids("executions"),
            help="Execution that the event is about.",
        ),
    ] = None,
    project_id: Annotated[
        str | None,
        typer.Option(
            "--project", metavar="ID", autocompletion=complete.ids("projects"), help="Project that the event is about."
        ),
    ] = None,
    timestamp: Annotated[
        str | None, typer.Option(metavar="TIME", help="When the event happened.", show_default="now")
    ] = None,
    file: FromOption = None,
    rejects: RejectsOption = None,
    format: FormatOption = Format.AUTO,
) -> None:
    """Record an event.

    Requires --type. To record many events at once, use --from instead.
    """
    from adops_cli.data import events  # noqa: PLC0415 - keeps Peewee out of --help

    fields = options.given_fields(ctx)
    if file is not None:
        from_file.load("events", file, rejects, fields, format)
        return
    from_file.refuse_alone(rejects)
    render.record(events.create(**fields), COLUMNS, format)


@app.command("mark-processed", epilog="Example: adops events mark-processed evt-01 evt-02")
def mark_processed(
    ids: Annotated[
        list[str], typer.Argument(metavar="ID...", autocompletion=complete.ids("events"), help="Ids of the events.")
    ],
) -> None:
    """Mark events as processed.

    If one of the ids is unknown, no event is marked.
    """
    from adops_cli.data import events  # noqa: PLC0415 - keeps Peewee out of --help

    render.notice(f"Marked {render.counted(events.mark_all_processed(ids), 'event')} as processed.")


@app.command(epilog="Example: adops events cleanup --older-than 30d --yes --quiet")
def cleanup(
    older_than: Annotated[
        str, typer.Option(metavar="AGE", help="Age in days of 24 hours or in hours, such as 30d or 12h.")
    ],
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    batch_size: Annotated[
        int, typer.Option(min=1, metavar="N", help="Rows to delete at a time; other processes can write in between.")
    ] = 1_000,
) -> None:
    """Delete old processed events.

    It is safe to run this while other processes write.
    """
    from adops_cli import periods  # noqa: PLC0415 - keeps Peewee out of --help
    from adops_cli.data import events  # noqa: PLC0415 - as above

    before = events.cutoff(periods.age(older_than))
    older = f"older than {before:%Y-%m-%d %H:%M:%S} UTC"
    if dry_run:
        render.line(f"{render.counted(events.count_old(before), 'processed event')} {older} would be deleted.")
        return
    options.confirm(f"Delete processed events {older}?", yes=yes)
    with render.progress("Deleting", events.count_old(before)) as advance:
        count = events.delete_old(before, batch_size=batch_size, progress=advance)
    render.line(f"Deleted {render.counted(count, 'processed event')} {older}.")


@app.command(epilog="Example: adops events tail --follow --type workflow.failed")
def tail(
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Keep printing new events as they arrive; stop with Ctrl-C.")
    ] = False,
    type: TypeOption = None,
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=0, metavar="N", help="How many of the newest events to start with.")
    ] = 10,
    interval: Annotated[
        float, typer.Option(min=0.05, metavar="SECONDS", help="How often to look for new events.")
    ] = 1.0,
    format: Annotated[Literal["text", "ndjson"], typer.Option(help="Lines of text, or JSON objects.")] = "text",
) -> None:
    """Print the newest events, oldest first.

    With --follow, also prints each new event as it arrives.
    """
    from adops_cli.data import events  # noqa: PLC0415 - keeps Peewee out of --help

    found = events.tail(lines, type=type, wait=(lambda: time.sleep(interval)) if follow else None)
    render.stream(found, COLUMNS if format == "ndjson" else LINE, ndjson=format == "ndjson")
