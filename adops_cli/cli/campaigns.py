"""`adops campaigns`: the campaigns on the ad platforms."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from adops_cli import render
from adops_cli.cli import complete, from_file, options
from adops_cli.cli.from_file import FromOption, RejectsOption
from adops_cli.cli.listing import listing
from adops_cli.cli.options import (
    CampaignArgument,
    CsvSafeOption,
    FormatOption,
    LimitOption,
    MergeMetadataOption,
    OffsetOption,
    OptionalCampaignArgument,
    PlatformOption,
    ProjectOption,
    ReplaceMetadataOption,
    SortOption,
    WholeCampaignArgument,
    YesOption,
)
from adops_cli.errors import BadRequestError
from adops_cli.render import EVERYTHING, Column, Format, Kind, View
from adops_cli.values import shown

app = typer.Typer(
    help="Campaigns on the ad platforms.", no_args_is_help=True, rich_markup_mode=None, add_completion=False
)

COLUMNS = (
    Column("id", "Id", weight=9, needs="name"),
    Column("projectId", "Project", weight=3),
    Column("platform", "Platform", weight=8),
    Column("externalId", "External id", weight=5),
    Column("name", "Name", weight=10),
    Column("status", "Status", weight=7),
    Column("budget", "Budget", Kind.MONEY, weight=6),
    Column("startDate", "Start", Kind.DAY, weight=4),
    Column("endDate", "End", Kind.DAY, weight=4),
    Column("metadata", "Metadata", Kind.JSON, weight=0),
    Column("syncedAt", "Synced", Kind.INSTANT, weight=1),
    Column("createdAt", "Created", Kind.INSTANT, weight=2),
    Column("updatedAt", "Updated", Kind.INSTANT, weight=0),
)

NameOption = Annotated[str | None, typer.Option(metavar="NAME", help="Name of the campaign.")]
ExternalIdOption = Annotated[str | None, typer.Option(metavar="ID", help="The platform's own id for the campaign.")]
StatusOption = Annotated[
    str | None,
    typer.Option(
        autocompletion=complete.words("campaigns", "status"),
        metavar="STATUS",
        help="Status: active, paused, ended, removed, …",
    ),
]
BudgetOption = Annotated[str | None, typer.Option(metavar="AMOUNT", help="Budget, in the campaign's currency.")]
StartOption = Annotated[str | None, typer.Option(metavar="DAY", help="First day of the flight.")]
EndOption = Annotated[str | None, typer.Option(metavar="DAY", help="Last day of the flight.")]
MetadataOption = Annotated[
    Any, options.json_option('Other fields; "currency" and "account" set the campaign\'s currency and account.')
]
OwnerProjectOption = Annotated[
    str | None,
    typer.Option(
        "--project", metavar="ID", autocompletion=complete.ids("projects"), help="Project that the campaign belongs to."
    ),
]


@app.command("list", epilog="Example: adops campaigns list --platform meta-ads --status active")
@listing
def list_(
    project_id: ProjectOption = None,
    platform: PlatformOption = None,
    name: Annotated[
        str | None,
        typer.Option(metavar="PATTERN", help="Only these names: * is any text, ? one character, in any case."),
    ] = None,
    external_id: ExternalIdOption = None,
    status: StatusOption = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    sort: SortOption = None,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """List campaigns, newest first."""
    from adops_cli.data import campaigns, known  # noqa: PLC0415 - keeps Peewee out of --help

    known.require("campaigns", platform=platform, project_id=project_id)
    found = campaigns.list(
        project_id=project_id,
        platform=platform,
        name=name,
        external_id=external_id,
        status=status,
        limit=limit,
        offset=offset,
        sort=sort,
    )
    render.rows(found, COLUMNS, format, csv_safe=csv_safe, view=view)


@app.command(epilog="Example: adops campaigns get camp-01")
def get(campaign: CampaignArgument, format: FormatOption = Format.AUTO) -> None:
    """Show one campaign."""
    from adops_cli.data import campaigns, naming  # noqa: PLC0415 - keeps Peewee out of --help

    render.record(campaigns.find(naming.id_of(campaign)), COLUMNS, format)


@app.command(epilog='Example: adops campaigns create --name "Q1 Campaign" --platform meta-ads --budget 50000')
def create(
    ctx: typer.Context,
    name: NameOption = None,
    platform: PlatformOption = None,
    id: Annotated[str | None, typer.Option(metavar="ID", help="Id of the campaign.", show_default="a new id")] = None,
    project_id: OwnerProjectOption = None,
    external_id: ExternalIdOption = None,
    status: StatusOption = None,
    budget: BudgetOption = None,
    start_date: StartOption = None,
    end_date: EndOption = None,
    metadata: MetadataOption = None,
    file: FromOption = None,
    rejects: RejectsOption = None,
    format: FormatOption = Format.AUTO,
) -> None:
    """Create a campaign.

    Requires --name and --platform. To create many campaigns at once, use --from instead.
    """
    from adops_cli.data import campaigns  # noqa: PLC0415 - keeps Peewee out of --help

    fields = options.given_fields(ctx)
    if file is not None:
        from_file.load("campaigns", file, rejects, fields, format)
        return
    from_file.refuse_alone(rejects)
    render.record(campaigns.create(**fields), COLUMNS, format)


@app.command(epilog="Example: adops campaigns update camp-01 --status paused --end-date 2026-03-31")
def update(
    ctx: typer.Context,
    campaign: OptionalCampaignArgument = None,
    match: Annotated[
        str | None,
        typer.Option(
            metavar="PATTERN",
            help="Change all campaigns with such a name: * is any text, ? one character, in any case.",
            show_default=False,
        ),
    ] = None,
    name: NameOption = None,
    platform: PlatformOption = None,
    project_id: OwnerProjectOption = None,
    external_id: ExternalIdOption = None,
    status: StatusOption = None,
    budget: BudgetOption = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="Currency of budget and figures, such as EUR; converts nothing.")
    ] = None,
    account: Annotated[str | None, typer.Option(metavar="ID", help="The platform's account of the campaign.")] = None,
    start_date: StartOption = None,
    end_date: EndOption = None,
    merge_metadata: MergeMetadataOption = None,
    metadata: ReplaceMetadataOption = None,
    file: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Change many, from a CSV, workbook or JSON file with id, or platform and name; - reads stdin.",
            show_default=False,
        ),
    ] = None,
    yes: YesOption = False,
    format: FormatOption = Format.AUTO,
) -> None:
    """Change fields of one campaign or of many.

    An empty value clears a field; an empty cell of a file leaves it. With --match or --from, all campaigns are
    changed or none.
    """
    from adops_cli.data import campaigns, naming  # noqa: PLC0415 - keeps Peewee out of --help

    if sum(how is not None for how in (campaign, match, file)) != 1:
        raise BadRequestError("say which campaigns to change", "Give CAMPAIGN, or --match PATTERN, or --from FILE")
    fields = options.given_fields(ctx, "campaign")
    if file is not None:
        from_file.carry_out(file, fields, format)
    elif match is not None:
        _update_matching(match, fields, yes, format)
    else:
        render.record(campaigns.update(naming.id_of(str(campaign), whole=True), **fields), COLUMNS, format)


def _update_matching(pattern: str, fields: Mapping[str, Any], yes: bool, format: Format) -> None:
    from adops_cli.data import campaigns, naming  # noqa: PLC0415 - keeps Peewee out of --help

    if not fields or {"name", "external_id"} & fields.keys():
        raise BadRequestError(
            "--match needs fields that many campaigns can share", "Give --status, --budget, --project or another one"
        )
    ids = naming.matching(pattern)
    many = render.counted(len(ids), "campaign")
    changes = ", ".join(f"{name.removesuffix('_id')} {shown(value)}" for name, value in fields.items())
    options.confirm(f"Change {many} with a name like {pattern!r}: {changes}?", yes=yes)
    render.rows(campaigns.update_many(ids, **fields), COLUMNS, format)
    render.notice(f"Changed {many}.")


@app.command(epilog="Example: adops campaigns delete camp-01 --yes")
def delete(campaign: WholeCampaignArgument, yes: YesOption = False) -> None:
    """Delete a campaign and its daily figures.

    This cannot be undone.
    """
    from adops_cli.data import campaigns, naming  # noqa: PLC0415 - keeps Peewee out of --help

    id = naming.id_of(campaign, whole=True)
    name = campaigns.find(id).name
    options.confirm(f"Delete campaign {id} ({name}) and all its daily figures?", yes=yes)
    campaigns.delete(id)
    render.notice(f"Deleted campaign {id}.")


@app.command("create-from-execution", epilog="Example: adops campaigns create-from-execution exec-01")
def create_from_execution(
    execution_id: Annotated[
        str, typer.Argument(metavar="EXECUTION", autocompletion=complete.ids("executions"), help="Id of the execution.")
    ],
    format: FormatOption = Format.AUTO,
) -> None:
    """Create a campaign from a workflow run.

    Takes the campaign's fields from the execution's params and result.
    """
    from adops_cli.data import campaigns  # noqa: PLC0415 - keeps Peewee out of --help

    render.record(campaigns.create_from_execution(execution_id), COLUMNS, format)
