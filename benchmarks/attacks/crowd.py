"""Eight processes write and read one database for a while, on SQLite and on PostgreSQL. No row is lost, no sum torn."""

import itertools
import json
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from attacks.commands import Ended, run
from attacks.judge import HALFWAY, LEFT, LOST, WORDS, Finding, left_at_once, sums_of
from attacks.rounds import Round, Tally, Torture
from attacks.seen import database
from attacks.works import rows
from tests.postgres import new_server

AIM = 0
LONGEST = 240
"""Seconds for both engines, however much time there is."""
DAYS = 20
CAMPAIGNS = 3
BUSY = 75


@dataclass(frozen=True)
class One:
    """One of the crowd: its number, its place, and until when it works."""

    number: int
    place: Path
    url: str
    until: float

    @property
    def account(self) -> str:
        """What its campaigns are told apart by."""
        return f"crowd-{self.number}"

    def ask(self, words: str) -> Ended:
        """Run a command."""
        return run(["--database", self.url, "--busy-timeout", "30", *words.split()], self.place)


def main(torture: Torture, until: float) -> Tally:
    """Half of the time for each engine."""
    tally = Tally("crowd", AIM)
    began = time.monotonic()
    until = min(until, began + LONGEST)
    _crowd(torture, str(torture.folder / "crowd.db"), began + (until - began) / 2, tally)
    if not (torture.folder / "crowd.db").exists():
        tally.add(Round("SQLite", met=True, findings=[Finding(LOST, "the database is gone")]))
    content, wrong = database(torture.folder / "crowd.db")
    tally.add(Round("SQLite", met=bool(content), findings=[Finding(LOST, wrong)] if wrong else []))
    with new_server() as url:
        _crowd(torture, url, until, tally)
    tally.seconds = time.monotonic() - began
    return tally


def _crowd(torture: Torture, url: str, until: float, tally: Tally) -> None:
    ones = [One(number, _place(torture.folder), url, until) for number in range(8)]
    if (made := ones[0].ask("db migrate")).code:
        raise RuntimeError(made.err)
    with multiprocessing.get_context("fork").Pool(len(ones)) as pool:
        for done in pool.imap_unordered(_works, ones):
            for one in done:
                tally.add(one)
    tally.add(Round("the sums", met=True, findings=sums_of(url)))


def _place(folder: Path) -> Path:
    place = Path(tempfile.mkdtemp(prefix="place-", dir=folder))
    for name in ("here", "home", "tmp"):
        (place / name).mkdir()
    return place


def _works(one: One) -> list[Round]:
    does = (_restates, _restates, _undoes, _creates, _reports, _reports, _exports, _lists)[one.number]
    engine = "PostgreSQL" if "://" in one.url else "SQLite"
    done = []
    for name, ended, findings in does(one):
        busy = ended.code == BUSY
        wrong = (ended.code != 0 and not busy) or ended.confused
        said = [Finding(WORDS, f"exit code {ended.code}: {' '.join(ended.err.split())[-300:]}")] if wrong else []
        note = f"of the commands on {engine} were told that it is busy" if busy else f"commands on {engine}"
        done.append(Round(f"{engine}, {name}", met=True, findings=[*findings, *said], note=note))
    if left := left_at_once(one.place):
        done.append(Round(engine, met=True, findings=[Finding(LEFT, f"{sorted(left)}")]))
    return done


Steps = Iterator[tuple[str, Ended, list[Finding]]]


def _turns(one: One) -> Iterator[int]:
    return itertools.takewhile(lambda _: time.monotonic() < one.until, itertools.count(1))


def _restates(one: One) -> Steps:
    """Import the same days again and again, each time with another spend."""
    stored = 0
    for turn in _turns(one):
        (one.place / "here" / "rows.csv").write_text(rows(DAYS, turn, CAMPAIGNS))
        ended = one.ask(f"metrics import rows.csv --platform generic --account {one.account}")
        stored = turn if ended.code == 0 else stored
        yield "restatement", ended, []
    yield "the last restatement", *_spends(one, {stored * DAYS})


def _undoes(one: One) -> Steps:
    """Import and take back."""
    for turn in _turns(one):
        (one.place / "here" / "rows.csv").write_text(rows(DAYS, turn, CAMPAIGNS))
        ended = one.ask(f"metrics import rows.csv --platform generic --account {one.account} --format json")
        yield "import", ended, []
        if ended.code == 0:
            (batch,) = (file["batchId"] for file in json.loads(ended.out))
            undone = one.ask(f"imports undo {batch} --yes")
            while undone.code == BUSY:
                undone = one.ask(f"imports undo {batch} --yes")
            yield "undo", undone, []
    yield "what was undone", *_spends(one, set())


def _spends(one: One, wanted: set[int]) -> tuple[Ended, list[Finding]]:
    """Whether the campaigns of its account have spent so much. None of them may be there for an empty set."""
    ended = one.ask("metrics report --by campaign --platform generic --format json")
    ids = {row["id"] for row in json.loads(one.ask("campaigns list --format json").out) if _is_of(row, one)}
    found = {row["spend"] for row in json.loads(ended.out) if row["campaignId"] in ids}
    return ended, [] if found == wanted else [Finding(LOST, f"{one.account} has spent {found}, not {wanted}")]


def _is_of(row: dict[str, object], one: One) -> bool:
    about = row["metadata"]
    return isinstance(about, dict) and about.get("account") == one.account


def _creates(one: One) -> Steps:
    """Create campaigns with figures, and keep account of what was said to be stored."""
    stored = set()
    for turn in _turns(one):
        name = f"camp-crowd-{turn}"
        ended = one.ask(f"campaigns create --id {name} --name {name} --platform ttd")
        stored |= {name} if ended.code == 0 else set()
        yield "create", ended, []
        if ended.code == 0:
            yield "record", one.ask(f"metrics record {name} 2026-02-01 --spend 5"), []
    ended = one.ask("campaigns list --format json")
    missing = stored - {row["id"] for row in json.loads(ended.out)}
    yield "what was created", ended, [Finding(LOST, f"{sorted(missing)}")] if missing else []


def _reports(one: One) -> Steps:
    """Read sums. All days of a campaign have the same spend, so a torn sum is seen."""
    for turn in _turns(one):
        by = ("campaign", "month", "platform")[turn % 3]
        ended = one.ask(f"metrics report --by {by} --platform generic --format json")
        torn = [row["spend"] for row in json.loads(ended.out or "[]") if row["spend"] % DAYS]
        yield f"report by {by}", ended, [Finding(HALFWAY, f"a sum of {one}") for one in torn]


def _exports(one: One) -> Steps:
    """Copy the database in a whole, and look into the copy."""
    for turn in _turns(one):
        if "://" not in one.url:
            yield "backup", one.ask(f"db backup copy-{turn}.db"), []
            wrong = database(one.place / "here" / f"copy-{turn}.db")[1]
            (one.place / "here" / f"copy-{turn}.db").unlink(missing_ok=True)
            yield "the backup", one.ask("db info"), [Finding(LOST, wrong)] if wrong else []
        ended = one.ask(f"db export-json files-{turn}")
        yield "export", ended, _torn(one.place / "here" / f"files-{turn}") if ended.code == 0 else []


def _torn(folder: Path) -> list[Finding]:
    campaigns, metrics = (json.loads((folder / f"{name}.json").read_text()) for name in ("campaigns", "metrics"))
    ids = {row["id"] for row in campaigns}
    lost = {row["campaignId"] for row in metrics} - ids
    findings = [Finding(HALFWAY, f"figures without their campaigns: {sorted(lost)}")] if lost else []
    days: dict[str, set[float]] = {}
    for row in metrics:
        days.setdefault(row["campaignId"], set()).add(row["spend"])
    return findings + [
        Finding(HALFWAY, f"{name} has days of {found}") for name, found in days.items() if len(found) > 1
    ]


def _lists(one: One) -> Steps:
    """Write and read a log, and make room beside all others."""
    for turn in _turns(one):
        yield "event", one.ask("events create --type crowd.turn --source crowd"), []
        words = ("events list --limit 0 --format json", "metrics top --by spend", "db optimize", "imports list")[
            turn % 4
        ]
        yield words, one.ask(words), []
