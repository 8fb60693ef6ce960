"""The README cannot lie: its shell examples run, in their order, in a real terminal, and print what it says.

`python -m tests.test_readme` writes the outputs anew, for reading over in the diff.
"""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.conftest import ROOT

README = ROOT / "README.md"
BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)
PYTHON = re.compile(r"(?<=^```python\n)(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)
WIDTH = 120
CHANGING = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?Z?|\d{8}T\d{6}Z|\b(proj|camp|exec|evt|imp)-[0-9a-z]{18}\b"
)
"""Times of the run and new ids differ each time."""


def in_terminal(command: str, folder: Path) -> tuple[int, str]:
    """Run a shell command on a terminal of its own; its exit code and all that it wrote there."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, WIDTH, 0, 0))
    settings = termios.tcgetattr(theirs)
    settings[1] &= ~termios.OPOST  # line ends as they are written
    termios.tcsetattr(theirs, termios.TCSANOW, settings)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "TERM": "dumb", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        ["bash", "-c", command], stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=env, start_new_session=True
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        written += part
    os.close(ours)
    return process.wait(timeout=60), written.decode()


def commands(block: str) -> list[tuple[str, str]]:
    """The commands of a block, each with the output that stands below it."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(command, shown) for command, _, shown in (part.partition("\n") for part in parts)]


def prepared(folder: Path) -> Path:
    """A folder with what the examples start from: the files of the old system, and exports of a platform."""
    (folder / "exports").mkdir()
    for export in (ROOT / "fixtures" / "exports" / "google-ads").glob("pull[123].csv"):
        (folder / "exports" / export.name).write_bytes(export.read_bytes())
    for source, name in (("fixtures/legacy", "old-files"), ("fixtures/knex/ad-ops.db", "old.db")):
        origin = ROOT / source
        if origin.is_dir():
            (folder / name).mkdir()
            for file in origin.glob("*.json"):
                (folder / name / file.name).write_bytes(file.read_bytes())
        else:
            (folder / name).write_bytes(origin.read_bytes())
    return folder


def normal(text: str, folder: Path) -> str:
    return CHANGING.sub("…", text.replace(str(folder.resolve()), "/home/you").replace(str(folder), "/home/you"))


def test_every_shell_example_prints_what_the_readme_shows(
    tmp_path: Path, bare_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "you"
    folder.mkdir()
    prepared(folder)
    monkeypatch.setenv("TEAM", bare_postgres_url)
    for block in BLOCK.findall(README.read_text(encoding="utf-8")):
        for command, shown in commands(block):
            code, written = in_terminal(command, folder)
            assert normal(written, folder) == normal(shown.rstrip("\n") + "\n" if shown.strip() else "", folder), (
                command
            )
            assert code in (0, 3), command


def test_every_python_example_runs_and_keeps_its_promises(db_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADOPS_DATABASE_URL", str(db_file))
    blocks = PYTHON.findall(README.read_text(encoding="utf-8"))
    assert blocks
    scope: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), scope)  # noqa: S102 - our own page


def write_anew(folder: Path) -> None:
    """Put into the README what its commands print now."""
    prepared(folder)

    def block(found: re.Match[str]) -> str:
        texts = []
        for command, _ in commands(found[0]):
            _, written = in_terminal(command, folder)
            texts.append(f"$ {command}\n{written.replace(str(folder), '/home/you')}")
        return "\n".join(text.rstrip("\n") + "\n" for text in texts)

    README.write_text(BLOCK.sub(block, README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    import tempfile

    from tests.postgres import new_server

    with tempfile.TemporaryDirectory() as temporary, new_server() as server:
        os.environ["TEAM"] = server
        write_anew(Path(temporary))
