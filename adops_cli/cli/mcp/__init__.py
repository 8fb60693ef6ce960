"""`adops mcp`: a server for AI assistants, which asks what a person would ask on the command line, and changes nothing.

A tool is a command under the name of its question: `tools` says which commands and which of their options, `calls` runs
one, `server` speaks the protocol. Nothing here knows a figure.
"""

import sys
from typing import Any

import typer

from adops_cli import render
from adops_cli.cli.mcp.tools import CommandLine
from adops_cli.errors import BadRequestError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("mcp", epilog="Example: adops mcp")
def mcp(ctx: typer.Context) -> None:
    """Answer AI assistants over stdio (MCP).

    A program such as Claude Desktop starts this server, and its model asks: report, top, compare, movers, pacing, gaps,
    alerts, history, sql. The database is opened read-only. Each answer is a JSON object with the rows, as --format json
    has them, and with what stands behind them. The end of stdin ends the server.
    """
    try:
        from adops_cli.cli.mcp import server  # noqa: PLC0415 - takes half a second, and may be missing
    except ImportError as error:
        raise BadRequestError(
            "the server needs the package mcp, which is not installed", "Install it with `pip install 'adops-cli[mcp]'`"
        ) from error
    if sys.stdin.isatty():
        render.notice(
            "Waiting for a client to speak MCP on stdin; docs/mcp.md shows how one starts it. Ctrl-C ends it."
        )
    run, load = ctx.meta["adops"]
    server.serve(CommandLine(run, load, _given(ctx.find_root())))


def _given(root: Any) -> list[str]:
    """The options before the command, for the command lines of the tools."""
    words = []
    for option in root.command.params:
        value = root.params.get(str(option.name))
        if value not in (None, False):
            words.append(option.opts[0] if value is True else f"{option.opts[0]}={value}")
    return words
