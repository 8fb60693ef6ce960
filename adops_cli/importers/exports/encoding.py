"""How a file's bytes are text: UTF-8, UTF-16 or Windows-1252, decided by the whole file, in bounded memory."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from adops_cli.importers.exports.export import Refusal, RefusedError

_CHUNK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = 0.8
"""The share of zero bytes at every second place by which UTF-16 without a mark is known."""
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_NEVER_IN_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def encoding_of(path: Path, head: bytes) -> str:
    """The encoding of a file, by Python's name for it.

    What has a mark is what the mark says. Anything else is UTF-8 where that fits the whole file; else Windows-1252,
    unless bytes stand in it that Windows-1252 has not, control characters, or more characters of UTF-8 than bytes that
    are none: that is broken UTF-8. Raises `RefusedError` for what is no text, and for a character U+0000.
    """
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return _certain(path, encoding)
    if wide := _wide(head):
        return _certain(path, wide)
    try:
        _read_through(path, "utf-8")
    except UnicodeDecodeError as error:
        if _is_windows_1252(path):
            return "cp1252"
        raise _no_text(f"{error.reason} (byte {error.object[error.start]:#04x})") from error
    return "utf-8"


def _wide(head: bytes) -> str | None:
    even, odd = head[: len(head) // 2 * 2 : 2], head[1::2]
    if len(odd) > 1:
        if odd.count(0) > len(odd) * _WIDE:
            return "utf-16-le"
        if even.count(0) > len(even) * _WIDE:
            return "utf-16-be"
    return None


def _certain(path: Path, encoding: str) -> str:
    try:
        _read_through(path, encoding)
    except UnicodeError as error:
        raise _no_text(f"{encoding.upper()} is broken off, or damaged") from error
    return encoding


def _read_through(path: Path, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    for chunk in _chunks(path):
        if "\x00" in decoder.decode(chunk):
            raise _no_text("it holds the character U+0000")
    decoder.decode(b"", final=True)


def _is_windows_1252(path: Path) -> bool:
    characters = strays = 0
    for chunk in _chunks(path):
        if _NEVER_IN_1252.search(chunk):
            return False
        found = _MULTIBYTE.findall(chunk)
        characters += len(found)
        strays += len(_HIGH.findall(chunk)) - sum(map(len, found))
    return strays > characters


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _no_text(why: str) -> RefusedError:
    return RefusedError(
        Refusal.UNREADABLE,
        f"The file is no text that can be read: {why}",
        "Export it as CSV in UTF-8, or as XLSX.",
    )
