"""Damages copies of a database. Each command then works or says that it cannot, and nothing else is harmed."""

import itertools
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

from attacks.commands import Ended, run
from attacks.judge import HALFWAY, LEFT, LOST, NEXT, WORDS, Finding, copied, left_at_once, sums_of
from attacks.rounds import Round, Tally, Torture, gathered
from attacks.seen import database
from attacks.works import DATABASE, SECOND

AIM = 250
DAMAGED = "damaged.db"
_PAGE = 4096
_ALLOWED = {0, 3, 4, 5, 6}
_NAMES_A_VALUE = re.compile("adops db verify`|Mend it with `")
"""Said of a value that cannot be read, where there is nothing to do without it. The exit code is 1 then."""
READS = (
    "db info",
    "metrics report --by campaign --format json",
    "metrics list --limit 0 --format json",
    "campaigns list --format json",
    "projects list --format json",
    "executions list --limit 0 --format json",
    "events list --limit 0 --format json",
    "workflows list --format json",
    "imports list --format json",
    "db export-json exported",
)
WRITES = (
    "db migrate",
    "db repair",
    f"metrics import {SECOND} --platform generic",
    "events cleanup --older-than 1h --yes",
    "db optimize",
)


def main(torture: Torture, until: float) -> Tally:
    """Damage copies, each in another way."""
    ways = itertools.cycle(WAYS)
    return gathered(torture, Tally("damage", AIM), harmed, zip(ways, itertools.count(), strict=False), until)


def _page(content: bytearray, chance: Random) -> None:
    at = chance.randrange(1, len(content) // _PAGE) * _PAGE
    content[at : at + _PAGE] = chance.choice([bytes(_PAGE), chance.randbytes(_PAGE)])


def _swapped(content: bytearray, chance: Random) -> None:
    one, other = (chance.randrange(1, len(content) // _PAGE) * _PAGE for _ in range(2))
    content[one : one + _PAGE] = content[other : other + _PAGE]


def _bytes(content: bytearray, chance: Random) -> None:
    for _ in range(chance.randrange(1, 30)):
        content[chance.randrange(100, len(content))] = chance.randrange(256)


def _page_head(content: bytearray, chance: Random) -> None:
    at = chance.randrange(1, len(content) // _PAGE) * _PAGE
    content[at + chance.randrange(12)] ^= 1 << chance.randrange(8)


def _header(content: bytearray, chance: Random) -> None:
    content[chance.randrange(100)] = chance.randrange(256)


def _schema(content: bytearray, chance: Random) -> None:
    for _ in range(chance.randrange(1, 4)):
        content[chance.randrange(100, _PAGE)] = chance.randrange(256)


def _cut(content: bytearray, chance: Random) -> None:
    del content[chance.randrange(len(content)) :]


WAYS: dict[str, Callable[[bytearray, Random], None]] = {
    "a page": _page,
    "a page in the place of another": _swapped,
    "some bytes": _bytes,
    "the head of a page": _page_head,
    "the header": _header,
    "the text of the schema": _schema,
    "cut off": _cut,
}


def harmed(torture: Torture, place: tuple[str, int]) -> Round:
    """Damage one copy, and run all commands on it."""
    way, number = place
    chance = torture.chance("damage", number)
    with copied(torture.known["backup"].template, torture.folder) as folder:
        here = folder / "here"
        content = bytearray((here / DATABASE).read_bytes())
        WAYS[way](content, chance)
        (here / DAMAGED).write_bytes(content)
        asked = _Asked(folder)
        sound = asked.run("db verify").code == 0
        findings = _reads(asked, sound=sound) + _backup(asked) + _restore(asked, sound=sound)
        for words in WRITES:
            asked.run(words)
        findings += asked.findings
        if left := left_at_once(folder):
            findings.append(Finding(LEFT, f"{sorted(left)}"))
        note = "called sound by `db verify`" if sound else "named or refused by `db verify`"
        return Round(f"{way}, round {number}", met=True, findings=findings, note=note)


class _Asked:
    """Runs commands on the damaged copy, and finds those that end as none may."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.findings: list[Finding] = []

    def run(self, words: str, on: str = DAMAGED) -> Ended:
        ended = run(["--database", on, *words.split()], self.place)
        told = ended.code == 1 and _NAMES_A_VALUE.search(ended.err)
        if (ended.code not in _ALLOWED and not told) or ended.confused:
            said = " ".join(ended.err.split())[-300:]
            self.findings.append(Finding(WORDS, f"`{words}` ended with {ended.code}: {said}"))
        return ended


def _reads(asked: _Asked, *, sound: bool) -> list[Finding]:
    """What `db verify` calls sound, every command can read."""
    ended = {words: asked.run(words) for words in READS}
    shutil.rmtree(asked.place / "here" / "exported", ignore_errors=True)
    failed = {words: f"{one.code}: {' '.join(one.err.split())[-200:]}" for words, one in ended.items() if one.code}
    return [Finding(WORDS, f"`db verify` says 0, `{words}` {how}") for words, how in failed.items() if sound]


def _backup(asked: _Asked) -> list[Finding]:
    code, copy = asked.run("db backup copied.db").code, asked.place / "here" / "copied.db"
    if code == 0 and (wrong := database(copy)[1]):
        return [Finding(LOST, f"a backup was made that is not sound: {wrong}")]
    return [Finding(HALFWAY, "a backup was refused, and there is a file")] if code and copy.exists() else []


def _restore(asked: _Asked, *, sound: bool) -> list[Finding]:
    """A restore of the damaged copy leaves the database as it is, or replaces it by one that is sound."""
    path = asked.place / "here" / DATABASE
    before = database(path)
    code = asked.run(f"db restore {DAMAGED} --yes", on=DATABASE).code
    now = database(path)
    findings = [Finding(LOST, f"after a restore: {now[1]}")] if now[1] and sound else []
    if code == 0:
        return findings
    if now != before:
        findings.append(Finding(LOST, f"a restore ended with {code}, and the database is another"))
    if asked.run(f"metrics import {SECOND} --platform generic", on=DATABASE).code != 3:
        findings.append(Finding(NEXT, "after a refused restore"))
    return findings + sums_of(path)
