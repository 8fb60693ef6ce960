"""Runs rounds on all cores until there are enough or the time is up, and counts what they found."""

import itertools
import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.pool import Pool
from pathlib import Path

from attacks.judge import KINDS, Finding, Known

CORES = os.cpu_count() or 1


@dataclass(frozen=True)
class Torture:
    """What all sections know."""

    folder: Path
    known: dict[str, Known]
    seed: str

    def chance(self, *words: object) -> random.Random:
        """Chance of its own for a round, the same each time for the same seed."""
        return random.Random("-".join(map(str, (self.seed, *words))))  # noqa: S311 - it must repeat


@dataclass(frozen=True)
class Round:
    """What one round has done: whether the attack met the command, and what was wrong then."""

    name: str
    met: bool
    findings: Sequence[Finding] = ()
    note: str = ""
    """One more thing to count."""


@dataclass
class Tally:
    """The rounds of a section."""

    section: str
    aim: int
    met: int = 0
    missed: int = 0
    seconds: float = 0
    kinds: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)

    def add(self, done: Round) -> None:
        """Count a round, and print what it found."""
        self.met += done.met
        self.missed += not done.met
        self.notes.update([done.note] if done.note else [])
        for finding in done.findings:
            self.kinds[finding.kind] += 1
            print(f"  FOUND {self.section}, {done.name}: {finding.kind}: {finding.words}", flush=True)


_given: list[tuple[Torture, Callable[..., Round]]] = []
"""For the processes of the pool, which inherit it."""


def _one(place: object) -> Round:
    torture, attack = _given[-1]
    return attack(torture, place)


def gathered(
    torture: Torture, tally: Tally, attack: Callable[..., Round], places: Iterator[object], until: float
) -> Tally:
    """Attack at these places, until the aim is reached, there are no more, or the time is up."""
    _given.append((torture, attack))
    began = time.monotonic()
    with multiprocessing.get_context("fork").Pool(CORES) as pool:
        while tally.met < tally.aim and time.monotonic() < until:
            if not (some := list(itertools.islice(places, CORES * 4))):
                break
            _add_all(pool, some, tally)
    _given.pop()
    tally.seconds = time.monotonic() - began
    return tally


def _add_all(pool: Pool, places: Sequence[object], tally: Tally) -> None:
    for done in pool.imap_unordered(_one, places):
        tally.add(done)


def table(tallies: Sequence[Tally]) -> str:
    """The counts of all sections."""
    head = ("section", "rounds", "aim", "not met", "seconds", *KINDS)
    lines = [
        (
            tally.section,
            tally.met,
            tally.aim,
            tally.missed,
            round(tally.seconds),
            *(tally.kinds[kind] for kind in KINDS),
        )
        for tally in tallies
    ]
    cells = [[str(cell) for cell in line] for line in (head, *lines)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(head))]
    shown = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]
    notes = [f"{tally.section}: {count} {note}" for tally in tallies for note, count in sorted(tally.notes.items())]
    return "\n".join([*shown, *notes])
