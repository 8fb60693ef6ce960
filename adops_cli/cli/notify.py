"""Another program that is told: `--notify-command`, which gets JSON on its stdin and is run without a shell."""

import shlex
import subprocess
from collections.abc import Sequence

from adops_cli.errors import AdopsError, BadRequestError, reason

SECONDS = 60
"""A mail or chat tool that needs longer hangs."""
_MOST_SHOWN = 200


def words_of(command: str | None) -> Sequence[str]:
    """The program and its arguments. `BadRequestError` for a quotation mark that is never closed."""
    if command is None:
        return ()
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise BadRequestError(
            f"--notify-command {command!r} cannot be read: {error}", "Close each quotation mark"
        ) from error
    if not words:
        raise BadRequestError("--notify-command is empty", "Name a program")
    return words


def tell(words: Sequence[str], text: str) -> None:
    """Run the program with this text on its stdin. `AdopsError` if it does not end with 0 in time."""
    again = "Nothing counts as told; run it again"
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, and no shell
            words, input=text.encode(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise AdopsError(f"the notify command {words[0]} has not ended after {SECONDS} seconds", again) from error
    except OSError as error:
        raise AdopsError(f"the notify command {words[0]} cannot be run: {reason(error)}", again) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        last = f": {said[-1][:_MOST_SHOWN]}" if said else ""
        raise AdopsError(f"the notify command {words[0]} ended with {done.returncode}{last}", again)
