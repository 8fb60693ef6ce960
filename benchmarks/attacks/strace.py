"""Finds the system calls by which a command changes its place, and runs it with one of them disturbed, by `strace`."""

import itertools
import multiprocessing
import re
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from attacks.commands import PATIENCE, Ended, environment, program
from attacks.judge import Known, copied
from attacks.rounds import CORES, Torture
from attacks.works import WORKS, Work

CALLS = (
    "openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate", "rename", "link", "unlink", "mkdir",
    "rmdir", "flock", "fcntl", "chmod", "fchmod", "utimensat", "copy_file_range", "sendfile",
)  # fmt: skip
"""What changes files, and what says that a change is on the disk."""
MISSING = "strace is not here (or may not trace), and without it no system call can be disturbed: skipped"
_LINE = re.compile(r"(?P<pid>\d+) +(?P<call>\w+)\((?P<rest>.*)")
_READS = re.compile(r"O_RDONLY|F_GETFD|F_SETFD|F_GETFL|F_DUPFD")


@dataclass(frozen=True)
class Point:
    """The Nth call of that name of a command."""

    work: str
    call: str
    number: int


def can_trace() -> bool:
    """Whether there is an strace that works."""
    if not (program := shutil.which("strace")):
        return False
    return subprocess.run([program, "-f", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0


_found: list[Point] = []


def all_points(torture: Torture) -> list[Point]:
    """The system calls of all commands that change something. They are looked for once."""
    if not _found:
        asked = [(work, torture.known[work.name], torture.folder) for work in WORKS.values()]
        with multiprocessing.get_context("fork").Pool(CORES) as pool:
            _found.extend(itertools.chain.from_iterable(pool.starmap(_points, asked)))
    return _found


def _points(work: Work, known: Known, folder: Path) -> Sequence[Point]:
    with copied(known.template, folder) as place:
        log = place / "log"
        _traced(work, place, ["-y", "-o", str(log), "-e", f"trace={','.join(CALLS)}"])
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    counts: Counter[tuple[str, str]] = Counter()
    found, first = [], None
    for line in lines:
        if made := _LINE.match(line):
            first = first or made["pid"]  # only the calls of the command itself, which come in the same order each time
            counts[made["pid"], made["call"]] += 1
            if made["pid"] == first and str(place) in made["rest"] and not _READS.search(made["rest"]):
                found.append(Point(work.name, made["call"], counts[first, made["call"]]))
    return found


def disturbed(work: Work, place: Path, point: Point, how: str, *, from_then_on: bool = False) -> tuple[Ended, bool]:
    """Run a command with a call disturbed. Also whether that has happened."""
    log = place / "log"
    when = f"{point.number}+" if from_then_on else str(point.number)
    ended = _traced(
        work, place, ["-o", str(log), "-e", f"trace={point.call}", "-e", f"inject={point.call}:{how}:when={when}"]
    )
    said = log.read_text(encoding="utf-8", errors="replace")
    log.unlink()
    return ended, "INJECTED" in said or ended.code == -signal.SIGKILL


def _traced(work: Work, place: Path, options: Sequence[str]) -> Ended:
    kills = any("signal=KILL" in option for option in options)  # which does nothing with --seccomp-bpf
    strace = ["strace", "-f", *([] if kills else ["--seccomp-bpf"]), "-qq", "-e", "signal=none", *options]
    process = subprocess.Popen(
        [*strace, *program(work.line(place))],
        cwd=place / "here",
        env=environment(place, work.variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        out, err = process.communicate(timeout=PATIENCE)
        code: int | None = process.returncode
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        code = None
    return Ended(code, out.decode(errors="replace"), err.decode(errors="replace"), 0)
