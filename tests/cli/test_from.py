"""`--from FILE`: many rows on the command line, and the handling of invalid ones."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from adops_cli import database
from tests.conftest import ROOT, Adops

CREATED = {"read": 2, "created": 2, "updated": 0, "rejected": 0}
ROWS: dict[str, dict[str, Any]] = {
    "projects": {"name": "P", "type": "campaign", "startDate": "2026-01-01"},
    "campaigns": {"name": "C", "platform": "ttd", "external_id": None},
    "executions": {"workflowId": "w", "params": {"budget": 1}},
    "events": {"type": "a.b", "payload": ["x"]},
}


def ids(adops: Adops, table: str) -> list[str]:
    return sorted(row["id"] for row in adops(table, "list", "--format", "json").json())


def lines(*records: Any) -> str:
    return "".join(f"{record if isinstance(record, str) else json.dumps(record)}\n" for record in records)


@pytest.mark.parametrize("table", ROWS)
def test_a_json_list_in_a_file_and_ndjson_on_stdin_make_rows(adops: Adops, tmp_path: Path, table: str) -> None:
    file = tmp_path / "rows.json"
    file.write_text(
        json.dumps([{**ROWS[table], "id": "a"}, {**ROWS[table], "id": "b"}], indent=2), encoding="utf-8-sig"
    )

    listed = adops(table, "create", "--from", file, "--format", "json")
    piped = adops(
        table, "create", "--from", "-", "--format", "json", stdin=lines({**ROWS[table], "id": "c"}, "", ROWS[table])
    )

    assert (listed.code, listed.json(), listed.err) == (0, CREATED, "")
    assert (piped.code, piped.json()) == (0, CREATED)
    assert {"a", "b", "c"} < set(ids(adops, table))
    assert len(ids(adops, table)) == 4


def test_the_text_output_says_what_was_done(adops: Adops) -> None:
    result = adops("projects", "create", "--from", "-", stdin=json.dumps(ROWS["projects"]))

    assert result.out == "read\tcreated\tupdated\trejected\n1\t1\t0\t0\n"


def test_figures_are_recorded_by_campaign_and_day(adops: Adops) -> None:
    adops("campaigns", "create", "--name", "C", "--platform", "ttd", "--id", "c")
    adops("metrics", "record", "c", "2026-01-01", "--spend", "10")
    figures = lines(
        {"campaignId": "c", "date": "2026-01-01", "revenue": 40}, {"campaignId": "c", "date": "2026-01-02", "spend": 1}
    )

    result = adops("metrics", "record", "--from", "-", "--format", "json", stdin=figures)

    assert result.json() == {"read": 2, "created": 1, "updated": 1, "rejected": 0}
    assert [row["roas"] for row in adops("metrics", "latest", "c", "--format", "json").json()] == [None, 4]


def test_what_the_lists_print_can_be_loaded_elsewhere(adops: Adops, tmp_path: Path, migrated_file: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(migrated_file.read_bytes())
    adops("db", "seed", "--yes")

    def printed(table: str, on: Path | None) -> str:
        return adops(table, "list", "--limit", "0", "--format", "ndjson", on=on).out

    for table in ("projects", "workflows", "executions", "campaigns", "events"):
        verb = ["register", "-"] if table == "workflows" else ["create", "--from", "-"]
        assert adops(table, *verb, stdin=printed(table, None), on=other).code == 0
        assert printed(table, other) == printed(table, None)
    assert adops("metrics", "record", "--from", "-", stdin=printed("metrics", None), on=other).code == 0
    assert (
        adops("metrics", "report", "--format", "csv", on=other).out == adops("metrics", "report", "--format", "csv").out
    )


BAD = (
    {"id": "good", "name": "A", "type": "x"},
    {"id": "nofield", "nmae": "B", "type": "x"},
    {"id": "badvalue", "name": "B", "type": "x", "status": "Active"},
    '{"id": "cut',
    7,
    {"id": "good", "name": "again", "type": "x"},
    '{"id": "twice", "name": "a", "name": "b", "type": "x"}',
)
REASONS = {
    2: "project has no field 'nmae'. Did you mean name?",
    3: 'status must be one of planning, active, paused, completed, cancelled, not "Active"',
    4: "the line is not JSON: unterminated string starting at line 4, column 8",
    5: "must be an object, not 7",
    6: "project 'good' already exists",
    7: 'has a duplicate key: "name"',
}


def test_records_that_do_not_fit_are_listed_and_the_others_go_in(adops: Adops) -> None:
    result = adops("projects", "create", "--from", "-", "--format", "json", stdin=lines(*BAD))

    assert result.code == 3
    assert result.json() == {"read": 7, "created": 1, "updated": 0, "rejected": 6}
    names = {2: "nofield", 3: "badvalue", 4: "no id", 5: "no id", 6: "good", 7: "twice"}
    assert result.err.splitlines() == [
        f"stdin, position {position}, {names[position]}: {reason}" for position, reason in REASONS.items()
    ]
    assert ids(adops, "projects") == ["good"]


def test_rejected_records_are_kept_and_go_in_once_they_are_mended(adops: Adops, tmp_path: Path) -> None:
    kept = tmp_path / "kept.ndjson"

    result = adops("projects", "create", "--from", "-", "--rejects", kept, stdin=lines(*BAD))

    assert result.code == 3
    assert (
        f"6 records rejected and saved to {kept}. Fix them there, then run `adops projects create --from" in result.err
    )
    rejected = [json.loads(line) for line in kept.read_text().splitlines()]
    assert {line["_position"]: line["_error"] for line in rejected} == REASONS
    assert rejected[0] == {"_file": "projects.json", "_position": 2, "_error": REASONS[2], "record": BAD[1]}
    rejected[0]["record"] = {"id": "mended", "name": "B", "type": "x"}
    kept.write_text(lines(*rejected[:2]))
    again = adops("projects", "create", "--from", kept, "--format", "json")
    assert again.json() == {"read": 2, "created": 1, "updated": 0, "rejected": 1}
    assert ids(adops, "projects") == ["good", "mended"]


def test_only_the_first_of_many_rejected_records_are_listed(adops: Adops) -> None:
    result = adops("events", "create", "--from", "-", stdin=lines(*({"tpye": "x"} for _ in range(25))))

    assert result.code == 3
    assert len(result.err.splitlines()) == 21
    assert result.err.splitlines()[-1] == "… and 5 more. Use --rejects FILE to save them all and fix them."


def test_workflows_are_registered_from_one_object_a_list_or_lines(adops: Adops, tmp_path: Path) -> None:
    file = tmp_path / "w.json"
    file.write_text(json.dumps({"id": "a", "name": "A"}, indent=2))

    one = adops("workflows", "register", file, "--format", "json")
    many = adops("workflows", "register", "-", "--format", "json", stdin='[{"id": "a", "version": "2"}, {"id": "b"}]')

    assert (one.code, one.json()["name"]) == (0, "A")
    assert (many.code, many.json()) == (3, {"read": 2, "created": 0, "updated": 1, "rejected": 1})
    assert many.err == "stdin, position 2, b: name is missing. A new workflow needs it\n"
    assert (
        adops("workflows", "register", "-", stdin=lines({"id": "c", "name": "C"}, {"id": "d", "name": "D"})).code == 0
    )
    assert ids(adops, "workflows") == ["a", "c", "d"]
    assert adops("workflows", "register", "-", stdin='{"id": "x"}').code == 2


@pytest.mark.parametrize(
    ("command", "stdin", "code", "words"),
    [
        (["projects", "create", "--from", "-", "--name", "x"], "[]", 2, "--from reads all fields from the file"),
        (["metrics", "record", "c", "--from", "-"], "[]", 2, "--from reads all fields from the file"),
        (["projects", "create", "--rejects", "r", "--name", "x", "--type", "y"], "", 2, "--rejects needs --from FILE"),
        (["projects", "create", "--type", "x"], "", 2, "name is missing. A new project needs it"),
        (["metrics", "record", "--spend", "1"], "", 2, "CAMPAIGN or DAY is missing. Give both, or --from FILE"),
        (["projects", "create", "--from", "none.json"], "", 2, "none.json: No such file"),
        (["projects", "create", "--from", "-"], "name,type\n", 2, "stdin is not JSON. Give a list of objects"),
        (
            ["projects", "create", "--from", "-"],
            '[{"name": 1}',
            2,
            "stdin is not JSON: expecting ',' delimiter at line 1",
        ),
        (["projects", "create", "--from", "-", "--rejects", "home"], "[{}]", 2, "home already exists"),
        (["workflows", "register", "-"], '{"id": "a",\n"name"}', 2, "stdin is not JSON"),
    ],
)
def test_a_wrong_request_is_one_line_and_writes_nothing(
    adops: Adops, command: list[str], stdin: str, code: int, words: str
) -> None:
    result = adops(*command, stdin=stdin)

    assert (result.code, result.out) == (code, "")
    assert result.err.startswith("Error: ")
    assert result.err.count("\n") == 1
    assert words in result.err
    assert ids(adops, "projects") == []


def test_nothing_in_is_nothing_done(adops: Adops) -> None:
    assert adops("events", "create", "--from", "-", "--format", "json").json() == dict.fromkeys(CREATED, 0)


def test_when_the_rows_cannot_be_written_there_is_no_rejects_file(adops: Adops, db_file: Path, tmp_path: Path) -> None:
    with database.bound(str(db_file)) as engine:
        engine.execute_sql(
            "CREATE TRIGGER stop BEFORE INSERT ON events WHEN NEW.id = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    records = lines({"tpye": "x"}, *({"type": "x"} for _ in range(700)), {"type": "x", "id": "bad"})

    result = adops("events", "create", "--from", "-", "--rejects", tmp_path / "r.ndjson", stdin=records)

    assert result.code not in (0, 3)
    assert ids(adops, "events") == []
    assert sorted(path.name for path in tmp_path.glob("*r.ndjson*")) == []


def test_a_slow_writer_on_stdin_keeps_no_other_writer_waiting(adops: Adops, database_url: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "adops_cli", "--database", database_url, "events", "create", "--from", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    ) as slow:
        assert slow.stdin
        # More than a pipe can hold, so the reader must be reading before everything is written.
        slow.stdin.write(lines(*({"type": "x", "id": f"slow-{n:03}", "payload": "y" * 1_000} for n in range(300))))
        slow.stdin.flush()
        assert adops("--busy-timeout", "0", "events", "create", "--type", "x", "--id", "quick").code == 0
        slow.stdin.close()
        assert slow.wait(timeout=30) == 0
    assert adops("events", "list", "--limit", "0", "--format", "csv").out.count("\n") == 302


def test_lines_are_not_held_all_at_once(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "many.ndjson"
    file.write_text('{"type": "x", "payload": {"text": "%s"}}\n' % ("y" * 1_000) * 30_000)
    program = f"""
        import resource
        from adops_cli.cli.app import run
        run(["--database", {database_url!r}, "events", "list"])
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert run(["--database", {database_url!r}, "events", "create", "--from", {str(file)!r}]) == 0
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000
    """
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], cwd=ROOT, check=True, capture_output=True, timeout=60
    )
