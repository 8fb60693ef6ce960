"""`adops alerts`: what is wrong, as people, cron and other programs get it."""

import contextlib
import errno
import io
import json
import os
import stat
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from adops_cli import periods
from adops_cli.cli import app, notify, streams
from adops_cli.data import campaigns, metrics
from tests.conftest import Adops

TODAY = date(2026, 11, 10)
KEYS = [
    *("id", "rule", "severity", "scope", "platform", "campaignId", "name", "currency", "figure", "from", "to", "value"),
    *("expected", "atStake", "since", "firstSeen", "told", "message"),
]
TABLES = {
    40: """\
Severity  Cur.  At stake  Finding
────────────────────────────────────────
critical  EUR     200.00  Brand: no
                          spend since
                          2026-11-08
                          while active;
                          100.00 EUR is
                          usual on such
                          a day
warning   EUR     160.00  Generic: 1,200
                          clicks of
                          1,000
                          impressions on
                          2026-11-09,
                          and 1 more
                          such days
""",
    80: """\
Rule                Severity  Cur.  At stake  Finding
────────────────────────────────────────────────────────────────────────────────
no_spend            critical  EUR     200.00  Brand: no spend since 2026-11-08
                                              while active; 100.00 EUR is usual
                                              on such a day
impossible_figures  warning   EUR     160.00  Generic: 1,200 clicks of 1,000
                                              impressions on 2026-11-09, and 1
                                              more such days
""",
    120: """\
Id                   Rule                Severity  Cur.  At stake  Since       Finding
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
find-ccf0c9f0e4a6b6  no_spend            critical  EUR     200.00  2026-11-08  Brand: no spend since 2026-11-08 while
                                                                               active; 100.00 EUR is usual on such a day
find-600e2030283da6  impossible_figures  warning   EUR     160.00  2026-11-08  Generic: 1,200 clicks of 1,000
                                                                               impressions on 2026-11-09, and 1 more
                                                                               such days
""",
}


@pytest.fixture
def book(adops: Adops, db_file: Path, bound: object, monkeypatch: pytest.MonkeyPatch) -> Adops:  # noqa: ARG001
    """A campaign without spend since two days, and one that reports more clicks than impressions."""
    monkeypatch.setattr(periods, "today", lambda _timezone="UTC": TODAY)
    for id, last in (("brand", {"spend": 0}), ("generic", {"clicks": 1200, "spend": 80})):
        known = {"account": "123-456", "currency": "EUR"}
        campaigns.create(id=id, name=id.title(), platform="google-ads", metadata=known, status="active")
        usual = {"campaign_id": id, "impressions": 1000, "clicks": 50, "spend": 100}
        days = [(age, last if age < 3 else {}) for age in range(40, 0, -1)]
        metrics.record_many(usual | {"date": TODAY - timedelta(age)} | more for age, more in days)
    return adops


def found(adops: Adops, *more: str) -> Any:
    return adops("alerts", "run", "--format", "json", *more).json()


def test_findings_are_told_once_with_the_keys_that_others_rely_on(book: Adops) -> None:
    first = book("alerts", "run", "--format", "json")

    assert first.code == 3
    assert [list(row) for row in first.json()] == [KEYS, KEYS]
    assert first.json()[0] | {"id": ""} == {
        "id": "",
        "rule": "no_spend",
        "severity": "critical",
        "scope": "campaign brand",
        "platform": "google-ads",
        "campaignId": "brand",
        "name": "Brand",
        "currency": "EUR",
        "figure": "spend",
        "from": "2026-11-08",
        "to": "2026-11-09",
        "value": 0,
        "expected": 100,
        "atStake": 200,
        "since": "2026-11-08",
        "firstSeen": None,
        "told": None,
        "message": "Brand: no spend since 2026-11-08 while active; 100.00 EUR is usual on such a day",
    }
    second = book("alerts", "run", "--format", "json")
    assert (second.code, second.json(), second.err) == (
        0,
        [],
        "Quiet, as told before: 2 findings. --again tells all.\n",
    )
    again = book("alerts", "run", "--format", "json", "--again")
    assert again.code == 3
    assert [row["id"] for row in again.json()] == [row["id"] for row in first.json()]
    assert all(row["told"] for row in again.json())


def test_for_cron_nothing_is_printed_when_nothing_is_new(book: Adops) -> None:
    assert book("alerts", "run", "--quiet").out.count("\n") == 3

    second = book("alerts", "run", "--quiet")
    assert (second.code, second.out, second.err) == (0, "", "")
    assert book("alerts", "run", "--format", "csv").out.startswith("id,rule,")


@pytest.mark.parametrize("width", TABLES)
def test_the_table_fits_the_terminal(book: Adops, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))

    assert book("alerts", "run", "--format", "table").out == TABLES[width]


def script(path: Path, text: str) -> str:
    path.write_text(f"#!{sys.executable}\nimport json, sys, time\n{text}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return f"'{path}' 'to me; $HOME'"


def test_a_look_shows_all_and_remembers_nothing_also_on_a_read_only_database(book: Adops) -> None:
    first = book("alerts", "look", "--format", "json")
    assert (first.code, book("alerts", "list", "--format", "json").json()) == (3, [])

    told = book("alerts", "run", "--format", "json").json()
    assert [row["id"] for row in first.json()] == [row["id"] for row in told]
    book("alerts", "ack", told[0]["id"])

    known = book("alerts", "list", "--format", "json").out
    again = book("--read-only", "alerts", "look", "--format", "json").json()
    assert [*again[0]] == [*KEYS[:-1], "acknowledged", "message"]
    assert [bool(row["acknowledged"]) for row in again] == [True, False]
    assert book("alerts", "list", "--format", "json").out == known
    assert book("alerts", "look", "--rule", "cpa_up").code == 0


class TestNotifyCommand:
    def test_it_gets_the_findings_as_json_and_its_own_arguments_without_a_shell(
        self, book: Adops, tmp_path: Path
    ) -> None:
        command = script(tmp_path / "my tool", "json.dump([sys.argv[1:], json.load(sys.stdin)], open('got.json', 'w'))")

        done = book("alerts", "run", "--format", "json", "--notify-command", command)

        assert done.code == 3
        assert json.loads(Path("got.json").read_text(encoding="utf-8")) == [["to me; $HOME"], done.json()]
        Path("got.json").unlink()
        assert book("alerts", "run", "--notify-command", command).code == 0
        assert not Path("got.json").exists()

    def test_what_it_did_not_take_is_told_again(self, book: Adops, tmp_path: Path) -> None:
        command = script(tmp_path / "fails", "sys.exit('no such room')")

        done = book("alerts", "run", "--notify-command", command)

        assert done.code == 1
        assert done.err.splitlines()[-1] == (
            f"Error: the notify command {tmp_path}/fails ended with 1: no such room. "
            "Nothing counts as told; run it again"
        )
        assert len(found(book)) == 2

    def test_one_that_hangs_one_that_is_not_there_and_one_that_cannot_be_read(
        self, book: Adops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(notify, "SECONDS", 0.3)
        hangs = script(tmp_path / "hangs", "time.sleep(30)")

        assert "hangs has not ended after 0.3 seconds" in book("alerts", "run", "--notify-command", hangs).err
        missing = book("alerts", "run", "--notify-command", "./none")
        assert (missing.code, "./none cannot be run: No such file" in missing.err) == (1, True)
        unread = book("alerts", "run", "--notify-command", "mail 'x")
        assert (unread.code, "cannot be read: No closing quotation" in unread.err) == (2, True)
        assert len(found(book)) == 2


class Unread(io.StringIO):
    """A stdout that takes everything, and cannot pass it on."""

    def __init__(self, error: int) -> None:
        super().__init__()
        self._error = error

    def flush(self) -> None:
        raise OSError(self._error, os.strerror(self._error))


@pytest.mark.parametrize(("error", "code"), [(errno.ENOSPC, 1), (errno.EPIPE, 0)])
def test_a_full_disk_and_a_reader_that_is_gone_were_told_nothing(
    book: Adops, db_file: Path, monkeypatch: pytest.MonkeyPatch, error: int, code: int
) -> None:
    monkeypatch.setattr(streams, "forget_stdout", lambda: None)  # which is that of the tests
    with contextlib.redirect_stdout(Unread(error)):
        assert app.run(["--database", str(db_file), "alerts", "run"]) == code

    assert len(found(book)) == 2


def test_findings_are_listed_acknowledged_and_explained(book: Adops) -> None:
    first, second = (row["id"] for row in found(book))

    assert book("alerts", "ack", first).err == (
        f"Acknowledged {first}: Brand: no spend since 2026-11-08 while active; 100.00 EUR is usual on such a day.\n"
    )
    rows = book("alerts", "list", "--format", "json").json()
    assert {row["id"]: row["state"] for row in rows} == {first: "acknowledged", second: "open"}
    assert set(KEYS) < set(rows[0])
    known = book("alerts", "explain", second, "--format", "json").json()
    assert known["formula"].startswith("clicks > impressions, or spend > 0 with 0 impressions")
    assert known["numbers"] == {"days": ["2026-11-08", "2026-11-09"], "spend": "80"}
    assert book("alerts", "explain", "find-0").code == 4


def test_rules_of_the_settings_and_those_that_are_off(book: Adops) -> None:
    Path("adops.toml").write_text(
        '[alerts]\nrules = ["spend > 500 over 7d by platform"]\noff = ["no_spend", "impossible_figures"]\n',
        encoding="utf-8",
    )

    assert [row["rule"] for row in found(book)] == ["spend > 500 over 7d by platform"]
    rows = {row["rule"]: row["on"] for row in book("alerts", "rules", "--format", "json").json()}
    assert (rows["no_spend"], rows["stale"], rows["spend > 500 over 7d by platform"]) == (False, True, True)


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (["--rule", "roas << 1 over 7d"], 2, "has '<' at character 7, where a number such as 1.5 or 2% should be"),
        (["--models-for", "-1"], 2, "--models-for"),
        (["--min-spend", "much"], 2, "--min-spend"),
        (["--notify-command", ""], 2, "--notify-command is empty"),
    ],
)
def test_what_is_wrong_is_said(book: Adops, words: list[str], code: int, error: str) -> None:
    done = book("alerts", "run", *words)

    assert done.code == code
    assert error in done.err


def test_a_read_only_database_is_refused(db_file: Path, adops_on: Adops) -> None:
    assert adops_on("--read-only", "alerts", "run", on=db_file).code == 6


def test_an_unknown_finding_is_looked_for_where_findings_are_listed(db_file: Path, adops_on: Adops) -> None:
    for command in ("ack", "explain"):
        done = adops_on("alerts", command, "none", on=db_file)
        assert done.code == 4
        assert done.err == "Error: there is no finding 'none'. Use `adops alerts list` to see all ids\n"


def test_a_month_that_is_none_is_named_by_its_option(db_file: Path, adops_on: Adops) -> None:
    done = adops_on("metrics", "pacing", "--month", "x", on=db_file)
    assert (done.code, done.err.startswith("Error: --month must be a day")) == (2, True)
