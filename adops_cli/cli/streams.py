"""The standard streams: those that the caller closed, how much of stdout leaves at a time, and what it cannot take."""

import contextlib
import io
import os
import sys

from adops_cli.errors import reason

_PIPE = 65_536
_stored = [False]


def open_closed() -> None:
    """Replace each stream that the caller closed (`>&-`) with the null device, so that no command has to care."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - for the whole process


def buffer_stdout() -> None:
    """Give a stdout that is no terminal as large a buffer as a pipe has.

    Python writes each line by itself where PYTHONUNBUFFERED is set, as in many containers: the reader of a large report
    is woken for each, and takes turns with adops. What must be seen at once is flushed by its command.
    """
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper) and not out.isatty():
        raw = io.FileIO(out.fileno(), "w", closefd=False)  # the old one stays open, as sys.__stdout__
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(raw, _PIPE), encoding=out.encoding, errors=out.errors)


def stored(rows: bool) -> None:
    """Note whether the command has stored rows, which it does before it prints them."""
    _stored[0] = rows


def unwritten(error: OSError) -> str:
    """The error about output that cannot be written. What is left of it is forgotten."""
    forget_stdout()
    done = ". What the command has changed is stored" if _stored[0] else ""
    return f"the output cannot be written: {reason(error)}{done}"


def forget_stdout() -> None:
    """Point stdout at the null device, so that flushing it at the end does not fail again."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
