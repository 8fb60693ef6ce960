"""Reports rows that a command left out because they cannot be read.

Each list, report and export warns about such rows (`UnreadableRowWarning`). Only here, the warnings become lines on
stderr, one for each row, and the exit code for findings. Imports nothing slow, because every command runs within it.
"""

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

from adops_cli.errors import ExitCode, UnreadableRowWarning

_MOST_NAMED = 50
_HOW_TO_MEND = (
    "Mend such rows with `adops db shell`, or with `adops db repair --replace-undecodable` if they are not UTF-8."
)


class LeftOut:
    """The rows left out so far."""

    def __init__(self) -> None:
        self._rows: set[tuple[str, object]] = set()

    def tell(self, warning: UnreadableRowWarning) -> None:
        """Name a row, without waiting for the end: the output may go on for ever."""
        row = warning.table, warning.id
        if row not in self._rows:
            self._rows.add(row)
            if len(self._rows) <= _MOST_NAMED:
                _say(str(warning))

    def code(self, code: int) -> int:
        """The exit code for a command that would end with this one."""
        if not self._rows:
            return code
        if (more := len(self._rows) - _MOST_NAMED) > 0:
            _say(f"… and {more:,} more rows that cannot be read.")
        _say(_HOW_TO_MEND)
        return ExitCode.FINDINGS if code == ExitCode.DONE else code


@contextlib.contextmanager
def told() -> Iterator[LeftOut]:
    """Report the rows that are left out within the block. Other warnings are not affected."""
    left_out = LeftOut()
    with warnings.catch_warnings():
        warnings.simplefilter("always", UnreadableRowWarning)
        others = warnings.showwarning

        def show(message: Any, *rest: Any, **options: Any) -> None:
            if isinstance(message, UnreadableRowWarning):
                left_out.tell(message)
            else:
                others(message, *rest, **options)

        warnings.showwarning = show
        yield left_out


def _say(words: str) -> None:
    from adops_cli import render  # noqa: PLC0415 - most commands report nothing

    render.problem(words)
