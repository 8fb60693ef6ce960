"""Lets system calls fail: one with an I/O error, or each from a moment on with a full disk."""

import itertools

from attacks import strace
from attacks.judge import WORDS, Finding, copied, judged
from attacks.rounds import Round, Tally, Torture, gathered
from attacks.strace import Point
from attacks.syscalls import spread
from attacks.works import WORKS

AIM = 200
WAYS = (("EIO", False), ("ENOSPC", True), ("ENOSPC", False), ("EIO", True))
"""The error, and whether it stays."""
_FULL = ("write", "pwrite64", "ftruncate", "fallocate", "openat", "mkdir", "rename", "link", "copy_file_range")
"""The calls that a full disk lets fail. What removes, locks or syncs works there."""


def main(torture: Torture, until: float) -> Tally:
    """Let a call fail at each point, as long as there is time."""
    tally = Tally("errors", AIM)
    if not strace.can_trace():
        print(f"  {strace.MISSING}")
        return tally
    points = spread(strace.all_points(torture), torture.chance("errors"))
    return gathered(torture, tally, failed, zip(points, itertools.cycle(WAYS), strict=False), until)


def failed(torture: Torture, place: tuple[Point, tuple[str, bool]]) -> Round:
    """Let one call of one command fail."""
    point, (error, stays) = place
    if point.call not in _FULL:
        error, stays = "EIO", False
    work, known = WORKS[point.work], torture.known[point.work]
    name = f"{work.name}, {error}{' from' * stays} at {point.call} number {point.number}"
    with copied(known.template, torture.folder) as folder:
        ended, met = strace.disturbed(work, folder, point, f"error={error}", from_then_on=stays)
        findings = [] if ended.code is not None and ended.code >= 0 else [Finding(WORDS, f"ended with {ended.code}")]
        return Round(name, met, findings + judged(work, known, folder, ended))
