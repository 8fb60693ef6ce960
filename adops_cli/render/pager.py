"""The pager that the user has set in `PAGER`, for what is longer than the terminal. Knows no rows and no format."""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TextIO


def command() -> Sequence[str]:
    """The pager and its arguments; empty if there is none."""
    try:
        words = shlex.split(os.environ.get("PAGER", ""))
    except ValueError:  # an open quote
        return ()
    return words if words and shutil.which(words[0]) else ()


def write(out: TextIO, lines: Iterable[str]) -> None:
    """Write lines to a terminal, through the pager if they are more than it can show."""
    rest = iter(lines)
    first = list(islice(rest, shutil.get_terminal_size().lines - 1))
    more = list(islice(rest, 1))
    if not more or not command():
        out.writelines(chain(first, more, rest))
        return
    out.flush()
    # As git does: colours are passed on, and less leaves the text on the screen when it ends.
    process = subprocess.Popen(  # noqa: S603 - the user's own program
        command(),
        stdin=subprocess.PIPE,
        encoding=out.encoding or "utf-8",
        errors="backslashreplace",
        env={"LESS": "FRX", **os.environ},
    )
    # A broken pipe is somebody who has read enough.
    with _interrupts_left_to_the_pager(), contextlib.suppress(BrokenPipeError), process:
        process.stdin.writelines(chain(first, more, rest))  # type: ignore[union-attr]


@contextlib.contextmanager
def _interrupts_left_to_the_pager() -> Iterator[None]:
    """Ctrl-C is a command of the pager, and must not end us before it."""
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
