"""Ends commands at random moments with the signals that they catch: they leave nothing, not even for a moment."""

import itertools
import signal
from dataclasses import replace

from attacks.commands import Running
from attacks.judge import LEFT, WORDS, Finding, copied, judged, left_at_once
from attacks.rounds import Round, Tally, Torture, gathered
from attacks.works import WORKS

AIM = 200
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def main(torture: Torture, until: float) -> Tally:
    """Each signal at each command."""
    places = ((name, sent, number) for number in itertools.count() for sent in SIGNALS for name in WORKS)
    return gathered(torture, Tally("signals", AIM), ended_by, places, until)


def ended_by(torture: Torture, place: tuple[str, signal.Signals, int]) -> Round:
    """Send one signal to one command."""
    name, sent, number = place
    work, known = WORKS[name], torture.known[name]
    after = torture.chance("signals", sent.name, name, number).uniform(0.02, max(known.seconds, 0.03))
    with copied(known.template, torture.folder) as folder:
        running = Running(work.line(folder), folder, work.variables)
        met = not running.ended(after)
        if met:
            running.send(sent)
        ended = running.end()
        findings = []
        if ended.code not in known.codes | {128 + sent, -sent}:
            said = " ".join(ended.err.split())[-200:]
            findings.append(Finding(WORDS, f"exit code {ended.code} after {sent.name}: {said}"))
        if ended.code != -sent and (left := left_at_once(folder)):
            findings.append(Finding(LEFT, f"{sorted(left)} at once"))
        if name == "watch" and met and ended.code == 0:  # it is told to end, and has
            ended = replace(ended, code=128 + sent)
        findings += judged(work, known, folder, ended)
        return Round(f"{name}, {sent.name} {number}, after {after * 1000:.0f} ms", met, findings)
