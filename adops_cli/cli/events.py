"""`adops events`: what happened, as the event bus saw it; their cleanup for cron."""

import time
from typing import Annotated, Any, Literal

import typer

from adops_cli import render
from adops_cli.cli import complete, from_file, options
from adops_cli.cli.from_file import FromOption, RejectsOption
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
from adops_cli.render import Column, Format, Kind

app = typer.Typer(
    help="Events: what happened, as the event bus saw it.",
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
"""What a line of `tail` shows, in this order: time, type, source, execution, id, payload."""

IdArgument = Annotated[
    str, typer.Argument(metavar="ID", autocompletion=complete.ids("events"), help="Id of the event.")
]
TypeOption = Annotated[
    str | None,
    typer.Option(
        autocompletion=complete.words("events", "type"),
        metavar="TYPE",
        help="Only of this type, such as workflow.completed.",
    ),
]


@app.command("list", epilog="Example: adops events list --type workflow.failed --unprocessed")
def list_(
    type: TypeOption = None,
    source: Annotated[
        str | None,
        typer.Option(
            autocompletion=complete.words("events", "source"), metavar="NAME", help="Only from this component."
        ),
    ] = None,
    execution_id: Annotated[
        str | None,
        typer.Option("--execution", metavar="ID", autocompletion=complete.ids("executions"), help="Only of this run."),
    ] = None,
    project_id: ProjectOption = None,
    processed: Annotated[
        bool | None, typer.Option("--processed/--unprocessed", help="Only those that are processed, or are not.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="At this time or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="At this time or earlier.")] = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    sort: SortOption = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
) -> None:
    """List events, newest first; 50 of them unless --limit says otherwise."""
    from adops_cli.data import events  # noqa: PLC0415 - keeps Peewee out of --help

    found = events.list(
        type=type,
        source=source,
        execution_id=execution_id,
        project_id=project_id,
        processed=processed,
        since=since,
        until=until,
        limit=options.one_more(limit),
        offset=offset,
        sort=sort,
    )
    render.rows(options.first_page(found, limit), COLUMNS, format, csv_safe=csv_safe)


@app.command(epilog="Example: adops events get evt-01")
def get(id: IdArgument, format: FormatOption = Format.AUTO) -> None:
    """Show one event."""
    from adops_cli.data import events  # noqa: PLC0415 - keeps Peewee out of --help

    render.record(events.find(id), COLUMNS, format)


@app.command(epilog="Example: adops events create --type budget.alert --payload '{\"spent\": 0.9}'")
def create(
    type: Annotated[
        str | None,
        typer.Option(
            autocompletion=complete.words("events", "type"), metavar="TYPE", help="Type, such as workflow.completed."
        ),
    ] = None,
    id: Annotated[str | None, typer.Option(metavar="ID", help="Id.", show_default="a new one")] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="The component that emits it.")] = None,
    payload: Annotated[Any, options.json_option("What there is to say.")] = None,
    execution_id: Annotated[
        str | None,
        typer.Option(
            "--execution", metavar="ID", autocompletion=complete.ids("executions"), help="The run it is about."
        ),
    ] = None,
    project_id: Annotated[
        str | None,
        typer.Option(
            "--project", metavar="ID", autocompletion=complete.ids("projects"), help="The project it is about."
        ),
    ] = None,
    timestamp: Annotated[str | None, typer.Option(metavar="TIME", help="When it happened.", show_default="now")] = None,
    file: FromOption = None,
    rejects: RejectsOption = None,
    format: FormatOption = Format.AUTO,
) -> None:
    """Record an event, which needs a type; with --from, many."""
    from adops_cli.data import events  # noqa: PLC0415 - keeps Peewee out of --help

    fields = options.given(
        type=type,
        id=id,
        source=source,
        payload=payload,
        execution_id=execution_id,
        project_id=project_id,
        timestamp=timestamp,
    )
    from_file.load_instead("events", file, rejects, fields, format)
    render.record(events.create(**fields), COLUMNS, format)


@app.command("mark-processed", epilog="Example: adops events mark-processed evt-01 evt-02")
def mark_processed(
    ids: Annotated[
        list[str], typer.Argument(metavar="ID...", autocompletion=complete.ids("events"), help="Ids of the events.")
    ],
) -> None:
    """Mark events as processed; all of them, or none when one is unknown."""
    from adops_cli.data import events  # noqa: PLC0415 - keeps Peewee out of --help

    render.notice(f"Marked {events.mark_all_processed(ids):,} as processed.")


@app.command(epilog="Example: adops events cleanup --older-than 30d --yes --quiet")
def cleanup(
    older_than: Annotated[str, typer.Option(metavar="AGE", help="30d, 12h: days of 24 hours, or hours, before now.")],
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    batch_size: Annotated[
        int, typer.Option(min=1, metavar="N", help="Rows deleted at a time; others may write in between.")
    ] = 1_000,
) -> None:
    """Delete processed events that are old, safely beside running writers."""
    from adops_cli import periods  # noqa: PLC0415 - keeps Peewee out of --help
    from adops_cli.data import events  # noqa: PLC0415 - as above

    before = events.cutoff(periods.age(older_than))
    what = f"processed events older than {before:%Y-%m-%d %H:%M:%S} UTC"
    say = (lambda _words: None) if quiet else render.line
    if dry_run:
        say(f"{events.count_old(before):,} {what} would be deleted.")
        return
    options.confirm(f"Delete {what}?", yes=yes)
    with render.progress("Deleting", events.count_old(before), quiet=quiet) as advance:
        count = events.delete_old(before, batch_size=batch_size, progress=advance)
    say(f"Deleted {count:,} {what}.")


@app.command(epilog="Example: adops events tail --follow --type workflow.failed")
def tail(
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with new ones as they come; end with Ctrl-C.")
    ] = False,
    type: TypeOption = None,
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=0, metavar="N", help="How many of the newest to begin with.")
    ] = 10,
    interval: Annotated[float, typer.Option(min=0.05, metavar="SECONDS", help="How often to look for new ones.")] = 1.0,
    format: Annotated[Literal["text", "ndjson"], typer.Option(help="Lines for people, or JSON objects.")] = "text",
) -> None:
    """Print the newest events, oldest first, and with --follow each new one as it comes."""
    from adops_cli.data import events  # noqa: PLC0415 - keeps Peewee out of --help

    found = events.tail(lines, type=type, wait=(lambda: time.sleep(interval)) if follow else None)
    render.stream(found, COLUMNS if format == "ndjson" else LINE, ndjson=format == "ndjson")
