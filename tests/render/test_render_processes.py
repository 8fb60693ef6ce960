"""Rendering in separate processes: what is imported, what a pipe gets, what a real terminal gets."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def in_process(code: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    program = f"from adops_cli import render\nfrom adops_cli.render import *\n{code}"
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
    )


@pytest.mark.parametrize("fmt", ["AUTO", "JSON", "NDJSON", "CSV", "TSV", "MARKDOWN"])
def test_only_a_table_loads_rich(fmt: str) -> None:
    done = in_process(
        f"render.rows([{{'id': 'x'}}], [Column('id', 'Id')], Format.{fmt})\n"
        "import sys\nassert 'rich' not in sys.modules"
    )
    assert b"x" in done.stdout


@pytest.mark.parametrize("fmt", ["JSON", "CSV", "TSV", "TABLE", "MARKDOWN"])
def test_a_pipe_gets_utf8_whatever_python_was_told(fmt: str) -> None:
    code = f"render.rows([{{'id': '日本 \\ud800'}}], [Column('id', 'Id')], Format.{fmt})"
    done = in_process(code, PYTHONIOENCODING="ascii")
    assert "日本 \\ud800" in done.stdout.decode("utf-8").replace("\\\\", "\\")
    assert b"\r" not in done.stdout


def on_terminal(code: str, width: int, term: str) -> str:
    """What a program writes to its own terminal, on stdout and stderr."""
    program = f"from adops_cli import render\nfrom adops_cli.render import *\n{code}"
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": term}
    env.pop("COLUMNS", None)
    subprocess.run([sys.executable, "-c", program], stdout=theirs, stderr=theirs, check=True, env=env)
    os.close(theirs)
    try:
        return os.read(ours, 65536).decode()
    except OSError:  # nothing was written, and no process is left that could
        return ""
    finally:
        os.close(ours)


def test_on_a_real_terminal_the_table_is_as_wide_as_the_terminal() -> None:
    code = (
        "render.rows([{'id': 'n' * 300, 'n': 12345}], [Column('id', 'Id'), Column('n', 'N', Kind.COUNT)], Format.AUTO)"
    )
    lines = on_terminal(code, 50, "dumb").split("\r\n")
    assert [len(line) for line in lines] == [50, 50, 50, 0]
    assert lines[2] == "n" * 41 + "…" + "  12,345"


@pytest.mark.parametrize(("total", "told"), [("None", "1,234,567"), ("2_469_134", "50%")])
def test_long_work_says_how_far_it_is_where_somebody_watches(total: str, told: str) -> None:
    code = f"with render.progress('Reading big.csv', {total}) as advance:\n    advance(1_234_567)"

    shown = on_terminal(code, 80, "xterm")
    assert "Reading big.csv" in shown
    assert told in shown
    assert on_terminal(code, 80, "dumb") + in_process(code).stderr.decode() == ""
