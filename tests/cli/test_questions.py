"""A question on a terminal: a no and Ctrl-C are no errors, and nothing is changed."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, Adops


def asked(db_file: Path, answer: Callable[[subprocess.Popen[bytes], int], object]) -> tuple[int, str]:
    """The exit code and stderr of a command that asks on a terminal, and is answered there."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "adops_cli", "--database", str(db_file), "campaigns", "delete", "camp-1"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env={**os.environ}
    ) as process:
        assert process.stderr is not None
        seen = b""
        while not seen.endswith(b"[y/N]:"):
            seen += process.stderr.read(1)
        answer(process, ours)
        seen += process.communicate(timeout=60)[1]
    os.close(ours)
    os.close(theirs)
    return process.returncode, seen.decode().partition("[y/N]:")[2]


@pytest.mark.usefixtures("bound")
@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (lambda _process, terminal: os.write(terminal, b"n\n"), 1, "Cancelled; nothing was changed.\n"),
        (lambda _process, terminal: os.write(terminal, b"\n"), 1, "Cancelled; nothing was changed.\n"),
        # The terminal echoes no line end for an end of input, so that the message would stand behind the question.
        (lambda _process, terminal: os.write(terminal, b"\x04"), 1, "\nCancelled; nothing was changed.\n"),
        (lambda process, _terminal: process.send_signal(signal.SIGINT), 130, "\n"),
    ],
    ids=["no", "enter", "ctrl-d", "ctrl-c"],
)
def test_whoever_does_not_want_to_is_not_told_of_an_error(
    adops: Adops, db_file: Path, answer: Callable[[subprocess.Popen[bytes], int], object], code: int, said: str
) -> None:
    assert adops("campaigns", "create", "--id", "camp-1", "--name", "C", "--platform", "ttd").code == 0

    assert asked(db_file, answer) == (code, said)

    assert adops("campaigns", "get", "camp-1").code == 0
