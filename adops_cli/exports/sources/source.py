"""One input file as bytes that can be read repeatedly: opens, hashes and unpacks it, and decides its encoding.

A file, standard input (`-`) or a pipe, packed or not. Knows nothing of rows and cells. Memory does not grow with the
file: input that cannot be read twice goes to a temporary file, which is removed when the source is closed.
"""

import contextlib
import hashlib
import io
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from adops_cli import files
from adops_cli.errors import AdopsError, BadRequestError, reason
from adops_cli.exports.export import Refusal, RefusedError
from adops_cli.exports.sources import archive
from adops_cli.exports.sources.encoding import Encoding, Scan, named

_CHUNK = 1 << 20
_KIND = "input"
"""Of our working folders."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The container format of old Excel workbooks, and of new ones with a password."""


class InputFile:
    """An open input file. Closing it, also by leaving `with`, removes its temporary files."""

    def __init__(self, name: str, sha256: str, path: Path, scan: Scan, spooled: contextlib.ExitStack) -> None:
        self.name = name
        """The name as given; `-` for standard input."""
        self.sha256 = sha256
        """Hash of the original bytes, before unpacking."""
        self.path = path
        """Where to read the bytes."""
        self._scan = scan
        self._spooled = spooled
        self._version = _version(path.stat())
        with self.open() as file:
            self._head = file.read(len(_OLE))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary files."""
        self._spooled.close()

    @property
    def is_workbook(self) -> bool:
        """Whether the bytes are an XLSX workbook, whatever the file's name is."""
        return archive.is_zip(self._head)

    @property
    def longest_line(self) -> int:
        """Bytes of the longest line, if it has more than a few megabytes. A smaller value means nothing."""
        return self._scan.longest_line

    def open(self) -> BinaryIO:
        """The bytes from the start."""
        file = self.path.open("rb")
        if _version(os.fstat(file.fileno())) != self._version:
            file.close()
            raise BadRequestError(f"{self.name} changed while it was read", "Import it again when it is complete")
        return file

    def encoding(self, codec: str | None = None) -> Encoding:
        """The encoding of the text: the one that is named, or the detected one. RefusedError if it is not text."""
        if self._head == _OLE:
            raise RefusedError(
                Refusal.UNREADABLE,
                f"{self.name} is an old Excel workbook (.xls), or one with a password",
                "Save it as CSV, or as XLSX without a password",
            )
        with self.open() as file:
            if codec is not None:
                return named(self.name, codec, _chunks(self.name, file))
            return self._scan.verdict(self.name, _chunks(self.name, file))

    def text(self, encoding: Encoding) -> io.TextIOWrapper:
        """The text from the start, with its original line ends."""
        file = self.open()
        file.seek(encoding.mark)
        return io.TextIOWrapper(file, encoding.codec, newline="")


def opened(path: str | Path, stdin: BinaryIO | None = None) -> InputFile:
    """Open an input file and read it once, for its hash and its encoding.

    Args:
        path: the file; `-` is standard input.
        stdin: the stream to read as standard input, if it is not the process's own.

    Raises:
        RefusedError: the file is empty, or an archive cannot be unpacked.
        BadRequestError: the file does not exist or cannot be read.
    """
    name = str(path)
    digest, scan = hashlib.sha256(), Scan()

    def see(chunk: bytes) -> None:
        digest.update(chunk)
        scan.feed(chunk)

    files.remove_dead(_KIND)
    with contextlib.ExitStack() as spooled:
        if name == "-":
            arrived = _spool(_chunks(name, stdin or sys.stdin.buffer), see, spooled)
        else:
            arrived = _seen(path, see, spooled)
        content = arrived
        if archive.is_packed(name, arrived):
            scan = Scan()
            content = _spool(archive.unpacked(name, arrived), scan.feed, spooled)
            if archive.is_packed(name, content):
                raise RefusedError(
                    Refusal.UNREADABLE, f"{name} is an archive within an archive", "Unpack it, then import it"
                )
        if not content.stat().st_size:
            raise RefusedError(Refusal.EMPTY_FILE, f"{name} is empty: no bytes at all", "Export it again")
        scan.end()
        return InputFile(name, digest.hexdigest(), content, scan, spooled.pop_all())


def _seen(path: str | Path, see: Callable[[bytes], None], spooled: contextlib.ExitStack) -> Path:
    """Read a file's bytes once. Those of a pipe go to a temporary file, because they can be read only once."""
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - closed below, by the with that reads it
    except (OSError, ValueError) as error:
        raise _cannot_be_read(str(path), error) from error
    with file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return _spool(_chunks(str(path), file), see, spooled)
        for chunk in _chunks(str(path), file):
            see(chunk)
    return Path(path)


def _spool(chunks: Iterable[bytes], see: Callable[[bytes], None], spooled: contextlib.ExitStack) -> Path:
    """Write bytes to a temporary file, which is removed when the source is closed."""
    try:
        path = spooled.enter_context(files.working_folder(_KIND)) / "content"
        with files.new_file(path).open("wb") as file:
            for chunk in chunks:
                see(chunk)
                file.write(chunk)
    except OSError as error:
        raise AdopsError(
            f"a temporary file cannot be written: {reason(error)}", "Set TMPDIR to a directory with more space"
        ) from error
    return path


def _chunks(name: str, file: BinaryIO) -> Iterator[bytes]:
    try:
        while chunk := file.read(_CHUNK):
            yield chunk
    except OSError as error:
        raise _cannot_be_read(name, error) from error


def _cannot_be_read(name: str, error: Exception) -> BadRequestError:
    why = reason(error) if isinstance(error, OSError) else error
    return BadRequestError(f"{name} cannot be read: {why}", "Name an export file, or - for standard input")


def _version(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
