"""Really imports damaged export files: each is imported completely or leaves nothing, and none causes a traceback.

`ADOPS_FUZZ` sets the number of files; `make soak` uses 2,000.
"""

import os
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adops_cli import database
from adops_cli.errors import AdopsError
from adops_cli.exports.export import ReadOptions
from adops_cli.importers.metrics.files import import_files
from adops_cli.importers.metrics.outcome import StoreOptions
from adops_cli.storage.models import Campaign, Import, ImportChange, Metrics
from tests.conftest import ROOT

EXAMPLES = int(os.environ.get("ADOPS_FUZZ", "200"))
FILES = sorted(
    path
    for path in (ROOT / "fixtures" / "exports").rglob("*")
    if path.is_file() and not path.name.endswith((".expected.json", ".md")) and path.stat().st_size < 100_000
)
PIECES = [
    b'"',
    b"\n",
    b"\r",
    b"\x00",
    b"\xff",
    b",",
    b";;",
    b"{",
    b"[",
    b"-",
    b"1e400",
    b"Total: ",
    b"NaN",
    b"2026-02-30",
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """An export with some of its bytes cut, changed, added or repeated."""
    content = bytearray(draw(st.sampled_from(FILES)).read_bytes())
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(content)))
        match draw(st.sampled_from(["cut", "change", "insert", "repeat"])):
            case "cut":
                del content[at : at + draw(st.integers(1, 300))]
            case "change":
                content[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case "insert":
                content[at:at] = draw(st.sampled_from(PIECES))
            case "repeat":
                content[at:at] = content[at : at + draw(st.integers(1, 300))]
    return bytes(content)


def counts() -> list[int]:
    return [model.select().count() for model in (Campaign, Metrics, Import, ImportChange)]


def test_a_damaged_file_goes_in_whole_or_leaves_nothing(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "damaged"

    @given(content=damaged())
    @settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
    def imported(content: bytes) -> None:
        file.write_bytes(content)
        before = counts()
        [done] = import_files([str(file)], ReadOptions(), StoreOptions())
        after = counts()
        if done.error is not None:
            assert isinstance(done.error, AdopsError)
            assert after == before
        else:
            assert after[1] - before[1] == done.inserted
            kept = (done.rows_kept or 0) + (done.merged or 0)
            assert done.rows_read == kept + sum(done.skipped.values()) + len(done.rejected)

    with database.bound(database_url, busy_timeout=5):
        imported()
