"""`--since`, `--until`, `--period` and their like for times: one vocabulary, and no empty answer without a reason."""

from datetime import date

import pytest

from adops_cli import periods
from adops_cli.data import campaigns, events, executions, metrics, projects
from tests.conftest import Adops

TODAY = date(2026, 3, 1)
FIGURES = (["metrics", "report", "--by", "day"], ["metrics", "list"], ["metrics", "top"])


@pytest.fixture
def book(bound: object, adops: Adops, monkeypatch: pytest.MonkeyPatch) -> Adops:  # noqa: ARG001 - bound first
    """Figures of each day of February, seen on 1 March."""
    monkeypatch.setattr(periods, "today", lambda _timezone="UTC": TODAY)
    campaigns.create(id="c", name="C", platform="ttd")
    metrics.record_many({"campaign_id": "c", "date": date(2026, 2, day), "spend": 1} for day in range(1, 29))
    return adops


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        (("--since", "14d", "--until", "7d"), "2026-02-15", "2026-02-22"),
        (("--since", "14d"), "2026-02-15", "2026-02-28"),
        (("--until", "7d"), "2026-02-01", "2026-02-22"),
        (("--period", "last-week"), "2026-02-16", "2026-02-22"),
        (("--period", "2026-W07"), "2026-02-09", "2026-02-15"),
        (("--period", "q1"), "2026-02-01", "2026-02-28"),
        (("--since", "2026-02-27"), "2026-02-27", "2026-02-28"),
    ],
)
def test_each_word_is_one_bound_and_a_period_is_both(
    book: Adops, window: tuple[str, ...], first: str, last: str
) -> None:
    report = book("metrics", "report", "--by", "day", *window, "--format", "json").json()
    listed = book("metrics", "list", *window, "--format", "json").json()
    [top] = book("metrics", "top", "--by", "spend", *window, "--format", "json").json()

    assert (report[-1]["day"], report[0]["day"]) == (listed[-1]["date"], listed[0]["date"]) == (first, last)
    assert top["spend"] == len(report) == len(listed)


@pytest.mark.parametrize("format", ["table", "json", "csv", "tsv"])
@pytest.mark.parametrize("command", FIGURES)
def test_an_empty_window_says_which_days_the_book_holds(book: Adops, command: list[str], format: str) -> None:
    done = book(*command, "--period", "2025-10", "--format", format)

    assert done.code == 0
    assert done.err.endswith(
        "Nothing from 2025-10-01 to 2025-10-31; the book holds metrics from 2026-02-01 to 2026-02-28.\n"
    )
    assert "2026" not in done.out


def test_an_open_end_and_a_single_day_are_told_as_such(book: Adops) -> None:
    holds = "the book holds metrics from 2026-02-01 to 2026-02-28.\n"

    assert book("metrics", "list", "--since", "2026-03-05").err == f"Nothing from 2026-03-05 on; {holds}"
    assert book("metrics", "list", "--until", "2026-01-05").err == f"Nothing up to 2026-01-05; {holds}"
    assert book("metrics", "list", "--period", "today").err == f"Nothing on 2026-03-01; {holds}"
    assert book("metrics", "list", "--campaign", "c", "--offset", "99").err == ""


def test_a_log_says_the_same_of_its_times(book: Adops) -> None:
    events.create(type="t", timestamp="2026-02-03T12:00:00Z")
    projects.create(name="P", type="t", created_at="2026-02-03T12:00:00Z")

    assert book("events", "list", "--since", "mtd", "--until", "2026-02-02").err == (
        "Nothing from 2026-02-01 00:00 UTC to 2026-02-02 23:59 UTC; the book holds events on 2026-02-03.\n"
    )
    assert book("projects", "list", "--created-since", "7d").err == (
        "Nothing from 2026-02-22 00:00 UTC on; the book holds projects on 2026-02-03.\n"
    )
    assert book("executions", "list", "--created-until", "last-month").err == (
        "Nothing up to 2026-02-28 23:59 UTC; the book holds no executions.\n"
    )


def test_logs_take_days_and_words_in_the_time_zone(book: Adops) -> None:
    for id, moment in (("e1", "2026-02-27T23:30:00Z"), ("e2", "2026-02-28T22:30:00Z"), ("e3", "2026-02-28T23:30:00Z")):
        events.create(id=id, type="t", timestamp=moment)
        projects.create(id=id, name="P", type="t", created_at=moment)
        executions.create(id=id, workflow_id="w", created_at=moment)

    for zone, ids in (("UTC", ["e3", "e2"]), ("Europe/Berlin", ["e2", "e1"])):
        for command in (
            ["events", "list", "--period", "yesterday"],
            ["events", "list", "--since", "2026-02-28", "--until", "2026-02-28"],
            ["projects", "list", "--created-since", "yesterday"],
            ["executions", "list", "--created-since", "1d", "--created-until", "yesterday"],
        ):
            found = book("--timezone", zone, *command, "--format", "json").json()
            assert [row["id"] for row in found] == ids, (zone, command)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["metrics", "top", "--period", "7d", "--since", "14d"], "--period sets the first and the last day. Use it"),
        (["events", "list", "--period", "7d", "--until", "today"], "--period sets the first and the last day. Use it"),
        (["metrics", "list", "--since", "7d", "--until", "14d"], "the window is empty: it begins on 2026-02-22 and"),
        (["metrics", "report", "--until", "2026-W60"], '--until "2026-W60" is not in the calendar. Give a day'),
        (["events", "list", "--since", "soon"], "--since must be a day as YYYY-MM-DD"),
        (["events", "list", "--until", "2026-02-10T99:00"], "--until is not a time in the calendar"),
        (["projects", "list", "--created-since", "last-year"], "--created-since must be a day as YYYY-MM-DD"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused_by_its_name(book: Adops, command: list[str], words: str) -> None:
    done = book(*command)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"Error: {words}")
    assert done.err.count("\n") == 1


def test_a_window_that_has_rows_is_not_said_to_be_empty_because_of_another_filter(book: Adops) -> None:
    found = book("metrics", "list", "--period", "2026-02", "--offset", "100000", "--format", "json")

    assert (found.code, found.out, found.err) == (0, "[]\n", "")


def test_a_day_to_delete_that_is_none_is_named_as_the_argument(book: Adops) -> None:
    campaign = book("campaigns", "list", "--limit", "1", "--format", "json").json()[0]["id"]
    refused = book("metrics", "delete", campaign, "2020-13-01", "--yes")

    assert (refused.code, refused.err.startswith("Error: the day ")) == (2, True)
