"""`adops projects`: the team's projects."""

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
    MergeMetadataOption,
    OffsetOption,
    PlatformOption,
    ReplaceMetadataOption,
    SortOption,
)
from adops_cli.cli.windows import CreatedSinceOption, CreatedUntilOption
from adops_cli.render import EVERYTHING, Column, Format, Kind, View

app = typer.Typer(
    help="The team's projects. A project is a campaign, a business plan, a migration or any other work.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

COLUMNS = (
    Column("id", "Id", weight=9, needs="name"),
    Column("name", "Name", weight=10),
    Column("type", "Type", weight=6),
    Column("status", "Status", weight=8),
    Column("owner", "Owner", weight=7),
    Column("startDate", "Start", Kind.DAY, weight=4),
    Column("endDate", "End", Kind.DAY, weight=4),
    Column("budget", "Budget", Kind.MONEY, weight=5),
    Column("platform", "Platform", weight=3),
    Column("metadata", "Metadata", Kind.JSON, weight=0),
    Column("asanaProjectId", "Asana", weight=0),
    Column("milestones", "Milestones", Kind.JSON, weight=0),
    Column("artifacts", "Artifacts", Kind.JSON, weight=0),
    Column("metrics", "Metrics", Kind.JSON, weight=0),
    Column("createdAt", "Created", Kind.INSTANT, weight=2),
    Column("updatedAt", "Updated", Kind.INSTANT, weight=0),
    Column("deletedAt", "Deleted", Kind.INSTANT, weight=1),
)
STATS = (
    Column("by", "By", weight=10),
    Column("value", "Value", weight=10),
    Column("projects", "Projects", Kind.COUNT, weight=10),
)

IdArgument = Annotated[
    str, typer.Argument(metavar="ID", autocompletion=complete.ids("projects"), help="Id of the project.")
]
NameOption = Annotated[str | None, typer.Option(metavar="NAME", help="Name of the project.")]
TypeOption = Annotated[
    str | None,
    typer.Option(
        autocompletion=complete.words("projects", "type"),
        metavar="TYPE",
        help="campaign, dsp-onboarding, jbp, migration, …",
    ),
]
StatusOption = Annotated[
    str | None,
    typer.Option(
        autocompletion=complete.values_of("ProjectStatus"),
        metavar="STATUS",
        help="planning, active, paused, completed or cancelled.",
    ),
]
OwnerOption = Annotated[
    str | None,
    typer.Option(
        autocompletion=complete.words("projects", "owner"), metavar="NAME", help="Who is responsible for the project."
    ),
]
StartOption = Annotated[str | None, typer.Option(metavar="DAY", help="First day of the project.")]
EndOption = Annotated[str | None, typer.Option(metavar="DAY", help="Last day of the project.")]
BudgetOption = Annotated[str | None, typer.Option(metavar="AMOUNT", help="Budget of the project.")]
AsanaOption = Annotated[str | None, typer.Option(metavar="ID", help="Id of the project in Asana.")]
MetadataOption = Annotated[Any, options.json_option("Other fields, depending on the project's type.")]
MilestonesOption = Annotated[Any, options.json_option("List of milestones.")]
ArtifactsOption = Annotated[Any, options.json_option("List of artifacts.")]
MetricsOption = Annotated[Any, options.json_option("Metrics of the project itself: completion, health, blockers.")]


@app.command("list", epilog="Example: adops projects list --status active --sort -budget")
@listing
def list_(
    ctx: typer.Context,
    type: TypeOption = None,
    status: StatusOption = None,
    owner: OwnerOption = None,
    platform: PlatformOption = None,
    created_since: CreatedSinceOption = None,
    created_until: CreatedUntilOption = None,
    include_deleted: Annotated[bool, typer.Option("--include-deleted", help="Include deleted projects.")] = False,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    sort: SortOption = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """List projects, newest first."""
    from adops_cli.data import known, projects  # noqa: PLC0415 - keeps Peewee out of --help

    created = windows.times(ctx, created_since, created_until, of="created")
    known.require("projects", platform=platform)
    found = projects.list(
        type=type,
        status=status,
        owner=owner,
        platform=platform,
        **created,
        include_deleted=include_deleted,
        limit=limit,
        offset=offset,
        sort=sort,
    )
    render.rows(found, COLUMNS, format, csv_safe=csv_safe, view=view)
    windows.tell_empty(found, "projects", created)


@app.command(epilog="Example: adops projects get proj-spring")
def get(id: IdArgument, format: FormatOption = Format.AUTO) -> None:
    """Show one project."""
    from adops_cli.data import projects  # noqa: PLC0415 - keeps Peewee out of --help

    render.record(projects.find(id), COLUMNS, format)


@app.command(epilog='Example: adops projects create --name "Spring launch" --type campaign --budget 50000')
def create(
    ctx: typer.Context,
    name: NameOption = None,
    type: TypeOption = None,
    id: Annotated[str | None, typer.Option(metavar="ID", help="Id of the project.", show_default="a new id")] = None,
    status: StatusOption = None,
    owner: OwnerOption = None,
    start_date: StartOption = None,
    end_date: EndOption = None,
    budget: BudgetOption = None,
    platform: PlatformOption = None,
    asana_project_id: AsanaOption = None,
    metadata: MetadataOption = None,
    milestones: MilestonesOption = None,
    artifacts: ArtifactsOption = None,
    metrics: MetricsOption = None,
    file: FromOption = None,
    rejects: RejectsOption = None,
    format: FormatOption = Format.AUTO,
) -> None:
    """Create a project.

    Requires --name and --type. To create many projects at once, use --from instead.
    """
    from adops_cli.data import projects  # noqa: PLC0415 - keeps Peewee out of --help

    fields = options.given_fields(ctx)
    if file is not None:
        from_file.load("projects", file, rejects, fields, format)
        return
    from_file.refuse_alone(rejects)
    render.record(projects.create(**fields), COLUMNS, format)


@app.command(epilog="Example: adops projects update proj-spring --status completed")
def update(
    ctx: typer.Context,
    id: IdArgument,
    name: NameOption = None,
    type: TypeOption = None,
    status: StatusOption = None,
    owner: OwnerOption = None,
    start_date: StartOption = None,
    end_date: EndOption = None,
    budget: BudgetOption = None,
    platform: PlatformOption = None,
    asana_project_id: AsanaOption = None,
    merge_metadata: MergeMetadataOption = None,
    metadata: ReplaceMetadataOption = None,
    milestones: MilestonesOption = None,
    artifacts: ArtifactsOption = None,
    metrics: MetricsOption = None,
    format: FormatOption = Format.AUTO,
) -> None:
    """Change fields of a project.

    An empty value clears a field. A JSON value other than --metadata replaces everything that the field held.
    """
    from adops_cli.data import projects  # noqa: PLC0415 - keeps Peewee out of --help

    fields = options.given_fields(ctx, "id")
    render.record(projects.update(id, **fields), COLUMNS, format)


@app.command(epilog="Example: adops projects delete proj-spring")
def delete(id: IdArgument) -> None:
    """Delete a project; it can be restored.

    A deleted project no longer appears in lists, but its campaigns and other rows stay. `adops projects restore` brings
    it back.
    """
    from adops_cli.data import projects  # noqa: PLC0415 - keeps Peewee out of --help

    projects.find(id)
    projects.delete(id)
    render.notice(f"Deleted project {id}; use `adops projects restore {id}` to restore it.")


@app.command(epilog="Example: adops projects restore proj-spring")
def restore(id: IdArgument, format: FormatOption = Format.AUTO) -> None:
    """Restore a deleted project."""
    from adops_cli.data import projects  # noqa: PLC0415 - keeps Peewee out of --help

    render.record(projects.restore(id), COLUMNS, format)


@app.command(
    "add-milestone", epilog="Example: adops projects add-milestone proj-spring --name Launch --status completed"
)
def add_milestone(
    id: IdArgument,
    name: Annotated[str, typer.Option(metavar="NAME", help="Name of the milestone.")],
    milestone_id: Annotated[
        str | None,
        typer.Option("--id", metavar="ID", help="Id of the milestone; an existing one with this id is replaced."),
    ] = None,
    status: Annotated[str | None, typer.Option(metavar="STATUS", help="pending, completed, …")] = None,
    due_date: Annotated[str | None, typer.Option(metavar="DAY", help="When the milestone is due.")] = None,
    format: FormatOption = Format.AUTO,
) -> None:
    """Add a milestone to a project."""
    from adops_cli.data import projects  # noqa: PLC0415 - keeps Peewee out of --help

    milestone = options.given(id=milestone_id, name=name, status=status, dueDate=due_date)
    render.record(projects.add_milestone(id, milestone), COLUMNS, format)


@app.command("update-metrics", epilog="Example: adops projects update-metrics proj-spring '{\"completion\": 80}'")
def update_metrics(
    id: IdArgument,
    changes: Annotated[Any, typer.Argument(parser=options.read_json, metavar="JSON", help="The metrics to change.")],
    format: FormatOption = Format.AUTO,
) -> None:
    """Update a project's own metrics.

    Merges the given metrics, such as completion, health and blockers, into the stored ones.
    """
    from adops_cli.data import projects  # noqa: PLC0415 - keeps Peewee out of --help

    render.record(projects.update_metrics(id, changes), COLUMNS, format)


@app.command(epilog="Example: adops projects stats --format json")
@listing
def stats(format: FormatOption = Format.AUTO, view: View = EVERYTHING) -> None:
    """Count projects by status, type and owner.

    Also counts them by platform. Deleted projects are counted separately.
    """
    from adops_cli.data import projects  # noqa: PLC0415 - keeps Peewee out of --help

    found = projects.get_stats()
    groups: dict[str, Any] = {name: getattr(found, f"by_{name}") for name in ("status", "type", "platform", "owner")}
    groups |= {"all": {None: found.total}, "deleted": {None: found.deleted}}
    lines = [{"by": by, "value": value, "projects": n} for by, group in groups.items() for value, n in group.items()]
    render.rows(lines, STATS, format, view=view)
