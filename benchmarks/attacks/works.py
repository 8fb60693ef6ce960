"""The commands that are attacked, and what each finds in the folder that it runs in."""

import gzip
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from attacks.commands import Ended, run
from tests import node_scripts
from tests.conftest import ROOT

DATABASE = "ad-ops.db"
FIRST, SECOND, WRONG = "first.csv", "second.csv", "c,2026-02-20,much\n"


def _nothing(_place: Path) -> None:
    """The common folder is enough."""


@dataclass(frozen=True)
class Work:
    """A command to attack."""

    name: str
    words: str
    prepared: Callable[[Path], None] = _nothing
    """What else must stand in the place."""
    next: str = ""
    """The next command of its kind; the same one unless it is said."""
    steps: bool = False
    """Whether it commits more than once: then its database can be in between, and is complete after the next one."""
    with_it: tuple[str, ...] = ()
    """Files that must be there, and complete, as soon as the database has changed."""
    on: str = DATABASE
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(self, place: Path, *, again: bool = False) -> Ended:
        """Run it, or the next one, to its end."""
        return run(self.line(place, again=again), place, self.variables)

    def line(self, place: Path, *, again: bool = False) -> list[str]:
        """Its words, with the database. `BATCH` is the id of the newest import of the place."""
        words = (again and self.next) or self.words
        if "BATCH" in words:
            words = words.replace("BATCH", (place / "batch").read_text())
        return ["--database", self.on, *words.split()]


def _must(place: Path, *lines: str, on: str = DATABASE) -> None:
    for line in lines:
        ended = run(["--database", on, *line.split()], place)
        if ended.code not in (0, 3):
            raise RuntimeError(f"{line}: {ended.err}")


def rows(days: int, spend: int, campaigns: int = 20) -> str:
    """An export file of so many campaigns in one month, each with the same spend on every day."""
    lines = (f"c{n},2026-02-{day:02},{spend},{n}" for n in range(campaigns) for day in range(1, days + 1))
    return "campaign,date,spend,clicks\n" + "\n".join(lines) + "\n"


def common(place: Path) -> None:
    """Make the folder that all works begin with: a database with every kind of row, and files to import."""
    here = place / "here"
    for folder in (here, place / "home", place / "tmp"):
        folder.mkdir(parents=True)
    (here / FIRST).write_text(rows(20, 1))
    (here / SECOND).write_text(rows(27, 2) + WRONG)
    (here / "packed.csv.gz").write_bytes(gzip.compress(rows(27, 2).encode(), mtime=0))
    _must(place, "db migrate", "db seed", f"metrics import {FIRST} --platform generic")


def _done(place: Path) -> None:
    (place / "here" / "done").mkdir()


def _undo(place: Path) -> None:
    _must(place, f"metrics import {SECOND} --platform generic")
    ended = run(["--database", DATABASE, *["imports", "list", "--format", "tsv"]], place)
    (place / "batch").write_text(ended.out.splitlines()[1].split()[0])


def _old(place: Path) -> None:
    _must(place, "db rollback --steps 5 --yes")
    for backup in (place / "here").glob("*-backup-*"):
        backup.unlink()


def _knex(place: Path) -> None:
    shutil.copy(ROOT / "fixtures" / "knex" / "ad-ops.db", place / "here" / "knex.db")


def _older(place: Path) -> None:
    _must(place, "db backup older.db", f"metrics import {SECOND} --platform generic")


def _legacy(place: Path) -> None:
    shutil.copytree(ROOT / "fixtures" / "legacy", place / "here" / "old")


def _json_mode(place: Path) -> None:
    _must(place, "db export-json json")


def _other_forms(place: Path) -> None:
    node_scripts.write(place / "here" / DATABASE, node_scripts.READABLE)


def _incoming(place: Path) -> None:
    (place / "here" / "in").mkdir()
    (place / "here" / "in" / SECOND).write_text(rows(27, 2))


_PROJECT = "projects create --id proj-new --name New --type campaign --budget 5"
WORKS = {
    work.name: work
    for work in (
        Work(
            "import",
            f"metrics import {SECOND} --platform generic --rejects rejected.csv",
            with_it=("rejected.csv",),
        ),
        Work("import of a packed file", "metrics import packed.csv.gz --platform generic --mode replace-range --yes"),
        Work(
            "import and move",
            f"metrics import {SECOND} packed.csv.gz --platform generic --move-to done",
            _done,
            steps=True,
        ),
        Work("undo", "imports undo BATCH --yes", _undo),
        Work("watch", "watch in --once --interval 0.05 --platform generic", _incoming),
        Work("record", "metrics record camp-01 2026-01-02 --spend 5 --clicks 7"),
        Work("create", _PROJECT),
        Work("clean-up", "events cleanup --older-than 1h --batch-size 3 --yes", steps=True),
        Work("backup", "db backup copy.db"),
        Work("restore", "db restore older.db --yes", _older),
        Work("copy", "db copy --to other.db", steps=True),
        Work("migration", "db migrate", _old, steps=True),
        Work("roll-back", "db rollback --steps 3 --yes", next="db migrate", steps=True),
        Work("take-over", "db migrate --on-bad-row reject --rejects rejected.ndjson", _knex, on="knex.db", steps=True),
        Work("export of JSON", "db export-json files"),
        Work("export of Parquet", "export parquet parquet"),
        Work("import of JSON", "db import-json old --rejects rejected.ndjson", _legacy, steps=True),
        Work("repair", "db repair", _other_forms, steps=True),
        Work("optimize", "db optimize"),
        Work("JSON mode", _PROJECT, _json_mode, variables={"USE_DATABASE": "false", "ADOPS_JSON_DIR": "json"}),
    )
}
