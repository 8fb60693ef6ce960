"""Any damaged file results in rows or in one refusal, and in nothing else."""

import contextlib
import gzip
import io
import tempfile
import zipfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from adops_cli.exports.export import RefusedError
from tests.exports.files import EXPORTS, read, zipped

_LARGEST = 20_000
WHOLE = {
    str(path.relative_to(EXPORTS)): path.read_bytes()
    for path in sorted(EXPORTS.rglob("*"))
    if path.is_file() and path.stat().st_size < _LARGEST and not path.name.endswith((".expected.json", ".md"))
}
WORKBOOK = WHOLE["google-ads/daily.xlsx"]
WHOLE |= {
    "packed.gz": gzip.compress(WHOLE["google-ads/pull1.csv"]),
    "packed.zip": zipped({"a.csv": WHOLE["google-ads/pull1.csv"]}),
    "packed.xlsx": zipped({"a.xlsx": WORKBOOK}),
}
_BYTES = st.one_of(
    st.binary(max_size=8), st.sampled_from([b"\0", b'"', b"\r", b"[", b"{", b"\xff\xfe", b"\x81", b"\xc3"])
)


def damage(draw: st.DrawFn, whole: bytes) -> bytes:
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        until = at + draw(st.sampled_from([0, 0, 1, 1, 4, 100, len(content)]))
        content[at:until] = draw(_BYTES)
    return bytes(content)


@st.composite
def damaged_files(draw: st.DrawFn) -> bytes:
    return damage(draw, WHOLE[draw(st.sampled_from(sorted(WHOLE)))])


@st.composite
def damaged_workbooks(draw: st.DrawFn) -> bytes:
    """A sound archive of a damaged part, which the checksums of the archive do not detect."""
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = draw(st.sampled_from(sorted(parts)))
    return zipped(parts | {name: damage(draw, parts[name])})


@given(damaged_files() | damaged_workbooks())
@example(b"")
@example(b"PK\x03\x04")
@example(b"\x1f\x8b")
@example(b"\xff\xfe")
@settings(max_examples=600)
def test_a_damaged_file_comes_to_rows_or_to_a_refusal(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "damaged"
        path.write_bytes(content)
        with contextlib.suppress(RefusedError):
            _, rows = read(path)
            assert all(line >= 0 and cells for line, cells in rows)
