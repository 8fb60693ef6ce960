"""The root command: settings, the bound database, lazily loaded groups. Errors become exit codes here and nowhere else.

Imports nothing heavy: each command imports what it needs when it runs.
"""

import contextlib
import gc
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from adops_cli import __version__, errors, settings
from adops_cli.cli import hints, interruption, left_out, streams
from adops_cli.cli.groups import COMMANDS, GROUPS, built, load_group
from adops_cli.errors import AdopsError, ExitCode, words_of

LAZY = GROUPS | COMMANDS
_EXPECTED = (AdopsError, OSError, typer.Exit, typer.Abort, typer.TyperException)
"""All others are bugs, or come from a damaged database."""


class LazyGroups(TyperGroup):
    """The root: a group is a stub in the help and loads when it runs."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name, group in LAZY.items():
            self.add_command(TyperGroup(name=name, help=group.help, rich_markup_mode=None))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The stub, or the real group when shell completion looks inside it."""
        return (
            load_group(cmd_name) if ctx.resilient_parsing and cmd_name in LAZY else super().get_command(ctx, cmd_name)
        )

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The real group, with the command that is asked for."""
        name, command, rest = super().resolve_command(ctx, args)
        only = rest[0] if rest and not ctx.resilient_parsing else None
        return name, load_group(name, only) if name and name in LAZY else command, rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command. A reader that closes the pipe early is not a failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            streams.forget_stdout()
            return ExitCode.DONE
        except KeyboardInterrupt as error:
            if words := str(error):  # what is left of the work
                _say_wrapped(f"Interrupted: {words}.")
            raise
        except Exception as error:
            if ctx.obj and ctx.obj.debug and not isinstance(error, typer.Exit | typer.TyperException):
                traceback.print_exc()
            if ctx.obj and not isinstance(error, _EXPECTED) and not interruption.has_come():
                from adops_cli.care import damage  # noqa: PLC0415 - only such an error needs it

                raise damage.found() or error from None
            raise


app = typer.Typer(
    cls=LazyGroups,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"adops {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    database_url: Annotated[
        str | None,
        typer.Option(
            "--database",
            metavar="PATH|URL",
            help="Database to use: a path, sqlite:///FILE or postgresql://…",
            show_default=False,
        ),
    ] = None,
    busy_timeout: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", help="How long to wait for a lock held by another process.", show_default=False
        ),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Time zone in which a day ends, such as Europe/Berlin.", show_default=False),
    ] = None,
    read_only: Annotated[
        bool | None,
        typer.Option("--read-only", help="Refuse every write to the database with exit code 6.", show_default=False),
    ] = None,
    read_from: Annotated[
        str | None,
        typer.Option(
            "--read-from",
            metavar="any|standby",
            help="standby: read from a standby server, and refuse every write with exit code 6.",
            show_default=False,
        ),
    ] = None,
    max_lag: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="SECONDS",
            help="Refuse the data of a standby that is older than this with exit code 6.",
            show_default=False,
        ),
    ] = None,
    debug: Annotated[
        bool | None, typer.Option("--debug", help="Print a traceback with each error.", show_default=False)
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", "-V", help="Print the version and exit.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Keep an ad-ops team's projects, campaigns and daily campaign figures in one database.

    Each setting comes from the first place that has it: these options, the variables ADOPS_DATABASE_URL,
    ADOPS_BUSY_TIMEOUT, ADOPS_TIMEZONE, ADOPS_READ_ONLY, ADOPS_READ_FROM and ADOPS_DEBUG, ./adops.toml, your user config
    file. With USE_DATABASE=false and no --database, all commands work on the JSON files in ADOPS_JSON_DIR instead.
    """
    if ctx.resilient_parsing or ctx.invoked_subcommand in _WITHOUT_SETTINGS:
        return
    ctx.obj = settings.load(ctx.params)
    ctx.meta["adops"] = run, load_group  # for a command that asks others, and that this module leads to
    from adops_cli import database  # noqa: PLC0415 - Peewee is half of the start-up time, and --help needs none

    names = ("busy_timeout", "timezone", "read_only", "file_mode", "read_from")
    asked = {name: getattr(ctx.obj, name) for name in names}
    engine = ctx.with_resource(database.bound(ctx.obj.database, **asked, max_lag=max_lag))
    ctx.call_on_close(lambda: _close(engine))


@app.command("help", hidden=True, add_help_option=False)
def explain(words: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Print the help of a command: `adops help metrics top` is `adops metrics top --help`."""
    raise typer.Exit(_run([*(words or ()), "--help"]))


@app.command(hidden=True, add_help_option=False)
def version() -> None:
    """Print the version: the same as `adops --version`."""
    _print_version(value=True)


_WITHOUT_SETTINGS = ("help", "version", "config")
"""The commands that work whatever the settings are, to put them right."""


def _close(engine: Any) -> None:
    """Note whether rows were stored. Report how fresh the data was, and the records that no command can read."""
    streams.stored(engine.stored)
    if engine.unfit or engine.freshness:
        from adops_cli import render  # noqa: PLC0415 - most runs have nothing to report
    if engine.freshness:
        render.notice(engine.freshness)
    if engine.unfit:
        render.problem(
            f"{render.counted(len(engine.unfit), 'record')} cannot be read and will not be changed. "
            f"The first: {engine.unfit[0]}. "
            f"To list them all, run `adops --database FILE db import-json {engine.path} --dry-run` on a database."
        )


def main() -> None:
    """The console script.

    Skips Python's own shutdown, which takes a sixth of a short command's time and has nothing left to do: the database
    is closed, and both streams are flushed here.
    """
    gc.set_threshold(50_000)  # rows are no cycles: looking for them 70 times as often takes 2 % of a large report
    streams.buffer_stdout()
    streams.open_closed()
    interruption.prepare()
    try:
        code = run(sys.argv[1:])
        for stream in (sys.stdout, sys.stderr):
            code = _flushed(stream, code)
    except KeyboardInterrupt:
        code = interruption.code()
    os._exit(code)


def _flushed(stream: Any, code: int) -> int:
    """Flush the stream and return the exit code. A full disk behind stdout is a failure."""
    try:
        stream.flush()
    except BrokenPipeError:
        return code
    except OSError as error:
        return code if stream is sys.stderr else _failed(error)
    return code


def key(name: str) -> str:
    """The JSON key of a field: `project_id` -> `projectId`."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


_SPELLING = errors.Spelling(key, lambda name: "--database" if name == "url" else f"--{name.replace('_', '-')}")
"""Errors name the fields of rows by their JSON keys, and everything else by its option."""


def run(args: Sequence[str]) -> int:
    """Run one command line and return its exit code. Each error becomes one line on stderr here, and nowhere else."""
    with errors.spelled(_SPELLING), left_out.told() as rows:
        return rows.code(_run(args))


def _run(args: Sequence[str]) -> int:
    try:
        code = int(built(app).main(args, prog_name="adops", standalone_mode=False) or ExitCode.DONE)
        return interruption.code() if code == ExitCode.INTERRUPTED else code
    except typer.TyperException as error:
        return _misused(error)
    except KeyboardInterrupt:
        return interruption.code()
    except typer.Abort:
        _say("Cancelled; nothing was changed.")
        return ExitCode.FAILED
    except Exception as error:  # noqa: BLE001 - the last resort: an unrequested traceback helps nobody
        if interruption.has_come() and not isinstance(error, _EXPECTED):  # such as a transaction that did not begin
            return interruption.code()
        return _failed(error)


def _misused(error: Any) -> int:
    """Report one of Typer's own errors. Its help for a bare `adops` or `adops metrics` also arrives as an error."""
    context = getattr(error, "ctx", None)
    words = error.format_message()
    if context is not None and words == context.get_help():
        _say(words)
    else:
        if getattr(error, "possibilities", None):  # ours look alike, and the best comes first
            words = error.message
        hint = hints.hint(error, context) if context is not None else None
        _say_error(str(AdopsError(" ".join(words.split()).rstrip("."), hint)))
    return ExitCode.BAD_REQUEST


def _say_error(words: str) -> None:
    _say_wrapped(f"Error: {words}")


def _say_wrapped(words: str) -> None:
    from adops_cli.render.cells import harmless, wrapped  # noqa: PLC0415 - it may quote text from outside

    _say(wrapped(harmless(settings.without_passwords_in(" ".join(words.split()))), sys.stderr))


def _say(words: str) -> None:
    with contextlib.suppress(OSError):  # there is nowhere to report it; the exit code still shows it
        sys.stderr.write(f"{words}\n")


def _failed(error: Exception) -> int:
    words, code = str(error), ExitCode.FAILED
    if isinstance(error, AdopsError):
        code = error.exit_code
    elif isinstance(error, OSError):
        words = words_of(error) if error.filename else streams.unwritten(error)
        if isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError):
            code = ExitCode.BAD_REQUEST  # a path on the command line that is not what it should be
    else:
        words = (
            f"unexpected {type(error).__name__}: {words_of(error)}. "
            "This is a bug; please report it with the output of --debug"
        )
    _say_error(words)
    return int(code)
