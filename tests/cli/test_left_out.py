"""One unreadable row never makes a whole list fail: it is named on stderr, the rest is printed, the code is 3."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Adops
from tests.node_scripts import READABLE, UNREADABLE, write

HINT = "Mend such rows with `adops db shell`, or with `adops db repair --replace-undecodable` if they are not UTF-8.\n"
SECONDS = "projects p-seconds is left out: createdAt holds 1795169472, which cannot be read\n"


@pytest.fixture
def of_node(db_file: Path) -> Path:
    write(db_file, READABLE, UNREADABLE)
    return db_file


@pytest.mark.usefixtures("of_node")
@pytest.mark.parametrize(
    ("command", "rows", "left_out"),
    [
        (["projects", "list"], 5, 3),
        (["projects", "list", "--sort", "name", "--limit", "3"], 3, 1),
        (["projects", "list", "--created-since", "2026-11-20T10:11:12.345Z"], 5, 3),
        (["executions", "list"], 1, 1),
        (["events", "list"], 6, 4),
        (["events", "list", "--type", "t", "--processed"], 3, 0),
        (["campaigns", "list"], 1, 1),
        (["metrics", "list"], 3, 2),
        (["metrics", "latest", "c"], 3, 2),
        (["metrics", "report", "--by", "day"], 3, 2),
        (["metrics", "report", "--by", "campaign"], 1, 2),
        (["metrics", "top"], 1, 2),
    ],
)
def test_what_can_be_read_is_printed_and_the_rest_is_named(
    adops: Adops, command: list[str], rows: int, left_out: int
) -> None:
    for form in ("json", "csv"):
        done = adops(*command, "--format", form)

        assert len(done.json() if form == "json" else done.out.splitlines()[1:]) == rows
        assert done.code == (3 if left_out else 0)
        assert done.err.count(" is left out: ") == left_out
        assert done.err.endswith(HINT) or not left_out


@pytest.mark.usefixtures("of_node")
def test_it_is_said_in_words(adops: Adops) -> None:
    done = adops("projects", "list", "--created-since", "2027-01-01T00:00:00Z", "--format", "json")

    assert (done.code, done.out) == (3, "[]\n")
    [empty] = [line for line in done.err.splitlines(keepends=True) if line.startswith("Nothing from 2027-01-01 ")]
    assert done.err.replace(empty, "") == (
        SECONDS + 'projects p-string is left out: createdAt holds "Fri Nov 20 2026 10:11:12 GMT+0000 '
        "(Coordinated Universal T…, which cannot be read\n" + HINT
    )


@pytest.mark.usefixtures("of_node")
def test_one_row_is_an_error_that_says_which(adops: Adops) -> None:
    looked = adops("projects", "get", "p-seconds")
    changed = adops("projects", "update", "p-seconds", "--name", "S")

    words = (
        "Error: projects p-seconds: createdAt holds 1795169472, which cannot be read. "
        "Mend it with `adops db shell`, or with `adops db repair --replace-undecodable` if it is not UTF-8\n"
    )
    assert (looked.code, looked.out, looked.err) == (3, "", words)
    assert (changed.code, changed.out, changed.err) == (1, "", words)


@pytest.mark.usefixtures("of_node")
def test_tail_prints_what_it_can(adops: Adops) -> None:
    done = adops("events", "tail", "--lines", "3", "--format", "ndjson")

    assert done.code == 3
    assert len([json.loads(line) for line in done.out.splitlines()]) == 3
    assert done.err.count("events e-half is left out") == 1


def test_tail_that_follows_names_a_row_at_once_and_once(db_file: Path) -> None:
    write(db_file, "INSERT INTO events (id, type, payload) VALUES ('bad', 't', '{')")
    follow = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "adops_cli",
            "--database",
            str(db_file),
            *["events", "tail", "-f", "--interval", "0.05"],
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert follow.stdout
    assert follow.stderr
    assert follow.stderr.readline() == 'events bad is left out: payload holds "{", which cannot be read\n'
    for number in range(3):
        write(db_file, f"INSERT INTO events (id, type) VALUES ('good-{number}', 't')")
        assert f"good-{number}" in follow.stdout.readline()

    follow.send_signal(2)

    _, said = follow.communicate(timeout=30)
    assert (follow.returncode, said) == (130, HINT)


@pytest.mark.usefixtures("of_node")
def test_an_export_of_everything_names_what_it_lacks(adops: Adops, tmp_path: Path) -> None:
    done = adops("db", "export-json", tmp_path / "out", "--format", "json")

    assert done.code == 3
    assert sum(row["records"] for row in done.json()) == 17
    assert done.err.count(" is left out: ") == 11


def test_of_many_rows_the_first_are_named_and_all_are_counted(adops: Adops, db_file: Path) -> None:
    write(
        db_file,
        "INSERT INTO events (id, type, payload) "
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) SELECT i, 't', '{' FROM n",
    )

    done = adops("events", "list", "--limit", "0")

    assert (done.code, done.err.count(" is left out: ")) == (3, 50)
    assert "… and 10 more rows that cannot be read.\n" in done.err


@pytest.mark.usefixtures("of_node")
def test_a_command_that_fails_keeps_its_own_code(adops: Adops) -> None:
    assert adops("projects", "get", "none").code == 4
    assert adops("db", "copy", "--to", "copy.db").code == 1


def test_what_another_program_wrote_is_named_by_table_id_and_column(adops: Adops, db_file: Path) -> None:
    adops("campaigns", "create", "--id", "c", "--name", "C", "--platform", "ttd")
    adops("campaigns", "create", "--id", "d", "--name", "D", "--platform", "ttd")
    for statement, column in (
        ("UPDATE campaigns SET createdAt = 'soon' WHERE id = 'c'", 'createdAt holds "soon"'),
        ("UPDATE campaigns SET createdAt = NULL, budget = 'lots' WHERE id = 'c'", 'budget holds "lots"'),
        ("UPDATE campaigns SET budget = NULL, startDate = '2026-99-99' WHERE id = 'c'", 'startDate holds "2026-99-99"'),
        ("UPDATE campaigns SET startDate = NULL, metadata = '{a' WHERE id = 'c'", 'metadata holds "{a"'),
        ("UPDATE campaigns SET metadata = '[NaN]' WHERE id = 'c'", 'metadata holds "[NaN]"'),
        (f"UPDATE campaigns SET metadata = '{'[' * 9000}' WHERE id = 'c'", 'metadata holds "[[['),
    ):
        write(db_file, statement)
        listed, got = adops("campaigns", "list", "--format", "json"), adops("campaigns", "get", "c")

        assert (listed.code, [row["id"] for row in listed.json()], listed.err.count("\n")) == (3, ["d"], 2)
        assert listed.err.startswith(f"campaigns c is left out: {column}")
        assert (got.code, got.out, got.err.count("\n")) == (3, "", 1)
        assert got.err.startswith(f"Error: campaigns c: {column}")


def test_the_ledger_is_read_in_the_same_way(adops: Adops, db_file: Path) -> None:
    adops("metrics", "import", ROOT / "fixtures" / "exports" / "google-ads" / "pull1.csv")
    write(db_file, "UPDATE imports SET totals = '{a'")

    done = adops("imports", "list")

    assert (done.code, done.out.count("\n")) == (3, 1)
    assert 'is left out: totals holds "{a", which cannot be read' in done.err
