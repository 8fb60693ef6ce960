"""Lines that are a row each are read many at once, with the same result as row by row."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adops_cli.exports.export import RefusedError
from adops_cli.exports.sources import delimited
from adops_cli.exports.sources.source import opened

CELLS = st.sampled_from(["a", "b c", '"d"', '"e,f"', '"g\nh"', '"i" ', 'j"k', '"l', " ", "", '"m"n', "o\r\np", '""""'])
LINES = st.lists(st.lists(CELLS, max_size=4).map(",".join), max_size=12)


@given(lines=LINES, end=st.sampled_from(["\n", "\r\n", "\r"]))
@example(lines=["Title", "", "a,b", "c,d", "e,f", '"g\nh",i', "j,k"], end="\n")
@example(lines=["a,b", "c,d", 'e,"f'], end="\n")
def test_rows_and_their_lines_are_the_same_as_row_by_row(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "lines.csv"
    file.write_bytes(end.join(lines).encode())

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(delimited, "_AT_ONCE", 3)
        many_at_once = result(file)
        patched.setattr(delimited, "_line_by_line", lambda *_: None)
        row_by_row = result(file)

    assert many_at_once == row_by_row


def result(file: Path) -> Any:
    """The rows with their types, or the reason for a refusal."""
    try:
        with opened(file) as source:
            return [(line, type(cells), cells) for line, cells in delimited.rows(source, source.encoding(None), ",")]
    except RefusedError as refused:
        return str(refused)
