"""Kills commands at random moments, with the signal that nobody can catch."""

import itertools
import signal

from attacks.commands import Running
from attacks.judge import copied, judged
from attacks.rounds import Round, Tally, Torture, gathered
from attacks.works import WORKS

AIM = 600


def main(torture: Torture, until: float) -> Tally:
    """Kill until the time is up."""
    names = itertools.cycle(WORKS)
    return gathered(torture, Tally("kills", AIM), killed, zip(names, itertools.count(), strict=False), until)


def killed(torture: Torture, place: tuple[str, int]) -> Round:
    """Kill one command once."""
    name, number = place
    work, known = WORKS[name], torture.known[name]
    after = torture.chance("kills", number).uniform(0, known.seconds)
    with copied(known.template, torture.folder) as folder:
        running = Running(work.line(folder), folder, work.variables)
        running.ended(after)
        if running.ended(0):
            met = False
        else:
            running.send(signal.SIGKILL)
            met = True
        ended = running.end()
        met = met and ended.code == -signal.SIGKILL
        return Round(f"{name}, round {number}, after {after * 1000:.0f} ms", met, judged(work, known, folder, ended))
