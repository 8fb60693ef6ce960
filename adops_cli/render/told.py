"""What is told on stderr beside the rows: notices, problems, questions, and how far a long work is; and `--quiet`."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator

from adops_cli.render import cells

left_out: set[str] = set()
"""What `--quiet` leaves out of the output of this process: "notices", "rows"."""


@contextlib.contextmanager
def quiet(*, rows: bool) -> Iterator[None]:
    """Within the block, write only problems and, with `rows`, the rows that the command was asked for."""
    before = set(left_out)
    left_out.update(("notices",) if rows else ("notices", "rows"))
    try:
        yield
    finally:
        left_out.intersection_update(before)


@contextlib.contextmanager
def in_full() -> Iterator[None]:
    """Within the block, write everything again, for a reader of its own."""
    before = set(left_out)
    left_out.clear()
    try:
        yield
    finally:
        left_out.update(before)


@contextlib.contextmanager
def progress(words: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on a terminal's stderr while the block runs; the block reports how much more is done."""
    if "notices" in left_out or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _count: None
        return
    from rich.console import Console  # noqa: PLC0415 - loads Rich only if something is drawn
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as above

    console = Console(stderr=True)
    if console.is_dumb_terminal:  # it cannot redraw a line, so each bar would leave an empty one behind
        yield lambda _count: None
        return
    shown = Progress.get_default_columns()
    if total is None:  # show how much is done when the total is unknown
        shown = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    with Progress(*shown, console=console, transient=True) as bar:
        task = bar.add_task(cells.harmless(words), total=total)
        yield lambda count: bar.advance(task, count)


def question(words: str) -> str:
    """A question as it is put on stderr: harmless, and wrapped like a notice."""
    return cells.wrapped(cells.harmless(words), sys.stderr)


def notice(words: str) -> None:
    """Write one line to stderr, wrapped at words on a terminal, unless the command is to be quiet."""
    if "notices" not in left_out:
        problem(words)


def notices(sentences: Iterable[str]) -> None:
    """Write several notices."""
    for words in sentences:
        notice(words)


def problem(words: str) -> None:
    """Write one line to stderr about something that is wrong, and that somebody who wants quiet must know, too.

    If that fails there is nowhere to report it, and the command's work is still done.
    """
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{question(words)}\n")
