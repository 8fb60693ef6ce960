"""Packed files, `.gz` or a `.zip` of one file: identified by their first bytes, unpacked as a stream of chunks.

An XLSX workbook is a ZIP archive, too, but is not unpacked here. Anything wrong with an archive (damage, a password,
several files, a bomb) makes the file unreadable. Knows nothing of the content.
"""

import contextlib
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from adops_cli.errors import words_of
from adops_cli.exports.export import Refusal, RefusedError
from adops_cli.values import shown

Read = Callable[[int], bytes]

_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_WORKBOOK = "xl/workbook.xml"
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_CHUNK = 1 << 20
_BOMB_SIZE = 64 << 20
_BOMB_RATIO = 250
"""Ratio of the unpacked to the packed size. Exports have 5 to 40."""
_SHOWN = 5
_AGAIN = "Download it again, or unpack it and import the file inside"
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,  # a compression method that zipfile does not know
    RuntimeError,  # a password
    ValueError,
    OSError,  # raised by gzip and bz2
)


def is_packed(name: str, path: Path) -> bool:
    """Whether there is something to unpack. RefusedError if the archive is broken."""
    with path.open("rb") as file:
        head = file.read(len(_ZIP[0]))
    return head.startswith(_GZIP) or (head.startswith(_ZIP) and not _is_workbook(name, path))


def is_zip(head: bytes) -> bool:
    """Whether these are the first bytes of a ZIP archive, which includes workbooks."""
    return head.startswith(_ZIP)


def unpacked(name: str, path: Path) -> Iterator[bytes]:
    """The bytes of the one file in an archive, in chunks. RefusedError if they cannot be read, or are too many."""
    with contextlib.ExitStack() as stack:
        with _damage_told(name):
            read = _content(name, path, stack)
        yield from _bearable(name, path, read)


def members(name: str, path: Path) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each member of a ZIP archive and its bytes, in chunks. Read them before asking for the next member."""
    with contextlib.ExitStack() as stack:
        with _damage_told(name):
            archive = stack.enter_context(zipfile.ZipFile(path))
        for member in archive.namelist():
            with _damage_told(name):
                content = archive.open(member)
            with content:
                yield member, _bearable(name, path, content.read)


def _bearable(name: str, path: Path, read: Read) -> Iterator[bytes]:
    limit = max(_BOMB_SIZE, path.stat().st_size * _BOMB_RATIO)
    size = 0
    while True:
        with _damage_told(name):
            chunk = read(_CHUNK)
        if not chunk:
            return
        size += len(chunk)
        if size > limit:
            raise _unreadable(name, f"unpacks to more than {limit >> 20} MB, {_BOMB_RATIO} times its size")
        yield chunk


def _content(name: str, path: Path, stack: contextlib.ExitStack) -> Read:
    file = stack.enter_context(path.open("rb"))
    if file.read(len(_GZIP)) == _GZIP:
        file.seek(0)
        return stack.enter_context(gzip.GzipFile(fileobj=file)).read
    archive = stack.enter_context(zipfile.ZipFile(path))
    found = [member for member in archive.namelist() if not _is_junk(member)]
    if len(found) == 1:
        return stack.enter_context(archive.open(found[0])).read
    if not found:
        raise _unreadable(name, "is an archive without a file")
    named = ", ".join(map(shown, found[:_SHOWN])) + (", …" if len(found) > _SHOWN else "")
    raise _unreadable(name, f"is an archive of {len(found)} files: {named}", "Unpack it and import them one by one")


def is_ods(name: str, path: Path) -> bool:
    """Whether an archive is an OpenDocument spreadsheet: it says so in its first member."""
    with _damage_told(name), zipfile.ZipFile(path) as archive:
        if "mimetype" not in archive.namelist():
            return False
        with archive.open("mimetype") as file:
            return file.read(len(_ODS)) == _ODS


def _is_workbook(name: str, path: Path) -> bool:
    with _damage_told(name), zipfile.ZipFile(path) as archive:
        if _WORKBOOK in archive.namelist():
            return True
    return is_ods(name, path)


def _is_junk(member: str) -> bool:
    """Whether a member is a folder, or one of the extra files that macOS and Windows add."""
    last = member.rsplit("/", 1)[-1]
    return not last or member.startswith("__MACOSX/") or last.startswith("._") or last in {".DS_Store", "Thumbs.db"}


@contextlib.contextmanager
def _damage_told(name: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise _unreadable(name, f"cannot be unpacked: {words_of(error)}") from error


def _unreadable(name: str, what: str, hint: str = _AGAIN) -> RefusedError:
    return RefusedError(Refusal.UNREADABLE, f"{name} {what}", hint)
