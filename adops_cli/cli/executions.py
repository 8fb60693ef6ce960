"""`adops executions`: workflow runs, stage by stage."""

from typing import Annotated, Any

import typer

from adops_cli import render
from adops_cli.cli import complete, from_file, options, windows
from adops_cli.cli.from_file import FromOption, RejectsOption
from adops_cli.cli.listing import listing
from adops_cli.cli.options import (
    CsvSafeOption,
    FormatOption,
    LimitOption,
    OffsetOption,
    ProjectOption,
    SortOption,
    YesOption,
)
from adops_cli.cli.windows import CreatedSinceOption, CreatedUntilOption
from adops_cli.render import EVERYTHING, Column, Format, Kind, View

app = typer.Typer(
    help="Executions: workflow runs, stage by stage.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

COLUMNS = (
    Column("id", "Id", weight=10),
    Column("projectId", "Project", weight=4),
    Column("workflowId", "Workflow", weight=9),
    Column("status", "Status", weight=8),
    Column("params", "Params", Kind.JSON, weight=0),
    Column("stages", "Stages", Kind.TIMELINE, weight=0),
    Column("result", "Result", Kind.JSON, weight=0),
    Column("error", "Error", weight=3),
    Column("artifacts", "Artifacts", Kind.JSON, weight=0),
    Column("duration", "Duration (ms)", Kind.COUNT, weight=6),
    Column("startedAt", "Started", Kind.INSTANT, weight=5),
    Column("completedAt", "Completed", Kind.INSTANT, weight=2),
    Column("createdAt", "Created", Kind.INSTANT, weight=7),
)

IdArgument = Annotated[
    str, typer.Argument(metavar="ID", autocompletion=complete.ids("executions"), help="Id of the execution.")
]
WorkflowOption = Annotated[
    str | None,
    typer.Option("--workflow", metavar="ID", autocompletion=complete.ids("workflows"), help="Only this workflow."),
]
StatusOption = Annotated[
    str | None,
    typer.Option(
        autocompletion=complete.values_of("ExecutionStatus"),
        metavar="STATUS",
        help="queued, running, completed, failed or cancelled.",
    ),
]
OwnProjectOption = Annotated[
    str | None,
    typer.Option(
        "--project", metavar="ID", autocompletion=complete.ids("projects"), help="Project that the execution runs for."
    ),
]
ParamsOption = Annotated[Any, options.json_option("Parameters given to the workflow.")]
StagesOption = Annotated[Any, options.json_option("List of stages.")]
ResultOption = Annotated[Any, options.json_option("Result of the execution.")]
ErrorOption = Annotated[str | None, typer.Option(metavar="TEXT", help="Why the execution failed.")]
ArtifactsOption = Annotated[Any, options.json_option("List of artifacts.")]
StartedOption = Annotated[
    str | None, typer.Option(metavar="TIME", help="When the execution started.", show_default="set by the status")
]
CompletedOption = Annotated[
    str | None, typer.Option(metavar="TIME", help="When the execution ended.", show_default="set by the status")
]


@app.command("list", epilog="Example: adops executions list --status failed --limit 0")
@listing
def list_(
    ctx: typer.Context,
    project_id: ProjectOption = None,
    workflow_id: WorkflowOption = None,
    status: StatusOption = None,
    created_since: CreatedSinceOption = None,
    created_until: CreatedUntilOption = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    sort: SortOption = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """List executions, newest first.

    Shows the first 50 unless --limit is given.
    """
    from adops_cli.data import executions, known  # noqa: PLC0415 - keeps Peewee out of --help

    created = windows.times(ctx, created_since, created_until, of="created")
    known.require("executions", project_id=project_id, workflow_id=workflow_id)
    found = executions.list(
        project_id=project_id,
        workflow_id=workflow_id,
        status=status,
        **created,
        limit=options.one_more(limit),
        offset=offset,
        sort=sort,
    )
    render.rows(options.first_page(found, limit), COLUMNS, format, csv_safe=csv_safe, view=view)
    windows.tell_empty(found, "executions", created)


@app.command(epilog="Example: adops executions recent --limit 5 --workflow create-campaign")
@listing
def recent(
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="How many executions to list.")] = 10,
    workflow_id: WorkflowOption = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """List the newest executions."""
    from adops_cli.data import executions, known  # noqa: PLC0415 - keeps Peewee out of --help

    known.require("executions", workflow_id=workflow_id)
    render.rows(executions.list(workflow_id=workflow_id, limit=limit), COLUMNS, format, csv_safe=csv_safe, view=view)


@app.command(epilog="Example: adops executions get exec-01")
def get(id: IdArgument, format: FormatOption = Format.AUTO) -> None:
    """Show one execution with its stages."""
    from adops_cli.data import executions  # noqa: PLC0415 - keeps Peewee out of --help

    render.record(executions.find(id), COLUMNS, format)


@app.command(epilog="Example: adops executions create --workflow create-campaign --params '{\"budget\": 10000}'")
def create(
    ctx: typer.Context,
    workflow_id: Annotated[
        str | None,
        typer.Option(
            "--workflow",
            metavar="ID",
            autocompletion=complete.ids("workflows"),
            help="Workflow that the execution runs.",
        ),
    ] = None,
    id: Annotated[str | None, typer.Option(metavar="ID", help="Id of the execution.", show_default="a new id")] = None,
    project_id: OwnProjectOption = None,
    status: StatusOption = None,
    params: ParamsOption = None,
    stages: StagesOption = None,
    result: ResultOption = None,
    error: ErrorOption = None,
    artifacts: ArtifactsOption = None,
    started_at: StartedOption = None,
    completed_at: CompletedOption = None,
    file: FromOption = None,
    rejects: RejectsOption = None,
    format: FormatOption = Format.AUTO,
) -> None:
    """Record an execution.

    Requires --workflow. To record many executions at once, use --from instead.
    """
    from adops_cli.data import executions  # noqa: PLC0415 - keeps Peewee out of --help

    fields = options.given_fields(ctx)
    if file is not None:
        from_file.load("executions", file, rejects, fields, format)
        return
    from_file.refuse_alone(rejects)
    render.record(executions.create(**fields), COLUMNS, format)


@app.command(epilog="Example: adops executions update exec-01 --status completed --result '{\"ok\": true}'")
def update(
    ctx: typer.Context,
    id: IdArgument,
    project_id: OwnProjectOption = None,
    status: StatusOption = None,
    params: ParamsOption = None,
    stages: StagesOption = None,
    result: ResultOption = None,
    error: ErrorOption = None,
    artifacts: ArtifactsOption = None,
    started_at: StartedOption = None,
    completed_at: CompletedOption = None,
    format: FormatOption = Format.AUTO,
) -> None:
    """Change fields of an execution.

    An empty value clears a field. A JSON value replaces everything that the field held. A new status sets the times.
    """
    from adops_cli.data import executions  # noqa: PLC0415 - keeps Peewee out of --help

    fields = options.given_fields(ctx, "id")
    render.record(executions.update(id, **fields), COLUMNS, format)


@app.command(
    "add-stage", epilog="Example: adops executions add-stage exec-01 --id stage-1 --name Validate --status running"
)
def add_stage(
    id: IdArgument,
    name: Annotated[str, typer.Option(metavar="NAME", help="Name of the stage.")],
    stage_id: Annotated[
        str | None,
        typer.Option("--id", metavar="ID", help="Id of the stage; an existing one with this id is replaced."),
    ] = None,
    status: Annotated[str | None, typer.Option(metavar="STATUS", help="pending, running, completed, failed, …")] = None,
    agent: Annotated[str | None, typer.Option(metavar="NAME", help="Agent that works on the stage.")] = None,
    started_at: Annotated[str | None, typer.Option(metavar="TIME", help="When the stage started.")] = None,
    completed_at: Annotated[str | None, typer.Option(metavar="TIME", help="When the stage ended.")] = None,
    format: FormatOption = Format.AUTO,
) -> None:
    """Add a stage to an execution, or replace one.

    A stage with the same id is replaced.
    """
    from adops_cli.data import executions  # noqa: PLC0415 - keeps Peewee out of --help

    stage = options.given(
        id=stage_id, name=name, status=status, agent=agent, startedAt=started_at, completedAt=completed_at
    )
    render.record(executions.add_stage(id, stage), COLUMNS, format)


@app.command(epilog="Example: adops executions delete exec-01 --yes")
def delete(id: IdArgument, yes: YesOption = False) -> None:
    """Delete an execution.

    This cannot be undone. The execution's events stay.
    """
    from adops_cli.data import executions  # noqa: PLC0415 - keeps Peewee out of --help

    workflow = executions.find(id).workflow_id
    options.confirm(f"Delete execution {id} of workflow {workflow}?", yes=yes)
    executions.delete(id)
    render.notice(f"Deleted execution {id}.")
