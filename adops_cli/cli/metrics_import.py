"""`adops metrics import` and `adops metrics history`: the platforms' export files, and what they did to a day."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from adops_cli import render
from adops_cli.cli import complete, import_report
from adops_cli.cli.options import CsvSafeOption, DryRunOption, FormatOption
from adops_cli.errors import BadRequestError
from adops_cli.measures import FIGURES
from adops_cli.render import Column, Format, Kind

if TYPE_CHECKING:
    from adops_cli.importers.metrics.outcome import FileOutcome

HISTORY = (
    Column("importedAt", "Imported", Kind.INSTANT, weight=10),
    Column("importId", "Batch", weight=10),
    Column("status", "Status", weight=6),
    Column("change", "Change", Kind.PROSE, weight=9),
    Column("file", "File", weight=5),
    Column("before", "Before", Kind.JSON, weight=0),
    Column("after", "After", Kind.JSON, weight=0),
)
SHOWN = 10


def import_(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Export files, or patterns; - is stdin.")],
    platform: Annotated[
        str | None,
        typer.Option(
            metavar="SLUG",
            autocompletion=complete.platforms,
            help="google-ads, meta-ads, pinterest, ttd, dv360, …, or generic.",
            show_default="by the header",
        ),
    ] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="The currency, where the file does not say it, such as EUR.")
    ] = None,
    account: Annotated[
        str | None, typer.Option(metavar="NAME", help="The account, where the file does not say it.")
    ] = None,
    conversions: Annotated[
        str | None, typer.Option(metavar="NAME", help="The action, pixel slot or event that counts as a conversion.")
    ] = None,
    clicks: Annotated[
        Literal["link", "all", "outbound"] | None, typer.Option(help="Which clicks count.", show_default=False)
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="HEADER=KEY,...", help="What columns of any other file are: 'Spend EUR=spend'."),
    ] = None,
    decimal_mark: Annotated[
        Literal[".", ","] | None, typer.Option(help="The decimal mark, where the file leaves it open.")
    ] = None,
    date_order: Annotated[
        Literal["dmy", "mdy", "ymd"] | None,
        typer.Option(help="The order of day, month and year, where the file leaves it open."),
    ] = None,
    mode: Annotated[
        Literal["upsert", "replace-range"],
        typer.Option(
            help="Whether days that the file no longer has stay, or those of the same platform and account "
            "inside its span are removed."
        ),
    ] = "upsert",
    rename: Annotated[
        bool, typer.Option("--rename", help="Rename campaigns that look renamed; else they are only named.")
    ] = False,
    rejects: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep rejected rows here, to be mended.", show_default=False)
    ] = None,
    max_errors: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="With more rejected rows the whole file is refused.",
            show_default="10, or 1% of the rows where that is more",
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse a file on its first rejected row.")] = False,
    dry_run: DryRunOption = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say what each column became.")] = False,
    show_changes: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Show the N largest restatements; 0 shows none.",
            show_default=f"{SHOWN} below a table",
        ),
    ] = None,
    yes: Annotated[
        bool,
        typer.Option("--yes", "-y", help="Let replace-range remove days though the file may be incomplete."),
    ] = False,
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
) -> None:
    """Import export files of Google Ads, Meta Ads, Pinterest, The Trade Desk, DV360, or any other with --map.

    Platform and layout are recognised by the header. Days are stored per campaign, campaigns that are new are added,
    days that the platform has restated are corrected, and the same file again changes nothing. Each file goes in whole
    or not at all; `adops imports undo` takes it back. Exit code 2: a file was refused; 3: rows were rejected, or the
    file's own total is another one.
    """
    from adops_cli.exports.export import ReadOptions  # noqa: PLC0415 - keeps Peewee out of --help
    from adops_cli.importers.metrics.files import import_files  # noqa: PLC0415 - as above
    from adops_cli.importers.metrics.outcome import StoreOptions  # noqa: PLC0415 - as above
    from adops_cli.storage.choices import ImportMode  # noqa: PLC0415 - as above

    if strict and max_errors:
        raise BadRequestError("--strict bears no rejected row, and --max-errors does", "Give one of them")
    shown = SHOWN if render.is_table(format) else 0
    store_options = StoreOptions(
        ImportMode(mode), rename, yes, dry_run, shown if show_changes is None else show_changes
    )
    said = ReadOptions(
        platform=platform,
        currency=currency,
        account=account,
        conversions=conversions,
        clicks=clicks,
        columns=_mapped(columns or []),
        decimal_mark=decimal_mark,
        date_order=date_order,
        max_errors=0 if strict else max_errors,
    )
    stdin = getattr(sys.stdin, "buffer", None)
    report_options = import_report.ReportOptions(format, csv_safe, explain, dry_run, rejects)
    done: list[FileOutcome] = []
    found = import_files(files, said, store_options, stdin=stdin, rejects_file=rejects, progress=render.progress)
    try:
        for one in found:
            done.append(one)  # noqa: PERF402 - those that are done are told, whatever ends the rest
    finally:
        if done:
            import_report.tell(done, report_options)
    if dry_run:
        render.notice("A dry run: nothing was written.")
    raise typer.Exit(import_report.worst(done))


def history(
    campaign_id: Annotated[
        str,
        typer.Argument(metavar="CAMPAIGN", autocompletion=complete.ids("campaigns"), help="Id of the campaign."),
    ],
    day: Annotated[str, typer.Argument(metavar="DAY", help="YYYY-MM-DD.")],
    format: FormatOption = Format.AUTO,
    csv_safe: CsvSafeOption = False,
) -> None:
    """List the imports that set a day of a campaign, newest first, with what was there before and after."""
    from adops_cli.data import imports  # noqa: PLC0415 - keeps Peewee out of --help

    found = [
        {
            "importedAt": one.imported_at,
            "importId": one.import_id,
            "status": one.status,
            "change": _change(one.before, one.after),
            "file": one.file,
            "before": one.before,
            "after": one.after,
        }
        for one in imports.history(campaign_id, day)
    ]
    render.rows(found, HISTORY, format, csv_safe=csv_safe)


def _mapped(pairs: Sequence[str]) -> dict[str, str]:
    """`HEADER=KEY,…` as our key by header; a comma inside a header belongs to it."""
    found: dict[str, str] = {}
    for pair in pairs:
        header = ""
        for part in pair.split(","):
            before, equals, key = part.rpartition("=")
            if not equals:
                header += f"{part},"
                continue
            found[(header + before).strip()] = key.strip()
            header = ""
        if header or "" in found:
            raise BadRequestError(f"--map cannot be read: {pair!r}", "Write HEADER=KEY, as in 'Spend EUR=spend'")
    return found


def _change(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    shown = import_report.shown
    if after is None:
        return "removed"
    if before is None:
        return "inserted " + ", ".join(f"{name} {shown(value)}" for name, value in after.items() if value is not None)
    moved = [name for name in FIGURES if before[name] != after[name]]
    return ", ".join(f"{name} {shown(before[name])} -> {shown(after[name])}" for name in moved) or "metadata"
