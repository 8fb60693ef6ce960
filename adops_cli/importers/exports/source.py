"""A file's bytes, wherever they come from: a path, standard input, a `.gz`, a `.zip` of one file.

Gives a file on disk that can be read as often as needed, and the checksum of what came. Knows nothing of its content,
but for the marks by which packed files and workbooks are known; never by a name.
"""

import contextlib
import gzip
import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from adops_cli.errors import BadRequestError
from adops_cli.importers.exports.export import Refusal, RefusedError

_CHUNK = 1 << 20
_HEAD = 1 << 12
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db")
_GROWS = 200
"""How many times larger than its archive a file may be; real exports reach a tenth of that. Small ones may be any."""
_SMALL = 100 << 20


@dataclass(frozen=True)
class Source:
    """An input file; what was put on disk for it is gone when its block ends."""

    name: str
    """As it was given; `-` is standard input."""
    path: Path
    """Where its bytes lie, unpacked."""
    sha256: str
    """Of the bytes as they came, packed or not."""

    def head(self) -> bytes:
        """The first bytes."""
        with self.path.open("rb") as file:
            return file.read(_HEAD)


@contextlib.contextmanager
def opened(path: str | Path, stdin: IO[bytes] | None = None) -> Iterator[Source]:
    """The file at a path; `-` is standard input, which is put on disk first.

    Raises `BadRequestError` for what is no file or may not be read, `RefusedError` for one without bytes and for an
    archive that is broken, locked, or holds more or less than one file.
    """
    name = str(path)
    with contextlib.ExitStack() as made:
        try:
            original, sha256 = _spooled(stdin, made) if name == "-" and stdin is not None else _read_through(Path(path))
        except OSError as error:
            raise BadRequestError(f"{name} cannot be read: {error.strerror or error}") from error
        if original.stat().st_size == 0:
            raise RefusedError(Refusal.EMPTY_FILE, "The file has no bytes", "Export it again.")
        yield Source(name, _unpacked(original, made), sha256)


def _spooled(stream: IO[bytes], made: contextlib.ExitStack) -> tuple[Path, str]:
    sha256 = hashlib.sha256()
    with _new_file(made) as file:
        while chunk := stream.read(_CHUNK):
            sha256.update(chunk)
            file.write(chunk)
        return Path(file.name), sha256.hexdigest()


def _read_through(path: Path) -> tuple[Path, str]:
    with path.open("rb") as file:
        return path, hashlib.file_digest(file, "sha256").hexdigest()


def _new_file(made: contextlib.ExitStack) -> Any:
    """A private file, which goes when all is done."""
    file = tempfile.NamedTemporaryFile(prefix="adops-", delete=False)  # noqa: SIM115 - the caller closes it
    made.callback(lambda: Path(file.name).unlink(missing_ok=True))
    return file


def _unpacked(path: Path, made: contextlib.ExitStack) -> Path:
    """The file itself, or the one inside it."""
    with path.open("rb") as file:
        head = file.read(len(_ZIP))
    try:
        if head.startswith(_GZIP):
            with gzip.open(path) as packed:
                return _copied(packed, path, made)
        if head == _ZIP:
            with zipfile.ZipFile(path) as archive:
                if _is_workbook(archive):
                    return path
                with archive.open(_only_member(archive)) as packed:
                    return _copied(packed, path, made)
    except (OSError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise RefusedError(
            Refusal.UNREADABLE, f"The archive cannot be unpacked: {error}", "Unpack it yourself, or download it again."
        ) from error
    return path


def _is_workbook(archive: zipfile.ZipFile) -> bool:
    """XLSX and XLSB have the first of these, ODS the second."""
    return not {"[Content_Types].xml", "content.xml"}.isdisjoint(archive.namelist())


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith(_JUNK[0]) and not member.filename.endswith(_JUNK[1:])
    ]
    if len(members) != 1:
        names = ", ".join(member.filename for member in members[:3])
        raise RefusedError(
            Refusal.UNREADABLE,
            f"The archive holds {len(members)} files{f': {names}' if names else ''}",
            "Unpack it, and import its files one by one.",
        )
    return members[0]


def _copied(packed: IO[bytes] | gzip.GzipFile, archive: Path, made: contextlib.ExitStack) -> Path:
    """What is packed, on disk; an archive that is made to fill the disk is refused."""
    most = max(_SMALL, archive.stat().st_size * _GROWS)
    size = 0
    with _new_file(made) as file:
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise RefusedError(
                    Refusal.UNREADABLE,
                    f"The archive grows more than {_GROWS} times",
                    "Unpack it yourself, if you know what it is.",
                )
            file.write(chunk)
    if size == 0:
        raise RefusedError(Refusal.EMPTY_FILE, "The file in the archive has no bytes", "Export it again.")
    return Path(file.name)
