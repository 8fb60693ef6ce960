"""One call of a tool: runs its command on a database that is opened read-only, and makes one JSON object of the result.

The rows are the command's own lines of JSON, as they are. Everything from outside is within them, or within other JSON
strings, and characters that nobody sees are escaped, so that no name can pass for anything but a name.
"""

import io
import json
import re
import threading
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any, NamedTuple

from adops_cli import render
from adops_cli.cli import openness, proof
from adops_cli.cli.mcp.tools import CommandLine, Tool
from adops_cli.errors import BadRequestError, ExitCode
from adops_cli.measures import Part
from adops_cli.render import cells

if TYPE_CHECKING:
    from adops_cli.data.proof import Proof

_MOST_CHARACTERS = 400_000
"""Of the rows of a result. Clients refuse a result of a megabyte."""
_MOST_BATCHES = 100
_ONE_AT_A_TIME = threading.Lock()
"""A process has one bound database, and one stdout. A call that a client has cancelled still runs to its end."""
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
"""Characters without any ink, such as tags, in which a name can hide words from people but not from a model."""


class Answer(NamedTuple):
    """What the client gets: a JSON object, or what is wrong and what to do next, in one line."""

    text: str
    is_error: bool = False


class _Taken(io.StringIO):
    """Keeps the first rows of a listing, and counts all."""

    def __init__(self, most: int, inner: str) -> None:
        super().__init__()
        self.rows: list[str] = []
        self.kept = self.total = 0
        self._most, self._inner, self._room = most, inner, _MOST_CHARACTERS

    def write(self, line: str) -> int:
        """Take a row, which is one line of JSON."""
        row, kept, total = self._of(line)
        self._room -= len(row)
        self.total += total
        if (kept or self._inner) and self._room >= 0:
            self.rows.append(row)
            self.kept += kept
        return len(line)

    def _of(self, line: str) -> tuple[str, int, int]:
        """The row as it is kept, and how many it counts for: kept, and in all."""
        if not self._inner:
            return line.rstrip("\n"), int(self.total < self._most), 1
        row = json.loads(line, parse_float=Part)
        every = row[self._inner]
        row[self._inner] = every[: self._most]
        return _object(row), len(row[self._inner]), len(every)


def answer(tool: Tool, arguments: Mapping[str, Any], line: CommandLine) -> Answer:
    """The result of a tool. The arguments are as the model has written them."""
    try:
        taken, words = _Taken(tool.limit_of(arguments), tool.inner), tool.words(line, arguments)
    except BadRequestError as error:
        return Answer(_escaped(cells.harmless(str(error))), is_error=True)
    said = io.StringIO()
    with _ONE_AT_A_TIME, proof.heard() as proofs, render.in_full(), redirect_stdout(taken), redirect_stderr(said):
        code = line.run(words)
    notices = said.getvalue().splitlines()
    if code not in (ExitCode.DONE, ExitCode.FINDINGS):
        return Answer(_escaped(notices[-1].removeprefix("Error: ")), is_error=True)
    truncated = taken.kept < taken.total
    total = None if tool.endless and truncated else taken.total
    head = {"total": total, "truncated": truncated} | _behind(proofs[-1], notices)
    rows = ",\n".join(taken.rows)
    return Answer(_escaped(f'{_object(head)[:-1]}, "rows": [\n{rows}\n]}}'))


def _behind(of: "Proof", said: Sequence[str]) -> dict[str, Any]:
    """What stands behind the rows, and what a person would be told under a table."""
    opened = [words.removeprefix("~ ") for words in openness.notices(of.openness)]
    return {
        "window": {"from": of.first, "to": of.last},
        "asOf": of.as_of,
        "made": of.made,
        "asClosed": of.as_closed,
        "openness": {
            "until": of.openness.until,
            "stale": of.openness.stale,
            "figures": sorted(of.openness.figures),
        },
        "closes": [{"period": one.name, "closed": one.closed, "adjustments": one.adjustments} for one in of.closes],
        "batches": [batch.id for batch in of.batches][: -_MOST_BATCHES - 1 : -1],
        "batchCount": len(of.batches),
        "notices": [*opened, *said],
    }


def _object(values: Mapping[str, Any]) -> str:
    """A JSON object on one line, with its keys in their own order."""
    return "{" + ", ".join([f'"{key}": {cells.json_text(value)}' for key, value in values.items()]) + "}"


def _escaped(text: str) -> str:
    """The text, with escapes of JSON for what nobody sees."""
    return _UNSEEN.sub(lambda match: json.dumps(match[0])[1:-1], text)
