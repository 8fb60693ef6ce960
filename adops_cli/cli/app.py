"""The root command: settings, the bound database, lazily loaded groups; here alone errors become exit codes.

Imports nothing heavy: what a command needs is imported when that command runs.
"""

import contextlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from adops_cli import __version__, settings
from adops_cli.cli import left_out
from adops_cli.cli.groups import GROUPS, load_group
from adops_cli.errors import AdopsError, ExitCode


class LazyGroups(TyperGroup):
    """The root: groups are stubs in the help, and load when they run."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name, group in GROUPS.items():
            self.add_command(TyperGroup(name=name, help=group.help, rich_markup_mode=None))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The stub; the real group where shell completion looks into it."""
        return (
            load_group(cmd_name) if ctx.resilient_parsing and cmd_name in GROUPS else super().get_command(ctx, cmd_name)
        )

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The real group."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, load_group(name) if name and name in GROUPS else command, rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a reader of ours that has seen enough and closed the pipe is no failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _forget_stdout()
            return ExitCode.DONE
        except Exception as error:
            if ctx.obj and ctx.obj.debug and not isinstance(error, typer.Exit | typer.TyperException):
                traceback.print_exc()
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
            help="A path, sqlite:///FILE or postgresql://…",
            show_default=False,
        ),
    ] = None,
    busy_timeout: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="How long to wait for another process's lock.", show_default=False),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Where yesterday ends, such as Europe/Berlin.", show_default=False),
    ] = None,
    debug: Annotated[
        bool | None, typer.Option("--debug", help="Print a traceback with an error.", show_default=False)
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """The book an ad-ops team keeps of its projects, campaigns and daily campaign figures.

    Settings come from these options, else from ADOPS_DATABASE_URL, ADOPS_BUSY_TIMEOUT, ADOPS_TIMEZONE and
    ADOPS_DEBUG, else from ./adops.toml, else from your own config file. With USE_DATABASE=false and no --database all
    works on the JSON files in ADOPS_JSON_DIR instead.
    """
    if ctx.resilient_parsing:
        return
    given = {"database_url": database_url, "busy_timeout": busy_timeout, "timezone": timezone, "debug": debug}
    ctx.obj = settings.load(given)
    from adops_cli import database  # noqa: PLC0415 - Peewee is half of the start-up time, and --help needs none

    url = None if ctx.obj.json_mode else ctx.obj.database_url
    engine = ctx.with_resource(database.bound(url, busy_timeout=ctx.obj.busy_timeout))
    ctx.call_on_close(lambda: _tell_unfit(engine))


def _tell_unfit(engine: Any) -> None:
    """Say that the files of JSON mode hold records that no command can see."""
    if engine.unfit:
        from adops_cli import render  # noqa: PLC0415 - most runs have nothing to say

        render.notice(
            f"{len(engine.unfit)} records cannot be read, and stay as they are; the first: {engine.unfit[0]}. "
            f"`adops --database FILE db import-json {engine.path} --dry-run`, on a database, lists them all."
        )


def main() -> None:
    """The console script.

    Leaves without Python's own tear-down, which takes a sixth of a short command's time and has nothing left to do:
    the database is closed, and both streams are flushed here.
    """
    _open_closed_streams()
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        code = _flushed(stream, code)
    os._exit(code)


def _open_closed_streams() -> None:
    """Give a process that was started without a stream (`>&-`) an empty one: what it does must not depend on that."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - for the whole process


def _flushed(stream: Any, code: int) -> int:
    """The exit code, once what was written is out; a full disk behind stdout is a failure."""
    try:
        stream.flush()
    except BrokenPipeError:
        return code
    except OSError as error:
        return code if stream is sys.stderr else _failed(error)
    return code


def run(args: Sequence[str]) -> int:
    """Run one command line; the exit code. Every error becomes one line on stderr here, and nowhere else."""
    with left_out.told() as rows:
        return rows.code(_run(args))


def _run(args: Sequence[str]) -> int:
    try:
        return int(typer.main.get_command(app).main(args, prog_name="adops", standalone_mode=False) or ExitCode.DONE)
    except typer.TyperException as error:
        return _misused(error)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort: nobody is helped by a traceback they did not ask for
        return _failed(error)


def _misused(error: Any) -> int:
    """Typer's own errors; its help for a bare `adops` or `adops metrics` is one of them."""
    context = getattr(error, "ctx", None)
    words = error.format_message()
    if context is not None and words == context.get_help():
        _say(words)
    else:
        hint = _hint(error, context) if context is not None else None
        _say_error(str(AdopsError(" ".join(words.split()).rstrip("."), hint)))
    return ExitCode.BAD_REQUEST


def _hint(error: Any, context: Any) -> str:
    """What to do next; an option of `adops` itself is often written behind the command, where none has it."""
    option, root = getattr(error, "option_name", None), context.find_root()
    if any(option in parameter.opts for parameter in root.command.params):
        command = context.command_path.removeprefix(root.command_path)
        return f"It stands before the command: `{root.command_path} {option} …{command}`."
    return f"See `{context.command_path} --help`."


def _say_error(words: str) -> None:
    from adops_cli.render.cells import harmless  # noqa: PLC0415 - names from outside may stand in an error

    _say(f"Error: {harmless(' '.join(words.split()))}")


def _say(words: str) -> None:
    with contextlib.suppress(OSError):  # nobody can be told; the exit code still says it
        sys.stderr.write(f"{words}\n")


def _failed(error: Exception) -> int:
    words, code = str(error), ExitCode.FAILED
    if isinstance(error, AdopsError):
        code = error.exit_code
    elif isinstance(error, typer.Abort):
        words = "stopped; nothing was done"
    elif isinstance(error, OSError):
        words = f"{os.fsdecode(error.filename)}: {error.strerror}" if error.filename else str(error)
        if isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError):
            code = ExitCode.BAD_REQUEST  # a path that was given and is not what it should be
    else:
        words = f"this should not happen: {type(error).__name__}: {error}. --debug shows where; please report it"
    _say_error(words)
    return int(code)


def _forget_stdout() -> None:
    """Point stdout at nothing, so that Python's own flush at exit does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
