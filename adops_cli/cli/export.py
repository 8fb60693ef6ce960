"""`adops export`: the figures as files that other tools read."""

from pathlib import Path
from typing import Annotated

import typer

from adops_cli import render
from adops_cli.cli.options import FormatOption
from adops_cli.cli.proof import sections
from adops_cli.render import Column, Format, Kind

app = typer.Typer(
    help="The figures as files for other tools.", no_args_is_help=True, rich_markup_mode=None, add_completion=False
)
CHANGED = (
    Column("file", "File", weight=10),
    Column("state", "State", weight=9),
    Column("rows", "Rows", Kind.COUNT, weight=8),
)


@app.callback()
def _group() -> None:
    """The figures as files for other tools."""


@app.command(epilog="Example: adops export parquet warehouse")
def parquet(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or that of an export.")],
    format: FormatOption = Format.AUTO,
) -> None:
    """Export all figures as Parquet files.

    Daily figures go into a file for each platform and month, campaigns and projects into one each. Only files whose
    rows have changed since the last export are rewritten. Each appears whole, with the imports behind its figures.
    Needs pyarrow: pip install 'adops-cli[parquet]'.
    """
    from adops_cli.data.parquet.export import export  # noqa: PLC0415 - keeps Peewee out of --help

    with render.progress("Exporting rows", None) as advance:
        done = export(folder, told=sections, final_after=ctx.obj.final_after, progress=advance)
    render.rows(done.changed, CHANGED, format)
    written = sum(one.state == "written" for one in done.changed)
    removed = len(done.changed) - written
    counts = f"{render.counted(written, 'file')} written, {done.kept:,} kept, {removed:,} removed"
    render.notice(f"{counts}: {render.counted(done.rows, 'daily row')} in {folder}.")
