"""Starts commands of adops to be attacked: forked with all modules loaded, or as a program of its own.

A forked command runs the whole console script, from the signals to the exit code. It begins at once, so that a kill at
a random moment meets the work and not the start of Python.
"""

import contextlib
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from adops_cli.cli import app
from adops_cli.cli.groups import GROUPS

PATIENCE = 60.0
"""Seconds after which a command counts as one that hangs."""
_TICK = 0.002


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code (minus the signal if that ended it, None if it hung), and what it said."""

    code: int | None
    out: str
    err: str
    seconds: float

    @property
    def confused(self) -> str:
        """What no command may ever say."""
        words = " ".join(self.err.split())
        found = [words.index(sign) for sign in ("Traceback", "This is a bug", "Exception ignored") if sign in words]
        return words[min(found) :][:600] if found else ""


def environment(place: Path, further: Mapping[str, str] = {}) -> dict[str, str]:
    """The variables of a command in this place: nothing of the user who runs it."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(place / "home"),
        "TMPDIR": str(place / "tmp"),
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        **further,
    }


def program(words: Sequence[str]) -> list[str]:
    """The command line of a program of its own."""
    return [sys.executable, "-m", "adops_cli", *words]


class Running:
    """A command that runs, in the folder `here` of a place."""

    def __init__(self, words: Sequence[str], place: Path, further: Mapping[str, str] = {}) -> None:
        self._said = tempfile.mkdtemp(prefix="said-", dir=place)
        for name in ("out", "err"):
            Path(self._said, name).touch()
        self._began = time.monotonic()
        self._status: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            _become(words, place, Path(self._said), environment(place, further))

    def ended(self, within: float) -> bool:
        """Whether it ends within so many seconds."""
        until = time.monotonic() + within
        while self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = status
                self._took = time.monotonic() - self._began
            elif time.monotonic() >= until:
                return False
            else:
                time.sleep(_TICK)
        return True

    def send(self, number: int) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def end(self) -> Ended:
        """Wait until it ends, and kill it if it does not."""
        hung = not self.ended(PATIENCE)
        if hung:
            self.send(signal.SIGKILL)
            self.ended(PATIENCE)
        code = None if hung else os.waitstatus_to_exitcode(self._status or 0)
        out, err = (Path(self._said, name).read_text(encoding="utf-8", errors="replace") for name in ("out", "err"))
        for name in ("out", "err"):
            Path(self._said, name).unlink()
        Path(self._said).rmdir()
        return Ended(code, out, err, self._took)


def run(words: Sequence[str], place: Path, further: Mapping[str, str] = {}) -> Ended:
    """Run a command to its end."""
    return Running(words, place, further).end()


def warm() -> None:
    """Load what the commands import, so that those that are forked have it."""
    import adops_cli.care.repair  # noqa: PLC0415 - it is this import that is wanted
    import adops_cli.care.restore  # noqa: PLC0415
    import adops_cli.care.verify  # noqa: PLC0415
    import adops_cli.importers.imports  # noqa: PLC0415
    import adops_cli.importers.node.import_json  # noqa: PLC0415
    import adops_cli.render.tables  # noqa: F401, PLC0415

    for name in GROUPS:
        with contextlib.redirect_stdout(None), contextlib.redirect_stderr(None):
            app.run([name, "--help"])


def _become(words: Sequence[str], place: Path, said: Path, variables: Mapping[str, str]) -> None:
    """Turn this forked process into the command. Never returns."""
    try:
        for number, name in enumerate(("in", "out", "err")):
            flags = os.O_RDONLY if name == "in" else os.O_WRONLY
            os.dup2(os.open(os.devnull if name == "in" else said / name, flags), number)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for other in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(other, signal.SIG_DFL)
        os.environ.clear()
        os.environ.update(variables)
        tempfile.tempdir = None
        os.chdir(place / "here")
        sys.argv = ["adops", *words]
        app.main()
    except KeyboardInterrupt:  # it came before the command has begun
        os._exit(130)
    except BaseException:  # noqa: BLE001 - the parent reads it
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(99)
