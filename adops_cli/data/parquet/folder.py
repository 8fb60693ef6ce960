"""The folder of an export: its manifest says which files are its own, and what they hold.

A file appears whole under its name, or not at all. The manifest names it before it is made, so that the next export
mends what a kill has left. A file that the manifest does not name is never touched.
"""

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from adops_cli import files
from adops_cli.errors import AdopsError, BusyError, ConflictError, words_of

MANIFEST = "adops-export.json"
WORKING = "parquet"
"""The kind of the working folders."""
_MARK = "adopsExport"
_FORM = 1
"""Of the manifest."""
_LOCK = ".adops-export.lock"
_NAME = r"[\w%.~-]+"
_OWN = re.compile(rf"[a-z]+\.parquet|metrics/platform={_NAME}/month={_NAME}/metrics\.parquet", re.ASCII)
"""The names of files that an export makes. No other is ever removed, whatever a manifest says."""


@dataclass(frozen=True)
class Entry:
    """What a file holds."""

    fingerprint: str
    """That of its rows in the database."""
    rows: int = 0
    left_out: int = 0
    """Rows that could not be read."""
    sha256: str = ""
    """That of the file. Empty while it is made."""
    batches: Sequence[str] = ()
    """The imports behind its figures."""


@contextlib.contextmanager
def opened(path: Path) -> Iterator["Folder"]:
    """Yield the folder, made if it is missing, and keep other exports out of it.

    Raises `ConflictError` for one with files that are not those of an export, `BusyError` while another export writes
    to it, and `AdopsError` if it cannot be written.
    """
    try:
        if path.exists() and not path.is_dir():
            raise ConflictError(f"{path} is no folder", "Name a new folder, or that of an export")
        files.make_folder(path)
        files.remove_dead(WORKING, path)
        with _alone(path):
            yield Folder(path, _entries(path))
    except OSError as error:
        hint = "Its files are complete, some of them as they were; export again"
        raise AdopsError(f"{path} cannot be written: {words_of(error)}", hint) from error


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(files.locked(path / _LOCK, 0))
        except TimeoutError as error:
            raise BusyError(f"another export writes to {path}", "Try again") from error
        yield


def _entries(path: Path) -> dict[str, Entry]:
    """The files of the folder by name. `ConflictError` if it is not that of an export."""
    manifest = path / MANIFEST
    if not manifest.exists():
        if any(not one.name.startswith(".adops-") for one in path.iterdir()):
            raise ConflictError(f"{path} is not empty, and not the folder of an export", "Name a new folder")
        return {}
    try:
        found = json.loads(manifest.read_bytes())
        if found[_MARK] != _FORM:
            raise ValueError(f"it has the form {found[_MARK]}")  # noqa: TRY301 - one way to say what is wrong
        entries = {one.pop("path"): Entry(**one) for one in found["files"]}
        if others := [name for name in entries if not _OWN.fullmatch(name)]:
            raise ValueError(f"it names {others[0]}")  # noqa: TRY301 - as above
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ConflictError(f"{manifest} is not of this adops: {words_of(error)}", "Name a new folder") from error
    return entries


class Folder:
    """A folder whose files are those of an earlier export, or that has none."""

    def __init__(self, path: Path, entries: dict[str, Entry]) -> None:
        self.entries = entries
        self.path = path

    def holds(self, name: str, fingerprint: str) -> bool:
        """Whether the file is as it was made, from rows with this fingerprint, all of which were read."""
        known = self.entries.get(name)
        if known is None or known.fingerprint != fingerprint or known.left_out or not known.sha256:
            return False
        file = self.path / name
        return file.is_file() and _sha256(file) == known.sha256

    def claim(self, fingerprints: Mapping[str, str]) -> None:
        """Name files that are about to be made. `ConflictError` if there is one that is not from an export."""
        for name in fingerprints:
            if name not in self.entries and os.path.lexists(self.path / name):
                raise ConflictError(f"{self.path / name} is not from an export", "Move it, or name a new folder")
        self.entries |= {name: Entry(fingerprint) for name, fingerprint in fingerprints.items()}
        self.write({})

    def put(self, made: Path, name: str, entry: Entry) -> None:
        """Give a file that was made its name, in place of what has it."""
        target = self.path / name
        files.make_folder(target.parent)
        complete = replace(entry, sha256=_sha256(made))
        files.put(made, target)
        self.entries[name] = complete

    def remove(self, name: str) -> None:
        """Remove a file, and the folders that are empty then."""
        (self.path / name).unlink(missing_ok=True)
        del self.entries[name]
        for folder in list(PurePosixPath(name).parents)[:-1]:
            with contextlib.suppress(OSError):
                (self.path / folder).rmdir()

    def write(self, about: Mapping[str, Any]) -> None:
        """Write the manifest."""
        listed = [{"path": name, **asdict(entry)} for name, entry in sorted(self.entries.items())]
        with files.published(self.path / MANIFEST, WORKING, replace=True) as partial:
            text = json.dumps({_MARK: _FORM, **about, "files": listed}, indent=1, ensure_ascii=False)
            partial.write_text(f"{text}\n", encoding="utf-8")


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
