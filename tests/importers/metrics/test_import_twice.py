"""For any folder: all its records are accounted for, and importing it twice equals importing it once."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adops_cli import database
from adops_cli.importers.node.decide import OnConflict
from adops_cli.importers.node.import_json import import_json
from tests.importers.tables import snapshot

ids = st.sampled_from(["a", "b", "c", "", 1, "1", None, "\x00", "é", ["a"]])
parents = st.sampled_from(["a", "b", "1", 1, "gone", None])
amounts = st.sampled_from([None, 0, 12.5, "12.50", "a lot", -3, 10**400, True, 0.1234567])
times = st.sampled_from([None, "2025-09-01T08:00:00.000Z", "2025-09-01 08:00:00", 1756713600000, "yesterday", 5])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
parts = st.one_of(anything, st.sampled_from(['{"a": 1}', "[NaN]", "\ud800"]))


def records(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A list, a wrapped list or a keyed object of records, each with some of the columns, and of what is no record."""
    record = st.fixed_dictionaries({}, optional={"id": ids, "odd_key": parts, **columns})
    many = st.lists(st.one_of(record, record, record, st.just("no record")), max_size=8)
    return st.one_of(
        many,
        many.map(lambda listed: {"data": listed}),
        st.dictionaries(st.sampled_from("abcdefg"), record, max_size=5),
    )


folders = st.fixed_dictionaries(
    {
        "projects": records(
            name=st.just("n"), type=st.just("t"), status=st.sampled_from(["ACTIVE ", "odd", None]), budget=amounts,
            created_at=times, createdAt=times, metadata=parts, deletedAt=times,
        )
    },
    optional={
        "executions": records(workflowId=st.just("w"), projectId=parents, result=parts, duration=amounts),
        "events": records(type=st.just("t"), execution_id=parents, projectId=parents, payload=parts, timestamp=times),
        "campaigns": records(
            name=st.just("n"), platform=st.sampled_from(["ttd", "dv360"]), externalId=st.sampled_from([None, "x", 1]),
            projectId=parents, budget=amounts,
        ),
        "metrics": records(
            campaignId=parents, date=st.sampled_from(["2025-09-01", "2025-09-02", "soon"]), clicks=amounts,
            spend=amounts, conversions=amounts, metadata=parts,
        ),
    },
)  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=folders)
def test_import_twice_is_import_once(files: dict[str, Any], migrated_file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "old"
        source.mkdir()
        for name, value in files.items():
            (source / f"{name}.json").write_text(json.dumps(value))
        copy = Path(folder) / "adops.db"
        copy.write_bytes(migrated_file.read_bytes())
        with database.bound(str(copy), busy_timeout=5) as engine:
            once = import_json(source)
            after_one = snapshot(engine)
            twice = import_json(source)
            after_two = snapshot(engine)
            updated = import_json(source, on_conflict=OnConflict.UPDATE)
            after_update = snapshot(engine)
    assert after_one == after_two == after_update
    assert sum(tally.inserted for tally in once.files) == sum(len(rows) for rows in after_one.values())
    for tally in (*once.files, *twice.files, *updated.files):
        assert tally.read == tally.inserted + tally.updated + tally.skipped + tally.rejected
        assert tally.rejected == sum(tally.reasons.values())
    assert [tally.rejected for tally in once.files] == [tally.rejected for tally in twice.files]
    assert not any(tally.inserted or tally.updated for tally in (*twice.files, *updated.files))


@pytest.mark.usefixtures("bound")
def test_a_rejects_file_that_was_not_fixed_rejects_the_same_again(tmp_path: Path) -> None:
    source = tmp_path / "old"
    source.mkdir()
    (source / "events.json").write_text('[{"id": "a"}, 5, {"type": "t"}]')
    first = import_json(source, rejects_file=tmp_path / "one.ndjson")
    second = import_json(tmp_path / "one.ndjson", rejects_file=tmp_path / "two.ndjson")
    assert first.rejected == second.rejected
    assert (tmp_path / "one.ndjson").read_bytes() == (tmp_path / "two.ndjson").read_bytes()
