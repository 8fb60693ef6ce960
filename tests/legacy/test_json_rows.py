"""JSON mode edits what was changed, leaves the rest unchanged, and refuses what it cannot store."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from adops_cli.data import metrics, projects
from adops_cli.errors import ConflictError, DatabaseUnusableError
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.models import Metrics, Project
from tests.json_mode import PROJECT, Write, contents, read


@pytest.mark.usefixtures("json_store")
def test_unknown_keys_other_records_and_their_order_survive_a_write(write_json: Write, json_dir: Path) -> None:
    before: list[dict[str, Any]] = [
        {"zeta": [1, {"a": 1.50}], **PROJECT, "budget": "12.50", "metadata": '{"a": 1}', "legacyScore": 7},
        {"legacy": None, "id": "q", "name": "Q", "type": "t", "status": "ACTIVE", "budget": 1.25, "project_x": 0},
    ]
    write_json("projects", before)
    assert projects.find("p").budget == 12.5
    assert projects.find("p").metadata == {"a": 1}

    projects.update("q", name="new", updated_at="2026-01-01T00:00:00Z")

    after = read(json_dir, "projects")
    assert after[0] == before[0]
    assert after[1] == {**before[1], "name": "new", "updatedAt": "2026-01-01T00:00:00.000Z"}
    assert [list(record) for record in after] == [list(before[0]), [*before[1], "updatedAt"]]


@pytest.mark.parametrize(
    ("shape", "records"),
    [
        (lambda record: [record], lambda value: value),
        (lambda record: {"version": 3, "projects": [record], "note": "ours"}, lambda value: value["projects"]),
        (lambda record: {"note": "ours", "data": [record]}, lambda value: value["data"]),
        (lambda record: {"p": record}, lambda value: list(value.values())),
        (lambda record: {"projects": {"p": record}, "n": 1}, lambda value: list(value["projects"].values())),
    ],
)
@pytest.mark.usefixtures("json_store")
def test_the_shape_of_a_file_survives(write_json: Write, json_dir: Path, shape: Any, records: Any) -> None:
    before = shape(PROJECT)
    write_json("projects", before)

    projects.update("p", name="new")
    projects.create(id="q", name="Q", type="t")
    projects.create(id="gone", name="Q", type="t")
    Project.delete().where(Project.id == "gone").execute()

    after = read(json_dir, "projects")
    assert [(record["id"], record["name"]) for record in records(after)] == [("p", "new"), ("q", "Q")]
    assert type(after) is type(before)
    if isinstance(before, dict):
        assert {key: value for key, value in after.items() if not isinstance(value, list | dict)} == {
            key: value for key, value in before.items() if not isinstance(value, list | dict)
        }


@pytest.mark.usefixtures("json_store")
def test_the_way_a_file_is_written_survives(write_json: Write) -> None:
    file = write_json("projects", '\ufeff[\n\t{"id": "p", "name": "é", "type": "t"}\n]')
    mode = 0o640
    file.chmod(mode)

    projects.update("p", name="ö", updated_at="2026-01-01T00:00:00Z")

    assert file.read_bytes().decode() == (
        '\ufeff[\n\t{\n\t\t"id": "p",\n\t\t"name": "ö",\n\t\t"type": "t",\n'
        '\t\t"updatedAt": "2026-01-01T00:00:00.000Z"\n\t}\n]'
    )
    assert stat.S_IMODE(file.stat().st_mode) == mode


@pytest.mark.usefixtures("json_store")
def test_a_key_keeps_its_spelling_and_a_key_for_an_id_stays_one(write_json: Write, json_dir: Path) -> None:
    write_json("projects", {"p": {"name": "P", "type": "t", "asana_project_id": "1"}})

    projects.update("p", asana_project_id="2", updated_at="2026-01-01T00:00:00Z")

    assert read(json_dir, "projects") == {
        "p": {"name": "P", "type": "t", "asana_project_id": "2", "updatedAt": "2026-01-01T00:00:00.000Z"}
    }


@pytest.mark.usefixtures("json_store")
def test_metrics_keep_their_numbers_and_others_get_the_first_that_are_free(write_json: Write, json_dir: Path) -> None:
    write_json("campaigns", [{"id": "c", "name": "C", "platform": "ttd"}])
    days = [{"campaignId": "c", "date": f"2026-01-0{day}"} for day in range(1, 5)]
    write_json("metrics", [days[0], {**days[1], "id": 1}, days[2], {**days[3], "id": 9}])

    assert [row.id for row in Metrics.select().order_by(Metrics.date)] == [2, 1, 3, 9]

    metrics.record_metrics("c", "2026-01-03", clicks=4, synced_at="2026-02-01T00:00:00Z")
    assert [record.get("id") for record in read(json_dir, "metrics")] == [None, 1, 3, 9]
    assert read(json_dir, "metrics")[0] == days[0]


@pytest.mark.usefixtures("json_store")
@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"projects": "[{"}, "projects.json is not JSON: expecting property name"),
        ({"projects": '"x"'}, "projects.json is neither a list nor an object"),
        ({"projects": '{"p": {"name": "a", "type": "t"}, "p": {}}'}, "projects.json has a duplicate key"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_never_written(
    write_json: Write, json_dir: Path, files: dict[str, Any], words: str
) -> None:
    for name, value in files.items():
        write_json(name, value)
    before = contents(json_dir)

    for use in (projects.list, lambda: projects.create(name="x", type="t")):
        with pytest.raises(DatabaseUnusableError) as caught:
            use()
        assert words in str(caught.value)
    assert contents(json_dir) == before


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"projects": [5]}, "projects.json, position 1: must be an object, not 5"),
        ({"projects": [PROJECT, {"name": "x", "type": "t"}]}, "projects.json, position 2: id is missing"),
        ({"projects": [PROJECT, PROJECT]}, "projects.json, position 2: has the same id as position 1"),
        ({"projects": [{**PROJECT, "budget": "a lot"}]}, 'position 1: budget must be a number, not "a lot"'),
        (
            {"events": [{"id": "e", "type": "t", "projectId": "gone"}]},
            'events.json, position 1: projectId refers to an unknown project: "gone"',
        ),
        (
            {"campaigns": [{"id": i, "name": "C", "platform": "ttd", "externalId": 7} for i in "ab"]},
            "campaigns.json, position 2: has the same platform and externalId as position 1",
        ),
    ],
)
def test_a_record_that_cannot_be_a_row_is_told_and_stays_as_it_is(
    json_store: Sqlite, write_json: Write, json_dir: Path, files: dict[str, Any], words: str
) -> None:
    for name, value in files.items():
        write_json(name, value)

    made = projects.create(id="new", name="x", type="t")

    assert [row.id for row in projects.list() if row.id == "new"] == [made.id]
    [problem] = json_store.unfit
    assert words in problem
    for name, value in files.items():
        assert read(json_dir, name)[: len(value)] == value


def test_the_id_of_a_record_that_cannot_be_a_row_is_taken(
    json_store: Sqlite, write_json: Write, json_dir: Path
) -> None:
    file = write_json("projects", {"p": {"name": "P"}, "k": {"id": "own", "name": "Q"}})
    before = file.read_bytes()

    for id in ("p", "own", "k"):
        with pytest.raises(ConflictError, match=rf"projects\.json has a record '{id}' that cannot be read"):
            projects.create(id=id, name="x", type="t")

    assert file.read_bytes() == before
    assert len(json_store.unfit) == 2
    assert projects.create(id="free", name="x", type="t") in projects.list()
    assert list(read(json_dir, "projects")) == ["p", "k", "free"]


@pytest.mark.usefixtures("json_store")
def test_a_number_too_large_to_be_written_again_stops_the_write(write_json: Write, json_dir: Path) -> None:
    file = write_json("projects", '[{"id": "p", "name": "P", "type": "t", "odd": 1e999}]')
    before = file.read_bytes()

    with pytest.raises(DatabaseUnusableError, match=r"projects.json contains a number that is too large"):
        projects.update("p", name="new")

    assert file.read_bytes() == before
    assert projects.find("p").name == "P"
    assert sorted(entry.name for entry in json_dir.iterdir()) == [".adops-lock", "projects.json"]


@pytest.mark.usefixtures("json_store")
def test_half_a_surrogate_pair_in_an_unknown_key_survives(write_json: Write) -> None:
    file = write_json("projects", '[{"id": "p", "name": "é", "type": "t", "odd": "\\ud83d"}]')
    projects.update("p", name="ö")
    assert json.loads(file.read_text())[0]["odd"] == "\ud83d"


def test_text_that_looks_like_json_stays_text_through_a_file(json_dir: Path) -> None:
    nasty = ['{"a": 1}', '"{\\"a\\": 1}"', "[1e400]", '["\\ud800"]', "[NaN]", "plain", '"quoted"']
    with database.bound():
        for number, text in enumerate(nasty):
            projects.create(id=f"p{number}", name="x", type="t", metadata=text, artifacts=[text])
    assert json_dir.exists()
    with database.bound():
        assert [projects.find(f"p{number}").metadata for number in range(len(nasty))] == nasty
        assert [projects.find(f"p{number}").artifacts for number in range(len(nasty))] == [[text] for text in nasty]
