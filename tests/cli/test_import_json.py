"""`adops db import-json` as its users see it."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.models import Event, Project
from tests.conftest import ROOT, Adops
from tests.importers.tables import names, snapshot

LEGACY = ROOT / "fixtures" / "legacy"
NONE = {"read": 0, "inserted": 0, "updated": 0, "skipped": 0, "normalised": 0, "rejected": 0, "reasons": {}}
FIRST = {
    "projects": {
        **NONE,
        "read": 28,
        "inserted": 25,
        "normalised": 5,
        "rejected": 3,
        "reasons": {
            "budget must be a number": 1,
            "createdAt must be a time as YYYY-MM-DDTHH:MM:SSZ": 1,
            "id is missing": 1,
        },
    },
    "executions": {
        **NONE,
        "read": 62,
        "inserted": 60,
        "rejected": 2,
        "reasons": {"duplicate id with different content": 1, "projectId refers to an unknown project": 1},
    },
    "events": {
        **NONE,
        "read": 405,
        "inserted": 402,
        "skipped": 1,
        "normalised": 2,
        "rejected": 2,
        "reasons": {"executionId refers to an unknown execution": 1, "must be an object": 1},
    },
}
REJECTED = [
    'projects.json, position 26, proj-badbudget: budget must be a number, not "a lot"',
    'projects.json, position 27, proj-baddate: createdAt must be a time as YYYY-MM-DDTHH:MM:SSZ, not "yesterday"',
    "projects.json, position 28, no id: id is missing",
    (
        "executions.json, position 61, exec-00001: duplicate id with different content: "
        'id "exec-00001" is already at position 1'
    ),
    'executions.json, position 62, exec-orphan: projectId refers to an unknown project: "proj-gone"',
    'events.json, position 402, evt-orphan: executionId refers to an unknown execution: "exec-gone"',
    'events.json, position 404, x403: must be an object, not "not an object"',
]


@pytest.fixture
def legacy(tmp_path: Path) -> Path:
    """A copy of the sample folder, with the dirt that such folders collect."""
    return Path(shutil.copytree(LEGACY, tmp_path / "legacy"))


def test_the_sample_folder_as_json(adops: Adops, legacy: Path) -> None:
    result = adops("db", "import-json", legacy, "--format", "json")
    assert result.code == 3
    assert result.json() == FIRST
    assert list(result.json()) == ["projects", "executions", "events"]
    assert list(result.json()["projects"]) == list(NONE)
    backup = next((legacy.parent / "data-backup").iterdir())
    assert result.err.splitlines() == [
        "not read, because no table has that name: DIRT.json",
        *REJECTED,
        "7 records rejected. Use --rejects FILE to save and fix them.",
        f"The source files were copied to {backup}.",
    ]


def test_the_sample_folder_as_text(adops: Adops, legacy: Path) -> None:
    result = adops("db", "import-json", legacy)
    assert result.code == 3
    lines = [line.split("\t") for line in result.out.splitlines()]
    assert lines[0] == ["file", "read", "inserted", "updated", "skipped", "normalised", "rejected", "reasons"]
    assert [line[:7] for line in lines[1:]] == [
        ["projects", "28", "25", "0", "0", "5", "3"],
        ["executions", "62", "60", "0", "0", "0", "2"],
        ["events", "405", "402", "0", "1", "2", "2"],
    ]
    assert "budget must be a number" in lines[1][7]


def test_the_sample_folder_in_the_tables(adops: Adops, legacy: Path, bound: Sqlite) -> None:
    adops("db", "import-json", legacy)
    assert len(bound.execute_sql("SELECT 1 FROM projects").fetchall()) == 25
    assert Project.get_by_id("proj-badstatus").status == "active"
    assert Event.get_by_id("evt-strpayload").payload == {"was": "stringified by hand"}
    assert str(Event.get_by_id("evt-epoch").timestamp) == "2025-10-09 08:53:20+00:00"
    kept = [row.metadata["legacyField"] for row in Project.select() if "legacyField" in row.metadata]
    assert len(kept) == 2
    assert Project.select().where(Project.deleted_at.is_null(False)).count() == 2


def test_a_second_time_changes_nothing(adops: Adops, legacy: Path, bound: Sqlite) -> None:
    adops("db", "import-json", legacy)
    before = snapshot(bound)
    result = adops("db", "import-json", legacy, "--format", "json")
    assert result.code == 3
    assert snapshot(bound) == before
    counts = {file: (count["inserted"], count["updated"], count["skipped"]) for file, count in result.json().items()}
    assert counts == {"projects": (0, 0, 25), "executions": (0, 0, 60), "events": (0, 0, 403)}
    assert len(list((legacy.parent / "data-backup").iterdir())) == 1


def test_rejected_records_are_kept_mended_and_imported(adops: Adops, legacy: Path, tmp_path: Path) -> None:
    kept = tmp_path / "rejects.ndjson"
    result = adops("db", "import-json", legacy, "--rejects", kept)
    assert result.code == 3
    assert (
        f"7 records rejected and saved to {kept}. Fix them there, then run `adops db import-json {kept}`.\n"
    ) in result.err
    lines = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    mends: list[dict[str, object]] = [
        {"budget": 5}, {"createdAt": None}, {"id": "proj-028"}, {"id": "exec-00061"}, {"projectId": None},
        {"executionId": "exec-00061"},
    ]  # fmt: skip
    for line, mend in zip(lines, mends, strict=False):
        line["record"].update(mend)
    kept.write_text("".join(f"{json.dumps(line)}\n" for line in lines[:-1]), encoding="utf-8")
    mended = adops("db", "import-json", kept, "--format", "json")
    assert mended.code == 0
    assert {file: count["inserted"] for file, count in mended.json().items()} == {
        "projects": 3, "executions": 2, "events": 1,
    }  # fmt: skip


def test_a_dry_run_says_the_same_and_writes_nothing(adops: Adops, legacy: Path, bound: Sqlite, tmp_path: Path) -> None:
    before = snapshot(bound)
    result = adops("db", "import-json", legacy, "--dry-run", "--rejects", tmp_path / "r", "--format", "json")
    assert result.code == 3
    assert result.json() == FIRST
    assert result.err.splitlines()[1:-2] == REJECTED
    assert result.err.endswith("Dry run: nothing was written.\n")
    assert snapshot(bound) == before
    assert set(names(tmp_path)) - {"adops.db"} == {"home", "legacy"}


def test_a_clean_folder_ends_with_0(adops: Adops, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "workflows.json").write_text('{"w1": {"name": "Create"}}')
    result = adops("db", "import-json", "old", "--backup-dir", "kept", "--format", "json")
    assert result.code == 0
    assert result.json() == {"workflows": {**NONE, "read": 1, "inserted": 1}}
    assert result.err == "The source files were copied to kept.\n"
    assert names(tmp_path / "kept") == ["workflows.json"]


def test_of_many_rejected_records_twenty_are_listed(adops: Adops, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "events.json").write_text(json.dumps([{"id": f"\x1b[31m{number}"} for number in range(23)]))
    lines = adops("db", "import-json", "old").err.splitlines()
    assert len(lines) == 22
    assert "\x1b" not in "".join(lines)
    assert lines[-2:] == ["… and 3 more.", "23 records rejected. Use --rejects FILE to save and fix them."]


def test_an_existing_id_is_a_conflict_when_told_so(adops: Adops, legacy: Path) -> None:
    adops("db", "import-json", legacy)
    result = adops("db", "import-json", legacy, "--on-conflict", "error")
    assert result.code == 5
    assert result.err.startswith(
        'Error: projects.json, position 1: the database already has id "proj-001". Nothing was imported'
    )


def no_folder(_tmp_path: Path) -> str:
    return "there is no folder or file "


def no_known_file(tmp_path: Path) -> str:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "agents.json").write_text("[]")
    return "old contains no file to import"


def no_json(tmp_path: Path) -> str:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "projects.json").write_text('[{"id": "p1", "name": "n", "type": "t"}]')
    (tmp_path / "old" / "events.json").write_text("[\n{,}]")
    return "old/events.json is not JSON: expecting property name enclosed in double quotes at line 2, column 2"


def no_file(tmp_path: Path) -> str:
    (tmp_path / "old" / "events.json").mkdir(parents=True)
    return "old/events.json cannot be read: "


def no_utf8(tmp_path: Path) -> str:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "events.json").write_text("[]", encoding="utf-16")
    return "old/events.json is not UTF-8 text"


@pytest.mark.parametrize("make", [no_folder, no_known_file, no_json, no_file, no_utf8])
def test_what_cannot_be_read_is_one_clear_line_and_nothing_written(
    adops: Adops, tmp_path: Path, bound: Sqlite, make: Callable[[Path], str]
) -> None:
    words, before = make(tmp_path), snapshot(bound)
    result = adops("db", "import-json", "old", "--rejects", "r.ndjson")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"Error: {words}")
    assert result.err.count("\n") == 1
    assert snapshot(bound) == before
    assert {"r.ndjson", "data-backup"}.isdisjoint(names(tmp_path))


def test_an_existing_rejects_file_is_not_written_over(adops: Adops, legacy: Path, tmp_path: Path) -> None:
    (tmp_path / "r.ndjson").write_text("mine")
    result = adops("db", "import-json", legacy, "--rejects", "r.ndjson")
    assert result.code == 2
    assert result.err.startswith("Error: r.ndjson already exists")
    assert (tmp_path / "r.ndjson").read_text() == "mine"


def test_a_missing_database_is_named_and_not_made(adops: Adops, legacy: Path, tmp_path: Path) -> None:
    result = adops("db", "import-json", legacy, on=tmp_path / "none.db")
    assert result.code == 6
    assert str(tmp_path / "none.db") in result.err
    assert not (tmp_path / "none.db").exists()
    assert not (tmp_path / "data-backup").exists()


def test_two_imports_at_once_are_one(adops_process: Adops, legacy: Path, bound: Sqlite) -> None:
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(adops_process, "db", "import-json", legacy, "--format", "json") for _ in range(2)]
        results = [run.result() for run in runs]
    assert [result.code for result in results] == [3, 3]
    assert sorted(result.json()["projects"]["inserted"] for result in results) == [0, 25]
    assert len(snapshot(bound)["events"]) == 402
    assert len(list((legacy.parent / "data-backup").iterdir())) == 1
