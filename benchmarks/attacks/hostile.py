"""Hands hostile files, names and settings to commands: each is refused in one line, and harms nothing."""

import gzip
import io
import itertools
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from attacks.commands import run
from attacks.judge import LEFT, LOST, NEXT, WORDS, Finding, copied, left_at_once, sums_of
from attacks.rounds import Round, Tally, Torture, gathered
from attacks.seen import database
from attacks.works import DATABASE, FIRST, rows
from tests.conftest import ROOT

AIM = 200
_ENDINGS = ("csv", "tsv", "xlsx", "ods", "json", "ndjson", "gz", "zip", "csv.gz", "db", "")
_NAMES = (
    "-rf.csv", "a\nb.csv", "\x1b[31mred.csv", "a'b\"c.csv", "$(touch touched).csv", "%s%n.csv", "ü\udcff.csv", "*.csv",
    "x" * 250 + ".csv", " .csv", "[bold]x.csv", "file:x?mode=rwc.csv", "\u202egpj.csv",
)  # fmt: skip
_DATABASES = (
    "here", "folder", "none.db", "text.db", "empty.db", "loop.db", "/dev/null", "/dev/full", "postgresql:/nowhere/x",
    "postgresql://127.0.0.1:1/x", "host=127.0.0.1 password=secret", "mysql://u:secret@x/y", "sqlite:///", "sqlite://x/y",
    "sqlite:///text.db?mode=rwc", "a\0b.db", "x" * 300, "file:text.db?mode=rwc", "", "~nobody/x.db", "\udcff.db",
)  # fmt: skip
_SETTINGS = (
    "database_url = ", "database_url = 5", 'database = "postgresql://127.0.0.1:1/x"', "[[[[", "\0", "x = 1",
    'timezone = "../../etc/passwd"', "busy_timeout = -1", "busy_timeout = nan", "busy_timeout = 1e400", "a = [" * 5000,
    'read_only = "perhaps"', 'file_mode = "0777"', 'json_dir = 5\nuse_database = "maybe"', '"" = 1', "﻿﻿",
)  # fmt: skip
_READ = "metrics top --by spend"
_ALLOWED = range(7)


Case = tuple[list[str], Callable[[Path], object]]


def main(torture: Torture, until: float) -> Tally:
    """All fixed cases, and then random files."""
    return gathered(torture, Tally("hostile", AIM), tried, iter(range(AIM)), until)


def tried(torture: Torture, number: int) -> Round:
    """Try one case."""
    fixed = list(_fixed())
    words, prepared = fixed[number] if number < len(fixed) else _random(torture.chance("hostile", number))
    with copied(torture.known["backup"].template, torture.folder) as place:
        here = place / "here"
        prepared(here)
        before = database(here / DATABASE)
        ended = run(words, place)
        findings = []
        if ended.code not in _ALLOWED or ended.confused or "secret" in ended.err + ended.out:
            said = " ".join(ended.err.split())[-300:]
            findings.append(Finding(WORDS, f"ended with {ended.code}: {said}"))
        if ended.code not in (0, 3) and database(here / DATABASE) != before:
            findings.append(Finding(LOST, f"it was refused with {ended.code}, and the database has changed"))
        if (here / "touched").exists() or (left := left_at_once(place)):
            findings.append(Finding(LEFT, f"{sorted(left)}"))
        (here / "adops.toml").unlink(missing_ok=True)
        following = run(["--database", DATABASE, *_READ.split()], place)
        if following.code != 0:
            findings.append(Finding(NEXT, f"`{_READ}` ends with {following.code}: {following.err[-200:]}"))
        return Round(f"{words!r}"[:300], True, findings + sums_of(here / DATABASE))


def _fixed() -> Iterator[Case]:
    for file in sorted((ROOT / "fixtures" / "exports" / "hostile").iterdir()):
        yield _importing(str(file)), _nothing
    for name in _NAMES:
        yield _importing("--", name), _writer(name, rows(3, 1).encode())
    for name in _DATABASES:
        yield ["--database", name, *_READ.split()], _odd_files
        yield ["--database", DATABASE, "db", "copy", "--to", name], _odd_files
    for text in _SETTINGS:
        yield ["--database", DATABASE, *_READ.split()], _writer("adops.toml", text.encode())
    for words in ("db restore", "db import-json", "projects create --from", "watch --once --interval 0.05"):
        for name in ("text.db", "empty.db", "loop.db", "folder", "/dev/null", FIRST):
            yield ["--database", DATABASE, *words.split(), name], _odd_files
    yield _importing("bomb.zip"), _bomb
    yield _importing("deep.json"), _writer("deep.json", b"[" * 200_000)
    yield _importing("wide.csv"), _writer("wide.csv", b"a," * 200_000 + b"\n" + b"1," * 200_000)


def _nothing(_here: Path) -> None:
    """The common folder is enough."""


def _importing(*words: str) -> list[str]:
    return ["--database", DATABASE, "metrics", "import", "--platform", "generic", *words]


def _writer(name: str, content: bytes) -> Callable[[Path], object]:
    def write(here: Path) -> None:
        (here / name).write_bytes(content)

    return write


def _odd_files(here: Path) -> None:
    (here / "folder").mkdir()
    (here / "text.db").write_text("no database\n" * 1000)
    (here / "empty.db").touch()
    (here / "loop.db").symlink_to("loop.db")


def _bomb(here: Path) -> None:
    """An archive in an archive, of zeros."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.csv", bytes(50_000_000))
    with zipfile.ZipFile(here / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.zip", inner.getvalue())


def _random(chance: Random) -> Case:
    """A file of random bytes, or a sound one with some bytes changed."""
    name = f"random.{chance.choice(_ENDINGS)}".rstrip(".")
    content = bytearray(
        chance.choice([chance.randbytes(3000), rows(5, 1).encode(), gzip.compress(rows(5, 1).encode())])
    )
    for place in itertools.islice(iter(lambda: chance.randrange(len(content)), None), chance.randrange(1, 20)):
        content[place] = chance.randrange(256)
    return _importing(name), _writer(name, bytes(content))
