"""`adops metrics import` and `adops metrics history`: the platforms' export files, and how they changed a day."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from adops_cli import render
from adops_cli.cli import import_report, import_story, options
from adops_cli.cli.listing import listing
from adops_cli.cli.options import CampaignArgument, CsvSafeOption, DryRunOption, FormatOption
from adops_cli.cli.proof import proven
from adops_cli.cli.read_options import (
    ClicksOption,
    ConversionsOption,
    DateOrderOption,
    DecimalMarkOption,
    EncodingOption,
    InCurrencyOption,
    LevelOption,
    MapOption,
    MoneyUnitOption,
    OfAccountOption,
    OfPlatformOption,
    SameDayOption,
    SheetOption,
    mapped,
)
from adops_cli.errors import BadRequestError
from adops_cli.measures import FIGURES, FURTHER
from adops_cli.render import EVERYTHING, Column, Format, Kind, View

if TYPE_CHECKING:
    from adops_cli.importers.metrics.outcome import FileOutcome

HISTORY = (
    Column("importedAt", "Imported", Kind.INSTANT, weight=10),
    Column("importId", "Batch", weight=10),
    Column("status", "Status", weight=6),
    Column("kind", "Kind", weight=5),
    Column("change", "Change", Kind.PROSE, weight=9),
    Column("file", "File", weight=5),
    Column("before", "Before", Kind.JSON, weight=0),
    Column("after", "After", Kind.JSON, weight=0),
)
SHOWN = 10

ModeOption = Annotated[
    Literal["upsert", "replace-range"],
    typer.Option(
        help="What happens to stored days that the file does not have: upsert keeps them, replace-range removes "
        "those of the same platform and account between its first and last day."
    ),
]


def import_(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Export files or patterns; - reads stdin.")],
    platform: OfPlatformOption = None,
    currency: InCurrencyOption = None,
    account: OfAccountOption = None,
    conversions: ConversionsOption = None,
    clicks: ClicksOption = None,
    level: LevelOption = None,
    columns: MapOption = None,
    encoding: EncodingOption = None,
    sheet: SheetOption = None,
    decimal_mark: DecimalMarkOption = None,
    date_order: DateOrderOption = None,
    same_day: SameDayOption = None,
    money_unit: MoneyUnitOption = None,
    mode: ModeOption = "upsert",
    rename: Annotated[
        bool, typer.Option("--rename", help="Rename campaigns that look renamed, instead of only reporting them.")
    ] = False,
    rejects: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Save rejected rows to this file, to fix and import later.", show_default=False
        ),
    ] = None,
    move_to: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Move files that were imported to this folder, not refused ones.", show_default=False
        ),
    ] = None,
    max_errors: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Refuse a file with more rejected rows than this.",
            show_default="10, or 1% of the rows if that is more",
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse a file with any rejected row.")] = False,
    accept_new_meaning: Annotated[
        bool,
        typer.Option(
            "--accept-new-meaning",
            help="Import a file whose spend, clicks, conversions or revenue mean something else than those stored.",
        ),
    ] = False,
    take_attributes: Annotated[
        Literal["always", "when-empty", "never"],
        typer.Option(
            help="When stored campaigns take their status, type, budget and dates from the file. What was set by hand "
            "always stays."
        ),
    ] = "always",
    dry_run: DryRunOption = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show how each column is used.")] = False,
    show_changes: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Show the N largest restatements; 0 shows none.",
            show_default=f"{SHOWN} with a table, else 0",
        ),
    ] = None,
    summary: Annotated[
        bool, typer.Option("--summary", help="Show one line for each file, as with more than three files.")
    ] = False,
    yes: Annotated[
        bool,
        typer.Option("--yes", "-y", help="Let replace-range remove days even if the file may be incomplete."),
    ] = False,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
) -> None:
    """Import export files of the ad platforms.

    Reads exports of Google Ads, Meta Ads, Microsoft, TikTok, LinkedIn, Amazon and twelve other platforms (see
    docs/importing.md), and any other file with --map.
    Platform and layout are detected from the header. Figures are stored by campaign and day: new campaigns are added,
    days that the platform has restated are corrected, and importing the same file again changes nothing. Each file is
    imported completely or not at all, and can be undone with `adops imports undo`. The exit code is 2 if a file was
    refused, and 3 if rows were rejected or the file's own total differs.
    """
    from adops_cli.exports.export import ReadOptions  # noqa: PLC0415 - keeps Peewee out of --help
    from adops_cli.importers.metrics import kept_options  # noqa: PLC0415 - as above
    from adops_cli.importers.metrics.files import import_files  # noqa: PLC0415 - as above
    from adops_cli.importers.metrics.outcome import StoreOptions  # noqa: PLC0415 - as above
    from adops_cli.storage.choices import ImportMode  # noqa: PLC0415 - as above

    if strict and max_errors:
        raise BadRequestError("--strict and --max-errors cannot be combined", "Leave out one of them")
    shown = SHOWN if render.is_table(format) else 0
    store_options = StoreOptions(
        ImportMode(mode),
        rename,
        yes,
        dry_run,
        shown if show_changes is None else show_changes,
        accept_new_meaning,
        take_attributes,
    )
    counted, kept = kept_options.kept_apart(conversions or [])
    said = ReadOptions(
        platform=platform,
        currency=currency,
        account=account,
        conversions=counted,
        kept=kept,
        clicks=clicks,
        level=level,
        columns=mapped(columns or []),
        sheet=sheet,
        encoding=encoding,
        decimal_mark=decimal_mark,
        date_order=date_order,
        same_day=same_day,
        money_unit=money_unit,
        max_errors=0 if strict else max_errors,
    )
    in_full = explain or show_changes is not None
    stdin = getattr(sys.stdin, "buffer", None)
    report_options = import_report.ReportOptions(format, csv_safe, explain, dry_run, rejects, summary, in_full)
    done: list[FileOutcome] = []
    found = import_files(
        files, said, store_options, stdin=stdin, rejects_file=rejects, move_to=move_to, progress=render.progress
    )
    try:
        for one in found:
            done.append(one)  # noqa: PERF402 - files that are done are reported even if the next one fails
    finally:
        if done:
            import_report.tell(done, report_options)
    if dry_run:
        render.notice(options.DRY_RUN_NOTICE)
    raise typer.Exit(import_report.worst(done))


@listing
def history(
    ctx: typer.Context,
    campaign: CampaignArgument,
    day: Annotated[str, typer.Argument(metavar="DAY", help="The day, YYYY-MM-DD.")],
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
    view: View = EVERYTHING,
) -> None:
    """List the imports that changed a day.

    Shows a campaign's figures for that day before and after each import, newest first, and whatever else changed it.
    """
    from adops_cli.data import imports, naming  # noqa: PLC0415 - keeps Peewee out of --help

    id = naming.id_of(campaign, deleted=True)
    found = [
        {
            "importedAt": one.imported_at,
            "importId": one.import_id,
            "status": one.status,
            "kind": one.kind,
            "change": _change(one.before, one.after),
            "file": one.file,
            "before": one.before,
            "after": one.after,
        }
        for one in imports.history(id, day)
    ]
    view = proven(ctx, view, {"campaign_ids": [id], "start_date": day, "end_date": day})
    render.rows(found, HISTORY, format, csv_safe=csv_safe, view=view)


def _change(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    shown = import_story.shown
    if after is None:
        return "removed"
    if before is None:
        return "inserted " + ", ".join(f"{name} {shown(value)}" for name, value in after.items() if value is not None)
    both = {name: (before.get(name), after.get(name)) for name in (*FIGURES, *FURTHER)}
    moved = [f"{name} {shown(was)} -> {shown(now)}" for name, (was, now) in both.items() if was != now]
    return ", ".join(moved) or "metadata"
