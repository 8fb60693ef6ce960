"""The pages of the documentation as they run: the folder each starts in, its blocks in their order, what they print.

Knows no test: `tests.test_docs` compares what is printed with what the page shows, or writes it into the page.
"""

import contextlib
import fcntl
import os
import pty
import re
import secrets
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from tests.conftest import ROOT

PAGES = {str(path.relative_to(ROOT)): path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
WIDTH, LINES = 80, 40
"""The terminal that the pages show."""
PATIENCE = 120
QUESTION = b"[y/N]: "
"""What a page asks is answered with yes."""
BLOCK = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^\$ (?P<command>(?:.*\\\n)*.*)\n(?P<shown>(?:(?!\$ ).*\n)*)", re.MULTILINE)
"""A command, which goes on where a line ends with a backslash, and what it prints."""
HOME = "/home/you"
"""What a page calls the folder that it runs in."""
EXPORT = re.compile(r"export (\w+)=(\S+)")
ID = re.compile(r"\b(?:proj|camp|exec|evt|imp|bud|close)-[0-9a-z]{18}\b")
CHANGING = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?Z?|\d{8}T\d{6}Z|\b(?:proj|camp|exec|evt|imp|bud)-[0-9a-z]{18}\b"
)
"""Times of the run and new ids differ each time."""
ON_A_SERVER = {"docs/team.md"}
"""The pages that find the URL of an empty PostgreSQL database in `$TEAM`."""


@dataclass
class Place:
    """The folder that a page runs in, what its Python knows by now, and the ids that it calls by other names."""

    folder: Path
    exported: dict[str, str] = field(default_factory=dict)
    """The variables that the page has exported, and those that it finds."""
    scope: dict[str, object] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    """The ids of this run by those that the page shows."""

    def run(self, command: str, shown: str) -> tuple[int, str]:
        """The exit code of a shell command of the page, and what it prints, in the page's own ids and folder."""
        if export := EXPORT.fullmatch(command):
            self.exported[export[1]] = export[2]
            return 0, ""
        code, written = in_terminal(_renamed(command, self.ids), self.folder, self.exported)
        fresh = [id for id in _ids_in(written) if id not in self.ids.values()]
        self.ids |= zip((id for id in _ids_in(shown) if id not in self.ids), fresh, strict=False)
        for path, shown_as in ((str(self.folder.resolve()), HOME), (str(self.folder), HOME), ("\r", "")):
            written = written.replace(path, shown_as)
        return code, _renamed(written, {now: then for then, now in self.ids.items()})

    def execute(self, text: str, page: str) -> None:
        """Run a Python block, which knows what the earlier ones have set."""
        with mock.patch.dict(os.environ, self.exported):
            exec(compile(text, page, "exec"), self.scope)  # noqa: S102 - our own page


@contextlib.contextmanager
def prepared(page: str, server: Callable[[], str]) -> Iterator[Place]:
    """A new folder for the page, ready for its first block, and the folder of this process for as long.

    Its name is as long as HOME, because lines wrap after the paths in them. It is as a checkout where nothing was done
    yet: empty but for the sample files. `server` is asked for the URL of an empty PostgreSQL database where the page
    needs one.
    """
    folder = Path("/tmp", secrets.token_hex(2))  # noqa: S108 - the next line refuses one that is there
    folder.mkdir(mode=0o700)
    assert len(str(folder)) == len(HOME)
    try:
        shutil.copytree(ROOT / "fixtures", folder / "fixtures")
        with contextlib.chdir(folder):
            yield Place(folder, {"TEAM": server()} if page in ON_A_SERVER else {})
    finally:
        shutil.rmtree(folder)


def in_terminal(command: str, folder: Path, exported: Mapping[str, str]) -> tuple[int, str]:
    """Run a shell command on a terminal of its own; its exit code and all that stands there afterwards."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, WIDTH, 0, 0))
    settings = termios.tcgetattr(theirs)
    settings[1] &= ~termios.OPOST  # line ends as they are written
    termios.tcsetattr(theirs, termios.TCSANOW, settings)
    env = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "NO_COLOR": "1",
        **exported,
    }
    process = subprocess.Popen(
        ["bash", "-c", command], stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=env, start_new_session=True
    )
    os.close(theirs)
    try:
        written = _read_to_the_end(ours)
        return process.wait(), written.decode()
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    finally:
        os.close(ours)


def _read_to_the_end(terminal: int) -> bytes:
    written, until = b"", time.monotonic() + PATIENCE
    while select.select([terminal], [], [], max(0, until - time.monotonic()))[0]:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # the last one to write has ended
            return written
        written += part
        if written.endswith(QUESTION):
            os.write(terminal, b"y\n")
    raise TimeoutError(f"the command has not ended: {written.decode()}")


def _ids_in(text: str) -> list[str]:
    return list(dict.fromkeys(ID.findall(text)))


def _renamed(text: str, names: Mapping[str, str]) -> str:
    return ID.sub(lambda found: names.get(found[0], found[0]), text)


def normal(text: str) -> str:
    """An output without what differs each time: times of the run, new ids, and empty lines at its end."""
    return CHANGING.sub("…", text.rstrip("\n"))
