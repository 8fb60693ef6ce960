"""Judges a place after an attack: sound, before or after, the next command works, nothing is left over."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adops_cli import database
from adops_cli.errors import AdopsError
from adops_cli.storage.rollups import check
from attacks.commands import Ended
from attacks.seen import Seen, beside, seen
from attacks.works import WORKS, Work, common

LOST, HALFWAY, LEFT, NEXT, SUMS, WORDS = "lost", "halfway", "left over", "next fails", "wrong sums", "wrong words"
KINDS = (LOST, HALFWAY, LEFT, NEXT, SUMS, WORDS)


@dataclass(frozen=True)
class Finding:
    """Something that must not be."""

    kind: str
    words: str


@dataclass(frozen=True)
class Known:
    """What a work does when nothing happens to it."""

    template: Path
    """The place, as it is before."""
    before: Seen
    after: Seen
    finally_: Seen
    """After the next command, too."""
    codes: frozenset[int | None]
    """The exit codes of the two."""
    seconds: float


def learned(folder: Path) -> dict[str, Known]:
    """Run each work once without an attack, in folders that stay."""
    base = folder / "base"
    common(base)
    found = {}
    for work in WORKS.values():
        template = Path(shutil.copytree(base, folder / work.name.replace(" ", "-")))
        work.prepared(template)
        with copied(template, folder) as place:
            before = seen(place / "here")
            first = work.run(place)
            after = seen(place / "here")
            second = work.run(place, again=True)
            last = seen(place / "here")
        if first.code not in (0, 3):
            raise RuntimeError(f"{work.name}: {first.err}")
        codes = frozenset((first.code, second.code))
        found[work.name] = Known(template, before, after, last, codes, first.seconds)
    return found


@contextmanager
def copied(template: Path, folder: Path) -> Iterator[Path]:
    """A place of its own, made like the template."""
    place = Path(tempfile.mkdtemp(prefix="place-", dir=folder))
    try:
        yield Path(shutil.copytree(template, place, dirs_exist_ok=True))
    finally:
        shutil.rmtree(place, ignore_errors=True)


def judged(work: Work, known: Known, place: Path, ended: Ended) -> list[Finding]:
    """Everything that is wrong in a place after the work was attacked there, and after the next command."""
    now = seen(place / "here")
    findings = [Finding(LOST, line) for line in now.damaged]
    findings += [Finding(HALFWAY, line) for line in _halfway(work, known, now)]
    if ended.code == 0 and not _is_done(known, now):
        findings.append(Finding(LOST, "it said 0, and not everything is there"))
    if ended.confused:
        findings.append(Finding(WORDS, ended.confused))
    return findings + _next(work, known, place)


def left_at_once(place: Path) -> set[str]:
    """What a command that could clean up has left: working files here, or in the folder for temporary files."""
    in_temporary = {f"tmp/{path.name}" for path in (place / "tmp").iterdir() if not _is_trial(path)}
    return seen(place / "here").left | in_temporary


def _is_trial(path: Path) -> bool:
    """Whether it is a file that Python or SQLite makes and removes in the same moment, to try the folder, or nameless.

    Where that is disturbed, it is not ours to be found.
    """
    tried = len(path.name) == 8 and path.is_file() and path.read_bytes() in (b"", b"blat")
    return tried or path.name.startswith("etilqs_")


def _halfway(work: Work, known: Known, now: Seen) -> Iterator[str]:
    names = {*now.files, *known.before.files, *known.after.files}
    for name in sorted(names):
        allowed = {one.files.get(name) for one in (known.before, known.after, known.finally_)}
        between = work.steps and name.endswith(".db")
        if now.files.get(name) not in allowed and not between:
            yield f"{name} is neither as before nor as after"
    if work.with_it and now.files[work.on] != known.before.files[work.on]:
        yield from (
            f"the database has changed, and {name} is not there" for name in work.with_it if name not in now.files
        )
    if not work.steps:
        words = {one.files.get(work.on) for one in (known.before, known.after)}
        yield from (f"a backup is of no state: {word}" for word in now.backups - words - known.after.backups)


def _is_done(known: Known, now: Seen) -> bool:
    return now.files in (known.after.files, known.finally_.files)


def _next(work: Work, known: Known, place: Path) -> list[Finding]:
    ended = work.run(place, again=True)
    now = seen(place / "here")
    findings = [Finding(LOST, f"after the next command: {line}") for line in now.damaged]
    if ended.code not in known.codes:
        findings.append(Finding(NEXT, f"exit code {ended.code}: {' '.join(ended.err.split())[-300:]}"))
    elif not _is_done(known, now):
        differing = {name for name, word in now.files.items() if known.after.files.get(name) != word}
        missing = known.after.files.keys() - now.files.keys()
        findings.append(Finding(NEXT, f"the end is another: {sorted(differing | missing)}"))
    if ended.confused:
        findings.append(Finding(WORDS, ended.confused))
    left = left_at_once(place) | beside(place / "here")
    findings += [Finding(LEFT, f"{sorted(left)}")] if left else []
    return findings + sums_of(place / "here" / work.on)


def sums_of(url: Path | str) -> list[Finding]:
    """The months of a database whose stored sums are not those of the daily rows."""
    try:
        with database.bound(str(url), busy_timeout=10):
            return [Finding(SUMS, f"sums of {month}") for month in check.wrong_months()]
    except AdopsError as error:
        return [Finding(SUMS, f"the sums cannot be read: {error}")]
