"""Kills commands at the very system calls by which they change files: at every kind of call of every command."""

from collections.abc import Iterator, Sequence
from random import Random

from attacks import strace
from attacks.judge import copied, judged
from attacks.rounds import Round, Tally, Torture, gathered
from attacks.strace import Point
from attacks.works import WORKS

AIM = 300


def main(torture: Torture, until: float) -> Tally:
    """Kill at each point, as long as there is time."""
    tally = Tally("syscalls", AIM)
    if not strace.can_trace():
        print(f"  {strace.MISSING}")
        return tally
    return gathered(torture, tally, killed, spread(strace.all_points(torture), torture.chance("syscalls")), until)


def spread(points: Sequence[Point], chance: Random) -> Iterator[Point]:
    """The points in an order in which each kind of call of each command comes early, picked by chance."""
    groups: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        groups.setdefault((point.work, point.call), []).append(point)
    for group in groups.values():
        chance.shuffle(group)
    while groups:
        for key in list(groups):
            yield groups[key].pop()
            if not groups[key]:
                del groups[key]


def killed(torture: Torture, point: Point) -> Round:
    """Kill one command at one call."""
    work, known = WORKS[point.work], torture.known[point.work]
    with copied(known.template, torture.folder) as place:
        ended, met = strace.disturbed(work, place, point, "signal=KILL")
        name = f"{work.name}, at {point.call} number {point.number}"
        return Round(name, met, judged(work, known, place, ended))
