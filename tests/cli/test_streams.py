"""What is written to stdout leaves the process a pipe's worth at a time."""

import io
import os
import select
import sys

import pytest

from adops_cli.cli import streams


def test_lines_leave_together_even_where_python_writes_each_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    end, begin = os.pipe()
    with io.FileIO(end) as reader, io.TextIOWrapper(io.FileIO(begin, "w"), write_through=True) as unbuffered:
        monkeypatch.setattr(sys, "stdout", unbuffered)
        streams.buffer_stdout()
        sys.stdout.writelines(("a\n", "b\n"))

        assert not select.select([reader], [], [], 0)[0]
        sys.stdout.flush()
        assert reader.read(100) == b"a\nb\n"


def test_a_stdout_that_is_closed_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    streams.buffer_stdout()

    assert sys.stdout is None
