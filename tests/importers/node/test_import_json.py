"""What an import of the Node system's JSON files does to the database and to the files around it."""

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from adops_cli.errors import AdopsError, BadRequestError, BusyError, ConflictError
from adops_cli.importers.node import import_json as importer
from adops_cli.importers.node.decide import OnConflict
from adops_cli.importers.node.import_json import ImportJsonResult, import_json
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.models import Campaign, Event, Execution, Metrics, Project, Workflow
from tests.importers.tables import Snapshot, names, snapshot

PROJECT = {"id": "p1", "name": "Spring", "type": "campaign", "createdAt": "2025-09-01T08:00:00.000Z"}
CAMPAIGN = {"id": "c1", "name": "Shoes", "platform": "ttd"}
EVENT = {"id": "e1", "type": "workflow.started"}
METRICS = {"campaignId": "c1", "date": "2025-09-01", "clicks": 10, "spend": 5}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """`write(projects=[…], events={…})`: a folder of such files."""

    def folder(**files: Any) -> Path:
        source = tmp_path / "old"
        source.mkdir(exist_ok=True)
        for name, value in files.items():
            (source / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
        return source

    return folder


@pytest.fixture
def before(bound: Sqlite) -> Snapshot:
    """The tables at the start of the test."""
    return snapshot(bound)


def counts(done: ImportJsonResult, file: str) -> tuple[int, int, int, int, int]:
    """Read, inserted, updated, skipped, rejected."""
    (tally,) = [tally for tally in done.files if tally.file == file]
    return tally.read, tally.inserted, tally.updated, tally.skipped, tally.rejected


def errors(done: ImportJsonResult) -> list[str]:
    return [rejected.error for rejected in done.rejected]


@pytest.mark.usefixtures("bound")
def test_every_table_is_filled_whatever_the_order_of_parents_and_children(write: Write) -> None:
    done = import_json(
        write(
            metrics=[METRICS],
            events=[{**EVENT, "executionId": "x1", "project_id": "p1"}],
            campaigns={"c1": {"name": "Shoes", "platform": "ttd", "projectId": "p1", "budget": "12.50"}},
            executions={"executions": [{"id": "x1", "workflowId": "w", "projectId": "p1"}]},
            workflows=[{"id": "w", "name": "Create"}],
            projects=[PROJECT],
        )
    )
    assert [tally.file for tally in done.files] == [
        "projects", "workflows", "executions", "campaigns", "events", "metrics",
    ]  # fmt: skip
    assert all((tally.read, tally.inserted) == (1, 1) for tally in done.files)
    assert [tally.file for tally in done.files if tally.normalised] == ["campaigns"]
    event, campaign, row = Event.get(), Campaign.get(), Metrics.get()
    assert (event.execution_id, event.project_id, event.processed) == ("x1", "p1", False)
    assert (campaign.id, campaign.budget) == ("c1", Decimal("12.5"))
    assert (row.campaign_id, row.date, row.cpc) == ("c1", date(2025, 9, 1), Decimal("0.5"))
    assert (Execution.get().status, Workflow.get().enabled, Project.get().status) == ("queued", True, "planning")


@pytest.mark.usefixtures("bound")
def test_a_child_may_name_a_parent_that_the_database_has(write: Write) -> None:
    Project.create(id="there", name="n", type="t", deleted_at=datetime.now(UTC))
    assert counts(import_json(write(events=[{**EVENT, "projectId": "there"}])), "events") == (1, 1, 0, 0, 0)


@pytest.mark.usefixtures("bound")
def test_a_child_of_a_rejected_parent_is_rejected_with_it(write: Write) -> None:
    done = import_json(write(projects=[{**PROJECT, "budget": "a lot"}], events=[{**EVENT, "projectId": "p1"}]))
    assert errors(done) == ['budget must be a number, not "a lot"', 'projectId refers to an unknown project: "p1"']


@pytest.mark.usefixtures("bound")
def test_the_records_own_id_counts_and_the_key_serves_where_there_is_none(write: Write) -> None:
    import_json(write(events={"key-1": EVENT, "key-2": {"type": "t"}, "key-3": {"id": None, "type": "t"}}))
    assert {row.id for row in Event.select()} == {"e1", "key-2", "key-3"}


@pytest.mark.usefixtures("bound")
def test_a_repeat_is_skipped_when_it_says_the_same(write: Write) -> None:
    first = {**EVENT, "payload": {"a": 1, "b": 2}, "timestamp": "2025-09-01T08:00:00.000Z"}
    again = {"type": EVENT["type"], "payload": '{"b": 2, "a": 1}', "timestamp": 1756713600000, "id": "e1"}
    timeless = {name: value for name, value in first.items() if name != "timestamp"}
    done = import_json(write(events=[first, again, timeless, {**first, "processed": False}]))
    assert counts(done, "events") == (4, 1, 0, 3, 0)


@pytest.mark.usefixtures("bound")
@pytest.mark.parametrize("number", [1e16, 1e300, -0.0])
def test_a_number_that_is_kept_in_another_form_is_no_change(write: Write, number: float) -> None:
    folder = write(campaigns=[{"id": "c", "name": "n", "platform": "ttd", "metadata": {"a": number}, "odd": [number]}])
    import_json(folder)

    assert counts(import_json(folder, on_conflict=OnConflict.UPDATE), "campaigns") == (1, 0, 0, 1, 0)


@pytest.mark.usefixtures("bound")
@pytest.mark.parametrize("other", [{"payload": {"a": True}}, {"payload": None}, {"source": "x"}, {"processed": None}])
def test_a_repeat_with_other_content_is_rejected_and_the_first_stays(write: Write, other: dict[str, Any]) -> None:
    done = import_json(write(events=[{**EVENT, "payload": {"a": 1}}, {**EVENT, "payload": {"a": 1}, **other}]))
    assert errors(done) == ['duplicate id with different content: id "e1" is already at position 1']
    assert Event.get().payload == {"a": 1}


@pytest.mark.usefixtures("bound")
def test_a_record_is_not_lost_because_a_bad_one_with_its_id_came_first(write: Write) -> None:
    done = import_json(write(projects=[{**PROJECT, "budget": "?"}, PROJECT]))
    assert counts(done, "projects") == (2, 1, 0, 0, 1)


@pytest.mark.usefixtures("bound")
def test_a_key_that_stands_twice_in_a_record_is_not_chosen_from(write: Write) -> None:
    (write() / "projects.json").write_text('[{"id": "p1", "name": "a", "type": "t", "budget": 1, "budget": 2}]')
    assert errors(import_json(write())) == ['has a duplicate key: "budget"']


@pytest.mark.usefixtures("bound")
@pytest.mark.parametrize(
    ("record", "error"),
    [
        ("text", 'must be an object, not "text"'),
        (None, "must be an object, not null"),
        ({"type": "t"}, "id is missing"),
        ({"id": "", "type": "t"}, "id is missing"),
        ({"id": "e"}, "type is missing"),
        ({"id": "e\x00", "type": "t"}, "id contains the character U+0000, which no database can store; remove it"),
        ({"id": "e", "type": "t", "executionId": "gone"}, 'executionId refers to an unknown execution: "gone"'),
    ],
)
def test_what_fits_nowhere_is_rejected_with_its_reason(write: Write, record: Any, error: str) -> None:
    done = import_json(write(events=[EVENT, record]))
    assert counts(done, "events") == (2, 1, 0, 0, 1)
    assert (done.rejected[0].position, done.rejected[0].error) == (2, error)


@pytest.mark.usefixtures("bound")
def test_reasons_are_counted_without_the_values_that_differ(write: Write) -> None:
    bad = [{**PROJECT, "id": f"p{n}", "budget": f"{n}, not: known"} for n in range(3)]
    (tally,) = import_json(write(projects=[*bad, {**PROJECT, "id": "p9", "status": "odd"}])).files
    assert tally.reasons == {
        "budget must be a number": 3,
        "status must be one of planning, active, paused, completed, cancelled": 1,
    }


@pytest.mark.usefixtures("bound")
def test_an_external_id_as_a_float_is_its_whole_number_and_told_where_digits_are_lost(write: Write) -> None:
    given: list[Any] = [20123456789.0, "9001.0", 1.2021e17, "1.2021E+17"]
    done = import_json(write(campaigns=[{**CAMPAIGN, "id": f"c{at}", "externalId": id} for at, id in enumerate(given)]))
    told = "ids that have lost digits in a float are moved to the metadata: externalId (2)"
    assert done.notes == [f"campaigns.json: {told}"]
    found = list(Campaign.select().order_by(Campaign.id))
    assert [row.external_id for row in found] == ["20123456789", "9001", None, None]
    assert found[3].metadata == {"externalId": "1.2021E+17"}


@pytest.mark.usefixtures("bound")
def test_one_external_id_is_of_one_campaign(write: Write) -> None:
    Campaign.create(id="there", name="n", platform="ttd", external_id="x")
    done = import_json(
        write(
            campaigns=[
                {**CAMPAIGN, "id": "a", "externalId": "x"},
                {**CAMPAIGN, "id": "b", "externalId": "y"},
                {**CAMPAIGN, "id": "c", "externalId": "y"},
                {**CAMPAIGN, "id": "d", "externalId": "x", "platform": "dv360"},
                {**CAMPAIGN, "id": "e", "externalId": None},
                {**CAMPAIGN, "id": "f", "externalId": None},
            ]
        )
    )
    assert errors(done) == [
        'externalId is already used on its platform: "x" by campaign there',
        'externalId is already used on its platform: "y" by campaign b',
    ]
    assert counts(done, "campaigns") == (6, 4, 0, 0, 2)


@pytest.mark.usefixtures("bound")
def test_metrics_are_known_by_campaign_and_day_and_keep_an_id_that_is_free(write: Write) -> None:
    Campaign.create(id="c1", name="n", platform="ttd")
    Metrics.create(id=7, campaign="c1", date="2025-08-31", clicks=1)
    done = import_json(
        write(
            metrics=[
                {**METRICS, "date": "2025-09-01"},
                {**METRICS, "date": "2025-09-02", "id": 8},
                {**METRICS, "date": "2025-09-03", "id": 8},
                {**METRICS, "date": "2025-09-04", "id": 7},
                {**METRICS, "date": "2025-09-02", "id": 99},
                {**METRICS, "date": "2025-09-02", "clicks": 11},
                {**METRICS, "date": "2025-08-31", "id": 5},
            ]
        )
    )
    assert counts(done, "metrics") == (7, 4, 0, 2, 1)
    assert errors(done) == [
        "duplicate campaign and day with different content: campaign c1 on 2025-09-02 is already at position 2"
    ]
    ids = {row.date.isoformat(): row.id for row in Metrics.select()}
    assert ids["2025-09-02"] == 8
    assert ids["2025-08-31"] == 7
    assert len(set(ids.values())) == 5


@pytest.mark.usefixtures("bound")
def test_the_key_of_metrics_is_an_id_only_when_it_is_a_number(write: Write) -> None:
    done = import_json(write(campaigns=[CAMPAIGN], metrics={"c1:1": METRICS, "41": {**METRICS, "date": "2025-09-02"}}))
    assert done.rejected == []
    assert Metrics.get(Metrics.date == "2025-09-02").id == 41


def test_existing_ids_are_skipped_whatever_the_file_says(write: Write, bound: Sqlite) -> None:
    import_json(write(projects=[PROJECT]))
    before = snapshot(bound)
    done = import_json(write(projects=[{**PROJECT, "name": "Other"}]))
    assert counts(done, "projects") == (1, 0, 0, 1, 0)
    assert snapshot(bound) == before


@pytest.mark.usefixtures("bound")
def test_update_changes_what_the_file_gives_and_leaves_the_rest(write: Write) -> None:
    import_json(write(projects=[{**PROJECT, "status": "active", "owner": "ann", "metadata": {"currency": "EUR"}}]))
    again = write(projects=[{**PROJECT, "name": "Summer", "region": "north"}])
    assert counts(import_json(again, on_conflict=OnConflict.UPDATE), "projects") == (1, 0, 1, 0, 0)
    row = Project.get()
    assert (row.name, row.status, row.owner) == ("Summer", "active", "ann")
    assert row.metadata == {"currency": "EUR", "region": "north"}
    assert counts(import_json(again, on_conflict=OnConflict.UPDATE), "projects") == (1, 0, 0, 1, 0)


@pytest.mark.usefixtures("bound")
def test_update_calculates_ratios_from_all_figures(write: Write) -> None:
    import_json(write(campaigns=[CAMPAIGN], metrics=[METRICS]))
    more = write(metrics=[{"campaignId": "c1", "date": "2025-09-01", "clicks": 20}])
    assert counts(import_json(more, on_conflict=OnConflict.UPDATE), "metrics") == (1, 0, 1, 0, 0)
    row = Metrics.get()
    assert (row.clicks, row.spend, row.cpc) == (20, 5, Decimal("0.25"))


@pytest.mark.usefixtures("bound")
def test_updated_rows_are_checked_like_new_ones(write: Write) -> None:
    Campaign.create(id="other", name="n", platform="ttd", external_id="x")
    import_json(write(campaigns=[CAMPAIGN]))
    again = write(campaigns=[{**CAMPAIGN, "externalId": "x"}])
    assert counts(import_json(again, on_conflict=OnConflict.UPDATE), "campaigns") == (1, 0, 0, 0, 1)
    again = write(campaigns=[{**CAMPAIGN, "projectId": "gone"}])
    assert errors(import_json(again, on_conflict=OnConflict.UPDATE)) == [
        'projectId refers to an unknown project: "gone"'
    ]


def test_error_stops_at_the_first_existing_id_with_nothing_written(write: Write, bound: Sqlite, tmp_path: Path) -> None:
    Event.create(id="e2", type="t")
    before = snapshot(bound)
    source = write(projects=[PROJECT], events=[EVENT, {**EVENT, "id": "e2"}])
    with pytest.raises(ConflictError, match=r'events\.json, position 2: the database already has id "e2"'):
        import_json(source, on_conflict=OnConflict.ERROR, rejects_file=tmp_path / "r.ndjson")
    assert snapshot(bound) == before
    assert set(names(tmp_path)) - {"adops.db"} == {"home", "old"}


@pytest.mark.usefixtures("bound")
def test_a_dry_run_counts_alike_and_writes_nothing(
    write: Write, bound: Sqlite, before: Snapshot, tmp_path: Path
) -> None:
    source = write(projects=[PROJECT, PROJECT, {}], events=[{**EVENT, "projectId": "p1"}])
    planned = import_json(source, dry_run=True, rejects_file=tmp_path / "r.ndjson")
    assert snapshot(bound) == before
    assert set(names(tmp_path)) - {"adops.db"} == {"home", "old"}
    assert planned.backup is None
    done = import_json(source)
    assert (planned.files, planned.rejected) == (done.files, done.rejected)


@pytest.mark.usefixtures("bound")
def test_the_sources_are_copied_byte_for_byte_before_anything_is_written(write: Write, tmp_path: Path) -> None:
    source = write(projects=[PROJECT], agents=[])
    (source / "events.json").write_bytes(b"\xef\xbb\xbf [ ]\r\n")
    done = import_json(source)
    assert done.backup
    assert done.backup.parent == tmp_path / "data-backup"
    assert {file.name: file.read_bytes() for file in done.backup.iterdir()} == {
        name: (source / name).read_bytes() for name in ("projects.json", "events.json")
    }


def test_without_a_backup_nothing_is_imported(write: Write, bound: Sqlite, before: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(AdopsError, match=r"cannot be copied to .*Nothing was imported"):
        import_json(write(projects=[PROJECT]), backup_dir=tmp_path / "file" / "backup")
    assert snapshot(bound) == before


@pytest.mark.usefixtures("bound")
def test_an_import_that_has_nothing_to_write_makes_no_backup(write: Write, tmp_path: Path) -> None:
    import_json(write(projects=[PROJECT]), backup_dir=tmp_path / "kept")
    assert import_json(write()).backup is None
    assert not (tmp_path / "data-backup").exists()


def test_a_failure_on_the_way_leaves_the_database_as_it_was(
    write: Write, bound: Sqlite, before: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def fail_at_events(plan: Any) -> None:
        if plan.model is Event:
            raise BusyError("the disk went away")
        written.append(plan.tally.file)
        really(plan)

    really = importer._write
    monkeypatch.setattr(importer, "_write", fail_at_events)
    with pytest.raises(BusyError):
        import_json(write(projects=[PROJECT, {}], events=[EVENT]), rejects_file=tmp_path / "r.ndjson")
    assert written == ["projects"]
    assert snapshot(bound) == before
    assert not list(tmp_path.glob("*r.ndjson*"))


def test_rejected_records_that_cannot_be_kept_stop_the_import(
    write: Write, bound: Sqlite, before: Snapshot, tmp_path: Path
) -> None:
    source = write(projects=[PROJECT, {}])
    for file, words in (
        (source / "projects.json", "already exists and can contain records to fix"),
        (tmp_path / "gone" / "r.ndjson", "cannot be written: there is no folder"),
        (tmp_path / ("r" * 300), "the rejected records cannot be written to"),
    ):
        with pytest.raises(AdopsError, match=words):
            import_json(source, rejects_file=file)
    assert snapshot(bound) == before
    assert not (tmp_path / "data-backup").exists()


@pytest.mark.usefixtures("bound")
def test_rejected_records_are_kept_and_mended_they_are_imported(write: Write, tmp_path: Path) -> None:
    kept = tmp_path / "rejects.ndjson"
    odd = {"name": "a\ud800\u2028é", "budget": 10**400}
    source = write(
        projects={"p1": {"name": "Spring", "type": "t", "budget": "?"}, "p2": odd, "p3": 5},
        events=[{**EVENT, "projectId": "p1"}],
    )
    import_json(source, rejects_file=kept)
    lines = [json.loads(line) for line in kept.read_bytes().rstrip(b"\n").split(b"\n")]
    assert [list(line) for line in lines] == [["_file", "_position", "_error", "record"]] * 4
    assert [(line["_file"], line["_position"]) for line in lines] == [
        ("projects.json", 1), ("projects.json", 2), ("projects.json", 3), ("events.json", 1),
    ]  # fmt: skip
    assert lines[0]["record"] == {"id": "p1", "name": "Spring", "type": "t", "budget": "?"}
    assert lines[1]["record"] == {**odd, "id": "p2"}
    assert lines[2]["record"] == 5

    lines[0]["record"]["budget"] = 5
    kept.write_text("".join(f"{json.dumps(line)}\n\n" for line in reversed(lines)))
    mended = import_json(kept)
    assert counts(mended, "projects") == (3, 1, 0, 0, 2)
    assert counts(mended, "events") == (1, 1, 0, 0, 0)
    assert [(rejected.file, rejected.position) for rejected in mended.rejected] == [
        ("projects.json", 2), ("projects.json", 3),
    ]  # fmt: skip


@pytest.mark.usefixtures("bound")
def test_no_file_is_made_for_no_rejected_records(write: Write, tmp_path: Path) -> None:
    import_json(write(projects=[PROJECT]), rejects_file=tmp_path / "r.ndjson")
    assert not list(tmp_path.glob("*r.ndjson*"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"_file": "projects.json"}', "is not a rejects file: line 1 needs"),
        ('{"_file": "agents.json", "record": {}}', "is not a rejects file: line 1 needs"),
        ('{"_file": "projects.json", "record": {}}\n5', "is not a rejects file: line 2 needs"),
        (
            '{"_file": "projects.json", "record": {}}\n{"a" 1}',
            "is not JSON: expecting ':' delimiter at line 2, column 6",
        ),
        ("\n\n", "contains no rejected records"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "r.ndjson").write_text(content)
    with pytest.raises(BadRequestError) as refused:
        import_json(tmp_path / "r.ndjson")
    assert str(refused.value).startswith(f"{tmp_path / 'r.ndjson'} {words}")


@pytest.mark.usefixtures("bound")
def test_one_of_the_files_can_be_imported_by_itself(write: Write) -> None:
    done = import_json(write(projects=[PROJECT], events=[EVENT]) / "events.json")
    assert [tally.file for tally in done.files] == ["events"]


def test_an_import_waits_for_no_reader_but_gives_way_to_a_writer(write: Write, db_file: Path, tmp_path: Path) -> None:
    with sqlite3.connect(db_file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with database.bound(str(db_file), busy_timeout=0), pytest.raises(BusyError):
            import_json(write(projects=[PROJECT]))
        with database.bound(str(db_file), busy_timeout=0):
            assert import_json(write(), dry_run=True).files[0].inserted == 1
        other.execute("ROLLBACK")
    other.close()
    assert not (tmp_path / "data-backup").exists()


@pytest.mark.usefixtures("bound")
def test_keys_that_a_table_cannot_keep_are_named(write: Write) -> None:
    done = import_json(write(events=[{**EVENT, "trace": 1}, {**EVENT, "id": "e2", "trace": 2, "span": 3}]))
    assert done.notes == [
        "events.json: keys without a column are left out, as the table has no metadata column: span (1), trace (2)"
    ]


@pytest.mark.usefixtures("bound")
def test_more_records_than_fit_a_statement_go_in(write: Write) -> None:
    events = [{**EVENT, "id": f"e{number}", "projectId": f"p{number}"} for number in range(1201)]
    projects = [{**PROJECT, "id": f"p{number}"} for number in range(1201)]
    done = import_json(write(events=events, projects=projects))
    assert counts(done, "events") == counts(done, "projects") == (1201, 1201, 0, 0, 0)
    assert counts(import_json(write()), "events") == (1201, 0, 0, 1201, 0)
