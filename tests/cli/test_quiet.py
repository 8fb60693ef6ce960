"""`--quiet` on every command: rows that were asked for, and errors. Nothing else, so that cron sends no mail."""

import contextlib
import os
import pty
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from adops_cli.cli import reference
from adops_cli.cli.groups import COMMANDS
from adops_cli.data import books
from adops_cli.data.access import bulk
from adops_cli.storage.models import Event
from tests.conftest import ROOT, Adops

PULL = ROOT / "fixtures" / "exports" / "google-ads" / "pull1.csv"
HEADER = "campaignId,date,impressions,clicks,conversions,spend,revenue"
ASKED = [
    *("metrics top", "metrics report --by platform", "metrics list --limit 3", "metrics latest camp-01"),
    *("metrics trend --period 2026-02", "sql VALUES(1)"),
    *(
        "metrics gaps --max-age 9999",
        "metrics lag",
        "metrics pacing",
        "budgets list",
        "metrics movers --by spend --since 2026-02-04 --until 2026-02-10",
        "alerts list",
        "alerts rules",
        "alerts run --rule ctr_down",
        "alerts look --rule ctr_down",
        "metrics history camp-01 2026-02-09",
        "imports list",
        "campaigns list",
        "campaigns get camp-01",
    ),
    *("projects list", "projects get proj-jbp", "projects stats", "executions list", "executions recent"),
    *("executions get exec-01", "events list", "events get evt-01", "events tail", "workflows list"),
    *("workflows get weekly-report", "db status", "db info", "config show"),
    *("layouts list", "platforms list", "platforms show google-ads"),
    *("metrics restated --since 2026-03-01", "books list", "books get 2026-02-03..2026-02-10", "books adjustments"),
]
DOING = [
    "metrics record camp-01 2026-03-01 --spend 3",
    "metrics delete camp-01 2026-03-01 --yes",
    f"metrics import {PULL}",
    f"layouts save pull --from {PULL} --platform google-ads",
    "layouts delete pull",
    "campaigns create --name N --platform ttd",
    "campaigns update camp-01 --name N",
    "campaigns delete camp-01 --yes",
    "projects create --name N --type campaign",
    "projects update proj-jbp --name N",
    "projects add-milestone proj-jbp --name Launch",
    'projects update-metrics proj-jbp {"roas":4}',
    "projects delete proj-jbp",
    "projects restore proj-jbp",
    'executions create --id made --workflow weekly-report --params {"platform":"ttd"}',
    "campaigns create-from-execution made",
    "executions update exec-01 --status running",
    "executions add-stage exec-01 --name S",
    "executions delete exec-01 --yes",
    "events create --type t",
    "events mark-processed evt-01",
    "events cleanup --older-than 30d --dry-run",
    "events cleanup --older-than 30d --yes",
    "workflows register w.json",
    "workflows enable w",
    "workflows disable w",
    "workflows delete w --yes",
    "books close --period 2026-02-11..2026-02-12 --anyway",
    "books reopen 2026-02-11..2026-02-12 --yes",
    "books verify",
    "imports verify",
    "imports adopt",
    "imports prune --older-than 9d",
    "budgets set B --platform ttd --amount 1 --from 2026-03-01 --until 2026-03-31",
    "budgets import b.json",
    "budgets delete B --yes",
    "brief --period 2026-02 --output brief.html",
    "export parquet parquet",
    "db migrate --plan",
    "db migrate",
    "db seed --yes",
    "db export-json files",
    "export parquet parquet-files",
    "db import-json files",
    "db repair",
    "db optimize",
    "db backup copy",
    "db verify",
    "db wait",
    "config init --local",
    "config set timezone UTC --local",
    "config unset timezone --local",
    "config trust",
]
ON_A_FILE = ["db rollback --yes --dry-run", "db copy --to other.db", "db restore copy.db --yes"]
HANDED_ON = {"db shell"}
"""What these print is that of another program."""
ON_A_CLUSTER = {"db distribute"}


@pytest.fixture
def seeded(sample_url: str, bound: object, adops: Adops) -> Adops:  # noqa: ARG001 - filled and bound first
    books.close("2026-02-03..2026-02-10")
    return adops


def tried(line: str) -> str:
    """The name of the command of a line."""
    words = line.split()
    return words[0] if words[0] in COMMANDS else " ".join(words[:2])


@pytest.mark.parametrize("command", reference.every_command())
def test_every_command_can_be_quiet(adops: Adops, command: str) -> None:
    assert "--quiet" in adops(*command.split(), "--help").out


def test_every_command_is_tried_below() -> None:
    also = {"imports get", "imports undo", "layouts get", "budgets get", "alerts ack", "alerts explain", "watch", "mcp"}
    here = {*map(tried, (*ASKED, *DOING, *ON_A_FILE)), *also, *HANDED_ON, *ON_A_CLUSTER}
    assert here == set(reference.every_command())


def test_rows_that_were_asked_for_are_printed(seeded: Adops) -> None:
    for command in ASKED:
        loud, quiet = seeded(*command.split()), seeded(*command.split(), "--quiet")
        assert (quiet.code, quiet.out, quiet.err) == (loud.code, loud.out, ""), command
        assert quiet.code == 0, command


def test_what_a_command_did_is_not(seeded: Adops, tmp_path: Path) -> None:
    (tmp_path / "w.json").write_text('{"id": "w", "name": "N"}', encoding="utf-8")
    (tmp_path / "b.json").write_text('[{"name": "B", "amount": 2}]', encoding="utf-8")
    for command in DOING:
        if command != "db backup copy":  # needs a program where the database is PostgreSQL
            done = seeded(*command.split(), "--quiet")
            assert (done.code, done.out, done.err) == (0, "", ""), command


def test_nor_what_it_did_to_a_file(seeded: Adops, db_file: Path) -> None:
    for command in ("db backup copy.db", *ON_A_FILE):
        done = seeded(*command.split(), "-q", on=db_file)
        assert (done.code, done.out, done.err) == (0, "", ""), command


def test_an_import_and_its_undo_say_nothing_in_any_format(adops: Adops) -> None:
    for form in ("auto", "table", "json", "csv"):
        assert adops("metrics", "import", PULL, "--quiet", "--format", form).out == ""
    [batch] = adops("imports", "list", "--quiet", "--format", "json").json()
    assert adops("imports", "get", batch["id"], "--quiet").out.startswith("id\t")
    undone = adops("imports", "undo", batch["id"], "--yes", "--quiet")
    assert (undone.code, undone.out, undone.err) == (0, "", "")


def test_notices_beside_rows_are_left_out(adops: Adops, bound: object) -> None:  # noqa: ARG001 - bound first
    bulk.insert(Event, ({"id": f"e{place}", "type": "t"} for place in range(60)))

    page = adops("events", "list", "--quiet")

    assert (page.out.count("\n"), page.err) == (51, "")


def test_errors_are_still_told(adops: Adops) -> None:
    assert adops("projects", "get", "none", "--quiet").err.startswith("Error: ")
    assert adops("projects", "list", "--quiet", "--wrong").err.startswith("Error: ")
    assert adops("events", "cleanup", "--older-than", "30d", "--quiet").err.startswith("Error: ")


def test_what_is_wrong_with_a_file_is_told_in_a_line_of_its_own(adops: Adops, tmp_path: Path) -> None:
    adops("campaigns", "create", "--id", "c", "--name", "C", "--platform", "ttd")
    (tmp_path / "some.csv").write_text(f"{HEADER}\nc,2026-01-01,1,1,1,1,1\nc,2026-01-02,x,1,1,1,1\n", encoding="utf-8")
    (tmp_path / "none.csv").write_text("nothing\n", encoding="utf-8")
    (tmp_path / "sound.csv").write_text(f"{HEADER}\nc,2026-01-03,1,1,1,1,1\n", encoding="utf-8")

    for form in ("auto", "table", "json"):
        done = adops("metrics", "import", "sound.csv", "some.csv", "none.csv", "--quiet", "--format", form)

        assert (done.code, done.out) == (2, "")
        lines = done.err.splitlines()
        assert [line.split(": ")[0] for line in lines if "none.csv" not in line] == ["some.csv"] * (len(lines) - 1)
        assert "some.csv: 1 of 2 rows rejected. Use --rejects FILE to save and fix them." in lines
        assert lines[-1].startswith("Error: none.csv: ")


def test_rejected_records_and_failed_checks_are_told(adops: Adops, db_file: Path, tmp_path: Path) -> None:
    (tmp_path / "projects.ndjson").write_text('{"name": "N", "type": "t"}\n{"name": 1}\n', encoding="utf-8")
    created = adops("projects", "create", "--from", "projects.ndjson", "--quiet")
    assert (created.code, created.out, created.err.count("\n")) == (3, "", 1)

    with contextlib.closing(sqlite3.connect(db_file)) as other:
        other.execute("UPDATE projects SET createdAt = 'soon'")
        other.commit()
    checked = adops("db", "verify", "--quiet")
    assert (checked.code, checked.out) == (3, "")
    assert checked.err.startswith("failed: ")


@pytest.mark.parametrize("option", ["--quiet", "-q"])
def test_before_the_command_it_is_told_where_it_belongs(adops: Adops, option: str) -> None:
    refused = adops(option, "metrics", "list")

    assert (refused.code, f"Put it after the command: `adops metrics list {option}`" in refused.err) == (2, True)


def test_quiet_lasts_for_one_command(adops: Adops) -> None:
    assert adops("projects", "create", "--name", "N", "--type", "t", "--quiet").out == ""
    assert adops("projects", "create", "--name", "N", "--type", "t").out != ""


@pytest.mark.parametrize(("words", "seen"), [([], True), (["--quiet"], False)])
def test_a_terminal_shows_no_progress_and_no_summary(db_file: Path, words: list[str], seen: bool) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "adops_cli", "--database", db_file, "metrics", "import", PULL, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # the terminal has closed
        pass
    os.close(ours)

    assert (done.returncode, bool(shown)) == (0, seen)
