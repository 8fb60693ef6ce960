"""The shapes of the Node system's files."""

import json
from pathlib import Path
from typing import Any

import pytest

from adops_cli.errors import BadRequestError
from adops_cli.legacy import json_files
from adops_cli.legacy.json_files import RecordFiles


def read(tmp_path: Path, content: Any, name: str = "events.json") -> RecordFiles:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return json_files.read_file(file)


def found(source: RecordFiles, table: str = "events") -> list[tuple[int, str | None, Any]]:
    return [(element.position, element.key, element.raw) for element in source.elements[table]]


@pytest.mark.parametrize(
    "shape",
    [
        [{"id": "a"}, 5],
        {"events": [{"id": "a"}, 5], "version": 2},
        {"data": [{"id": "a"}, 5], "meta": {"n": 1}},
        {"whatever": [{"id": "a"}, 5]},
    ],
)
def test_a_list_may_be_wrapped(tmp_path: Path, shape: Any) -> None:
    assert found(read(tmp_path, shape)) == [(1, None, {"id": "a"}), (2, None, 5)]


@pytest.mark.parametrize(
    "shape", [{"a": {"type": "t"}, "b": 5, "c": [1]}, {"events": {"a": {"type": "t"}, "b": 5, "c": [1]}}]
)
def test_an_object_may_be_keyed_by_id_and_hold_what_is_no_record(tmp_path: Path, shape: Any) -> None:
    assert found(read(tmp_path, shape)) == [(1, "a", {"type": "t"}), (2, "b", 5), (3, "c", [1])]


def test_an_empty_list_and_an_empty_object_hold_nothing(tmp_path: Path) -> None:
    assert found(read(tmp_path, [])) == found(read(tmp_path, {})) == []


def test_a_key_that_stands_twice_loses_no_record(tmp_path: Path) -> None:
    assert found(read(tmp_path, b'{"a": {"n": 1}, "a": {"n": 2}}')) == [(1, "a", {"n": 1}), (2, "a", {"n": 2})]


def test_a_list_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequestError, match='has "events" twice'):
        read(tmp_path, b'{"events": [1], "events": [2]}')


def test_lists_beside_the_records_are_named(tmp_path: Path) -> None:
    source = read(tmp_path, {"events": [], "archive": [{"id": "a"}], "version": 2})
    assert source.ignored == ['events.json: not imported, because it is outside "events": archive']


def test_a_bom_is_no_content(tmp_path: Path) -> None:
    assert found(read(tmp_path, b'\xef\xbb\xbf[{"id": "a"}]')) == [(1, None, {"id": "a"})]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'[\n{"id": }]', "is not JSON: expecting value at line 2, column 8"),
        (b"", "is not JSON: expecting value at line 1, column 1"),
        (b'["NaN",\n "\\"", -Infinity]', "is not JSON: -Infinity at line 2, column 8"),
        (b'[{"a": NaN}]', "is not JSON: NaN at line 1, column 8"),
        (b'["a\nb"]', "is not JSON: invalid control character at line 1, column 4"),
        ("[]".encode("utf-16"), "is not UTF-8 text"),
        ("[]".encode("utf-16-le"), "is not UTF-8 text"),
        (b'["\xff"]', "is not UTF-8 text"),
        (b"[" * 100_000 + b"]" * 100_000, "is nested more than 200 levels deep"),
        (b"[" * 300 + b"]" * 300, "is nested more than 200 levels deep"),
        (b"5", "is neither a list nor an object"),
        (b'{"id": "a", "type": "t", "payload": {}}', "is a single record"),
        (b'{"a": [1], "b": [2]}', "contains several lists: a, b"),
        (b'{"version": 2}', "contains no records"),
    ],
)
def test_what_is_no_file_of_records_is_refused_with_its_place(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(BadRequestError) as refused:
        read(tmp_path, content)
    assert str(refused.value).startswith(f"{tmp_path / 'events.json'} {words}")


def test_numbers_too_large_for_a_double_reach_the_record(tmp_path: Path) -> None:
    ((_, _, raw),) = found(read(tmp_path, b'[{"a": 1e400, "b": -1e400, "c": ' + b"9" * 5000 + b"}]"))
    assert all(not isinstance(value, float) and abs(value) > 10**400 - 1 for value in raw.values())


def test_a_folder_is_read_parents_first_and_other_json_is_named(tmp_path: Path) -> None:
    for name in ("events", "projects", "metrics", "executions", "workflows", "campaigns", "agents"):
        (tmp_path / f"{name}.json").write_text("[]")
    (tmp_path / "notes.txt").write_text("")
    source = json_files.read_folder(tmp_path)
    assert list(source.elements) == ["projects", "workflows", "executions", "campaigns", "events", "metrics"]
    assert source.ignored == ["not read, because no table has that name: agents.json"]


def test_a_folder_without_a_known_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequestError, match=r"contains no file to import. Known files: projects\.json"):
        json_files.read_folder(tmp_path)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "events.json").mkdir()
    with pytest.raises(BadRequestError, match=r"events\.json cannot be read: "):
        json_files.read_folder(tmp_path)
