"""`adops watch`: imports the export files that arrive in a folder, until a signal ends it."""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adops_cli import render
from adops_cli.cli import import_report
from adops_cli.cli.metrics_import import ModeOption
from adops_cli.cli.read_options import InCurrencyOption, OfAccountOption, OfPlatformOption
from adops_cli.errors import ExitCode

if TYPE_CHECKING:
    from adops_cli.importers.metrics.outcome import FileOutcome
    from adops_cli.importers.metrics.watch import Stop, Taken

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("watch", epilog="Example: adops watch /srv/exports --currency EUR")
def watch(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder in which the files arrive.", show_default=False)
    ],
    platform: OfPlatformOption = None,
    currency: InCurrencyOption = None,
    account: OfAccountOption = None,
    mode: ModeOption = "upsert",
    interval: Annotated[
        float, typer.Option(min=0.05, metavar="SECONDS", help="How often to look into the folder.")
    ] = 5.0,
    once: Annotated[
        bool, typer.Option("--once", help="Look twice, import what has not changed in between, and end.")
    ] = False,
) -> None:
    """Import export files as they arrive.

    A file is imported once its size and time are the same twice in a row. It is then moved to the folder done, or to
    refused, with a report next to it: FILE.json, as `adops metrics import --format json` prints it. Hidden files,
    partial downloads and other folders are left alone. A database that is busy or cannot be reached is tried again.
    SIGTERM or Ctrl-C ends the watch after the current file, with exit code 0.
    """
    from adops_cli.exports.export import ReadOptions  # noqa: PLC0415 - keeps Peewee out of --help
    from adops_cli.importers.metrics import watch as watching  # noqa: PLC0415 - as above
    from adops_cli.importers.metrics.outcome import StoreOptions  # noqa: PLC0415 - as above
    from adops_cli.storage.choices import ImportMode  # noqa: PLC0415 - as above

    done: list[FileOutcome] = []
    if not once:
        render.notice(f"Watching {folder}. Ctrl-C ends it.")
    stop = watching.Stop()
    with _ended_by_signals(stop):
        for one in watching.watch(
            folder,
            ReadOptions(platform=platform, currency=currency, account=account),
            StoreOptions(ImportMode(mode)),
            import_report.document,
            stop=stop,
            interval=interval,
            once=once,
            progress=render.progress,
        ):
            if isinstance(one, watching.Trouble):
                render.problem(f"Error: {one.error.rstrip('.')}. It is tried again.")
                continue
            _tell(one)
            if once:  # the exit code of a watch without an end says nothing about its files
                done.append(one.outcome)
    raise typer.Exit(import_report.worst(done))


def _tell(taken: "Taken") -> None:
    """A line for each file; what else there is to say stands in its report."""
    one, report = taken.outcome, f"{taken.target}.json"
    if one.error is not None:
        render.problem(f"{import_report.refusal(one).rstrip('.')}. It was moved to {taken.target}.")
        return
    words = [f"{getattr(one, name):,} {name}" for name in ("inserted", "updated", "unchanged", "removed")]
    words += [f"{len(one.rejected):,} rejected"] if one.rejected else []
    if import_report.worst([one]) is ExitCode.DONE:
        render.notice(f"{one.file}: {', '.join(words)}; moved to {taken.target}.")
    else:
        render.problem(f"{one.file}: {', '.join(words)}; see {report}.")


@contextlib.contextmanager
def _ended_by_signals(stop: "Stop") -> Iterator[None]:
    """Have SIGTERM and Ctrl-C set `stop`. Each does so once: a second one ends the process in its own way."""
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}

    def end(number: int, _frame: Any) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    for one in before:
        signal.signal(one, end)
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
