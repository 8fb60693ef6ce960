"""`adops books`, `--as-of`, `--as-closed`, `metrics restated`, and what `adops imports` says of the journal."""

import hashlib
import json
from decimal import Decimal
from pathlib import Path

import pytest

from adops_cli import database
from adops_cli.data import books, campaigns, metrics, reports
from adops_cli.errors import BadRequestError
from adops_cli.storage.engines.sqlite import Sqlite
from adops_cli.storage.handle import db
from tests.conftest import Adops

DAYS = [f"2026-03-{day:02d}" for day in range(1, 32)]
SCOPE = ("--period", "2026-03")


@pytest.fixture
def book(db_file: Path, adops: Adops) -> Adops:
    """A month of two campaigns."""
    with database.bound(str(db_file), busy_timeout=5):
        for id, currency in (("b", "USD"), ("a", "EUR")):
            campaigns.create(id=id, name=id.upper(), platform="ttd", metadata={"currency": currency, "account": "1"})
            metrics.record_many({"campaign_id": id, "date": day, "spend": "1.5", "clicks": 5} for day in DAYS)
    return adops


def test_a_statement_is_an_object_with_the_keys_of_the_contract(book: Adops) -> None:
    closed = book("books", "close", *SCOPE, "--format", "json").json()

    keys = "period from to platform account project closedAt closedBy totals hash gaps openDays adjustments adjusted"
    assert list(closed) == [*keys.split(), "campaigns", "days", "reasons", "id", "previous", "seal"]
    sums = {"clicks": 155, "conversions": None, "impressions": None, "revenue": None, "rows": 31, "spend": 46.5}
    assert closed["totals"] == [{**sums, "currency": "EUR"}, {**sums, "currency": "USD"}]
    assert (closed["period"], closed["from"], closed["to"]) == ("2026-03", "2026-03-01", "2026-03-31")
    assert (closed["gaps"], closed["openDays"], closed["adjustments"], closed["adjusted"]) == (0, 0, 0, [])
    assert (closed["campaigns"], closed["days"]) == (2, 31)
    assert book("books", "get", "2026-03", "--format", "json").json() == closed


def test_the_hash_can_be_checked_without_adops(book: Adops) -> None:
    closed = book("books", "close", *SCOPE, "--format", "json").json()
    book("metrics", "record", "a", DAYS[3], "--spend", "70")
    book("metrics", "record", "b", DAYS[3], "--revenue", "0.000001")

    listed = book("metrics", "list", "--as-closed", *SCOPE, "--format", "json").out
    rows = sorted(json.loads(listed, parse_float=Decimal), key=lambda row: (row["campaignId"].encode(), row["date"]))

    sha = hashlib.sha256()
    for row in rows:
        line = [row[key] for key in ("campaignId", "date", "platform", "account", "currency", "impressions", "clicks")]
        amounts = (row[key] for key in ("conversions", "spend", "revenue"))
        line += [None if amount is None else int(Decimal(amount) * 10**6) for amount in amounts]
        sha.update(f"{json.dumps(line, ensure_ascii=False, separators=(',', ':'))}\n".encode())
    assert sha.hexdigest() == closed["hash"]


def test_adjustments_have_a_row_for_each_batch_day_and_figure(book: Adops) -> None:
    book("books", "close", *SCOPE)
    book("metrics", "record", "a", DAYS[3], "--spend", "4")

    [row] = book("books", "adjustments", *SCOPE, "--format", "json").json()

    assert list(row) == [
        "campaignId",
        "name",
        "platform",
        "currency",
        "date",
        "figure",
        "official",
        "now",
        "delta",
        "batchId",
        "at",
    ]
    assert [row[key] for key in ("campaignId", "currency", "date", "figure", "official", "now", "delta")] == [
        *("a", "EUR", DAYS[3], "spend"),
        *(1.5, 4, 2.5),
    ]
    assert book("books", "adjustments", "--period", "2026-04", "--format", "json").json() == []


def test_a_report_of_a_closed_period_says_what_has_changed(book: Adops) -> None:
    assert "closed" not in book("metrics", "report", *SCOPE).err
    book("books", "close", *SCOPE)
    assert "2026-03 closed " in book("metrics", "report", *SCOPE).err
    book("metrics", "record", "a", DAYS[3], "--spend", "0.25")

    told = book("metrics", "report", *SCOPE).err
    official = book("metrics", "report", *SCOPE, "--as-closed", "--format", "json")

    assert "; 1 adjustment since, spend -1.25 EUR." in told
    assert {row["spend"] for row in official.json()} == {46.5}
    assert official.err == "Official: 2026-03. All other days are as they are now.\n"
    assert "No period in this window is closed" in book("metrics", "top", "--period", "2026-04", "--as-closed").err


def test_a_refused_close_and_one_anyway(book: Adops) -> None:
    book("metrics", "delete", "a", DAYS[3], "--yes")
    book("metrics", "delete", "b", DAYS[3], "--yes")

    refused = book("books", "close", *SCOPE)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("Error: 2026-03 cannot be closed: ttd 1: no figures on 2026-03-04. ")
    assert book("books", "close", *SCOPE, "--anyway", "--format", "json").json()["gaps"] == 1
    assert book("books", "close", *SCOPE, "--platform", "ttd").code == 5
    assert book("books", "get", "2026-04").code == 4
    assert book("books", "close", "--period", "soon").code == 2


def test_reopening_asks_and_the_list_keeps_both(book: Adops) -> None:
    book("books", "close", *SCOPE)
    assert book("books", "reopen", "2026-03").code == 2
    assert book("books", "reopen", "2026-03", "--yes").err == "Reopened 2026-03.\n"
    [listed] = book("books", "list", "--format", "json").json()
    assert listed["reopenedAt"] is not None
    assert book("books", "verify").code == 0


def test_what_was_altered_ends_verify_with_3(book: Adops, db_file: Path) -> None:
    book("books", "close", *SCOPE)
    with database.bound(str(db_file)):
        db.execute_sql("UPDATE metrics SET spend = 9 WHERE date = '2026-03-05'")

    found = book("books", "verify", "--format", "json")
    explained = book("imports", "verify", "--format", "json")

    assert found.code == explained.code == 3
    assert [row["message"] for row in found.json()] == [
        "its rows are not those that were closed",
        "its sums are not those of the rows that were closed",
    ]
    assert [(row["campaignId"], row["date"]) for row in explained.json()] == [("a", DAYS[4]), ("b", DAYS[4])]
    assert list(explained.json()[0]) == ["campaignId", "name", "platform", "date", "month", "journal", "now"]
    assert book("imports", "adopt").err == "2 days were written down.\n"
    assert book("imports", "verify").code == 0
    assert book("books", "verify").code == 0


def test_an_undo_of_closed_days_says_what_it_becomes(book: Adops) -> None:
    Path("g.csv").write_text("Day,Campaign ID,Campaign,Account,Currency code,Cost\n2026-03-05,9,N,1,EUR,5\n", "utf-8")
    book("metrics", "import", "g.csv")
    book("books", "close", *SCOPE, "--anyway")

    asked = book("imports", "undo", "--last")

    assert asked.code == 2
    assert book("imports", "undo", "--last", "--yes").code == 0
    assert book("books", "get", "2026-03", "--format", "json").json()["adjustments"] == 1


def test_figures_are_told_as_of_a_day_a_time_and_a_batch(book: Adops) -> None:
    first = book("imports", "list", "--kind", "all", "--format", "json").json()[0]
    before = book("metrics", "report", "--by", "campaign", "--format", "json").json()
    book("metrics", "record", "a", DAYS[3], "--spend", "100")

    for moment in (first["id"], first["importedAt"]):
        for command in (("report", "--by", "campaign"), ("top", "--by", "spend"), ("list",)):
            then = book("metrics", *command, "--as-of", moment, "--format", "json").json()
            assert list(then[0]) == list(book("metrics", *command, "--format", "json").json()[0])
        assert book("metrics", "report", "--by", "campaign", "--as-of", moment, "--format", "json").json() == before
    assert book("metrics", "list", "--as-of", "2020-01-01", "--format", "json").json() == []
    assert book("metrics", "report", "--as-of", "imp-nothing").code == 4
    assert book("metrics", "report", "--as-of", "soon").code == 2
    assert book("metrics", "report", "--as-of", "2026-04-01", "--as-closed").code == 2


def test_what_has_moved_is_listed_largest_first(book: Adops) -> None:
    [since] = [one["id"] for one in book("imports", "list", "--kind", "all", "--format", "json").json()[:1]]
    book("metrics", "record", "a", DAYS[3], "--spend", "2")
    book("metrics", "record", "b", DAYS[3], "--spend", "100")

    found = book("metrics", "restated", "--since", since, "--format", "json").json()

    assert [(row["campaignId"], row["spendBefore"], row["spendNow"], row["spendDifference"]) for row in found] == [
        ("b", 1.5, 100, 98.5),
        ("a", 1.5, 2, 0.5),
    ]
    days = book("metrics", "restated", "--since", since, "--by", "day", "--format", "json").json()
    assert [(row["day"], row["currency"], row["days"]) for row in days] == [(DAYS[3], "USD", 1), (DAYS[3], "EUR", 1)]
    assert book("metrics", "restated", "--since", since, "--period", "2026-04").err == "Nothing has moved.\n"


def test_old_batches_are_folded_only_when_it_is_confirmed(book: Adops) -> None:
    assert book("imports", "prune", "--older-than", "1d").err == "No batch is that old.\n"
    told = book("imports", "prune", "--older-than", "0d", "--dry-run").err
    assert told.startswith("Would fold 2 batches.")
    assert book("imports", "prune", "--older-than", "0d").code == 2
    assert book("imports", "prune", "--older-than", "0d", "--yes").err == "Folded 2 batches.\n"
    assert book("imports", "verify").code == 0
    assert book("metrics", "report", "--as-of", "2020-01-01").code == 2


def test_json_mode_has_no_journal_and_says_so(json_store: Sqlite) -> None:
    for ask in (books.list, lambda: reports.report("day", as_of="2026-03-01"), lambda: books.close("2026-03")):
        with pytest.raises(BadRequestError, match="need a database, but in JSON mode the data are the files in"):
            ask()
    assert json_store.path.name == "json"
