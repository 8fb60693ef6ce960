"""`adops brief`: a page about a window, to be sent and printed, or the same as JSON."""

from pathlib import Path
from typing import Annotated

import typer

from adops_cli import render
from adops_cli.cli import windows
from adops_cli.cli.options import PlatformOption, ProjectOption
from adops_cli.cli.windows import PeriodOption, SinceOption, UntilOption
from adops_cli.errors import BadRequestError
from adops_cli.render import Output

app = typer.Typer(rich_markup_mode=None, add_completion=False)
SUFFIXES = (".html", ".json")


@app.command("brief", epilog="Example: adops brief --period last-month --output brief.html")
def brief(
    ctx: typer.Context,
    since: SinceOption = None,
    until: UntilOption = None,
    period: PeriodOption = None,
    project_id: ProjectOption = None,
    platform: PlatformOption = None,
    title: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Title of the page.", show_default="the project, or all campaigns"),
    ] = None,
    locale: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="How numbers and days are written: de, fr-CH, …; needs Babel.", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write: .html or .json.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write a page about a window.

    It is one file that asks for nothing from elsewhere: the figures beside those of the window before, over time and by
    platform, the best and the worst campaigns, what has moved, the pace of budgets, what can still change, alerts, and
    the imports behind it. The window is last month, if no other is given. The same as JSON is for programs.
    """
    from adops_cli.cli.brief import document, page  # noqa: PLC0415 - keeps what writes pages out of --help
    from adops_cli.data import known  # noqa: PLC0415 - keeps Peewee out of --help
    from adops_cli.data.brief import brief as of  # noqa: PLC0415 - as above

    to = _output(output, force=force)
    as_json = to.path.suffix.lower() == ".json"
    if locale is not None and as_json:
        raise BadRequestError("--locale is for a page", "Use it with --output FILE.html")
    written = None if as_json else page.written_by(locale)
    days = windows.days(ctx, since, until, period if period or since or until else "last-month")
    known.require("campaigns", platform=platform, project_id=project_id)
    found = of(**days, platform=platform, project_id=project_id, final_after=ctx.obj.final_after)
    to.write(document.parts(found, title) if written is None else page.parts(found, title, written))
    windows.tell_empty(found.currencies, "metrics", {"first": found.now.first, "last": found.now.last})
    render.notice(f"Brief of {found.now.first} to {found.now.last} in {to.path}.")


def _output(path: Path | None, *, force: bool) -> Output:
    """The file, which is checked before anything is asked."""
    known = " or ".join(f"--output brief{suffix}" for suffix in SUFFIXES)
    if path is None:
        raise BadRequestError("a brief is a file, and --output is missing", f"Use {known}")
    if path.suffix.lower() not in SUFFIXES:
        raise BadRequestError(f"a brief cannot be written as {path.name}", f"Use {known}")
    to = Output(path, force)
    to.check()
    return to
