"""Rendering in separate processes: what is imported, what a pipe gets, what a real terminal gets."""

import contextlib
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
    with subprocess.Popen([sys.executable, "-c", program], stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # no process is left that could write
            while part := os.read(ours, 65536):
                shown += part
        os.close(ours)
    assert process.returncode == 0
    return shown.decode()


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


LONG = "render.rows([{'n': n} for n in range(%d)], [Column('n', 'N', Kind.COUNT)], Format.%s, view=View(%s))"


@pytest.mark.parametrize("fmt", ["AUTO", "CSV"])
def test_a_listing_longer_than_the_terminal_goes_through_the_users_pager(
    fmt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGER", "sed 's/^/paged: /'")
    shown = on_terminal(LONG % (600, fmt, "pages=True, stops=True"), 80, "dumb")
    assert shown.count("paged: ") == 600 + (2 if fmt == "AUTO" else 1)
    assert "paged: " not in on_terminal(LONG % (5, fmt, "pages=True"), 80, "dumb")
    assert "paged: " not in on_terminal(LONG % (600, fmt, ""), 80, "dumb")
    assert b"paged: " not in in_process(LONG % (600, fmt, "pages=True")).stdout


@pytest.mark.parametrize("pager", [None, "", "no-such-pager --at-all", "'"])
def test_without_a_pager_a_long_table_stops_at_500_rows_and_says_so(
    pager: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if pager is not None:
        monkeypatch.setenv("PAGER", pager)
    told = "Only the first 500 of 600 rows are shown; --limit 0 shows all"
    shown = on_terminal(LONG % (600, "AUTO", "pages=True, stops=True"), 120, "dumb")
    assert told in shown
    assert "499\r\nOnly" in shown
    assert told not in on_terminal(LONG % (500, "AUTO", "pages=True, stops=True"), 120, "dumb")
    assert "599\r\n" in on_terminal(LONG % (600, "AUTO", "pages=True"), 120, "dumb")
    assert "599\r\n" in on_terminal(LONG % (600, "CSV", "pages=True, stops=True"), 120, "dumb")
    assert b"599\n" in in_process(LONG % (600, "TABLE", "pages=True, stops=True")).stdout


def test_whoever_leaves_the_pager_early_sees_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "head -n 2")
    assert on_terminal(LONG % (90_000, "CSV", "pages=True"), 80, "dumb") == "n\r\n0\r\n"


def test_a_terminal_without_a_size_counts_as_one_of_80_columns() -> None:
    words = "The campaigns have several currencies; spend is ranked by its number, whatever the currency is."
    lines = on_terminal(f"render.notice({words!r})", 0, "dumb").split("\r\n")
    assert lines == [words[:79].rstrip(), words[79:].strip(), ""]


def test_a_notice_wraps_at_words_on_a_terminal_and_nowhere_else() -> None:
    code = "render.notice('The campaigns have several currencies; spend is ranked by-its number ' + 'x' * 50)"
    lines = on_terminal(code, 40, "dumb").split("\r\n")
    assert lines == ["The campaigns have several currencies;", "spend is ranked by-its number", "x" * 50, ""]
    assert in_process(code).stderr.count(b"\n") == 1
    asked = on_terminal("print(render.question('Delete campaign camp-01 \\x1b[2J and its daily figures?'))", 40, "dumb")
    assert asked == "Delete campaign camp-01 \\x1b[2J and its\r\ndaily figures?\r\n"
    lines = on_terminal("render.notice('To see all of it, use `adops campaigns list` here.')", 40, "dumb").split("\r\n")
    assert lines == ["To see all of it, use", "`adops campaigns list` here.", ""]
